#include "engine/world/world.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/content/environment.hpp"
#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/world/world_state.hpp"

namespace nightfog::world {
namespace {

/// Physics never steps further than this: contact times, bounces and rolling are as exact as this is short.
constexpr int64_t kLongestSubstep_ns = 1'000'000;
/// Poses are kept for this long beyond what the snapshots asked for, for other readers.
constexpr SimTime kSpareHistory = SimTime::fromMs(1000);
constexpr double kFastest_mps = 1000;
constexpr double kFastestSpin_radps = 10'000;

BodyKind kindOf(const scenario::Behavior& behavior) {
  if (std::holds_alternative<scenario::FreeBody>(behavior)) return BodyKind::kFree;
  return std::holds_alternative<scenario::Parked>(behavior) ? BodyKind::kParked : BodyKind::kDriven;
}

}  // namespace

void requireFreeBody(const std::string& actor, const catalog::AssetInfo& asset, const glm::dvec3& velocity_mps,
                     const glm::dvec3& angularVelocity_radps) {
  if (!(asset.mass_kg > 0) || !std::isfinite(asset.mass_kg)) {
    throw Error(
        ExitCode::kDiagnostics,
        fmt::format("actor '{}' is left to physics, but asset '{}' has mass {} kg", actor, asset.id, asset.mass_kg),
        "give the asset its mass");
  }
  const double speed = glm::length(velocity_mps);
  const double spin = glm::length(angularVelocity_radps);
  if (!(speed <= kFastest_mps) || !(spin <= kFastestSpin_radps)) {
    throw Error(ExitCode::kDiagnostics,
                fmt::format("actor '{}' starts at {} m/s, turning at {} rad/s", actor, speed, spin),
                fmt::format("at most {} m/s and {} rad/s", kFastest_mps, kFastestSpin_radps));
  }
}

namespace {

bool samePose(const RigidTransform& a, const RigidTransform& b) {
  return a.rotation == b.rotation && a.translation == b.translation;
}

/// A lamp of a model as its driver has it; none when it is off.
std::optional<content::SnapshotLamp> switched(const content::Lamp& lamp, const LampSwitches& switches) {
  constexpr float kHighOverLow = 2.2f;    // ECE R112: a high beam may reach 215 kcd, a low beam about a third of that
  constexpr float kBrakeOverTail = 8.0f;  // ECE R7: tail 4 to 17 cd, stop 60 to 260 cd
  constexpr float kFogOverTail = 14.0f;   // ECE R38: 150 to 300 cd
  content::SnapshotLamp shown;
  shown.lamp = lamp;
  shown.isOrdered = switches.beam.has_value();
  const bool isHead = lamp.pattern == content::LampPattern::kLowBeam;
  const bool isTail = lamp.pattern == content::LampPattern::kTail;
  if (isHead && switches.beam == scenario::Beam::kHigh) {
    shown.lamp.pattern = content::LampPattern::kHighBeam;
    shown.lamp.intensity_cd *= kHighOverLow;
  }
  if (isTail && (switches.brake || switches.rearFog)) {
    shown.lamp.intensity_cd *= switches.rearFog ? kFogOverTail : kBrakeOverTail;
    shown.isOrdered = true;
  }
  if (switches.beam == scenario::Beam::kOff && !(isTail && (switches.brake || switches.rearFog))) return std::nullopt;
  return shown;
}

uint64_t hashPose(uint64_t hash, const RigidTransform& pose) {
  const glm::dquat& q = pose.rotation;
  const glm::dvec3& t = pose.translation;
  for (double value : {q.w, q.x, q.y, q.z, t.x, t.y, t.z}) hash = hashCombine(hash, std::bit_cast<uint64_t>(value));
  return hash;
}

}  // namespace

World::Impl::Impl(World& world, const scenario::Scenario& played, Director* by, const content::SceneContent* content)
    : self(world),
      director(by),
      step(played.step),
      map(played.map),
      ground(map),
      physics(ground, content),
      environment(content::environmentAt(played.timeOfDay_s)),
      scenario(played) {
  for (const scenario::Event& event : played.events) {
    if (!event.trigger.when) continue;
    const std::string& text = event.trigger.when->text;
    watchesRoad =
        watchesRoad || text.find("off_road") != std::string::npos || text.find("at_road_end") != std::string::npos;
  }
}

void World::Impl::addPlayer(CastMember member, const catalog::AssetInfo& asset) {
  const scenario::Actor& actor = member.actor;
  Player player;
  player.id = ObjectId{static_cast<uint32_t>(players.size() + 1)};
  player.name = actor.id;
  player.asset = asset;
  if (member.mass_kg) player.asset.mass_kg = *member.mass_kg;
  player.isPresent = member.isPresent;
  player.background = member.background;
  if (member.background && background->kind(*member.background) != Background::Kind::kParked) {
    player.motion = background->motionOf(*member.background);
    player.rig = std::make_unique<Rig>(std::move(member.model), player.motion.get(), &ground);
    addToCrowd(std::move(player));
    return;
  }
  if (background) player.driver = background->driverCalled(actor.id);
  player.motion = player.driver ? background->motionOfDriver(*player.driver)
                                : makeMotion(scenario, actor, player.asset, whereabouts());
  player.rig = std::make_unique<Rig>(std::move(member.model), player.motion.get(), &ground);
  if (!member.isPresent) {
    players.push_back(std::move(player));
    return;
  }
  player.kind = kindOf(actor.behavior);
  if (const auto* road = std::get_if<scenario::FollowRoad>(&actor.behavior)) player.stopsAtEnd = road->stopsAtEnd;
  if (const auto* free = std::get_if<scenario::FreeBody>(&actor.behavior)) {
    requireFreeBody(actor.id, player.asset, free->velocity_mps, free->angularVelocity_radps);
    player.body = physics.add(player.asset, player.id, player.kind, actor.worldFromActor, free->velocity_mps,
                              free->angularVelocity_radps);
  } else {
    player.hasBody = false;
    if (!player.background) giveBody(player, 0);
  }
  player.appear(0, player.evaluate(physics, 0));
  player.lastVelocity_mps = player.last().motion.velocity_mps;
  if (player.kind != BodyKind::kParked || player.rig->movesByTime()) player.startMoving(0);
  players.push_back(std::move(player));
}

void World::Impl::giveBody(Player& player, double time_s) {
  MotionState state = player.motion->at(time_s);
  player.rig->settle(state);
  std::vector<PlacedMesh> surface;
  // People and animals keep their simple shape: clothes and limbs give way.
  if (player.kind == BodyKind::kParked && !player.rig->movesByTime() && !player.rig->walks()) {
    std::vector<RigidTransform> worldFromPart;
    player.rig->appendPoses(state, time_s, worldFromPart);
    const std::vector<size_t>& parts = player.rig->drawnParts();
    for (size_t p = 0; p < parts.size(); ++p) surface.push_back({player.rig->mesh(parts[p]), worldFromPart[p]});
  }
  player.body = physics.add(player.asset, player.id, player.kind, state.worldFromActor, {}, {}, surface);
  player.hasBody = true;
}

/// Of who is not of the cast yet, where the scenario puts him.
WhereIs World::Impl::whereabouts() const {
  return [this](const std::string& name, double time_s) {
    for (const Player& other : players) {
      if (other.name == name)
        return other.kind == BodyKind::kFree || !other.motion ? other.last().motion : other.motion->at(time_s);
    }
    MotionState state;
    for (const scenario::Actor& actor : scenario.actors) {
      if (actor.id == name) state.worldFromActor = actor.worldFromActor;
    }
    return state;
  };
}

/// A trailer's drawbar lies over who pulls it, and its corners may in a bend: that is no collision.
std::vector<Touch> World::Impl::collisionsOfDriven() {
  std::vector<Touch> all = physics.drivenOverlaps();
  const auto pulls = [this](ObjectId trailer, ObjectId by) {
    if (!trailer.isObject() || !by.isObject() || trailer.value > scenario.actors.size()) return false;
    const auto* towed = std::get_if<scenario::Towed>(&scenario.actors[trailer.value - 1].behavior);
    return towed != nullptr && player(by).name == towed->by;
  };
  std::erase_if(all, [&](const Touch& touch) { return pulls(touch.a, touch.b) || pulls(touch.b, touch.a); });
  return all;
}

void World::Impl::witness(const ActorState& state) {
  hash = hashPose(hash, state.motion.worldFromActor);
  for (const RigidTransform& pose : state.worldFromPart) hash = hashPose(hash, pose);
}

void World::Impl::direct() {
  if (directedStep == lastStep) return;
  directedStep = lastStep;
  driveOn();
  liveOn();
  if (director != nullptr) director->direct(self);
  keepGaps();
}

void World::Impl::advance() {
  direct();
  const SimTime begin = step * lastStep;
  const double substep_s = step.seconds() / substeps;
  physics.prepare(step.seconds());
  for (int k = 1; k <= substeps; ++k) {
    const SimTime at{begin.ns + step.ns * k / substeps};
    const double at_s = begin.seconds() + substep_s * k;
    const bool isAsked = k == substeps || physics.canAnyMeet();
    for (Player& player : players) {
      if (!isAsked || player.kind != BodyKind::kDriven || !player.isPresent || !player.hasBody) continue;
      MotionState state = player.motion->at(at_s);
      player.rig->settle(state);
      physics.drive(player.body, state.worldFromActor);
    }
    physics.substep(substep_s);
    const std::vector<Touch> touches = physics.touches();
    noteHits(touches);
    log.add(at, touches);
  }
  ++lastStep;
  const SimTime now = step * lastStep;
  const std::vector<Touch> overlaps = collisionsOfDriven();
  noteHits(overlaps);
  log.add(now, overlaps);
  log.closeStep();
  for (Player& player : players) {
    if (!player.isMoving || !player.isPresent) continue;
    ActorState state = player.evaluate(physics, now.seconds());
    witness(state);
    player.record(std::move(state));
  }
  for (Player& player : players) {
    if (player.isPresent) observe(player);
  }
  letHitsGo();
}

void World::Impl::forget() {
  const int64_t keep_ns = (latestStart - longestExposure - kSpareHistory).ns;
  firstStep = std::max(firstStep, keep_ns <= 0 ? 0 : keep_ns / step.ns);
  for (Player& player : players) player.forgetBefore(firstStep);
}

Player& World::Impl::player(ObjectId id) {
  NF_ASSERT(id.isObject() && id.value <= players.size(), "no actor {}", id.value);
  return players[id.value - 1];
}

World::World(const scenario::Scenario& scenario, const catalog::Catalog& catalog, std::vector<CastMember> cast,
             Director* director, const content::SceneContent* content, std::shared_ptr<Background> background)
    : impl_(std::make_unique<Impl>(*this, scenario, director, content)) {
  impl_->background = std::move(background);
  if (scenario.step.ns <= 0) {
    throw Error(ExitCode::kDiagnostics, fmt::format("the world's step is {} ns", scenario.step.ns),
                "give a step above zero, e.g. 10 ms");
  }
  Impl& w = *impl_;
  w.substeps = static_cast<int>((scenario.step.ns + kLongestSubstep_ns - 1) / kLongestSubstep_ns);
  for (CastMember& member : cast) {
    const catalog::AssetInfo* asset = catalog.find(member.actor.asset);
    if (asset == nullptr) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("actor '{}': there is no asset '{}'", member.actor.id, member.actor.asset),
                  "`nightfog list assets` shows those there are");
    }
    w.addPlayer(std::move(member), *asset);
  }
  w.embody();
  w.physics.prepare(0);
  w.log.startWith(w.physics.touchesAtRest());
  w.log.startWith(w.collisionsOfDriven());
  for (const Player& player : w.players) {
    if (player.isPresent) w.witness(player.last());
  }
}

