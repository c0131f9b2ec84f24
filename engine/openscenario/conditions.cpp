// Triggers and conditions as expressions of ours.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/config/quantity.hpp"
#include "engine/openscenario/importer.hpp"

namespace nightfog::openscenario {
namespace {

std::string ruleOf(const Element& element) {
  const std::string rule = element.text("rule", "greaterThan");
  if (rule == "lessThan") return "<";
  if (rule == "lessOrEqual") return "<=";
  if (rule == "greaterOrEqual") return ">=";
  if (rule == "equalTo") return "==";
  if (rule == "notEqualTo") return "!=";
  return ">";
}

bool compare(const std::string& left, const std::string& rule, const std::string& right) {
  const auto a = config::parseNumber(left), b = config::parseNumber(right);
  const int order = a && b ? (*a < *b ? -1 : *a > *b ? 1 : 0) : left.compare(right);
  if (rule == "<") return order < 0;
  if (rule == "<=") return order <= 0;
  if (rule == ">=") return order >= 0;
  if (rule == "==") return order == 0;
  if (rule == "!=") return order != 0;
  return order > 0;
}

}  // namespace

/// How far the other is: along, across or straight; signed: ahead is positive.
std::string Importer::distanceText(const std::string& actor, const std::string& other, const Element& at,
                                   bool isSigned) {
  const std::string type =
      at.text("relativeDistanceType", at.truth("cartesianDistance") ? "cartesianDistance" : "longitudinal");
  const std::string frame = at.text("coordinateSystem", at.truth("alongRoute") ? "road" : "entity");
  const bool isAlong = type == "longitudinal";
  const auto find = [&](const std::string& id) {
    return *std::find_if(entities_.begin(), entities_.end(), [&](const Entity& e) { return e.id == id; });
  };
  const Entity a = find(actor), b = find(other);
  const bool isFree = at.truth("freespace");
  if (type == "cartesianDistance" || type == "euclidianDistance") {
    if (!isFree) return fmt::format("apart({}, {})", actor, other);
    at.approximated("the distance of the boxes is that of the origins less half their lengths");
    return fmt::format("max(apart({}, {}) - {}, 0 m)", actor, other,
                       metres(0.5 * (a.front_m + a.rear_m + b.front_m + b.rear_m)));
  }
  const std::string raw = !isAlong                              ? fmt::format("to_left({}, {})", actor, other)
                          : frame == "entity" || map_.isEmpty() ? fmt::format("ahead({}, {})", actor, other)
                                                                : fmt::format("along_road({}, {})", actor, other);
  if (!isFree) return isSigned ? raw : fmt::format("abs({})", raw);
  if (!isAlong) return fmt::format("max(abs({}) - {}, 0 m)", raw, metres(a.halfWidth_m + b.halfWidth_m));
  const std::string ahead = metres(a.front_m + b.rear_m), behind = metres(a.rear_m + b.front_m);
  if (isSigned) return fmt::format("{} - {}", raw, ahead);
  return fmt::format("max({} - {}, 0 m - {} - {}, 0 m)", raw, ahead, raw, behind);
}

/// Nobody meant is so near along the road, in lanes so far to the left.
std::string Importer::clearance(const Element& condition, const Entity& own) {
  double width_m = 3.5;
  if (own.start && own.start->lane) width_m = map_.laneCentre(*own.start->lane, own.start->s).width_m;
  const bool isFree = condition.truth("freeSpace");
  std::vector<std::string> meant;
  for (const Element& reference : condition.children("EntityRef")) meant.push_back(reference.text("entityRef"));
  const auto ranges = condition.children("RelativeLaneRange");
  std::string near;
  for (const Entity& other : entities_) {
    const bool isMeant = meant.empty() || std::find(meant.begin(), meant.end(), other.name) != meant.end();
    if (!isMeant || other.id == own.id) continue;
    const std::string along = fmt::format("{}({}, {})", map_.isEmpty() ? "ahead" : "along_road", own.id, other.id);
    const double ahead = condition.number("distanceForward") + (isFree ? own.front_m + other.rear_m : 0);
    const double behind = condition.number("distanceBackward") + (isFree ? own.rear_m + other.front_m : 0);
    std::string lanes;
    for (const Element& range : ranges) {
      const double right = (range.number("from", -100) - 0.5) * width_m,
                   left = (range.number("to", 100) + 0.5) * width_m;
      lanes += fmt::format("{0}to_left({1}, {2}) > {3} and to_left({1}, {2}) < {4}", lanes.empty() ? "" : ") or (",
                           own.id, other.id, metres(right), metres(left));
    }
    near += fmt::format("{0}{1} <= {2} and {1} >= {3}{4}", near.empty() ? "" : ") or (", along, metres(ahead),
                        metres(-behind),
                        lanes.empty()       ? ""
                        : ranges.size() > 1 ? " and ((" + lanes + "))"
                                            : " and " + lanes);
  }
  condition.approximated(fmt::format("lanes are told apart by the distance across, in widths of {:.2f} m{}", width_m,
                                     condition.truth("oppositeLanes") ? "" : "; opposite lanes count too"));
  return near.empty() ? "time >= 0 s" : fmt::format("not (({}))", near);
}

std::string Importer::byEntity(const Element& condition, const std::string& actor) {
  const std::string kind = condition.name(), rule = ruleOf(condition);
  const double value = condition.number("value");
  const auto other = [&](const Element& at) -> std::string {
    Entity* found = entity(at, at.text("entityRef"));
    return found == nullptr ? std::string() : found->id;
  };
  if (kind == "ReachPositionCondition") {
    const auto spot = place(condition.child("Position"));
    if (!spot) return {};
    condition.supported();
    return fmt::format("apart_from({}, {}) <= {}", actor, pointName(*spot), metres(condition.number("tolerance")));
  }
  if (kind == "DistanceCondition") {
    const auto spot = place(condition.child("Position"));
    if (!spot) return {};
    const bool isEntity = condition.text("coordinateSystem", "entity") == "entity" &&
                          condition.text("relativeDistanceType", "longitudinal") == "longitudinal";
    const Entity& own =
        *std::find_if(entities_.begin(), entities_.end(), [&](const Entity& e) { return e.id == actor; });
    const std::string raw = isEntity ? fmt::format("abs(ahead_to({}, {}))", actor, pointName(*spot))
                                     : fmt::format("apart_from({}, {})", actor, pointName(*spot));
    if (isEntity && !condition.truth("freespace"))
      condition.supported();
    else
      condition.approximated("measured straight, from the origin");
    const double less = condition.truth("freespace") ? own.front_m : 0;
    return fmt::format("{} {} {}", raw, rule, metres(value + less));
  }
  if (kind == "RelativeClearanceCondition") {
    return clearance(condition,
                     *std::find_if(entities_.begin(), entities_.end(), [&](const Entity& e) { return e.id == actor; }));
  }
  if (kind == "RelativeDistanceCondition" || kind == "TimeHeadwayCondition") {
    const std::string to = other(condition);
    if (to.empty()) return {};
    condition.supported();
    if (kind == "RelativeDistanceCondition")
      return fmt::format("{} {} {}", distanceText(actor, to, condition, false), rule, metres(value));
    const std::string distance = distanceText(actor, to, condition, true);
    const std::string text = fmt::format("{} {} {} * speed({})", distance, rule, seconds(value), actor);
    return rule.starts_with("<") ? fmt::format("{} and {} >= 0 m", text, distance) : text;
  }
  if (kind == "TimeToCollisionCondition") {
    const Element target = condition.child("TimeToCollisionConditionTarget");
    if (const Element position = target.child("Position")) {
      const auto spot = place(position);
      if (!spot) return {};
      condition.supported();
      return fmt::format("ahead_to({0}, {1}) {2} {3} * speed({0}) and ahead_to({0}, {1}) >= 0 m", actor,
                         pointName(*spot), rule, seconds(value));
    }
    const std::string to = other(target.child("EntityRef"));
    if (to.empty()) return {};
    const std::string distance = distanceText(actor, to, condition, true);
    condition.supported();
    return fmt::format("{0} {1} {2} * closing({3}, {4}) and closing({3}, {4}) > 0 m/s and {0} >= 0 m", distance, rule,
                       seconds(value), actor, to);
  }
  if (kind == "CollisionCondition") {
    std::string text;
    const std::string type = condition.child("ByType").text("type");
    for (const Entity& known : entities_) {
      const bool isMeant = condition.child("EntityRef") ? known.name == condition.child("EntityRef").text("entityRef")
                                                        : known.type == type;
      if (isMeant && known.id != actor)
        text += fmt::format("{}collided({}, {})", text.empty() ? "" : " or ", actor, known.id);
    }
    if (text.empty())
      condition.refused("nobody is meant");
    else
      condition.supported();
    return text.empty() ? text : "(" + text + ")";
  }
  if (kind == "RelativeSpeedCondition") {
    const std::string to = other(condition);
    if (to.empty()) return {};
    condition.supported();
    return fmt::format("speed({}) - speed({}) {} {}", actor, to, rule, speed(value));
  }
  struct Plain {
    const char* name;
    const char* text;
    const char* unit;
  };
  for (const Plain& plain :
       {Plain{"SpeedCondition", "speed", "m/s"}, Plain{"AccelerationCondition", "acceleration", "m/s^2"}}) {
    if (kind != plain.name) continue;
    if (condition.has("direction"))
      condition.approximated("along its heading, whatever the direction asked for");
    else
      condition.supported();
    return fmt::format("{}({}) {} {} {}", plain.text, actor, rule, numberText(value), plain.unit);
  }
  struct Lasting {
    const char* name;
    const char* text;
  };
  for (const Lasting& lasting :
       {Lasting{"StandStillCondition", "standing"}, Lasting{"EndOfRoadCondition", "at_road_end"},
        Lasting{"OffroadCondition", "off_road"}}) {
    if (kind != lasting.name) continue;
    condition.supported();
    return fmt::format("{}({}) >= {}", lasting.text, actor, seconds(std::max(condition.number("duration"), 1e-3)));
  }
  if (kind == "TraveledDistanceCondition") {
    condition.supported();
    return fmt::format("travelled({}) >= {}", actor, metres(value));
  }
  condition.refused("no such condition is known here");
  return {};
}

std::string Importer::elementState(const Element& condition) {
  const std::string kind = condition.text("storyboardElementType"), name = condition.text("storyboardElementRef"),
                    state = condition.text("state");
  const Part* found = nullptr;
  for (const Part& part : parts_) {
    const bool isNamed = part.name == name || part.path == name || part.path.ends_with("::" + name);
    if (part.kind == kind && isNamed) {
      found = &part;
      break;
    }
  }
  if (found == nullptr) {
    condition.refused(fmt::format("there is no {} '{}'", kind, name));
    return {};
  }
  if (kind == "action")
    condition.approximated("the whole event stands for its action");
  else if (state == "stopTransition")
    condition.approximated("an end of any kind counts");
  else if (state == "skipTransition") {
    condition.refused("nothing is skipped here");
    return {};
  } else
    condition.supported();
  if (state == "startTransition" || state == "runningState") {
    if (!found->start.empty()) return found->start;
    std::string text;
    for (const std::string& id : found->ids) text += fmt::format("{}{}.started", text.empty() ? "" : " or ", id);
    return text.empty() ? "time >= 0 s" : found->ids.size() == 1 ? text : "(" + text + ")";
  }
  if (found->ids.empty()) return "time > 0 s";
  std::string text;
  for (const std::string& id : found->ids)
    text += fmt::format("{}{}.{}", text.empty() ? "" : " and ", state == "standbyState" ? "not " + id : id,
                        state == "standbyState" ? "started" : "ended");
  return text;
}

std::string Importer::byValue(const Element& condition) {
  const std::string kind = condition.name(), rule = ruleOf(condition);
  if (kind == "SimulationTimeCondition") {
    condition.supported();
    return fmt::format("time {} {}", rule, seconds(std::max(condition.number("value"), 0.0)));
  }
  if (kind == "StoryboardElementStateCondition") return elementState(condition);
  const bool isSignal = kind == "TrafficSignalCondition";
  if (isSignal || kind == "ParameterCondition" || kind == "VariableCondition") {
    const std::string name = condition.text(isSignal                        ? "name"
                                            : condition.has("parameterRef") ? "parameterRef"
                                                                            : "variableRef");
    const std::string wanted = condition.text(isSignal ? "state" : "value");
    const auto& setting = settings_[(isSignal ? "signal " : "parameter ") + name];
    std::string first = setting.first;
    if (!isSignal) {
      if (const auto known = condition.scope()->find(name.starts_with('$') ? name.substr(1) : name)) first = *known;
    }
    const std::string test = isSignal ? "==" : rule;
    // Whoever set it last counts: none of those that would undo it came after.
    std::string text = compare(first, test, wanted) ? "time >= 0 s" : "";
    for (const auto& [event, value] : setting.second) {
      if (compare(value, test, wanted)) text += fmt::format("{}{}.started", text.empty() ? "" : " or ", event);
    }
    condition.approximated(setting.second.size() > 1
                               ? "once it was set so, it counts as set so"
                               : "a value that an event sets counts as set once the event has started");
    return text.empty() ? "time < 0 s" : "(" + text + ")";
  }
  condition.refused("no such condition is known here");
  return {};
}

std::optional<Importer::Condition> Importer::condition(const Element& condition) {
  Condition out;
  out.delay_s = std::max(condition.number("delay"), 0.0);
  const std::string edge = condition.text("conditionEdge", "none");
  if (const Element value = condition.child("ByValueCondition")) {
    out.text = byValue(value.first());
  } else if (const Element by = condition.child("ByEntityCondition")) {
    const Element who = by.child("TriggeringEntities");
    const bool all = who.text("triggeringEntitiesRule", "any") == "all";
    for (const Element& reference : who.children("EntityRef")) {
      Entity* actor = entity(reference, reference.text("entityRef"));
      if (actor == nullptr) return std::nullopt;
      const std::string one = byEntity(by.child("EntityCondition").first(), actor->id);
      if (one.empty()) return std::nullopt;
      if (!out.text.empty()) out.text += all ? " and " : " or ";
      out.text += who.children("EntityRef").size() > 1 ? "(" + one + ")" : one;
    }
  } else {
    condition.refused("it is empty");
  }
  if (out.text.empty()) return std::nullopt;
  if (edge == "falling") out.text = fmt::format("not ({})", out.text);
  // What may be true from the start has to be false first. Time and what happens begin false.
  out.isRising = (edge == "rising" || edge == "falling") && condition.child("ByEntityCondition");
  if (out.isRising) {
    Happening armed;
    armed.id = identifier("before_" + condition.text("name"), "before");
    armed.comment = fmt::format("'{}' is {}: it must not be true from the start", condition.text("name"), edge);
    armed.when = fmt::format("not ({})", out.text);
    out.text = fmt::format("{}.started and ({})", armed.id, out.text);
    events_.push_back(std::move(armed));
  }
  if (edge == "risingOrFalling") condition.approximated("only becoming true counts, not becoming false");
  return out;
}

std::optional<Importer::Condition> Importer::trigger(const Element& trigger, const std::string& owner) {
  std::vector<std::vector<Condition>> groups;
  size_t count = 0;
  bool failed = false;
  for (const Element& group : trigger.children("ConditionGroup")) {
    std::vector<Condition> both;
    for (const Element& one : group.children("Condition")) {
      auto read = condition(one);
      if (read)
        both.push_back(*read), ++count;
      else
        failed = true;
    }
    if (!both.empty()) groups.push_back(std::move(both));
  }
  if (count == 0) {
    if (failed) return Condition{"time < 0 s", 0, false};
    return std::nullopt;
  }
  if (count == 1) return groups[0][0];
  Condition out;
  for (auto& both : groups) {
    std::string text;
    for (Condition& one : both) {
      if (one.delay_s > 0) {
        Happening helper;
        helper.id = identifier(owner + "_condition", "condition");
        helper.comment = "a condition with a delay of its own";
        helper.when = one.text;
        helper.delay_s = one.delay_s;
        one.text = helper.id + ".started";
        events_.push_back(std::move(helper));
      }
      text += fmt::format("{}({})", text.empty() ? "" : " and ", one.text);
      out.isRising = out.isRising || one.isRising;
    }
    out.text += fmt::format("{}{}", out.text.empty() ? "" : " or ", groups.size() > 1 ? "(" + text + ")" : text);
  }
  return out;
}

}  // namespace nightfog::openscenario
