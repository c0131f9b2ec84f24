#include "engine/scenario/build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/config/suggest.hpp"
#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/random.hpp"
#include "engine/core/version.hpp"
#include "engine/road/opendrive.hpp"
#include "engine/scenario/columns.hpp"
#include "engine/scenario/constraints.hpp"
#include "engine/scenario/language_weather.hpp"
#include "engine/scenario/lidar_beams.hpp"
#include "engine/scenario/placement.hpp"
#include "engine/scenario/story.hpp"
#include "engine/scenario/traffic_trace.hpp"

namespace nightfog::scenario {

using namespace config;
using expression::Kind;
namespace fs = std::filesystem;

namespace {

/// One attempt at a run.
class Builder {
 public:
  Builder(const ScenarioTemplate::Impl& source, const RunKey& key, uint32_t attempt, Diagnostics& diagnostics)
      : source_(source),
        root_(source.document->root()),
        diagnostics_(diagnostics),
        draws_(makeDraws(source, key, attempt, diagnostics)) {
    out_.seed = key.seed;
    out_.run = key.run;
    out_.attempt = attempt;
    for (const auto& [name, value] : key.cell) out_.variant.emplace_back(name, textOf(value));
  }

  /// As far as constraints need.
  void place() {
    ReadContext context{diagnostics_, &draws_};
    scenarioDescriptor().read(root_, file_, context);
    worldIsSound_ = isWorldSound();
    takeHeader();
    takeWorld();
    takeActors();
  }

  std::vector<Constraint> constraints() {
    std::vector<Constraint> out;
    for (const ExpressionFile& file : file_.constraints) {
      Constraint constraint;
      constraint.node = file.node;
      auto condition = bind(file.syntax, *file.node, symbols_, Where::kConstraint, diagnostics_);
      if (condition) constraint.condition = std::move(*condition);
      out.push_back(std::move(constraint));
    }
    return out;
  }
  /// The same with parameters as names.
  std::vector<expression::Expression> unboundConstraints() {
    std::vector<expression::Expression> out;
    Diagnostics ignored;  // reported by constraints()
    for (const ExpressionFile& file : file_.constraints) {
      expression::Expression condition = file.syntax;
      const bool ok =
          !condition.isEmpty() && expression::check(condition, *file.node, ScenarioNames(symbols_, Where::kConstraint),
                                                    expression::kTruth, ignored);
      out.push_back(ok ? std::move(condition) : expression::Expression{});
    }
    return out;
  }
  PlacedWorld placedWorld() const { return {out_.actors, *source_.catalog, out_.points, lanes_}; }
  DrawnBounds bounds() { return {file_, *source_.catalog, lanes_, draws_}; }
  const Draws& draws() const { return draws_; }
  uint32_t maxAttempts() const { return file_.maxAttempts; }

  /// The rest.
  void finish() {
    takeStory();
    if (sensorsAreSound_) out_.exports = exportsOf(file_.exports, out_.sensors, diagnostics_);
  }

  Scenario resolve() {
    draws_.reportUnused(diagnostics_);
    file_.seed = out_.seed;
    file_.run = out_.run;
    file_.attempt = out_.attempt;
    if (!out_.variant.empty()) file_.variant = out_.variant;
    file_.extends.reset();
    file_.remove.reset();
    file_.constraints.clear();
    file_.sweep.reset();
    file_.sensors = std::move(writtenSensors_);
    keepLibraries();
    out_.resolvedYaml = toYaml(scenarioDescriptor().write(file_));
    out_.digest = scenarioDigest(out_, *source_.catalog, source_.materialsDigest, fileDigests_);
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
    if (out_.variant.empty()) out_.variant = file_.variant;  // of a resolved file
    if (file_.attempt != 0) out_.attempt = file_.attempt;
    if (file_.minEngine) checkEngine();
    takeWeather();
  }

