#include "engine/road/opendrive_lanes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

namespace nightfog::road {
namespace {

constexpr int kMostLanes = 64;  ///< a side
/// Of s: a map rounds its numbers.
constexpr double kWidthSlack_m = 0.01;
/// A finer pattern of dashes is a line.
constexpr double kShortestPeriod_m = 0.5;
constexpr double kWidestLane_m = 500;

constexpr std::pair<std::string_view, LaneKind> kKinds[] = {
    {"driving", LaneKind::kDriving},
    {"none", LaneKind::kVerge},
    {"stop", LaneKind::kStop},
    {"shoulder", LaneKind::kShoulder},
    {"biking", LaneKind::kBiking},
    {"sidewalk", LaneKind::kSidewalk},
    {"walking", LaneKind::kSidewalk},
    {"border", LaneKind::kBorder},
    {"restricted", LaneKind::kRestricted},
    {"parking", LaneKind::kParking},
    {"median", LaneKind::kMedian},
    {"curb", LaneKind::kCurb},
    {"tram", LaneKind::kTram},
    {"rail", LaneKind::kRail},
    {"bus", LaneKind::kBus},
    {"taxi", LaneKind::kBus},
    {"HOV", LaneKind::kDriving},
    {"entry", LaneKind::kEntry},
    {"exit", LaneKind::kExit},
    {"onRamp", LaneKind::kOnRamp},
    {"offRamp", LaneKind::kOffRamp},
    {"connectingRamp", LaneKind::kConnectingRamp},
    {"slipLane", LaneKind::kConnectingRamp},
    {"bidirectional", LaneKind::kBidirectional},
    {"roadWorks", LaneKind::kRoadWorks},
    {"special1", LaneKind::kSpecial},
    {"special2", LaneKind::kSpecial},
    {"special3", LaneKind::kSpecial},
};

constexpr std::pair<std::string_view, MarkColour> kColours[] = {
    {"standard", MarkColour::kWhite}, {"white", MarkColour::kWhite}, {"yellow", MarkColour::kYellow},
    {"red", MarkColour::kRed},        {"blue", MarkColour::kBlue},   {"green", MarkColour::kGreen},
    {"orange", MarkColour::kOrange},  {"violet", MarkColour::kRed},
};

/// The lines of a mark by its type's name, from the lane outwards (left to right on the centre line): solid or broken.
struct MarkPattern {
  std::string_view name;
  int lines = 0;
  bool solid[2] = {false, false};
};
constexpr MarkPattern kPatterns[] = {
    {"none", 0, {}},
    {"solid", 1, {true, false}},
    {"broken", 1, {false, false}},
    {"solid solid", 2, {true, true}},
    {"solid broken", 2, {true, false}},
    {"broken solid", 2, {false, true}},
    {"broken broken", 2, {false, false}},
    {"botts dots", 1, {false, false}},
    {"grass", 0, {}},
    {"curb", 0, {}},
    {"edge", 0, {}},
    {"custom", 0, {}},
};

/// RMS (Richtlinien für die Markierung von Straßen), table 1: length of line and gap where a map states none.
struct Dashes {
  double dash_m, gap_m;
};
Dashes usualDashes(RoadKind kind) {
  switch (kind) {
    case RoadKind::kMotorway:
      return {6, 12};
    case RoadKind::kRural:
      return {4, 8};
    default:
      return {3, 6};
  }
}

double usualWidth(RoadKind kind, bool isBold) {
  if (kind == RoadKind::kMotorway) return isBold ? 0.30 : 0.15;
  return isBold ? 0.25 : 0.12;
}

RoadMark readMark(const pugi::xml_node& node, double first_s, int lane, RoadKind road, XmlReader& xml) {
  RoadMark mark;
  mark.s = first_s + xml.number(node, "sOffset", {0, 1e6}, 0);
  const std::string colour = xml.text(node, "color", "standard");
  const auto* knownColour =
      std::find_if(std::begin(kColours), std::end(kColours), [&](const auto& c) { return c.first == colour; });
  if (knownColour == std::end(kColours)) {
    xml.warning("W0802", node, fmt::format("unknown mark colour '{}'; taken as white", config::excerpt(colour)))
        .withHelp("standard, white, yellow, red, blue, green, orange or violet");
  } else {
    mark.colour = knownColour->second;
  }
  const std::string change = xml.text(node, "laneChange", "");
  if (change == "none") mark.change = LaneChange::kNone;
  if (change == "both") mark.change = LaneChange::kBoth;
  if (change == "increase") mark.change = LaneChange::kIncrease;
  if (change == "decrease") mark.change = LaneChange::kDecrease;
  const std::string type = xml.text(node, "type", "none");
  const auto* pattern =
      std::find_if(std::begin(kPatterns), std::end(kPatterns), [&](const MarkPattern& p) { return p.name == type; });
  if (pattern == std::end(kPatterns)) {
    xml.warning("W0802", node, fmt::format("unknown mark type '{}'; nothing is painted", config::excerpt(type)))
        .withHelp("none, solid, broken, two of them, botts dots, curb, grass, edge or custom");
    return mark;
  }
  if (type == "none" || type == "grass" || type == "curb" || type == "edge") return mark;
  const double width =
      xml.number(node, "width", {0, 2}, usualWidth(road, xml.text(node, "weight", "standard") == "bold"));
  const pugi::xml_node explicitType = node.child("type");
  for (const pugi::xml_node& line : explicitType.children("line")) {
    MarkLine painted;
    painted.offset_m = xml.number(line, "tOffset", {-50, 50}, 0);
    painted.width_m = xml.number(line, "width", {0, 2}, xml.number(explicitType, "width", {0, 2}, width));
    painted.first_s = mark.s + xml.number(line, "sOffset", {0, 1e6}, 0);
    painted.dash_m = xml.number(line, "length", {0, 1e6}, 0);
    painted.gap_m = xml.number(line, "space", {0, 1e6}, 0);
    if (!(painted.width_m > 0)) painted.width_m = width > 0 ? width : usualWidth(road, false);
    if (type == "solid" || type == "solid solid" || painted.gap_m == 0) painted.dash_m = painted.gap_m = 0;
    // Dashes too short to paint would only cost triangles.
    if (painted.gap_m > 0 && painted.dash_m < 0.05) continue;
    if (painted.dash_m + painted.gap_m < kShortestPeriod_m) painted.dash_m = painted.gap_m = 0;
    mark.lines.push_back(painted);
    if (mark.lines.size() >= 8) break;
  }
  if (!mark.lines.empty() || pattern->lines == 0) return mark;
  // On a lane's border the first line lies towards the lane, on the centre line to the left.
  const double line_m = width > 0 ? width : usualWidth(road, false);
  const double first = lane > 0 ? -1 : 1;
  for (int i = 0; i < pattern->lines; ++i) {
    MarkLine painted;
    painted.width_m = line_m;
    painted.first_s = mark.s;
    if (pattern->lines == 2) painted.offset_m = (i == 0 ? first : -first) * line_m;
    if (!pattern->solid[i]) {
      const Dashes dashes = type == "botts dots" ? Dashes{0.1, 1.5} : usualDashes(road);
      painted.dash_m = dashes.dash_m;
      painted.gap_m = dashes.gap_m;
    }
    mark.lines.push_back(painted);
  }
  return mark;
}

template <class T>
void sortByPlace(std::vector<T>& entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const T& a, const T& b) { return a.s < b.s; });
}

