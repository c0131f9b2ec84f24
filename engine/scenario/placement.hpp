// From "0.8 m ahead of the van" to poses on the map.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/config/diagnostics.hpp"
#include "engine/scenario/lane_map.hpp"
#include "engine/scenario/language.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::scenario {

/// Reports references to actors and points that are not in the file.
void checkPlaceReferences(const ScenarioFile& file, config::Diagnostics& diagnostics);

/// Places the actors and points of one run and makes places in behaviors and actions absolute. Reports what cannot be.
class Placement {
 public:
  /// `assets[i]` belongs to file.actors[i]; nullptr: unknown (reported already), the actor is left out. Everything
  /// outlives this.
  Placement(const ScenarioFile& file, const std::vector<const catalog::AssetInfo*>& assets, const LaneMap& lanes,
            config::Diagnostics& diagnostics);

  /// Those that could be placed, in file order.
  std::vector<Actor> actors();
  /// Every entry of `points:` that could be placed.
  std::map<std::string, glm::dvec3> points();
  /// A point of the world; false: reported (or waiting for something that was).
  /// A place that does not depend on the actor. Not one relative to an actor.
  bool resolve(const ActorPlace& place, RigidTransform& out);
  bool resolve(const Point& point, glm::dvec3& out);
  /// The same with the direction of its lane; along x where it lies on none.
  bool resolve(const Point& point, RigidTransform& out, std::string& lane);
  /// How somebody drives; false: reported, also where there is no road or nobody could be at its wheel.
  bool resolve(const DriveFile& drive, const catalog::AssetInfo& asset, const config::Node& node, Drive& out);
  /// The lane that an entry of `points:` lies on by its own words; empty: none.
  std::string laneOfPoint(const std::string& name) const;
  /// A free vector in world axes; `at` is where the body or road frame stands.
  glm::dvec3 toWorld(const FrameVector& vector, const RigidTransform& at) const;
  /// nullopt: reported.
  std::optional<NamedLane> findLane(const Reference& reference);
  const LaneMap& lanes() const { return lanes_; }

 private:
  enum class State { kWaiting, kOngoing, kDone, kFailed };
  struct Spot {
    State state = State::kWaiting;
    double heading_rad = 0;
    RigidTransform worldFromActor;
  };
  struct Located {
    State state = State::kWaiting;
    RigidTransform pose;
    std::string lane;
  };

  bool place(size_t actor);
  bool placeAt(size_t actor, const PlaceXyz& place);
  bool placeAt(size_t actor, const PlaceRelative& place);
  bool placeAt(size_t actor, const PlaceLane& place);
  /// Heading of an actor whose middle lies there.
  bool face(size_t actor, const Facing& facing, double base_rad, glm::dvec2 middle, double& out);
  /// Puts the middle of the actor's box there, on the ground.
  void settle(size_t actor, glm::dvec2 middle, double heading_rad);
  /// Index of a placed actor; reports circles (unknown ones are reported by checkPlaceReferences).
  bool findPlaced(const Reference& reference, size_t& index);
  bool findPoint(const Reference& reference, Located& out);
  bool spotOnLane(const Reference& reference, double s_m, double offset_m, LaneSpot& out);
  /// Middle, `half_m` long on either side, of what stands before (behind) another actor, and the direction it is
  /// measured in.
  template <class R>
  bool beside(const R& place, size_t other, double half_m, glm::dvec2& middle, double& base_rad);
  bool behave(size_t actor, Behavior& out);

  const ScenarioFile& file_;
  const std::vector<const catalog::AssetInfo*>& assets_;
  const LaneMap& lanes_;
  config::Diagnostics& diagnostics_;
  std::map<std::string, size_t> indexOf_;
  std::vector<Spot> spots_;
  std::map<std::string, Located> points_;
};

}  // namespace nightfog::scenario