  void checkEngine() {
    const auto parts = [](std::string_view text) {
      std::vector<uint64_t> out;
      for (size_t begin = 0; begin <= text.size();) {
        const size_t end = std::min(text.find('.', begin), text.size());
        const auto number = parseWholeNumber(text.substr(begin, end - begin));
        if (!number) return std::vector<uint64_t>{};
        out.push_back(*number);
        begin = end + 1;
      }
      return out;
    };
    const Node& node = *root_.find("min_engine");
    const auto wanted = parts(*file_.minEngine);
    const std::string_view version = engineVersion();
    if (wanted.empty()) {
      diagnostics_.error("E0217", node.place(), fmt::format("'{}' is not a version", excerpt(*file_.minEngine)))
          .withHelp("write it as \"0.1.0\"");
    } else if (parts(version.substr(0, version.find_first_not_of("0123456789."))) < wanted) {
      diagnostics_
          .error("E0502", node.place(),
                 fmt::format("this file wants nightfog {}, and this is {}", *file_.minEngine, version))
          .withHelp("update nightfog");
    }
  }

  /// Keyframes ascend, and a channel has come to rest before it moves again.
  void takeWeather() {
    const Node* list = root_.find("weather");
    const bool isRead = list != nullptr && list->isList() && list->children.size() == file_.weather.size();
    for (size_t i = 0; isRead && i < file_.weather.size(); ++i)
      usePreset(*list->children[i], source_.imports, draws_, diagnostics_, file_.weather[i]);
    out_.weather = WeatherTimeline(file_.weather);
    if (!isRead) return;
    for (size_t i = 1; i < file_.weather.size(); ++i) {
      const WeatherKeyframe& before = file_.weather[i - 1];
      const WeatherKeyframe& key = file_.weather[i];
      const Node* at = list->children[i]->find("at");
      if (at == nullptr) continue;
      if (key.at <= before.at) {
        diagnostics_.error("E0606", at->place(), "the keyframes of the weather ascend")
            .withHelp("sort them by `at`, or put both into one");
      } else if (before.at + before.ramp > key.at) {
        diagnostics_.error("E0606", at->place(), "the keyframe before is still ramping")
            .withRelated(list->children[i - 1]->find("ramp")->place(), "until after this instant")
            .withHelp("shorten that ramp, or begin later");
      }
    }
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
    takeTraffic();
    // Of the world itself: what is wrong elsewhere does not matter for the road.
    if (!worldIsSound_) return;
    if (world.map) worldIsSound_ = takeMap(world);
    if (world.road) {
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
      out_.map = road::Road(line, world.road->lanes.left, world.road->lanes.right, world.road->kerbHeight_m);
    }
    lanes_ = LaneMap(out_.map);
  }

  void takeTraffic() {
    out_.traffic.seed = RandomSource(out_.seed, out_.run, "traffic").bits();
    if (!file_.traffic) return;
    const uint64_t drawn = out_.traffic.seed;
    out_.traffic = *file_.traffic;
    out_.traffic.seed = file_.traffic->ownSeed.value_or(drawn);
    if (file_.traffic->trace) takeTrace(*file_.traffic->trace);
    if (!file_.world.ground || !(out_.traffic.isAny() || file_.traffic->trace)) return;
    diagnostics_.error("E0413", root_.find("traffic")->keyPlace(), "traffic needs roads, and there are none")
        .withHelp("remove it, or add a road");
  }

