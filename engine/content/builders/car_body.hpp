// The body that saloons, hatchbacks, vans and off-roaders share: a shell drawn by a few lines, with wheels, glass and a
// cabin.
#pragma once

#include <vector>

#include "engine/content/curve.hpp"
#include "engine/content/mesh_builder.hpp"
#include "engine/content/model_builder.hpp"

namespace nightfog::content {

/// Where the pieces of a car run. x forward from the rear axle, z up from the ground, m. "Edge" lines lie on the left
/// side.
struct CarShape {
  double halfWidth_m = 0.925;  ///< body, without mirrors
  double front_m = 3.60;       ///< foremost point
  double rear_m = -1.05;       ///< rearmost point
  double wheelbase_m = 2.72;
  double track_m = 1.58;
  double wheelRadius_m = 0.32;
  double wheelWidth_m = 0.215;
  int spokes = 5;
  double clearance_m = 0.19;  ///< height of the sill and the floor
  double frontBow_m = 0.15;   ///< how far the middle of the nose leads its corners
  double rearBow_m = 0.09;
  double frontCorner = 0.80;  ///< half width at the nose's corners, of halfWidth
  double rearCorner = 0.86;
  Curve shoulder;     ///< x to height of the edge where bonnet, belt line and boot begin
  Curve noseSetback;  ///< height to how far the nose lies behind its foremost line
  Curve tailSetback;
  double screenBase_x = 2.3;  ///< foot of the windscreen pillar
  double screenTop_x = 1.45;
  double rearGlassTop_x = 0.05;
  double rearGlassBase_x = -0.55;
  double roofHalfWidth_m = 0.60;
  Curve rail;                  ///< x to height of the roof's edge
  double roofCrown_m = 0.045;  ///< middle of the roof above its edge
  double pillar_x = 1.05;      ///< the post behind the front door
  bool hasRearSideGlass = true;
  bool hasRearGlass = true;
  bool hasRearDoors = true;
  bool isOffRoader = false;   ///< roof rails, and black cladding on sills and arches
  bool hasSplitTail = false;  ///< two wings that open to the sides, as on a van
  double frontSeat_x = 1.05;
  double rearSeat_x = 0.15;  ///< only with rear doors
  double seat_z = 0.46;      ///< cushion's top
};

/// Slots of every car.
inline constexpr BuilderSlot kCarSlots[] = {{"paint", "paint.silver", "the body's paint"},
                                            {"rim", "alloy", "wheel rims"}};

/// Body, four wheels ("wheel.front_left" …), ready to roll.
Model makeCar(const BuildContext& context, const CarShape& shape);

/// Seats, dashboard, steering wheel (car_cabin.cpp).
void addCabin(MeshBuilder& mesh, const BuildContext& context, const CarShape& shape);
/// Mirrors, handles, plates, rails (car_fittings.cpp).
void addFittings(MeshBuilder& mesh, const BuildContext& context, const CarShape& shape);
/// Shut lines, badge, wiper, exhaust (car_seams.cpp).
void addSeams(MeshBuilder& mesh, const BuildContext& context, const CarShape& shape);

/// Of the wheel arches.
double archRadius(const CarShape& shape);
/// Height of the lower edge of the side: the sill, or the arch over a wheel.
double lowerEdge(const CarShape& shape, double station);

/// Half width of the body in plan at a station along the side (corners drawn in at both ends), and its ends.
struct CarPlan {
  explicit CarPlan(const CarShape& shape);
  double frontStation = 0;  ///< the side's last station: the nose bows ahead of it
  double rearStation = 0;
  double halfWidth(const CarShape& shape, double station) const;
  /// A point of the left side: `rise` 0 at the lower edge (sill or wheel arch), 1 at the shoulder.
  glm::dvec3 side(const CarShape& shape, double station, double rise) const;
};

}  // namespace nightfog::content
