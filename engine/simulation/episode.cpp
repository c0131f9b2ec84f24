#include "engine/simulation/episode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "engine/content/environment.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/content/scenery.hpp"
#include "engine/content/street/map_furniture.hpp"
#include "engine/core/files.hpp"
#include "engine/events/story.hpp"
#include "engine/record/preview.hpp"
#include "engine/record/record_queue.hpp"
#include "engine/simulation/counting_tracer.hpp"
#include "engine/simulation/describe_episode.hpp"
#include "engine/simulation/ground_truth.hpp"
#include "engine/weather/weather.hpp"
#include "engine/world/background.hpp"
#include "engine/world/world.hpp"

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

/// What stands still: the street, or a laboratory's floor.
void buildStanding(const scenario::Scenario& scenario, content::SceneContent& content) {
  if (scenario.map.isEmpty()) {
    constexpr double kFloorHalfSize_m = 500;
    content::buildLabGround(kFloorHalfSize_m, content);
    return;
  }
  content::SceneryParameters parameters;
  parameters.houses = scenario.scenery.houses;
  parameters.treeSpacing_m = scenario.scenery.treeSpacing_m;
  parameters.lampSpacing_m = scenario.scenery.lampSpacing_m;
  parameters.furniture = scenario.scenery.houses;
  parameters.seed = scenario.scenery.seed;
  content::buildScenery(scenario.map, parameters, content);
}