  /// What of a trace the episode needs, and who plays it.
  void takeTrace(TraceFile& file) {
    if (file.file.node == nullptr || !worldIsSound_) return;
    FileFinder finder(source_.roots, source_.shared->documents, diagnostics_);
    TraceTypes types;
    if (file.types) {
      const auto found = finder.find(*file.types->node);
      if (!found) return;
      try {
        types.declared = fcd::readTypes(found->canonical);
      } catch (const Error& error) {
        diagnostics_.error("E0608", file.types->node->place(), error.what())
            .withHelp("name a route or additional file of SUMO's");
        return;
      }
      fileDigests_.push_back(source_.shared->digestOf(found->canonical));
      file.types->value = finder.portableName(*found);
    }
    for (const auto& [type, asset] : file.assets) {
      if (asset.value != "none" && findAsset(asset) == nullptr) return;
      types.assets[type] = asset.value;
    }
    fcd::Window window;
    window.from_s = file.from_s;
    window.for_s = out_.duration.seconds();
    window.netOffset = glm::dvec2(file.netOffset);
    if (file.region) window.region = {glm::dvec2(file.region->centre), file.region->radius_m};
    window.without = file.without;
    const auto found = finder.find(*file.file.node);
    if (!found) return;
    const auto trace = source_.shared->trace(*found, *file.file.node, window, diagnostics_);
    if (trace == nullptr) return;
    fileDigests_.push_back(source_.shared->digestOf(found->canonical));
    const Node& mention = *file.file.node;
    file.file.value = finder.portableName(*found);
    // It has to span the episode: else the road would be empty, or would become so.
    const double end = file.from_s + out_.duration.seconds();
    if (trace->isEmpty || trace->first_s > file.from_s || trace->last_s < end - 1) {
      diagnostics_
          .error("E0608", mention.place(),
                 trace->isEmpty
                     ? std::string("the trace has no step")
                     : fmt::format("the trace goes from {} s to {} s, and the episode needs it from {} s to {} s",
                                   trace->first_s, trace->last_s, file.from_s, end))
          .withHelp("choose another `from`, a shorter `duration`, or let SUMO run for longer");
      return;
    }
    for (const std::string& id : trace->notFound) {
      diagnostics_.error("E0424", mention.place(), fmt::format("the trace has no '{}' to leave out then", excerpt(id)))
          .withHelp("take it off `without`");
    }
    TrafficTrace replayed{file.from_s, trace, {}};
    Unplayable unplayable;
    replayed.assets = castTrace(*trace, types, *source_.catalog, out_.traffic.seed, unplayable);
    for (const auto& [type, why] : unplayable) {
      diagnostics_
          .error("E0424", mention.place(), fmt::format("nobody can play the trace's '{}': {}", excerpt(type), why))
          .withHelp(
              "say who under `assets`, or `none` to leave them out; or name the file of the vTypes under `types`");
    }
    out_.traffic.replayed = std::move(replayed);
  }

  /// A map is read once; each scenario names its lanes on a copy.
  bool takeMap(const WorldFile& world) {
    FileFinder finder(source_.roots, source_.shared->documents, diagnostics_);
    const auto found = finder.find(*world.map->node);
    if (!found) return false;
    const auto map = source_.shared->map(*found, *world.map->node, diagnostics_);
    if (map == nullptr) return false;
    fileDigests_.push_back(source_.shared->digestOf(found->canonical));
    file_.world.map->value = finder.portableName(*found);  // of the resolved text, which lies elsewhere
    road::RoadNetwork named = *map;
    bool ok = true;
    for (const auto& [name, lane] : world.lanes) {
      if (const auto at = map->findLane(lane.value)) {
        named.nameLane(name, *at);
        continue;
      }
      ok = false;
      const auto known = map->laneNames();
      auto& d = diagnostics_.error("E0409", lane.node->place(), fmt::format("the map has no lane '{}'", lane.value))
                    .withHelp(suggestionHelp(lane.value, known));
      if (const auto near = suggest(lane.value, known)) d.withFix(*near);
    }
    if (map->isEmpty()) {
      diagnostics_.error("E0603", world.map->node->place(), "the map has no roads").withHelp("choose another map");
      return false;
    }
    out_.map = std::move(named);
    return ok;
  }

  const catalog::AssetInfo* findAsset(const Reference& asset) {
    const catalog::Catalog& catalog = *source_.catalog;
    if (asset.node == nullptr) return nullptr;
    // Every asset that could be drawn must exist, not only the one that was.
    for (const auto& [id, place] : draws_.possibleWords(*asset.node)) {
      if (catalog.find(id) != nullptr) continue;
      std::vector<std::string> ids;
      for (const auto& [known, info] : catalog.all()) ids.push_back(known);
      auto& d =
          diagnostics_.error("E0403", place, fmt::format("unknown asset '{}'", id)).withHelp(suggestionHelp(id, ids));
      if (const auto near = suggest(id, ids)) d.withFix(*near);
    }
    return catalog.find(asset.value);
  }