World::~World() = default;

void World::Impl::show(const Player& player, int64_t first, int64_t last, content::SceneSnapshot& snapshot) const {
  std::vector<ActorState> states;
  for (int64_t n = first; n <= last; ++n) states.push_back(player.at(n, step.seconds()));
  content::SnapshotObject object;
  object.id = player.id;
  object.name = player.name;
  object.asset = player.asset.id;
  object.semantic = player.asset.semantic;
  player.rig->boxOf(player.asset, object.boxSize, object.boxCentre);
  for (const ActorState& state : states) {
    object.worldFromObject.push_back(state.motion.worldFromActor);
    object.velocity_mps.push_back(state.motion.velocity_mps);
    object.angularVelocity_radps.push_back(state.motion.angularVelocity_radps);
  }
  for (const size_t part : player.rig->drawnParts()) object.parts.push_back(player.rig->partName(part));
  snapshot.objects.push_back(std::move(object));

  // The shapes that bending parts go through, counted from the beginning of the cycle that the first key lies in.
  std::vector<double> played;
  for (size_t k = 0; k < states.size(); ++k) {
    const double time_s = (snapshot.firstKey + step * static_cast<int64_t>(k)).seconds();
    played.push_back(player.rig->samplesPlayed(states[k].motion.travelled_m, time_s));
  }
  const double least = *std::min_element(played.begin(), played.end());

  const LampSwitches& switches = states[states.size() / 2].lamps;
  const bool isLit = player.kind == BodyKind::kDriven || switches.beam.has_value();  // nobody sits in what is parked
  const std::vector<size_t>& parts = player.rig->drawnParts();
  for (size_t p = 0; p < parts.size(); ++p) {
    bool moves = false;
    for (size_t k = 1; k < states.size() && !moves; ++k) {
      moves = !samePose(states[k].worldFromPart[p], states[0].worldFromPart[p]);
    }
    content::SnapshotInstance instance;
    instance.mesh = player.rig->mesh(parts[p]);
    instance.shapeCount = player.rig->shapeCount(parts[p]);
    if (instance.shapeCount > 1) {
      moves = true;
      instance.firstShape = static_cast<uint32_t>(snapshot.shapes.size());
      const double cycleStart = std::floor(least / instance.shapeCount) * instance.shapeCount;
      for (const double samples : played) snapshot.shapes.push_back(static_cast<float>(samples - cycleStart));
    }
    instance.object = player.id;
    instance.part = static_cast<uint32_t>(p);
    instance.firstKey = static_cast<uint32_t>(snapshot.poses.size());
    instance.keyCount = moves ? snapshot.keyCount : 1;
    for (uint32_t k = 0; k < instance.keyCount; ++k) snapshot.poses.push_back(states[k].worldFromPart[p]);
    instance.emission = isLit && switches.beam != scenario::Beam::kOff ? 1.0f : 0.0f;
    snapshot.instances.push_back(instance);
    for (const content::ModelLamp& modelLamp : player.rig->lamps()) {
      if (modelLamp.part != parts[p] || !isLit) continue;
      std::optional<content::SnapshotLamp> lamp = switched(modelLamp.lamp, switches);
      if (!lamp) continue;
      lamp->object = player.id;
      lamp->firstKey = static_cast<uint32_t>(snapshot.poses.size());
      lamp->keyCount = instance.keyCount;
      for (uint32_t k = 0; k < instance.keyCount; ++k) {
        snapshot.poses.push_back(snapshot.poses[instance.firstKey + k] * modelLamp.lamp.partFromLamp);
      }
      snapshot.lamps.push_back(*lamp);
    }
  }
}

