#include "engine/world/world.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <deque>

#include "engine/content/environment.hpp"
#include "engine/core/error.hpp"
#include "engine/core/hash.hpp"
#include "engine/world/collision_log.hpp"
#include "engine/world/ground.hpp"
#include "engine/world/motion.hpp"
#include "engine/world/physics.hpp"
#include "engine/world/rig.hpp"

namespace nightfog::world {
namespace {

/// Physics never steps further than this: contact times, bounces and rolling are as exact as this is short.
constexpr int64_t kLongestSubstep_ns = 1'000'000;
/// Poses are kept for this long beyond what the snapshots asked for, for other readers.
constexpr SimTime kSpareHistory = SimTime::fromMs(1000);
constexpr double kFastest_mps = 1000;
constexpr double kFastestSpin_radps = 10'000;

struct ActorState {
  MotionState motion;
  std::vector<RigidTransform> worldFromPart;  ///< of the rig's drawn parts
};

/// Everybody's state at one step.
using StepState = std::vector<ActorState>;

struct WorldActor {
  ObjectId id;
  std::string name;
  catalog::AssetInfo asset;
  BodyKind kind = BodyKind::kParked;
  std::unique_ptr<Motion> motion;  ///< nullptr for a free body
  std::unique_ptr<Rig> rig;
  size_t body = 0;
};

BodyKind kindOf(const scenario::Behavior& behavior) {
  if (std::holds_alternative<scenario::FreeBody>(behavior)) return BodyKind::kFree;
  return std::holds_alternative<scenario::Parked>(behavior) ? BodyKind::kParked : BodyKind::kDriven;
}

void requireFreeBody(const scenario::Actor& actor, const scenario::FreeBody& free, const catalog::AssetInfo& asset) {
  if (!(asset.mass_kg > 0) || !std::isfinite(asset.mass_kg)) {
    throw Error(
        ExitCode::kDiagnostics,
        fmt::format("actor '{}' is left to physics, but asset '{}' has mass {} kg", actor.id, asset.id, asset.mass_kg),
        "give the asset its mass");
  }
  const double speed = glm::length(free.velocity_mps);
  const double spin = glm::length(free.angularVelocity_radps);
  if (!(speed <= kFastest_mps) || !(spin <= kFastestSpin_radps)) {
    throw Error(ExitCode::kDiagnostics,
                fmt::format("actor '{}' starts at {} m/s, turning at {} rad/s", actor.id, speed, spin),
                fmt::format("at most {} m/s and {} rad/s", kFastest_mps, kFastestSpin_radps));
  }
}

bool samePose(const RigidTransform& a, const RigidTransform& b) {
  return a.rotation == b.rotation && a.translation == b.translation;
}

uint64_t hashPose(uint64_t hash, const RigidTransform& pose) {
  const glm::dquat& q = pose.rotation;
  const glm::dvec3& t = pose.translation;
  for (double value : {q.w, q.x, q.y, q.z, t.x, t.y, t.z}) hash = hashCombine(hash, std::bit_cast<uint64_t>(value));
  return hash;
}

}  // namespace

struct World::Impl {
  SimTime step;
  int substeps = 1;
  road::Road road;
  Ground ground;
  Physics physics;
  std::vector<WorldActor> actors;
  std::vector<size_t> movers;  ///< indices of actors that are not parked, or that a clip moves where they stand
  content::Environment environment;
  StepState still;  ///< state at the start, of everybody; parked actors keep it

  std::deque<StepState> history;  ///< of the movers, from firstStep on
  int64_t firstStep = 0;
  SimTime latestStart;
  SimTime longestExposure;
  CollisionLog log;
  uint64_t hash = 0;

  Impl(const scenario::Scenario& scenario)
      : step(scenario.step),
        road(scenario.road),
        ground(scenario.hasRoad ? Ground(road) : Ground()),
        physics(ground),
        environment(content::environmentAt(scenario.timeOfDay_s)) {}

  int64_t lastStep() const { return firstStep + static_cast<int64_t>(history.size()) - 1; }
  const StepState& at(int64_t n) const { return history[static_cast<size_t>(n - firstStep)]; }

