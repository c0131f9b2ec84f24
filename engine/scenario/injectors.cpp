// `injectors:` against the tables of their libraries.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/config/suggest.hpp"
#include "engine/scenario/distribution.hpp"
#include "engine/scenario/language_library.hpp"
#include "engine/scenario/story.hpp"

namespace nightfog::scenario {

using namespace config;
using expression::Kind;

namespace {

struct MeetingFile {
  Reference actor;
  Reference at;
  SimTime ttc;
};
const Descriptor<MeetingFile>& meetingDescriptor() {
  static const auto d =
      Descriptor<MeetingFile>("meet", "Two come together at a place, whatever their speeds.")
          .required("actor", &MeetingFile::actor, located(reference("an actor's id")), "whose way is known: ego")
          .required("at", &MeetingFile::at, located(reference("a point's name")), "where")
          .required("ttc", &MeetingFile::ttc, simTime({0, 60}),
                    "how long before the actor's front is there the other enters the point's lane");
  return d;
}

/// How an actor's front moves until it comes to a point, as far as it is a closed form.
struct PlannedMotion {
  double distance_m = 0;
  double speed_mps = 0;
  double start_s = 0;
};

class InjectorBuilder {
 public:
  InjectorBuilder(InjectorFile& file, const FoundInjector& found, StoryContext& context)
      : file_(file), found_(found), context_(context), read_{context.diagnostics, &context.draws} {}

  std::optional<Injector> build(const std::string& id) {
    const size_t before = context_.diagnostics.errorCount();
    out_.id = id;
    out_.type = found_.type;
    out_.major = found_.library->major;
    out_.severity = file_.severity;
    out_.place = file_.node->keyPlace();
    refuseUnknown();
    for (const auto& [name, parameter] : found_.info->parameters) read(name, parameter);
    auto trigger = buildTrigger(file_, context_);
    if (trigger) out_.trigger = std::move(*trigger);
    if (file_.until) {
      auto until =
          bind(file_.until->syntax, *file_.until->node, context_.symbols, Where::kTrigger, context_.diagnostics);
      if (until) {
        out_.until.emplace();
        out_.until->when = std::move(*until);
      }
    }
    if (context_.diagnostics.errorCount() != before) return std::nullopt;
    solveMeetings();
    if (context_.diagnostics.errorCount() != before) return std::nullopt;
    return std::move(out_);
  }

 private:
  Diagnostics& diagnostics() { return context_.diagnostics; }

  void refuseUnknown() {
    if (file_.with == nullptr) return;
    std::vector<std::string> names;
    for (const auto& [name, parameter] : found_.info->parameters) names.push_back(name);
    for (const Node* child : file_.with->children) {
      if (child->key.starts_with("x-") || std::find(names.begin(), names.end(), child->key) != names.end()) continue;
      auto& d = diagnostics()
                    .error("E0202", child->keyPlace(),
                           fmt::format("unknown key '{}' in {}", excerpt(child->key), found_.type))
                    .withHelp(suggestionHelp(child->key, names));
      if (const auto near = suggest(child->key, names)) d.withFix(*near);
    }
  }

  void read(const std::string& name, const InjectorParameter& parameter) {
    const Node* node = file_.with != nullptr ? file_.with->find(name) : nullptr;
    const Node* value = node != nullptr ? node : parameter.fallback;
    if (value == nullptr) {
      if (parameter.isOptional) return;
      const Place place = file_.with != nullptr ? file_.with->place() : file_.node->place();
      diagnostics()
          .error("E0201", place, fmt::format("{} needs '{}'", found_.type, name))
          .withHelp(fmt::format("add `{}:`{}{}", name, parameter.doc.empty() ? "" : " ", parameter.doc));
      return;
    }
    // A default belongs to the library and draws nothing.
    ReadContext context = read_;
    if (node == nullptr) context.values = nullptr;
    convert(name, parameter, *value, context);
    if (node != nullptr && parameter.prior != nullptr) weigh(name, parameter, *node);
  }