/// Models of everybody who plays: the scenario's actors, whom the injectors bring, and the background.
std::vector<world::CastMember> castOf(const scenario::Scenario& scenario, const events::Story& story,
                                      const world::Background* background, const catalog::Catalog& catalog,
                                      content::SceneContent& content) {
  std::vector<world::CastMember> cast;
  const auto add = [&](const scenario::Actor& actor, bool isPresent, std::optional<double> mass_kg) {
    const catalog::AssetInfo* asset = catalog.find(actor.asset);
    NF_ASSERT(asset != nullptr, "actor '{}' has the unknown asset '{}'", actor.id, actor.asset);
    cast.push_back({actor, content::buildModel(*asset, content), isPresent, mass_kg});
  };
  for (const scenario::Actor& actor : scenario.actors) add(actor, true, std::nullopt);
  for (const events::Guest& guest : story.guests()) add(guest.actor, false, guest.mass_kg);
  // Of the background everybody with the same asset shares its meshes.
  std::map<std::string, content::Model> models;
  for (size_t i = 0; background != nullptr && i < background->size(); ++i) {
    const scenario::Actor& actor = background->actor(i);
    auto known = models.find(actor.asset);
    if (known == models.end())
      known = models.emplace(actor.asset, content::buildModel(*catalog.find(actor.asset), content)).first;
    cast.push_back({actor, known->second, true, std::nullopt, i});
  }
  return cast;
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

/// Where the fog's height counts from: the ground under whoever carries the first sensor, at the start.
double groundLevel(const scenario::Scenario& scenario) {
  if (scenario.sensors.empty()) return 0;
  const auto carrier = std::find_if(scenario.actors.begin(), scenario.actors.end(), [&](const scenario::Actor& actor) {
    return actor.id == scenario.sensors.front().actor;
  });
  return carrier == scenario.actors.end() ? 0 : carrier->worldFromActor.translation.z;
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

EpisodeReport runEpisode(const scenario::Scenario& scenario, const EpisodeServices& services,
                         const EpisodeOptions& options, const std::filesystem::path& folder,
                         std::vector<std::string>& files) {
  const auto start = Clock::now();
  EpisodeReport report;
  weather::refuseUnseen(scenario.weather);

  content::SceneContent content;
  content::loadMaterials(services.assetsFolder / "materials.yaml", content);
  events::Story story(scenario);
  std::unique_ptr<world::Background> background = world::Background::of(scenario, services.catalog);
  std::vector<world::CastMember> cast = castOf(scenario, story, background.get(), services.catalog, content);
  buildStanding(scenario, content);

  trace::SceneBuffers scene(services.device, content);
  const auto tracer = std::make_unique<CountingTracer>(trace::makeTracer(services.tracer, scene, services.jobs));
  tracer->build();
  world::World world(scenario, services.catalog, std::move(cast), &story, &content, std::move(background));
  const road::SignalPlan signals(scenario.map);
  sensing::CaptureServices capture{services.device, scene,        *tracer,       services.jobs,
                                   scenario.seed,   scenario.run, content.lamps, options.labelsOnly};
  std::vector<std::unique_ptr<sensing::Sensor>> sensors;
  for (const auto& mount : scenario.sensors) sensors.push_back(services.makeSensor(mount, capture));

  report.provenance = describeProvenance(services, tracer->name());
  if (options.withoutWeather) report.provenance["twin"] = "weather";
  record::RecordQueue queue(std::make_unique<record::EpisodeWriter>(
      folder / "record.mcap", describeEpisode(scenario, services.catalog, content), report.provenance));
  const ObjectId ego = scenario.sensors.empty() ? ObjectId{} : actorObject(scenario, scenario.sensors.front().actor);
  gpu::Stream stream(services.device);
  const std::vector<Due> due = schedule(sensors, scenario.duration, options.frames);
  const auto toDo =
      static_cast<uint32_t>(std::count_if(due.begin(), due.end(), [](const Due& d) { return d.isRecorded; }));
  const double ground_m = groundLevel(scenario);
  uint32_t done = 0;
  for (const Due& look : due) {
    if (options.stop != nullptr && *options.stop) throw Stopped();
    sensing::Sensor& sensor = *sensors[look.sensor];
    content::SceneSnapshot snapshot = world.snapshot(look.exposure.start, look.exposure.knownUntil());
    content::lightSignals(content, signals, look.exposure.start, snapshot);
    const scenario::WeatherState weather = scenario.weather.at(look.exposure.reference());
    if (!options.withoutWeather) snapshot.media = weather::mediaFor(weather, ground_m);
    weather::lightFor(weather, snapshot.environment);
    content::switchLamps(snapshot);
    scene.setFrame(snapshot, sensor.frameOrigin(snapshot, look.frame));
    tracer->update();
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
  queue.close();
  files.push_back("record.mcap");
  writeFileAtomically(folder / "resolved.scn.yaml", scenario.resolvedYaml);
  files.push_back("resolved.scn.yaml");
  if (done > 0) {
    writeFileAtomically(folder / "preview.png", record::previewPng(folder / "record.mcap", {}));
    files.push_back("preview.png");
  }
  if (!scenario.injectors.empty() || !scenario.events.empty()) {
    world.advanceTo(scenario.duration);  // frames were asked for in part, or end before the episode does
    writeFileAtomically(folder / "trace.json", events::toJson(story.trace()));
    files.push_back("trace.json");
  }
  if (!scenario.expectations.empty() && !options.frames && !options.withoutWeather) {
    record::EpisodeReader reader(folder / "record.mcap");
    report.expectations = expect::evaluate(scenario, spansOf(story), reader);
    writeFileAtomically(folder / "expect.json", expect::toJson(report.expectations));
    writeFileAtomically(folder / "expect.junit.xml",
                        expect::toJunit(report.expectations, scenario.id + "/" + scenario.runId()));
    files.push_back("expect.json");
    files.push_back("expect.junit.xml");
  }
  for (const auto& wanted : scenario.exports) {
    if (options.withoutWeather) break;
    if (wanted.format != "mcap") {
      if (options.labelsOnly) continue;  // these formats hold images, and there are none
      NF_ASSERT(services.writeExport, "nobody to write the export '{}'", wanted.format);
      for (const std::string& name : services.writeExport(wanted, folder / "record.mcap", folder / wanted.dir))
        files.push_back(wanted.dir + "/" + name);
      continue;
    }
    if (wanted.file.empty() || wanted.file == "record.mcap") continue;
    writeFileAtomically(folder / wanted.file, readFile(folder / "record.mcap"));
    files.push_back(wanted.file);
  }

  report.frames = done;
  report.seconds = secondsSince(start);
  report.peakQueueBytes = queue.peakBytes();
  report.rays = tracer->rays();
  report.peakDeviceBytes = services.device.peakAllocatedBytes();
  return report;
}

}  // namespace nightfog::simulation
