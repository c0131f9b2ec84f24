// The background in the world: it is moved as traffic says, and has a body only where that could matter to somebody.
#include <algorithm>
#include <cmath>

#include "engine/world/world_state.hpp"

namespace nightfog::world {
namespace {

/// Who is so near to an actor, or to something that physics moves, gets a body; who is further loses it.
constexpr double kPromotedWithin_m = 30;
constexpr double kDemotedBeyond_m = 40;
/// A blow that changes its speed by so much takes a vehicle out of its driver's hands.
constexpr double kBlow_mps = 0.3;
/// What has no wheels and weighs no more is minded like a person.
constexpr double kPerson_kg = 250;

}  // namespace

void showLamps(Player& player, bool isBraking, Background::Indicating indicating) {
  player.lamps.brake = isBraking;
  switch (indicating) {
    case Background::Indicating::kNo:
      player.lamps.indicator.reset();
      break;
    case Background::Indicating::kLeft:
      player.lamps.indicator = scenario::Indicator::kLeft;
      break;
    case Background::Indicating::kRight:
      player.lamps.indicator = scenario::Indicator::kRight;
      break;
  }
}

void World::Impl::addToCrowd(Player player) {
  player.kind = BodyKind::kDriven;
  player.hasBody = false;
  player.trip = background->trip(*player.background);
  player.isPresent = background->isPresent(*player.background);
  if (player.isPresent) {
    player.appear(0, player.evaluate(physics, 0));
    player.lastVelocity_mps = player.last().motion.velocity_mps;
    player.startMoving(0);
  }
  players.push_back(std::move(player));
}

std::vector<Bystander> World::Impl::bystanders() const {
  std::vector<Bystander> all;
  for (const Player& player : players) {
    if (!player.isPresent || player.driver || player.joins) continue;
    if (player.background && player.kind != BodyKind::kFree) continue;
    const MotionState& now = player.last().motion;
    glm::dvec3 size{0}, centre{0};
    player.rig->boxOf(player.asset, size, centre);
    Bystander one;
    one.middle = now.worldFromActor * glm::dvec3(centre.x, centre.y, 0);
    one.heading_rad = now.worldFromActor.yaw_rad();
    one.speed_mps = glm::dot(now.velocity_mps, now.worldFromActor.rotate({1, 0, 0}));
    one.length_m = size.x;
    one.width_m = size.y;
    one.isPerson = player.asset.wheels.empty() && player.asset.mass_kg <= kPerson_kg;
    all.push_back(one);
  }
  return all;
}

void World::Impl::liveOn() {
  if (!background || lastStep == 0 || lastStep % (background->step().ns / step.ns) != 0) return;
  letJoin();
  background->advance(bystanders());
  seeDrivers();
  comeAndGo();
  embody();
}

void World::Impl::comeAndGo() {
  for (Player& player : players) {
    if (!player.background || player.kind != BodyKind::kDriven) continue;
    const size_t index = *player.background;
    const bool isThere = background->isPresent(index) && background->trip(index) == player.trip;
    if (player.isPresent && !isThere) {
      if (player.hasBody) physics.remove(player.body);
      player.hasBody = false;
      player.leave(lastStep);
    } else if (!player.isPresent && background->isPresent(index)) {
      player.trip = background->trip(index);
      player.appear(lastStep, player.evaluate(physics, self.now().seconds()));
      player.lastVelocity_mps = player.last().motion.velocity_mps;
      player.startMoving(lastStep);
    }
    showLamps(player, background->isBraking(index), background->indicating(index));
  }
}

void World::Impl::embody() {
  if (!background) return;
  std::vector<glm::dvec3> actors;
  for (const Player& player : players) {
    if (player.isPresent && (!player.background || player.kind == BodyKind::kFree))
      actors.push_back(player.last().motion.worldFromActor.translation);
  }
  for (Player& player : players) {
    if (!player.background || !player.isPresent || player.kind == BodyKind::kFree) continue;
    const MotionState& now = player.last().motion;
    const double reach = player.hasBody ? kDemotedBeyond_m : kPromotedWithin_m;
    const bool isNear = std::any_of(actors.begin(), actors.end(), [&](const glm::dvec3& place) {
      const glm::dvec3 apart = place - now.worldFromActor.translation;
      return glm::dot(apart, apart) < reach * reach;
    });
    if (isNear == player.hasBody) continue;
    if (isNear) {
      giveBody(player, self.now().seconds());
    } else {
      physics.remove(player.body);
      player.hasBody = false;
    }
  }
}

void World::Impl::noteHits(std::span<const Touch> touches) {
  if (!background) return;
  const auto isOfBackground = [&](ObjectId id) {
    return id.isObject() && players[id.value - 1].background && players[id.value - 1].kind == BodyKind::kDriven;
  };
  for (const Touch& touch : touches) {
    const std::pair<ObjectId, ObjectId> bothWays[] = {{touch.a, touch.b}, {touch.b, touch.a}};
    for (const auto& [mine, other] : bothWays) {
      if (!isOfBackground(mine) || !other.isObject() || isOfBackground(other)) continue;
      const Player& player = players[mine.value - 1];
      if (background->kind(*player.background) == Background::Kind::kPerson) continue;
      // Mirrors that brush what parks are logged, and no more.
      if (players[other.value - 1].kind == BodyKind::kParked) continue;
      const bool isLight =
          players[other.value - 1].kind == BodyKind::kFree && touch.impulse_Ns < kBlow_mps * player.asset.mass_kg;
      if (!isLight && std::find(hit.begin(), hit.end(), mine) == hit.end()) hit.push_back(mine);
    }
  }
}

void World::Impl::letHitsGo() {
  std::sort(hit.begin(), hit.end(), [](ObjectId a, ObjectId b) { return a.value < b.value; });
  for (const ObjectId id : hit) {
    Player& struck = player(id);
    background->takeOut(*struck.background);
    letGo(struck);
  }
  hit.clear();
}

}  // namespace nightfog::world
