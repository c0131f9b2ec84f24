#include "tools/viewer/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/config/yaml_text.hpp"
#include "engine/core/error.hpp"
#include "tools/viewer/source_edit.hpp"

namespace nightfog::viewer {
namespace {

constexpr const char* kInjectors = "std/injectors@1";

/// "a place", "an actor", and how what is no plain value is written.
std::string takenText(const scenario::InjectorParameter& parameter) {
  using scenario::Takes;
  const std::string name = scenario::takesName(parameter.takes);
  const bool isVowel = std::string_view("aeiou").find(name.front()) != std::string_view::npos;
  std::string out = (isVowel ? "an " : "a ") + name;
  if (parameter.takes == Takes::kTruth) out = name;
  if (parameter.takes == Takes::kPoint) out += ", or the name of one";
  if (parameter.takes == Takes::kVector) out += ", {s, t, up} along the road";
  if (parameter.takes == Takes::kMeeting) out += ": {actor, at: a point, ttc: a time}";
  if (!parameter.dimension || parameter.takes == Takes::kVector) return out;
  out = config::dimensionName(*parameter.dimension);
  if (parameter.min && parameter.max)
    out += fmt::format(", {} … {}", scenario::boundText(*parameter.min, *parameter.dimension),
                       scenario::boundText(*parameter.max, *parameter.dimension));
  return out;
}

/// What a form offers for it: those that the scenario has.
std::string namedBy(scenario::Takes takes) {
  using scenario::Takes;
  const bool isName = takes == Takes::kPoint || takes == Takes::kActor || takes == Takes::kSensor ||
                      takes == Takes::kLane || takes == Takes::kAsset;
  return !isName ? std::string() : takes == Takes::kLane ? "a lane" : scenario::takesName(takes);
}

/// "van", "van_2", …: not a key of the map yet.
std::string freeKey(const std::string& text, const std::string& map, const std::string& wish) {
  const auto document = parseSource(text);
  std::string key = wish;
  for (int i = 2; document != nullptr && findNode(document->root(), map + "/" + key) != nullptr; ++i)
    key = fmt::format("{}_{}", wish, i);
  return key;
}

std::string metres(double value) {
  return fmt::format("{} m", config::formatNumber(std::round(value * 10) / 10));
}

/// A lane and the s on it, ahead of the first actor.
struct Ahead {
  std::string lane;
  double s_m = 0;
  glm::dvec3 world{0};
};
Ahead placeAt(const scenario::Scenario& scenario, const glm::dvec3& world) {
  Ahead out;
  out.world = world;
  const auto at = scenario.map.locate(world);
  if (!at) return out;
  double nearest = 1e9;
  for (const std::string& name : scenario.map.laneNames()) {
    const auto lane = scenario.map.findLane(name);
    if (!lane || lane->road != at->road || !scenario.map.hasLane(*lane, at->s)) continue;
    const double off = std::abs(scenario.map.laneCentre_t(*lane, at->s) - at->t);
    if (off >= nearest) continue;
    nearest = off;
    out.lane = name;
    out.s_m = at->s;
  }
  return out;
}

Ahead aheadOf(const scenario::Scenario& scenario, double distance_m) {
  if (scenario.actors.empty()) return {};
  return placeAt(scenario, scenario.actors.front().worldFromActor * glm::dvec3(distance_m, 0, 0));
}

std::string placeText(const Ahead& at) {
  if (at.lane.empty())
    return fmt::format("{{xyz: [{}, {}, {}]}}", metres(at.world.x), metres(at.world.y), metres(at.world.z));
  return fmt::format("{{lane: {}, s: {}}}", at.lane, metres(at.s_m));
}

/// Whom somebody is to meet: the ego, or the first other actor.
std::string metBy(const scenario::Scenario& scenario, const std::string& actor) {
  std::string out;
  for (const scenario::Actor& other : scenario.actors) {
    if (other.id == actor) continue;
    if (other.id == "ego") return other.id;
    if (out.empty()) out = other.id;
  }
  return out;
}

std::string laneOf(const scenario::Scenario& scenario, const std::string& actor);

/// A point on the lane of whom `actor` meets, beside where the actor starts; empty: there is no such lane.
std::string pointBeside(const scenario::Scenario& scenario, const std::string& actor) {
  const std::string lane = laneOf(scenario, metBy(scenario, actor));
  for (const scenario::Actor& self : scenario.actors) {
    if (self.id != actor || lane.empty()) continue;
    const auto at = scenario.map.locate(self.worldFromActor.translation);
    if (at) return fmt::format("{{lane: {}, s: {}}}", lane, metres(at->s));
  }
  return {};
}

/// A value to begin with for a parameter that must be given; empty: none is known.
std::string beginning(const InjectorField& parameter, const Session& session, const std::string& actor) {
  const scenario::Scenario& scenario = session.episode()->scenario();
  switch (parameter.kind) {
    case scenario::Takes::kMeeting: {
      const std::string at = scenario.points.empty() ? pointBeside(scenario, actor) : scenario.points.rbegin()->first;
      if (at.empty() || metBy(scenario, actor).empty()) return {};
      return fmt::format("{{actor: {}, at: {}, ttc: 1 s}}", metBy(scenario, actor), at);
    }
    case scenario::Takes::kPlace:
      return placeText(aheadOf(scenario, 40));
    case scenario::Takes::kVector:
      return "{s: -2 m/s, t: -2 m/s}";
    case scenario::Takes::kActor:
      return actor;
    case scenario::Takes::kPoint:
      return fmt::format("{{relative_to: {}, ahead: 1 m, lateral: 7 m}}", actor);
    case scenario::Takes::kLane:
      return aheadOf(scenario, 40).lane;
    case scenario::Takes::kSensor:
      for (const scenario::SensorMount& mount : scenario.sensors) {
        if (std::holds_alternative<scenario::CameraSpec>(mount.spec)) return mount.id;
      }
      return {};
    default:
      return parameter.words.empty() ? std::string() : parameter.words.front();
  }
}

/// Who plays in it: what is selected, else the last person, else the last actor.
std::string playerOf(const Session& session) {
  if (session.selected.kind == Thing::Kind::kActor) return session.selected.id;
  const auto& actors = session.episode()->scenario().actors;
  const auto person = std::find_if(actors.rbegin(), actors.rend(),
                                   [](const scenario::Actor& actor) { return actor.asset.starts_with("person."); });
  return actors.empty() ? std::string() : person != actors.rend() ? person->id : actors.back().id;
}

/// The name by which the file imports the standard injectors, imported if it is not yet.
std::string withImport(std::string text, std::string& alias) {
  const auto document = parseSource(text);
  if (document == nullptr) throw Error(ExitCode::kUsage, "the text has errors", "mend it first");
  if (const config::Node* imports = document->root().find("imports")) {
    for (const config::Node* import : imports->children) {
      if (import->text != kInjectors) continue;
      alias = import->key;
      return text;
    }
  }
  alias = freeKey(text, "imports", "inj");
  return addEntry(text, "imports", alias, {kInjectors});
}

std::string laneOf(const scenario::Scenario& scenario, const std::string& actor) {
  for (const scenario::Actor& self : scenario.actors) {
    if (self.id == actor) return placeAt(scenario, self.worldFromActor.translation).lane;
  }
  return {};
}

std::string firstSensor(const scenario::Scenario& scenario, bool isCamera) {
  for (const scenario::SensorMount& mount : scenario.sensors) {
    if (std::holds_alternative<scenario::CameraSpec>(mount.spec) == isCamera) return mount.id;
  }
  return {};
}

/// Adds an entry to a map of the file and selects it.
void addThing(Session& session, Thing::Kind kind, const std::string& map, const std::string& wish,
              const std::vector<std::string>& lines) {
  const std::string key = freeKey(session.file().text(), map, wish);
  if (session.edit("add " + key, [&](const std::string& text) { return addEntry(text, map, key, lines); }))
    session.select({kind, key});
}

void addActor(Session& session, const std::string& asset) {
  const size_t dot = asset.find('.');
  const std::string wish = asset.substr(dot + 1, asset.find('.', dot + 1) - dot - 1);
  addThing(session, Thing::Kind::kActor, "actors", wish,
           {fmt::format("{{asset: {}, place: {}}}", asset, placeText(aheadOf(session.episode()->scenario(), 25)))});
}

void addInjector(Session& session, const InjectorEntry& entry) {
  const size_t dot = entry.type.find('.');
  const std::string key = freeKey(session.file().text(), "injectors", entry.type.substr(dot + 1));
  const std::string player = playerOf(session);
  std::string with;
  bool meets = false;
  for (const InjectorField& field : entry.fields) {
    const bool isMeeting = field.kind == scenario::Takes::kMeeting;
    if (!field.isRequired && !isMeeting) continue;
    const std::string value = beginning(field, session, player);
    meets = meets || (isMeeting && !value.empty());
    if (!value.empty()) with += fmt::format("{}{}: {}", with.empty() ? "" : ", ", field.name, value);
  }
  const bool isAdded = session.edit("add " + key, [&](const std::string& text) {
    std::string alias;
    const std::string imported = withImport(text, alias);
    std::vector<std::string> lines{fmt::format("use: {}.{}", alias, entry.type)};
    // A meeting says when by itself.
    if (!meets)
      lines.push_back(fmt::format("when: time >= {} s", config::formatNumber(std::round(session.time_s * 10) / 10)));
    if (!with.empty()) lines.push_back(fmt::format("with: {{{}}}", with));
    return addEntry(imported, "injectors", key, lines);
  });
  if (isAdded) session.select({Thing::Kind::kInjector, key});
}

void addWeather(Session& session, const std::string& channel) {
  session.edit("add weather", [&](const std::string& text) {
    const std::string at = config::formatNumber(std::round(session.time_s * 100) / 100);
    return addElement(text, "weather", {fmt::format("at: {} s", at), channel});
  });
}

/// An expectation begun with, on one line.
void addExpectation(Session& session, const std::string& wish, const std::string& span, const std::string& check) {
  const auto document = parseSource(session.file().text());
  const config::Node* list = document == nullptr ? nullptr : document->root().find("expect");
  std::string id = wish;
  const auto isTaken = [&] {
    for (size_t i = 0; list != nullptr && i < list->children.size(); ++i) {
      const config::Node* own = list->children[i]->find("id");
      if (own != nullptr && own->text == id) return true;
    }
    return false;
  };
  for (int i = 2; isTaken(); ++i) id = fmt::format("{}_{}", wish, i);
  const bool isAdded = session.edit("add " + id, [&](const std::string& text) {
    return addElement(text, "expect",
                      {fmt::format("{{id: {}, {}check: \"{}\"}}", id, span.empty() ? "" : span + ", ", check)});
  });
  if (isAdded) session.select({Thing::Kind::kExpectation, id});
}

void expectationAdditions(Session& session, std::vector<Addition>& out) {
  const scenario::Scenario& scenario = session.episode()->scenario();
  const bool isGuest = session.selected.kind == Thing::Kind::kInjector;
  const std::string who = isGuest ? session.selected.id : playerOf(session);
  if (who.empty()) return;
  const std::string camera = firstSensor(scenario, true), lidar = firstSensor(scenario, false);
  const std::string other = metBy(scenario, who);
  const std::string from = scenario.injectors.empty()
                               ? std::string()
                               : fmt::format("during: {{from: {}.start, for: 1 s}}", scenario.injectors.front().id);
  const auto offer = [&](const std::string& name, const std::string& span, const std::string& check) {
    out.push_back(
        {"expectation", name, check, [&session, name, span, check] { addExpectation(session, name, span, check); }});
  };
  if (!camera.empty()) {
    offer("hidden_first", fmt::format("at: {} s", config::formatNumber(std::round(session.time_s * 10) / 10)),
          fmt::format("visible_fraction({}, {}) == 0 %", camera, who));
    offer("seen_in_time", from, fmt::format("eventually visible_fraction({}, {}) >= 30 %", camera, who));
  }
  if (!lidar.empty()) offer("lidar_hits", {}, fmt::format("eventually lidar_points({}, {}) >= 5", lidar, who));
  if (!other.empty()) {
    offer("no_hit", {}, fmt::format("never collided({}, {})", other, who));
    offer("comes_near", {}, fmt::format("eventually distance({}, {}) < 10 m", other, who));
    const std::string lane = laneOf(scenario, other);
    if (!lane.empty()) offer("crosses", from, fmt::format("eventually in_lane({}, {})", who, lane));
  }
  offer("one_label", {}, fmt::format("always label_count({}) <= 1", who));
}

void sensorAdditions(Session& session, std::vector<Addition>& out) {
  const auto& actors = session.episode()->scenario().actors;
  if (actors.empty()) return;
  const bool hasEgo = std::any_of(actors.begin(), actors.end(), [](const auto& actor) { return actor.id == "ego"; });
  const std::string carrier = hasEgo ? "ego" : actors.front().id;
  out.push_back({"sensor", "camera", "A camera behind the windscreen", [&session, carrier] {
                   addThing(session, Thing::Kind::kSensor, "sensors", "front",
                            {"kind: camera", fmt::format("mount: {{actor: {}, xyz: [1.1 m, 0 m, 1.65 m]}}", carrier),
                             "rate: 10 Hz", "lens: {fov: 60 deg}", "image: {width: 640, height: 360}"});
                 }});
  for (const char* profile : {"velodyne.vlp16", "hesai.pandar64"}) {
    out.push_back({"sensor", profile, "A LiDAR on the roof", [&session, carrier, profile] {
                     addThing(session, Thing::Kind::kSensor, "sensors", "roof",
                              {"kind: lidar", fmt::format("profile: {}", profile),
                               fmt::format("mount: {{actor: {}, xyz: [1.2 m, 0 m, 1.9 m]}}", carrier)});
                   }});
  }
}

}  // namespace

Catalogue::Catalogue(const lang::InstalledLibrary& library) {
  const std::filesystem::path path = library.dataFolder() / "scenarios" / (std::string(kInjectors) + ".yaml");
  const auto file = config::readFileAs<scenario::LibraryFile>(path, scenario::libraryDescriptor());
  config::Diagnostics ignored;  // read already
  const auto document = config::loadDocument(path, ignored);
  for (const auto& [name, info] : file.injectors) {
    InjectorEntry entry{name, info.doc, info.source, {}};
    for (const auto& [key, parameter] : info.parameters) {
      InjectorField field;
      field.name = key;
      field.doc = parameter.doc;
      field.takes = takenText(parameter);
      field.words = parameter.words;
      field.kind = parameter.takes;
      field.refersTo = namedBy(parameter.takes);
      if (parameter.takes == scenario::Takes::kQuantity) field.dimension = parameter.dimension;
      if (parameter.takes == scenario::Takes::kTruth) field.words = {"true", "false"};
      const config::Node* fallback =
          findNode(document->root(), fmt::format("injectors/{}/params/{}/default", name, key));
      if (fallback != nullptr) field.fallback = scenario::flowText(*fallback);
      field.isRequired = fallback == nullptr && !parameter.isOptional;
      entry.fields.push_back(std::move(field));
    }
    injectors_.push_back(std::move(entry));
  }
}

const InjectorEntry* Catalogue::findInjector(const std::string& use) const {
  for (const InjectorEntry& entry : injectors_) {
    if (use == entry.type || use.ends_with("." + entry.type)) return &entry;
  }
  return nullptr;
}

std::vector<Addition> additions(Session& session, const Catalogue& catalogue) {
  std::vector<Addition> out;
  if (session.episode() == nullptr) return out;
  for (const InjectorEntry& entry : catalogue.injectors())
    out.push_back({"rare event", entry.type, entry.doc, [&session, &entry] { addInjector(session, entry); }});
  expectationAdditions(session, out);
  const std::string who = playerOf(session);
  if (const std::string point = pointBeside(session.episode()->scenario(), who); !point.empty())
    out.push_back({"point", "conflict", "On the lane of whom " + who + " will meet, beside it",
                   [&session, point] { addThing(session, Thing::Kind::kPoint, "points", "conflict", {point}); }});
  const auto weather = [&](const char* name, const char* doc, const char* channel) {
    out.push_back({"weather", name, doc, [&session, channel] { addWeather(session, channel); }});
  };
  weather("fog", "Fog of 60 m from now on", "fog: {visibility: 60 m}");
  weather("wet_road", "A wet road from now on", "road: {wetness: 60 %}");
  weather("clear", "The fog lifts from now on", "fog: {visibility: 10 km}");
  sensorAdditions(session, out);
  for (const auto& [id, asset] : session.library().catalog().all())
    out.push_back({"actor", id, asset.title, [&session, id = id] { addActor(session, id); }});
  return out;
}

}  // namespace nightfog::viewer
