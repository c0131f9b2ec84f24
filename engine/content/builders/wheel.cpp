#include "engine/content/builders/wheel.hpp"

#include <cmath>

#include "engine/content/curve.hpp"
#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

constexpr int kTyreSegments = 40;

}  // namespace

// One closed section: tread with two circumferential grooves, shoulders, bulging sidewalls, beads, and inside, where
// one can look, the carcass.
void addTyre(MeshBuilder& mesh, const WheelShape& shape, bool isMounted) {
  const double r = shape.radius_m;
  const double half = 0.5 * shape.width_m;
  const double bead = shape.rimRadius_m;
  const double groove = 0.007;
  const double tread = 0.78 * half;
  std::vector<ProfilePoint> section;
  section.push_back({bead, -0.80 * half});
  section.push_back({mix(bead, r, 0.30), -0.96 * half});
  section.push_back({mix(bead, r, 0.55), -half});
  section.push_back({mix(bead, r, 0.80), -0.96 * half});
  section.push_back({r - 0.012, -0.88 * half});
  for (int rib = 0; rib < 3; ++rib) {
    const double from = mix(-tread, tread, rib / 3.0) + (rib > 0 ? 0.004 : 0.0);
    const double to = mix(-tread, tread, (rib + 1) / 3.0) - (rib < 2 ? 0.004 : 0.0);
    if (rib > 0) section.push_back({r - groove, from - 0.001});
    section.push_back({r, from});
    section.push_back({r, to});
    if (rib < 2) section.push_back({r - groove, to + 0.001});
  }
  section.push_back({r - 0.012, 0.88 * half});
  section.push_back({mix(bead, r, 0.80), 0.96 * half});
  section.push_back({mix(bead, r, 0.55), half});
  section.push_back({mix(bead, r, 0.30), 0.96 * half});
  section.push_back({bead, 0.80 * half});
  if (!isMounted) {
    section.push_back({bead + 0.012, 0.70 * half});
    section.push_back({mix(bead, r, 0.55), 0.88 * half});
    section.push_back({r - 0.022, 0.76 * half});
    section.push_back({r - 0.022, -0.76 * half});
    section.push_back({mix(bead, r, 0.55), -0.88 * half});
    section.push_back({bead + 0.012, -0.70 * half});
  }
  // Vertices fall on the top and the bottom: the tyre's lowest point is its radius below the axle.
  addLathe(mesh, {0, 0, 0}, Axis::kY, section, kTyreSegments, true);
}

Mesh makeWheel(const WheelShape& shape, const WheelMaterials& materials, ClassId semantic, double outwardSign,
               std::string name) {
  MeshBuilder mesh(std::move(name), 0.6);
  // Turned about z, not mirrored: faces stay outward.
  mesh.frame(RigidTransform::fromYawPitchRoll({0, 0, 0}, outwardSign > 0 ? 0 : kPi));
  const double half = 0.5 * shape.width_m;
  const double rim = shape.rimRadius_m;
  mesh.surface(materials.rubber, semantic);
  addTyre(mesh, shape, true);

  mesh.surface(materials.rim, semantic);
  const ProfilePoint barrel[] = {{rim + 0.008, -0.84 * half}, {rim + 0.008, -0.76 * half}, {rim - 0.012, -0.66 * half},
                                 {rim - 0.030, 0.20 * half},  {rim - 0.012, 0.66 * half},  {rim + 0.008, 0.76 * half},
                                 {rim + 0.008, 0.84 * half},  {rim - 0.014, 0.84 * half},  {rim - 0.022, 0.60 * half},
                                 {rim - 0.040, 0.20 * half},  {rim - 0.022, -0.66 * half}, {rim - 0.010, -0.84 * half}};
  addLathe(mesh, {0, 0, 0}, Axis::kY, barrel, 28, true);

  const double face = 0.62 * half;  // plane of the spokes
  for (int i = 0; i < shape.spokes; ++i) {
    const FrameScope turned(mesh, {glm::angleAxis(2 * kPi * i / shape.spokes, glm::dvec3(0, 1, 0)), glm::dvec3(0)});
    const double inner = 0.040;
    const double outer = rim - 0.018;
    std::vector<std::vector<glm::dvec3>> rings;
    for (const double f : {0.0, 0.35, 0.7, 1.0}) {
      const double z = mix(inner, outer, f);
      const double wide = mix(0.030, 0.020, f) + 0.012 * f * f * f;
      const double y = face - 0.018 + 0.016 * f;
      const double deep = mix(0.030, 0.020, f);
      rings.push_back({{-wide, y - deep, z}, {wide, y - deep, z}, {0.8 * wide, y, z}, {-0.8 * wide, y, z}});
    }
    addLoft(mesh, rings, true, true);
  }
  const ProfilePoint hub[] = {{0, face - 0.06}, {0.065, face - 0.06},  {0.065, face - 0.02},
                              {0.034, face},    {0.030, face + 0.006}, {0, face + 0.006}};
  addLathe(mesh, {0, 0, 0}, Axis::kY, hub, 24);

  mesh.surface(materials.dark, semantic);
  for (int i = 0; i < 5; ++i) {
    const double angle = 2 * kPi * (i + 0.5) / 5;
    addCylinder(mesh, {0.050 * std::sin(angle), face - 0.022, 0.050 * std::cos(angle)}, Axis::kY, 0.008, 0.016, 6);
  }
  mesh.surface(materials.disc, semantic);
  const double disc = 0.72 * rim;
  addCylinder(mesh, {0, -0.1 * half, 0}, Axis::kY, disc, 0.022, 20);
  return mesh.finish();
}

