// Named actors that drive as traffic does: agents among all others, whom commands reach.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/error.hpp"
#include "engine/world/background_state.hpp"

namespace nightfog::world {
namespace {

/// Named agents' numbers begin beyond all others': what they draw depends on nobody else.
constexpr uint32_t kFirstNamed = 2'000'000;
/// Who drives again, after something else has moved him, draws anew.
constexpr uint32_t kBetweenTimes = 1u << 20;
/// From where he was to the middle of his lane, along his way.
constexpr double kSettle_m = 15;
/// Whose speed is stated heeds no limit but this.
constexpr double kWhateverTheLimit = 1e6;
constexpr double kWhereNothingIsStated_mps = 50 / 3.6;

[[noreturn]] void refuse(const std::string& name, const std::string& what, std::string help) {
  throw Error(ExitCode::kDiagnostics, fmt::format("actor '{}' {}", name, what), std::move(help));
}

traffic::Driver driverOf(const scenario::Drive& drive) {
  traffic::Driver driver;
  if (drive.speed_mps) {
    driver.top_mps = *drive.speed_mps;
    driver.speedFactor = kWhateverTheLimit;
  }
  driver.timeGap_s = drive.headway_s;
  driver.standstillGap_m = drive.standstillGap_m;
  driver.acceleration_mps2 = drive.acceleration_mps2;
  driver.braking_mps2 = drive.deceleration_mps2;
  return driver;
}

const scenario::Drive* commandToDrive(const scenario::Command& command) {
  return std::get_if<scenario::Drive>(&command.action);
}

/// As the background has it, and from where it was when it joined evenly to there.
class DriverMotion final : public Motion {
 public:
  DriverMotion(const Background& background, size_t driver) : background_(background), driver_(driver) {}
  MotionState at(double time_s) const override {
    last_ = background_.driverAt(driver_, time_s);
    return last_;
  }
  double rolled_m(double travelled_m, const glm::dvec2&) const override { return travelled_m; }
  double wayLength_m() const override { return std::numeric_limits<double>::infinity(); }
  double cruiseSpeed_mps() const override { return glm::length(last_.velocity_mps); }
  glm::dvec3 place(double travelled_m) const override {
    return last_.worldFromActor * glm::dvec3(travelled_m - last_.travelled_m, 0, 0);
  }