  void addActor(const scenario::Scenario& scenario, const scenario::Actor& actor, const catalog::AssetInfo& asset,
                content::Model model);
  ActorState evaluate(const WorldActor& actor, double time_s) const;
  void record(StepState state);
  void advance();
  void advanceTo(int64_t n) {
    while (lastStep() < n) advance();
  }
  void forget();
};

void World::Impl::addActor(const scenario::Scenario& scenario, const scenario::Actor& actor,
                           const catalog::AssetInfo& asset, content::Model model) {
  WorldActor entry;
  entry.id = ObjectId{static_cast<uint32_t>(actors.size() + 1)};
  entry.name = actor.id;
  entry.asset = asset;
  entry.kind = kindOf(actor.behavior);
  entry.motion = makeMotion(scenario, actor, asset);
  entry.rig = std::make_unique<Rig>(std::move(model), entry.motion.get(), &ground);

  if (const auto* free = std::get_if<scenario::FreeBody>(&actor.behavior)) {
    requireFreeBody(actor, *free, asset);
    entry.body =
        physics.add(asset, entry.id, entry.kind, actor.worldFromActor, free->velocity_mps, free->angularVelocity_radps);
  } else {
    MotionState state = entry.motion->at(0);
    entry.rig->settle(state);
    entry.body = physics.add(asset, entry.id, entry.kind, state.worldFromActor);
  }
  if (entry.kind != BodyKind::kParked || entry.rig->movesByTime()) movers.push_back(actors.size());
  actors.push_back(std::move(entry));
}

ActorState World::Impl::evaluate(const WorldActor& actor, double time_s) const {
  ActorState state;
  if (actor.motion) {
    state.motion = actor.motion->at(time_s);
    actor.rig->settle(state.motion);
  } else {
    const BodyState body = physics.state(actor.body);
    state.motion.worldFromActor = body.worldFromActor;
    state.motion.velocity_mps = body.velocity_mps;
    state.motion.angularVelocity_radps = body.angularVelocity_radps;
  }
  actor.rig->appendPoses(state.motion, time_s, state.worldFromPart);
  return state;
}

void World::Impl::record(StepState state) {
  for (const ActorState& actor : state) {
    hash = hashPose(hash, actor.motion.worldFromActor);
    for (const RigidTransform& pose : actor.worldFromPart) hash = hashPose(hash, pose);
  }
  history.push_back(std::move(state));
}

void World::Impl::advance() {
  const int64_t n = lastStep();
  const SimTime begin = step * n;
  const double substep_s = step.seconds() / substeps;
  for (int k = 1; k <= substeps; ++k) {
    const SimTime at{begin.ns + step.ns * k / substeps};
    const double at_s = begin.seconds() + substep_s * k;
    for (size_t index : movers) {
      const WorldActor& actor = actors[index];
      if (!actor.motion || actor.kind == BodyKind::kParked) continue;
      MotionState state = actor.motion->at(at_s);
      actor.rig->settle(state);
      physics.drive(actor.body, state.worldFromActor);
    }
    physics.substep(substep_s);
    log.add(at, physics.touches());
  }
  const SimTime now = step * (n + 1);
  log.add(now, physics.drivenOverlaps());
  log.closeStep();

  StepState state;
  for (size_t index : movers) state.push_back(evaluate(actors[index], now.seconds()));
  record(std::move(state));
}

void World::Impl::forget() {
  const int64_t keep_ns = (latestStart - longestExposure - kSpareHistory).ns;
  const int64_t keepStep = keep_ns <= 0 ? 0 : keep_ns / step.ns;
  while (firstStep < keepStep && history.size() > 1) {
    history.pop_front();
    ++firstStep;
  }
}

World::World(const scenario::Scenario& scenario, const catalog::Catalog& catalog, std::vector<content::Model> models)
    : impl_(std::make_unique<Impl>(scenario)) {
  if (scenario.step.ns <= 0) {
    throw Error(ExitCode::kDiagnostics, fmt::format("the world's step is {} ns", scenario.step.ns),
                "give a step above zero, e.g. 10 ms");
  }
  NF_ASSERT(models.size() == scenario.actors.size(), "{} models for {} actors", models.size(), scenario.actors.size());
  Impl& w = *impl_;
  w.substeps = static_cast<int>((scenario.step.ns + kLongestSubstep_ns - 1) / kLongestSubstep_ns);
  for (size_t i = 0; i < scenario.actors.size(); ++i) {
    const scenario::Actor& actor = scenario.actors[i];
    const catalog::AssetInfo* asset = catalog.find(actor.asset);
    if (asset == nullptr) {
      throw Error(ExitCode::kDiagnostics, fmt::format("actor '{}': there is no asset '{}'", actor.id, actor.asset),
                  "`nightfog list assets` shows those there are");
    }
    w.addActor(scenario, actor, *asset, std::move(models[i]));
  }
  w.log.startWith(w.physics.touchesAtRest());
  w.log.startWith(w.physics.drivenOverlaps());
  for (const WorldActor& actor : w.actors) w.still.push_back(w.evaluate(actor, 0));
  for (const ActorState& state : w.still) {
    for (const RigidTransform& pose : state.worldFromPart) w.hash = hashPose(w.hash, pose);
  }
  StepState first;
  for (size_t index : w.movers) first.push_back(w.still[index]);
  w.record(std::move(first));
}

World::~World() = default;

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
  size_t mover = 0;
  for (size_t i = 0; i < w.actors.size(); ++i) {
    const WorldActor& actor = w.actors[i];
    const bool isMover = mover < w.movers.size() && w.movers[mover] == i;
    const auto stateAt = [&](int64_t n) -> const ActorState& { return isMover ? w.at(n)[mover] : w.still[i]; };

    content::SnapshotObject object;
    object.id = actor.id;
    object.name = actor.name;
    object.asset = actor.asset.id;
    object.semantic = actor.asset.semantic;
    actor.rig->boxOf(actor.asset, object.boxSize, object.boxCentre);
    for (int64_t n = first; n <= last; ++n) {
      const MotionState& motion = stateAt(n).motion;
      object.worldFromObject.push_back(motion.worldFromActor);
      object.velocity_mps.push_back(motion.velocity_mps);
      object.angularVelocity_radps.push_back(motion.angularVelocity_radps);
    }
    snapshot.objects.push_back(std::move(object));

    // What bends keeps the shape of the exposure's middle.
    const double middle_s = 0.5 * (start.seconds() + end.seconds());
    const double middle =
        std::clamp((middle_s - snapshot.firstKey.seconds()) / w.step.seconds(), 0.0, static_cast<double>(last - first));
    const auto keyBefore = std::min(static_cast<int64_t>(middle), last - first - 1);
    const double travelledBefore_m = stateAt(first + keyBefore).motion.travelled_m;
    const double travelled_m =
        travelledBefore_m + (middle - static_cast<double>(keyBefore)) *
                                (stateAt(first + keyBefore + 1).motion.travelled_m - travelledBefore_m);
    const std::vector<size_t>& parts = actor.rig->drawnParts();
    for (size_t p = 0; p < parts.size(); ++p) {
      const RigidTransform& firstPose = stateAt(first).worldFromPart[p];
      bool moves = false;
      for (int64_t n = first + 1; n <= last && !moves; ++n) moves = !samePose(stateAt(n).worldFromPart[p], firstPose);
      content::SnapshotInstance instance;
      instance.mesh = actor.rig->meshAt(parts[p], travelled_m, middle_s);
      instance.object = actor.id;
      instance.firstKey = static_cast<uint32_t>(snapshot.poses.size());
      instance.keyCount = moves ? snapshot.keyCount : 1;
      for (int64_t n = first; n < first + instance.keyCount; ++n) snapshot.poses.push_back(stateAt(n).worldFromPart[p]);
      instance.emission = actor.kind == BodyKind::kDriven ? 1.0f : 0.0f;  // nobody sits in what is parked
      snapshot.instances.push_back(instance);
      for (const content::ModelLamp& lamp : actor.rig->lamps()) {
        if (lamp.part != parts[p] || instance.emission == 0.0f) continue;
        const auto firstKey = static_cast<uint32_t>(snapshot.poses.size());
        for (uint32_t key = 0; key < instance.keyCount; ++key)
          snapshot.poses.push_back(snapshot.poses[instance.firstKey + key] * lamp.lamp.partFromLamp);
        snapshot.lamps.push_back({lamp.lamp, actor.id, firstKey, instance.keyCount});
      }
    }
    if (isMover) ++mover;
  }
  w.latestStart = std::max(w.latestStart, start);
  w.longestExposure = std::max(w.longestExposure, end - start);
  w.forget();
  return snapshot;
}

