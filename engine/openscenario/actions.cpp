// Actions as commands of ours.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/openscenario/importer.hpp"

namespace nightfog::openscenario {
namespace {

/// ", shape: cubic"; empty for the language's default. Steps come alone.
std::string shapeText(const std::string& shape) {
  return shape == "linear" || shape.empty() ? std::string() : fmt::format(", shape: {}", shape);
}

}  // namespace

bool Importer::speedAction(const Element& action, Entity& actor, std::vector<std::string>& out) {
  const Element dynamics = action.child("SpeedActionDynamics");
  const Element absolute = action.path({"SpeedActionTarget", "AbsoluteTargetSpeed"});
  const Element other = action.path({"SpeedActionTarget", "RelativeTargetSpeed"});
  std::string text;
  if (absolute) {
    const double value = absolute.number("value");
    if (value < 0) {
      action.refused("nobody drives backwards here");
      return false;
    }
    text = fmt::format("speed: {}", speed(value));
  } else {
    Entity* of = entity(other, other.text("entityRef"));
    if (of == nullptr) return false;
    const bool isFactor = other.text("speedTargetValueType", "delta") == "factor";
    text = fmt::format("of: {}", of->id);
    if (isFactor)
      text += fmt::format(", factor: {}", numberText(other.number("value", 1)));
    else if (other.number("value") != 0)
      text += fmt::format(", more: {}", speed(other.number("value")));
    if (other.truth("continuous")) text += ", continuous: true";
  }
  const std::string shape = dynamics.text("dynamicsShape", "step"),
                    dimension = dynamics.text("dynamicsDimension", "time");
  const double value = std::abs(dynamics.number("value"));
  if (shape != "step" && value > 0) {
    // What the vehicle is not capable of it does not do.
    const double up = std::clamp(std::min(value, actor.fastestUp_mps2), 0.01, 100.0),
                 down = std::clamp(std::min(value, actor.fastestDown_mps2), 0.01, 100.0);
    if (dimension == "rate") {
      text += fmt::format(", accel: {} m/s^2", numberText(up));
      if (down != up) text += fmt::format(", decel: {} m/s^2", numberText(down));
    } else {
      text += dimension == "distance" ? fmt::format(", over_distance: {}", metres(value))
                                      : fmt::format(", over: {}", seconds(std::max(value, 0.01)));
    }
    text += shapeText(shape);
  }
  if (dimension == "distance" && shape != "step")
    dynamics.approximated("the speed changes evenly in time over this distance, not evenly along it");
  action.supported();
  out.push_back(fmt::format("set_speed: {{{}}}", text));
  return true;
}

bool Importer::distanceAction(const Element& action, std::vector<std::string>& out) {
  Entity* other = entity(action, action.text("entityRef"));
  if (other == nullptr) return false;
  std::string text = fmt::format("to: {}", other->id);
  if (action.has("timeGap"))
    text += fmt::format(", headway: {}", seconds(std::max(action.number("timeGap"), 0.1)));
  else
    text += fmt::format(", gap: {}", metres(action.number("distance")));
  const Element limits = action.child("DynamicConstraints");
  const auto rate = [&](const char* name, double none) {
    const double value = limits.number(name, none);
    return fmt::format("{} m/s^2", numberText(std::clamp(value <= 0 ? none : value, 0.01, 100.0)));
  };
  text += fmt::format(", max_accel: {}, max_decel: {}", rate("maxAcceleration", 100), rate("maxDeceleration", 100));
  if (limits.has("maxSpeed")) text += fmt::format(", max_speed: {}", speed(std::min(limits.number("maxSpeed"), 150.0)));
  if (!action.truth("freespace")) text += ", between: origins";
  if (!action.truth("continuous", true)) text += ", once: true";
  std::string note = "the gap is closed by this engine's own controller";
  if (!limits) note += "; without limits of its own it is followed at up to 100 m/s^2";
  if (limits.has("maxAccelerationRate") || limits.has("maxDecelerationRate")) note += "; limits of jerk are left out";
  if (action.truth("freespace")) note += "; bumpers are those of the assets";
  action.approximated(note);
  out.push_back(fmt::format("keep_gap: {{{}}}", text));
  return true;
}

bool Importer::longitudinal(const Element& action, Entity& actor, std::vector<std::string>& out) {
  const Element what = action.first();
  if (what.name() == "SpeedAction") return speedAction(what, actor, out);
  if (what.name() == "LongitudinalDistanceAction") return distanceAction(what, out);
  if (what.name() == "SpeedProfileAction") {
    std::string entries;
    for (const Element& entry : what.children("SpeedProfileEntry")) {
      entries += fmt::format("{}{{after: {}, speed: {}}}", entries.empty() ? "" : ", ",
                             seconds(std::max(entry.number("time"), 0.0)), speed(std::max(entry.number("speed"), 0.0)));
    }
    if (entries.empty()) {
      what.refused("it has no entries");
      return false;
    }
    const Element limits = what.child("DynamicConstraints");
    std::string jerks;
    const bool isFollowed = what.text("followingMode", "position") == "follow";
    for (const auto& [key, name] :
         {std::pair{"jerk_up", "maxAccelerationRate"}, {"jerk_down", "maxDecelerationRate"}}) {
      if (isFollowed && limits.number(name) > 0)
        jerks += fmt::format(", {}: {} m/s^3", key, numberText(std::clamp(limits.number(name), 0.01, 1000.0)));
    }
    out.push_back(fmt::format("speed_profile: {{entries: [{}]{}}}", entries, jerks));
    if (what.has("entityRef")) {
      what.refused("a profile relative to another entity is not read");
      return false;
    }
    if (isFollowed && (limits.has("maxAcceleration") || limits.has("maxDeceleration")))
      what.approximated("accelerations are those between the entries, whatever the limits; jerk is limited");
    else
      what.supported();
    return true;
  }
  what.refused("no such longitudinal action is known here");
  return false;
}

bool Importer::lateral(const Element& action, const Entity& actor, std::vector<std::string>& out) {
  const Element what = action.first();
  if (what.name() == "LaneChangeAction") {
    const Element dynamics = what.child("LaneChangeActionDynamics");
    const Element absolute = what.path({"LaneChangeTarget", "AbsoluteTargetLane"});
    const Element other = what.path({"LaneChangeTarget", "RelativeTargetLane"});
    std::string text;
    if (absolute) {
      text = fmt::format("number: {}", static_cast<int>(absolute.number("value")));
    } else {
      Entity* beside = entity(other, other.text("entityRef"));
      if (beside == nullptr) return false;
      text = fmt::format("beside: {}, left: {}", beside->id, static_cast<int>(other.number("value")));
    }
    if (what.number("targetLaneOffset") != 0)
      text +=
          fmt::format(", offset: {}, left_of: road", metres(std::clamp(what.number("targetLaneOffset"), -20.0, 20.0)));
    std::string shape = dynamics.text("dynamicsShape", "step");
    const std::string dimension = dynamics.text("dynamicsDimension", "time");
    const double value = std::abs(dynamics.number("value"));
    if (shape == "step" || !(value > 0))
      shape = "step";
    else if (dimension == "distance")
      text += fmt::format(", over_distance: {}", metres(std::max(value, 0.01)));
    else if (dimension == "rate")
      text += fmt::format(", rate: {}", speed(std::clamp(value, 0.01, 100.0)));
    else
      text += fmt::format(", duration: {}", seconds(std::max(value, 0.01)));
    out.push_back(fmt::format("change_lane: {{{}, shape: {}}}", text, shape));
    what.supported();
    return true;
  }
  if (what.name() == "LaneOffsetAction") {
    const Element dynamics = what.child("LaneOffsetActionDynamics");
    const Element absolute = what.path({"LaneOffsetTarget", "AbsoluteTargetLaneOffset"});
    if (!absolute) {
      what.refused("an offset relative to another entity is not known here");
      return false;
    }
    std::string shape = dynamics.text("dynamicsShape", "step");
    std::string text =
        fmt::format("offset: {}, left_of: road", metres(std::clamp(absolute.number("value"), -20.0, 20.0)));
    if (dynamics.has("maxLateralAcc") && shape != "step")
      text +=
          fmt::format(", max_accel: {} m/s^2", numberText(std::clamp(dynamics.number("maxLateralAcc"), 0.01, 100.0)));
    else
      shape = "step";
    out.push_back(fmt::format("offset_in_lane: {{{}, shape: {}}}", text, shape));
    what.supported();
    return true;
  }
  if (what.name() == "LateralDistanceAction") return lateralDistance(what, actor, out);
  what.refused("no such lateral action is known here");
  return false;
}

/// Kept from the middle of the lane that the other is in by then: it may move about in it.
bool Importer::lateralDistance(const Element& action, const Entity& actor, std::vector<std::string>& out) {
  Entity* other = entity(action, action.text("entityRef"));
  if (other == nullptr) return false;
  if (!made_.map || !action.has("distance")) {
    action.refused(made_.map ? "it states no distance" : "it needs a map with lanes");
    return false;
  }
  const bool isFree = action.truth("freespace");
  const double apart_m = std::abs(action.number("distance")) + (isFree ? actor.halfWidth_m + other->halfWidth_m : 0);
  // Left along the road in the language's words, or where nothing is said, on the side where it starts.
  const std::string side = action.text("displacement", "any");
  const RigidTransform otherFromHere = startOf(*other).inverse() * startOf(actor);
  const bool isLeft = side == "any" ? otherFromHere.translation.y > 0 : side == "leftToReferencedEntity";
  std::string text = fmt::format("beside: {}, left: 0, offset: {}", other->id,
                                 metres(std::clamp(isLeft ? apart_m : -apart_m, -20.0, 20.0)));
  const double fastest = action.child("DynamicConstraints").number("maxSpeed", 0);
  text +=
      fastest > 0 ? fmt::format(", rate: {}, shape: linear", speed(std::clamp(fastest, 0.01, 100.0))) : ", shape: step";
  std::string note = "the distance is kept from the middle of the other's lane, once, and not as it moves in it";
  if (action.truth("continuous", true) || !(fastest > 0)) note += "; without a limit of speed it is taken at once";
  action.approximated(note);
  out.push_back(fmt::format("change_lane: {{{}}}", text));
  return true;
}

bool Importer::synchronize(const Element& action, std::vector<std::string>& out) {
  Entity* other =
      entity(action, action.text(action.has("masterEntityRef") ? "masterEntityRef" : "masterEntityReference"));
  const auto there = place(action.child("TargetPositionMaster")), here = place(action.child("TargetPosition"));
  if (other == nullptr || !there || !here) return false;
  std::string text = fmt::format("actor: {}, there: {}, here: {}", other->id, pointText(*there), pointText(*here));
  const Element last = action.child("FinalSpeed");
  if (const Element absolute = last.child("AbsoluteSpeed"))
    text += fmt::format(", speed: {}", speed(absolute.number("value")));
  if (const Element more = last.child("RelativeSpeedToMaster")) {
    if (more.text("speedTargetValueType", "delta") != "delta") {
      more.refused("only a difference of speeds is read");
      return false;
    }
    text += fmt::format(", more: {}", speed(more.number("value")));
  }
  action.approximated(
      "the speed changes evenly until halfway and evenly from there; how it changes is not stated in the file");
  out.push_back(fmt::format("arrive_with: {{{}}}", text));
  return true;
}

bool Importer::teleport(const Element& action, Entity& actor, std::vector<std::string>& out) {
  const Element position = action.child("Position");
  if (const auto by = relative(position)) {
    std::string text = fmt::format("of: {}", by->of);
    const auto add = [&](const char* key, double value, const std::string& said) {
      if (value != 0) text += fmt::format(", {}: {}", key, said);
    };
    add("forward", by->forward_m, metres(by->forward_m));
    add("left", by->left_m, metres(by->left_m));
    add("up", by->up_m, metres(by->up_m));
    add("heading", by->heading_rad, radians(by->heading_rad));
    add("roll", by->roll_rad, radians(by->roll_rad));
    out.push_back(fmt::format("teleport: {{{}}}", text));
    action.supported();
    return true;
  }
  const auto spot = place(position);
  if (!spot) return false;
  std::string text = fmt::format("to: {}", placeText(*spot));
  if (spot->roll_rad != 0) text += fmt::format(", roll: {}", radians(spot->roll_rad));
  out.push_back(fmt::format("teleport: {{{}}}", text));
  action.supported();
  (void)actor;
  return true;
}

bool Importer::controller(const Element& action, Entity& actor) {
  const Element inner = action.name() == "ControllerAction" ? action.first() : action;
  if (inner.name() == "OverrideControllerValueAction") {
    inner.approximated("pedals and the steering wheel do nothing here; the storyboard alone moves it");
    return true;
  }
  const bool isOn = inner.truth("longitudinal") || inner.truth("lateral");
  const bool hasController =
      static_cast<bool>(actor.element.child("ObjectController")) || inner.name() == "AssignControllerAction";
  if (isOn && hasController) {
    auto& controlled = made_.report.controlled;
    if (std::find(controlled.begin(), controlled.end(), actor.id) == controlled.end()) controlled.push_back(actor.id);
    if (inner.truth("lateral")) steered_.insert(actor.id);
  }
  if (!hasController && inner.name() == "ActivateControllerAction")
    inner.supported();  // the default one, which follows the storyboard
  else
    inner.approximated(fmt::format("the controller is not carried over; the storyboard alone moves '{}'", actor.name));
  return true;
}

bool Importer::appearance(const Element& action, std::vector<std::string>& out) {
  const Element what = action.first();
  if (what.name() != "LightStateAction") {
    what.approximated("nothing of it is shown");
    return true;
  }
  const std::string light = what.path({"LightType", "VehicleLight"}).text("vehicleLightType");
  const std::string mode = what.child("LightState").text("mode", "off");
  const bool isOn = mode != "off";
  const auto set = [&](const char* key, const char* on, const char* off) {
    out.push_back(fmt::format("set_lights: {{{}: {}}}", key, isOn ? on : off));
    what.supported();
    return true;
  };
  if (light == "indicatorLeft") return set("indicator", "left", "none");
  if (light == "indicatorRight") return set("indicator", "right", "none");
  if (light == "warningLights") return set("indicator", "hazard", "none");
  if (light == "brakeLights") return set("brake", "true", "false");
  if (light == "lowBeam") return set("beam", "low", "unlit");
  if (light == "highBeam") return set("beam", "high", "low");
  if (light == "fogLightsRear" || light == "fogLights") return set("rear_fog", "true", "false");
  what.approximated(fmt::format("vehicles here have no '{}'", light));
  return true;
}

bool Importer::privateAction(const Element& action, Entity& actor, std::vector<std::string>& out) {
  const Element what = action.first();
  const std::string kind = what.name();
  if (kind == "LongitudinalAction") return longitudinal(what, actor, out);
  if (kind == "LateralAction") return lateral(what, actor, out);
  if (kind == "SynchronizeAction") return synchronize(what, out);
  if (kind == "TeleportAction") return teleport(what, actor, out);
  if (kind == "RoutingAction") return routing(what, actor, out);
  if (kind == "AppearanceAction") return appearance(what, out);
  if (kind == "ControllerAction" || kind == "ActivateControllerAction") return controller(what, actor);
  if (kind == "VisibilityAction") {
    what.approximated("everybody is seen by everything here");
    return true;
  }
  what.refused("no such action is known here");
  return false;
}

/// What only says how it starts becomes its behaviour; the rest, an event at 0 s.
bool Importer::initialAction(const Element& action, Entity& actor, std::vector<std::string>& out) {
  const Element what = action.first();
  if (what.name() == "TeleportAction") {
    const auto spot = place(what.child("Position"));
    if (!spot) return false;
    actor.start = spot;
    what.supported();
    return true;
  }
  const Element speedAction = what.child("SpeedAction");
  if (what.name() == "LongitudinalAction" && speedAction) {
    const Element dynamics = speedAction.child("SpeedActionDynamics");
    const Element target = speedAction.path({"SpeedActionTarget", "AbsoluteTargetSpeed"});
    const bool isStep = dynamics.text("dynamicsShape", "step") == "step" || dynamics.number("value") == 0;
    if (target && isStep && target.number("value") >= 0) {
      actor.speed_mps = target.number("value");
      speedAction.supported();
      return true;
    }
  }
  return privateAction(action, actor, out);
}

}  // namespace nightfog::openscenario
