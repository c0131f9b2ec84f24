#include <fmt/format.h>

#include "engine/config/suggest.hpp"
#include "engine/config/variant_codec.hpp"
#include "engine/scenario/language_story.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

const Codec<double>& acceleration() {
  static const Codec<double> codec = quantity(Dimension::kAcceleration, {0.01, 100});
  return codec;
}
const Codec<double>& jerk() {
  static const Codec<double> codec = quantity(Dimension::kJerk, {0.01, 1000});
  return codec;
}
/// What an offset is to the left of.
const Codec<bool>& leftOf() {
  static const Codec<bool> codec = choice<bool>({{"lane", false}, {"road", true}});
  return codec;
}
const Codec<double>& duration() {
  static const Codec<double> codec = quantity(Dimension::kTime, {0.01, 3600});
  return codec;
}

/// A speed, or `stopped`.
Codec<double> endSpeed() {
  Codec<double> speed = drivingSpeed();
  Codec<double> codec = speed;
  codec.info.words = {"stopped"};
  codec.read = [read = speed.read](const Node& node, double& out, ReadContext& context) {
    if (node.isScalar() && node.text == "stopped") {
      out = 0;
      return true;
    }
    return read(node, out, context);
  };
  codec.write = [write = speed.write](const double& value) {
    return value == 0 ? YamlValue::string("stopped") : write(value);
  };
  return codec;
}

const Codec<Shape>& shape() {
  static const Codec<Shape> codec = choice<Shape>({{"linear", Shape::kLinear},
                                                   {"sinusoidal", Shape::kSinusoidal},
                                                   {"cubic", Shape::kCubic},
                                                   {"step", Shape::kStep}});
  return codec;
}
Codec<double> lengthOf(double low, double high) {
  return quantity(Dimension::kLength, {low, high});
}
/// E0214 unless at most one of the keys is there (`least`: at least so many).
bool oneOf(const Node& node, std::initializer_list<const char*> keys, int least, const char* help,
           ReadContext& context) {
  int count = 0;
  std::string all;
  for (const char* key : keys) {
    count += node.find(key) != nullptr ? 1 : 0;
    all += (all.empty() ? "'" : ", '") + std::string(key) + "'";
  }
  if (count <= 1 && count >= least) return true;
  context.diagnostics
      .error("E0214", node.keyPlace(),
             fmt::format("{} takes {} of {}", node.key, least == 1 ? "one" : "at most one", all))
      .withHelp(help);
  return false;
}
bool isWholeNumber(double value, const char* key, const Node& node, ReadContext& context) {
  if (value == static_cast<int>(value)) return true;
  context.diagnostics.error("E0214", node.find(key)->place(), fmt::format("'{}' is a whole number", key))
      .withHelp("lanes are counted");
  return false;
}

