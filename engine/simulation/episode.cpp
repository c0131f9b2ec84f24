#include "engine/simulation/episode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "engine/core/files.hpp"
#include "engine/record/preview.hpp"
#include "engine/record/record_queue.hpp"
#include "engine/simulation/describe_episode.hpp"
#include "engine/simulation/ground_truth.hpp"
#include "engine/simulation/snapshot_queue.hpp"

namespace nightfog::simulation {
namespace {

using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One look of one sensor.
struct Due {
  size_t sensor = 0;
  uint32_t frame = 0;
  sensing::Exposure exposure;
  bool isRecorded = true;  ///< false: only metered, for the frames after it
};

/// Every frame that ends within the episode, by start and then by the order the sensors are mounted in.
std::vector<Due> schedule(const scenario::Scenario& scenario, const EpisodeOptions& options) {
  std::vector<Due> due;
  if (scenario.sensors.empty()) return due;
  // --frames counts the reference sensor's; another sensor's frames belong when they start within that span.
  SimTime first{0}, last = scenario.duration;
  if (options.frames) {
    first = sensing::exposureOf(scenario.sensors[0], options.frames->first).start;
    last = sensing::exposureOf(scenario.sensors[0], options.frames->last).end;
  }
  for (size_t i = 0; i < scenario.sensors.size(); ++i) {
    const bool remembers = sensing::remembersFrames(scenario.sensors[i], options.labelsOnly);
    for (uint32_t frame = 0;; ++frame) {
      const sensing::Exposure exposure = sensing::exposureOf(scenario.sensors[i], frame);
      if (exposure.end > scenario.duration || exposure.start >= last) break;
      const bool isRecorded = exposure.start >= first;
      if (isRecorded || remembers) due.push_back({i, frame, exposure, isRecorded});
    }
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const Due& a, const Due& b) { return a.exposure.start < b.exposure.start; });
  return due;
}

/// What the frames ask of the world. Collisions go with the reference sensor's recorded frames, each with those until
/// the next one begins, so that any range of frames holds the same ones as the whole run: a camera's shutter is closed
/// for most of the time.
std::vector<Look> looksOf(const scenario::Scenario& scenario, const std::vector<Due>& due) {
  std::vector<Look> looks;
  looks.reserve(due.size());
  for (const Due& d : due) {
    const sensing::Exposure& e = d.exposure;
    const bool tellsCollisions = d.sensor == 0 && d.isRecorded;
    looks.push_back({e.start, e.knownUntil(), e.reference(),
                     tellsCollisions ? sensing::exposureOf(scenario.sensors[0], d.frame + 1).start : SimTime{}});
  }
  return looks;
}

/// What happened, as expectations refer to it.
std::map<std::string, expect::Span> spansOf(const events::Story& story) {
  std::map<std::string, expect::Span> spans;
  for (const auto& [id, happening] : story.happenings()) spans[id] = {happening.start, happening.end};
  return spans;
}

/// Object of an actor; none when the id is empty.
ObjectId actorObject(const scenario::Scenario& scenario, const std::string& id) {
  if (id.empty()) return {};
  for (size_t i = 0; i < scenario.actors.size(); ++i) {
    if (scenario.actors[i].id == id) return ObjectId{static_cast<uint32_t>(i + 1)};
  }
  NF_ASSERT(false, "no actor '{}'", id);
}

}  // namespace

struct PreparedEpisode::Impl {
  Impl(const scenario::Scenario& what, const catalog::Catalog& catalog, ContentCache& contents, EpisodeOptions how)
      : scenario(what),
        options(std::move(how)),
        due(schedule(what, options)),
        world(what, catalog, contents),
        snapshots({world, looksOf(what, due), hasStory() ? what.duration : SimTime{}, options.twin, options.onThread}) {
  }

  /// Whether anything may happen besides what is seen: frames may be asked for in part, or end before the episode does.
  bool hasStory() const { return !scenario.injectors.empty() || !scenario.events.empty(); }

  const scenario::Scenario& scenario;
  EpisodeOptions options;
  std::vector<Due> due;
  EpisodeWorld world;
  SnapshotQueue snapshots;  // goes first: its thread uses the others
};