content::SceneSnapshot World::snapshot(SimTime start, SimTime end) {
  Impl& w = *impl_;
  NF_ASSERT(start.ns >= 0 && end >= start, "snapshot from {} to {} ns", start.ns, end.ns);
  const int64_t first = start.ns / w.step.ns;
  const int64_t last = std::max((end.ns + w.step.ns - 1) / w.step.ns, first + 1);
  NF_ASSERT(first >= w.firstStep, "poses at {} ns are forgotten; the earliest are at {} ns", start.ns,
            (w.step * w.firstStep).ns);
  w.advanceTo(last);

  content::SceneSnapshot snapshot;
  snapshot.firstKey = w.step * first;
  snapshot.keyStep = w.step;
  snapshot.keyCount = static_cast<uint32_t>(last - first + 1);
  snapshot.environment = w.environment;
  for (const Player& player : w.players) {
    if (player.isThereIn(first, last)) w.show(player, first, last, snapshot);
  }
  for (const Impl::Fault& fault : w.faults) {
    if (fault.from <= start && (!fault.to || start < *fault.to)) snapshot.faults.push_back(fault.fault);
  }
  w.latestStart = std::max(w.latestStart, start);
  w.longestExposure = std::max(w.longestExposure, end - start);
  w.forget();
  return snapshot;
}

