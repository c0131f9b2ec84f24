// The loop: a scenario's world is stepped, each due sensor looks at a snapshot of it, and what it saw goes to the
// record.
#pragma once

#include <atomic>
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
#include "engine/simulation/stage.hpp"
#include "engine/simulation/twin.hpp"
#include "engine/trace/tracer.hpp"

namespace nightfog::simulation {

/// Makes the sensor of a mount; the composition root passes the one that knows every kind.
using SensorFactory =
    std::function<std::unique_ptr<sensing::Sensor>(const scenario::SensorMount&, sensing::CaptureServices&)>;

/// Writes an export that is a folder, whole or not at all, and returns its files, relative to it.
using ExportWriter = std::function<std::vector<std::string>(
    const scenario::Export&, const std::filesystem::path& record, const std::filesystem::path& folder)>;

/// What the episodes of a process share. Everything outlives the runner.
struct EpisodeServices {
  gpu::Device& device;
  Jobs& jobs;
  trace::TracerKind tracer = trace::TracerKind::kAuto;
  const catalog::Catalog& catalog;
  std::filesystem::path assetsFolder;
  SensorFactory makeSensor;
  ExportWriter writeExport = {};  ///< may be absent where no scenario has such an export
  StageCache* stages = nullptr;   ///< none: the episode builds its own
};

struct EpisodeOptions {
  std::optional<FrameRange> frames;                            ///< of the reference sensor (the first mounted)
  std::function<void(uint32_t done, uint32_t total)> onFrame;  ///< after each frame of any sensor
  const std::atomic<bool>* stop = nullptr;  ///< set by a signal: finish the frame, discard the part, throw Stopped
  bool labelsOnly = false;                  ///< cameras write ground truth without images
  /// The run's twin: the same world, seen through clear air over dry ground, or by sound sensors. No expectations, no
  /// exports.
  Twin twin = Twin::kNone;
};

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
/// scenario, the build, the device and the tracer only.
RenderedEpisode renderEpisode(const scenario::Scenario& scenario, const EpisodeServices& services,
                              const EpisodeOptions& options, const std::filesystem::path& folder);

/// renderEpisode() and finish().
EpisodeReport runEpisode(const scenario::Scenario& scenario, const EpisodeServices& services,
                         const EpisodeOptions& options, const std::filesystem::path& folder,
                         std::vector<std::string>& files);

}  // namespace nightfog::simulation