  template <class T>
  bool take(const std::string& name, const Codec<T>& codec, const Node& node, T& value, ReadContext& context) {
    if (!codec.read(node, value, context)) return false;
    file_.resolvedWith.add(name, codec.write(value));
    return true;
  }

  void convert(const std::string& name, const InjectorParameter& parameter, const Node& node, ReadContext& context) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const Range range{parameter.min.value_or(-kInfinity), parameter.max.value_or(kInfinity)};
    switch (parameter.takes) {
      case Takes::kQuantity: {
        double value = 0;
        if (take(name, quantity(*parameter.dimension, range), node, value, context)) out_.parameters[name] = value;
        return;
      }
      case Takes::kWhole: {
        uint32_t value = 0;
        const auto low = static_cast<uint64_t>(std::max(0.0, parameter.min.value_or(0)));
        const auto high = static_cast<uint64_t>(parameter.max.value_or(1e9));
        if (take(name, whole<uint32_t>(low, high), node, value, context))
          out_.parameters[name] = static_cast<double>(value);
        return;
      }
      case Takes::kTruth: {
        bool value = false;
        if (take(name, boolean(), node, value, context)) out_.parameters[name] = value;
        return;
      }
      case Takes::kWord: {
        std::string value;
        if (!take(name, reference("a word"), node, value, context)) return;
        if (std::find(parameter.words.begin(), parameter.words.end(), value) == parameter.words.end())
          return reportUnknownWord(node, value, parameter.words, context);
        out_.parameters[name] = InjectorName{value};
        return;
      }
      case Takes::kActor:
        return thing(name, Kind::kActor, "actor", "E0412", node, context);
      case Takes::kSensor:
        return thing(name, Kind::kSensor, "sensor", "E0420", node, context);
      case Takes::kLane:
        return thing(name, Kind::kLane, "lane", "E0409", node, context);
      case Takes::kPoint:
      case Takes::kPlace:
        return place(name, node, context);
      case Takes::kVector:
        return vector(name, *parameter.dimension, node, context);
      case Takes::kMeeting:
        return meeting(name, node, context);
      case Takes::kAsset:
        return asset(name, node, context);
    }
  }

  void thing(const std::string& name, Kind kind, const char* what, const char* code, const Node& node,
             ReadContext& context) {
    std::string value;
    if (!take(name, reference(fmt::format("{} id", what)), node, value, context)) return;
    if (!context_.symbols.has(value, kind)) {
      const auto names = ScenarioNames(context_.symbols, Where::kTrigger).namesOf(kind);
      auto& d = diagnostics()
                    .error(code, node.place(), fmt::format("unknown {} '{}'", what, excerpt(value)))
                    .withHelp(suggestionHelp(value, names));
      if (const auto near = suggest(value, names)) d.withFix(*near);
      return;
    }
    out_.parameters[name] = InjectorName{value};
  }

  void asset(const std::string& name, const Node& node, ReadContext& context) {
    std::string value;
    if (!take(name, reference("an asset's id"), node, value, context)) return;
    if (context_.catalog.find(value) == nullptr) {
      std::vector<std::string> ids;
      for (const auto& [id, info] : context_.catalog.all()) ids.push_back(id);
      diagnostics()
          .error("E0403", node.place(), fmt::format("unknown asset '{}'", excerpt(value)))
          .withHelp(suggestionHelp(value, ids));
      return;
    }
    out_.parameters[name] = InjectorName{value};
  }

  void place(const std::string& name, const Node& node, ReadContext& context) {
    Point point;
    if (!take(name, pointCodec(), node, point, context)) return;
    InjectorPlace out;
    if (!context_.placement.resolve(point, out.worldFromPlace, out.lane)) return;
    if (name == "from") origin_ = out.worldFromPlace;
    out_.parameters[name] = out;
  }

