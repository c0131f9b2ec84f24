#include "engine/traffic/traffic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/traffic/traffic_state.hpp"

namespace nightfog::traffic {
namespace {

/// Braking that lights the brake lamps; slowing down less is off the pedal.
constexpr double kBrakeLamps_mps2 = -0.7;
constexpr double kIndicatedAhead_m = 40;
/// Nobody comes in nearer to somebody who may look, where there is another end.
constexpr double kSeen_m = 250;

void require(bool isMet, const Agent& agent, const std::string& what) {
  if (isMet) return;
  throw Error(ExitCode::kDiagnostics, fmt::format("Agent {} of the traffic {}.", agent.id, what),
              "Give it a place in a drivable lane, and finite, positive measures.");
}

bool isSame(const Shape& a, const Shape& b) {
  return a.length_m == b.length_m && a.width_m == b.width_m && a.rear_m == b.rear_m && a.wheelbase_m == b.wheelbase_m;
}

/// The first stands for actors of whom one knows no more than that they are vehicles.
std::vector<Shape> shapesOf(const std::vector<Agent>& agents, const std::vector<Shape>& joining) {
  std::vector<Shape> shapes{Shape{4.9, 1.95, 1.0, 2.8}};
  const auto take = [&](const Shape& one) {
    if (std::none_of(shapes.begin(), shapes.end(), [&](const Shape& shape) { return isSame(shape, one); }))
      shapes.push_back(one);
  };
  for (const Agent& agent : agents) take(agent.shape);
  for (const Shape& shape : joining) take(shape);
  return shapes;
}

}  // namespace

Traffic::Impl::Impl(const road::LaneGraph& graph, std::vector<Agent> given, const Options& chosen)
    : lanes(graph),
      options(chosen),
      signalPlan(graph.map(), {}, options.lightsSince),
      facts(factsOf(graph, options.beyondEnds_m)),
      shapes(shapesOf(given, options.joining)),
      crossings(lanes, shapes) {
  if (!(options.step_s >= 1e-3 && options.step_s <= 0.5))
    throw Error(ExitCode::kDiagnostics, "Traffic steps by 1 ms to 0.5 s.", "0.1 s suits.");
  for (LaneIndex i = 0; i < lanes.size(); ++i) {
    if (facts[i].isEntry) (facts[i].isCycleLane ? cycleEntries : entries).push_back(i);
    if (!facts[i].isUsable) continue;
    const uint32_t road = lanes.lane(i).key.road;
    if (facts[i].beforeBeginning_m > 0 || facts[i].beyondEnd_m > 0)
      extended.try_emplace(road, lanes.map(), road, kStreetBeyondEnds_m);
    for (const road::LaneCrossing& crossing : lanes.crossingsOf(i)) {
      const auto at = lanes.path(i).at(0.5 * (crossing.span.from_m + crossing.span.to_m));
      const double reach = 0.5 * (crossing.span.to_m - crossing.span.from_m) + 0.5 * at.width_m + 5;
      crosswalks.push_back({i, crossing.span, glm::dvec2(at.worldFromLane.translation), reach});
    }
  }
  members.resize(lanes.map().junctions().size());
  urgent.assign(members.size(), kNobody);
  reserved_m.resize(lanes.size());
  holdBack();
  for (const Agent& agent : given) {
    check(agent);
    add(agent);
  }
  decide();
}

void Traffic::Impl::check(const Agent& agent) const {
  const auto isPositive = [](double x) { return x > 0 && std::isfinite(x); };
  const Shape& shape = agent.shape;
  require(isPositive(shape.length_m) && isPositive(shape.width_m) && isPositive(shape.wheelbase_m) &&
              shape.rear_m >= 0 && shape.rear_m + shape.wheelbase_m <= shape.length_m && shape.length_m < 30,
          agent, "has no possible shape");
  require(std::any_of(shapes.begin(), shapes.end(), [&](const Shape& known) { return isSame(known, shape); }), agent,
          "joins with a shape that nobody was told of");
  const Driver& d = agent.driver;
  for (const double x : {d.speedFactor, d.timeGap_s, d.standstillGap_m, d.acceleration_mps2, d.braking_mps2, d.exponent,
                         d.hardBraking_mps2, d.sideAcceleration_mps2, d.safeBraking_mps2})
    require(isPositive(x), agent, "has a driver with a number that is not positive");
  require(std::isfinite(agent.speed_mps) && agent.speed_mps >= 0, agent, "has no possible speed");
  require(agent.front.lane < lanes.size() && lanes.lane(agent.front.lane).junction < 0 &&
              (lanes.lane(agent.front.lane).isDrivable || lanes.lane(agent.front.lane).kind == road::LaneKind::kBiking),
          agent, "is in no drivable lane outside junctions");
  require(agent.front.distance_m >= 0 && agent.front.distance_m <= lanes.lane(agent.front.lane).length_m, agent,
          "is beyond its lane");
  for (const road::LanePlace& goal : agent.goals) require(goal.lane < lanes.size(), agent, "is bound for no lane");
  require(!ids.contains(agent.id), agent, "occurs twice");
}

void Traffic::Impl::add(const Agent& agent) {
  const size_t i = agents.size();
  agents.push_back(agent);
  ids.insert(agent.id);
  const auto kind =
      std::find_if(shapes.begin(), shapes.end(), [&](const Shape& shape) { return isSame(shape, agent.shape); });
  kindOf.push_back(static_cast<uint32_t>(kind - shapes.begin()));
  lane.push_back(agent.front.lane);
  front_m.push_back(agent.front.distance_m);
  speed_mps.push_back(agent.speed_mps);
  isCyclist.push_back(facts[agent.front.lane].isCycleLane);
  isPresent.push_back(!agent.isOutside);
  const size_t n = agents.size();
  acceleration_mps2.resize(n);
  travelled_m.resize(n);
  stood_s.resize(n);
  waited_s.resize(n);
  trail.resize(n);
  ways.resize(n);
  sideStep.resize(n);
  passes.resize(n);
  choices.resize(n);
  trips.resize(n);
  nextChange_s.resize(n);
  isGone.resize(n);
  askedLanes.resize(n);
  isBoundElsewhere.resize(n);
  left_s.resize(n, -options.pause_s);
  if (agent.isOutside) {
    speed_mps[i] = 0;
    return;
  }
  // Who is longer than what lies behind it of its lane stands in the ones before, too.
  double behind = front_m[i];
  for (LaneIndex at = lane[i]; behind < agent.shape.length_m && !lanes.lane(at).predecessors.empty();) {
    at = lanes.lane(at).predecessors.front();
    if (trail[i].count == kTrail) break;
    trail[i].lanes[trail[i].count++] = at;
    behind += length_m(at);
  }
  extend(i);
}

void Traffic::Impl::decide() {
  occupy();
  enterAgain();
  occupy();
  lookAtLights();
  findPasses();
  changeLanes();
  letIn();
  findPasses();
  findOtherPasses();
  grant();
  for (size_t i = 0; i < agents.size(); ++i) acceleration_mps2[i] = isPresent[i] ? acceleration(i) : 0;
}

void Traffic::Impl::leave(size_t i) {
  isPresent[i] = 0;
  left_s[i] = time_s();
  ways[i] = {};
  trail[i].count = 0;
  sideStep[i] = {};
  passes[i].clear();
  askedLanes[i] = 0;
  speed_mps[i] = acceleration_mps2[i] = stood_s[i] = waited_s[i] = 0;
  ++trips[i];
}

std::vector<LaneIndex> Traffic::Impl::outOfSight(const std::vector<LaneIndex>& all) const {
  std::vector<glm::dvec3> eyes;
  for (const Other& other : others) eyes.push_back(other.position);
  for (size_t i = 0; i < agents.size(); ++i) {
    if (isPresent[i] && !agents[i].comesBack) eyes.push_back(poseAt({lane[i], front_m[i], 0}).translation);
  }
  std::vector<LaneIndex> unseen;
  for (const LaneIndex entry : all) {
    const glm::dvec3 place = poseAt({entry, 0, -facts[entry].beforeBeginning_m}).translation;
    if (std::none_of(eyes.begin(), eyes.end(),
                     [&](const glm::dvec3& eye) { return glm::length(eye - place) < kSeen_m; }))
      unseen.push_back(entry);
  }
  return unseen.empty() ? all : unseen;
}

void Traffic::Impl::enterAgain() {
  if (!options.doReturn) return;
  if (std::all_of(isPresent.begin(), isPresent.end(), [](char is) { return is != 0; })) return;
  const std::vector<LaneIndex> forAll = outOfSight(entries), forCyclists = outOfSight(cycleEntries);
  std::vector<LaneIndex> taken;
  for (size_t i = 0; i < agents.size(); ++i) {
    if (isPresent[i] || !agents[i].comesBack) continue;
    // Cyclists on cycle lanes, all others on the others.
    const std::vector<LaneIndex>& mine = isCyclist[i] ? forCyclists : forAll;
    if (mine.empty() || isGone[i] || time_s() < left_s[i] + options.pause_s) continue;
    const LaneIndex entry = mine[draws(i, "traffic/entry", trips[i]).below(mine.size())];
    if (std::find(taken.begin(), taken.end(), entry) != taken.end()) continue;
    const Agent& agent = agents[i];
    // Whoever comes from beyond the map must find room at its edge, as if he came in there, and nobody else out there:
    // so no queue forms beyond it, and no more are let in than the map can carry.
    const double before = facts[entry].beforeBeginning_m, atEdge = facts[entry].first_m + agent.shape.length_m;
    const double front = before > 0 ? -before : atEdge;
    if (atEdge > length_m(entry) || (before > 0 && !on(entry).empty() && on(entry).front().front_m < 0)) continue;
    lane[i] = entry;
    front_m[i] = front;
    ways[i] = {};
    extend(i);
    const Lead lead = ahead(i, entry, 0, ways[i].lanes, 150);
    double speed = desiredSpeed(i);
    if (lead.isThere()) speed = std::min(speed, lead.speed_mps);
    speed = std::min(speed, std::sqrt(2 * agent.driver.braking_mps2 * std::max(0.0, facts[entry].stop_m - atEdge)));
    const double gap = lead.gap_m - agent.shape.length_m;
    if (gap < agent.driver.standstillGap_m + speed * agent.driver.timeGap_s) {
      ways[i] = {};
      continue;
    }
    // From out there he may come faster than the one in there goes, with room to slow down.
    if (before > 0 && lead.isThere()) speed = std::sqrt(speed * speed + agent.driver.braking_mps2 * before);
    speed = std::min(speed, desiredSpeed(i));
    speed_mps[i] = speed;
    isPresent[i] = 1;
    taken.push_back(entry);
  }
}

void Traffic::Impl::move() {
  const double dt = options.step_s;
  for (size_t i = 0; i < agents.size(); ++i) {
    if (!isPresent[i]) continue;
    double &v = speed_mps[i], a = acceleration_mps2[i];
    const bool stops = v + a * dt < 0;
    const double way = stops ? v * v / (-2 * a) : (v + 0.5 * a * dt) * dt;
    v = stops ? 0 : v + a * dt;
    stood_s[i] = v < 0.05 ? stood_s[i] + dt : 0;
    travelled_m[i] += way;
    front_m[i] += way;
    if (sideStep[i].isUnderWay()) {
      sideStep[i].done_m += way;
      if (sideStep[i].done_m >= sideStep[i].over_m) sideStep[i] = {};
    }
    std::vector<LaneIndex>& next = ways[i].lanes;
    size_t passed = 0;
    while (front_m[i] > length_m(lane[i]) && passed < next.size()) {
      front_m[i] -= length_m(lane[i]);
      trail[i].push(lane[i]);
      lane[i] = next[passed++];
    }
    next.erase(next.begin(), next.begin() + static_cast<std::ptrdiff_t>(passed));
    std::vector<road::LanePlace>& goals = agents[i].goals;
    while (!goals.empty() && lane[i] == goals.front().lane && front_m[i] >= goals.front().distance_m)
      goals.erase(goals.begin());
    extend(i);
    const double beyond = front_m[i] - length_m(lane[i]);
    if (beyond > 0 && !facts[lane[i]].isOpenEnd) front_m[i] = length_m(lane[i]), v = 0;
    if (beyond >= 0 && facts[lane[i]].isOpenEnd && beyond >= (agents[i].comesBack ? facts[lane[i]].beyondEnd_m : 0))
      leave(i);
  }
}

Traffic::Impl::WayPoint Traffic::Impl::pointAt(size_t i, double offset_m) const {
  WayPoint at{lane[i], front_m[i] + offset_m, 0};
  for (size_t k = 0; at.distance_m < 0; ++k) {
    LaneIndex before = kNoLane;
    if (k < trail[i].count) {
      before = trail[i].lanes[k];
    } else if (!lanes.lane(at.lane).predecessors.empty()) {
      before = lanes.lane(at.lane).predecessors.front();
    }
    if (before == kNoLane || k > kTrail) return {at.lane, 0, at.distance_m};
    at.lane = before;
    at.distance_m += length_m(before);
  }
  for (size_t k = 0; at.distance_m > length_m(at.lane); ++k) {
    // On the trail first, where the offset was negative, then ahead.
    const double left = at.distance_m - length_m(at.lane);
    const Trail& back = trail[i];
    const auto known =
        std::find(back.lanes.begin(), back.lanes.begin() + static_cast<std::ptrdiff_t>(back.count), at.lane);
    LaneIndex next = kNoLane;
    if (at.lane != lane[i] && known != back.lanes.begin() + static_cast<std::ptrdiff_t>(back.count)) {
      next = known == back.lanes.begin() ? lane[i] : *(known - 1);
    } else {
      const auto ahead = std::find(ways[i].lanes.begin(), ways[i].lanes.end(), at.lane);
      if (at.lane == lane[i]) {
        if (!ways[i].lanes.empty()) next = ways[i].lanes.front();
      } else if (ahead != ways[i].lanes.end() && ahead + 1 != ways[i].lanes.end()) {
        next = *(ahead + 1);
      }
    }
    if (next == kNoLane) return {at.lane, length_m(at.lane), left};
    at.lane = next;
    at.distance_m = left;
  }
  return at;
}

RigidTransform Traffic::Impl::poseAt(const WayPoint& at) const {
  RigidTransform pose = lanes.path(at.lane).at(at.distance_m).worldFromLane;
  if (at.beyond_m == 0) return pose;
  pose.translation += pose.rotation * glm::dvec3(at.beyond_m, 0, 0);
  if ((at.beyond_m > 0 ? facts[at.lane].beyondEnd_m : facts[at.lane].beforeBeginning_m) <= 0) return pose;
  // As the street goes on there: straight, its slope fading out.
  const road::LaneKey& key = lanes.lane(at.lane).key;
  const road::ExtendedRoad& road = extended.at(key.road);
  const bool isAtEnd = (at.beyond_m > 0) == leadsTowardsEnd(lanes, at.lane);
  const double past = std::abs(at.beyond_m), length = road.road().length_m();
  const double t = lanes.map().laneCentre_t({key.road, key.lane}, isAtEnd ? length : 0);
  pose.translation.z = road.surfacePoint(isAtEnd ? length + past : -past, t).z;
  return pose;
}

AgentState Traffic::Impl::state(size_t i, double after_s) const {
  AgentState state;
  state.isPresent = isPresent[i] != 0;
  state.trip = trips[i];
  state.travelled_m = travelled_m[i];
  if (!state.isPresent) return state;
  const Shape& shape = agents[i].shape;
  const double v = speed_mps[i], a = acceleration_mps2[i];
  const double until = a < 0 ? std::min(after_s, v / -a) : after_s;
  const double way = (v + 0.5 * a * until) * until;
  state.speed_mps = std::max(0.0, v + a * until);
  state.acceleration_mps2 = until < after_s ? 0 : a;
  state.travelled_m += way;
  state.front = {lane[i], front_m[i]};
  const auto place = [&](double offset) { return poseAt(pointAt(i, offset + way)); };
  const double rearAxle = shape.rear_m - shape.length_m;
  const RigidTransform rear = place(rearAxle), front = place(rearAxle + shape.wheelbase_m);
  const double done = sideStep[i].done_m + way;
  const glm::dvec3 left(0, 1, 0);
  const glm::dvec3 from = rear.translation + rear.rotation * (left * sideStep[i].at(done));
  const glm::dvec3 to = front.translation + front.rotation * (left * sideStep[i].at(done + shape.wheelbase_m));
  const glm::dvec3 x = glm::normalize(to - from);
  const glm::dvec3 y = glm::normalize(glm::cross(rear.rotation * glm::dvec3(0, 0, 1), x));
  state.worldFromAgent.translation = from;
  state.worldFromAgent.rotation = glm::quat_cast(glm::dmat3(x, y, glm::cross(x, y)));
  // The front axle rolls where its own lane leads: the angle between the two turns the vehicle.
  const glm::dvec3 ahead = front.rotation * glm::dvec3(1, 0, 0);
  state.yawRate_radps = state.speed_mps * glm::dot(ahead, y) / shape.wheelbase_m;
  state.isBraking = state.acceleration_mps2 < kBrakeLamps_mps2 || (v == 0 && firstAsked(i) != nullptr);
  if (sideStep[i].isUnderWay()) {
    state.indicating = sideStep[i].toLeft ? Indicating::kLeft : Indicating::kRight;
  } else if (askedLanes[i] != 0) {
    state.indicating = askedLanes[i] > 0 ? Indicating::kLeft : Indicating::kRight;
  } else {
    const auto turnOf = [&](LaneIndex index) {
      const road::Turn turn = lanes.lane(index).turn;
      if (turn == road::Turn::kStraight) return Indicating::kNo;
      return turn == road::Turn::kRight ? Indicating::kRight : Indicating::kLeft;
    };
    state.indicating = turnOf(lane[i]);
    for (const Pass& pass : passes[i]) {
      const double ahead_m = pass.begin_m - travelled_m[i];
      if (ahead_m > 0 && ahead_m < kIndicatedAhead_m) {
        state.indicating = turnOf(crossings[pass.crossing].ways.front());
        break;
      }
    }
  }
  return state;
}

Traffic::Traffic(const road::LaneGraph& lanes, std::vector<Agent> agents, const Options& options)
    : impl_(std::make_unique<Impl>(lanes, std::move(agents), options)) {}
Traffic::~Traffic() = default;
Traffic::Traffic(Traffic&&) noexcept = default;

void Traffic::step(std::span<const Other> others) {
  Impl& t = *impl_;
  t.move();
  ++t.steps;
  for (const Agent& agent : t.joining) t.add(agent);
  t.joining.clear();
  t.others = others;
  t.decide();
  t.others = {};
}

void Traffic::remove(size_t index) {
  impl_->leave(index);
  impl_->isGone[index] = 1;
}

size_t Traffic::join(const Agent& agent) {
  impl_->check(agent);
  for (const Agent& other : impl_->joining) require(other.id != agent.id, agent, "occurs twice");
  impl_->joining.push_back(agent);
  return impl_->agents.size() + impl_->joining.size() - 1;
}

void Traffic::setDriver(size_t index, const Driver& driver) {
  impl_->agents[index].driver = driver;
}

void Traffic::setGoals(size_t index, std::vector<road::LanePlace> goals) {
  impl_->agents[index].goals = std::move(goals);
  impl_->isBoundElsewhere[index] = 1;
}

void Traffic::askChange(size_t index, int lanes) {
  impl_->askedLanes[index] = lanes;
}

bool Traffic::isChanging(size_t index) const {
  return impl_->askedLanes[index] != 0 || impl_->sideStep[index].isUnderWay();
}

int64_t Traffic::stepsTaken() const {
  return impl_->steps;
}
size_t Traffic::size() const {
  return impl_->agents.size();
}
const Agent& Traffic::agent(size_t index) const {
  return impl_->agents[index];
}
road::LanePlace Traffic::front(size_t index) const {
  return {impl_->lane[index], impl_->front_m[index]};
}
double Traffic::stood_s(size_t index) const {
  return impl_->stood_s[index];
}

AgentState Traffic::state(size_t index, double after_s) const {
  return impl_->state(index, after_s);
}

}  // namespace nightfog::traffic