Lane readLane(const pugi::xml_node& node, int side, double first_s, RoadKind road, XmlReader& xml) {
  Lane lane;
  lane.id = side == 0 ? xml.integer(node, "id", 0, 0)
                      : xml.integer(node, "id", side > 0 ? 1 : -kMostLanes, side > 0 ? kMostLanes : -1);
  const std::string type = xml.text(node, "type", "none");
  const auto* kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const auto& k) { return k.first == type; });
  if (kind == std::end(kKinds)) {
    xml.warning("W0802", node, fmt::format("unknown lane type '{}'; taken as restricted", config::excerpt(type)))
        .withHelp("driving, sidewalk, shoulder, parking, border, biking, median, stop, none …");
    lane.kind = LaneKind::kRestricted;
  } else {
    lane.kind = kind->second;
  }
  const auto linkTo = [&](const char* name) -> std::optional<int> {
    const pugi::xml_node link = node.child("link").child(name);
    if (!link) return std::nullopt;
    return xml.integer(link, "id", -kMostLanes, kMostLanes);
  };
  lane.predecessor = linkTo("predecessor");
  lane.successor = linkTo("successor");
  if (side != 0) {
    lane.width = readProfile(node, "width", "sOffset", first_s, xml);
    // Where both are stated the widths count.
    if (lane.width.isEmpty() && !node.child("border")) {
      xml.error("E0802", node, fmt::format("lane {} has neither <width> nor <border>", lane.id))
          .withHelp("add <width sOffset=\"0\" a=\"3.5\" …/>");
    }
    lane.isLevel = xml.text(node, "level", "false") == "true";
  }
  for (const pugi::xml_node& height : node.children("height")) {
    lane.heights.push_back({first_s + xml.number(height, "sOffset", {0, 1e6}, 0),
                            xml.number(height, "inner", {-5, 5}, 0), xml.number(height, "outer", {-5, 5}, 0)});
  }
  sortByPlace(lane.heights);
  for (const pugi::xml_node& mark : node.children("roadMark"))
    lane.marks.push_back(readMark(mark, first_s, lane.id, road, xml));
  sortByPlace(lane.marks);
  for (const pugi::xml_node& speed : node.children("speed")) {
    lane.speeds.push_back({first_s + xml.number(speed, "sOffset", {0, 1e6}, 0), readSpeed(speed, xml)});
  }
  sortByPlace(lane.speeds);
  return lane;
}