  void vector(const std::string& name, Dimension dimension, const Node& node, ReadContext& context) {
    FrameVector value;
    if (!take(name, frameVector(dimension, {-1e6, 1e6}), node, value, context)) return;
    InjectorVector out;
    out.frame = value.frame == FrameVector::Frame::kMap    ? InjectorVector::Frame::kWorld
                : value.frame == FrameVector::Frame::kRoad ? InjectorVector::Frame::kRoad
                                                           : InjectorVector::Frame::kBody;
    out.value = value.value;
    out.world = context_.placement.toWorld(value, origin_);
    out_.parameters[name] = out;
  }

  void meeting(const std::string& name, const Node& node, ReadContext& context) {
    MeetingFile file;
    if (!take(name, object(meetingDescriptor()), node, file, context)) return;
    Meeting out;
    out.actor = file.actor.value;
    out.point = file.at.value;
    out.ttc = file.ttc;
    const auto actors = ScenarioNames(context_.symbols, Where::kTrigger).namesOf(Kind::kActor);
    if (!context_.symbols.has(out.actor, Kind::kActor)) {
      auto& d = diagnostics()
                    .error("E0412", file.actor.node->place(), fmt::format("unknown actor '{}'", out.actor))
                    .withHelp(suggestionHelp(out.actor, actors));
      if (const auto near = suggest(out.actor, actors)) d.withFix(*near);
      return;
    }
    Point point = PointNamed{file.at};
    if (!context_.symbols.has(out.point, Kind::kPoint)) {
      const auto points = ScenarioNames(context_.symbols, Where::kTrigger).namesOf(Kind::kPoint);
      auto& d = diagnostics()
                    .error("E0416", file.at.node->place(), fmt::format("unknown point '{}'", out.point))
                    .withHelp(suggestionHelp(out.point, points));
      if (const auto near = suggest(out.point, points)) d.withFix(*near);
      return;
    }
    if (!context_.placement.resolve(point, out.at)) return;
    meetings_.emplace_back(name, &node);
    out_.parameters[name] = out;
  }

  /// ln of the prior at the value, and how much likelier the world makes it than this scenario does.
  void weigh(const std::string& name, const InjectorParameter& parameter, const Node& node) {
    const auto value = out_.parameters.find(name);
    const double* si = value == out_.parameters.end() ? nullptr : std::get_if<double>(&value->second);
    if (si == nullptr) return;
    const auto prior =
        readDistribution(*parameter.prior, parameter.dimension.value_or(Dimension::kNumber), diagnostics());
    if (!prior) return;
    const double density = prior->logDensity(Quantity{*si, prior->dimension});
    out_.logPrior += density;
    if (const auto drawn = context_.draws.logDensity(node)) out_.logImportanceWeight += density - *drawn;
  }

  // -- meetings

  const Actor* actorOf(const std::string& id) const {
    const auto at =
        std::find_if(context_.actors.begin(), context_.actors.end(), [&](const Actor& a) { return a.id == id; });
    return at == context_.actors.end() ? nullptr : &*at;
  }

  /// nullopt: reported.
  std::optional<PlannedMotion> planned(const Meeting& meeting, const Node& node) {
    const Actor* actor = actorOf(meeting.actor);
    if (actor == nullptr) {
      refuse(node, fmt::format("'{}' comes into the scene only during the run: its way is not known", meeting.actor),
             "meet an actor of `actors:`");
      return std::nullopt;
    }
    const catalog::AssetInfo& asset = *context_.catalog.find(actor->asset);
    const double front_m = asset.boxCentre.x + 0.5 * asset.boxSize.x;
    if (const auto* follow = std::get_if<FollowRoad>(&actor->behavior)) {
      const LaneMap& lanes = context_.placement.lanes();
      const RoadSpot front = lanes.project(actor->worldFromActor * glm::dvec3(front_m, asset.boxCentre.y, 0));
      const RoadSpot point = lanes.project(meeting.at);
      const double along = point.s - front.s;
      return PlannedMotion{follow->againstS ? -along : along, follow->speed_mps, 0};
    }
    if (const auto* path = std::get_if<FollowPath>(&actor->behavior))
      return alongPoints(path->points, path->speed_mps, path->start, front_m, meeting.at);
    if (const auto* walk = std::get_if<WalkTo>(&actor->behavior))
      return alongPoints({actor->worldFromActor.translation, walk->target}, walk->speed_mps, walk->start, front_m,
                         meeting.at);
    refuse(node, fmt::format("'{}' has no way that could be planned", meeting.actor),
           "let it follow_lane, follow_path or walk_to");
    return std::nullopt;
  }

