#include "engine/traffic/walkers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"
#include "engine/road/signal_plan.hpp"

namespace nightfog::traffic {
namespace {

using road::kNoLane;
using road::LaneIndex;

constexpr double kMost = 100'000;
constexpr double kTurn_radps = 4;
/// Half of those who come by a crosswalk take it.
constexpr double kCrosses = 0.5;
/// Braking that is expected of who comes, and his time to see.
constexpr double kBraking_mps2 = 2;
constexpr double kReaction_s = 1;
constexpr double kAside_m = 2;
constexpr double kLeastWidth_m = 0.8;

/// A way over a carriageway, from a place of one sidewalk to one of another.
struct Crosswalk {
  LaneIndex to = kNoLane;
  double from_m = 0, to_m = 0;  ///< along the two sidewalks
  std::vector<uint32_t> lights;
};

}  // namespace

struct Walkers::Impl {
  struct Person {
    Walker walker;
    LaneIndex lane = kNoLane;
    double distance_m = 0;
    bool isForward = true;
    uint32_t choices = 0;
    std::optional<Crosswalk> over;  ///< waits to cross it, or does
    bool isCrossing = false;
    // From this step to the next.
    glm::dvec3 from{0}, to{0};
    double fromHeading_rad = 0, toHeading_rad = 0, travelled_m = 0;
  };

  road::LaneGraph lanes;
  Options options;
  road::SignalPlan plan;
  std::vector<std::vector<Crosswalk>> crosswalks;  ///< by sidewalk
  std::vector<Person> people;
  int64_t steps = 0;

  double time_s() const { return static_cast<double>(steps) * options.step_s; }
  glm::dvec3 placeOf(LaneIndex lane, double distance_m, double left_m) const {
    const RigidTransform pose = lanes.path(lane).at(distance_m).worldFromLane;
    return pose.translation + pose.rotation * glm::dvec3(0, left_m, 0);
  }

  void findCrosswalks();
  bool mayCross(const Person& person, std::span<const Approaching> vehicles) const;
  void goOn(Person& person, std::span<const Approaching> vehicles);
  void walkOn(Person& person, double way_m);
};

void Walkers::Impl::findCrosswalks() {
  crosswalks.resize(lanes.size());
  const auto& signals = lanes.map().furniture().signals;
  // By crosswalk and section: the lanes that it crosses.
  std::map<std::array<uint32_t, 3>, std::vector<std::pair<LaneIndex, road::LaneSpan>>> crossed;
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    for (const road::LaneCrossing& crossing : lanes.crossingsOf(i))
      crossed[{crossing.object, lanes.lane(i).key.road, lanes.lane(i).key.section}].emplace_back(i, crossing.span);
  }
  for (const auto& [key, over] : crossed) {
    const auto& [object, roadIndex, section] = key;
    const road::LaneSection& lanesOf = lanes.map().road(roadIndex).sections()[section];
    const auto sidewalk = [&](const std::vector<road::Lane>& side) {
      for (const road::Lane& lane : side) {
        if (lane.kind == road::LaneKind::kSidewalk) return lanes.find({roadIndex, section, lane.id});
      }
      return kNoLane;
    };
    const LaneIndex left = sidewalk(lanesOf.left), right = sidewalk(lanesOf.right);
    if (left == kNoLane || right == kNoLane) continue;
    Crosswalk there;
    double s = 0;
    for (const auto& [lane, span] : over) {
      s += lanes.path(lane).sAt(0.5 * (span.from_m + span.to_m)) / static_cast<double>(over.size());
      for (const road::LaneSignal& at : lanes.signalsOf(lane)) {
        if (signals[at.signal].kind == road::SignalKind::kTrafficLight) there.lights.push_back(at.signal);
      }
    }
    const double onLeft = lanes.path(left).distanceAt(s), onRight = lanes.path(right).distanceAt(s);
    there.to = left;
    there.from_m = onRight;
    there.to_m = onLeft;
    crosswalks[right].push_back(there);
    there.to = right;
    std::swap(there.from_m, there.to_m);
    crosswalks[left].push_back(there);
  }
}