  void takeActors() {
    std::vector<const catalog::AssetInfo*> assets;
    symbols_.draws = &draws_;
    for (const auto& [id, actor] : file_.actors) {
      assets.push_back(findAsset(actor.asset));
      symbols_.add(id, Kind::kActor, actor.node->keyPlace());
      if (id == kWorldMount)
        diagnostics_.error("E0411", actor.node->keyPlace(), "'world' is no actor's id")
            .withHelp("it is what sensors without a carrier are mounted on");
      if (id.find_first_of(".-") != std::string::npos) {
        diagnostics_.error("E0212", actor.node->keyPlace(), fmt::format("'{}' is not an actor's id", id))
            .withHelp("a letter, then letters, digits or '_'");
      }
    }
    if (const Node* points = root_.find("points"); points != nullptr && points->isMap()) {
      for (const Node* point : points->children) {
        if (point->key.starts_with("x-")) continue;
        file_.pointNodes.emplace_back(point->key, point);
        symbols_.add(point->key, Kind::kPoint, point->keyPlace());
      }
    }
    for (const std::string& lane : lanes_.names()) symbols_.add(lane, Kind::kLane, lanePlace(lane));
    takeSensors();
    takeInjectorNames();
    checkPlaceReferences(file_, diagnostics_);
    // A world with mistakes in it would make every lane unknown.
    if (!worldIsSound_) return;
    assets_ = std::move(assets);
    placement_.emplace(file_, assets_, lanes_, diagnostics_);
    out_.actors = placement_->actors();
    out_.points = placement_->points();
  }

  /// Where a lane gets its name.
  Place lanePlace(const std::string& name) const {
    const Node* world = root_.find("world");
    const Node* lanes = world->find("lanes");
    if (lanes != nullptr && lanes->find(name) != nullptr) return lanes->find(name)->keyPlace();
    const Node* road = world->find("road");
    return road != nullptr ? road->keyPlace() : world->keyPlace();
  }

  void takeInjectorNames() {
    for (auto& [id, injector] : file_.injectors) {
      const Place place = injector.node->keyPlace();
      if (symbols_.has(id, Kind::kActor) || symbols_.has(id, Kind::kInjector))
        diagnostics_.error("E0411", place, fmt::format("'{}' is taken already", id))
            .withRelated(symbols_.things.at(id).front().place, "by this")
            .withHelp("injectors, events and actors share one space of ids");
      const auto found = findInjector(injector.use, source_.imports, source_.libraries, diagnostics_);
      symbols_.add(id, Kind::kInjector, place);
      if (found && found->info->brings) symbols_.add(id, Kind::kActor, place);
      foundInjectors_.push_back(found);
    }
    for (const EventFile& event : file_.events) {
      const Node* id = event.node->find("id");
      if (id == nullptr || event.id.empty()) continue;
      if (symbols_.has(event.id, Kind::kActor) || symbols_.has(event.id, Kind::kInjector))
        diagnostics_.error("E0411", id->place(), fmt::format("'{}' is taken already", event.id))
            .withRelated(symbols_.things.at(event.id).front().place, "by this")
            .withHelp("injectors, events and actors share one space of ids");
      symbols_.add(event.id, Kind::kInjector, id->place());
    }
  }

