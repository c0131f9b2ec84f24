// suv: a tall two-box car, 4.6 m long, on large wheels, with roof rails.
#include "engine/content/builders/builders.hpp"
#include "engine/content/builders/car_body.hpp"

namespace nightfog::content {
namespace {

Model build(const BuildContext& context) {
  CarShape shape;
  shape.halfWidth_m = 0.945;
  shape.front_m = 3.62;
  shape.rear_m = -0.98;
  shape.wheelbase_m = 2.72;
  shape.track_m = 1.62;
  shape.wheelRadius_m = 0.37;
  shape.wheelWidth_m = 0.24;
  shape.spokes = 6;
  shape.clearance_m = 0.25;
  shape.shoulder = Curve{{-0.98, 1.16}, {-0.4, 1.18}, {0.4, 1.15}, {1.2, 1.12},
                         {2.2, 1.09},   {2.85, 1.03}, {3.3, 0.95}, {3.48, 0.88}};
  shape.noseSetback = Curve{{0.25, 0.08}, {0.42, 0.01}, {0.55, 0.0}, {0.74, 0.015}, {0.86, 0.07}, {0.92, 0.13}};
  shape.tailSetback = Curve{{0.25, 0.09}, {0.44, 0.01}, {0.56, 0.0}, {0.72, 0.02}, {0.78, 0.05}, {1.17, 0.09}};
  shape.screenBase_x = 2.20;
  shape.screenTop_x = 1.46;
  shape.rearGlassTop_x = -0.52;
  shape.rearGlassBase_x = -0.76;
  shape.roofHalfWidth_m = 0.63;
  shape.rail = Curve{{-0.7, 1.57}, {-0.1, 1.62}, {0.7, 1.645}, {1.1, 1.64}, {1.46, 1.60}};
  shape.pillar_x = 1.02;
  shape.isOffRoader = true;
  shape.frontSeat_x = 1.12;
  shape.rearSeat_x = 0.20;
  shape.seat_z = 0.66;
  return makeCar(context, shape);
}

}  // namespace

constinit const Builder kSuv{"suv", "a tall two-box car with roof rails", {}, kCarSlots, build};

}  // namespace nightfog::content
