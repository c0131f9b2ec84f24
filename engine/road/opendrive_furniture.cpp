#include "engine/road/opendrive_furniture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

namespace nightfog::road {
namespace {

constexpr size_t kMostThings = 500'000;
constexpr size_t kMostCorners = 10'000;
constexpr XmlReader::Range kAlong{-1e4, 1e7};
constexpr XmlReader::Range kAside{-1e4, 1e4};
constexpr XmlReader::Range kSize{0, 1e5};
constexpr XmlReader::Range kAngle{-1e4, 1e4};

/// VzKat numbers, and those that OpenDRIVE's own catalogue uses for what has no number there.
constexpr std::pair<std::string_view, SignalKind> kSigns[] = {
    {"1000001", SignalKind::kTrafficLight},
    {"1000002", SignalKind::kPedestrianLight},
    {"1000007", SignalKind::kPedestrianLight},
    {"1000008", SignalKind::kTrafficLight},
    {"1000009", SignalKind::kTrafficLight},
    {"1000010", SignalKind::kTrafficLight},
    {"1000011", SignalKind::kTrafficLight},
    {"1000012", SignalKind::kTrafficLight},
    {"1000013", SignalKind::kTrafficLight},
    {"1000020", SignalKind::kTrafficLight},
    {"F", SignalKind::kTrafficLight},
    {"205", SignalKind::kGiveWay},
    {"206", SignalKind::kStop},
    {"301", SignalKind::kPriorityOnce},
    {"306", SignalKind::kPriorityRoad},
    {"307", SignalKind::kPriorityEnds},
    {"274", SignalKind::kSpeedLimit},
    {"278", SignalKind::kSpeedLimitEnds},
    {"282", SignalKind::kSpeedLimitEnds},
    {"267", SignalKind::kNoEntry},
    {"220", SignalKind::kOneWay},
    {"350", SignalKind::kCrossing},
    {"314", SignalKind::kParking},
    {"315", SignalKind::kParking},
    {"215", SignalKind::kRoundabout},
    {"222", SignalKind::kKeepRight},
    {"330", SignalKind::kMotorway},
    {"330.1", SignalKind::kMotorway},
    {"330.2", SignalKind::kMotorway},
    {"331", SignalKind::kMotorway},
    {"310", SignalKind::kTown},
    {"311", SignalKind::kTown},
    {"327", SignalKind::kTunnel},
    {"294", SignalKind::kStopLine},
    {"341", SignalKind::kWaitLine},
    {"293", SignalKind::kCrosswalkMark},
    {"1000003", SignalKind::kCrosswalkMark},
    {"297", SignalKind::kArrowMark},
};

bool isNumbered(const std::string& country) {
  return country.empty() || country == "OpenDRIVE" || country == "opendrive" || country == "DE" || country == "de" ||
         country == "DEU" || country == "Germany" || country == "germany";
}

SignalKind kindOfSignal(const Signal& signal, bool isDynamic) {
  const auto* known =
      std::find_if(std::begin(kSigns), std::end(kSigns), [&](const auto& sign) { return sign.first == signal.type; });
  if (known != std::end(kSigns) && (isNumbered(signal.country) || signal.type.size() >= 7)) return known->second;
  if (!isNumbered(signal.country)) return SignalKind::kOther;
  // Maps without a catalogue name the arrow that is painted.
  if (signal.name.find("Arrow") != std::string::npos) return SignalKind::kArrowMark;
  int number = 0;
  const auto parsed = std::from_chars(signal.type.data(), signal.type.data() + signal.type.size(), number);
  if (parsed.ec == std::errc() && number >= 101 && number <= 151) return SignalKind::kWarning;
  return isDynamic && signal.type.empty() ? SignalKind::kTrafficLight : SignalKind::kOther;
}

constexpr std::pair<std::string_view, ObjectKind> kObjects[] = {
    {"pole", ObjectKind::kPole},
    {"rail-pole", ObjectKind::kPole},
    {"streetLamp", ObjectKind::kStreetLamp},
    {"lamp", ObjectKind::kStreetLamp},
    {"tree", ObjectKind::kTree},
    {"vegetation", ObjectKind::kVegetation},
    {"barrier", ObjectKind::kBarrier},
    {"soundBarrier", ObjectKind::kBarrier},
    {"railing", ObjectKind::kRailing},
    {"building", ObjectKind::kBuilding},
    {"obstacle", ObjectKind::kObstacle},
    {"guide-post", ObjectKind::kGuidePost},
    {"parkingSpace", ObjectKind::kParkingSpace},
    {"crosswalk", ObjectKind::kCrosswalk},
    {"trafficIsland", ObjectKind::kTrafficIsland},
    {"roadMark", ObjectKind::kRoadMark},
    {"gantry", ObjectKind::kGantry},
};

double speedOf(double value, const std::string& unit) {
  if (unit == "m/s") return value;
  return unit == "mph" ? 0.44704 * value : value / 3.6;
}

}  // namespace

bool FurnitureReader::isTooMany(const pugi::xml_node& node) {
  if (++count_ <= kMostThings) return false;
  if (count_ == kMostThings + 1) {
    xml_.error("E0803", node, "too many signals and objects")
        .withHelp(fmt::format("at most {}: cut the map up", kMostThings));
  }
  return true;
}

SignalPlace FurnitureReader::placeOf(const pugi::xml_node& node, uint32_t road) {
  SignalPlace place;
  place.road = road;
  place.s = xml_.number(node, "s", kAlong);
  place.t = xml_.number(node, "t", kAside);
  const std::string direction = xml_.text(node, "orientation", "none");
  if (direction != "+" && direction != "-" && direction != "none") {
    xml_.error("E0802", node, fmt::format("orientation = '{}'", config::excerpt(direction))).withHelp("+, - or none");
  }
  place.direction = direction == "+"   ? SignalDirection::kAlongS
                    : direction == "-" ? SignalDirection::kAgainstS
                                       : SignalDirection::kBoth;
  for (const pugi::xml_node& range : node.children("validity")) {
    LaneRange lanes{xml_.integer(range, "fromLane", -64, 64), xml_.integer(range, "toLane", -64, 64)};
    if (lanes.from > lanes.to) std::swap(lanes.from, lanes.to);
    place.lanes.push_back(lanes);
    if (place.lanes.size() >= 128) break;
  }
  return place;
}

void FurnitureReader::readSignal(const pugi::xml_node& node, uint32_t road) {
  if (isTooMany(node)) return;
  Signal signal;
  signal.id = xml_.text(node, "id");
  signal.name = xml_.text(node, "name", "");
  signal.isDynamic = xml_.text(node, "dynamic", "no") == "yes";
  signal.country = xml_.text(node, "country", "");
  signal.type = xml_.text(node, "type", "");
  if (signal.type == "-1" || signal.type == "none") signal.type.clear();
  signal.subtype = xml_.text(node, "subtype", "");
  signal.text = xml_.text(node, "text", "");
  // Where a value is no number it is a text.
  signal.unit = xml_.text(node, "unit", "");
  if (node.attribute("value")) signal.value = node.attribute("value").as_double(0);
  if (!std::isfinite(signal.value) || std::abs(signal.value) > 1e6) signal.value = 0;
  signal.above_m = xml_.number(node, "zOffset", {-1000, 1000}, 0);
  signal.heading_rad = xml_.number(node, "hOffset", kAngle, 0);
  signal.pitch_rad = xml_.number(node, "pitch", kAngle, 0);
  signal.roll_rad = xml_.number(node, "roll", kAngle, 0);
  signal.width_m = xml_.number(node, "width", kSize, 0);
  signal.height_m = xml_.number(node, "height", kSize, 0);
  signal.kind = kindOfSignal(signal, signal.isDynamic);
  if (signal.kind == SignalKind::kSpeedLimit) {
    if (signal.value == 0 && !signal.subtype.empty()) {
      // 274-50, or 274 with subtype 50; 55 stands for 50 in the older catalogue.
      const double number = node.attribute("subtype").as_double(0);
      if (number >= 1 && number <= 200) signal.value = number;
    }
    signal.value_mps = speedOf(signal.value, signal.unit);
  }
  signal.places.push_back(placeOf(node, road));
  // Ids that repeat (maps give what is painted 0) name the first.
  signalById_.emplace(signal.id, static_cast<uint32_t>(furniture_.signals.size()));
  furniture_.signals.push_back(std::move(signal));
}

void FurnitureReader::readRepeat(const pugi::xml_node& node, const MapObject& object,
                                 std::vector<MapObject::Repeat>& out) {
  MapObject::Repeat repeat;
  repeat.s = xml_.number(node, "s", kAlong, object.s);
  repeat.length_m = xml_.number(node, "length", {0, 1e6}, 0);
  repeat.distance_m = xml_.number(node, "distance", {0, 1e6}, 0);
  repeat.firstT = xml_.number(node, "tStart", kAside, object.t);
  repeat.lastT = xml_.number(node, "tEnd", kAside, repeat.firstT);
  repeat.firstAbove_m = xml_.number(node, "zOffsetStart", {-1000, 1000}, object.above_m);
  repeat.lastAbove_m = xml_.number(node, "zOffsetEnd", {-1000, 1000}, repeat.firstAbove_m);
  repeat.firstHeight_m = xml_.number(node, "heightStart", kSize, 0);
  repeat.lastHeight_m = xml_.number(node, "heightEnd", kSize, repeat.firstHeight_m);
  repeat.firstWidth_m = xml_.number(node, "widthStart", kSize, 0);
  repeat.lastWidth_m = xml_.number(node, "widthEnd", kSize, repeat.firstWidth_m);
  repeat.firstLength_m = xml_.number(node, "lengthStart", kSize, 0);
  repeat.lastLength_m = xml_.number(node, "lengthEnd", kSize, repeat.firstLength_m);
  out.push_back(repeat);
}

void FurnitureReader::readOutlines(const pugi::xml_node& node, MapObject& object) {
  const auto readOutline = [&](const pugi::xml_node& outline) {
    MapObject::Outline read;
    read.isClosed = xml_.text(outline, "closed", "true") != "false";
    for (const pugi::xml_node& corner : outline.children()) {
      const bool isRoad = std::string_view(corner.name()) == "cornerRoad";
      if (!isRoad && std::string_view(corner.name()) != "cornerLocal") continue;
      if (read.corners.size() >= kMostCorners) {
        xml_.error("E0803", corner, "an outline with too many corners")
            .withHelp(fmt::format("at most {}", kMostCorners));
        return;
      }
      read.corners.push_back(
          {isRoad, xml_.number(corner, isRoad ? "s" : "u", kAlong), xml_.number(corner, isRoad ? "t" : "v", kAside),
           xml_.number(corner, isRoad ? "dz" : "z", {-1000, 1000}, 0), xml_.number(corner, "height", kSize, 0)});
    }
    if (read.corners.size() >= 2) object.outlines.push_back(std::move(read));
  };
  for (const pugi::xml_node& outline : node.child("outlines").children("outline")) readOutline(outline);
  for (const pugi::xml_node& outline : node.children("outline")) readOutline(outline);  // before 1.45
  for (const pugi::xml_node& marking : node.child("markings").children("marking")) {
    MapObject::Marking read;
    read.width_m = xml_.number(marking, "width", {0, 100}, 0.12);
    read.dash_m = xml_.number(marking, "lineLength", kSize, 0);
    read.gap_m = xml_.number(marking, "spaceLength", kSize, 0);
    read.first_m = xml_.number(marking, "startOffset", {-1000, 1000}, 0);
    read.last_m = xml_.number(marking, "stopOffset", {-1000, 1000}, 0);
    for (const pugi::xml_node& reference : marking.children("cornerReference")) {
      const int corner = xml_.integer(reference, "id", 0, static_cast<int>(kMostCorners));
      if (object.outlines.empty() || static_cast<size_t>(corner) >= object.outlines.front().corners.size()) continue;
      read.corners.push_back(static_cast<size_t>(corner));
    }
    if (read.gap_m > 0 && read.dash_m + read.gap_m < 0.05) read.dash_m = read.gap_m = 0;
    object.markings.push_back(std::move(read));
    if (object.markings.size() >= 64) break;
  }
}

void FurnitureReader::readObject(const pugi::xml_node& node, uint32_t road) {
  if (isTooMany(node)) return;
  MapObject object;
  object.id = xml_.text(node, "id", "");
  object.name = xml_.text(node, "name", "");
  object.type = xml_.text(node, "type", "none");
  const auto* kind =
      std::find_if(std::begin(kObjects), std::end(kObjects), [&](const auto& k) { return k.first == object.type; });
  if (kind != std::end(kObjects)) object.kind = kind->second;
  object.road = road;
  object.s = xml_.number(node, "s", kAlong);
  object.t = xml_.number(node, "t", kAside);
  object.above_m = xml_.number(node, "zOffset", {-1000, 1000}, 0);
  const double against = xml_.text(node, "orientation", "none") == "-" ? kPi : 0;
  object.heading_rad = xml_.number(node, "hdg", kAngle, 0) + against;
  object.pitch_rad = xml_.number(node, "pitch", kAngle, 0);
  object.roll_rad = xml_.number(node, "roll", kAngle, 0);
  object.length_m = xml_.number(node, "length", kSize, 0);
  object.width_m = xml_.number(node, "width", kSize, 0);
  object.height_m = xml_.number(node, "height", kSize, 0);
  object.radius_m = xml_.number(node, "radius", kSize, 0);
  readOutlines(node, object);
  for (const pugi::xml_node& repeat : node.children("repeat")) {
    if (isTooMany(repeat)) return;
    readRepeat(repeat, object, object.repeats);
  }
  furniture_.objects.push_back(std::move(object));
}

void FurnitureReader::readRoad(const pugi::xml_node& road, uint32_t index, double length_m) {
  for (const pugi::xml_node& node : road.child("objects").children("object")) readObject(node, index);
  const auto spanOf = [&](const pugi::xml_node& node, auto& thing) {
    thing.id = xml_.text(node, "id", "");
    thing.name = xml_.text(node, "name", "");
    thing.road = index;
    thing.first_s = std::min(xml_.number(node, "s", {0, 1e7}), length_m);
    thing.last_s = std::min(thing.first_s + xml_.number(node, "length", {0, 1e7}), length_m);
  };
  for (const pugi::xml_node& node : road.child("objects").children("tunnel")) {
    if (isTooMany(node)) return;
    Tunnel tunnel;
    spanOf(node, tunnel);
    tunnel.lighting = xml_.number(node, "lighting", {0, 1}, 0);
    tunnel.daylight = xml_.number(node, "daylight", {0, 1}, 0);
    furniture_.tunnels.push_back(std::move(tunnel));
  }
  for (const pugi::xml_node& node : road.child("objects").children("bridge")) {
    if (isTooMany(node)) return;
    Bridge bridge;
    spanOf(node, bridge);
    furniture_.bridges.push_back(std::move(bridge));
  }
  for (const pugi::xml_node& node : road.child("signals").children("signal")) readSignal(node, index);
  for (const pugi::xml_node& node : road.child("signals").children("signalReference")) {
    if (!isTooMany(node)) references_.push_back({node, index});
  }
}

void FurnitureReader::finish(const pugi::xml_node& root, const std::vector<pugi::xml_node>& junctions) {
  for (const Reference& reference : references_) {
    const auto found = signalById_.find(xml_.text(reference.node, "id"));
    if (found == signalById_.end()) {
      xml_.error("E0804", reference.node, "a reference to a signal that is not in this map")
          .withHelp("name a <signal> of this file");
      continue;
    }
    furniture_.signals[found->second].places.push_back(placeOf(reference.node, reference.road));
  }
  std::map<std::string, uint32_t> controllerById;
  for (const pugi::xml_node& node : root.children("controller")) {
    if (isTooMany(node)) return;
    SignalController controller;
    controller.id = xml_.text(node, "id");
    controller.name = xml_.text(node, "name", "");
    controller.sequence = xml_.integer(node, "sequence", 0, 1'000'000, 0);
    const auto index = static_cast<uint32_t>(furniture_.controllers.size());
    for (const pugi::xml_node& control : node.children("control")) {
      const auto found = signalById_.find(xml_.text(control, "signalId"));
      if (found == signalById_.end()) {
        xml_.warning("W0804", control,
                     fmt::format("signal '{}' is not in this map; the controller goes without it",
                                 config::excerpt(control.attribute("signalId").value())))
            .withHelp("name a <signal> of this file");
        continue;
      }
      controller.signals.push_back(found->second);
      furniture_.signals[found->second].controllers.push_back(index);
    }
    if (!controllerById.emplace(controller.id, index).second) {
      xml_.error("E0804", node, fmt::format("controller '{}' exists already", config::excerpt(controller.id)))
          .withHelp("ids are unique");
    }
    furniture_.controllers.push_back(std::move(controller));
  }
  for (size_t j = 0; j < junctions.size(); ++j) {
    for (const pugi::xml_node& node : junctions[j].children("controller")) {
      const auto found = controllerById.find(xml_.text(node, "id"));
      if (found == controllerById.end()) {
        xml_.error("E0804", node, "a controller that is not in this map").withHelp("name a <controller> of this file");
        continue;
      }
      furniture_.controllers[found->second].junction = static_cast<int>(j);
      furniture_.controllers[found->second].sequence =
          xml_.integer(node, "sequence", 0, 1'000'000, furniture_.controllers[found->second].sequence);
    }
  }
}

}  // namespace nightfog::road
