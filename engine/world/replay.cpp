#include "engine/world/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/fcd/ride.hpp"

namespace nightfog::world {
namespace {

/// A lane counts where it leads about the way that SUMO's angle says; that is a chord, and lags in bends.
constexpr double kAlong_rad = 0.9;
/// Brake lamps come on at this, where the trace says nothing of them.
constexpr double kBrakes_mps2 = 0.7;
/// Who turns by so much within the next seconds indicates.
constexpr double kIndicates_rad = 0.7;
constexpr double kMoves_mps = 0.2;
/// SUMO's vehicle signals.
constexpr int kBlinksRight = 1, kBlinksLeft = 2, kBrakeLight = 8;

std::string actorName(const fcd::Mover& mover, std::set<std::string>& taken) {
  std::string name = "sumo-";
  for (const char c : mover.id.substr(0, 100)) {
    const bool isFine =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-';
    name += isFine ? c : '_';
  }
  if (mover.part > 0) name += fmt::format("-{}", mover.part + 1);
  while (!taken.insert(name).second) name += '_';
  return name;
}

}  // namespace

struct Replay::Impl {
  struct Member {
    const fcd::Mover* mover = nullptr;
    scenario::Actor actor;
    Background::Kind kind = Background::Kind::kVehicle;
    fcd::Figure figure;
    glm::dvec2 size_m{1};
    double middle_m = 0;
    std::unique_ptr<fcd::Ride> ride;  ///< while it is there
    double end_s = 0;
    bool isPresent = false, isOut = false;
    double cruise_mps = 1;
  };

  std::shared_ptr<const fcd::Trace> trace;
  road::LaneGraph lanes;
  std::vector<Member> members;
  size_t next = 0;           ///< whose ride is made next: members are in the order of their beginnings
  std::vector<size_t> here;  ///< who has a ride
  double now_s = 0;

