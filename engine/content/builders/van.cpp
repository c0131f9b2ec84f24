// van: a panel van, 5 m long and 2 m high: short sloped bonnet, closed load space, two rear wings.
#include "engine/content/builders/builders.hpp"
#include "engine/content/builders/car_body.hpp"

namespace nightfog::content {
namespace {

Model build(const BuildContext& context) {
  CarShape shape;
  shape.halfWidth_m = 0.96;
  shape.front_m = 4.00;
  shape.rear_m = -1.00;
  shape.wheelbase_m = 3.10;
  shape.track_m = 1.64;
  shape.wheelRadius_m = 0.34;
  shape.wheelWidth_m = 0.215;
  shape.spokes = 8;
  shape.clearance_m = 0.17;  // of a laden panel van; nobody's feet show below it at 50 m
  shape.frontBow_m = 0.17;
  shape.rearBow_m = 0.03;
  shape.frontCorner = 0.80;
  shape.rearCorner = 0.93;
  shape.shoulder = Curve{{-1.0, 1.20}, {1.5, 1.20}, {2.6, 1.20}, {3.08, 1.17}, {3.5, 1.06}, {3.75, 0.97}, {3.83, 0.90}};
  shape.noseSetback =
      Curve{{0.17, 0.07}, {0.22, 0.06}, {0.36, 0.01}, {0.50, 0.0}, {0.70, 0.02}, {0.86, 0.10}, {0.94, 0.17}};
  shape.tailSetback = Curve{{0.17, 0.06}, {0.22, 0.05}, {0.40, 0.0}, {0.50, 0.0}, {0.56, 0.035}, {1.2, 0.04}};
  shape.screenBase_x = 3.06;
  shape.screenTop_x = 2.34;
  shape.rearGlassTop_x = -0.88;
  shape.rearGlassBase_x = -0.94;
  shape.roofHalfWidth_m = 0.80;
  shape.rail = Curve{{-0.94, 1.90}, {-0.5, 1.925}, {1.2, 1.945}, {2.0, 1.93}, {2.34, 1.885}};
  shape.roofCrown_m = 0.05;
  shape.pillar_x = 1.92;
  shape.hasRearSideGlass = false;
  shape.hasRearDoors = false;
  shape.hasSplitTail = true;
  shape.frontSeat_x = 2.02;
  shape.seat_z = 0.80;
  return makeCar(context, shape);
}

}  // namespace

constinit const Builder kVan{"van", "a panel van", {}, kCarSlots, build};

}  // namespace nightfog::content
