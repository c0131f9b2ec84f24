#include "engine/scenario/build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/config/suggest.hpp"
#include "engine/core/random.hpp"
#include "engine/scenario/placement.hpp"

namespace nightfog::scenario {

using namespace config;
namespace fs = std::filesystem;

namespace {

class Builder {
 public:
  Builder(const ScenarioTemplate::Impl& source, uint64_t seed, uint32_t run, Diagnostics& diagnostics)
      : source_(source),
        root_(source.document->root()),
        diagnostics_(diagnostics),
        draws_(seed, run),
        shelf_(source.profiles) {
    out_.seed = seed;
    out_.run = run;
  }

  std::optional<Scenario> build() {
    const size_t before = diagnostics_.errorCount();
    draws_.readParameters(root_.find("params"), diagnostics_);
    ReadContext context{diagnostics_, &draws_};
    scenarioDescriptor().read(root_, file_, context);
    worldIsSound_ = isWorldSound();
    takeHeader();
    takeWorld();
    takeActors();
    takeSensors();
    if (diagnostics_.errorCount() != before) return std::nullopt;
    draws_.reportUnused(diagnostics_);
    resolve();
    return std::move(out_);
  }

 private:
  void takeHeader() {
    out_.id = file_.id;
    out_.title = file_.title;
    for (const auto& [name, parameter] : draws_.parameters()) {
      file_.params.emplace_back(name, parameter.value);
      if (const auto* q = std::get_if<Quantity>(&parameter.value)) out_.parameters[name] = q->si;
      if (const auto* truth = std::get_if<bool>(&parameter.value)) out_.parameters[name] = *truth ? 1 : 0;
    }
    out_.weather = WeatherTimeline(file_.weather);
  }

  /// Reads the world once more, by itself.
  bool isWorldSound() {
    const Node* world = root_.find("world");
    Diagnostics known;
    ReadContext context{known, &draws_};
    WorldFile again;
    return world != nullptr && worldDescriptor().read(*world, again, context);
  }

  void takeWorld() {
    const WorldFile& world = file_.world;
    out_.duration = world.duration;
    out_.step = world.step;
    out_.timeOfDay_s = world.timeOfDay_s;
    out_.scenery.houses = world.scenery.houses;
    if (world.scenery.trees) out_.scenery.treeSpacing_m = world.scenery.trees->spacing_m;
    if (world.scenery.lamps) out_.scenery.lampSpacing_m = world.scenery.lamps->spacing_m;
    out_.scenery.seed = RandomSource(out_.seed, out_.run, "scenery").bits();
    out_.hasRoad = world.road.has_value();
    // Of the world itself: what is wrong elsewhere does not matter for the road.
    if (!world.road || !worldIsSound_) return;
    road::RoadLine line;
    line.start = glm::dvec2(world.road->start);
    line.heading_rad = world.road->heading_rad;
    for (const RoadPiece& piece : world.road->line) {
      if (const auto* straight = std::get_if<Straight>(&piece)) line.segments.push_back({straight->length_m, 0});
      if (const auto* left = std::get_if<LeftBend>(&piece))
        line.segments.push_back({left->length_m, 1 / left->radius_m});
      if (const auto* right = std::get_if<RightBend>(&piece))
        line.segments.push_back({right->length_m, -1 / right->radius_m});
    }
    out_.road = road::Road(std::move(line), world.road->lanes.left, world.road->lanes.right, world.road->kerbHeight_m);
  }

  const catalog::AssetInfo* findAsset(const Reference& asset) {
    const catalog::Catalog& catalog = *source_.catalog;
    if (asset.node == nullptr) return nullptr;
    std::vector<std::string> ids;
    for (const auto& [id, info] : catalog.all()) ids.push_back(id);
    // Every asset that could be drawn must exist, not only the one that was.
    for (const auto& [id, place] : draws_.possibleWords(*asset.node)) {
      if (catalog.find(id) != nullptr) continue;
      diagnostics_.error("E0403", place, fmt::format("unknown asset '{}'", id)).withHelp(suggestionHelp(id, ids));
    }
    return catalog.find(asset.value);
  }