RigidTransform World::actorPose(ObjectId actor, SimTime at) {
  Impl& w = *impl_;
  NF_ASSERT(actor.isObject() && actor.value <= w.actors.size(), "no actor {}", actor.value);
  const size_t index = actor.value - 1;
  const auto mover = std::lower_bound(w.movers.begin(), w.movers.end(), index);
  if (mover == w.movers.end() || *mover != index) return w.still[index].motion.worldFromActor;
  const int64_t key = at.ns / w.step.ns;
  NF_ASSERT(at.ns >= 0 && key >= w.firstStep, "poses at {} ns are forgotten", at.ns);
  const int64_t rest_ns = at.ns - key * w.step.ns;
  const auto place = static_cast<size_t>(mover - w.movers.begin());
  w.advanceTo(rest_ns == 0 ? key : key + 1);
  const RigidTransform& before = w.at(key)[place].motion.worldFromActor;
  if (rest_ns == 0) return before;
  return interpolate(before, w.at(key + 1)[place].motion.worldFromActor,
                     static_cast<double>(rest_ns) / static_cast<double>(w.step.ns));
}

const std::vector<Collision>& World::collisions() const {
  return impl_->log.collisions();
}

uint64_t World::poseHash() const {
  return impl_->hash;
}

}  // namespace nightfog::world
