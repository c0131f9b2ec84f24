#include "engine/events/story.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/events/builtin.hpp"

namespace nightfog::events {
namespace {

std::string textOf(const expression::Expression& expression, uint32_t node) {
  const config::TextRange& range = expression.nodes[node].range;
  return expression.text.substr(range.begin, range.end - range.begin);
}

std::string unitOf(const expression::Expression& expression, uint32_t comparison) {
  const expression::ExpressionNode& node = expression.nodes[comparison];
  if (node.operands.empty()) return {};
  const auto dimension = expression::dimensionOf(expression.nodes[node.operands.front()].type.measure);
  return dimension ? std::string(config::canonicalUnit(*dimension)) : std::string();
}

std::vector<TraceEntry::Nearest> nearestOf(const scenario::Trigger& trigger, const TriggerState& state) {
  std::vector<TraceEntry::Nearest> all;
  for (const NearMiss& miss : state.nearest()) {
    all.push_back(
        {textOf(*trigger.when, miss.node), miss.at, miss.value, miss.missing, unitOf(*trigger.when, miss.node)});
  }
  return all;
}

}  // namespace

ObjectId Stage::find(const std::string& actor) const {
  const auto found = std::find(cast.begin(), cast.end(), actor);
  if (found == cast.end()) {
    throw Error(ExitCode::kDiagnostics, fmt::format("there is no actor '{}'", actor),
                "name one of the scenario's actors");
  }
  return ObjectId{static_cast<uint32_t>(found - cast.begin() + 1)};
}

Story::Story(const scenario::Scenario& scenario) : scenario_(scenario) {
  for (const scenario::Actor& actor : scenario.actors) cast_.push_back(actor.id);
  for (const scenario::Injector& description : scenario.injectors) {
    Running running{&description, nullptr, TriggerState(description.trigger), std::nullopt, false};
    if (description.until) running.until.emplace(*description.until);
    const InjectorType* type = findInjector(description.type);
    if (type == nullptr) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("injector '{}': there is no '{}'", description.id, description.type),
                  "`nightfog list injectors` shows those there are");
    }
    if (description.severity > 0) {
      running.injector = type->make(description, scenario);
      for (Guest& guest : running.injector->cast()) {
        cast_.push_back(guest.actor.id);
        guests_.push_back(std::move(guest));
      }
    }
    happenings_[description.id];
    injectors_.push_back(std::move(running));
  }
  for (const scenario::Event& event : scenario.events) {
    events_.emplace_back(event.trigger);
    happenings_[event.id];
  }
  doings_.resize(events_.size());
  stopped_.resize(events_.size());
}

void Story::stepInjector(Running& running, Stage& stage, const WorldEnvironment& environment) {
  if (!running.injector) return;
  const SimTime now = stage.world.now();
  Happening& happening = happenings_[running.description->id];
  if (running.isGoingOn) {
    const bool isStopped = running.until && running.until->step(now, environment);
    if (isStopped) running.injector->stop(stage);
    if (isStopped || !running.injector->goOn(stage)) {
      running.isGoingOn = false;
      happening.end = now;
    }
  }
  if (!happening.start && running.trigger.step(now, environment)) {
    happening.start = now;
    running.isGoingOn = true;
    running.injector->start(stage);
  }
}

void Story::direct(world::World& world) {
  Stage stage{world, scenario_, cast_};
  const WorldEnvironment environment(world, scenario_, cast_, happenings_);
  for (Running& running : injectors_) stepInjector(running, stage, environment);
  for (size_t i = 0; i < events_.size(); ++i) stepEvent(i, stage, environment);
}

void Story::endEvent(size_t index, world::World& world) {
  for (const world::Doing& doing : doings_[index]) world.stop(doing);
  doings_[index].clear();
  Happening& happening = happenings_[scenario_.events[index].id];
  if (happening.start && !happening.end) happening.end = world.now();
}

void Story::stepEvent(size_t index, Stage& stage, const WorldEnvironment& environment) {
  const scenario::Event& event = scenario_.events[index];
  world::World& world = stage.world;
  Happening& happening = happenings_[event.id];
  std::erase_if(doings_[index], [&](const world::Doing& doing) { return world.isOver(doing); });
  if (happening.start && !happening.end && doings_[index].empty()) happening.end = world.now();
  if (stopped_[index]) return;
  if (event.until && expression::isTrue(*event.until, environment).value_or(false)) {
    stopped_[index] = true;
    endEvent(index, world);
    return;
  }
  if (!events_[index].step(world.now(), environment)) return;
  for (const std::string& other : event.stops) {
    for (size_t k = 0; k < scenario_.events.size(); ++k) {
      if (scenario_.events[k].id == other && k != index) endEvent(k, world);
    }
  }
  if (!happening.start) happening.start = world.now();
  happening.end.reset();
  for (const scenario::Command& command : event.commands) {
    doings_[index].push_back(world.command(stage.find(command.actor), command.action));
  }
  std::erase_if(doings_[index], [&](const world::Doing& doing) { return world.isOver(doing); });
  if (doings_[index].empty()) happening.end = world.now();
}

std::vector<TraceEntry> Story::trace() const {
  std::vector<TraceEntry> all;
  for (const Running& running : injectors_) {
    const scenario::Injector& description = *running.description;
    TraceEntry entry;
    entry.id = description.id;
    entry.type = description.type;
    entry.place = description.place;
    if (description.trigger.when) entry.condition = description.trigger.when->text;
    entry.isSwitchedOff = !running.injector;
    entry.firings = running.trigger.firings();
    entry.end = happenings_.at(description.id).end;
    entry.nearest = nearestOf(description.trigger, running.trigger);
    if (running.injector) entry.claims = running.injector->claims();
    all.push_back(std::move(entry));
  }
  for (size_t i = 0; i < events_.size(); ++i) {
    const scenario::Event& event = scenario_.events[i];
    TraceEntry entry;
    entry.id = event.id;
    entry.place = event.place;
    if (event.trigger.when) entry.condition = event.trigger.when->text;
    entry.firings = events_[i].firings();
    entry.nearest = nearestOf(event.trigger, events_[i]);
    all.push_back(std::move(entry));
  }
  return all;
}

std::string toJson(const std::vector<TraceEntry>& trace) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const TraceEntry& entry : trace) {
    nlohmann::ordered_json item;
    item["id"] = entry.id;
    item["kind"] = entry.type.empty() ? "event" : "injector";
    if (!entry.type.empty()) item["type"] = entry.type;
    if (!entry.condition.empty()) item["when"] = entry.condition;
    if (entry.isSwitchedOff) item["switched_off"] = true;
    item["fired_s"] = nlohmann::ordered_json::array();
    for (const SimTime at : entry.firings) item["fired_s"].push_back(at.seconds());
    if (entry.end && !entry.type.empty()) item["ended_s"] = entry.end->seconds();
    for (const TraceEntry::Nearest& nearest : entry.nearest) {
      item["nearest"].push_back({{"comparison", nearest.comparison},
                                 {"at_s", nearest.at.seconds()},
                                 {"value", nearest.value},
                                 {"missing", std::max(nearest.missing, 0.0)},
                                 {"unit", nearest.unit}});
    }
    for (const Claim& claim : entry.claims) {
      item["claims"].push_back({{"text", claim.text}, {"holds", claim.holds}, {"value", claim.value}});
    }
    all.push_back(std::move(item));
  }
  return all.dump(2) + "\n";
}

}  // namespace nightfog::events
