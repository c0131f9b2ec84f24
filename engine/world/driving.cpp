// Who drives as traffic does: into the background's hands and out of them.
#include <cmath>

#include "engine/world/world_state.hpp"

namespace nightfog::world {

void World::Impl::letJoin() {
  for (Player& player : players) {
    if (!player.wantsToDrive || !player.isPresent || player.kind == BodyKind::kFree) continue;
    const MotionState& now = player.last().motion;
    const double speed = std::max(glm::dot(now.velocity_mps, now.worldFromActor.rotate({1, 0, 0})), 0.0);
    player.joins =
        background->join(player.id, player.name, player.asset, now.worldFromActor, speed, *player.wantsToDrive);
    if (player.joins) player.wantsToDrive.reset();
  }
}

void World::Impl::seeDrivers() {
  for (Player& player : players) {
    if (player.joins) {
      player.driver = player.joins;
      player.joins.reset();
      player.route.clear();
      player.isOnTrajectory = false;
      moveBy(player, background->motionOfDriver(*player.driver), player.last().motion.worldFromActor);
    }
    if (!player.driver) continue;
    if (!background->isDriving(*player.driver)) {
      takeWheel(player);  // the map ends, and it goes on
    } else if (!player.areLampsOrdered) {
      showLamps(player, background->isDriverBraking(*player.driver), background->driverIndicating(*player.driver));
    }
  }
}

void World::Impl::takeWheel(Player& player) {
  const MotionState now = player.last().motion;
  scenario::FollowRoad follow;
  follow.speed_mps = std::max(glm::dot(now.velocity_mps, now.worldFromActor.rotate({1, 0, 0})), 0.0);
  const road::NetworkPoint here = *map.locate(now.worldFromActor.translation);
  follow.t_m = here.t;
  follow.againstS = std::cos(now.worldFromActor.yaw_rad() - map.road(here.road).plan(here.s).heading_rad) < 0;
  follow.stopsAtEnd = player.stopsAtEnd;
  follow.start = self.now();
  if (!player.areLampsOrdered) showLamps(player, false, Background::Indicating::kNo);
  setOut(player, follow, now.worldFromActor);
}

void World::Impl::takeLeave(Player& player) {
  if (player.driver) background->leave(*player.driver);
  player.driver.reset();
  player.wantsToDrive.reset();
}

}  // namespace nightfog::world