  void takeSensors() {
    const std::vector<FoundSensor> sensors =
        expandSensors(file_.sensors, root_.find("sensors"), source_.imports, draws_, diagnostics_);
    for (const FoundSensor& found : sensors) {
      symbols_.add(found.id, Kind::kSensor, found.place);
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
      } else {
        const LidarProfile* profile = source_.shared->profiles.find(s.profile, diagnostics_);
        if (profile == nullptr) continue;
        LidarSpec spec{*profile,
                       s.noise,
                       s.threshold,
                       s.subRays.value_or(1),
                       s.echoes.value_or(LidarEchoMode::kStrongest),
                       s.fogModel.value_or(LidarFogModel::kWaveform),
                       s.falseAlarms.value_or(false)};
        if (s.beams && !takeBeams(*s.beams, spec.profile)) continue;
        if (!overrideProfile(s, spec.profile)) continue;
        if (s.rate_hz) spec.profile.rotationRate_hz = *s.rate_hz;
        if (!checkRate(spec.profile, found)) continue;
        mount.spec = std::move(spec);
      }
      out_.sensors.push_back(std::move(mount));
      writtenSensors_.emplace_back(found.id, s);
      if (s.profileOverride || s.beams) {
        auto& written = std::get<SensorFile>(writtenSensors_.back().second);
        const bool hasBeams = written.beams.has_value();
        if (!written.profileOverride) written.profileOverride.emplace();
        written.profileOverride->written =
            profileFigures(*written.profileOverride, hasBeams, std::get<LidarSpec>(out_.sensors.back().spec).profile);
        written.beams.reset();  // the resolved file holds what it said
      }
    }
    // A sensor with mistakes in it would be unknown to its exports.
    sensorsAreSound_ = out_.sensors.size() == sensors.size();
  }

  /// Lays what the sensor says of its own over its profile.
  bool overrideProfile(const SensorFile& sensor, LidarProfile& profile) {
    if (!sensor.profileOverride) return true;
    bool ok = true;
    for (const ProfileOverride::Layer& layer : sensor.profileOverride->layers) {
      draws_.enterImport(layer.prefix);
      ReadContext context{diagnostics_, &draws_};
      ok = lidarProfileOverrideDescriptor().read(*layer.node, profile, context) && ok;
      draws_.enterImport({});
    }
    return ok;
  }

  /// Lays a unit's own beams over its profile.
  bool takeBeams(const Reference& name, LidarProfile& profile) {
    FileFinder finder(source_.roots, source_.shared->documents, diagnostics_);
    const auto found = finder.find(*name.node);
    if (!found) return false;
    try {
      return readLidarBeams(found->shown.string(), readFile(found->canonical, kMaxFileBytes), profile, diagnostics_);
    } catch (const IoError& error) {
      diagnostics_.error("E0114", name.node->place(), error.what())
          .withHelp("check the name; paths are relative to the file that mentions them");
      return false;
    }
  }

  /// The figures that any layer names, as they are now.
  static YamlValue profileFigures(const ProfileOverride& change, bool hasBeams, const LidarProfile& profile) {
    const YamlValue all = lidarProfileDescriptor().write(profile);
    YamlValue named = YamlValue::map();
    for (const auto& [key, value] : all.entries) {
      const bool isNamed = std::any_of(change.layers.begin(), change.layers.end(),
                                       [&key = key](const auto& layer) { return layer.node->find(key) != nullptr; });
      if (isNamed || (hasBeams && key == "channels")) named.add(key, value);
    }
    return named;
  }

  bool findCarrier(const FoundSensor& found, std::string& actor) {
    const Reference& carrier = found.sensor.mount.actor;
    if (carrier.value == kWorldMount) return true;
    std::vector<std::string> ids;
    for (const auto& [id, file] : file_.actors) ids.push_back(id);
    actor = carrier.value;
    if (std::find(ids.begin(), ids.end(), actor) != ids.end()) return true;
    ids.emplace_back(kWorldMount);
    auto& d = diagnostics_
                  .error("E0412", carrier.node != nullptr ? carrier.node->place() : found.place,
                         fmt::format("sensor '{}' is mounted on '{}', and there is no such actor", found.id, actor))
                  .withHelp(suggestionHelp(actor, ids));
    if (const auto near = suggest(actor, ids); near && carrier.node != nullptr) d.withFix(*near);
    return false;
  }

