// A trekking bicycle: frame with mudguards, lamps and handlebar; wheels; crank and pedals.
#pragma once

#include "engine/content/mesh_builder.hpp"
#include "engine/content/model_builder.hpp"

namespace nightfog::content {

/// x forward from the rear axle, z up from the ground, m.
struct BicycleShape {
  double wheelRadius_m = 0.345;
  double wheelbase_m = 1.07;
  glm::dvec3 crank{0.44, 0, 0.285};  ///< its axle
  double crankLength_m = 0.17;
  double pedalAside_m = 0.105;        ///< from the middle plane
  glm::dvec3 saddle{0.20, 0, 0.87};   ///< its top
  glm::dvec3 grip{0.80, 0.27, 1.02};  ///< the left one
};

/// All that does not turn. Slots: "frame".
void addBicycleFrame(MeshBuilder& mesh, const BuildContext& context, const BicycleShape& shape);
/// About the y axis through the origin, with reflectors on the tyre's walls.
Mesh makeBicycleWheel(const BuildContext& context, const BicycleShape& shape);
/// Chainring and both arms, the left one forward.
Mesh makeCrank(const BuildContext& context, const BicycleShape& shape);
/// About its own axle.
Mesh makePedal(const BuildContext& context);

}  // namespace nightfog::content