void sortLanes(std::vector<Lane>& lanes) {
  std::stable_sort(lanes.begin(), lanes.end(),
                   [](const Lane& a, const Lane& b) { return std::abs(a.id) < std::abs(b.id); });
}

/// Lanes stated by where their outer border lies: their widths are what is left beside the lanes further in. Borders
/// are measured from the lane offset.
void readBorders(const pugi::xml_node& side, int sign, double first_s, XmlReader& xml, std::vector<Lane>& lanes) {
  Profile inner;
  for (Lane& lane : lanes) {
    pugi::xml_node node;
    for (const pugi::xml_node& other : side.children("lane")) {
      if (other.attribute("id").as_int() == lane.id) node = other;
    }
    Profile outer;
    if (lane.width.isEmpty() && node.child("border")) {
      const Profile border = readProfile(node, "border", "sOffset", first_s, xml);
      outer = sign > 0 ? border : Profile().minus(border);
      lane.width = outer.minus(inner);
    } else {
      outer = inner.minus(Profile().minus(lane.width));
    }
    inner = std::move(outer);
    for (const Cubic& piece : lane.width.pieces()) {
      if (piece.a >= -kWidthSlack_m && piece.a <= kWidestLane_m) continue;
      xml.error("E0803", node ? node : side, fmt::format("lane {} is {} m wide", lane.id, piece.a))
          .withHelp("from 0 to 500 m");
      break;
    }
  }
}

void readSide(const pugi::xml_node& side, int sign, double first_s, RoadKind road, XmlReader& xml,
              std::vector<Lane>& out) {
  for (const pugi::xml_node& lane : side.children("lane")) {
    if (out.size() >= kMostLanes) {
      xml.error("E0803", lane, "too many lanes").withHelp(fmt::format("at most {} a side", kMostLanes));
      break;
    }
    out.push_back(readLane(lane, sign, first_s, road, xml));
  }
  sortLanes(out);
  for (size_t i = 0; i < out.size(); ++i) {
    if (std::abs(out[i].id) == static_cast<int>(i + 1)) continue;
    xml.error("E0805", side, fmt::format("lane {} where lane {} belongs", out[i].id, sign * static_cast<int>(i + 1)))
        .withHelp("number the lanes of a side from the centre outwards, without gaps or repeats");
    return;
  }
  readBorders(side, sign, first_s, xml, out);
}

