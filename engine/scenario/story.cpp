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
  ActionBuilder(StoryContext& context, const Actor* actor, const Node& node)
      : context_(context), actor_(actor), node_(node) {}

  std::optional<Action> operator()(const SetSpeedFile& a) const {
    return SetSpeed{a.speed_mps.value_or(0),
                    a.acceleration_mps2,
                    a.of ? a.of->value : std::string(),
                    a.factor,
                    a.more_mps,
                    a.continuous,
                    a.over_s,
                    a.over_m,
                    a.shape,
                    a.deceleration_mps2};
  }
  std::optional<Action> operator()(const SpeedProfile& a) const { return a; }
  std::optional<Action> operator()(const ArriveWithFile& a) const {
    ArriveWith out{a.actor.value, glm::dvec3(0), glm::dvec3(0), a.finalSpeed_mps, a.finalMore_mps};
    if (!context_.placement.resolve(a.there, out.there) || !context_.placement.resolve(a.here, out.here))
      return std::nullopt;
    return out;
  }
  std::optional<Action> operator()(const FollowTrajectoryAction& a) const {
    const auto seconds = [](const std::optional<SimTime>& at) {
      return at ? std::optional<double>(at->seconds()) : std::nullopt;
    };
    TakeTrajectory out;
    for (const VertexAction& vertex : a.vertices) {
      TakeTrajectory::Vertex v{seconds(vertex.at), glm::dvec3(0)};
      if (!context_.placement.resolve(vertex.point, v.point)) return std::nullopt;
      out.vertices.push_back(v);
    }
    for (const BendAction& bend : a.bends) {
      TakeTrajectory::Bend b{bend.length_m, bend.startCurvature_1pm, bend.endCurvature_1pm, seconds(bend.at),
                             bend.turn_rad};
      if (bend.forward_m || bend.left_m || bend.heading_rad)
        b.place = {bend.forward_m.value_or(0), bend.left_m.value_or(0), bend.heading_rad.value_or(0)};
      out.bends.push_back(b);
    }
    if (a.start) {
      glm::dvec3 at(0);
      if (!context_.placement.resolve(*a.start, at)) return std::nullopt;
      out.start = at;
      out.startHeading_rad = a.heading_rad;
    } else {
      out.startForward_m = a.forward_m;
      out.startLeft_m = a.left_m;
      out.startTurn_rad = a.heading_rad;
    }
    out.end_s = seconds(a.end);
    out.isEven = a.isEven;
    return out;
  }
  std::optional<Action> operator()(const TeleportFile& a) const {
    Teleport out;
    out.offset_m = {a.forward_m, a.left_m, a.up_m};
    out.heading_rad = a.heading_rad;
    out.roll_rad = a.roll_rad;
    if (a.of) out.of = a.of->value;
    if (!a.to) return out;
    RigidTransform place;
    if (!context_.placement.resolve(*a.to, place)) return std::nullopt;
    out.place = place;
    return out;
  }
  std::optional<Action> operator()(const Brake& a) const { return a; }
  std::optional<Action> operator()(const OffsetInLane& a) const { return a; }
  std::optional<Action> operator()(const CrossRoad& a) const { return a; }
  std::optional<Action> operator()(const SetLights& a) const { return a; }
  std::optional<Action> operator()(const SetSignal& a) const { return a; }
  std::optional<Action> operator()(const Release& a) const { return a; }
  std::optional<Action> operator()(const Park& a) const { return a; }
  std::optional<Action> operator()(const OpenDoor& a) const { return a; }
  std::optional<Action> operator()(const KeepGapFile& a) const {
    return KeepGap{a.actor.value,          a.gap_m,        a.headway_s,      a.maxAcceleration_mps2,
                   a.maxDeceleration_mps2, a.maxSpeed_mps, a.betweenOrigins, a.once};
  }
  std::optional<Action> operator()(const ChangeLaneFile& a) const {
    if (a.lane && !context_.placement.findLane(*a.lane)) return std::nullopt;
    ChangeLane out{a.lane ? a.lane->value : std::string(), a.duration_s};
    if (a.number) out.number = static_cast<int>(*a.number);
    if (a.beside) out.beside = a.beside->value;
    out.left = static_cast<int>(a.left);
    out.offset_m = a.offset_m;
    out.over_m = a.over_m;
    out.rate_mps = a.rate_mps;
    out.shape = a.shape;
    out.leftOfRoad = a.leftOfRoad;
    return out;
  }
  std::optional<Action> operator()(const FollowRouteAction& a) const {
    FollowRoute out;
    for (const Point& point : a.through) {
      glm::dvec3 at(0);
      if (!context_.placement.resolve(point, at)) return std::nullopt;
      out.through.push_back(at);
    }
    return out;
  }
  std::optional<Action> operator()(const FollowLaneAction& a) const {
    if (a.lane && !context_.placement.findLane(*a.lane)) return std::nullopt;
    return FollowLane{a.speed_mps, a.lane ? a.lane->value : std::string(), a.stopsAtEnd};
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
  std::optional<Action> operator()(const DriveFile& a) const {
    Drive out;
    if (actor_ == nullptr) return out;  // unknown, and reported
    if (!context_.placement.resolve(a, *context_.catalog.find(actor_->asset), node_, out)) return std::nullopt;
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
  const Node& node_;
};

/// E0414: two commands at once that both take over the same of an actor.
void refuseConflicts(const CommandsFile& commands, Diagnostics& diagnostics) {
  enum Axis { kLongitudinal = 1, kLateral = 2 };
  const auto axes = [](const ActionFile& action) {
    if (std::holds_alternative<SetSpeedFile>(action) || std::holds_alternative<Brake>(action) ||
        std::holds_alternative<KeepGapFile>(action) || std::holds_alternative<SpeedProfile>(action) ||
        std::holds_alternative<ArriveWithFile>(action))
      return static_cast<int>(kLongitudinal);
    if (std::holds_alternative<ChangeLaneFile>(action) || std::holds_alternative<OffsetInLane>(action) ||
        std::holds_alternative<FollowTrajectoryAction>(action) || std::holds_alternative<TeleportFile>(action) ||
        std::holds_alternative<FollowRouteAction>(action))
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
        auto action =
            std::visit(ActionBuilder(context, findActor(context.actors, actor), *command.node), command.action);
        if (action) event.commands.push_back({actor, std::move(*action)});
      }
    }
    for (const Reference& other : file.stops) {
      const bool isEvent = std::any_of(context.file.events.begin(), context.file.events.end(),
                                       [&](const EventFile& known) { return known.id == other.value; });
      if (!isEvent)
        reportUnknown(context.symbols, Kind::kInjector, "event", "E0417", other.value, other.node->place(),
                      context.diagnostics);
      event.stops.push_back(other.value);
    }
    if (file.until) {
      auto until = bind(file.until->syntax, *file.until->node, context.symbols, Where::kTrigger, context.diagnostics);
      if (until) event.until = std::move(*until);
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
