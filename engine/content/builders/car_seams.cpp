// Shut lines of boot and bonnet, the bumpers' joints, and what a maker screws on behind: badge, strip over the plate,
// wiper, high brake lamp, exhaust.
#include <array>
#include <cmath>
#include <string>

#include "engine/content/builders/car_body.hpp"
#include "engine/content/builders/vehicle_fittings.hpp"
#include "engine/content/shapes.hpp"
#include "engine/core/random.hpp"

namespace nightfog::content {
namespace {

/// The body's middle strip as surfaces: `w` -1 … 1 across.
struct Panels {
  const CarShape& shape;
  CarPlan plan;

  glm::dvec3 tail(double w, double rise) const {
    const glm::dvec3 edge = plan.side(shape, plan.rearStation, rise);
    return {edge.x - shape.rearBow_m * (1 - w * w), w * edge.y, edge.z};
  }
  glm::dvec3 nose(double w, double rise) const {
    const glm::dvec3 edge = plan.side(shape, plan.frontStation, rise);
    return {edge.x + shape.frontBow_m * (1 - w * w), w * edge.y, edge.z};
  }
  /// `f` 0 at the nose, 1 at the windscreen.
  glm::dvec3 bonnet(double w, double f) const {
    const glm::dvec3 edge = plan.side(shape, mix(plan.frontStation, shape.screenBase_x, f), 1);
    const double crown = 0.055 * smoothStep(0, 0.45, f) * (1 - std::pow(std::abs(w), 2.5));
    return {edge.x + mix(shape.frontBow_m, 0.10, f) * (1 - w * w), w * edge.y, edge.z + crown};
  }
  /// `f` 0 at the rear glass, 1 at the tail.
  glm::dvec3 deck(double w, double f) const {
    const glm::dvec3 edge = plan.side(shape, mix(shape.rearGlassBase_x, plan.rearStation, f), 1);
    return {edge.x + mix(-0.07, -shape.rearBow_m, f) * (1 - w * w), w * edge.y,
            edge.z + mix(0.02, 0, f) * (1 - std::pow(std::abs(w), 2.5))};
  }
  /// `f` 0 at the foot of the rear glass, 1 at the roof.
  glm::dvec3 rearGlass(double w, double f) const {
    const glm::dvec3 foot = plan.side(shape, shape.rearGlassBase_x, 1);
    const glm::dvec3 top(shape.rearGlassTop_x, shape.roofHalfWidth_m - 0.05, shape.rail(shape.rearGlassTop_x));
    const glm::dvec3 edge = foot + (top - foot) * f;
    return {edge.x + mix(-0.07, -0.05, f) * (1 - w * w), w * edge.y,
            edge.z + mix(0.02, shape.roofCrown_m, f) * (1 - std::pow(std::abs(w), 2.5))};
  }
  glm::dvec3 sideAt(double x, double z, double sign) const {
    const double low = lowerEdge(shape, x);
    const glm::dvec3 p = plan.side(shape, x, std::max(0.0, (z - low) / (shape.shoulder(x) - low)));
    return {p.x, sign * p.y, p.z};
  }
};

/// A line 6 mm wide, half sunk into the panel it lies on.
void addLine(MeshBuilder& mesh, const std::vector<glm::dvec3>& path) {
  std::vector<TubePoint> tube;
  for (const glm::dvec3& p : path) tube.push_back({p, 0.0032});
  addTube(mesh, tube, 4);
}

void addShutLines(MeshBuilder& mesh, const CarShape& shape, const Panels& panels) {
  constexpr double kJoint = 0.34;  // rise of the rear bumper's upper edge
  constexpr double kLid = 0.58;    // the lid's edge beside the lamps
  std::vector<glm::dvec3> line;
  for (const double w : {-1.0, -0.8, -kLid, -0.3, 0.0, 0.3, kLid, 0.8, 1.0}) line.push_back(panels.tail(w, kJoint));
  addLine(mesh, line);
  for (const double sign : {1.0, -1.0}) {
    const double rearJoint = panels.tail(1, kJoint).z;
    const double frontJoint = panels.nose(1, 0.60).z;
    line.clear();
    for (double x = panels.plan.rearStation; x < -archRadius(shape) - 0.02; x += 0.06)
      line.push_back(panels.sideAt(x, rearJoint, sign));
    if (line.size() > 1) addLine(mesh, line);
    line = {panels.nose(sign * 0.62, 0.60), panels.nose(sign * 0.8, 0.60), panels.nose(sign, 0.60)};
    for (double x = panels.plan.frontStation - 0.05; x > shape.wheelbase_m + archRadius(shape) + 0.02; x -= 0.06)
      line.push_back(panels.sideAt(x, frontJoint, sign));
    addLine(mesh, line);
    line.clear();
    for (const double rise : {0.995, 0.9, 0.75, 0.6, 0.45, kJoint}) line.push_back(panels.tail(sign * kLid, rise));
    addLine(mesh, line);
    line.clear();
    for (const double f : {0.99, 0.8, 0.6, 0.4, 0.2, 0.06}) line.push_back(panels.bonnet(sign * 0.9, f));
    addLine(mesh, line);
  }
  line.clear();
  for (const double w : {-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9}) line.push_back(panels.bonnet(w, 0.06));
  addLine(mesh, line);
  // The filler's flap, on the right above the rear wheel.
  line.clear();
  const glm::dvec2 flap(0.02, shape.shoulder(0) - 0.17);
  for (int i = 0; i <= 12; ++i) {
    const double angle = 2 * kPi * i / 12;
    const double round = std::pow(std::pow(std::cos(angle), 4) + std::pow(std::sin(angle), 4), -0.25);
    const glm::dvec2 at = flap + 0.075 * round * glm::dvec2(std::cos(angle), std::sin(angle));
    line.push_back(panels.sideAt(at.x, at.y, -1));
  }
  addLine(mesh, line);
}

}  // namespace

void addSeams(MeshBuilder& mesh, const BuildContext& context, const CarShape& shape) {
  const ClassId semantic = context.asset().semantic;
  const Panels panels{shape, CarPlan(shape)};
  mesh.surface(context.material("seam"), semantic);
  addShutLines(mesh, shape, panels);
  if (shape.hasSplitTail)
    addLine(mesh, {panels.tail(0, 0.99), panels.tail(0, 0.8), panels.tail(0, 0.6), panels.tail(0, 0.34)});

  // Over the number plate: the strip with its lamps and the handle.
  const glm::dvec3 plate = panels.tail(0, 0.60);
  const auto behindAt = [&](double y, double z) {
    const double w = y / panels.tail(1, 0.6).y;
    return shape.rear_m + shape.tailSetback(z) + shape.rearBow_m * w * w;
  };
  mesh.surface(context.material("trim.black"), semantic);
  addRoundedBox(mesh, {behindAt(0, plate.z + 0.10) + 0.012, 0, plate.z + 0.092}, {0.036, 0.58, 0.026}, 0.008, 1);
  mesh.surface(context.material("chrome"), semantic);
  const double badge = panels.tail(0, 0.9).z;
  if (!shape.hasSplitTail) addCylinder(mesh, {behindAt(0, badge) - 0.006, 0, badge}, Axis::kX, 0.036, 0.02, 14);
  RandomSource rng(0, 0, "content/badges/" + context.asset().id);
  std::string name(1, "ACEHLP"[rng.below(6)]);
  for (int i = 0; i < 2; ++i) name += static_cast<char>('0' + rng.below(10));
  addFigures(mesh, name, {behindAt(0.29, badge) - 0.003, 0.29, badge - 0.02}, 0.032, -1);
  addCylinder(mesh, {shape.rear_m + 0.035, -0.42, shape.clearance_m - 0.012}, Axis::kX, 0.027, 0.22, 10);

  const bool hasTailgate =
      shape.hasRearGlass && !shape.hasSplitTail && shape.rearGlassTop_x - shape.rearGlassBase_x < 0.3;
  if (!hasTailgate) return;
  const glm::dvec3 roof = panels.rearGlass(0, 1);
  mesh.surface(context.slot("paint"), semantic);
  addRoundedBox(mesh, roof + glm::dvec3(-0.005, 0, -0.014), {0.15, 0.94, 0.026}, 0.012, 2);
  mesh.surface(context.material("lamp.brake"), semantic);
  addBox(mesh, roof + glm::dvec3(-0.080, 0, -0.014), {0.012, 0.26, 0.014});
  mesh.surface(context.material("plastic.black"), semantic);
  const glm::dvec3 out(-0.016, 0, 0.006);
  const TubePoint arm[] = {{panels.rearGlass(0.0, 0.02) + out, 0.012},
                           {panels.rearGlass(0.12, 0.10) + out, 0.009},
                           {panels.rearGlass(0.5, 0.14) + out, 0.006}};
  addTube(mesh, arm, 5);
}

}  // namespace nightfog::content
