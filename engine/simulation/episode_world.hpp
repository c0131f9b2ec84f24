// A scenario's world with everybody who plays in it, ready to be looked at by any sensor at any instant: what a render
// loops over, and what the viewer scrubs.
#pragma once

#include <memory>

#include "engine/content/scene.hpp"
#include "engine/events/story.hpp"
#include "engine/road/signal_plan.hpp"
#include "engine/simulation/stage_content.hpp"
#include "engine/world/background.hpp"
#include "engine/world/world.hpp"

namespace nightfog::simulation {

/// What a run's twin is without; all else is as in the run.
enum class Twin {
  kNone,     ///< no twin: the run itself
  kWeather,  ///< seen through clear air over dry ground
  kFaults    ///< seen by sensors without faults
};

/// @code
///   EpisodeWorld episode(scenario, catalog, contents);
///   content::SceneSnapshot snapshot = episode.snapshot(start, until, reference);
/// @endcode
/// It knows of no device: one thread at a time, whichever.
class EpisodeWorld {
 public:
  /// Throws Error for what an actor cannot do and for weather that no sensor sees. Scenario and catalogue outlive this.
  EpisodeWorld(const scenario::Scenario& scenario, const catalog::Catalog& catalog, ContentCache& contents);
  ~EpisodeWorld();

  const std::shared_ptr<const StageContent>& content() const { return content_; }
  world::World& world() { return *world_; }
  const events::Story& story() const { return story_; }

  /// The world from `start` to `until`, dressed: signals, weather and lamps as they are at `reference`. Asked for in
  /// the order that World::snapshot() allows.
  content::SceneSnapshot snapshot(SimTime start, SimTime until, SimTime reference, Twin twin = Twin::kNone);

 private:
  EpisodeWorld(const scenario::Scenario& scenario, const catalog::Catalog& catalog, ContentCache& contents,
               std::unique_ptr<world::Background> background);

  const scenario::Scenario& scenario_;
  events::Story story_;
  std::shared_ptr<const StageContent> content_;
  std::unique_ptr<world::World> world_;
  road::SignalPlan signals_;
  double ground_m_ = 0;
};

}  // namespace nightfog::simulation
