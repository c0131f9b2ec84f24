// What stands proud of a car's shell: mirrors, handles, plates, lamps, rails.
#include <algorithm>

#include "engine/content/builders/car_body.hpp"
#include "engine/content/builders/vehicle_fittings.hpp"
#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

void addMirror(MeshBuilder& mesh, const BuildContext& context, const CarShape& shape, const CarPlan& plan,
               double sign) {
  const ClassId semantic = context.asset().semantic;
  const double x = shape.screenBase_x - 0.30;
  const glm::dvec3 belt = plan.side(shape, x, 1);
  const double tall = shape.hasSplitTail ? 0.26 : 0.13;
  const glm::dvec3 centre(x, sign * (belt.y + 0.135), belt.z + 0.5 * tall + 0.01);
  mesh.surface(context.slot("paint"), semantic);
  addRoundedBox(mesh, centre, {0.12, 0.17, tall}, 0.05, 3);
  mesh.surface(context.material("plastic.black"), semantic);
  addBox(mesh, {x, sign * (belt.y + 0.04), belt.z + 0.025}, {0.07, 0.12, 0.03});
  mesh.surface(context.material("mirror"), semantic);
  addRoundedBox(mesh, centre - glm::dvec3(0.055, 0, 0), {0.014, 0.14, tall - 0.03}, 0.006, 1);
}

}  // namespace

void addFittings(MeshBuilder& mesh, const BuildContext& context, const CarShape& shape) {
  const ClassId semantic = context.asset().semantic;
  const CarPlan plan(shape);
  for (const double sign : {1.0, -1.0}) {
    addMirror(mesh, context, shape, plan, sign);
    mesh.surface(context.slot("paint"), semantic);
    std::vector<double> handles = {shape.pillar_x + 0.16};
    if (shape.hasRearDoors) handles.push_back(shape.rearGlassBase_x + 0.62);
    for (const double x : handles) {
      const glm::dvec3 p = plan.side(shape, x, 0.80);
      addRoundedBox(mesh, {x, sign * (p.y + 0.012), p.z}, {0.19, 0.030, 0.028}, 0.012);
    }
    if (shape.isOffRoader) {
      mesh.surface(context.material("trim.black"), semantic);
      std::vector<TubePoint> rail;
      const double from = shape.screenTop_x - 0.15;
      const double to = shape.rearGlassTop_x + 0.15;
      for (int i = 0; i <= 6; ++i) {
        const double x = from + (to - from) * i / 6;
        const double lift = i == 0 || i == 6 ? 0.0 : 0.035;
        rail.push_back({{x, sign * (shape.roofHalfWidth_m - 0.075), shape.rail(x) + 0.014 + lift}, 0.016});
      }
      addTube(mesh, rail, 8);
    }
    // Fog-lamp side reflectors low on the rear bumper.
    mesh.surface(context.material("reflector.red"), semantic);
    const double y = sign * 0.55;
    const double bow = shape.rearBow_m * (1 - (0.55 / shape.halfWidth_m / shape.rearCorner) *
                                                  (0.55 / shape.halfWidth_m / shape.rearCorner));
    const double z = plan.side(shape, plan.rearStation, 0.28).z;
    addRoundedBox(mesh, {plan.rearStation + shape.tailSetback(z) - bow - 0.004, y, z}, {0.016, 0.16, 0.035}, 0.006, 1);
  }
  // Plates lie on what stands out furthest behind their edges.
  const auto nearest = [](const Curve& setback, double z) {
    return std::min({setback(z - 0.065), setback(z), setback(z + 0.065)});
  };
  const double front = plan.side(shape, plan.frontStation, 0.45).z;
  addNumberPlate(mesh, context, shape.front_m - nearest(shape.noseSetback, front) + 0.004, front, 1);
  const double rear = plan.side(shape, plan.rearStation, 0.60).z;
  addNumberPlate(mesh, context, shape.rear_m + nearest(shape.tailSetback, rear) - 0.004, rear, -1);
}

}  // namespace nightfog::content
