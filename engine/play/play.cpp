#include "engine/play/play.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/world/background.hpp"
#include "engine/world/world.hpp"

namespace nightfog::play {

Played playWorld(const scenario::Scenario& scenario, const catalog::Catalog& catalog, SimTime interval) {
  NF_ASSERT(interval.ns > 0, "an interval of {} ns", interval.ns);
  events::Story story(scenario);
  std::vector<world::CastMember> cast;
  for (const scenario::Actor& actor : scenario.actors) cast.push_back({actor, content::Model{}});
  for (const events::Guest& guest : story.guests())
    cast.push_back({guest.actor, content::Model{}, false, guest.mass_kg});
  std::unique_ptr<world::Background> background = world::Background::of(scenario, catalog);
  for (size_t i = 0; background != nullptr && i < background->size(); ++i)
    cast.push_back({background->actor(i), content::Model{}, true, std::nullopt, i});
  world::World world(scenario, catalog, std::move(cast), &story, nullptr, std::move(background));
  Played played;
  for (SimTime at; at <= scenario.duration; at = at + interval) {
    world.advanceTo(at);
    for (uint32_t i = 1; i <= world.castSize(); ++i) {
      const world::ActorView view = world.view(ObjectId{i});
      if (!view.isPresent) continue;
      played.rows.push_back({at.seconds(), i, view.name, view.worldFromActor, glm::length(view.velocity_mps)});
    }
    // What nobody will ask for again is forgotten.
    world.snapshot(world.now(), world.now());
  }
  played.trace = story.trace();
  return played;
}

std::string toCsv(const std::vector<Row>& rows) {
  std::string out = "time, id, name, x, y, z, h, p, r, speed\n";
  for (const Row& row : rows) {
    const glm::dvec3& at = row.worldFromActor.translation;
    const glm::dvec3 ahead = row.worldFromActor.rotate({1, 0, 0}), left = row.worldFromActor.rotate({0, 1, 0}),
                     up = row.worldFromActor.rotate({0, 0, 1});
    out += fmt::format("{:.4f}, {}, {}, {:.4f}, {:.4f}, {:.4f}, {:.4f}, {:.4f}, {:.4f}, {:.4f}\n", row.time_s,
                       row.object - 1, row.name, at.x, at.y, at.z, std::atan2(ahead.y, ahead.x),
                       std::asin(std::clamp(-ahead.z, -1.0, 1.0)), std::atan2(left.z, up.z), row.speed_mps);
  }
  return out;
}

}  // namespace nightfog::play
