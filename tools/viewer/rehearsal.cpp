#include "tools/viewer/rehearsal.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <limits>
#include <thread>

#include "engine/events/world_environment.hpp"
#include "engine/scenario/template.hpp"

namespace nightfog::viewer {
namespace {

constexpr int kNice = 4;  ///< after the window and the studio: playing on can wait

/// A frame of a sensor that is still to be seen.
struct DueFrame {
  size_t sensor = 0, frame = 0;
  sensing::Exposure exposure;
};

std::vector<DueFrame> dueFrames(const PlayedEpisode& episode) {
  std::vector<DueFrame> due;
  for (size_t i = 0; i < episode.exposures().size(); ++i) {
    for (size_t k = 0; k < episode.exposures()[i].size(); ++k) due.push_back({i, k, episode.exposures()[i][k]});
  }
  std::stable_sort(due.begin(), due.end(), [](const DueFrame& a, const DueFrame& b) {
    return a.exposure.knownUntil() < b.exposure.knownUntil();
  });
  return due;
}

std::vector<std::string> namesOf(const simulation::EpisodeWorld& episode, world::World& world) {
  std::vector<std::string> names = episode.story().cast();
  for (auto i = static_cast<uint32_t>(names.size()); i < world.castSize(); ++i)
    names.push_back(world.view(ObjectId{i + 1}).name);
  return names;
}

TriggerDistance distanceOf(const scenario::Trigger& trigger, const events::WorldEnvironment& environment) {
  TriggerDistance out;
  if (!trigger.when) return out;
  for (const expression::Comparison& comparison : expression::comparisons(*trigger.when, environment)) {
    if (!out.comparison.empty() && comparison.missing <= out.missing) continue;
    const expression::ExpressionNode& node = trigger.when->nodes[comparison.node];
    const auto dimension = node.operands.empty()
                               ? std::nullopt
                               : expression::dimensionOf(trigger.when->nodes[node.operands.front()].type.measure);
    out.comparison = trigger.when->text.substr(node.range.begin, node.range.end - node.range.begin);
    out.unit = dimension ? std::string(config::canonicalUnit(*dimension)) : std::string();
    out.value = comparison.value;
    out.missing = comparison.missing;
  }
  return out;
}

std::vector<TriggerDistance> distancesOf(const scenario::Scenario& scenario, simulation::EpisodeWorld& episode) {
  const events::Story& story = episode.story();
  const events::WorldEnvironment environment(episode.world(), scenario, story.cast(), story.happenings());
  std::vector<TriggerDistance> out;
  for (const scenario::Injector& injector : scenario.injectors)
    out.push_back(distanceOf(injector.trigger, environment));
  for (const scenario::Event& event : scenario.events) out.push_back(distanceOf(event.trigger, environment));
  return out;
}

}  // namespace

struct Rehearsal::Impl {
  Impl(Studio& theStudio, const lang::InstalledLibrary& installed) : studio(theStudio), library(installed) {}

  Studio& studio;
  const lang::InstalledLibrary& library;
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::optional<Manuscript> next;
  uint64_t nextSerial = 0;
  bool isStopping = false, isWorking = false;
  std::atomic<bool> isCalledOff{false};
  Rehearsed state;
  std::unique_ptr<simulation::EpisodeWorld> world;  ///< of the thread alone
  std::thread thread;

