#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"
#include "engine/traffic/population.hpp"
#include "engine/world/background_state.hpp"
#include "engine/world/parking.hpp"

namespace nightfog::world {
namespace {

constexpr SimTime kStep = SimTime::fromMs(100);
/// Nobody begins so near to a named actor.
constexpr double kFreeAroundNamed_m = 25;
/// Cyclists' numbers begin beyond all vehicles'.
constexpr uint32_t kFirstCyclist = 1'000'000;
/// Streets go on beyond the map's open ends; who comes in and leaves does so near the end of that.
constexpr double kBeyondEnds_m = 70;
/// Who has left comes in again after this, as somebody else: nobody's exposure sees both.
constexpr double kPause_s = 5;
/// A body is as wide as its track and this: mirrors pass over each other.
constexpr double kBesideTrack_m = 0.3;

/// The kinds of a mix, one an asset: each kind's share divided evenly among its assets.
void addKinds(scenario::TrafficKind kind, double share, const traffic::Kind& like, const catalog::Catalog& catalog,
              std::vector<traffic::Kind>& kinds) {
  const auto assets = scenario::assetsOf(kind, catalog);
  for (const catalog::AssetInfo* asset : assets) {
    traffic::Kind one = like;
    one.name = asset->id;
    one.share = share / static_cast<double>(assets.size());
    one.shape = seenFromAbove(*asset);
    kinds.push_back(std::move(one));
  }
}

}  // namespace

traffic::Shape seenFromAbove(const catalog::AssetInfo& asset) {
  traffic::Shape shape;
  shape.length_m = asset.boxSize.x;
  shape.rear_m = 0.5 * asset.boxSize.x - asset.boxCentre.x;
  shape.wheelbase_m = std::max(wheelbase(asset), 0.5);
  double track = 0;
  for (const catalog::WheelInfo& wheel : asset.wheels) track = std::max(track, 2 * std::abs(wheel.centre.y));
  shape.width_m = std::min(asset.boxSize.y, track > 0.3 ? track + kBesideTrack_m : asset.boxSize.y);
  shape.rear_m = std::clamp(shape.rear_m, 0.0, shape.length_m - shape.wheelbase_m);
  return shape;
}

MotionState Background::Impl::vehicleState(size_t index, double after_s) const {
  const traffic::AgentState now = vehicles->state(index, after_s);
  MotionState state;
  state.worldFromActor = now.worldFromAgent;
  state.velocity_mps = now.worldFromAgent.rotation * glm::dvec3(now.speed_mps, 0, 0);
  state.angularVelocity_radps = {0, 0, now.yawRate_radps};
  state.travelled_m = now.travelled_m;
  state.steerCurvature_1pm = now.speed_mps > 0.1 ? now.yawRate_radps / now.speed_mps : 0;
  return state;
}

MotionState Background::Impl::walkerState(size_t index, double after_s) const {
  const traffic::WalkerState now = walkers->state(index, after_s);
  MotionState state;
  state.worldFromActor = now.worldFromWalker;
  state.velocity_mps = now.worldFromWalker.rotation * glm::dvec3(now.speed_mps, 0, 0);
  state.travelled_m = now.travelled_m;
  return state;
}

void Background::Impl::look() {
  for (Member& member : members) {
    if (member.isReplayed) {
      member.isPresent = replay->isPresent(member.index);
      if (!member.isPresent) continue;
      member.isBraking = replay->isBraking(member.index);
      member.indicating = replay->indicating(member.index);
      continue;
    }
    if (member.kind == Kind::kParked) continue;
    if (member.kind == Kind::kPerson) {
      member.from = walkerState(member.index, 0);
      member.to = walkerState(member.index, step.seconds());
      continue;
    }
    look(member);
  }
  for (Driver& driver : drivers) {
    if (driver.isAgent && driver.member.isPresent) look(driver.member);
  }
}

/// Of a vehicle.
void Background::Impl::look(Member& member) {
  const traffic::AgentState now = vehicles->state(member.index);
  member.isPresent = now.isPresent;
  member.trip = now.trip;
  if (!now.isPresent) return;
  member.isBraking = now.isBraking;
  member.indicating = now.indicating == traffic::Indicating::kLeft    ? Indicating::kLeft
                      : now.indicating == traffic::Indicating::kRight ? Indicating::kRight
                                                                      : Indicating::kNo;
  member.from = vehicleState(member.index, 0);
  member.to = vehicleState(member.index, step.seconds());
  // Which way its wheels point while it stands is how they stood.
  if (member.from.velocity_mps == glm::dvec3(0)) member.to.steerCurvature_1pm = member.from.steerCurvature_1pm;
}

std::unique_ptr<Background> Background::of(const scenario::Scenario& scenario, const catalog::Catalog& catalog) {
  const scenario::Traffic& wanted = scenario.traffic;
  if (!wanted.isAny() && !anyDrivers(scenario)) return nullptr;
  auto impl = std::make_unique<Impl>();
  impl->lanes = road::LaneGraph(scenario.map);
  const int64_t perStep = std::max<int64_t>(1, (kStep.ns + scenario.step.ns - 1) / scenario.step.ns);
  impl->step = scenario.step * perStep;
  const auto seedOf = [&](std::string_view what) { return RandomSource(wanted.seed, 0, what).bits(); };
  std::vector<glm::dvec3> keptFree;
  for (const scenario::Actor& actor : scenario.actors) keptFree.push_back(actor.worldFromActor.translation);

  if (wanted.replayed) {
    impl->replay = std::make_unique<Replay>(*wanted.replayed, impl->lanes, catalog);
    impl->replay->advance(0, impl->step.seconds());
    for (size_t i = 0; i < impl->replay->size(); ++i) {
      Impl::Member member;
      member.actor = impl->replay->actor(i);
      member.kind = impl->replay->kind(i);
      member.isReplayed = true;
      member.index = i;
      member.cruiseSpeed_mps = impl->replay->cruiseSpeed_mps(i);
      if (impl->replay->isPresent(i)) keptFree.push_back(member.actor.worldFromActor.translation);
      impl->members.push_back(std::move(member));
    }
  }

  // Drivers come first, so that their places among the agents depend on nobody else.
  std::vector<traffic::Agent> agents;
  std::vector<traffic::Shape> joining;
  impl->takeDrivers(scenario, catalog, agents, joining);
  const size_t driverCount = agents.size();
  std::vector<std::string> assets(driverCount);
  const auto fill = [&](const std::vector<traffic::Kind>& kinds, const traffic::Filling& filling) {
    if (!(filling.density_pkm > 0)) return;
    std::vector<size_t> kindOf;
    const auto found = traffic::populate(impl->lanes, kinds, filling, &kindOf);
    agents.insert(agents.end(), found.begin(), found.end());
    for (const size_t kind : kindOf) assets.push_back(kinds[kind].name);
  };
  const std::vector<traffic::Kind> like = traffic::defaultKinds();
  std::vector<traffic::Kind> kinds;
  addKinds(scenario::TrafficKind::kCar, wanted.mix.car, like[0], catalog, kinds);
  addKinds(scenario::TrafficKind::kVan, wanted.mix.van, like[1], catalog, kinds);
  addKinds(scenario::TrafficKind::kTruck, wanted.mix.truck, like[2], catalog, kinds);
  addKinds(scenario::TrafficKind::kBus, wanted.mix.bus, like[3], catalog, kinds);
  traffic::Filling filling;
  filling.density_pkm = 1000 * wanted.density_pm;
  filling.seed = seedOf("traffic/vehicles");
  filling.keptFree = keptFree;
  filling.keepFree_m = kFreeAroundNamed_m;
  filling.beyondEnds_m = kBeyondEnds_m;
  fill(kinds, filling);
  const size_t cyclistsFrom = agents.size();
  kinds.clear();
  addKinds(scenario::TrafficKind::kCyclist, 1, traffic::cyclistKinds().front(), catalog, kinds);
  filling.density_pkm = 1000 * wanted.cyclists_pm;
  filling.seed = seedOf("traffic/cyclists");
  filling.firstId = kFirstCyclist;
  filling.onCycleLanes = true;
  fill(kinds, filling);

  const traffic::Options options{.seed = seedOf("traffic/ways"),
                                 .step_s = impl->step.seconds(),
                                 .beyondEnds_m = kBeyondEnds_m,
                                 .pause_s = kPause_s,
                                 .lightsSince = wanted.lightsSince(),
                                 .joining = std::move(joining)};
  impl->vehicles = std::make_unique<traffic::Traffic>(impl->lanes, agents, options);
  for (size_t i = driverCount; i < agents.size(); ++i) {
    const bool isCyclist = i >= cyclistsFrom;
    Impl::Member member;
    member.kind = isCyclist ? Kind::kCyclist : Kind::kVehicle;
    member.index = i;
    const uint32_t number = isCyclist ? agents[i].id - kFirstCyclist : agents[i].id;
    member.actor = {fmt::format("{}-{}", isCyclist ? "cyclist" : "traffic", number), assets[i],
                    impl->vehicles->state(i).worldFromAgent, scenario::Parked{}};
    member.cruiseSpeed_mps = std::max(agents[i].speed_mps, 1.0);
    impl->members.push_back(std::move(member));
  }
  const auto people = traffic::populateSidewalks(impl->lanes, wanted.pedestrians_pm, seedOf("traffic/people"));
  const auto persons = scenario::assetsOf(scenario::TrafficKind::kPedestrian, catalog);
  impl->walkers = std::make_unique<traffic::Walkers>(impl->lanes, people, options);
  for (size_t i = 0; i < people.size(); ++i) {
    RandomSource rng(wanted.seed, people[i].id, "traffic/clothes");
    Impl::Member member;
    member.kind = Kind::kPerson;
    member.index = i;
    member.actor = {fmt::format("pedestrian-{}", people[i].id), persons[rng.below(persons.size())]->id,
                    impl->walkers->state(i).worldFromWalker, scenario::Parked{}};
    member.cruiseSpeed_mps = people[i].speed_mps;
    impl->members.push_back(std::move(member));
  }
  for (scenario::Actor& parked : parkedVehicles(impl->lanes, wanted, catalog, keptFree)) {
    Impl::Member member;
    member.from.worldFromActor = member.to.worldFromActor = parked.worldFromActor;
    member.actor = std::move(parked);
    impl->members.push_back(std::move(member));
  }
  impl->look();
  impl->seatNewcomers();
  return std::unique_ptr<Background>(new Background(std::move(impl)));
}

Background::Background(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Background::~Background() = default;

size_t Background::size() const {
  return impl_->members.size();
}
const scenario::Actor& Background::actor(size_t index) const {
  return impl_->members[index].actor;
}
Background::Kind Background::kind(size_t index) const {
  return impl_->members[index].kind;
}
SimTime Background::step() const {
  return impl_->step;
}
bool Background::isPresent(size_t index) const {
  return impl_->members[index].isPresent;
}
uint32_t Background::trip(size_t index) const {
  return impl_->members[index].trip;
}
double Background::cruiseSpeed_mps(size_t index) const {
  return impl_->members[index].cruiseSpeed_mps;
}

void Background::advance(std::span<const Bystander> bystanders) {
  std::vector<traffic::Other> others;
  std::vector<traffic::Approaching> coming;
  const auto come = [&](const glm::dvec3& middle, double heading, double length, double speed) {
    const glm::dvec3 ahead(std::cos(heading), std::sin(heading), 0);
    coming.push_back({middle + 0.5 * length * ahead, heading, speed});
  };
  for (const Bystander& b : bystanders) {
    others.push_back({b.middle, b.heading_rad, b.speed_mps, b.length_m, b.width_m, b.isPerson});
    if (!b.isPerson) come(b.middle, b.heading_rad, b.length_m, b.speed_mps);
  }
  const double now_s = static_cast<double>(impl_->steps) * impl_->step.seconds();
  for (const Impl::Member& member : impl_->members) {
    if (member.isReplayed) {
      if (!member.isPresent) continue;
      const MotionState now = impl_->replay->at(member.index, now_s);
      const glm::dvec2 size = impl_->replay->size_m(member.index);
      const bool isPerson = member.kind == Kind::kPerson;
      const double speed = glm::length(now.velocity_mps), heading = now.worldFromActor.yaw_rad();
      const glm::dvec3 middle = now.worldFromActor * glm::dvec3(impl_->replay->middle_m(member.index), 0, 0);
      others.push_back({middle, heading, speed, size.x, size.y, isPerson});
      if (!isPerson) come(middle, heading, size.x, speed);
      continue;
    }
    const RigidTransform& pose = member.to.worldFromActor;
    const double speed = glm::length(member.to.velocity_mps);
    if (member.kind == Kind::kPerson) {
      others.push_back({pose.translation, pose.yaw_rad(), speed, 0.5, 0.5, true});
    } else if (member.kind != Kind::kParked && member.isPresent) {
      const traffic::Shape& shape = impl_->vehicles->agent(member.index).shape;
      come(pose * glm::dvec3(0.5 * shape.length_m - shape.rear_m, 0, 0), pose.yaw_rad(), shape.length_m, speed);
    }
  }
  for (const Impl::Driver& driver : impl_->drivers) {
    if (!driver.isAgent || !driver.member.isPresent) continue;
    const MotionState& now = driver.member.to;
    const traffic::Shape& shape = impl_->vehicles->agent(driver.member.index).shape;
    const RigidTransform& pose = now.worldFromActor;
    come(pose * glm::dvec3(0.5 * shape.length_m - shape.rear_m, 0, 0), pose.yaw_rad(), shape.length_m,
         glm::length(now.velocity_mps));
  }
  impl_->vehicles->step(others);
  impl_->walkers->step(coming);
  ++impl_->steps;
  if (impl_->replay != nullptr) {
    const double begins_s = static_cast<double>(impl_->steps) * impl_->step.seconds();
    impl_->replay->advance(begins_s, begins_s + impl_->step.seconds());
  }
  impl_->look();
  impl_->seatNewcomers();
}

MotionState Background::at(size_t index, double time_s) const {
  const Impl::Member& member = impl_->members[index];
  return member.isReplayed ? impl_->replay->at(member.index, time_s) : impl_->at(member, time_s);
}

MotionState Background::Impl::at(const Member& member, double time_s) const {
  const double span = step.seconds();
  const double u = std::clamp((time_s - static_cast<double>(steps) * span) / span, 0.0, 1.0);
  const MotionState &a = member.from, &b = member.to;
  if (u == 0) return a;
  MotionState state;
  // Cubic through both places and velocities; people walk straight from step to step.
  const double u2 = u * u, u3 = u2 * u;
  const bool isStraight = member.kind == Kind::kPerson;
  const glm::dvec3 &p = a.worldFromActor.translation, &q = b.worldFromActor.translation;
  state.worldFromActor.translation =
      isStraight
          ? glm::mix(p, q, u)
          : p + (q - p) * (3 * u2 - 2 * u3) + span * (a.velocity_mps * (u3 - 2 * u2 + u) + b.velocity_mps * (u3 - u2));
  state.worldFromActor.rotation = glm::slerp(a.worldFromActor.rotation, b.worldFromActor.rotation, u);
  state.velocity_mps = glm::mix(a.velocity_mps, b.velocity_mps, u);
  state.angularVelocity_radps = glm::mix(a.angularVelocity_radps, b.angularVelocity_radps, u);
  const double from = glm::length(a.velocity_mps), to = glm::length(b.velocity_mps);
  const double whole = b.travelled_m - a.travelled_m;
  state.travelled_m =
      a.travelled_m +
      (isStraight ? whole * u : whole * (3 * u2 - 2 * u3) + span * (from * (u3 - 2 * u2 + u) + to * (u3 - u2)));
  state.steerCurvature_1pm = a.steerCurvature_1pm + (b.steerCurvature_1pm - a.steerCurvature_1pm) * u;
  return state;
}

Background::Indicating Background::indicating(size_t index) const {
  return impl_->members[index].indicating;
}
bool Background::isBraking(size_t index) const {
  return impl_->members[index].isBraking;
}

void Background::takeOut(size_t index) {
  Impl::Member& member = impl_->members[index];
  if (member.isReplayed) return impl_->replay->takeOut(member.index);
  if (member.kind == Kind::kVehicle || member.kind == Kind::kCyclist) impl_->vehicles->remove(member.index);
}

namespace {

/// Reads the background; a footfall ahead is straight on.
class BackgroundMotion final : public Motion {
 public:
  BackgroundMotion(const Background& background, size_t index) : background_(background), index_(index) {}
  MotionState at(double time_s) const override {
    last_ = background_.at(index_, time_s);
    return last_;
  }
  double rolled_m(double travelled_m, const glm::dvec2&) const override { return travelled_m; }
  double wayLength_m() const override { return std::numeric_limits<double>::infinity(); }
  double cruiseSpeed_mps() const override { return background_.cruiseSpeed_mps(index_); }
  glm::dvec3 place(double travelled_m) const override {
    return last_.worldFromActor * glm::dvec3(travelled_m - last_.travelled_m, 0, 0);
  }

 private:
  const Background& background_;
  size_t index_ = 0;
  mutable MotionState last_;  ///< places are asked for around where it is
};

}  // namespace

std::unique_ptr<Motion> Background::motionOf(size_t index) const {
  return std::make_unique<BackgroundMotion>(*this, index);
}

}  // namespace nightfog::world