  void takeActors() {
    std::vector<const catalog::AssetInfo*> assets;
    for (const auto& [id, actor] : file_.actors) {
      assets.push_back(findAsset(actor.asset));
      if (id == kWorldMount)
        diagnostics_.error("E0411", actor.node->keyPlace(), "'world' is no actor's id")
            .withHelp("it is what sensors without a carrier are mounted on");
      if (id.find_first_of(".-") != std::string::npos) {
        diagnostics_.error("E0212", actor.node->keyPlace(), fmt::format("'{}' is not an actor's id", id))
            .withHelp("a letter, then letters, digits or '_'");
      }
    }
    checkActorReferences(file_, diagnostics_);
    // A world with mistakes in it would make every lane unknown.
    if (!worldIsSound_) return;
    out_.actors = Placement(file_, assets, out_.hasRoad ? &out_.road : nullptr, diagnostics_).actors();
  }

  void takeSensors() {
    const std::vector<FoundSensor> sensors =
        expandSensors(file_.sensors, root_.find("sensors"), source_.imports, draws_, diagnostics_);
    file_.sensors.clear();
    file_.imports.clear();
    for (const FoundSensor& found : sensors) {
      const SensorFile& s = found.sensor;
      SensorMount mount;
      mount.id = found.id;
      if (!findCarrier(found, mount.actor)) continue;
      mount.vehicleFromSensor =
          RigidTransform::fromYawPitchRoll(s.mount.xyz, s.mount.yaw_rad, s.mount.pitch_rad, s.mount.roll_rad);
      if (s.camera) {
        const std::optional<CameraSpec> spec = cameraSpec(s, found.place, diagnostics_);
        if (!spec) continue;
        mount.spec = *spec;
        out_.sensors.push_back(std::move(mount));
        file_.sensors.emplace_back(found.id, s);
        continue;
      }
      const LidarProfile* profile = shelf_.find(s.profile, diagnostics_);
      if (profile == nullptr) continue;
      LidarSpec spec{*profile, s.noise, s.threshold};
      if (s.rate_hz) spec.profile.rotationRate_hz = *s.rate_hz;
      if (!checkRate(spec.profile, found)) continue;
      mount.spec = std::move(spec);
      out_.sensors.push_back(std::move(mount));
      file_.sensors.emplace_back(found.id, s);
    }
    // A sensor with mistakes in it would be unknown to its exports.
    if (out_.sensors.size() == sensors.size()) out_.exports = exportsOf(file_.exports, out_.sensors, diagnostics_);
  }

  bool findCarrier(const FoundSensor& found, std::string& actor) {
    const Reference& carrier = found.sensor.mount.actor;
    if (carrier.value == kWorldMount) return true;
    std::vector<std::string> ids;
    for (const auto& [id, file] : file_.actors) ids.push_back(id);
    actor = carrier.value;
    if (std::find(ids.begin(), ids.end(), actor) != ids.end()) return true;
    ids.emplace_back(kWorldMount);
    diagnostics_
        .error("E0412", carrier.node != nullptr ? carrier.node->place() : found.place,
               fmt::format("sensor '{}' is mounted on '{}', and there is no such actor", found.id, actor))
        .withHelp(suggestionHelp(actor, ids));
    return false;
  }

