#include "tools/viewer/played_episode.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::viewer {

PlayedEpisode::PlayedEpisode(std::shared_ptr<const scenario::Scenario> scenario,
                             std::vector<std::vector<sensing::Exposure>> exposures)
    : scenario_(std::move(scenario)),
      exposures_(std::move(exposures)),
      stepCount_(static_cast<size_t>(scenario_->duration.ns / scenario_->step.ns) + 1),
      frames_(exposures_.size()) {}

size_t PlayedEpisode::stepAt(double time_s) const {
  const double step = std::round(std::max(time_s, 0.0) / scenario_->step.seconds());
  return std::min(static_cast<size_t>(step), stepCount_ - 1);
}

double PlayedEpisode::timeOf(size_t step) const {
  return (scenario_->step * static_cast<int64_t>(step)).seconds();
}

size_t PlayedEpisode::frameAt(size_t sensor, double time_s) const {
  const auto& exposures = exposures_[sensor];
  const SimTime at = SimTime::fromSeconds(time_s);
  const auto after = std::upper_bound(exposures.begin(), exposures.end(), at,
                                      [](SimTime t, const sensing::Exposure& e) { return t < e.start; });
  return after == exposures.begin() ? 0 : static_cast<size_t>(after - exposures.begin()) - 1;
}

size_t PlayedEpisode::playedSteps() const {
  const std::lock_guard lock(mutex_);
  return steps_.size();
}

bool PlayedEpisode::isWhole() const {
  const std::lock_guard lock(mutex_);
  return isWhole_;
}

SnapshotPtr PlayedEpisode::step(size_t index) const {
  const std::lock_guard lock(mutex_);
  return index < steps_.size() ? steps_[index] : nullptr;
}

SnapshotPtr PlayedEpisode::frame(size_t sensor, size_t index) const {
  const std::lock_guard lock(mutex_);
  return index < frames_[sensor].size() ? frames_[sensor][index] : nullptr;
}

std::vector<events::TraceEntry> PlayedEpisode::trace() const {
  const std::lock_guard lock(mutex_);
  return trace_;
}

std::vector<world::Collision> PlayedEpisode::collisions() const {
  const std::lock_guard lock(mutex_);
  return collisions_;
}

std::vector<std::string> PlayedEpisode::cast() const {
  const std::lock_guard lock(mutex_);
  return cast_;
}

std::vector<TriggerDistance> PlayedEpisode::triggersAt(double time_s) const {
  const size_t at = stepAt(time_s) / triggerStride();
  const std::lock_guard lock(mutex_);
  return at < triggers_.size() ? triggers_[at] : std::vector<TriggerDistance>{};
}

void PlayedEpisode::addTriggers(std::vector<TriggerDistance> distances) {
  const std::lock_guard lock(mutex_);
  triggers_.push_back(std::move(distances));
}

void PlayedEpisode::addStep(SnapshotPtr snapshot) {
  const std::lock_guard lock(mutex_);
  steps_.push_back(std::move(snapshot));
}

void PlayedEpisode::addFrame(size_t sensor, SnapshotPtr snapshot) {
  const std::lock_guard lock(mutex_);
  frames_[sensor].push_back(std::move(snapshot));
}

void PlayedEpisode::setStory(std::vector<events::TraceEntry> trace, std::vector<world::Collision> collisions,
                             std::vector<std::string> cast) {
  const std::lock_guard lock(mutex_);
  trace_ = std::move(trace);
  collisions_ = std::move(collisions);
  cast_ = std::move(cast);
}

void PlayedEpisode::setWhole() {
  const std::lock_guard lock(mutex_);
  isWhole_ = true;
}

}  // namespace nightfog::viewer