 private:
  const Background& background_;
  size_t driver_ = 0;
  mutable MotionState last_;  ///< places are asked for around where it is
};

}  // namespace

bool anyDrivers(const scenario::Scenario& scenario) {
  const auto drives = [](const scenario::Actor& actor) {
    return std::holds_alternative<scenario::Drive>(actor.behavior);
  };
  return std::any_of(scenario.actors.begin(), scenario.actors.end(), drives) ||
         std::any_of(scenario.events.begin(), scenario.events.end(), [](const scenario::Event& event) {
           return std::any_of(event.commands.begin(), event.commands.end(), commandToDrive);
         });
}

std::optional<road::LanePlace> Background::Impl::frontOf(const std::string& name, const traffic::Shape& shape,
                                                         const RigidTransform& worldFromActor) const {
  const double heading = worldFromActor.yaw_rad();
  const auto at = [&](double ahead_m) { return lanes.locate(worldFromActor * glm::dvec3(ahead_m, 0, 0), heading); };
  const auto place = at(shape.length_m - shape.rear_m), origin = at(0);
  for (const auto& found : {place, origin}) {
    if (!found) refuse(name, "is to drive, and is beside all lanes", "put it on a lane");
    if (lanes.lane(found->lane).junction >= 0) return std::nullopt;
  }
  const road::GraphLane& lane = lanes.lane(place->lane);
  if (!lane.isDrivable && lane.kind != road::LaneKind::kBiking)
    refuse(name, "is to drive, and is in a lane that is not driven on", "put it on a driving lane");
  const double turned = wrapAngle(lanes.path(place->lane).at(place->distance_m).heading_rad - heading);
  if (std::cos(turned) < 0.5)
    refuse(name, "is to drive, and does not look along its lane", "let it face its lane, or follow_path");
  return place;
}

std::vector<road::LanePlace> Background::Impl::goalsOf(const std::string& name, const road::LanePlace& from,
                                                       std::span<const glm::dvec3> places) const {
  std::vector<road::LanePlace> goals;
  road::LanePlace at = from;
  for (const glm::dvec3& place : places) {
    const auto goal = lanes.locate(place);
    if (!goal || !lanes.route(at, *goal))
      refuse(name, fmt::format("is to drive by [{:.1f}, {:.1f}], where no way leads", place.x, place.y),
             "name places in lanes that lead there, one after the other");
    goals.push_back(at = *goal);
  }
  return goals;
}

traffic::Agent Background::Impl::agentOf(const std::string& name, ObjectId id, size_t timesBefore,
                                         const traffic::Shape& shape, const scenario::Drive& drive) const {
  traffic::Agent agent;
  agent.id = kFirstNamed + id.value + kBetweenTimes * static_cast<uint32_t>(timesBefore);
  agent.shape = shape;
  agent.driver = driverOf(drive);
  agent.changesFreely = drive.changesLanes;
  agent.comesBack = false;
  if (shape.length_m <= 0 || shape.wheelbase_m <= 0) refuse(name, "has no wheels to drive on", "people walk_to");
  return agent;
}

void Background::Impl::takeDrivers(const scenario::Scenario& scenario, const catalog::Catalog& catalog,
                                   std::vector<traffic::Agent>& agents, std::vector<traffic::Shape>& joining) {
  for (size_t i = 0; i < scenario.actors.size(); ++i) {
    const scenario::Actor& actor = scenario.actors[i];
    const catalog::AssetInfo* asset = catalog.find(actor.asset);
    if (asset == nullptr) continue;  // the world says so
    const auto isToldSo = [&](const scenario::Event& event) {
      return std::any_of(event.commands.begin(), event.commands.end(), [&](const scenario::Command& command) {
        return command.actor == actor.id && commandToDrive(command) != nullptr;
      });
    };
    if (std::any_of(scenario.events.begin(), scenario.events.end(), isToldSo)) joining.push_back(seenFromAbove(*asset));
    const auto* drive = std::get_if<scenario::Drive>(&actor.behavior);
    if (drive == nullptr) continue;
    const traffic::Shape shape = seenFromAbove(*asset);
    traffic::Agent agent = agentOf(actor.id, ObjectId{static_cast<uint32_t>(i + 1)}, 0, shape, *drive);
    const auto front = frontOf(actor.id, shape, actor.worldFromActor);
    if (!front) refuse(actor.id, "is to drive from within a junction", "put it before the junction, or behind it");
    agent.front = *front;
    const double limit = lanes.speedLimit_mps(front->lane, front->distance_m);
    agent.speed_mps =
        drive->initialSpeed_mps.value_or(drive->speed_mps.value_or(limit > 0 ? limit : kWhereNothingIsStated_mps));
    agent.goals = goalsOf(actor.id, *front, drive->through);
    Driver driver;
    driver.name = actor.id;
    driver.driver = agent.driver;
    driver.joinedAt = actor.worldFromActor;
    driver.member.index = agents.size();
    atTheWheel.emplace_back(actor.id, drivers.size());
    drivers.push_back(std::move(driver));
    agents.push_back(std::move(agent));
  }
}

void Background::Impl::seatNewcomers() {
  for (Driver& driver : drivers) {
    if (driver.isAgent || !driver.member.isPresent) continue;
    driver.isAgent = true;
    look(driver.member);
    driver.agentFromActor = driver.member.from.worldFromActor.inverse() * driver.joinedAt;
  }
}

std::optional<size_t> Background::driverCalled(const std::string& actor) const {
  for (const auto& [name, driver] : impl_->atTheWheel) {
    if (name == actor) return driver;
  }
  return std::nullopt;
}

std::optional<size_t> Background::join(ObjectId id, const std::string& name, const catalog::AssetInfo& asset,
                                       const RigidTransform& worldFromActor, double speed_mps,
                                       const scenario::Drive& drive) {
  const traffic::Shape shape = seenFromAbove(asset);
  const auto front = impl_->frontOf(name, shape, worldFromActor);
  if (!front) return std::nullopt;
  const auto isSame = [&](const Impl::Driver& driver) { return driver.name == name; };
  const auto before = std::count_if(impl_->drivers.begin(), impl_->drivers.end(), isSame);
  traffic::Agent agent = impl_->agentOf(name, id, static_cast<size_t>(before), shape, drive);
  agent.front = *front;
  agent.speed_mps = speed_mps;
  agent.goals = impl_->goalsOf(name, *front, drive.through);
  Impl::Driver driver;
  driver.name = name;
  driver.driver = agent.driver;
  driver.joinedAt = worldFromActor;
  driver.member.index = impl_->vehicles->join(agent);
  impl_->drivers.push_back(std::move(driver));
  return impl_->drivers.size() - 1;
}

MotionState Background::driverAt(size_t index, double time_s) const {
  const Impl::Driver& driver = impl_->drivers[index];
  MotionState state = impl_->at(driver.member, time_s);
  const double u = state.travelled_m / kSettle_m;
  if (u >= 1) return state;
  const double rest = 1 - u * u * (3 - 2 * u), rate_1pm = -6 * u * (1 - u) / kSettle_m;
  const double speed = glm::length(state.velocity_mps);
  const glm::dvec3 aside = driver.agentFromActor.translation;
  const double turned = driver.agentFromActor.yaw_rad();
  RigidTransform& pose = state.worldFromActor;
  state.velocity_mps += pose.rotate(aside * (rate_1pm * speed));
  pose.translation += pose.rotate(aside * rest);
  pose.rotation = glm::normalize(pose.rotation * glm::angleAxis(turned * rest, glm::dvec3(0, 0, 1)));
  state.angularVelocity_radps.z += turned * rate_1pm * speed;
  return state;
}

bool Background::isDriving(size_t driver) const {
  return impl_->drivers[driver].member.isPresent;
}

void Background::leave(size_t driver) {
  Impl::Driver& one = impl_->drivers[driver];
  if (one.member.isPresent && one.isAgent) impl_->vehicles->remove(one.member.index);
  one.member.isPresent = false;
}

void Background::wish(size_t driver, double speed_mps, std::optional<double> acceleration_mps2,
                      std::optional<double> deceleration_mps2) {
  Impl::Driver& one = impl_->drivers[driver];
  one.driver.top_mps = speed_mps;
  one.driver.speedFactor = kWhateverTheLimit;
  if (acceleration_mps2) one.driver.acceleration_mps2 = *acceleration_mps2;
  if (deceleration_mps2) one.driver.braking_mps2 = *deceleration_mps2;
  impl_->vehicles->setDriver(one.member.index, one.driver);
}

void Background::wish(size_t driver, const scenario::Drive& drive) {
  Impl::Driver& one = impl_->drivers[driver];
  one.driver = driverOf(drive);
  impl_->vehicles->setDriver(one.member.index, one.driver);
  if (!drive.through.empty()) goThrough(driver, drive.through);
}

void Background::goThrough(size_t driver, std::span<const glm::dvec3> places) {
  const Impl::Driver& one = impl_->drivers[driver];
  impl_->vehicles->setGoals(one.member.index,
                            impl_->goalsOf(one.name, impl_->vehicles->front(one.member.index), places));
}

road::LaneKey Background::laneOf(size_t driver) const {
  return impl_->lanes.lane(impl_->vehicles->front(impl_->drivers[driver].member.index).lane).key;
}

void Background::changeLanes(size_t driver, int lanes) {
  impl_->vehicles->askChange(impl_->drivers[driver].member.index, lanes);
}

bool Background::isChangingLanes(size_t driver) const {
  return impl_->vehicles->isChanging(impl_->drivers[driver].member.index);
}

Background::Indicating Background::driverIndicating(size_t driver) const {
  return impl_->drivers[driver].member.indicating;
}

bool Background::isDriverBraking(size_t driver) const {
  return impl_->drivers[driver].member.isBraking;
}

std::unique_ptr<Motion> Background::motionOfDriver(size_t driver) const {
  return std::make_unique<DriverMotion>(*this, driver);
}

}  // namespace nightfog::world
