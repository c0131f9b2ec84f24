// hatchback: a two-box small car, 4.1 m long, with a steep tailgate.
#include "engine/content/builders/builders.hpp"
#include "engine/content/builders/car_body.hpp"

namespace nightfog::content {
namespace {

Model build(const BuildContext& context) {
  CarShape shape;
  shape.halfWidth_m = 0.89;
  shape.front_m = 3.36;
  shape.rear_m = -0.72;
  shape.wheelbase_m = 2.56;
  shape.track_m = 1.52;
  shape.wheelRadius_m = 0.31;
  shape.wheelWidth_m = 0.205;
  shape.spokes = 7;
  shape.shoulder = Curve{{-0.72, 1.01}, {-0.3, 1.03}, {0.4, 1.00}, {1.2, 0.975},
                         {2.15, 0.95},  {2.75, 0.87}, {3.1, 0.78}, {3.24, 0.71}};
  shape.noseSetback = Curve{{0.19, 0.07}, {0.34, 0.01}, {0.45, 0.0}, {0.58, 0.02}, {0.70, 0.12}, {0.74, 0.17}};
  shape.tailSetback = Curve{{0.19, 0.08}, {0.36, 0.01}, {0.46, 0.0}, {0.60, 0.02}, {0.66, 0.06}, {1.02, 0.10}};
  shape.frontCorner = 0.78;
  shape.rearCorner = 0.84;
  shape.screenBase_x = 2.16;
  shape.screenTop_x = 1.40;
  shape.rearGlassTop_x = -0.28;
  shape.rearGlassBase_x = -0.50;
  shape.roofHalfWidth_m = 0.59;
  shape.rail = Curve{{-0.5, 1.38}, {0.1, 1.43}, {0.7, 1.46}, {1.1, 1.45}, {1.40, 1.41}};
  shape.pillar_x = 1.00;
  shape.frontSeat_x = 1.08;
  shape.rearSeat_x = 0.25;
  shape.seat_z = 0.50;
  return makeCar(context, shape);
}

}  // namespace

constinit const Builder kHatchback{"hatchback", "a two-box small car with a tailgate", {}, kCarSlots, build};

}  // namespace nightfog::content