/// Polynomials can say anything far from where they begin.
void checkWidths(const pugi::xml_node& node, const RoadData& road, XmlReader& xml) {
  constexpr int kSamples = 16;
  for (const LaneSection& section : road.sections) {
    for (int i = 0; i <= kSamples; ++i) {
      const double s = section.first_s + (section.last_s - section.first_s) * i / kSamples;
      double widest = std::abs(road.laneOffset.value(s));
      for (const auto* lanes : {&section.left, &section.right}) {
        for (const Lane& lane : *lanes) widest = std::max(widest, lane.width.value(s));
      }
      if (widest <= kWidestLane_m) continue;
      xml.error("E0805", node, fmt::format("at s = {:.1f} m a lane is {:.4g} m wide or lies as far aside", s, widest))
          .withHelp(fmt::format("at most {} m", kWidestLane_m));
      return;
    }
  }
}

}  // namespace

double readSpeed(const pugi::xml_node& speed, XmlReader& xml) {
  const std::string max = xml.text(speed, "max", "undefined");
  if (max == "no limit" || max == "undefined") return 0;
  const std::string unit = xml.text(speed, "unit", "m/s");
  const double factor = unit == "km/h" ? 1 / 3.6 : unit == "mph" ? 0.44704 : 1;
  if (unit != "m/s" && unit != "km/h" && unit != "mph") {
    xml.error("E0802", speed, fmt::format("unknown unit of speed '{}'", config::excerpt(unit)))
        .withHelp("m/s, km/h or mph");
  }
  return factor * xml.number(speed, "max", {0, 1000});
}

Profile readProfile(const pugi::xml_node& parent, const char* name, const char* place, double from, XmlReader& xml) {
  std::vector<Cubic> pieces;
  double last = -1e300;
  for (const pugi::xml_node& node : parent.children(name)) {
    Cubic cubic;
    cubic.start = from + xml.number(node, place, {0, 1e7});
    cubic.a = xml.number(node, "a", {-1e5, 1e5});
    cubic.b = xml.number(node, "b", {-1e4, 1e4}, 0);
    cubic.c = xml.number(node, "c", {-1e4, 1e4}, 0);
    cubic.d = xml.number(node, "d", {-1e4, 1e4}, 0);
    if (cubic.start < last) {
      xml.error("E0805", node, fmt::format("this <{}> begins before the one above it", name))
          .withHelp("sort them by their place");
    }
    last = std::max(last, cubic.start);
    // One that begins where its predecessor does replaces it.
    if (!pieces.empty() && pieces.back().start == cubic.start) pieces.pop_back();
    pieces.push_back(cubic);
  }
  return Profile(std::move(pieces));
}

