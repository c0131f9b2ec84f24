#include "engine/scenario/story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/config/suggest.hpp"

namespace nightfog::scenario {

using config::Diagnostics;
using config::Node;
using expression::Kind;

namespace {

const Actor* findActor(const std::vector<Actor>& actors, const std::string& id) {
  const auto at = std::find_if(actors.begin(), actors.end(), [&](const Actor& a) { return a.id == id; });
  return at == actors.end() ? nullptr : &*at;
}

void reportUnknown(const SymbolTable& symbols, Kind kind, const std::string& what, const char* code,
                   const std::string& name, const config::Place& place, Diagnostics& diagnostics) {
  const std::vector<std::string> names = ScenarioNames(symbols, Where::kTrigger).namesOf(kind);
  auto& d = diagnostics.error(code, place, fmt::format("unknown {} '{}'", what, config::excerpt(name)))
                .withHelp(config::suggestionHelp(name, names));
  const auto near = config::suggest(name, names);
  if (!near) return;
  d.withFix(*near);
  d.withRelated(symbols.things.at(*near).front().place, "similar id declared here");
}

/// Makes an action of a file one of the runtime; nullopt: reported.
class ActionBuilder {
 public:
  ActionBuilder(StoryContext& context, const Actor* actor) : context_(context), actor_(actor) {}

  std::optional<Action> operator()(const SetSpeed& a) const { return a; }
  std::optional<Action> operator()(const Brake& a) const { return a; }
  std::optional<Action> operator()(const OffsetInLane& a) const { return a; }
  std::optional<Action> operator()(const CrossRoad& a) const { return a; }
  std::optional<Action> operator()(const SetLights& a) const { return a; }
  std::optional<Action> operator()(const SetSignal& a) const { return a; }
  std::optional<Action> operator()(const Release& a) const { return a; }
  std::optional<Action> operator()(const Park& a) const { return a; }
  std::optional<Action> operator()(const OpenDoor& a) const { return a; }
  std::optional<Action> operator()(const KeepGapFile& a) const {
    return KeepGap{a.actor.value, a.gap_m, a.headway_s, a.maxAcceleration_mps2, a.maxDeceleration_mps2};
  }
  std::optional<Action> operator()(const ChangeLaneFile& a) const {
    if (!context_.placement.findLane(a.lane)) return std::nullopt;
    return ChangeLane{a.lane.value, a.duration_s};
  }
  std::optional<Action> operator()(const FollowLaneAction& a) const {
    if (a.lane && !context_.placement.findLane(*a.lane)) return std::nullopt;
    return FollowLane{a.speed_mps, a.lane ? a.lane->value : std::string()};
  }
  std::optional<Action> operator()(const FollowPathAction& a) const {
    TakePath out{{}, a.speed_mps};
    for (const Point& point : a.points) {
      glm::dvec3 at(0);
      if (!context_.placement.resolve(point, at)) return std::nullopt;
      out.points.push_back(at);
    }
    return out;
  }
  std::optional<Action> operator()(const WalkToAction& a) const {
    Walk out{glm::dvec3(0), a.speed_mps};
    if (!context_.placement.resolve(a.to, out.target)) return std::nullopt;
    return out;
  }
  std::optional<Action> operator()(const ApplyImpulseFile& a) const {
    ApplyImpulse out;
    out.inBodyFrame = a.impulse_Ns.frame == FrameVector::Frame::kBody;
    const RigidTransform at = actor_ != nullptr ? actor_->worldFromActor : RigidTransform{};
    out.impulse_Ns = out.inBodyFrame ? a.impulse_Ns.value : context_.placement.toWorld(a.impulse_Ns, at);
    out.at_m = a.at_m;
    return out;
  }

 private:
  StoryContext& context_;
  const Actor* actor_;
};

/// E0414: two commands at once that both take over the same of an actor.
void refuseConflicts(const CommandsFile& commands, Diagnostics& diagnostics) {
  enum Axis { kLongitudinal = 1, kLateral = 2 };
  const auto axes = [](const ActionFile& action) {
    if (std::holds_alternative<SetSpeed>(action) || std::holds_alternative<Brake>(action) ||
        std::holds_alternative<KeepGapFile>(action))
      return static_cast<int>(kLongitudinal);
    if (std::holds_alternative<ChangeLaneFile>(action) || std::holds_alternative<OffsetInLane>(action))
      return static_cast<int>(kLateral);
    const bool isOther = std::holds_alternative<OpenDoor>(action) || std::holds_alternative<SetLights>(action) ||
                         std::holds_alternative<SetSignal>(action);
    return isOther ? 0 : kLongitudinal | kLateral;
  };
  for (size_t i = 0; i < commands.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if ((axes(commands[i].action) & axes(commands[j].action)) == 0) continue;
      diagnostics
          .error("E0414", commands[i].node->keyPlace(),
                 fmt::format("'{}' and '{}' steer the same motion", commands[j].node->key, commands[i].node->key))
          .withRelated(commands[j].node->keyPlace(), "first here")
          .withHelp("keep one, or let a second event follow");
      break;
    }
  }
}

}  // namespace

