#include <fmt/format.h>

#include "engine/config/variant_codec.hpp"
#include "engine/scenario/language.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

constexpr Range kMapRange{-1e6, 1e6};
constexpr Range kAnyAngle{-4 * kPi, 4 * kPi};
constexpr Range kGap{0, 10'000};
constexpr double kFastest_mps = 150;

Codec<Facing> facingCodec() {
  static const auto heading = Descriptor<FacingHeading>("facing").required(
      "heading", &FacingHeading::heading_rad, quantity(Dimension::kAngle, kAnyAngle),
      "from the lane's driving direction, left positive");
  // `{heading: 30 deg}` is told from the words by being a map.
  Codec<Facing> words =
      tagged<Facing>("a facing", {word<Facing, FacingLane>("lane"), word<Facing, FacingAgainst>("against")});
  Codec<Facing> codec = words;
  codec.info.words.emplace_back("{heading}");
  codec.info.alternatives.push_back(&heading.info());
  codec.read = [read = words.read](const Node& node, Facing& out, ReadContext& context) {
    if (!node.isMap()) return read(node, out, context);
    if (const Node* toward = node.find("toward")) {
      context.diagnostics.error("E0501", toward->keyPlace(), "'toward' is not supported by this version")
          .withHelp("give a heading");
      return false;
    }
    FacingHeading value;
    if (!heading.read(node, value, context)) return false;
    out = value;
    return true;
  };
  codec.write = [write = words.write](const Facing& value) {
    if (const auto* h = std::get_if<FacingHeading>(&value)) return heading.write(*h);
    return write(value);
  };
  return codec;
}

template <class R>
bool checkAheadOrBehind(R& r, const Node& node, ReadContext& context) {
  if (r.ahead_m && r.behind_m) {
    context.diagnostics.error("E0214", node.find("behind")->keyPlace(), "'ahead' and 'behind' exclude each other")
        .withHelp("keep one");
    return false;
  }
  if (r.ahead_m || r.behind_m) return true;
  context.diagnostics.error("E0201", node.find("relative_to")->keyPlace(), "'relative_to' needs 'ahead' or 'behind'")
      .withHelp("add the gap, `ahead: 2 m`");
  return false;
}

template <class R>
Descriptor<R> relativeFields(const char* name) {
  Descriptor<R> d(name);
  d.required("relative_to", &R::relativeTo, located(reference("an actor's id")), "whose frame");
  d.optional("ahead", &R::ahead_m, quantity(Dimension::kLength, kGap), "gap from its front edge");
  d.optional("behind", &R::behind_m, quantity(Dimension::kLength, kGap), "gap from its rear edge");
  d.optional("lateral", &R::lateral_m, quantity(Dimension::kLength, kMapRange), "from its centre line, left positive");
  d.check(checkAheadOrBehind<R>);
  return d;
}

template <class L>
Descriptor<L> laneFields(const char* name) {
  Descriptor<L> d(name);
  d.required("lane", &L::lane, located(reference("a lane's name")), "which lane");
  d.required("s", &L::s_m, quantity(Dimension::kLength, {0, 20'000}),
             "along the reference line from its start, whatever the lane's direction");
  d.optional("offset", &L::offset_m, quantity(Dimension::kLength, {-50, 50}),
             "left of the lane's centre in its driving direction");
  return d;
}

Codec<ActorPlace> placeCodec() {
  static const auto xyz =
      Descriptor<PlaceXyz>("place")
          .required("xyz", &PlaceXyz::xyz, vec3(Dimension::kLength, kMapRange), "of the actor's origin, on the map")
          .optional("heading", &PlaceXyz::heading_rad, quantity(Dimension::kAngle, kAnyAngle),
                    "from the map's x axis, left positive");
  static const auto relative = relativeFields<PlaceRelative>("place").optional(
      "heading", &PlaceRelative::heading_rad, quantity(Dimension::kAngle, kAnyAngle),
      "from the other's heading, left positive");
  static const auto lane =
      laneFields<PlaceLane>("place").optional("facing", &PlaceLane::facing, facingCodec(), "lane: with the traffic");
  return keyed<ActorPlace>("a place",
                           {alternative<ActorPlace>("xyz", xyz), alternative<ActorPlace>("relative_to", relative),
                            alternative<ActorPlace>("lane", lane)});
}

/// `[x, y, z]`, `{relative_to, …}` or `{lane, …}`.
Codec<Point> pointCodec() {
  static const auto relative = relativeFields<PointRelative>("point");
  static const auto lane = laneFields<PointLane>("point");
  static const Codec<glm::dvec3> xyz = vec3(Dimension::kLength, kMapRange);
  Codec<Point> maps =
      keyed<Point>("a point", {alternative<Point>("relative_to", relative), alternative<Point>("lane", lane)});
  Codec<Point> codec = maps;
  codec.info.words.insert(codec.info.words.begin(), "[x, y, z]");
  codec.info.alternatives.insert(codec.info.alternatives.begin(), nullptr);
  codec.read = [read = maps.read](const Node& node, Point& out, ReadContext& context) {
    if (!node.isList()) return read(node, out, context);
    PointXyz point;
    const bool ok = xyz.read(node, point.xyz, context);
    out = point;
    return ok;
  };
  codec.write = [write = maps.write](const Point& value) {
    if (const auto* point = std::get_if<PointXyz>(&value)) return xyz.write(point->xyz);
    return write(value);
  };
  return codec;
}

Codec<FrameVector> frameVector(Dimension dimension, Range range) {
  static const std::vector<std::string> kMap{"x", "y", "z"}, kBody{"forward", "left", "up"};
  Codec<double> component = quantity(dimension, range);
  Codec<FrameVector> codec;
  codec.info.what = fmt::format("{{x, y, z}} or {{forward, left, up}}, each {}", dimensionName(dimension));
  codec.read = [read = component.read](const Node& node, FrameVector& out, ReadContext& context) {
    if (!expectKind(node, NodeKind::kMap, context)) return false;
    if (!checkCount(node, 1, 3, context)) return false;
    out.inBodyFrame = std::find(kBody.begin(), kBody.end(), node.children.front()->key) != kBody.end();
    const std::vector<std::string>& names = out.inBodyFrame ? kBody : kMap;
    bool ok = true;
    for (const Node* child : node.children) {
      const auto at = std::find(names.begin(), names.end(), child->key);
      if (at == names.end()) {
        const bool isRoadFrame = child->key == "s" || child->key == "t";
        context.diagnostics
            .error(isRoadFrame ? "E0501" : "E0202", child->keyPlace(),
                   isRoadFrame ? "vectors in the road's frame are not supported by this version"
                               : fmt::format("unknown key '{}' in a vector", excerpt(child->key)))
            .withHelp("{x, y, z} are the map's axes, {forward, left, up} the body's; not both");
        ok = false;
      } else {
        ok = read(*child, out.value[static_cast<int>(at - names.begin())], context) && ok;
      }
    }
    return ok;
  };
  codec.write = [write = component.write](const FrameVector& v) {
    YamlValue map = YamlValue::map();
    for (int i = 0; i < 3; ++i) map.add((v.inBodyFrame ? kBody : kMap)[static_cast<size_t>(i)], write(v.value[i]));
    return map;
  };
  return codec;
}

template <class M>
Descriptor<M> motionFields(const char* name) {
  Descriptor<M> d(name);
  d.optional("velocity", static_cast<FrameVector M::*>(&MotionFile::velocity_mps),
             frameVector(Dimension::kSpeed, {-kFastest_mps, kFastest_mps}), "at the start");
  d.optional("spin", static_cast<FrameVector M::*>(&MotionFile::spin_radps),
             frameVector(Dimension::kAngularRate, {-1000, 1000}), "about these axes, right-handed");
  return d;
}

Codec<BehaviorFile> behaviorCodec() {
  const Codec<double> drivingSpeed = quantity(Dimension::kSpeed, {0, kFastest_mps});
  const Codec<double> walkingSpeed = quantity(Dimension::kSpeed, {0.1, 12});
  const Codec<SimTime> start = simTime({0, 3600});
  static const auto followLane =
      Descriptor<FollowLaneFile>("follow_lane", "Drives along the road, keeping its place across it.")
          .required("speed", &FollowLaneFile::speed_mps, drivingSpeed, "held");
  static const auto followPath =
      Descriptor<FollowPathFile>("follow_path",
                                 "Along straight lines from where it stands through the points; stops at the last.")
          .required("points", &FollowPathFile::points, listOf(pointCodec(), 1, 10'000), "one after the other")
          .required("speed", &FollowPathFile::speed_mps, drivingSpeed, "held")
          .optional("start", &FollowPathFile::start, start, "stands still before");
  static const auto walkTo =
      Descriptor<WalkToFile>("walk_to", "A person walks or runs to a point.")
          .required("to", &WalkToFile::to, pointCodec(), "where to")
          .required("speed", &WalkToFile::speed_mps, walkingSpeed, "walking 1.4 m/s, running 3 m/s")
          .optional("start", &WalkToFile::start, start, "stands still before");
  static const auto free = motionFields<FreeFile>("free");
  static const auto constantMotion = motionFields<ConstantMotionFile>("constant_motion");
  return tagged<BehaviorFile>(
      "a behavior",
      {word<BehaviorFile, ParkedFile>("parked"), alternative<BehaviorFile>("follow_lane", followLane),
       alternative<BehaviorFile>("follow_path", followPath), alternative<BehaviorFile>("walk_to", walkTo),
       alternative<BehaviorFile>("free", free), alternative<BehaviorFile>("constant_motion", constantMotion)});
}

}  // namespace

Codec<ActorFile> actorCodec() {
  static const auto d = Descriptor<ActorFile>("actor", "Somebody or something that may move, and has labels.")
                            .required("asset", &ActorFile::asset, located(reference("an asset's id")),
                                      "what it is; `nightfog list assets`")
                            .required("place", &ActorFile::place, placeCodec(), "where it is at the start")
                            .optional("behavior", &ActorFile::behavior, behaviorCodec(), "what it does");
  Codec<ActorFile> codec = object(d);
  codec.read = [](const Node& node, ActorFile& out, ReadContext& context) {
    out.node = &node;
    out.isSound = d.read(node, out, context);
    return out.isSound;
  };
  return codec;
}

}  // namespace nightfog::scenario