const Descriptor<SetSpeedFile>& setSpeedDescriptor() {
  static const auto d =
      Descriptor<SetSpeedFile>("set_speed", "Reaches a speed and holds it.")
          .optional("speed", &SetSpeedFile::speed_mps, drivingSpeed(), "to be held, or")
          .optional("of", &SetSpeedFile::of, located(reference("an actor's id")), "that of another actor")
          .optional("factor", &SetSpeedFile::factor, number({0, 100}), "times this")
          .optional("more", &SetSpeedFile::more_mps, quantity(Dimension::kSpeed, {-150, 150}), "and so much more")
          .optional("continuous", &SetSpeedFile::continuous, boolean(), "whatever the other's becomes")
          .optional("accel", &SetSpeedFile::acceleration_mps2, acceleration(),
                    "magnitude of the change, at its largest; none: at once")
          .optional("decel", &SetSpeedFile::deceleration_mps2, acceleration(),
                    "the same where it slows down; none: `accel`")
          .optional("over", &SetSpeedFile::over_s, duration(), "so long, or")
          .optional("over_distance", &SetSpeedFile::over_m, lengthOf(0.01, 10'000), "so far")
          .optional("shape", &SetSpeedFile::shape, shape(), "of the speed over time")
          .check([](SetSpeedFile&, const Node& node, ReadContext& context) {
            return oneOf(node, {"speed", "of"}, 1, "write `speed: 10 m/s`, or `of:` an actor", context) &&
                   oneOf(node, {"accel", "over", "over_distance"}, 0, "keep one", context);
          });
  return d;
}
const Descriptor<SpeedProfile>& speedProfileDescriptor() {
  static const auto entry =
      Descriptor<SpeedProfile::Entry>("entry", "A speed and when to have it.")
          .required("after", &SpeedProfile::Entry::after_s, quantity(Dimension::kTime, {0, 3600}), "the entry before")
          .required("speed", &SpeedProfile::Entry::speed_mps, drivingSpeed(), "by then");
  static const auto d = Descriptor<SpeedProfile>("speed_profile", "One speed after another, evenly in between.")
                            .required("entries", &SpeedProfile::entries, listOf(object(entry), 1, 10'000), "in order")
                            .optional("jerk_up", &SpeedProfile::jerkUp_mps3, jerk(),
                                      "of an acceleration that grows, at most; none: at once")
                            .optional("jerk_down", &SpeedProfile::jerkDown_mps3, jerk(), "of one that falls");
  return d;
}
const Descriptor<ArriveWithFile>& arriveWithDescriptor() {
  static const auto d =
      Descriptor<ArriveWithFile>("arrive_with", "Comes to a place when another actor comes to one of its own.")
          .required("actor", &ArriveWithFile::actor, located(reference("an actor's id")), "the other")
          .required("there", &ArriveWithFile::there, pointCodec(), "where the other comes to")
          .required("here", &ArriveWithFile::here, pointCodec(), "where this one comes to")
          .optional("speed", &ArriveWithFile::finalSpeed_mps, drivingSpeed(), "by then, or")
          .optional("more", &ArriveWithFile::finalMore_mps, quantity(Dimension::kSpeed, {-150, 150}),
                    "so much more than the other's; neither: whatever it comes to")
          .check([](ArriveWithFile&, const Node& node, ReadContext& context) {
            return oneOf(node, {"speed", "more"}, 0, "keep one", context);
          });
  return d;
}
const Descriptor<FollowTrajectoryAction>& trajectoryDescriptor() {
  static const Codec<double> curvature =
      custom<double>("a curvature, 1/m", quantity(Dimension::kAttenuation, {-10, 10}).read,
                     quantity(Dimension::kAttenuation, {-10, 10}).write);
  static const auto vertex = Descriptor<VertexAction>("vertex", "A place, and perhaps when to be there.")
                                 .optional("at", &VertexAction::at, simTime({0, 3600}), "since the command")
                                 .required("point", &VertexAction::point, pointCodec(), "where");
  static const auto bend =
      Descriptor<BendAction>("bend", "A piece of a clothoid: its curvature changes evenly.")
          .required("length", &BendAction::length_m, lengthOf(0.001, 10'000), "along it")
          .required("from", &BendAction::startCurvature_1pm, curvature, "curvature at its start, left positive")
          .required("to", &BendAction::endCurvature_1pm, curvature, "at its end")
          .optional("at", &BendAction::at, simTime({0, 3600}), "when it begins, since the command")
          .optional("turn", &BendAction::turn_rad, quantity(Dimension::kAngle, {-7, 7}), "of the heading at its start")
          .optional("forward", &BendAction::forward_m, lengthOf(-1000, 1000),
                    "begins at a place of its own, from where the actor was when it was told")
          .optional("left", &BendAction::left_m, lengthOf(-1000, 1000), "likewise")
          .optional("heading", &BendAction::heading_rad, quantity(Dimension::kAngle, {-13, 13}),
                    "likewise, from where it looked");
  static const auto d =
      Descriptor<FollowTrajectoryAction>("follow_trajectory",
                                         "Along a curve; with times at them, else at the speed it has. Then it drives "
                                         "on along the road.")
          .optional("vertices", &FollowTrajectoryAction::vertices, listOf(object(vertex), 0, 10'000),
                    "straight from one to the next, or")
          .optional("bends", &FollowTrajectoryAction::bends, listOf(object(bend), 0, 1'000), "one after another")
          .optional("start", &FollowTrajectoryAction::start, pointCodec(), "of the bends; none: where it is by then")
          .optional("heading", &FollowTrajectoryAction::heading_rad, quantity(Dimension::kAngle, {-13, 13}),
                    "of the first bend: on the map, without `start` from where it looks by then")
          .optional("forward", &FollowTrajectoryAction::forward_m, lengthOf(-1000, 1000), "the start, from where it is")
          .optional("left", &FollowTrajectoryAction::left_m, lengthOf(-1000, 1000), "likewise")
          .optional("end", &FollowTrajectoryAction::end, simTime({0, 3600}), "of timed bends, since the command")
          .optional("speeds", &FollowTrajectoryAction::isEven, choice<bool>({{"smooth", false}, {"even", true}}),
                    "between the times: without jumps where that can be, or one for each piece")
          .check([](FollowTrajectoryAction& f, const Node& node, ReadContext& context) {
            if (!oneOf(node, {"vertices", "bends"}, 1, "write one of them", context)) return false;
            size_t timed = 0;
            bool ascends = true;
            std::optional<SimTime> last;
            const auto take = [&](const std::optional<SimTime>& at) {
              if (!at) return;
              ++timed;
              ascends = ascends && (!last || *at > *last);
              last = at;
            };
            for (const auto& v : f.vertices) take(v.at);
            for (const auto& b : f.bends) take(b.at);
            const size_t count = f.vertices.size() + f.bends.size();
            if (f.end) ascends = ascends && last && *f.end > *last;
            if (count > 0 && ascends && (timed == 0 || timed == count) && (timed == 0 || f.bends.empty() || f.end))
              return true;
            context.diagnostics
                .error("E0607", node.keyPlace(),
                       "the times of a trajectory ascend, and all its pieces have one or none")
                .withHelp("give each piece its `at` (and bends their `end`), or none of them");
            return false;
          });
  return d;
}
const Descriptor<TeleportFile>& teleportDescriptor() {
  static const auto d =
      Descriptor<TeleportFile>("teleport", "Is elsewhere at once, and drives on from there.")
          .optional("to", &TeleportFile::to, placeCodec(), "a place on a lane or of the map, or")
          .optional("of", &TeleportFile::of, located(reference("an actor's id")),
                    "relative to where this actor is by then")
          .optional("forward", &TeleportFile::forward_m, lengthOf(-10'000, 10'000), "of its origin")
          .optional("left", &TeleportFile::left_m, lengthOf(-10'000, 10'000), "of its origin")
          .optional("up", &TeleportFile::up_m, lengthOf(-1000, 1000), "of its origin")
          .optional("heading", &TeleportFile::heading_rad, quantity(Dimension::kAngle, {-13, 13}), "from its own")
          .optional("roll", &TeleportFile::roll_rad, quantity(Dimension::kAngle, {-7, 7}), "right side down")
          .check([](TeleportFile& f, const Node& node, ReadContext& context) {
            if (!oneOf(node, {"to", "of"}, 1, "write one of them", context)) return false;
            if (!f.to || !std::holds_alternative<PlaceRelative>(*f.to)) return true;
            context.diagnostics
                .error("E0214", node.find("to")->place(), "a place relative to an actor is what it is at the start")
                .withHelp("write `of: " + std::get<PlaceRelative>(*f.to).relativeTo.value + "` with `forward`, `left`");
            return false;
          });
  return d;
}
const Descriptor<Brake>& brakeDescriptor() {
  static const auto d = Descriptor<Brake>("brake", "Slows down evenly, and holds what is left.")
                            .required("decel", &Brake::deceleration_mps2, acceleration(), "deceleration")
                            .optional("until", &Brake::until_mps, endSpeed(), "`stopped`, or a speed");
  return d;
}
const Descriptor<KeepGapFile>& keepGapDescriptor() {
  static const auto d =
      Descriptor<KeepGapFile>("keep_gap", "Follows another actor, bumper to bumper.")
          .required("to", &KeepGapFile::actor, located(reference("an actor's id")), "whom")
          .optional("gap", &KeepGapFile::gap_m, quantity(Dimension::kLength, {0, 1000}), "as a distance, or")
          .optional("headway", &KeepGapFile::headway_s, quantity(Dimension::kTime, {0.1, 60}), "as a time")
          .optional("max_accel", &KeepGapFile::maxAcceleration_mps2, acceleration(), "at most")
          .optional("max_decel", &KeepGapFile::maxDeceleration_mps2, acceleration(), "at most")
          .optional("max_speed", &KeepGapFile::maxSpeed_mps, drivingSpeed(), "at most")
          .optional("between", &KeepGapFile::betweenOrigins, choice<bool>({{"bumpers", false}, {"origins", true}}),
                    "what is apart")
          .optional("once", &KeepGapFile::once, boolean(), "until it is reached; else for ever")
          .check([](KeepGapFile& k, const Node& node, ReadContext& context) {
            if (k.gap_m.has_value() != k.headway_s.has_value()) return true;
            context.diagnostics.error("E0214", node.keyPlace(), "keep_gap takes either 'gap' or 'headway'")
                .withHelp("a time keeps its meaning at every speed: `headway: 1.8 s`");
            return false;
          });
  return d;
}
const Descriptor<ChangeLaneFile>& changeLaneDescriptor() {
  static const auto d =
      Descriptor<ChangeLaneFile>("change_lane", "To the centre of another lane; smoothly, or along a stated shape.")
          .optional("to", &ChangeLaneFile::lane, located(reference("a lane's name")), "which lane, or")
          .optional("number", &ChangeLaneFile::number, number({-64, 64}), "its number on the road it is on by then, or")
          .optional("beside", &ChangeLaneFile::beside, located(reference("an actor's id")),
                    "as seen from the lane in which this actor is by then")
          .optional("left", &ChangeLaneFile::left, number({-64, 64}), "so many lanes to that actor's left")
          .optional("offset", &ChangeLaneFile::offset_m, lengthOf(-20, 20), "left of the lane's centre")
          .optional("left_of", &ChangeLaneFile::leftOfRoad, leftOf(),
                    "which way is left: as the lane is driven, or as the road's reference line runs")
          .optional("duration", &ChangeLaneFile::duration_s, duration(), "of the change, or")
          .optional("over_distance", &ChangeLaneFile::over_m, lengthOf(0.01, 10'000), "so far, or")
          .optional("rate", &ChangeLaneFile::rate_mps, quantity(Dimension::kSpeed, {0.01, 100}),
                    "sideways, at its largest")
          .optional("shape", &ChangeLaneFile::shape, shape(), "of the way across; none: smooth, over 5 m at least")
          .check([](ChangeLaneFile& f, const Node& node, ReadContext& context) {
            if (!oneOf(node, {"to", "number", "beside"}, 1, "write `to:` a lane, or where it is", context))
              return false;
            if (f.number && !isWholeNumber(*f.number, "number", node, context)) return false;
            if (node.find("left") != nullptr && !isWholeNumber(f.left, "left", node, context)) return false;
            if (!oneOf(node, {"duration", "over_distance", "rate"}, 0, "keep one", context)) return false;
            if (f.shape || (!f.over_m && !f.rate_mps)) return true;
            context.diagnostics.error("E0214", node.keyPlace(), "`over_distance` and `rate` need a `shape`")
                .withHelp("add e.g. `shape: sinusoidal`");
            return false;
          });
  return d;
}
const Descriptor<OffsetInLane>& offsetDescriptor() {
  static const auto d =
      Descriptor<OffsetInLane>("offset_in_lane", "Moves within its lane; smoothly, or along a stated shape.")
          .required("offset", &OffsetInLane::offset_m, quantity(Dimension::kLength, {-20, 20}),
                    "left of the lane's centre")
          .optional("left_of", &OffsetInLane::leftOfRoad, leftOf(),
                    "which way is left: as the lane is driven, or as the road's reference line runs")
          .optional("duration", &OffsetInLane::duration_s, duration(), "of the move, or")
          .optional("max_accel", &OffsetInLane::maxAcceleration_mps2, acceleration(), "sideways, at its largest")
          .optional("shape", &OffsetInLane::shape, shape(), "of the way across; none: smooth, over 5 m at least")
          .check([](OffsetInLane& f, const Node& node, ReadContext& context) {
            if (!oneOf(node, {"duration", "max_accel"}, 0, "keep one", context)) return false;
            if (f.shape || !f.maxAcceleration_mps2) return true;
            context.diagnostics.error("E0214", node.keyPlace(), "`max_accel` needs a `shape`")
                .withHelp("add e.g. `shape: sinusoidal`");
            return false;
          });
  return d;
}
const Descriptor<FollowLaneAction>& followLaneDescriptor() {
  static const auto d =
      Descriptor<FollowLaneAction>("follow_lane", "Drives along a lane.")
          .required("speed", &FollowLaneAction::speed_mps, drivingSpeed(), "held")
          .optional("lane", &FollowLaneAction::lane, located(reference("a lane's name")), "none: the one it is on")
          .optional("at_end", &FollowLaneAction::stopsAtEnd, choice<bool>({{"go_on", false}, {"stop", true}}),
                    "of the road: straight on, or stands");
  return d;
}
const Descriptor<FollowRouteAction>& followRouteDescriptor() {
  static const auto d =
      Descriptor<FollowRouteAction>("follow_route",
                                    "Drives on as it does, at junctions towards these places; then straight on.")
          .required("through", &FollowRouteAction::through, listOf(pointCodec(), 1, 1'000),
                    "one after the other; of one alone the way begins where it is by then");
  return d;
}
const Descriptor<FollowPathAction>& followPathDescriptor() {
  static const auto d =
      Descriptor<FollowPathAction>("follow_path", "Straight from where it is through the points; stops at the last.")
          .required("points", &FollowPathAction::points, listOf(pointCodec(), 1, 10'000), "one after the other")
          .required("speed", &FollowPathAction::speed_mps, drivingSpeed(), "held");
  return d;
}
const Descriptor<WalkToAction>& walkToDescriptor() {
  static const auto d =
      Descriptor<WalkToAction>("walk_to", "A person walks or runs to a point.")
          .required("to", &WalkToAction::to, pointCodec(), "where to")
          .required("speed", &WalkToAction::speed_mps, walkingSpeed(), "walking 1.4 m/s, running 3 m/s");
  return d;
}
const Descriptor<CrossRoad>& crossRoadDescriptor() {
  static const auto d =
      Descriptor<CrossRoad>("cross_road", "A person crosses the road at right angles, as far beyond it as before.")
          .required("speed", &CrossRoad::speed_mps, walkingSpeed(), "walking 1.4 m/s, running 3 m/s");
  return d;
}
const Descriptor<OpenDoor>& openDoorDescriptor() {
  static const auto d =
      Descriptor<OpenDoor>("open_door", "A door or lid swings.")
          .required("part", &OpenDoor::part, identifier(true, "a part of the asset"), "which")
          .optional("angle", &OpenDoor::angle_rad, quantity(Dimension::kAngle, {-kPi, kPi}), "0 deg: shut")
          .optional("duration", &OpenDoor::duration_s, duration(), "of the swing");
  return d;
}
const Descriptor<SetLights>& setLightsDescriptor() {
  static const auto d =
      Descriptor<SetLights>("set_lights", "Switches lamps; those not named stay as they are.")
          .optional("beam", &SetLights::beam,
                    choice<Beam>({{"unlit", Beam::kOff}, {"low", Beam::kLow}, {"high", Beam::kHigh}}), "headlamps")
          .optional("indicator", &SetLights::indicator,
                    choice<Indicator>({{"none", Indicator::kOff},
                                       {"left", Indicator::kLeft},
                                       {"right", Indicator::kRight},
                                       {"hazard", Indicator::kHazard}}),
                    "turn signals")
          .optional("brake", &SetLights::brake, boolean(), "brake lamps, whatever the vehicle does")
          .optional("rear_fog", &SetLights::rearFog, boolean(), "rear fog lamps");
  return d;
}
const Descriptor<SetSignal>& setSignalDescriptor() {
  static const auto d = Descriptor<SetSignal>("set_signal", "Switches a traffic light.")
                            .required("state", &SetSignal::state,
                                      choice<SignalState>({{"dark", SignalState::kOff},
                                                           {"red", SignalState::kRed},
                                                           {"red_amber", SignalState::kRedAmber},
                                                           {"amber", SignalState::kAmber},
                                                           {"green", SignalState::kGreen},
                                                           {"flashing_amber", SignalState::kFlashingAmber}}),
                                      "what it shows");
  return d;
}
const Descriptor<ApplyImpulseFile>& impulseDescriptor() {
  static const auto d =
      Descriptor<ApplyImpulseFile>("apply_impulse", "A push; the actor is left to physics from then on.")
          .required("impulse", &ApplyImpulseFile::impulse_Ns, frameVector(Dimension::kImpulse, {-1e6, 1e6}),
                    "which way")
          .optional("at", &ApplyImpulseFile::at_m, vec3(Dimension::kLength, {-20, 20}),
                    "from the centre of mass, along the body's axes");
  return d;
}

const std::vector<Alternative<ActionFile>>& actions() {
  static const std::vector<Alternative<ActionFile>> all{
      alternative<ActionFile>("set_speed", setSpeedDescriptor()),
      alternative<ActionFile>("brake", brakeDescriptor()),
      alternative<ActionFile>("keep_gap", keepGapDescriptor()),
      alternative<ActionFile>("change_lane", changeLaneDescriptor()),
      alternative<ActionFile>("offset_in_lane", offsetDescriptor()),
      alternative<ActionFile>("follow_lane", followLaneDescriptor()),
      alternative<ActionFile>("follow_path", followPathDescriptor()),
      alternative<ActionFile>("walk_to", walkToDescriptor()),
      alternative<ActionFile>("cross_road", crossRoadDescriptor()),
      alternative<ActionFile>("open_door", openDoorDescriptor()),
      alternative<ActionFile>("set_lights", setLightsDescriptor()),
      alternative<ActionFile>("set_signal", setSignalDescriptor()),
      alternative<ActionFile>("apply_impulse", impulseDescriptor()),
      word<ActionFile, Release>("release"),
      word<ActionFile, Park>("parked"),
      alternative<ActionFile>("speed_profile", speedProfileDescriptor()),
      alternative<ActionFile>("arrive_with", arriveWithDescriptor()),
      alternative<ActionFile>("follow_trajectory", trajectoryDescriptor()),
      alternative<ActionFile>("teleport", teleportDescriptor()),
      alternative<ActionFile>("follow_route", followRouteDescriptor()),
      alternative<ActionFile>("drive", driveDescriptor()),
  };
  return all;
}

bool readActions(const Node& node, CommandsFile& out, ReadContext& context) {
  static const Codec<ActionFile> single = tagged<ActionFile>("an action", actions());
  out.clear();
  if (!node.isMap() || node.children.empty()) {
    CommandFile command;
    command.node = &node;
    const bool ok = single.read(node, command.action, context);
    if (ok) out.push_back(std::move(command));
    return ok;
  }
  bool ok = true;
  for (const Node* child : node.children) {
    if (child->key.starts_with("x-")) continue;
    CommandFile command;
    command.node = child;
    const auto at = std::find_if(actions().begin(), actions().end(),
                                 [&](const Alternative<ActionFile>& a) { return a.name == child->key; });
    if (at == actions().end()) {
      context.diagnostics.error("E0210", child->keyPlace(), fmt::format("'{}' is not an action", excerpt(child->key)))
          .withHelp(suggestionHelp(child->key, single.info.words));
      ok = false;
    } else if (at->info == nullptr) {
      context.diagnostics.error("E0203", child->keyPlace(), fmt::format("'{}' takes no settings", child->key))
          .withHelp(fmt::format("write the word alone: {}", child->key));
      ok = false;
    } else if (at->read(*child, command.action, context)) {
      out.push_back(std::move(command));
    } else {
      ok = false;
    }
  }
  return ok;
}

YamlValue writeActions(const CommandsFile& commands) {
  YamlValue map = YamlValue::map();
  for (const CommandFile& command : commands) {
    for (const auto& a : actions()) {
      YamlValue content;
      if (!a.write(command.action, content)) continue;
      if (a.info == nullptr) return content;
      map.add(a.name, std::move(content));
    }
  }
  return map;
}

}  // namespace

Codec<CommandsFile> commandsCodec() {
  static const Codec<ActionFile> single = tagged<ActionFile>("an action", actions());
  Codec<CommandsFile> codec;
  codec.info = single.info;
  codec.info.maxCount = actions().size();  // several keys at once
  codec.read = readActions;
  codec.write = writeActions;
  return codec;
}

}  // namespace nightfog::scenario
