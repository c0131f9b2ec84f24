// Actions that are nobody's: weather, parameters, signals, who is there at all.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "engine/openscenario/importer.hpp"
#include "engine/road/lane_graph.hpp"

namespace nightfog::openscenario {
namespace {

/// Who is taken out stands so far from all that happens: no sensor reaches there.
constexpr double kFarAway_m = 20'000;

/// Of a condition that says only what time it is, "time >= 5 s", or that by several.
std::optional<double> instantOf(const std::string& when) {
  double latest = 0;
  for (size_t at = 0; at < when.size();) {
    size_t end = when.find(" and ", at);
    end = end == std::string::npos ? when.size() : end;
    std::string part = when.substr(at, end - at);
    std::erase_if(part, [](char c) { return c == '(' || c == ')'; });
    const size_t number = part.starts_with("time >= ") ? 8 : part.starts_with("time > ") ? 7 : 0;
    char* rest = nullptr;
    const double time_s = number > 0 ? std::strtod(part.c_str() + number, &rest) : 0;
    if (number == 0 || std::string_view(rest) != " s") return std::nullopt;
    latest = std::max(latest, time_s);
    at = end + 5;
  }
  return latest;
}

}  // namespace

bool Importer::globalAction(const Element& action, const std::string& eventId, Happening* event) {
  Element what = action.first();
  std::string kind = what.name();
  if (kind == "InfrastructureAction") {
    const Element signal = what.path({"TrafficSignalAction", "TrafficSignalStateAction"});
    if (!signal) {
      what.refused("controllers of signals are not read");
      return false;
    }
    auto& setting = settings_["signal " + signal.text("name")];
    if (eventId.empty())
      setting.first = signal.text("state");
    else
      setting.second.emplace_back(eventId, signal.text("state"));
    signal.approximated("its state counts in conditions; the map's signal does not show it");
    return true;
  }
  if (kind == "ParameterAction" || kind == "VariableAction") {
    const Element set = what.child("SetAction");
    const std::string name = what.text(what.has("parameterRef") ? "parameterRef" : "variableRef");
    if (!set || eventId.empty()) {
      what.refused("only setting it in an event is read");
      return false;
    }
    settings_["parameter " + name].second.emplace_back(eventId, set.text("value"));
    what.supported();
    return true;
  }
  if (kind == "EnvironmentAction") return environment(what, event);
  if (kind == "EntityAction") return entityAction(what, event);
  if (kind == "UserDefinedAction") {
    what.approximated("it means nothing here");
    return true;
  }
  if (kind == "TrafficAction") what = what.first();
  if (what.name() == "TrafficSwarmAction") return swarm(what);
  what.refused("no such action is known here");
  return false;
}

bool Importer::environment(const Element& action, const Happening* event) {
  const auto at_s = event == nullptr ? std::optional(0.0) : instantOf(event->when);
  if (!at_s) {
    action.refused("weather changes at instants that are known beforehand; this event waits for something else");
    return false;
  }
  const Element environment = source_.childOrReference(action, "Environment");
  if (!environment) return false;
  const Element time = environment.child("TimeOfDay");
  if (time && event != nullptr) time.approximated("the time of day is that of the beginning");
  if (time && event == nullptr) {
    const std::string at = time.text("dateTime");
    const size_t t = at.find('T');
    if (t != std::string::npos && at.size() >= t + 6) {
      const double hours = std::atof(at.substr(t + 1, 2).c_str()), minutes = std::atof(at.substr(t + 4, 2).c_str());
      timeOfDay_s_ = std::clamp(hours, 0.0, 23.0) * 3600 + std::clamp(minutes, 0.0, 59.0) * 60;
      time.supported();
    }
  }
  const Element weather = environment.child("Weather");
  std::vector<std::string> channels;
  // What comes later says also what is over.
  const double clear_m = 50'000;
  if (const Element fog = weather.child("Fog"); fog && (event != nullptr || fog.number("visualRange", 1e6) < clear_m)) {
    channels.push_back(
        fmt::format("fog: {{visibility: {}}}", metres(std::clamp(fog.number("visualRange", clear_m), 1.0, clear_m))));
    fog.supported();
  }
  if (const Element wet = weather.child("Precipitation")) {
    const std::string type = wet.text("precipitationType", "dry");
    const double rate =
        wet.has("precipitationIntensity") ? wet.number("precipitationIntensity") : wet.number("intensity") * 10;
    for (const char* kind : {"rain", "snow"}) {
      const bool falls = type != "dry" && rate > 0 && (type == "snow") == (std::string_view(kind) == "snow");
      if (falls || event != nullptr) channels.push_back(fmt::format("{}: {} mm/h", kind, numberText(falls ? rate : 0)));
    }
    wet.supported();
  }
  if (const Element sun = weather.child("Sun")) sun.approximated("the sun stands where the time of day puts it");
  for (const char* name : {"Wind", "DomeImage"}) {
    if (const Element other = weather.child(name)) other.approximated("it is left out");
  }
  if (const Element road = environment.child("RoadCondition")) road.approximated("the road is as the weather makes it");
  if (!channels.empty()) {
    const double from_s = *at_s + (event == nullptr ? 0 : event->delay_s);
    weather_[from_s] = fmt::format("{{at: {}, {}}}", seconds(from_s), fmt::join(channels, ", "));
  }
  action.supported();
  return true;
}

/// Nobody comes or goes in the middle of an episode here: who is not there stands far away.
bool Importer::entityAction(const Element& action, Happening* event) {
  Entity* actor = entity(action, action.text("entityRef"));
  if (actor == nullptr) return false;
  const Element add = action.child("AddEntityAction");
  if (event == nullptr && add) {
    actor->start = place(add.child("Position"));
    action.supported();
    return true;
  }
  if (!add && !action.child("DeleteEntityAction")) {
    action.refused("it neither adds nor deletes");
    return false;
  }
  const auto away = [&] {
    Spot spot;
    const auto index = static_cast<double>(actor - entities_.data());
    spot.pose = RigidTransform::fromTranslation({-kFarAway_m, -kFarAway_m - 100 * index, 0});
    return spot;
  };
  if (event == nullptr) {
    actor->start = away();
    actor->speed_mps = 0;
    action.approximated("it stands 20 km away");
    return true;
  }
  if (add) {
    const auto spot = place(add.child("Position"));
    if (!spot) return false;
    if (!actor->start) {
      actor->start = away();
      actor->speed_mps = 0;
    }
    event->commands.push_back({actor->id, {fmt::format("teleport: {{to: {}}}", placeText(*spot))}});
    action.approximated("until then it stands 20 km away, and counts there in conditions");
    return true;
  }
  event->commands.push_back({actor->id, {fmt::format("teleport: {{to: {}}}", placeText(away()))}});
  event->commands.push_back({actor->id, {"set_speed: {speed: 0 m/s}"}});
  action.approximated("it is put 20 km away, where no sensor reaches, and counts there in conditions");
  return true;
}

/// As many as the swarm has, over all lanes of the map: the density is one, wherever the swarm's middle goes.
bool Importer::swarm(const Element& action) {
  if (!made_.map) {
    action.refused("it needs a map with lanes");
    return false;
  }
  const road::LaneGraph lanes(map_);
  double lanes_m = 0;
  for (road::LaneIndex i = 0; i < lanes.size(); ++i) {
    if (lanes.lane(i).isDrivable && lanes.lane(i).junction < 0) lanes_m += lanes.lane(i).length_m;
  }
  // Nobody's ring holds more than the language takes.
  const double wanted_pkm = std::max(action.number("numberOfVehicles"), 0.0) / std::max(lanes_m, 100.0) * 1000;
  density_pkm_ = std::min(wanted_pkm, 60.0);
  action.approximated(fmt::format(
      "its {} vehicles are spread over all {:.1f} km of lanes from the start, at {:.1f} for each, and drive "
      "as traffic does, not at the swarm's speed; they enter at the map's ends, not at the ring's",
      numberText(action.number("numberOfVehicles")), lanes_m / 1000, *density_pkm_));
  return true;
}

}  // namespace nightfog::openscenario