  void run();
  void rehearse(const Manuscript& manuscript, uint64_t serial);
  void play(PlayedEpisode& episode);
};

void Rehearsal::Impl::run() {
  std::unique_lock lock(mutex);
  for (;;) {
    wake.wait(lock, [&] { return isStopping || next; });
    if (isStopping) break;
    const Manuscript manuscript = std::move(*next);
    next.reset();
    const uint64_t serial = nextSerial;
    isWorking = true;
    isCalledOff = false;
    lock.unlock();
    rehearse(manuscript, serial);
    lock.lock();
    isWorking = false;
  }
  lock.unlock();
  world.reset();
}

void Rehearsal::Impl::rehearse(const Manuscript& manuscript, uint64_t serial) {
  Rehearsed out;
  {
    const std::lock_guard lock(mutex);
    out.episode = state.episode;
  }
  out.serial = serial;
  // What was written since then may or may not have been read; a disk's clock stands still for some milliseconds.
  const auto began = std::filesystem::file_time_type::clock::now() - std::chrono::milliseconds(10);
  std::shared_ptr<const scenario::Scenario> sampled;
  try {
    scenario::Library files = library.forFile(manuscript.file);
    if (manuscript.files != nullptr) files.shared = manuscript.files;
    const auto chosen = scenario::parseScenarioTemplate(manuscript.text, manuscript.file, files);
    for (const std::filesystem::path& file : chosen.importedFiles()) {
      std::error_code error;
      out.importedFiles[file] = std::min(std::filesystem::last_write_time(file, error), began);
    }
    out.findings = chosen.findings();
    out.isSweep = chosen.isSweep();
    out.runCount = chosen.runCount();
    const uint32_t run =
        out.isSweep ? std::min(manuscript.run, static_cast<uint32_t>(out.runCount - 1)) : manuscript.run;
    sampled = std::make_shared<const scenario::Scenario>(scenario::sample(chosen, manuscript.seed, run));
  } catch (const config::DiagnosticsError& error) {
    out.findings = error.diagnostics();
    out.error = "the text has errors";
  } catch (const std::exception& error) {
    out.error = error.what();
  }
  std::shared_ptr<PlayedEpisode> playing;
  if (sampled != nullptr && !isCalledOff) {
    try {
      world.reset();  // its stage may go
      Studio::Built built = studio.build(sampled);
      world = std::move(built.world);
      playing = built.episode;
      out.episode = playing;
      out.isCurrent = true;
    } catch (const std::exception& error) {
      out.error = error.what();
    }
  }
  {
    const std::lock_guard lock(mutex);
    state = out;
  }
  if (playing == nullptr) return;
  try {
    play(*playing);
  } catch (const std::exception& error) {
    const std::lock_guard lock(mutex);
    state.error = error.what();
  }
}

void Rehearsal::Impl::play(PlayedEpisode& episode) {
  const SimTime stepTime = episode.scenario().step;
  const std::vector<DueFrame> due = dueFrames(episode);
  auto frame = due.begin();
  const auto publish = [&] {
    episode.setStory(world->story().trace(), world->world().collisions(), namesOf(*world, world->world()));
  };
  publish();
  SimTime longest{};
  for (const DueFrame& d : due) longest = std::max(longest, d.exposure.knownUntil() - d.exposure.start);
  const auto addStep = [&](SimTime at) {
    episode.addStep(std::make_shared<const content::SceneSnapshot>(world->snapshot(at, at + stepTime + stepTime, at)));
  };
  const auto takeFrames = [&](SimTime until) {
    for (; frame != due.end() && frame->exposure.knownUntil() <= until; ++frame) {
      episode.addFrame(frame->sensor,
                       std::make_shared<const content::SceneSnapshot>(world->snapshot(
                           frame->exposure.start, frame->exposure.knownUntil(), frame->exposure.reference())));
    }
  };
  for (size_t step = 0; step < episode.stepCount(); ++step) {
    if (isCalledOff && step > 1) return;  // the start shows even while texts come faster than they are played
    const SimTime at = stepTime * static_cast<int64_t>(step);
    // The world is at this very step, and what follows brings it to the next: nothing is judged by what is yet to come.
    if (step % episode.triggerStride() == 0) episode.addTriggers(distancesOf(episode.scenario(), *world));
    // The world remembers as far back as it was ever asked for: from the start on for as long as a frame takes.
    if (step == 0 || at <= longest + stepTime) (void)world->snapshot(SimTime{}, at + stepTime, at);
    // Two steps long, for the flow of who watches.
    if (step > 0) addStep(at - stepTime);
    takeFrames(at);
    if (step % 50 == 49) publish();
  }
  addStep(stepTime * static_cast<int64_t>(episode.stepCount() - 1));
  takeFrames(SimTime{std::numeric_limits<int64_t>::max()});
  publish();
  episode.setWhole();
}

Rehearsal::Rehearsal(Studio& studio, const lang::InstalledLibrary& library)
    : impl_(std::make_unique<Impl>(studio, library)) {
  impl_->thread = std::thread([impl = impl_.get()] {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
    impl->run();
  });
}

Rehearsal::~Rehearsal() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->isStopping = true;
    impl_->isCalledOff = true;
  }
  impl_->wake.notify_all();
  impl_->thread.join();
}

uint64_t Rehearsal::rehearse(Manuscript manuscript) {
  const std::lock_guard lock(impl_->mutex);
  impl_->next = std::move(manuscript);
  impl_->isCalledOff = true;
  ++impl_->nextSerial;
  impl_->wake.notify_all();
  return impl_->nextSerial;
}

Rehearsed Rehearsal::state() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->state;
}

bool Rehearsal::isBusy() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->isWorking || impl_->next.has_value();
}

}  // namespace nightfog::viewer
