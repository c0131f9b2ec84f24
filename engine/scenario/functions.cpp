#include "engine/scenario/functions.hpp"

#include <vector>

namespace nightfog::scenario {

using config::Dimension;
using expression::Kind;
using expression::Type;

namespace {

Type quantity(Dimension dimension) {
  return {Kind::kQuantity, expression::measureOf(dimension)};
}

std::vector<LanguageFunction> makeTable() {
  constexpr auto kConstraint = static_cast<uint8_t>(Where::kConstraint);
  constexpr auto kTrigger = static_cast<uint8_t>(Where::kTrigger);
  constexpr auto kExpectation = static_cast<uint8_t>(Where::kExpectation);
  constexpr uint8_t kEverywhere = kConstraint | kTrigger | kExpectation;
  const Type actor{Kind::kActor, {}}, sensor{Kind::kSensor, {}}, lane{Kind::kLane, {}}, point{Kind::kPoint, {}},
      injector{Kind::kInjector, {}};
  const Type length = quantity(Dimension::kLength), time = quantity(Dimension::kTime),
             number = quantity(Dimension::kNumber), ratio = quantity(Dimension::kRatio),
             speed = quantity(Dimension::kSpeed);
  std::vector<LanguageFunction> t;
  const auto add = [&](const char* name, std::vector<Type> parameters, Type result, uint8_t where, const char* doc,
                       bool isCount = false) {
    LanguageFunction f;
    f.name = name;
    f.parameters = std::move(parameters);
    f.result = result;
    f.doc = doc;
    f.isCount = isCount;
    f.where = where;
    t.push_back(std::move(f));
  };
  add("distance", {actor, actor}, length, kEverywhere, "between the middles of their boxes, in the ground plane");
  add("distance_to", {actor, point}, length, kEverywhere,
      "from the middle of the box to the point, in the ground plane");
  add("gap", {actor, actor}, length, kEverywhere,
      "clear distance between their boxes along the first one's heading; 0 where they overlap along it");
  add("lateral_gap", {actor, actor}, length, kEverywhere,
      "clear distance between their boxes across the first one's heading; 0 where they overlap across it");
  add("speed", {actor}, speed, kTrigger | kExpectation, "magnitude of its velocity");
  add("ttc", {actor, actor}, time, kTrigger | kExpectation,
      "time until their boxes touch if both keep their velocities; not evaluable where they never would");
  add("time_to", {actor, point}, time, kTrigger,
      "time until the actor's front is beside the point at its present speed; not evaluable when it moves away");
  add("headway", {actor, actor}, time, kTrigger | kExpectation,
      "gap divided by the first one's speed; not evaluable while it stands");
  add("elapsed", {injector}, time, kTrigger, "since it started; not evaluable before");
  add("in_lane", {actor, lane}, expression::kTruth, kEverywhere, "the middle of its box lies between the lane's edges");
  add("line_of_sight", {actor, actor}, expression::kTruth, kConstraint,
      "some straight line from the first one's eye (0.8 of its height, at its front half) to the second one's box "
      "meets no other actor's box");
  add("collided", {actor, actor}, expression::kTruth, kTrigger | kExpectation, "the two have touched so far");
  add("ahead", {actor, actor}, length, kTrigger,
      "how far the second one's origin lies ahead of the first one's, along its heading");
  add("to_left", {actor, actor}, length, kTrigger,
      "how far the second one's origin lies to the left of the first one's heading");
  add("along_road", {actor, actor}, length, kTrigger,
      "how far along the road the second one's origin lies from the first one's, in its direction; not evaluable on "
      "different roads");
  add("closing", {actor, actor}, speed, kTrigger,
      "how fast the second one's origin comes nearer along the first one's heading");
  add("apart", {actor, actor}, length, kTrigger, "between their origins");
  add("apart_from", {actor, point}, length, kTrigger, "from its origin to the point");
  add("ahead_to", {actor, point}, length, kTrigger, "how far the point lies ahead of its origin, along its heading");
  add("acceleration", {actor}, quantity(Dimension::kAcceleration), kTrigger, "along its heading");
  add("travelled", {actor}, length, kTrigger, "since the start");
  add("standing", {actor}, time, kTrigger, "how long it has stood still; 0 s while it moves");
  add("lanes_left", {actor}, number, kTrigger,
      "how many lanes there are for driving to the left of its own, in its own lane's direction");
  add("lanes_right", {actor}, number, kTrigger, "likewise to the right");
  add("off_road", {actor}, time, kTrigger, "how long its origin has been beside all lanes, or on a verge");
  add("at_road_end", {actor}, time, kTrigger, "how long it has stood where its road ends");
  add("lidar_points", {sensor, actor}, number, kExpectation, "returns of the LiDAR from the actor, in the frame", true);
  add("visible_fraction", {sensor, actor}, ratio, kExpectation,
      "pixels of the actor that are seen, of those it would have if nothing stood before it; 0 % out of view");
  add("bbox_px", {sensor, actor}, number, kExpectation, "height of the box around its visible pixels; 0 when none is",
      true);
  add("occluder", {sensor, actor}, actor, kExpectation, "who hides most of it; not evaluable when nobody does");
  add("truncation", {sensor, actor}, ratio, kExpectation, "share of its box outside the image");
  add("label_count", {actor}, number, kExpectation, "boxes of the actor among the labels of the frame", true);
  return t;
}

}  // namespace

std::span<const LanguageFunction> languageFunctions() {
  static const std::vector<LanguageFunction> table = makeTable();
  return table;
}

const LanguageFunction* findLanguageFunction(std::string_view name) {
  for (const LanguageFunction& function : languageFunctions()) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

}  // namespace nightfog::scenario
