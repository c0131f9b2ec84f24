// An episode played once, so that time can be scrubbed both ways: a snapshot for every step of the world and for every
// frame of every sensor, and what happened when.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/content/scene.hpp"
#include "engine/events/story.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/sensing/sensor.hpp"
#include "engine/world/world.hpp"

namespace nightfog::viewer {

using SnapshotPtr = std::shared_ptr<const content::SceneSnapshot>;

/// How far a trigger is from firing at an instant: of its comparisons the one that lacks most.
struct TriggerDistance {
  std::string comparison;  ///< "distance(opposing, ego) < 60 m"; empty: nothing can be said
  std::string unit;
  double value = 0, missing = 0;  ///< SI; missing ≤ 0: all of them are true
};

/// Written by one thread that plays, read by others at the same time. What has been played is never changed.
class PlayedEpisode {
 public:
  /// `exposures[i][k]` is when sensor i takes frame k.
  PlayedEpisode(std::shared_ptr<const scenario::Scenario> scenario,
                std::vector<std::vector<sensing::Exposure>> exposures);

  const scenario::Scenario& scenario() const { return *scenario_; }
  const std::shared_ptr<const scenario::Scenario>& sharedScenario() const { return scenario_; }
  const std::vector<std::vector<sensing::Exposure>>& exposures() const { return exposures_; }
  size_t stepCount() const { return stepCount_; }
  size_t stepAt(double time_s) const;
  double timeOf(size_t step) const;
  /// The frame of a sensor whose exposure began last, before or at this instant.
  size_t frameAt(size_t sensor, double time_s) const;

  /// How many steps have been played.
  size_t playedSteps() const;
  bool isWhole() const;
  /// nullptr: not played yet.
  SnapshotPtr step(size_t index) const;
  SnapshotPtr frame(size_t sensor, size_t index) const;
  /// Of what has happened so far; whole when the episode is.
  std::vector<events::TraceEntry> trace() const;
  std::vector<world::Collision> collisions() const;
  /// Ids of everybody, by object id - 1: the scenario's actors, whom injectors bring, and the background.
  std::vector<std::string> cast() const;

  /// By injector and event, as in trace(), at this instant; empty: not played yet.
  std::vector<TriggerDistance> triggersAt(double time_s) const;
  /// Steps between two that triggers are remembered of: not all of a long episode.
  size_t triggerStride() const { return stepCount_ / 2000 + 1; }

  // For the player.
  void addStep(SnapshotPtr snapshot);
  void addFrame(size_t sensor, SnapshotPtr snapshot);
  void setStory(std::vector<events::TraceEntry> trace, std::vector<world::Collision> collisions,
                std::vector<std::string> cast);
  void addTriggers(std::vector<TriggerDistance> distances);
  void setWhole();

 private:
  std::shared_ptr<const scenario::Scenario> scenario_;
  std::vector<std::vector<sensing::Exposure>> exposures_;
  size_t stepCount_ = 0;
  mutable std::mutex mutex_;
  std::vector<SnapshotPtr> steps_;
  std::vector<std::vector<SnapshotPtr>> frames_;
  std::vector<std::vector<TriggerDistance>> triggers_;  ///< every triggerStride()-th step's
  std::vector<events::TraceEntry> trace_;
  std::vector<world::Collision> collisions_;
  std::vector<std::string> cast_;
  bool isWhole_ = false;
};

}  // namespace nightfog::viewer