  bool checkRate(const LidarProfile& profile, const FoundSensor& found) {
    const Node* rate = found.sensor.node != nullptr ? found.sensor.node->find("rate") : nullptr;
    const Place place = rate != nullptr && found.sensor.rate_hz ? rate->place() : found.place;
    const int64_t period_ns = SimTime::fromSeconds(1 / profile.rotationRate_hz).ns;
    if (period_ns % out_.step.ns != 0) {
      diagnostics_
          .error("E0602", place,
                 fmt::format("a turn at {} takes {} s, which is no whole number of steps of {} s",
                             formatQuantity(profile.rotationRate_hz, Dimension::kFrequency),
                             formatNumber(static_cast<double>(period_ns) / 1e9),
                             formatNumber(static_cast<double>(out_.step.ns) / 1e9)))
          .withHelp("choose `world: step` so that it divides the sensor's period");
      return false;
    }
    const double columns =
        profile.columnsPerTurn > 0 ? profile.columnsPerTurn : 1 / (profile.rotationRate_hz * profile.firingCycle_s);
    const double overlap = profile.columnsPerTurn * profile.rotationRate_hz * profile.firingCycle_s;
    if (columns >= 1 && columns < 65'536 && overlap <= 1 + 1e-3) return true;
    diagnostics_
        .error("E0209", place,
               fmt::format("at {} '{}' has {} columns a turn, which it cannot fire",
                           formatQuantity(profile.rotationRate_hz, Dimension::kFrequency), profile.id,
                           formatNumber(std::floor(columns))))
        .withHelp("choose a rate near the profile's own");
    return false;
  }

  void resolve() {
    file_.seed = out_.seed;
    file_.run = out_.run;
    out_.resolvedYaml = toYaml(scenarioDescriptor().write(file_));
    out_.digest = scenarioDigest(out_, *source_.catalog, source_.materialsDigest);
  }

  const ScenarioTemplate::Impl& source_;
  const Node& root_;
  Diagnostics& diagnostics_;
  Draws draws_;
  bool worldIsSound_ = false;
  ProfileShelf shelf_;
  ScenarioFile file_;
  Scenario out_;
};

}  // namespace

std::vector<std::string> ProfileShelf::known() const {
  std::vector<std::string> ids;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder_, failed)) {
    if (entry.path().extension() == ".yaml") ids.push_back(entry.path().stem().string());
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

const LidarProfile* ProfileShelf::find(const Reference& reference, Diagnostics& diagnostics) {
  const auto [entry, isNew] = profiles_.try_emplace(reference.value);
  const fs::path path = folder_ / (reference.value + ".yaml");
  std::error_code failed;
  if (!fs::exists(path, failed)) {
    diagnostics.error("E0404", reference.node->place(), fmt::format("unknown sensor profile '{}'", reference.value))
        .withHelp(suggestionHelp(reference.value, known()));
    return nullptr;
  }
  if (!isNew) return entry->second.get();
  const Place place = reference.node->place();
  const auto document = loadDocument(path, diagnostics, &place);
  if (document == nullptr) return nullptr;
  auto profile = std::make_unique<LidarProfile>();
  ReadContext context{diagnostics};
  if (!lidarProfileDescriptor().read(document->root(), *profile, context)) return nullptr;
  if (profile->id != reference.value) {
    const Node* id = document->root().find("id");
    diagnostics
        .error("E0404", id->place(),
               fmt::format("the profile calls itself '{}'; its file is {}", profile->id, path.filename().string()))
        .withHelp("name the file after the id");
    return nullptr;
  }
  entry->second = std::move(profile);
  return entry->second.get();
}

std::optional<Scenario> buildScenario(const ScenarioTemplate::Impl& source, std::optional<uint64_t> seed, uint32_t run,
                                      Diagnostics& diagnostics) {
  // A resolved file counts from the run it stands for.
  uint64_t base = 0;
  if (const Node* node = source.document->root().find("run"); node != nullptr && node->isScalar()) {
    base = std::min<uint64_t>(parseWholeNumber(node->text).value_or(0), kLastRun);
  }
  if (base + run > kLastRun)
    throw Error(ExitCode::kUsage, fmt::format("run {} is beyond the last, {}", base + run, kLastRun),
                "use smaller numbers");
  return Builder(source, seed.value_or(source.seed), static_cast<uint32_t>(base + run), diagnostics).build();
}

}  // namespace nightfog::scenario
