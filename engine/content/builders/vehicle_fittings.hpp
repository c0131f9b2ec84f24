// What vehicles carry alike: number plates, strokes of figures on plates and destination boards, lamps in pairs; and
// what buses and lorries share: steering wheels, wheels on two axles.
#pragma once

#include <string_view>

#include "engine/content/builders/wheel.hpp"
#include "engine/content/mesh_builder.hpp"
#include "engine/content/model_builder.hpp"

namespace nightfog::content {

/// Figures and the letters ACEFHJLPU in seven strokes, on the plane through `centre` that looks along x times `facing`.
/// `height_m` of a figure; anything else is a gap. In the surface in use.
void addFigures(MeshBuilder& mesh, std::string_view text, const glm::dvec3& centre, double height_m, double facing);

/// A retroreflective plate of 52 × 11 cm in a dark frame, with a number that follows from the asset's name; its middle
/// at (x, 0, z), looking along x times `facing`.
void addNumberPlate(MeshBuilder& mesh, const BuildContext& context, double x, double z, double facing);

/// A rounded lens of `size_m` at `at` and its mirror image on the other side of the vehicle.
void addLampPair(MeshBuilder& mesh, const BuildContext& context, std::string_view material, const glm::dvec3& at,
                 const glm::dvec3& size_m, double rounding_m);

/// A heavy vehicle's steering wheel of that radius about `hub`, its column leaning back by `lean_rad`; in the surface
/// in use.
void addSteeringWheel(MeshBuilder& mesh, const glm::dvec3& hub, double lean_rad, double radius_m);

/// Where the wheels of a vehicle with two axles and twin tyres behind are: the rear axle lies at x = 0.
struct HeavyAxles {
  double wheelbase_m = 0;
  double frontHalfTrack_m = 0;
  double rearHalfTrack_m = 0;
};

/// The four wheels of a bus or lorry as parts of the model's body, which must be its first part. The rim's material is
/// the slot "rim".
void addHeavyWheels(Model& model, const BuildContext& context, const WheelShape& wheel, const HeavyAxles& axles);

}  // namespace nightfog::content