bool Walkers::Impl::mayCross(const Person& person, std::span<const Approaching> vehicles) const {
  const glm::dvec3 to = placeOf(person.over->to, person.over->to_m, 0);
  const double way = glm::length(to - person.to), takes = way / person.walker.speed_mps;
  for (const uint32_t light : person.over->lights) {
    for (const double later : {0.0, 0.5 * takes, takes}) {
      if (plan.state(light, SimTime::fromSeconds(time_s() + later)) != road::SignalState::kRed) return false;
    }
  }
  // Who comes towards the line that is walked, and cannot stop any more.
  const glm::dvec2 from(person.to), along = glm::normalize(glm::dvec2(to) - from);
  for (const Approaching& vehicle : vehicles) {
    const glm::dvec2 heading(std::cos(vehicle.heading_rad), std::sin(vehicle.heading_rad));
    const glm::dvec2 apart = glm::dvec2(vehicle.front) - from;
    const double across = heading.x * along.y - heading.y * along.x;
    if (std::abs(across) < 0.3) continue;  // goes beside it
    // Where their lines meet: so far ahead of the bumper, and so far along the crosswalk.
    const double ahead = (along.x * apart.y - along.y * apart.x) / across;
    const double at = (heading.x * apart.y - heading.y * apart.x) / across;
    if (at < -kAside_m || at > way + kAside_m) continue;
    const double v = vehicle.speed_mps;
    const double stops = v * v / (2 * kBraking_mps2) + v * kReaction_s + kAside_m;
    if (v > 0.1 && ahead > -6 && ahead < stops) return false;
  }
  return true;
}

void Walkers::Impl::walkOn(Person& person, double way_m) {
  const double before = person.distance_m;
  person.distance_m += person.isForward ? way_m : -way_m;
  for (const Crosswalk& crosswalk : crosswalks[person.lane]) {
    const bool passes = person.isForward ? before < crosswalk.from_m && person.distance_m >= crosswalk.from_m
                                         : before > crosswalk.from_m && person.distance_m <= crosswalk.from_m;
    if (!passes) continue;
    if (!RandomSource(options.seed, person.walker.id, "traffic/crosses", person.choices++).bernoulli(kCrosses))
      continue;
    person.over = crosswalk;
    person.distance_m = crosswalk.from_m;
    return;
  }
  const double length = lanes.lane(person.lane).length_m;
  if (person.distance_m >= 0 && person.distance_m <= length) return;
  const road::GraphLane& lane = lanes.lane(person.lane);
  std::vector<LaneIndex> next;
  for (const LaneIndex on : person.isForward ? lane.successors : lane.predecessors) {
    if (lanes.lane(on).kind == road::LaneKind::kSidewalk) next.push_back(on);
  }
  if (next.empty()) {
    person.isForward = !person.isForward;
    person.distance_m = std::clamp(person.distance_m, 0.0, length);
    return;
  }
  const uint64_t which =
      next.size() == 1
          ? 0
          : RandomSource(options.seed, person.walker.id, "traffic/walk", person.choices++).below(next.size());
  const double beyond = person.isForward ? person.distance_m - length : -person.distance_m;
  person.lane = next[which];
  person.distance_m = person.isForward ? beyond : lanes.lane(person.lane).length_m - beyond;
  person.distance_m = std::clamp(person.distance_m, 0.0, lanes.lane(person.lane).length_m);
}

void Walkers::Impl::goOn(Person& person, std::span<const Approaching> vehicles) {
  const double way = person.walker.speed_mps * options.step_s;
  person.from = person.to;
  person.fromHeading_rad = person.toHeading_rad;
  if (person.over && !person.isCrossing) person.isCrossing = mayCross(person, vehicles);
  glm::dvec3 to = person.from;
  if (person.isCrossing) {
    const glm::dvec3 end = placeOf(person.over->to, person.over->to_m, person.walker.left_m);
    const double left = glm::length(end - person.from);
    if (left > way) {
      to = person.from + (end - person.from) * (way / left);
    } else {
      to = end;
      person.lane = person.over->to;
      person.distance_m = person.over->to_m;
      person.isForward = RandomSource(options.seed, person.walker.id, "traffic/side", person.choices++).bernoulli(0.5);
      person.over.reset();
      person.isCrossing = false;
    }
  } else if (!person.over) {
    walkOn(person, way);
    to = placeOf(person.lane, person.distance_m, person.walker.left_m);
  }
  person.to = to;
  const glm::dvec2 step = glm::dvec2(to - person.from);
  double wanted = person.fromHeading_rad;
  if (glm::length(step) > 0.1 * way) wanted = std::atan2(step.y, step.x);
  if (person.over && !person.isCrossing) {
    const glm::dvec3 across = placeOf(person.over->to, person.over->to_m, 0) - person.from;
    wanted = std::atan2(across.y, across.x);
  }
  const double turn = wrapAngle(wanted - person.fromHeading_rad), most = kTurn_radps * options.step_s;
  person.toHeading_rad = person.fromHeading_rad + std::clamp(turn, -most, most);
}