Mesh makeHeavyWheel(const WheelShape& shape, bool isTwin, const WheelMaterials& materials, ClassId semantic,
                    double outwardSign, std::string name) {
  MeshBuilder mesh(std::move(name), 0.6);
  const RigidTransform facing = RigidTransform::fromYawPitchRoll({0, 0, 0}, outwardSign > 0 ? 0 : kPi);
  mesh.frame(facing);
  const double half = 0.5 * shape.width_m;
  const double rim = shape.rimRadius_m;
  mesh.surface(materials.rubber, semantic);
  addTyre(mesh, shape, true);
  if (isTwin) {
    // Hidden but for its tread.
    const double inner = -1.12 * shape.width_m;
    const ProfilePoint section[] = {{rim, inner - 0.8 * half},
                                    {mix(rim, shape.radius_m, 0.6), inner - half},
                                    {shape.radius_m - 0.012, inner - 0.88 * half},
                                    {shape.radius_m, inner - 0.78 * half},
                                    {shape.radius_m, inner + 0.78 * half},
                                    {shape.radius_m - 0.012, inner + 0.88 * half},
                                    {mix(rim, shape.radius_m, 0.6), inner + half},
                                    {rim, inner + 0.8 * half}};
    addLathe(mesh, {0, 0, 0}, Axis::kY, section, 32, true);
  }
  mesh.surface(materials.rim, semantic);
  const ProfilePoint barrel[] = {{rim + 0.010, -0.84 * half}, {rim - 0.020, -0.60 * half}, {rim - 0.040, 0.50 * half},
                                 {rim + 0.010, 0.80 * half},  {rim + 0.010, 0.86 * half},  {rim - 0.016, 0.86 * half},
                                 {rim - 0.055, 0.50 * half},  {rim - 0.040, -0.60 * half}};
  addLathe(mesh, {0, 0, 0}, Axis::kY, barrel, 28, true);
  // Steered wheels bulge, driven ones are dished.
  const double face = isTwin ? -0.25 * half : 0.62 * half;
  const double root = isTwin ? 0.45 * half : 0.30 * half;
  const ProfilePoint disc[] = {
      {0, face - 0.10},   {rim - 0.05, root - 0.06}, {rim - 0.05, root},        {0.66 * rim, mix(root, face, 0.55)},
      {0.58 * rim, face}, {0.36 * rim, face},        {0.34 * rim, face + 0.05}, {0.26 * rim, face + 0.07},
      {0, face + 0.07}};
  addLathe(mesh, {0, 0, 0}, Axis::kY, disc, 28);
  mesh.surface(materials.disc, semantic);
  for (int i = 0; i < 10; ++i) {
    const double angle = 2 * kPi * i / 10;
    addCylinder(mesh, {0.46 * rim * std::sin(angle), face - 0.01, 0.46 * rim * std::cos(angle)}, Axis::kY, 0.016, 0.035,
                6);
  }
  // The disc's air holes.
  mesh.surface(materials.dark, semantic);
  for (int i = 0; i < 8; ++i) {
    const double angle = 2 * kPi * (i + 0.5) / 8;
    const double r = 0.78 * rim;
    const double y = mix(root, face, 0.30);
    const FrameScope turned(mesh, RigidTransform{glm::angleAxis(angle, glm::dvec3(0, 1, 0)), glm::dvec3(0)});
    addCylinder(mesh, {0, y - 0.01, r}, Axis::kY, 0.026, 0.022, 8);
  }
  return mesh.finish();
}

}  // namespace nightfog::content
