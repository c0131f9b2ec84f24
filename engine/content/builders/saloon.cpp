// saloon: a three-box family car, 4.7 m long. Four doors, raked screens, a boot.
#include "engine/content/builders/builders.hpp"
#include "engine/content/builders/car_body.hpp"

namespace nightfog::content {
namespace {

Model build(const BuildContext& context) {
  CarShape shape;
  shape.front_m = 3.68;
  shape.rear_m = -1.02;
  shape.wheelbase_m = 2.78;
  shape.track_m = 1.59;
  shape.shoulder = Curve{{-1.02, 0.985}, {-0.55, 1.02}, {0.2, 0.985},  {1.2, 0.95},
                         {2.25, 0.925},  {2.9, 0.83},   {3.35, 0.735}, {3.55, 0.675}};
  shape.noseSetback = Curve{{0.19, 0.075}, {0.34, 0.01}, {0.45, 0.0}, {0.56, 0.02}, {0.66, 0.11}, {0.70, 0.17}};
  shape.tailSetback =
      Curve{{0.19, 0.10}, {0.36, 0.02}, {0.50, 0.0}, {0.62, 0.015}, {0.66, 0.05}, {0.90, 0.045}, {0.99, 0.02}};
  shape.screenBase_x = 2.24;
  shape.screenTop_x = 1.42;
  shape.rearGlassTop_x = 0.16;
  shape.rearGlassBase_x = -0.52;
  shape.rail = Curve{{-0.1, 1.355}, {0.16, 1.375}, {0.75, 1.41}, {1.1, 1.405}, {1.42, 1.37}};
  shape.pillar_x = 1.06;
  shape.frontSeat_x = 1.15;
  shape.rearSeat_x = 0.32;
  return makeCar(context, shape);
}

}  // namespace

constinit const Builder kSaloon{"saloon", "a three-box car with four doors", {}, kCarSlots, build};

}  // namespace nightfog::content
