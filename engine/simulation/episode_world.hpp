// A scenario's world with everybody who plays in it, ready to be looked at by any sensor at any instant: what a render
// loops over, and what the viewer scrubs.
#pragma once

#include <memory>

#include "engine/content/scene.hpp"
#include "engine/events/story.hpp"
#include "engine/road/signal_plan.hpp"
#include "engine/simulation/stage.hpp"
#include "engine/simulation/twin.hpp"
#include "engine/world/background.hpp"
#include "engine/world/world.hpp"

namespace nightfog::simulation {

/// @code
///   EpisodeWorld episode(scenario, catalog, stages);
///   content::SceneSnapshot snapshot = episode.snapshot(start, until, reference);
/// @endcode
/// Made on the device's thread (it asks for the stage); used by one thread at a time.
class EpisodeWorld {
 public:
  /// Throws Error for what an actor cannot do and for weather that no sensor sees. Scenario, catalogue and the stage
  /// outlive this; a stage lives until the next one is asked for.
  EpisodeWorld(const scenario::Scenario& scenario, const catalog::Catalog& catalog, StageCache& stages);
  ~EpisodeWorld();

  Stage& stage() const { return stage_; }
  world::World& world() { return *world_; }
  const events::Story& story() const { return story_; }

  /// The world from `start` to `until`, dressed: signals, weather and lamps as they are at `reference`. Asked for in
  /// the order that World::snapshot() allows. A twin is seen through clear air over dry ground, or by sound sensors.
  content::SceneSnapshot snapshot(SimTime start, SimTime until, SimTime reference, Twin twin = Twin::kNone);

 private:
  EpisodeWorld(const scenario::Scenario& scenario, const catalog::Catalog& catalog, StageCache& stages,
               std::unique_ptr<world::Background> background);

  const scenario::Scenario& scenario_;
  events::Story story_;
  Stage& stage_;
  std::unique_ptr<world::World> world_;
  road::SignalPlan signals_;
  double ground_m_ = 0;
};

}  // namespace nightfog::simulation
