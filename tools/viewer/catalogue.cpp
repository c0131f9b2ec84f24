#include "tools/viewer/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/config/yaml_text.hpp"
#include "engine/core/error.hpp"
#include "engine/scenario/language_library.hpp"
#include "tools/viewer/source_edit.hpp"

namespace nightfog::viewer {
namespace {

constexpr const char* kInjectors = "std/injectors@1";

scenario::LibraryFile standardInjectors(const Session& session) {
  return config::readFileAs<scenario::LibraryFile>(
      session.library().dataFolder() / "scenarios" / (std::string(kInjectors) + ".yaml"),
      scenario::libraryDescriptor());
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
Ahead aheadOf(const scenario::Scenario& scenario, double distance_m) {
  Ahead out;
  if (scenario.actors.empty()) return out;
  const RigidTransform& from = scenario.actors.front().worldFromActor;
  out.world = from * glm::dvec3(distance_m, 0, 0);
  const auto at = scenario.map.locate(out.world);
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

std::string placeText(const Ahead& at) {
  if (at.lane.empty())
    return fmt::format("{{xyz: [{}, {}, {}]}}", metres(at.world.x), metres(at.world.y), metres(at.world.z));
  return fmt::format("{{lane: {}, s: {}}}", at.lane, metres(at.s_m));
}

/// A value to begin with for a parameter that must be given; empty: none is known.
std::string beginning(const scenario::InjectorParameter& parameter, const Session& session, const std::string& actor) {
  const scenario::Scenario& scenario = session.episode()->scenario();
  switch (parameter.takes) {
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

}  // namespace

std::vector<std::string> injectorTypes(const Session& session) {
  std::vector<std::string> out;
  const scenario::LibraryFile library = standardInjectors(session);
  for (const auto& [name, info] : library.injectors) out.push_back(name);
  return out;
}

void addActor(Session& session, const std::string& asset) {
  if (session.episode() == nullptr) return;
  const size_t dot = asset.find('.');
  const std::string wish = asset.substr(dot + 1, asset.find('.', dot + 1) - dot - 1);
  const std::string key = freeKey(session.file().text(), "actors", wish);
  const std::string value =
      fmt::format("{{asset: {}, place: {}}}", asset, placeText(aheadOf(session.episode()->scenario(), 25)));
  if (session.edit("add " + key, [&](const std::string& text) { return addEntry(text, "actors", key, {value}); }))
    session.select({Thing::Kind::kActor, key});
}

void addInjector(Session& session, const std::string& type) {
  if (session.episode() == nullptr) return;
  const size_t dot = type.find('.');
  const std::string key = freeKey(session.file().text(), "injectors", type.substr(dot + 1));
  const std::string player = playerOf(session);
  std::string with;
  bool hasMeeting = false;
  const scenario::LibraryFile library = standardInjectors(session);
  for (const auto& [name, injector] : library.injectors) {
    if (name != type) continue;
    for (const auto& [parameter, takes] : injector.parameters) {
      hasMeeting = hasMeeting || takes.takes == scenario::Takes::kMeeting;
      const bool isPath = hasMeeting && takes.takes == scenario::Takes::kPoint;
      if ((takes.isOptional || takes.fallback != nullptr) && !isPath) continue;
      const std::string value = beginning(takes, session, player);
      if (!value.empty()) with += fmt::format("{}{}: {}", with.empty() ? "" : ", ", parameter, value);
    }
  }
  const bool isAdded = session.edit("add " + key, [&](const std::string& text) {
    std::string alias;
    const std::string imported = withImport(text, alias);
    return addEntry(imported, "injectors", key,
                    {fmt::format("use: {}.{}", alias, type),
                     fmt::format("when: time >= {} s", config::formatNumber(std::round(session.time_s * 10) / 10)),
                     fmt::format("with: {{{}}}", with)});
  });
  if (isAdded) session.select({Thing::Kind::kInjector, key});
}

void addFog(Session& session) {
  session.edit("add fog", [&](const std::string& text) {
    const std::string at = config::formatNumber(std::round(session.time_s * 100) / 100);
    return addElement(text, "weather", {fmt::format("at: {} s", at), "fog: {visibility: 60 m}"});
  });
}

}  // namespace nightfog::viewer
