#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/config/variant_codec.hpp"
#include "engine/scenario/language_actors.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

constexpr Range kMapRange{-1e6, 1e6};
constexpr Range kAnyAngle{-4 * kPi, 4 * kPi};
constexpr Range kGap{0, 10'000};
constexpr double kFastest_mps = 150;

const Descriptor<FacingHeading>& facingHeadingDescriptor() {
  static const auto d = Descriptor<FacingHeading>("facing").required(
      "heading", &FacingHeading::heading_rad, quantity(Dimension::kAngle, kAnyAngle),
      "from the lane's driving direction (the other's heading), left positive");
  return d;
}
const Descriptor<FacingToward>& facingTowardDescriptor() {
  static const auto d = Descriptor<FacingToward>("facing").required(
      "toward", &FacingToward::of, located(reference("a point or an actor")), "a point's name or an actor's id");
  return d;
}

/// Two words, or a map told apart by its key.
Codec<Facing> facingCodec() {
  static const Codec<Facing> words =
      tagged<Facing>("a facing", {word<Facing, FacingLane>("lane"), word<Facing, FacingAgainst>("against")});
  static const Codec<Facing> maps =
      keyed<Facing>("a facing", {alternative<Facing>("heading", facingHeadingDescriptor()),
                                 alternative<Facing>("toward", facingTowardDescriptor())});
  Codec<Facing> codec = words;
  codec.info.words.insert(codec.info.words.end(), maps.info.words.begin(), maps.info.words.end());
  codec.info.alternatives.insert(codec.info.alternatives.end(), maps.info.alternatives.begin(),
                                 maps.info.alternatives.end());
  codec.info.isKeyed = true;
  codec.read = [](const Node& node, Facing& out, ReadContext& context) {
    return node.isMap() ? maps.read(node, out, context) : words.read(node, out, context);
  };
  codec.write = [](const Facing& value) {
    const bool isWord = std::holds_alternative<FacingLane>(value) || std::holds_alternative<FacingAgainst>(value);
    return isWord ? words.write(value) : maps.write(value);
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
  d.optional("lateral", &R::lateral_m, quantity(Dimension::kLength, kMapRange),
             "from its centre line (with `lane`: from the lane's centre), left positive");
  d.optional("lane", &R::lane, located(reference("a lane's name")),
             "along this lane and in its direction, on its centre");
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

}  // namespace

Codec<ActorPlace> placeCodec() {
  static const auto xyz =
      Descriptor<PlaceXyz>("place")
          .required("xyz", &PlaceXyz::xyz, vec3(Dimension::kLength, kMapRange), "of the actor's origin, on the map")
          .optional("heading", &PlaceXyz::heading_rad, quantity(Dimension::kAngle, kAnyAngle),
                    "from the map's x axis, left positive");
  static const auto relative =
      relativeFields<PlaceRelative>("place")
          .optional("facing", &PlaceRelative::facing, facingCodec(), "lane: as the lane, without one as the other")
          .unsupported("heading", "write `facing: {heading: …}`");
  static const auto lane =
      laneFields<PlaceLane>("place")
          .optional("facing", &PlaceLane::facing, facingCodec(), "lane: with the traffic")
          .optional("anchor", &PlaceLane::isOrigin, choice<bool>({{"middle", false}, {"origin", true}}),
                    "what lies there: the middle of its box, or its origin");
  return keyed<ActorPlace>("a place",
                           {alternative<ActorPlace>("xyz", xyz), alternative<ActorPlace>("relative_to", relative),
                            alternative<ActorPlace>("s", lane)});
}

/// `[x, y, z]`, `{relative_to, …}`, `{lane, s}` or a point's name.
Codec<Point> pointCodec() {
  static const auto relative = relativeFields<PointRelative>("point");
  static const auto lane = laneFields<PointLane>("point");
  static const Codec<glm::dvec3> xyz = vec3(Dimension::kLength, kMapRange);
  static const Codec<Reference> name = located(reference("a point's name"));
  static const Codec<Point> maps =
      keyed<Point>("a point", {alternative<Point>("relative_to", relative), alternative<Point>("s", lane)});
  Codec<Point> codec = maps;
  codec.info.words.insert(codec.info.words.begin(), {"[x, y, z]", "a point's name"});
  codec.info.alternatives.insert(codec.info.alternatives.begin(), {nullptr, nullptr});
  codec.info.takesAnyWord = codec.info.takesVec3 = true;
  codec.read = [](const Node& node, Point& out, ReadContext& context) {
    if (node.isScalar()) {
      PointNamed point;
      const bool ok = name.read(node, point.name, context);
      out = point;
      return ok;
    }
    if (!node.isList()) return maps.read(node, out, context);
    PointXyz point;
    const bool ok = xyz.read(node, point.xyz, context);
    out = point;
    return ok;
  };
  codec.write = [](const Point& value) {
    if (const auto* point = std::get_if<PointXyz>(&value)) return xyz.write(point->xyz);
    if (const auto* point = std::get_if<PointNamed>(&value)) return name.write(point->name);
    return maps.write(value);
  };
  return codec;
}

Codec<FrameVector> frameVector(Dimension dimension, Range range) {
  using Frame = FrameVector::Frame;
  static const std::array<std::vector<std::string>, 3> kAxes{
      {{"x", "y", "z"}, {"forward", "left", "up"}, {"s", "t", "up"}}};
  Codec<double> component = quantity(dimension, range);
  Codec<FrameVector> codec;
  codec.info.kind = ValueInfo::Kind::kVector;
  codec.info.dimension = dimension;
  codec.info.what =
      fmt::format("{{x, y, z}}, {{forward, left, up}} or {{s, t, up}}, each {}", dimensionName(dimension));
  codec.read = [read = component.read](const Node& node, FrameVector& out, ReadContext& context) {
    if (!expectKind(node, NodeKind::kMap, context)) return false;
    if (!checkCount(node, 1, 3, context)) return false;
    // The first key that only one frame has decides.
    out.frame = Frame::kBody;
    for (const Node* child : node.children) {
      if (child->key == "up") continue;
      out.frame = child->key == "s" || child->key == "t"                        ? Frame::kRoad
                  : child->key == "x" || child->key == "y" || child->key == "z" ? Frame::kMap
                                                                                : Frame::kBody;
      break;
    }
    const std::vector<std::string>& names = kAxes[static_cast<size_t>(out.frame)];
    bool ok = true;
    for (const Node* child : node.children) {
      const auto at = std::find(names.begin(), names.end(), child->key);
      if (at == names.end()) {
        context.diagnostics
            .error("E0202", child->keyPlace(), fmt::format("unknown key '{}' in a vector", excerpt(child->key)))
            .withHelp(
                "{x, y, z} are the map's axes, {forward, left, up} the body's, {s, t, up} the road's; one of them");
        ok = false;
      } else {
        ok = read(*child, out.value[static_cast<int>(at - names.begin())], context) && ok;
      }
    }
    return ok;
  };
  codec.write = [write = component.write](const FrameVector& v) {
    YamlValue map = YamlValue::map();
    for (int i = 0; i < 3; ++i) map.add(kAxes[static_cast<size_t>(v.frame)][static_cast<size_t>(i)], write(v.value[i]));
    return map;
  };
  return codec;
}

Codec<double> drivingSpeed() {
  return quantity(Dimension::kSpeed, {0, kFastest_mps});
}
Codec<double> walkingSpeed() {
  return quantity(Dimension::kSpeed, {0.1, 12});
}

namespace {

template <class M>
Descriptor<M> motionFields(const char* name) {
  Descriptor<M> d(name);
  d.optional("velocity", static_cast<FrameVector M::*>(&MotionFile::velocity_mps),
             frameVector(Dimension::kSpeed, {-kFastest_mps, kFastest_mps}), "at the start");
  d.optional("spin", static_cast<FrameVector M::*>(&MotionFile::spin_radps),
             frameVector(Dimension::kAngularRate, {-1000, 1000}), "about these axes, right-handed");
  return d;
}

Descriptor<DriveFile> driveFields() {
  const Codec<double> acceleration = quantity(Dimension::kAcceleration, {0.1, 10});
  return Descriptor<DriveFile>("drive", "Drives as traffic does, minding everybody, signs, lights and people.")
      .optional("speed", &DriveFile::speed_mps, quantity(Dimension::kSpeed, {0.1, kFastest_mps}),
                "wished for, whatever the limit; none: what the road allows")
      .optional("headway", &DriveFile::headway_s, quantity(Dimension::kTime, {0.1, 10}), "behind who is ahead")
      .optional("gap", &DriveFile::standstillGap_m, quantity(Dimension::kLength, {0.5, 50}), "where all stand")
      .optional("accel", &DriveFile::acceleration_mps2, acceleration, "at most")
      .optional("decel", &DriveFile::deceleration_mps2, acceleration, "comfortable")
      .optional("changes_lanes", &DriveFile::changesLanes,
                choice<bool>({{"when_needed", false}, {"when_worth_it", true}}),
                "for its way or at a lane's end, or as MOBIL finds")
      .optional("through", &DriveFile::through, listOf(pointCodec(), 0, 1'000),
                "one after the other; then, and without, any way at each fork");
}

Codec<BehaviorFile> behaviorCodec() {
  const Codec<SimTime> start = simTime({0, 3600});
  static const auto followLane =
      Descriptor<FollowLaneFile>("follow_lane", "Drives along the road, keeping its place across it.")
          .required("speed", &FollowLaneFile::speed_mps, drivingSpeed(), "held")
          .optional("at_end", &FollowLaneFile::stopsAtEnd, choice<bool>({{"go_on", false}, {"stop", true}}),
                    "of the road: straight on, or stands");
  static const auto followPath =
      Descriptor<FollowPathFile>("follow_path",
                                 "Along straight lines from where it stands through the points; stops at the last.")
          .required("points", &FollowPathFile::points, listOf(pointCodec(), 1, 10'000), "one after the other")
          .required("speed", &FollowPathFile::speed_mps, drivingSpeed(), "held")
          .optional("start", &FollowPathFile::start, start, "stands still before");
  static const auto walkTo =
      Descriptor<WalkToFile>("walk_to", "A person walks or runs to a point.")
          .required("to", &WalkToFile::to, pointCodec(), "where to")
          .required("speed", &WalkToFile::speed_mps, walkingSpeed(), "walking 1.4 m/s, running 3 m/s")
          .optional("start", &WalkToFile::start, start, "stands still before");
  static const auto crossRoad =
      Descriptor<CrossRoadFile>("cross_road", "A person crosses the road at right angles, as far beyond it as before.")
          .required("speed", &CrossRoadFile::speed_mps, walkingSpeed(), "walking 1.4 m/s, running 3 m/s")
          .optional("start", &CrossRoadFile::start, start, "stands still before");
  static const auto vertex = Descriptor<TrajectoryVertexFile>("vertex", "A place and when to be there.")
                                 .required("at", &TrajectoryVertexFile::at, simTime({1e-3, 3600}), "when")
                                 .required("point", &TrajectoryVertexFile::point, pointCodec(), "where");
  static const auto trajectory =
      Descriptor<FollowTrajectoryFile>("follow_trajectory",
                                       "At given places at given times, evenly between them, from where it stands.")
          .required("vertices", &FollowTrajectoryFile::vertices, listOf(object(vertex), 1, 10'000), "times ascend")
          .check([](FollowTrajectoryFile& f, const Node& node, ReadContext& context) {
            for (size_t i = 1; i < f.vertices.size(); ++i) {
              if (f.vertices[i].at > f.vertices[i - 1].at) continue;
              const Node& at = *node.find("vertices")->children[i]->find("at");
              context.diagnostics.error("E0607", at.place(), "the times of a trajectory ascend")
                  .withHelp("sort the vertices");
              return false;
            }
            return true;
          });
  static const auto towed =
      Descriptor<TowedFile>("towed", "A trailer: on the hitch of who pulls it, from straight behind.")
          .required("by", &TowedFile::by, located(reference("an actor's id")), "who pulls it")
          .required("hitch", &TowedFile::hitch_m, quantity(Dimension::kLength, {-50, 50}),
                    "of who pulls, ahead of its origin: -1.2 m")
          .required("coupler", &TowedFile::coupler_m, quantity(Dimension::kLength, {0.1, 50}),
                    "ahead of its own origin, which is the middle of its axles");
  static const auto drive =
      driveFields().optional("initial_speed", &DriveFile::initialSpeed_mps, drivingSpeed(), "none: the one wished for");
  static const auto free = motionFields<FreeFile>("free");
  static const auto constantMotion = motionFields<ConstantMotionFile>("constant_motion");
  return tagged<BehaviorFile>(
      "a behavior",
      {word<BehaviorFile, ParkedFile>("parked"), alternative<BehaviorFile>("follow_lane", followLane),
       alternative<BehaviorFile>("follow_path", followPath), alternative<BehaviorFile>("walk_to", walkTo),
       alternative<BehaviorFile>("follow_trajectory", trajectory), alternative<BehaviorFile>("cross_road", crossRoad),
       alternative<BehaviorFile>("towed", towed), alternative<BehaviorFile>("drive", drive),
       alternative<BehaviorFile>("free", free), alternative<BehaviorFile>("constant_motion", constantMotion)});
}

}  // namespace

const Descriptor<DriveFile>& driveDescriptor() {
  static const auto d = driveFields();
  return d;
}

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
