#include <fmt/format.h>

#include <cmath>
#include <set>

#include "engine/config/variant_codec.hpp"
#include "engine/scenario/language_world.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

constexpr double kLongestRoad_m = 20'000;

/// A time of day, "22:40" or "22:40:30".
Codec<double> clockTime() {
  Codec<double> codec;
  codec.info.what = "a time of day, \"22:40\"";
  codec.read = [](const Node& node, double& out, ReadContext& context) {
    if (!expectKind(node, NodeKind::kScalar, context)) return false;
    const std::string& t = node.text;
    const auto twoDigits = [&](size_t at, int limit) {
      if (at + 2 > t.size() || std::isdigit(static_cast<unsigned char>(t[at])) == 0 ||
          std::isdigit(static_cast<unsigned char>(t[at + 1])) == 0)
        return -1;
      const int value = (t[at] - '0') * 10 + (t[at + 1] - '0');
      return value < limit ? value : -1;
    };
    const bool hasSeconds = t.size() == 8 && t[5] == ':';
    const int hours = twoDigits(0, 24), minutes = twoDigits(3, 60), seconds = hasSeconds ? twoDigits(6, 60) : 0;
    if ((t.size() != 5 && !hasSeconds) || t[2] != ':' || hours < 0 || minutes < 0 || seconds < 0) {
      context.diagnostics.error("E0217", node.place(), fmt::format("'{}' is not a time of day", excerpt(t)))
          .withHelp("write \"22:40\", with quotes");
      return false;
    }
    if (node.style == ScalarStyle::kPlain) {
      context.diagnostics.lint("L0203", node.place(), "a time of day without quotes")
          .withHelp(fmt::format("write \"{}\"", t));
    }
    out = hours * 3600.0 + minutes * 60.0 + seconds;
    return true;
  };
  codec.write = [](const double& value) {
    const int s = static_cast<int>(value);
    return YamlValue::string(fmt::format("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60));
  };
  return codec;
}

/// [x, y] on the map, z = 0.
Codec<glm::dvec3> startPoint() {
  Codec<double> component = quantity(Dimension::kLength, {-1e6, 1e6});
  Codec<glm::dvec3> codec;
  codec.info.what = "a point [x, y]";
  codec.read = [read = component.read](const Node& node, glm::dvec3& out, ReadContext& context) {
    if (!expectKind(node, NodeKind::kList, context) || !checkCount(node, 2, 2, context)) return false;
    const bool x = read(*node.children[0], out.x, context);
    return read(*node.children[1], out.y, context) && x;
  };
  codec.write = [write = component.write](const glm::dvec3& value) {
    YamlValue list = YamlValue::list();
    list.items = {write(value.x), write(value.y)};
    return list;
  };
  return codec;
}

/// `straight: 80 m` takes a bare length.
Alternative<RoadPiece> straightPiece() {
  static const ObjectInfo info{"straight", "A straight piece.", {}, {}, {}};
  Codec<double> length = quantity(Dimension::kLength, {0.1, kLongestRoad_m});
  return {"straight", &info,
          [read = length.read](const Node& node, RoadPiece& out, ReadContext& context) {
            Straight piece;
            const bool ok = read(node, piece.length_m, context);
            out = piece;
            return ok;
          },
          [write = length.write](const RoadPiece& in, YamlValue& out) {
            const auto* piece = std::get_if<Straight>(&in);
            if (piece == nullptr) return false;
            out = write(piece->length_m);
            return true;
          }};
}

template <class B>
const Descriptor<B>& bendDescriptor() {
  static const auto d = [] {
    Descriptor<B> bend("bend", "A bend of constant radius.");
    bend.required("length", static_cast<double B::*>(&Bend::length_m),
                  quantity(Dimension::kLength, {0.1, kLongestRoad_m}), "along the reference line");
    bend.required("radius", static_cast<double B::*>(&Bend::radius_m), quantity(Dimension::kLength, {3, 1e6}),
                  "of the reference line");
    bend.check([](B& b, const Node& node, ReadContext& context) {
      if (b.length_m <= 2 * kPi * b.radius_m) return true;
      context.diagnostics.error("E0603", node.find("length")->place(), "the bend turns more than once round")
          .withHelp(fmt::format("at most {} m at this radius", formatNumber(std::floor(2 * kPi * b.radius_m))));
      return false;
    });
    return bend;
  }();
  return d;
}

Codec<RoadPiece> pieceCodec() {
  return tagged<RoadPiece>("a piece of road",
                           {straightPiece(), alternative<RoadPiece>("left", bendDescriptor<LeftBend>()),
                            alternative<RoadPiece>("right", bendDescriptor<RightBend>())});
}

const Descriptor<road::LaneSpec>& laneDescriptor() {
  using Lane = road::LaneSpec;
  using road::LaneKind;
  static const auto d =
      Descriptor<Lane>("lane", "A lane beside the reference line.")
          .required("name", &Lane::name, identifier(false, "a lane's name"), "what actors call it; unique on the road")
          .optional("kind", &Lane::kind,
                    choice<LaneKind>({{"driving", LaneKind::kDriving},
                                      {"parking", LaneKind::kParking},
                                      {"sidewalk", LaneKind::kSidewalk},
                                      {"shoulder", LaneKind::kShoulder},
                                      {"verge", LaneKind::kVerge}}),
                    "sidewalks and verges, and all beyond them, lie on the kerb")
          .optional("width", &Lane::width_m, quantity(Dimension::kLength, {0.1, 50}), "across");
  return d;
}

const Descriptor<RoadLanes>& lanesDescriptor() {
  static const auto d =
      Descriptor<RoadLanes>("lanes",
                            "Lanes from the reference line outwards. Traffic keeps to the right: lanes on the right "
                            "are driven along the line, lanes on the left against it.")
          .optional("left", &RoadLanes::left, listOf(object(laneDescriptor()), 0, 20), "left of the line")
          .optional("right", &RoadLanes::right, listOf(object(laneDescriptor()), 0, 20), "right of the line");
  return d;
}

double width(const std::vector<road::LaneSpec>& lanes) {
  double sum = 0;
  for (const auto& lane : lanes) sum += lane.width_m;
  return sum;
}

bool checkRoad(RoadFile& road, const Node& node, ReadContext& context) {
  const size_t before = context.diagnostics.errorCount();
  double length = 0;
  const Node& line = *node.find("line");
  for (size_t i = 0; i < road.line.size(); ++i) {
    const auto* left = std::get_if<LeftBend>(&road.line[i]);
    const auto* right = std::get_if<RightBend>(&road.line[i]);
    const Bend* bend = left != nullptr ? static_cast<const Bend*>(left) : right;
    length += bend != nullptr ? bend->length_m : std::get<Straight>(road.line[i]).length_m;
    const double inside_m = bend == nullptr ? 0 : width(left != nullptr ? road.lanes.left : road.lanes.right);
    if (bend == nullptr || bend->radius_m > inside_m) continue;
    context.diagnostics
        .error("E0603", line.children[i]->place(),
               fmt::format("the bend's radius of {} m is less than the {} m of lanes on its inside",
                           formatNumber(bend->radius_m), formatNumber(inside_m)))
        .withHelp("widen the bend or narrow the lanes");
  }
  if (length > kLongestRoad_m) {
    context.diagnostics.error("E0603", line.place(), fmt::format("the road is {} m long", formatNumber(length)))
        .withHelp(fmt::format("at most {} m", kLongestRoad_m));
  }
  if (road.lanes.left.empty() && road.lanes.right.empty()) {
    context.diagnostics.error("E0603", node.find("lanes")->place(), "a road without lanes")
        .withHelp("add a lane under `right:`");
  }
  std::map<std::string, const Node*> seen;
  for (const char* side : {"left", "right"}) {
    const Node* lanes = node.find("lanes")->find(side);
    if (lanes == nullptr) continue;
    for (const Node* lane : lanes->children) {
      const Node* name = lane->find("name");
      const auto [first, isNew] = seen.emplace(name->text, name);
      if (isNew) continue;
      context.diagnostics.error("E0411", name->place(), fmt::format("lane '{}' exists already", excerpt(name->text)))
          .withRelated(first->second->place(), "first here");
    }
  }
  return context.diagnostics.errorCount() == before;
}

const Descriptor<RoadFile>& roadDescriptor() {
  static const auto d =
      Descriptor<RoadFile>("road", "A road as a line of straights and bends, with lanes beside it.")
          .optional("start", &RoadFile::start, startPoint(), "where the reference line begins on the map")
          .optional("heading", &RoadFile::heading_rad, quantity(Dimension::kAngle, {-2 * kPi, 2 * kPi}),
                    "of the line at its start; 0: along x")
          .required("line", &RoadFile::line, listOf(pieceCodec(), 1, 1000), "its pieces, one after the other")
          .required("lanes", &RoadFile::lanes, object(lanesDescriptor()), "beside it")
          .optional("kerb_height", &RoadFile::kerbHeight_m, quantity(Dimension::kLength, {0, 0.5}),
                    "of sidewalks and verges above the carriageway")
          .check(checkRoad);
  return d;
}

const Descriptor<Row>& rowDescriptor() {
  static const auto d =
      Descriptor<Row>("row", "Things along the road.")
          .required("spacing", &Row::spacing_m, quantity(Dimension::kLength, {2, 1000}), "from one to the next");
  return d;
}

const Descriptor<SceneryFile>& sceneryDescriptor() {
  static const auto d = Descriptor<SceneryFile>("scenery", "What stands beside the road, drawn from the seed.")
                            .optional("houses", &SceneryFile::houses, boolean(), "on both sides")
                            .optional("trees", &SceneryFile::trees, object(rowDescriptor()), "along the road")
                            .optional("lamps", &SceneryFile::lamps, object(rowDescriptor()), "street lamps");
  return d;
}

bool checkWorld(WorldFile& world, const Node& node, ReadContext& context) {
  const int grounds = (world.road ? 1 : 0) + (world.ground ? 1 : 0) + (world.map ? 1 : 0);
  if (grounds > 1) {
    const char* first = world.map ? "map" : "road";
    const char* second = world.ground ? "ground" : "road";
    context.diagnostics
        .error("E0214", node.find(second)->keyPlace(), fmt::format("'{}' and '{}' exclude each other", first, second))
        .withRelated(node.find(first)->keyPlace(), "first here")
        .withHelp("keep one; of a file it extends, `remove: [world/…]`");
    return false;
  }
  if (!world.map && !world.lanes.empty()) {
    context.diagnostics.error("E0214", node.find("lanes")->keyPlace(), "'lanes' names the lanes of a 'map'")
        .withHelp("a road names its lanes where it declares them");
    return false;
  }
  if (grounds == 0) {
    context.diagnostics.error("E0201", node.place(), "world needs 'map', 'road' or 'ground'")
        .withHelp("add `ground: plane` for a scene without a road");
    return false;
  }
  const Node* scenery = node.find("scenery");
  if (scenery != nullptr && world.ground && (world.scenery.houses || world.scenery.trees || world.scenery.lamps)) {
    context.diagnostics.error("E0413", scenery->keyPlace(), "scenery stands beside a road, and there is none")
        .withHelp("remove it, or add a road");
    return false;
  }
  return true;
}

}  // namespace

namespace {

/// Denser than this there is no place to drive, and nobody walks.
constexpr double kDensest_pm = 0.1;
constexpr double kMostPedestrians_pm = 0.5;

const Descriptor<TrafficMix>& mixDescriptor() {
  static const auto d = [] {
    const auto share = quantity(Dimension::kRatio, {0, 1e6});
    Descriptor<TrafficMix> mix("mix", "Shares of vehicles, relative to each other.");
    mix.optional("car", &TrafficMix::car, share, "saloons, hatchbacks, SUVs");
    mix.optional("van", &TrafficMix::van, share, "panel vans");
    mix.optional("truck", &TrafficMix::truck, share, "box lorries");
    mix.optional("bus", &TrafficMix::bus, share, "city buses");
    mix.check([](TrafficMix& m, const Node& node, ReadContext& context) {
      if (m.sum() > 0) return true;
      context.diagnostics.error("E0215", node.place(), "a mix of nothing").withHelp("give one kind a share above 0");
      return false;
    });
    return mix;
  }();
  return d;
}

}  // namespace

static const Descriptor<RegionFile>& regionDescriptor() {
  static const auto d =
      Descriptor<RegionFile>("region", "A stretch of the map round a place.")
          .required("centre", &RegionFile::centre, startPoint(), "on the map")
          .required("radius", &RegionFile::radius_m, quantity(Dimension::kLength, {1, 1e5}), "round it");
  return d;
}

static const Descriptor<TraceFile>& traceDescriptor() {
  static const auto d =
      Descriptor<TraceFile>("trace", "Traffic that SUMO has simulated: `sumo --fcd-output`.")
          .required("file", &TraceFile::file, located(text()), "the trace (*.xml or *.xml.gz), relative to this file")
          .optional("from", &TraceFile::from_s, quantity(Dimension::kTime, {0, 1e7}),
                    "of the trace's clock: where the episode begins; lights are as far on")
          .optional("types", &TraceFile::types, located(text()), "a file of SUMO's vTypes, for their classes and sizes")
          .optional("assets", &TraceFile::assets, mapOf(located(reference("an asset's id")), 1000),
                    "who plays a vType, `none`: it is left out; else an asset of its class and about its length")
          .optional("region", &TraceFile::region, object(regionDescriptor()), "who is beyond it is not there")
          .optional("net_offset", &TraceFile::netOffset, startPoint(),
                    "of SUMO's network (its <location netOffset>): the trace's coordinates less these are the map's")
          .optional("without", &TraceFile::without, listOf(text(), 0, 10'000),
                    "ids of vehicles and people that are left out: named actors are in their place");
  return d;
}

const Descriptor<TrafficFile>& trafficDescriptor() {
  static const auto d = [] {
    const auto densityOf = [](double most) { return quantity(Dimension::kAttenuation, {0, most}); };
    Descriptor<TrafficFile> traffic("traffic", "Who else is on the roads of the map, drawn from a seed of its own.");
    traffic.optional("density", static_cast<double TrafficFile::*>(&Traffic::density_pm), densityOf(kDensest_pm),
                     "vehicles per lane and length, `12 1/km`");
    traffic.optional("mix", static_cast<TrafficMix TrafficFile::*>(&Traffic::mix), object(mixDescriptor()),
                     "what they are");
    traffic.optional("parked", static_cast<double TrafficFile::*>(&Traffic::parked),
                     quantity(Dimension::kRatio, {0, 1}), "share of the parking places that are taken");
    traffic.optional("pedestrians", static_cast<double TrafficFile::*>(&Traffic::pedestrians_pm),
                     densityOf(kMostPedestrians_pm), "per sidewalk and length");
    traffic.optional("cyclists", static_cast<double TrafficFile::*>(&Traffic::cyclists_pm), densityOf(kDensest_pm),
                     "per cycle lane and length");
    traffic.optional("seed", &TrafficFile::ownSeed, whole<uint64_t>(),
                     "its own; none: from the scenario's and the run");
    traffic.optional("trace", &TrafficFile::trace, object(traceDescriptor()), "traffic that SUMO has simulated");
    return traffic;
  }();
  return d;
}

/// Road and lane number of a map: `main/-1`.
static Codec<LaneName> laneNameCodec() {
  Codec<LaneName> codec = located(text());
  codec.info.what = "road/lane of the map, `main/-1`";
  codec.read = [](const Node& node, LaneName& out, ReadContext& context) {
    out.node = &node;
    if (!expectKind(node, NodeKind::kScalar, context)) return false;
    out.value = node.text;
    const size_t slash = node.text.rfind('/');
    const std::string number = slash == std::string::npos ? "" : node.text.substr(slash + 1);
    const std::string digits = number.starts_with('-') ? number.substr(1) : number;
    if (slash != 0 && parseWholeNumber(digits).value_or(0) != 0) return true;
    context.diagnostics.error("E0217", node.place(), fmt::format("'{}' is not a lane of a map", excerpt(node.text)))
        .withHelp("write road/number, such as main/-1");
    return false;
  };
  return codec;
}

const Descriptor<WorldFile>& worldDescriptor() {
  static const auto d =
      Descriptor<WorldFile>("world", "Where and how long.")
          .optional("road", &WorldFile::road, object(roadDescriptor()), "a road")
          .optional("ground", &WorldFile::ground, choice<GroundKind>({{"plane", GroundKind::kPlane}}),
                    "instead of a road: a laboratory")
          .optional("time_of_day", &WorldFile::timeOfDay_s, clockTime(), "local solar time")
          .required("duration", &WorldFile::duration, simTime({1e-3, 3600}), "of the episode")
          .optional("step", &WorldFile::step, simTime({1e-3, 0.1}),
                    "of the physics, fixed; a sensor's period is a whole number of steps")
          .optional("scenery", &WorldFile::scenery, object(sceneryDescriptor()), "beside the road")
          .optional("map", &WorldFile::map, located(text()), "an OpenDRIVE file (*.xodr), relative to this file")
          .optional("lanes", &WorldFile::lanes, mapOf(laneNameCodec(), 1000),
                    "lanes of the map by the names used here: `ego_lane: main/-1`")
          .check(checkWorld);
  return d;
}

}  // namespace nightfog::scenario
