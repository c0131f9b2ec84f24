// Small things beside the road. Each is a mesh that stands on z = 0 around the z axis; what faces the traffic looks to
// +x.
#pragma once

#include "engine/content/mesh_builder.hpp"
#include "engine/content/scene.hpp"
#include "engine/core/random.hpp"

namespace nightfog::content {

/// 8 m high; the arm reaches 1.6 m to +x.
MeshId makeStreetLamp(SceneContent& content);
/// The light of one that stands at `worldFromLamp`: an LED luminaire of 4000 K, 7,500 lm.
Lamp streetLampLight(const RigidTransform& worldFromLamp);
/// A wheeled bin, 1.07 m high, its lid to -x. `colour`: a material.
MeshId makeBin(std::string_view colour, SceneContent& content);
/// 0.9 m high with a retroreflective band.
MeshId makeBollard(SceneContent& content);
MeshId makeBench(SceneContent& content);
/// A cable cabinet, 1.1 m high.
MeshId makeCabinet(SceneContent& content);
/// Pickets along x from 0 to `length_m`, 0.95 m high.
MeshId makeFence(double length_m, std::string_view colour, SceneContent& content);

/// A litter bin on a short post, 1.0 m high.
MeshId makeLitterBin(SceneContent& content);
/// A yellow post box on two legs, 1.4 m high, its slot to +x.
MeshId makePostBox(SceneContent& content);
/// Four hoops to lean bicycles on, along y.
MeshId makeBicycleStand(SceneContent& content);
/// An advertising column, 2.9 m high.
MeshId makeAdvertColumn(SceneContent& content);
/// A manhole's iron cover with its frame, 3 mm proud; for a carriageway.
MeshId makeManhole(SceneContent& content);
/// A gully's grate, 50 cm along x and 30 cm along y, 3 mm proud.
MeshId makeGully(SceneContent& content);

/// A cable of 22 mm from the origin to `to`, hanging through by `sag_m`.
MeshId makeCable(const glm::dvec3& to, double sag_m, SceneContent& content);
/// Fallen leaves along 3 m of kerb, which lies on y = 0 with the gutter towards -y; for a parking lane.
MeshId makeLitter(RandomSource rng, SceneContent& content);

enum class SignKind { kSpeedLimit, kNoEntry, kParking, kGiveWay, kPriority, kStop, kCrossing };
inline constexpr size_t kSignKinds = 7;
/// On a post; the plate's lower edge 2.2 m above the ground.
MeshId makeSign(SignKind kind, SceneContent& content);

}  // namespace nightfog::content