void readLateral(const pugi::xml_node& node, XmlReader& xml, RoadData& road) {
  std::vector<Cubic> left, right;
  double last = -1e300;
  for (const pugi::xml_node& fall : node.children("crossfall")) {
    const Cubic cubic{xml.number(fall, "s", {0, 1e7}), xml.number(fall, "a", {-1.2, 1.2}),
                      xml.number(fall, "b", {-1e4, 1e4}, 0), xml.number(fall, "c", {-1e4, 1e4}, 0),
                      xml.number(fall, "d", {-1e4, 1e4}, 0)};
    if (cubic.start < last) {
      xml.error("E0805", fall, "this <crossfall> begins before the one above it").withHelp("sort them by their place");
    }
    last = cubic.start;
    const std::string side = xml.text(fall, "side", "both");
    if (side != "left" && side != "right" && side != "both") {
      xml.error("E0802", fall, fmt::format("side = '{}'", config::excerpt(side))).withHelp("left, right or both");
    }
    if (side != "right") left.push_back(cubic);
    if (side != "left") right.push_back(cubic);
  }
  road.crossfallLeft = Profile(std::move(left));
  road.crossfallRight = Profile(std::move(right));
  constexpr size_t kMostShapes = 100'000;
  size_t count = 0;
  for (const pugi::xml_node& shape : node.children("shape")) {
    const double s = xml.number(shape, "s", {0, 1e7});
    const Cubic cubic{xml.number(shape, "t", {-1000, 1000}), xml.number(shape, "a", {-100, 100}),
                      xml.number(shape, "b", {-10, 10}, 0), xml.number(shape, "c", {-10, 10}, 0),
                      xml.number(shape, "d", {-10, 10}, 0)};
    if (++count > kMostShapes) {
      xml.error("E0803", shape, "too many shapes").withHelp(fmt::format("at most {} a road", kMostShapes));
      return;
    }
    if (!road.shapes.empty() && s < road.shapes.back().s) {
      xml.error("E0805", shape, "this <shape> lies before the one above it").withHelp("sort them by s, then by t");
      return;
    }
    if (road.shapes.empty() || s > road.shapes.back().s) road.shapes.push_back({s, {}});
    std::vector<Cubic> pieces = road.shapes.back().height.pieces();
    if (!pieces.empty() && cubic.start <= pieces.back().start) {
      xml.error("E0805", shape, "this <shape> lies right of the one above it").withHelp("sort them by s, then by t");
      return;
    }
    if (pieces.size() >= 64) {
      xml.error("E0803", shape, "too many shapes at one place").withHelp("at most 64");
      return;
    }
    pieces.push_back(cubic);
    road.shapes.back().height = Profile(std::move(pieces));
  }
}

void readLanes(const pugi::xml_node& lanes, XmlReader& xml, RoadData& road) {
  const double length = road.line.length_m();
  road.laneOffset = readProfile(lanes, "laneOffset", "s", 0, xml);
  const auto roadKindAt = [&](double s) {
    RoadKind kind = RoadKind::kUnknown;
    for (const RoadType& type : road.types) {
      if (type.s <= s) kind = type.kind;
    }
    return kind;
  };
  for (const pugi::xml_node& node : lanes.children("laneSection")) {
    LaneSection section;
    section.first_s = xml.number(node, "s", {0, 1e7});
    const double before = road.sections.empty() ? 0 : road.sections.back().first_s;
    if (road.sections.empty() && section.first_s > kWidthSlack_m) {
      xml.error("E0805", node, fmt::format("the first lane section begins at s = {} m", section.first_s))
          .withHelp("begin at s = 0");
    } else if (!road.sections.empty() && section.first_s <= before) {
      xml.error("E0805", node, fmt::format("a lane section at s = {} m after one at {} m", section.first_s, before))
          .withHelp("sections ascend");
      continue;
    } else if (section.first_s >= length) {
      xml.error("E0805", node, fmt::format("a lane section at s = {} m of a road of {} m", section.first_s, length))
          .withHelp("sections begin on the road");
      continue;
    }
    if (road.sections.empty()) section.first_s = 0;
    const RoadKind kind = roadKindAt(section.first_s);
    readSide(node.child("left"), 1, section.first_s, kind, xml, section.left);
    readSide(node.child("right"), -1, section.first_s, kind, xml, section.right);
    if (const pugi::xml_node centre = node.child("center").child("lane")) {
      section.centre = readLane(centre, 0, section.first_s, kind, xml);
    }
    if (!road.sections.empty()) road.sections.back().last_s = section.first_s;
    section.last_s = length;
    road.sections.push_back(std::move(section));
  }
  checkWidths(lanes, road, xml);
  if (road.sections.empty())
    xml.error("E0802", lanes, "a road without lane sections").withHelp("add a <laneSection s=\"0\">");
}

}  // namespace nightfog::road