PreparedEpisode::PreparedEpisode(const scenario::Scenario& scenario, const catalog::Catalog& catalog,
                                 ContentCache& contents, EpisodeOptions options)
    : impl_(std::make_unique<Impl>(scenario, catalog, contents, std::move(options))) {}
PreparedEpisode::PreparedEpisode(PreparedEpisode&&) noexcept = default;
PreparedEpisode::~PreparedEpisode() = default;

struct RenderedEpisode::Impl {
  const scenario::Scenario& scenario;
  const EpisodeServices services;
  std::filesystem::path folder;
  bool labelsOnly = false;
  bool isPart = false;  ///< only some frames: nothing to judge
  bool isTwin = false;  ///< neither judged nor exported
  EpisodeReport report{};
  std::map<std::string, expect::Span> spans{};
  std::string trace{};  ///< of triggers; empty: there are none
  std::unique_ptr<record::RecordQueue> queue{};
};

RenderedEpisode::RenderedEpisode(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RenderedEpisode::RenderedEpisode(RenderedEpisode&&) noexcept = default;
RenderedEpisode::~RenderedEpisode() = default;

RenderedEpisode renderEpisode(PreparedEpisode prepared, const EpisodeServices& services,
                              const std::filesystem::path& folder, Clock::time_point since) {
  PreparedEpisode::Impl& episode = *prepared.impl_;
  const scenario::Scenario& scenario = episode.scenario;
  const EpisodeOptions& options = episode.options;
  auto rendered = std::make_unique<RenderedEpisode::Impl>(RenderedEpisode::Impl{
      scenario, services, folder, options.labelsOnly, options.frames.has_value(), options.twin != Twin::kNone});
  EpisodeReport& report = rendered->report;

  Stage& stage = services.stages.at(episode.world.content());
  const content::SceneContent& content = stage.content->scene;
  trace::SceneBuffers& scene = *stage.scene;
  CountingTracer& tracer = *stage.tracer;
  const uint64_t raysBefore = tracer.rays();
  gpu::Scratch scratch(services.device);  // sensors look one after another
  sensing::CaptureServices capture{services.device, scene,        tracer,        services.jobs,
                                   scenario.seed,   scenario.run, content.lamps, options.labelsOnly,
                                   &scratch};
  std::vector<std::unique_ptr<sensing::Sensor>> sensors;
  for (const auto& mount : scenario.sensors) sensors.push_back(services.makeSensor(mount, capture));

  report.provenance = describeProvenance(services, tracer.name());
  if (options.twin != Twin::kNone) report.provenance["twin"] = options.twin == Twin::kWeather ? "weather" : "faults";
  rendered->queue = std::make_unique<record::RecordQueue>(std::make_unique<record::EpisodeWriter>(
      folder / "record.mcap", describeEpisode(scenario, services.catalog, content), report.provenance));
  record::RecordQueue& queue = *rendered->queue;
  const ObjectId ego = scenario.sensors.empty() ? ObjectId{} : actorObject(scenario, scenario.sensors.front().actor);
  gpu::Stream stream(services.device);
  FrameProgress progress;
  progress.total = static_cast<uint32_t>(
      std::count_if(episode.due.begin(), episode.due.end(), [](const Due& d) { return d.isRecorded; }));
  for (const Due& look : episode.due) {
    if (options.stop != nullptr && *options.stop) throw Stopped();
    sensing::Sensor& sensor = *sensors[look.sensor];
    const auto [snapshot, collisions] = episode.snapshots.take();
    scene.setFrame(snapshot, sensor.frameOrigin(snapshot, look.frame));
    tracer.update();
    if (!look.isRecorded) {
      sensor.meter(snapshot, look.frame, stream);
      continue;
    }
    sensing::Reading reading = sensor.capture(snapshot, look.frame, stream);
    for (const auto& timing : sensor.timings()) report.stageMilliseconds[timing.name] += timing.milliseconds;
    if (look.sensor == 0) queue.push(egoState(snapshot, ego, look.frame, look.exposure.reference()));
    for (const world::Collision& c : collisions)
      queue.push(record::CollisionEvent{c.at, c.a, c.b, c.point, c.impulse_Ns});
    std::vector<record::ObjectTruth> objects = groundTruth(snapshot, look.exposure.reference());
    record::FrameMotion motion = objectMotions(snapshot, look.exposure.start, look.exposure.end);
    if (auto* sweep = std::get_if<record::LidarSweep>(&reading)) {
      queue.push(record::LidarFrame{std::move(*sweep), std::move(objects), std::move(motion)});
    } else {
      queue.push(record::CameraFrame{std::move(std::get<record::CameraImage>(reading)), std::move(objects),
                                     std::move(motion)});
    }
    if (progress.done == 0) report.secondsToFirstFrame = secondsSince(since);
    ++progress.done;
    progress.snapshotsAhead = episode.snapshots.waiting();
    progress.queuedBytes = queue.bytes();
    if (options.onFrame) options.onFrame(progress);
  }
  episode.snapshots.finish();
  if (episode.hasStory()) rendered->trace = events::toJson(episode.world.story().trace());
  rendered->spans = spansOf(episode.world.story());
  report.frames = progress.done;
  report.rays = tracer.rays() - raysBefore;
  report.peakDeviceBytes = services.device.peakAllocatedBytes();
  report.seconds = secondsSince(since);
  return RenderedEpisode(std::move(rendered));
}

EpisodeReport RenderedEpisode::finish(std::vector<std::string>& files) {
  const auto start = Clock::now();
  const scenario::Scenario& scenario = impl_->scenario;
  const std::filesystem::path& folder = impl_->folder;
  EpisodeReport& report = impl_->report;
  impl_->queue->close();
  report.peakQueueBytes = impl_->queue->peakBytes();
  files.push_back("record.mcap");
  writeFileAtomically(folder / "resolved.scn.yaml", scenario.resolvedYaml);
  files.push_back("resolved.scn.yaml");
  if (report.frames > 0) {
    writeFileAtomically(folder / "preview.png", record::previewPng(folder / "record.mcap", {}));
    files.push_back("preview.png");
  }
  if (!impl_->trace.empty()) {
    writeFileAtomically(folder / "trace.json", impl_->trace);
    files.push_back("trace.json");
  }
  if (!scenario.expectations.empty() && !impl_->isPart && !impl_->isTwin) {
    record::EpisodeReader reader(folder / "record.mcap");
    report.expectations = expect::evaluate(scenario, impl_->spans, reader);
    writeFileAtomically(folder / "expect.json", expect::toJson(report.expectations));
    writeFileAtomically(folder / "expect.junit.xml",
                        expect::toJunit(report.expectations, scenario.id + "/" + scenario.runId()));
    files.push_back("expect.json");
    files.push_back("expect.junit.xml");
  }
  for (const auto& wanted : scenario.exports) {
    if (impl_->isTwin) break;
    if (wanted.format != "mcap") {
      if (impl_->labelsOnly) continue;  // these formats hold images, and there are none
      NF_ASSERT(impl_->services.writeExport, "nobody to write the export '{}'", wanted.format);
      for (const std::string& name : impl_->services.writeExport(wanted, folder / "record.mcap", folder / wanted.dir))
        files.push_back(wanted.dir + "/" + name);
      continue;
    }
    if (wanted.file.empty() || wanted.file == "record.mcap") continue;
    writeFileAtomically(folder / wanted.file, readFile(folder / "record.mcap"));
    files.push_back(wanted.file);
  }
  report.seconds += secondsSince(start);
  return report;
}

EpisodeReport runEpisode(const scenario::Scenario& scenario, ContentCache& contents, const EpisodeServices& services,
                         const EpisodeOptions& options, const std::filesystem::path& folder,
                         std::vector<std::string>& files) {
  const auto since = Clock::now();
  PreparedEpisode prepared(scenario, services.catalog, contents, options);
  return renderEpisode(std::move(prepared), services, folder, since).finish(files);
}

}  // namespace nightfog::simulation