  /// To the place of the polyline nearest to the point.
  static PlannedMotion alongPoints(const std::vector<glm::dvec3>& points, double speed_mps, SimTime start,
                                   double front_m, const glm::dvec3& at) {
    double travelled = 0, best = std::numeric_limits<double>::infinity(), bestAt = 0;
    for (size_t i = 0; i + 1 < points.size(); ++i) {
      const glm::dvec2 a(points[i]), leg = glm::dvec2(points[i + 1]) - a;
      const double length = glm::length(leg);
      const double along = length > 0 ? std::clamp(glm::dot(glm::dvec2(at) - a, leg) / length, 0.0, length) : 0;
      const glm::dvec2 foot = length > 0 ? a + leg * (along / length) : a;
      const double distance = glm::distance(foot, glm::dvec2(at));
      if (distance < best) best = distance, bestAt = travelled + along;
      travelled += length;
    }
    return {bestAt - front_m, speed_mps, start.seconds()};
  }

  void refuse(const Node& node, std::string message, std::string help) {
    diagnostics().error("E0604", node.place(), std::move(message)).withHelp(std::move(help));
  }

  void solveMeetings() {
    for (const auto& [name, node] : meetings_) {
      auto& meeting = std::get<Meeting>(out_.parameters.at(name));
      const auto moverName = out_.parameters.find("actor");
      const auto* mover = moverName == out_.parameters.end() ? nullptr : std::get_if<InjectorName>(&moverName->second);
      const auto speed = out_.parameters.find("speed");
      const double* speed_mps = speed == out_.parameters.end() ? nullptr : std::get_if<double>(&speed->second);
      const Actor* who = mover != nullptr ? actorOf(mover->value) : nullptr;
      if (who == nullptr || speed_mps == nullptr) {
        refuse(*node, "a meeting needs who comes, and how fast", "give `actor` and `speed`");
        continue;
      }
      meeting.mover = who->id;
      meeting.speed_mps = *speed_mps;
      const auto plan = planned(meeting, *node);
      if (!plan) continue;
      MeetingProblem problem{plan->distance_m, plan->speed_mps, plan->start_s, 0, *speed_mps, meeting.ttc.seconds()};
      problem.moverDistance_m = wayToLane(*who, meeting);
      const MeetingSolution solution = solveMeeting(problem);
      if (!report(solution, meeting, *node)) continue;
      meeting.start = SimTime::fromSeconds(solution.start_s);
      meeting.entry = SimTime::fromSeconds(solution.entry_s);
      if (!out_.trigger.when) out_.trigger.when = startsAt(meeting.start, *node);
    }
  }

  /// From where the mover stands, straight towards the point, to the edge of the point's lane.
  double wayToLane(const Actor& mover, const Meeting& meeting) const {
    const catalog::AssetInfo& asset = *context_.catalog.find(mover.asset);
    const glm::dvec3 from = mover.worldFromActor * glm::dvec3(asset.boxCentre.x, asset.boxCentre.y, 0);
    const glm::dvec2 way(meeting.at.x - from.x, meeting.at.y - from.y);
    const double whole_m = glm::length(way);
    const std::string laneName = context_.placement.laneOfPoint(meeting.point);
    const LaneMap& lanes = context_.placement.lanes();
    const auto lane = laneName.empty() ? std::nullopt : lanes.find(laneName);
    if (!lane || whole_m <= 0) return whole_m;
    // Bisection on "is in the lane": the point is, and the way is short against any bend.
    double outside = 0, inside = 1;
    if (lanes.isInLane(from, *lane)) return 0;
    if (!lanes.isInLane(meeting.at, *lane)) return whole_m;
    for (int i = 0; i < 60; ++i) {
      const double middle = 0.5 * (outside + inside);
      const glm::dvec3 at(from.x + way.x * middle, from.y + way.y * middle, from.z);
      (lanes.isInLane(at, *lane) ? inside : outside) = middle;
    }
    return inside * whole_m;
  }

