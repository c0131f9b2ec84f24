// The loop: a scenario's world is stepped, each due sensor looks at a snapshot of it, and what it saw goes to the
// record.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/catalog/asset_info.hpp"
#include "engine/core/jobs.hpp"
#include "engine/expect/evaluate.hpp"
#include "engine/gpu/device.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/sensing/sensor.hpp"
#include "engine/simulation/episode_store.hpp"
#include "engine/simulation/episode_world.hpp"
#include "engine/simulation/stage.hpp"
#include "engine/trace/tracer.hpp"

namespace nightfog::simulation {

/// Makes the sensor of a mount; the composition root passes the one that knows every kind.
using SensorFactory =
    std::function<std::unique_ptr<sensing::Sensor>(const scenario::SensorMount&, sensing::CaptureServices&)>;

/// Writes an export that is a folder, whole or not at all, and returns its files, relative to it.
using ExportWriter = std::function<std::vector<std::string>(
    const scenario::Export&, const std::filesystem::path& record, const std::filesystem::path& folder)>;

/// What the episodes of a device share. Everything outlives the runner.
struct EpisodeServices {
  gpu::Device& device;
  Jobs& jobs;
  const catalog::Catalog& catalog;
  StageCache& stages;
  SensorFactory makeSensor;
  ExportWriter writeExport = {};  ///< may be absent where no scenario has such an export
};

/// How far an episode's frames are.
struct FrameProgress {
  uint32_t done = 0, total = 0;  ///< frames of any sensor
  size_t snapshotsAhead = 0;     ///< simulated, and not rendered yet
  size_t queuedBytes = 0;        ///< rendered, and not written yet
};

struct EpisodeOptions {
  std::optional<FrameRange> frames;                   ///< of the reference sensor (the first mounted)
  std::function<void(const FrameProgress&)> onFrame;  ///< after each frame, on the rendering thread
  std::function<void()> onThread;  ///< first thing on each thread that works for this episode alone; must not throw
  const std::atomic<bool>* stop = nullptr;  ///< set by a signal: finish the frame, discard the part, throw Stopped
  bool labelsOnly = false;                  ///< cameras write ground truth without images
  Twin twin = Twin::kNone;                  ///< a twin is neither judged nor exported
};

class RenderedEpisode;

/// Asked to stop before the episode was whole; nothing of it is left under a final name. Exit code 75.
class Stopped : public Error {
 public:
  Stopped()
      : Error(ExitCode::kTryAgain, "stopped before the episode was whole", "run the same command again; it resumes") {}
};

/// What happened, for the log: not part of the promised bytes.
struct EpisodeReport {
  uint32_t frames = 0;
  double secondsToFirstFrame = 0;
  double seconds = 0;
  std::map<std::string, double> stageMilliseconds;  ///< by dispatch or task name, summed
  uint64_t peakDeviceBytes = 0;
  uint64_t peakQueueBytes = 0;  ///< the most that waited to be written
  uint64_t rays = 0;
  record::Provenance provenance;             ///< what the bytes depend on besides the scenario
  std::vector<expect::Result> expectations;  ///< none where only some frames were asked for
};

/// An episode that is being simulated, a few frames ahead of whoever will render it. It needs no device, so that it may
/// begin beside the episode before it.
class PreparedEpisode {
 public:
  struct Impl;
  /// Builds world and content. Throws what EpisodeWorld throws. On any thread; scenario and catalogue outlive it.
  PreparedEpisode(const scenario::Scenario& scenario, const catalog::Catalog& catalog, ContentCache& contents,
                  EpisodeOptions options);
  PreparedEpisode(PreparedEpisode&&) noexcept;
  ~PreparedEpisode();

 private:
  friend RenderedEpisode renderEpisode(PreparedEpisode, const EpisodeServices&, const std::filesystem::path&,
                                       std::chrono::steady_clock::time_point);
  std::unique_ptr<Impl> impl_;
};

/// An episode whose frames are all rendered: what is left needs neither the device nor the world, so that it may go on
/// beside the next episode's frames. Destroyed unfinished, it leaves nothing under a final name that is not whole.
class RenderedEpisode {
 public:
  struct Impl;
  explicit RenderedEpisode(std::unique_ptr<Impl> impl);
  RenderedEpisode(RenderedEpisode&&) noexcept;
  ~RenderedEpisode();

  /// Closes the record, draws the preview, judges the expectations, exports. Returns the names of the files it wrote,
  /// whole, through `files`. On any thread, once; scenario and services outlive it.
  EpisodeReport finish(std::vector<std::string>& files);

 private:
  std::unique_ptr<Impl> impl_;
};

/// Renders the frames of one episode into `folder` (made ready by EpisodeStore::begin()). The bytes depend on the
/// scenario, the build, the device and the tracer only. The report counts its seconds from `since`.
RenderedEpisode renderEpisode(PreparedEpisode prepared, const EpisodeServices& services,
                              const std::filesystem::path& folder,
                              std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now());

/// All of it: prepared with `contents`, rendered, finished.
EpisodeReport runEpisode(const scenario::Scenario& scenario, ContentCache& contents, const EpisodeServices& services,
                         const EpisodeOptions& options, const std::filesystem::path& folder,
                         std::vector<std::string>& files);

}  // namespace nightfog::simulation