Walkers::Walkers(const road::LaneGraph& lanes, std::vector<Walker> walkers, const Options& options)
    : impl_(std::make_unique<Impl>()) {
  impl_->lanes = lanes;
  impl_->options = options;
  impl_->plan = road::SignalPlan(lanes.map(), {}, options.lightsSince);
  impl_->findCrosswalks();
  for (const Walker& walker : walkers) {
    if (!(walker.place.lane < lanes.size() && lanes.lane(walker.place.lane).kind == road::LaneKind::kSidewalk)) {
      throw Error(ExitCode::kDiagnostics, fmt::format("Walker {} is on no sidewalk.", walker.id),
                  "Place it on a lane of that kind.");
    }
    Impl::Person person;
    person.walker = walker;
    person.lane = walker.place.lane;
    person.distance_m = walker.place.distance_m;
    person.isForward = walker.isForward;
    const double heading = lanes.path(person.lane).at(person.distance_m).heading_rad;
    person.toHeading_rad = walker.isForward ? heading : wrapAngle(heading + kPi);
    person.to = impl_->placeOf(person.lane, person.distance_m, walker.left_m);
    impl_->goOn(person, {});
    impl_->people.push_back(std::move(person));
  }
}
Walkers::~Walkers() = default;
Walkers::Walkers(Walkers&&) noexcept = default;

void Walkers::step(std::span<const Approaching> vehicles) {
  ++impl_->steps;
  for (Impl::Person& person : impl_->people) {
    person.travelled_m += glm::length(person.to - person.from);
    impl_->goOn(person, vehicles);
  }
}

size_t Walkers::size() const {
  return impl_->people.size();
}

WalkerState Walkers::state(size_t index, double after_s) const {
  const Impl::Person& person = impl_->people[index];
  const double part = after_s / impl_->options.step_s, way = glm::length(person.to - person.from);
  WalkerState state;
  state.worldFromWalker =
      RigidTransform::fromYawPitchRoll(glm::mix(person.from, person.to, part),
                                       person.fromHeading_rad + (person.toHeading_rad - person.fromHeading_rad) * part);
  state.speed_mps = way / impl_->options.step_s;
  state.travelled_m = person.travelled_m + way * part;
  state.isCrossing = person.isCrossing;
  return state;
}

std::vector<Walker> populateSidewalks(const road::LaneGraph& lanes, double density_pm, uint64_t seed) {
  std::vector<LaneIndex> sidewalks;
  double total = 0;
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    const road::GraphLane& lane = lanes.lane(i);
    if (lane.kind != road::LaneKind::kSidewalk || lane.junction >= 0) continue;
    if (lanes.path(i).samples().front().width_m < kLeastWidth_m) continue;
    sidewalks.push_back(i);
    total += lane.length_m;
  }
  const double wanted = density_pm * total;
  if (!(wanted >= 0 && wanted <= kMost)) {
    throw Error(ExitCode::kDiagnostics, fmt::format("{:.0f} people are to walk the map's sidewalks.", wanted),
                fmt::format("From 0 to {:.0f}.", kMost));
  }
  std::vector<Walker> walkers;
  for (uint32_t k = 0; k < static_cast<uint32_t>(std::llround(wanted)); ++k) {
    RandomSource rng(seed, k, "traffic/walker");
    double along = rng.uniform(0, total);
    size_t s = 0;
    while (s + 1 < sidewalks.size() && along >= lanes.lane(sidewalks[s]).length_m)
      along -= lanes.lane(sidewalks[s++]).length_m;
    Walker walker;
    walker.id = k;
    walker.place = {sidewalks[s], along};
    const double width = lanes.path(sidewalks[s]).samples().front().width_m;
    walker.left_m = rng.uniform(-0.3, 0.3) * width;
    walker.isForward = rng.bernoulli(0.5);
    walker.speed_mps = std::clamp(rng.normal(1.34, 0.26), 0.8, 2.0);
    walkers.push_back(walker);
  }
  return walkers;
}

}  // namespace nightfog::traffic