RigidTransform World::actorPose(ObjectId actor, SimTime at) {
  Impl& w = *impl_;
  const Player& player = w.player(actor);
  const int64_t key = at.ns / w.step.ns;
  NF_ASSERT(at.ns >= 0 && key >= w.firstStep, "poses at {} ns are forgotten", at.ns);
  const int64_t rest_ns = at.ns - key * w.step.ns;
  w.advanceTo(rest_ns == 0 ? key : key + 1);
  const double step_s = w.step.seconds();
  const RigidTransform before = player.at(key, step_s).motion.worldFromActor;
  if (rest_ns == 0) return before;
  return interpolate(before, player.at(key + 1, step_s).motion.worldFromActor,
                     static_cast<double>(rest_ns) / static_cast<double>(w.step.ns));
}

const std::vector<Collision>& World::collisions() const {
  return impl_->log.collisions();
}

uint64_t World::poseHash() const {
  return impl_->hash;
}

void World::advanceTo(SimTime at) {
  Impl& w = *impl_;
  w.advanceTo((at.ns + w.step.ns - 1) / w.step.ns);
}

SimTime World::now() const {
  return impl_->step * impl_->lastStep;
}

size_t World::castSize() const {
  return impl_->players.size();
}

ActorView World::view(ObjectId actor) const {
  const Player& player = impl_->player(actor);
  const MotionState& motion = player.last().motion;
  ActorView view{player.name, player.asset, motion.worldFromActor, motion.velocity_mps, motion.angularVelocity_radps,
                 {},          {},           player.isPresent};
  const double now_s = now().seconds();
  view.acceleration_mps2 = player.acceleration_mps2;
  view.travelled_m = player.travelled_m;
  view.standing_s = std::max(now_s - player.standsSince_s, 0.0);
  view.offRoad_s = std::max(now_s - player.offRoadSince_s, 0.0);
  view.atRoadEnd_s = std::max(now_s - player.atEndSince_s, 0.0);
  player.rig->boxOf(player.asset, view.boxSize, view.boxCentre);
  return view;
}

}  // namespace nightfog::world