  bool report(const MeetingSolution& solution, const Meeting& meeting, const Node& node) {
    if (!solution.why) return true;
    switch (*solution.why) {
      case NoMeeting::kActorStands:
        refuse(node, fmt::format("'{}' stands still and never comes to '{}'", meeting.actor, meeting.point),
               "give it a speed");
        break;
      case NoMeeting::kActorIsPast:
        refuse(node, fmt::format("'{}' lies behind '{}'", meeting.point, meeting.actor), "choose a point ahead of it");
        break;
      case NoMeeting::kMoverStands:
        refuse(node, fmt::format("'{}' has no speed", meeting.mover), "give `speed`");
        break;
      case NoMeeting::kTooLate:
        refuse(node,
               fmt::format("'{}' would have had to set out {} before the run", meeting.mover,
                           formatQuantity(std::round(-solution.start_s * 1000) / 1000, Dimension::kTime)),
               "a shorter `ttc`, a faster mover, or more room before the point");
        break;
    }
    return false;
  }

  /// `time >= 1.9 s`.
  static expression::Expression startsAt(SimTime start, const Node& node) {
    using namespace expression;
    const Type time{Kind::kQuantity, measureOf(Dimension::kTime)};
    Expression out;
    out.text = "time >= " + formatQuantity(start.seconds(), Dimension::kTime);
    out.place = node.place();
    ExpressionNode left, right, whole;
    left.op = Op::kName;
    left.name = "time";
    left.type = time;
    left.range = {0, 4};
    right.op = Op::kLiteral;
    right.type = time;
    right.number = start.seconds();
    right.range = {8, static_cast<uint32_t>(out.text.size())};
    whole.op = Op::kGreaterEqual;
    whole.type = kTruth;
    whole.operands = {0, 1};
    whole.range = {0, static_cast<uint32_t>(out.text.size())};
    out.nodes = {left, right, whole};
    return out;
  }

  InjectorFile& file_;
  const FoundInjector& found_;
  StoryContext& context_;
  ReadContext read_;
  Injector out_;
  RigidTransform origin_;
  std::vector<std::pair<std::string, const Node*>> meetings_;
};

}  // namespace

std::optional<FoundInjector> findInjector(const Reference& use, const Imports& imports,
                                          const std::map<const ImportedFile*, LibraryFile>& libraries,
                                          Diagnostics& diagnostics) {
  const size_t dot = use.value.find('.');
  const std::string alias = use.value.substr(0, dot);
  const std::string type = dot == std::string::npos ? std::string() : use.value.substr(dot + 1);
  std::vector<std::string> names;
  for (const auto& [name, file] : imports) {
    const auto library = libraries.find(file.get());
    if (library == libraries.end()) continue;
    for (const auto& [id, info] : library->second.injectors) {
      names.push_back(name + "." + id);
      if (name == alias && id == type) return FoundInjector{file.get(), type, &info};
    }
  }
  auto& d = diagnostics.error("E0419", use.node->place(), fmt::format("unknown injector '{}'", excerpt(use.value)));
  d.withHelp(names.empty() ? "import them: `imports: {inj: std/injectors@1}`" : suggestionHelp(use.value, names));
  if (const auto near = suggest(use.value, names)) d.withFix(*near);
  return std::nullopt;
}

std::optional<Injector> buildInjector(const std::string& id, InjectorFile& file, const FoundInjector& found,
                                      StoryContext& context) {
  file.resolvedWith = YamlValue::map();
  return InjectorBuilder(file, found, context).build(id);
}

}  // namespace nightfog::scenario
