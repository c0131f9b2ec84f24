// From "0.8 m ahead of the van" to poses on the map.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/config/diagnostics.hpp"
#include "engine/road/network.hpp"
#include "engine/scenario/language.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::scenario {

/// Reports references to actors that are not in the file.
void checkActorReferences(const ScenarioFile& file, config::Diagnostics& diagnostics);

/// Places the actors of one run and makes their behaviors' places absolute. Reports what cannot be.
class Placement {
 public:
  /// `assets[i]` belongs to file.actors[i]; nullptr: unknown (reported already), the actor is left out. An empty map is
  /// a plane. Everything outlives this.
  Placement(const ScenarioFile& file, const std::vector<const catalog::AssetInfo*>& assets,
            const road::RoadNetwork& map, config::Diagnostics& diagnostics);

  /// Those that could be placed, in file order.
  std::vector<Actor> actors();

 private:
  enum class State { kWaiting, kOngoing, kDone, kFailed };
  struct Spot {
    State state = State::kWaiting;
    double heading_rad = 0;
    RigidTransform worldFromActor;
  };
  /// A place on a lane, and the lane's driving direction there.
  struct OnLane {
    glm::dvec2 place{0};
    double heading_rad = 0;
  };

  bool place(size_t actor);
  bool placeAt(size_t actor, const PlaceXyz& place);
  bool placeAt(size_t actor, const PlaceRelative& place);
  bool placeAt(size_t actor, const PlaceLane& place);
  /// Puts the middle of the actor's box there, on the ground.
  void settle(size_t actor, glm::dvec2 middle, double heading_rad);
  /// Index of a placed actor; reports circles (unknown ones are reported by checkActorReferences).
  bool findPlaced(const Reference& reference, size_t& index);
  bool findLane(const Reference& reference, double s_m, double offset_m, OnLane& out);
  bool resolve(const Point& point, glm::dvec3& out);
  bool behave(size_t actor, Behavior& out);

  const ScenarioFile& file_;
  const std::vector<const catalog::AssetInfo*>& assets_;
  const road::RoadNetwork& map_;
  config::Diagnostics& diagnostics_;
  std::map<std::string, size_t> indexOf_;
  std::vector<Spot> spots_;
};

}  // namespace nightfog::scenario
