// What the tests of background traffic in the world share.
#pragma once

#include "engine/world/background.hpp"
#include "engine/world/world.hpp"

namespace nightfog::world::test {

inline const catalog::Catalog& assets() {
  static const catalog::Catalog catalog = catalog::loadCatalog(NIGHTFOG_SOURCE_DIR "/assets");
  return catalog;
}

/// Without models: who is where.
inline World worldOf(const scenario::Scenario& scenario, Director* director = nullptr) {
  std::vector<CastMember> cast;
  for (const scenario::Actor& actor : scenario.actors) cast.push_back({actor, content::Model{}});
  std::unique_ptr<Background> background = Background::of(scenario, assets());
  for (size_t i = 0; background && i < background->size(); ++i)
    cast.push_back({background->actor(i), content::Model{}, true, std::nullopt, i});
  return World(scenario, assets(), std::move(cast), director, nullptr, std::move(background));
}

/// Lets a world live, forgetting what is past every `look_s`.
inline void live(World& world, double seconds, double look_s) {
  const int looks = static_cast<int>(seconds / look_s + 1e-9);
  for (int k = 0; k < looks; ++k) {
    world.advanceTo(world.now() + SimTime::fromSeconds(look_s));
    world.snapshot(world.now(), world.now());
  }
}

}  // namespace nightfog::world::test