  std::optional<fcd::LaneSpot> laneAt(const glm::dvec3& place, double heading_rad) const;
  MotionState stateOf(const Member& member, const fcd::RideState& ride) const;
};

std::optional<fcd::LaneSpot> Replay::Impl::laneAt(const glm::dvec3& place, double heading_rad) const {
  const auto on = lanes.locate(place, heading_rad);
  if (!on) return std::nullopt;
  const road::GraphLane& lane = lanes.lane(on->lane);
  if (!lane.isDrivable && lane.kind != road::LaneKind::kBiking) return std::nullopt;
  const road::LanePose pose = lanes.path(on->lane).at(on->distance_m);
  if (std::abs(wrapAngle(pose.heading_rad - heading_rad)) > kAlong_rad) return std::nullopt;
  return fcd::LaneSpot{pose.worldFromLane.translation, pose.heading_rad};
}

MotionState Replay::Impl::stateOf(const Member& member, const fcd::RideState& ride) const {
  MotionState state;
  state.worldFromActor = lanes.map().standing(ride.position, ride.heading_rad);
  state.velocity_mps = state.worldFromActor.rotation * glm::dvec3(ride.speed_mps, 0, 0);
  state.angularVelocity_radps = {0, 0, ride.yawRate_radps};
  state.travelled_m = ride.travelled_m;
  state.steerCurvature_1pm = member.kind == Background::Kind::kPerson ? 0 : ride.curvature_1pm;
  return state;
}

Replay::Replay(const scenario::TrafficTrace& played, const road::LaneGraph& lanes, const catalog::Catalog& catalog)
    : impl_(std::make_unique<Impl>()) {
  impl_->trace = played.trace;
  impl_->lanes = lanes;
  std::set<std::string> taken;
  for (size_t i = 0; i < played.trace->movers.size(); ++i) {
    const catalog::AssetInfo* asset = catalog.find(played.assets[i]);
    if (asset == nullptr) continue;  // left out
    const fcd::Mover& mover = played.trace->movers[i];
    Impl::Member member;
    member.mover = &mover;
    member.size_m = {asset->boxSize.x, asset->boxSize.y};
    member.middle_m = asset->boxCentre.x;
    const bool hasWheels = !asset->wheels.empty();
    member.kind = !hasWheels                    ? Background::Kind::kPerson
                  : asset->builder == "cyclist" ? Background::Kind::kCyclist
                                                : Background::Kind::kVehicle;
    if (hasWheels) {
      member.figure.wheelbase_m = std::max(wheelbase(*asset), 0.5);
      member.figure.front_m = asset->boxCentre.x + 0.5 * asset->boxSize.x;
    }
    for (const fcd::Sample& sample : mover.samples) member.cruise_mps = std::max(member.cruise_mps, sample.speed_mps);
    member.end_s = mover.samples.back().time_s;
    // Where it will come in, near enough for who asks before it is there.
    const fcd::Sample& first = mover.samples.front();
    const glm::dvec3 back(std::cos(first.heading_rad), std::sin(first.heading_rad), 0);
    member.actor = {actorName(mover, taken), asset->id,
                    lanes.map().standing(first.position - member.figure.front_m * back, first.heading_rad),
                    scenario::Parked{}};
    impl_->members.push_back(std::move(member));
  }
  advance(0, 0);
  for (const size_t index : impl_->here) {
    if (impl_->members[index].isPresent) impl_->members[index].actor.worldFromActor = at(index, 0).worldFromActor;
  }
}

Replay::~Replay() = default;

size_t Replay::size() const {
  return impl_->members.size();
}
const scenario::Actor& Replay::actor(size_t index) const {
  return impl_->members[index].actor;
}
Background::Kind Replay::kind(size_t index) const {
  return impl_->members[index].kind;
}
glm::dvec2 Replay::size_m(size_t index) const {
  return impl_->members[index].size_m;
}
double Replay::middle_m(size_t index) const {
  return impl_->members[index].middle_m;
}
bool Replay::isPresent(size_t index) const {
  return impl_->members[index].isPresent;
}
double Replay::cruiseSpeed_mps(size_t index) const {
  return impl_->members[index].cruise_mps;
}

void Replay::advance(double now_s, double until_s) {
  impl_->now_s = now_s;
  auto& members = impl_->members;
  while (impl_->next < members.size() && members[impl_->next].mover->samples.front().time_s <= until_s) {
    Impl::Member& member = members[impl_->next];
    if (member.end_s >= now_s) {
      const auto findLane = [this](const glm::dvec3& place, double heading) { return impl_->laneAt(place, heading); };
      member.ride = std::make_unique<fcd::Ride>(member.mover->samples, member.figure, findLane);
      impl_->here.push_back(impl_->next);
    }
    ++impl_->next;
  }
  for (const size_t index : impl_->here) {
    Impl::Member& member = members[index];
    constexpr double kSame_s = 1e-6;
    member.isPresent = !member.isOut && member.ride->begin_s() <= now_s + kSame_s && now_s <= member.end_s + kSame_s;
    if (now_s > member.end_s + kSame_s) member.ride.reset();
  }
  std::erase_if(impl_->here, [&](size_t index) { return members[index].ride == nullptr; });
}

MotionState Replay::at(size_t index, double time_s) const {
  const Impl::Member& member = impl_->members[index];
  if (member.ride != nullptr) return impl_->stateOf(member, member.ride->at(time_s));
  MotionState state;
  state.worldFromActor = member.actor.worldFromActor;
  return state;
}

Background::Indicating Replay::indicating(size_t index) const {
  const Impl::Member& member = impl_->members[index];
  if (member.ride == nullptr || member.kind != Background::Kind::kVehicle) return Background::Indicating::kNo;
  const fcd::RideState now = member.ride->at(impl_->now_s);
  // SUMO's blinkers know ways to come beyond the next seconds.
  const auto& samples = member.mover->samples;
  const auto after = std::upper_bound(samples.begin(), samples.end(), impl_->now_s,
                                      [](double time, const fcd::Sample& sample) { return time < sample.time_s; });
  const int signals = after == samples.begin() ? -1 : (after - 1)->signals;
  if (signals >= 0)
    return (signals & kBlinksLeft) != 0    ? Background::Indicating::kLeft
           : (signals & kBlinksRight) != 0 ? Background::Indicating::kRight
                                           : Background::Indicating::kNo;
  return now.turning_rad > kIndicates_rad    ? Background::Indicating::kLeft
         : now.turning_rad < -kIndicates_rad ? Background::Indicating::kRight
                                             : Background::Indicating::kNo;
}

bool Replay::isBraking(size_t index) const {
  const Impl::Member& member = impl_->members[index];
  if (member.ride == nullptr || member.kind != Background::Kind::kVehicle) return false;
  const auto& samples = member.mover->samples;
  const auto after = std::upper_bound(samples.begin(), samples.end(), impl_->now_s,
                                      [](double time, const fcd::Sample& sample) { return time < sample.time_s; });
  const int signals = after == samples.begin() ? -1 : (after - 1)->signals;
  if (signals >= 0) return (signals & kBrakeLight) != 0;
  const fcd::RideState now = member.ride->at(impl_->now_s);
  return now.acceleration_mps2 < -kBrakes_mps2 || now.speed_mps < kMoves_mps;
}

void Replay::takeOut(size_t index) {
  impl_->members[index].isOut = true;
}

}  // namespace nightfog::world
