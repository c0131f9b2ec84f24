#include "engine/simulation/episode_world.hpp"

#include <algorithm>

#include "engine/content/environment.hpp"
#include "engine/content/street/map_furniture.hpp"
#include "engine/weather/weather.hpp"
#include "engine/world/background.hpp"

namespace nightfog::simulation {
namespace {

/// Assets of the scenario's actors and whom the injectors bring, in order.
std::vector<std::string> castAssets(const scenario::Scenario& scenario, const events::Story& story) {
  std::vector<std::string> assets;
  for (const scenario::Actor& actor : scenario.actors) assets.push_back(actor.asset);
  for (const events::Guest& guest : story.guests()) assets.push_back(guest.actor.asset);
  return assets;
}

/// Assets of the background, each once, as they first come.
std::vector<std::string> crowdAssets(const world::Background* background) {
  std::vector<std::string> assets;
  for (size_t i = 0; background != nullptr && i < background->size(); ++i) {
    const std::string& asset = background->actor(i).asset;
    if (std::find(assets.begin(), assets.end(), asset) == assets.end()) assets.push_back(asset);
  }
  return assets;
}

/// Everybody who plays, with the content's models: the scenario's actors, whom the injectors bring, and the background.
std::vector<world::CastMember> castOf(const scenario::Scenario& scenario, const events::Story& story,
                                      const world::Background* background, const StageContent& content) {
  std::vector<world::CastMember> cast;
  auto model = content.models.begin();
  for (const scenario::Actor& actor : scenario.actors) cast.push_back({actor, *model++, true, std::nullopt});
  for (const events::Guest& guest : story.guests()) cast.push_back({guest.actor, *model++, false, guest.mass_kg});
  for (size_t i = 0; background != nullptr && i < background->size(); ++i) {
    const scenario::Actor& actor = background->actor(i);
    cast.push_back({actor, content.crowd.at(actor.asset), true, std::nullopt, i});
  }
  return cast;
}

/// Where the fog's height counts from: the ground under whoever carries the first sensor, at the start.
double groundLevel(const scenario::Scenario& scenario) {
  if (scenario.sensors.empty()) return 0;
  const auto carrier = std::find_if(scenario.actors.begin(), scenario.actors.end(), [&](const scenario::Actor& actor) {
    return actor.id == scenario.sensors.front().actor;
  });
  return carrier == scenario.actors.end() ? 0 : carrier->worldFromActor.translation.z;
}

/// What stands in the scenario, and the models of those whom its background brings.
std::shared_ptr<const StageContent> contentOf(const scenario::Scenario& scenario, const events::Story& story,
                                              const world::Background* background, ContentCache& contents) {
  weather::refuseUnseen(scenario.weather);
  return contents.at(scenario, castAssets(scenario, story), crowdAssets(background));
}

}  // namespace

EpisodeWorld::EpisodeWorld(const scenario::Scenario& scenario, const catalog::Catalog& catalog, ContentCache& contents)
    : EpisodeWorld(scenario, catalog, contents, world::Background::of(scenario, catalog)) {}

EpisodeWorld::EpisodeWorld(const scenario::Scenario& scenario, const catalog::Catalog& catalog, ContentCache& contents,
                           std::unique_ptr<world::Background> background)
    : scenario_(scenario),
      story_(scenario),
      content_(contentOf(scenario, story_, background.get(), contents)),
      signals_(scenario.map, {}, scenario.traffic.lightsSince()),
      ground_m_(groundLevel(scenario)) {
  std::vector<world::CastMember> cast = castOf(scenario, story_, background.get(), *content_);
  world_ = std::make_unique<world::World>(scenario, catalog, std::move(cast), &story_, &content_->scene,
                                          std::move(background));
}

EpisodeWorld::~EpisodeWorld() = default;

content::SceneSnapshot EpisodeWorld::snapshot(SimTime start, SimTime until, SimTime reference, Twin twin) {
  content::SceneSnapshot snapshot = world_->snapshot(start, until);
  content::lightSignals(content_->scene, signals_, start, snapshot);
  const scenario::WeatherState weather = scenario_.weather.at(reference);
  if (twin == Twin::kFaults) snapshot.faults.clear();
  if (twin != Twin::kWeather) snapshot.media = weather::mediaFor(weather, ground_m_);
  for (content::FogBank& bank : snapshot.media.banks)
    bank.centre += bank.velocity_mps * (snapshot.firstKey - reference).seconds();
  weather::lightFor(weather, snapshot.environment);
  content::switchLamps(snapshot);
  return snapshot;
}

}  // namespace nightfog::simulation
