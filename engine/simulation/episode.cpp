#include "engine/simulation/episode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "engine/core/files.hpp"
#include "engine/record/preview.hpp"
#include "engine/record/record_queue.hpp"
#include "engine/simulation/describe_episode.hpp"
#include "engine/simulation/episode_world.hpp"
#include "engine/simulation/ground_truth.hpp"

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
std::vector<Due> schedule(const std::vector<std::unique_ptr<sensing::Sensor>>& sensors, SimTime duration,
                          const std::optional<FrameRange>& frames) {
  std::vector<Due> due;
  if (sensors.empty()) return due;
  // --frames counts the reference sensor's; another sensor's frames belong when they start within that span.
  SimTime first{0}, last = duration;
  if (frames) {
    first = sensors[0]->exposure(frames->first).start;
    last = sensors[0]->exposure(frames->last).end;
  }
  for (size_t i = 0; i < sensors.size(); ++i) {
    for (uint32_t frame = 0;; ++frame) {
      const sensing::Exposure exposure = sensors[i]->exposure(frame);
      if (exposure.end > duration || exposure.start >= last) break;
      const bool isRecorded = exposure.start >= first;
      if (isRecorded || sensors[i]->remembersFrames()) due.push_back({i, frame, exposure, isRecorded});
    }
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const Due& a, const Due& b) { return a.exposure.start < b.exposure.start; });
  return due;
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

/// Collisions of one turn of the reference sensor, so that any range of frames holds the same ones as the whole run.
std::vector<record::CollisionEvent> collisionsIn(const std::vector<world::Collision>& all,
                                                 const sensing::Exposure& turn) {
  std::vector<record::CollisionEvent> events;
  for (const auto& c : all) {
    if (c.at >= turn.start && c.at < turn.end) events.push_back({c.at, c.a, c.b, c.point, c.impulse_Ns});
  }
  return events;
}

}  // namespace

struct RenderedEpisode::Impl {
  const scenario::Scenario& scenario;
  const EpisodeServices services;
  std::filesystem::path folder;
  bool labelsOnly = false;
  bool isPart = false;  ///< only some frames: nothing to judge
  bool isTwin = false;  ///< neither judged nor exported
  EpisodeReport report;
  std::map<std::string, expect::Span> spans;
  std::string trace;  ///< of triggers; empty: there are none
  std::unique_ptr<record::RecordQueue> queue;
};

RenderedEpisode::RenderedEpisode(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RenderedEpisode::RenderedEpisode(RenderedEpisode&&) noexcept = default;
RenderedEpisode::~RenderedEpisode() = default;

RenderedEpisode renderEpisode(const scenario::Scenario& scenario, const EpisodeServices& services,
                              const EpisodeOptions& options, const std::filesystem::path& folder) {
  const auto start = Clock::now();
  auto rendered = std::make_unique<RenderedEpisode::Impl>(RenderedEpisode::Impl{scenario,
                                                                                services,
                                                                                folder,
                                                                                options.labelsOnly,
                                                                                options.frames.has_value(),
                                                                                options.twin != Twin::kNone,
                                                                                {},
                                                                                {},
                                                                                {},
                                                                                {}});
  EpisodeReport& report = rendered->report;

  std::optional<StageCache> own;
  if (services.stages == nullptr)
    own.emplace(services.device, services.jobs, services.tracer, services.catalog, services.assetsFolder);
  EpisodeWorld episode(scenario, services.catalog, services.stages == nullptr ? *own : *services.stages);
  world::World& world = episode.world();
  Stage& stage = episode.stage();
  const content::SceneContent& content = stage.content;
  trace::SceneBuffers& scene = *stage.scene;
  CountingTracer& tracer = *stage.tracer;
  const uint64_t raysBefore = tracer.rays();
  sensing::CaptureServices capture{services.device, scene,        tracer,        services.jobs,
                                   scenario.seed,   scenario.run, content.lamps, options.labelsOnly};
  std::vector<std::unique_ptr<sensing::Sensor>> sensors;
  for (const auto& mount : scenario.sensors) sensors.push_back(services.makeSensor(mount, capture));

  report.provenance = describeProvenance(services, tracer.name());
  if (options.twin != Twin::kNone) report.provenance["twin"] = options.twin == Twin::kWeather ? "weather" : "faults";
  rendered->queue = std::make_unique<record::RecordQueue>(std::make_unique<record::EpisodeWriter>(
      folder / "record.mcap", describeEpisode(scenario, services.catalog, content), report.provenance));
  record::RecordQueue& queue = *rendered->queue;
  const ObjectId ego = scenario.sensors.empty() ? ObjectId{} : actorObject(scenario, scenario.sensors.front().actor);
  gpu::Stream stream(services.device);
  const std::vector<Due> due = schedule(sensors, scenario.duration, options.frames);
  const auto toDo =
      static_cast<uint32_t>(std::count_if(due.begin(), due.end(), [](const Due& d) { return d.isRecorded; }));
  uint32_t done = 0;
  for (const Due& look : due) {
    if (options.stop != nullptr && *options.stop) throw Stopped();
    sensing::Sensor& sensor = *sensors[look.sensor];
    const content::SceneSnapshot snapshot = episode.snapshot(look.exposure.start, look.exposure.knownUntil(),
                                                             look.exposure.reference(), options.twin);
    scene.setFrame(snapshot, sensor.frameOrigin(snapshot, look.frame));
    tracer.update();
    if (!look.isRecorded) {
      sensor.meter(snapshot, look.frame, stream);
      continue;
    }
    sensing::Reading reading = sensor.capture(snapshot, look.frame, stream);
    for (const auto& timing : sensor.timings()) report.stageMilliseconds[timing.name] += timing.milliseconds;
    if (look.sensor == 0) {
      queue.push(egoState(snapshot, ego, look.frame, look.exposure.reference()));
      // Up to the next frame: a camera's shutter is closed for most of the time.
      const sensing::Exposure untilNext{look.exposure.start, sensor.exposure(look.frame + 1).start};
      for (const auto& collision : collisionsIn(world.collisions(), untilNext)) queue.push(collision);
    }
    std::vector<record::ObjectTruth> objects = groundTruth(snapshot, look.exposure.reference());
    record::FrameMotion motion = objectMotions(snapshot, look.exposure.start, look.exposure.end);
    if (auto* sweep = std::get_if<record::LidarSweep>(&reading)) {
      queue.push(record::LidarFrame{std::move(*sweep), std::move(objects), std::move(motion)});
    } else {
      queue.push(record::CameraFrame{std::move(std::get<record::CameraImage>(reading)), std::move(objects),
                                     std::move(motion)});
    }
    if (done == 0) report.secondsToFirstFrame = secondsSince(start);
    ++done;
    if (options.onFrame) options.onFrame(done, toDo);
  }
  if (!scenario.injectors.empty() || !scenario.events.empty()) {
    world.advanceTo(scenario.duration);  // frames were asked for in part, or end before the episode does
    rendered->trace = events::toJson(episode.story().trace());
  }
  rendered->spans = spansOf(episode.story());
  report.frames = done;
  report.rays = tracer.rays() - raysBefore;
  report.peakDeviceBytes = services.device.peakAllocatedBytes();
  report.seconds = secondsSince(start);
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

EpisodeReport runEpisode(const scenario::Scenario& scenario, const EpisodeServices& services,
                         const EpisodeOptions& options, const std::filesystem::path& folder,
                         std::vector<std::string>& files) {
  return renderEpisode(scenario, services, options, folder).finish(files);
}

}  // namespace nightfog::simulation
