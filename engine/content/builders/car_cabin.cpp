// What shows through a car's windows: seats, dashboard, steering wheel, parcel shelf.
#include <cmath>

#include "engine/content/builders/car_body.hpp"
#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

void addSeat(MeshBuilder& mesh, double x, double y, double z, double width) {
  addRoundedBox(mesh, {x + 0.05, y, z - 0.09}, {0.52, width, 0.18}, 0.06);
  const FrameScope leaning(mesh, RigidTransform::fromYawPitchRoll({x - 0.20, y, z - 0.06}, 0, -0.35));
  addRoundedBox(mesh, {0, 0, 0.32}, {0.14, width, 0.62}, 0.06);
  addRoundedBox(mesh, {0.01, 0, 0.74}, {0.10, 0.6 * width, 0.17}, 0.04);
}

}  // namespace

void addCabin(MeshBuilder& mesh, const BuildContext& context, const CarShape& shape) {
  const ClassId semantic = context.asset().semantic;
  const double belt = shape.shoulder(shape.pillar_x);
  const double half = shape.halfWidth_m - 0.16;
  mesh.surface(context.material("cabin.fabric"), semantic);
  for (const double sign : {1.0, -1.0}) addSeat(mesh, shape.frontSeat_x, sign * 0.36, shape.seat_z, 0.50);
  if (shape.hasRearDoors) {
    addRoundedBox(mesh, {shape.rearSeat_x + 0.05, 0, shape.seat_z - 0.07}, {0.50, 1.30, 0.18}, 0.06);
    const FrameScope leaning(
        mesh, RigidTransform::fromYawPitchRoll({shape.rearSeat_x - 0.20, 0, shape.seat_z - 0.04}, 0, -0.40));
    addRoundedBox(mesh, {0, 0, 0.30}, {0.14, 1.30, 0.58}, 0.06);
    for (const double y : {-0.40, 0.0, 0.40}) addRoundedBox(mesh, {0.01, y, 0.66}, {0.09, 0.26, 0.13}, 0.04);
  }

  mesh.surface(context.material("cabin.plastic"), semantic);
  // From below the windscreen to the driver's knees: closes the engine bay off as well.
  const double dash = shape.screenBase_x - 0.02;
  const double foot = shape.shoulder(shape.screenBase_x);
  std::vector<std::vector<glm::dvec3>> rings;
  // Its foot passes between the wheels.
  const double inner = 0.5 * (shape.track_m - shape.wheelWidth_m) - 0.10;
  for (const double sign : {1.0, -1.0}) {
    const double y = sign * half;
    const double low = sign * inner;
    rings.push_back({{dash - 0.62, y, foot - 0.02},
                     {dash - 0.70, y, foot - 0.12},
                     {dash - 0.62, y, foot - 0.32},
                     {dash - 0.30, low, shape.clearance_m + 0.03},
                     {dash + 0.02, low, shape.clearance_m + 0.03},
                     {dash, y, foot - 0.01}});
  }
  addLoft(mesh, rings, true, true);
  addBox(mesh, {shape.pillar_x + 0.35, 0, shape.clearance_m + 0.16}, {1.0, 0.26, 0.30});
  const double rearLoad = shape.hasRearDoors ? shape.rearSeat_x - 0.52 : shape.frontSeat_x - 0.55;
  if (rearLoad - shape.rear_m > 0.3 && shape.hasRearDoors) {
    addBox(mesh, {0.5 * (rearLoad + shape.rear_m + 0.22), 0, belt - 0.03},
           {rearLoad - shape.rear_m - 0.22, 2 * half - 0.10, 0.03});
  }
  if (!shape.hasRearDoors)
    addBox(mesh, {rearLoad, 0, 0.5 * (shape.clearance_m + shape.rail(rearLoad)) + 0.02},
           {0.03, 2 * half - 0.16, shape.rail(rearLoad) - shape.clearance_m - 0.12});

  const FrameScope column(
      mesh, RigidTransform::fromYawPitchRoll({shape.frontSeat_x + 0.52, 0.36, shape.seat_z + 0.30}, 0, -0.42));
  std::vector<ProfilePoint> wheel;
  for (int i = 0; i < 8; ++i) {
    const double angle = 2 * kPi * i / 8;
    wheel.push_back({0.185 + 0.015 * std::sin(angle), -0.015 * std::cos(angle)});
  }
  addLathe(mesh, {0, 0, 0}, Axis::kX, wheel, 24, true);
  addRoundedBox(mesh, {0.01, 0, 0}, {0.05, 0.16, 0.14}, 0.02);
  addBox(mesh, {0, 0, 0}, {0.02, 0.36, 0.03});
  addCylinder(mesh, {0.02, 0, 0}, Axis::kX, 0.03, 0.30, 10);
}

}  // namespace nightfog::content
