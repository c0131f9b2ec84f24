// One episode's static content, and snapshots of what moves in it. A tracer, a sensor and the labels all read these and
// nothing else.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/content/mesh.hpp"
#include "engine/content/sensor_fault.hpp"
#include "engine/core/ids.hpp"
#include "engine/core/sim_time.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::content {

/// Something that stands still for the whole episode; it is flattened with its neighbours into tiles.
struct StaticPlacement {
  MeshId mesh;
  RigidTransform worldFromMesh;
  ObjectId object;  ///< 0: not an object of its own
};

/// One lamp of a traffic light: its mesh shines while it is lit.
struct SignalLamp {
  enum class Colour { kRed, kAmber, kGreen };
  MeshId mesh;
  RigidTransform worldFromMesh;
  uint32_t signal = 0;  ///< index into the map's furniture
  Colour colour = Colour::kRed;
};

/// Meshes, materials, textures, and where the unmoving ones stand. Built once, immutable during the episode.
struct SceneContent {
  std::vector<Mesh> meshes;
  std::vector<Material> materials;
  std::vector<Texture> textures;
  std::vector<StaticPlacement> scenery;
  std::vector<Model> imported;  ///< models of mesh files that were read already
  std::vector<Lamp> lamps;      ///< that stand still, in world coordinates; lit by dusk
  std::vector<SignalLamp> signalLamps;

  MeshId add(Mesh mesh) {
    meshes.push_back(std::move(mesh));
    return MeshId(static_cast<uint32_t>(meshes.size() - 1));
  }
  MaterialId add(Material material) {
    materials.push_back(std::move(material));
    return MaterialId(static_cast<uint32_t>(materials.size() - 1));
  }
  TextureId add(Texture texture) {
    textures.push_back(std::move(texture));
    return TextureId(static_cast<uint32_t>(textures.size() - 1));
  }
};

/// A placed mesh that may move. Its poses are SceneSnapshot::poses[firstKey … firstKey + keyCount).
struct SnapshotInstance {
  MeshId mesh;
  ObjectId object;
  uint32_t firstKey = 0;
  uint32_t keyCount = 1;  ///< 1: does not move; else SceneSnapshot::keyCount
  uint32_t mask = 0xffffffffu;
  float emission = 1;  ///< share of its materials' emission: 0 where its lamps are off
  uint32_t part = 0;   ///< which of its object's parts: SnapshotObject::parts
  /// Of something that bends: how many shapes it has, the meshes from `mesh` on (Mesh::nextShape); 1: it does not bend.
  uint32_t shapeCount = 1;
  /// Where among them it is at each pose key, SceneSnapshot::shapes[firstShape … firstShape + keyCount).
  uint32_t firstShape = 0;
};

/// A lamp that is on. Its poses are SceneSnapshot::poses[firstKey … firstKey + keyCount), world from lamp.
struct SnapshotLamp {
  Lamp lamp;  ///< partFromLamp is not used
  ObjectId object;
  uint32_t firstKey = 0;
  uint32_t keyCount = 1;
  bool isOrdered = false;  ///< somebody switched it on: it burns by day too
};

/// State of a labelled object across the exposure.
struct SnapshotObject {
  ObjectId id;
  std::string name;  ///< actor id of the scenario
  std::string asset;
  ClassId semantic;
  glm::dvec3 boxSize{0};                          ///< length, width, height
  glm::dvec3 boxCentre{0};                        ///< in the object's frame
  std::vector<RigidTransform> worldFromObject;    ///< one per pose key
  std::vector<glm::dvec3> velocity_mps;           ///< world axes, of the object's origin, one per pose key
  std::vector<glm::dvec3> angularVelocity_radps;  ///< world axes, one per pose key
  std::vector<std::string> parts;                 ///< names of what is drawn of it: "body", "wheel.front_left" …
};

/// A body of fog with a soft edge that drifts (engine/shared/fog_bank.h).
struct FogBank {
  glm::dvec3 centre{0};        ///< of its base, world, at the snapshot's first pose key
  glm::dvec3 velocity_mps{0};  ///< world
  double extinction_1pm = 0;   ///< where it is full
  glm::dvec3 radius_m{1};      ///< half its length, half its width, its height
  double heading_rad = 0;      ///< of its length, from x
  double edge = 0.5;           ///< share of the way from its surface to its middle that the edge takes
};

/// What weather puts between things and on the ground. One state: what greys the image eats the pulse.
struct Media {
  double extinction_1pm = 0;  ///< at 550 nm, ln 20 / MOR; 905 and 1550 nm see the same in fog (sensor_physics §3.1)
  std::optional<double>
      fogHeight_m{};             ///< of the fog's upper edge above groundLevel_m (engine/shared/fog.h); none: no edge
  double groundLevel_m = 0;      ///< z, world
  std::vector<FogBank> banks{};  ///< beside the layer
  double lidarRatio_sr = 18;     ///< of fog: extinction to backscatter (sensor_physics §3.2: 16 to 20 at 905 nm)
  double roadWetness = 0;        ///< 0 dry … 1 a film of water on the whole of the open road
};

/// The sky over the scene, the same for the whole episode.
struct Environment {
  glm::dvec3 sunDirection{0.3, -0.4,
                          0.866};  ///< unit, towards the sun; x east, y north, z up; below the horizon by night
  double cloudCover = 0.3;         ///< 0 … 1, share of the sky that fair-weather clouds take
  bool sceneryLampsOn = false;     ///< street lamps and windows
  double moonIlluminance_lx = 0;  ///< on level ground above any fog, while the sun is down; the moon stands opposite it
  std::optional<double> sunIlluminance_lx{};  ///< on a surface that faces it, above any fog; none: as in clear air
};

/// Everything that moves, over one exposure: pose keys at whole world steps, the first at or before the exposure's
/// start and the last at or after its end. Immutable; in world coordinates, doubles.
struct SceneSnapshot {
  SimTime firstKey;  ///< time of key 0
  SimTime keyStep;   ///< world step
  uint32_t keyCount = 1;
  std::vector<SnapshotInstance> instances;
  std::vector<RigidTransform> poses;
  std::vector<float> shapes;            ///< 2.25: a quarter of the way from shape 2 to the next; runs on past the last
  std::vector<SnapshotObject> objects;  ///< ascending id
  Media media;
  Environment environment;
  std::vector<SnapshotLamp> lamps;  ///< of things that move or were placed; the scenery's are SceneContent::lamps
  std::vector<SensorFault> faults;  ///< that sensors have at the exposure's start

  /// Pose of an object at any instant of the exposure: neighbours interpolated as rays see them.
  RigidTransform objectPose(const SnapshotObject& object, SimTime at) const;
  /// The object with this id, or nullptr.
  const SnapshotObject* findObject(ObjectId id) const;
};

}  // namespace nightfog::content