  bool checkRate(const LidarProfile& profile, const FoundSensor& found) {
    const Node* rate = found.sensor.find("rate");
    const Place place = rate != nullptr && found.sensor.rate_hz ? rate->place() : found.place;
    const double columns = profile.exactColumns();
    const double overlap = columns * profile.rotationRate_hz * profile.firingCycle_s;
    if (columns >= 1 && columns < 65'536 && overlap <= 1 + 1e-3) return true;
    diagnostics_
        .error("E0209", place,
               fmt::format("at {} '{}' has {} columns a turn, which it cannot fire",
                           formatQuantity(profile.rotationRate_hz, Dimension::kFrequency), profile.id,
                           formatNumber(std::floor(columns))))
        .withHelp("choose a rate near the profile's own");
    return false;
  }

  void takeStory() {
    if (!placement_) return;
    StoryContext context{file_,       *source_.catalog, symbols_,      draws_,
                         *placement_, out_.actors,      out_.duration, diagnostics_};
    for (size_t i = 0; i < file_.injectors.size(); ++i) {
      auto& [id, file] = file_.injectors[i];
      if (!foundInjectors_[i]) continue;
      if (auto injector = buildInjector(id, file, *foundInjectors_[i], context))
        out_.injectors.push_back(std::move(*injector));
    }
    out_.events = buildEvents(context);
    out_.expectations = buildExpectations(context);
  }

  /// A resolved file still names the standard libraries that its injectors come from: they have versions.
  void keepLibraries() {
    Named<Reference> kept;
    for (const auto& [alias, written] : file_.imports) {
      const auto file = source_.imports.find(alias);
      if (file == source_.imports.end() || file->second->kind != "library") continue;
      kept.emplace_back(alias, written);
      fileDigests_.push_back(sha256Hex(file->second->document->source().text()));
    }
    file_.imports = std::move(kept);
  }

  const ScenarioTemplate::Impl& source_;
  const Node& root_;
  Diagnostics& diagnostics_;
  Draws draws_;
  bool worldIsSound_ = false;
  bool sensorsAreSound_ = false;
  ScenarioFile file_;
  Scenario out_;
  LaneMap lanes_;
  SymbolTable symbols_;
  std::vector<const catalog::AssetInfo*> assets_;
  std::optional<Placement> placement_;
  std::vector<std::optional<FoundInjector>> foundInjectors_;
  Named<SensorEntry> writtenSensors_;
  std::vector<std::string> fileDigests_;
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
  if (const auto known = profiles_.find(reference.value); known != profiles_.end()) return known->second.get();
  const fs::path path = folder_ / (reference.value + ".yaml");
  std::error_code failed;
  if (!fs::exists(path, failed)) {
    auto& d =
        diagnostics.error("E0404", reference.node->place(), fmt::format("unknown sensor profile '{}'", reference.value))
            .withHelp(suggestionHelp(reference.value, known()));
    if (const auto near = suggest(reference.value, known())) d.withFix(*near);
    return nullptr;
  }
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
  return profiles_.emplace(reference.value, std::move(profile)).first->second.get();
}

std::shared_ptr<const road::RoadNetwork> SharedFiles::map(const FileFinder::Found& file, const Node& mention,
                                                          Diagnostics& diagnostics) {
  if (const auto known = maps.find(file.canonical); known != maps.end()) return known->second;
  std::string text;
  try {
    text = readFile(file.canonical, road::kLargestMap_bytes);
  } catch (const IoError& error) {
    diagnostics.error("E0114", mention.place(), error.what())
        .withHelp("check the name; paths are relative to the file that mentions them");
    return nullptr;
  }
  const size_t before = diagnostics.errorCount();
  auto network = road::readOpenDrive(file.shown.string(), std::move(text), diagnostics);
  if (!network || diagnostics.errorCount() != before) return nullptr;
  return maps.emplace(file.canonical, std::make_shared<road::RoadNetwork>(std::move(*network))).first->second;
}

std::shared_ptr<const fcd::Trace> SharedFiles::trace(const FileFinder::Found& file, const Node& mention,
                                                     const fcd::Window& window, Diagnostics& diagnostics) {
  std::string key = fmt::format("{} {} {} {} {}", file.canonical.string(), window.from_s, window.for_s,
                                window.netOffset.x, window.netOffset.y);
  if (window.region)
    key += fmt::format(" {} {} {}", window.region->centre.x, window.region->centre.y, window.region->radius_m);
  for (const std::string& id : window.without) key += fmt::format(" {}:{}", id.size(), id);
  if (lastTrace != nullptr && key == traceKey) return lastTrace;
  try {
    lastTrace = std::make_shared<const fcd::Trace>(fcd::readTrace(file.canonical, window));
    traceKey = key;
    return lastTrace;
  } catch (const IoError& error) {
    diagnostics.error("E0114", mention.place(), error.what()).withHelp("check the file; it may be packed with gzip");
  } catch (const Error& error) {
    auto& d = diagnostics.error("E0608", mention.place(), error.what());
    if (!error.help().empty()) d.withHelp(error.help());
  }
  return nullptr;
}

const std::string& SharedFiles::digestOf(const fs::path& path) {
  const auto [entry, isNew] = digests.try_emplace(path);
  std::error_code failed;
  if (isNew && fs::is_regular_file(path, failed)) entry->second = sha256HexOfFile(path);
  return entry->second;
}

Draws makeDraws(const ScenarioTemplate::Impl& source, const RunKey& key, uint32_t attempt, Diagnostics& diagnostics) {
  Draws draws(key.seed, key.run, attempt);
  std::map<std::string, SweptValue> swept;
  for (const auto& [name, value] : key.cell) {
    SweptValue one = key.plan->support.at(name);
    one.value = value;
    swept.emplace(name, std::move(one));
  }
  draws.setSwept(std::move(swept));
  draws.setColumnReader(columnReader(source.roots, source.shared->documents));
  draws.readParameters(source.document->root().find("params"), diagnostics);
  return draws;
}

std::optional<Scenario> buildScenario(const ScenarioTemplate::Impl& source, const RunKey& key, bool isCheck,
                                      Diagnostics& diagnostics) {
  const size_t before = diagnostics.errorCount();
  Builder first(source, key, 0, diagnostics);
  first.place();
  std::vector<Constraint> counts = first.constraints();
  const std::vector<expression::Expression> unbound = first.unboundConstraints();
  if (isCheck) {
    // What no draw mends is said before anything is drawn again; the rest of the file is looked at all the same.
    const size_t soFar = diagnostics.errorCount();
    checkFeasible(counts, unbound, first.bounds(), diagnostics);
    const bool isFeasible = diagnostics.errorCount() == soFar;
    if (soFar != before || !isFeasible) {
      first.finish();
      return std::nullopt;
    }
  }
  if (diagnostics.errorCount() != before) {
    first.finish();
    return std::nullopt;
  }
  if (areMet(counts, first.placedWorld(), first.draws())) {
    first.finish();
    if (diagnostics.errorCount() != before) return std::nullopt;
    return first.resolve();
  }
  const uint32_t attempts = first.maxAttempts();
  for (uint32_t attempt = 1; attempt < attempts; ++attempt) {
    Builder again(source, key, attempt, diagnostics);
    again.place();
    if (diagnostics.errorCount() != before) return std::nullopt;
    const std::vector<Constraint> bound = again.constraints();
    for (size_t i = 0; i < counts.size(); ++i) counts[i].condition = bound[i].condition;
    if (!areMet(counts, again.placedWorld(), again.draws())) continue;
    again.finish();
    if (diagnostics.errorCount() != before) return std::nullopt;
    return again.resolve();
  }
  reportUnmet(counts, unbound, first.bounds(), attempts, key.seed, key.run, diagnostics);
  first.finish();
  return std::nullopt;
}

}  // namespace nightfog::scenario
