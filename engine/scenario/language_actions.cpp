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

const Descriptor<SetSpeed>& setSpeedDescriptor() {
  static const auto d =
      Descriptor<SetSpeed>("set_speed", "Reaches a speed and holds it.")
          .required("speed", &SetSpeed::speed_mps, drivingSpeed(), "to be held")
          .optional("accel", &SetSpeed::acceleration_mps2, acceleration(), "magnitude of the change; none: at once");
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
          .check([](KeepGapFile& k, const Node& node, ReadContext& context) {
            if (k.gap_m.has_value() != k.headway_s.has_value()) return true;
            context.diagnostics.error("E0214", node.keyPlace(), "keep_gap takes either 'gap' or 'headway'")
                .withHelp("a time keeps its meaning at every speed: `headway: 1.8 s`");
            return false;
          });
  return d;
}
const Descriptor<ChangeLaneFile>& changeLaneDescriptor() {
  static const auto d = Descriptor<ChangeLaneFile>("change_lane", "To the centre of another lane, along half a cosine.")
                            .required("to", &ChangeLaneFile::lane, located(reference("a lane's name")), "which lane")
                            .optional("duration", &ChangeLaneFile::duration_s, duration(), "of the change");
  return d;
}
const Descriptor<OffsetInLane>& offsetDescriptor() {
  static const auto d = Descriptor<OffsetInLane>("offset_in_lane", "Moves within its lane, along half a cosine.")
                            .required("offset", &OffsetInLane::offset_m, quantity(Dimension::kLength, {-20, 20}),
                                      "left of the lane's centre in its driving direction")
                            .optional("duration", &OffsetInLane::duration_s, duration(), "of the move");
  return d;
}
const Descriptor<FollowLaneAction>& followLaneDescriptor() {
  static const auto d =
      Descriptor<FollowLaneAction>("follow_lane", "Drives along a lane.")
          .required("speed", &FollowLaneAction::speed_mps, drivingSpeed(), "held")
          .optional("lane", &FollowLaneAction::lane, located(reference("a lane's name")), "none: the one it is on");
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