std::optional<Trigger> buildTrigger(const TriggerFile& file, StoryContext& context) {
  Trigger out;
  out.hold = file.hold;
  out.delay = file.delay;
  if (file.repeat) out.repeatGap = file.repeat->minGap;
  if (!file.when) return out;
  auto when = bind(file.when->syntax, *file.when->node, context.symbols, Where::kTrigger, context.diagnostics);
  if (!when) return std::nullopt;
  out.when = std::move(*when);
  return out;
}

std::vector<Event> buildEvents(StoryContext& context) {
  std::vector<Event> out;
  for (const EventFile& file : context.file.events) {
    Event event;
    event.id = file.id;
    const Node* id = file.node->find("id");
    event.place = id != nullptr ? id->place() : file.node->place();
    auto trigger = buildTrigger(file, context);
    for (const auto& [actor, commands] : file.commands) {
      const Node* at = file.node->find("do")->find(actor);
      if (!context.symbols.has(actor, Kind::kActor))
        reportUnknown(context.symbols, Kind::kActor, "actor", "E0412", actor, at->keyPlace(), context.diagnostics);
      refuseConflicts(commands, context.diagnostics);
      for (const CommandFile& command : commands) {
        auto action = std::visit(ActionBuilder(context, findActor(context.actors, actor)), command.action);
        if (action) event.commands.push_back({actor, std::move(*action)});
      }
    }
    if (!trigger) continue;
    event.trigger = std::move(*trigger);
    out.push_back(std::move(event));
  }
  return out;
}

std::vector<Expectation> buildExpectations(StoryContext& context) {
  std::vector<Expectation> out;
  std::map<std::string, const Node*> seen;
  const auto checkPoint = [&](const TimePointFile& point) {
    if (!point.value.of.empty() && !context.symbols.has(point.value.of, Kind::kInjector))
      reportUnknown(context.symbols, Kind::kInjector, "injector or event", "E0417", point.value.of, point.node->place(),
                    context.diagnostics);
  };
  for (const ExpectationFile& file : context.file.expectations) {
    Expectation e;
    e.id = file.id;
    const Node* id = file.node->find("id");
    e.place = id != nullptr ? id->place() : file.node->place();
    const auto [first, isNew] = seen.emplace(file.id, id);
    if (!isNew && !file.id.empty())
      context.diagnostics.error("E0411", e.place, fmt::format("there is an expectation '{}' already", file.id))
          .withRelated(first->second->place(), "first here")
          .withHelp("reports name expectations by their ids");
    e.severity = file.severity;
    if (file.at) {
      e.when = AtInstant{*file.at};
      if (*file.at > context.duration)
        context.diagnostics.error("E0605", file.node->find("at")->place(), "the instant lies after the run's end")
            .withHelp("lengthen `world: duration`, or look earlier");
    }
    if (file.during) {
      DuringSpan span{file.during->from.value, file.during->length, std::nullopt};
      checkPoint(file.during->from);
      if (file.during->to) {
        checkPoint(*file.during->to);
        span.to = file.during->to->value;
      }
      if (span.from.of.empty() && span.from.offset > context.duration)
        context.diagnostics.error("E0605", file.during->from.node->place(), "the span begins after the run's end")
            .withHelp("lengthen `world: duration`, or look earlier");
      e.when = span;
    }
    if (file.check.node == nullptr) continue;  // reported
    auto check = bind(file.check.syntax, *file.check.node, context.symbols, Where::kExpectation, context.diagnostics);
    if (file.unless) {
      auto unless =
          bind(file.unless->syntax, *file.unless->node, context.symbols, Where::kParameter, context.diagnostics);
      if (unless) {
        struct Nothing : expression::Environment {
          expression::Value name(std::string_view) const override { return {}; }
          expression::Value call(std::string_view, std::span<const expression::Argument>) const override { return {}; }
        };
        e.isSkipped = expression::isTrue(*unless, Nothing{}).value_or(false);
        e.unless = std::move(*unless);
      }
    }
    if (!check) continue;
    e.check = std::move(*check);
    out.push_back(std::move(e));
  }
  return out;
}

}  // namespace nightfog::scenario
