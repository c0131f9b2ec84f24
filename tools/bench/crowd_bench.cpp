#include "tools/bench/crowd_bench.hpp"

#include "engine/core/error.hpp"
#include "engine/road/opendrive.hpp"
#include "engine/world/background.hpp"
#include "engine/world/world.hpp"
#include "tools/bench/timing.hpp"

namespace nightfog::bench {
namespace {

constexpr size_t kMembers = 100;
/// Vehicles to a kilometre of lane: a hundred in the town.
constexpr double kDensity_pm = 3.5e-3;
/// So far above a vehicle is near it and in nobody's way.
constexpr double kAbove_m = 26;
constexpr double kSlide_mps = 14;

enum class Crowd { kFar, kNear, kSliding };

scenario::Scenario townWith(Crowd crowd, const std::filesystem::path& dataFolder, const catalog::Catalog& catalog) {
  scenario::Scenario scenario;
  scenario.map = road::loadOpenDrive(dataFolder / "scenarios" / "maps" / "town.xodr");
  scenario.step = SimTime::fromMs(10);
  scenario.traffic.density_pm = kDensity_pm;
  scenario.traffic.seed = 5;
  if (crowd == Crowd::kFar) return scenario;
  const auto background = world::Background::of(scenario, catalog);
  for (size_t i = 0; i < background->size() && scenario.actors.size() < kMembers; ++i) {
    if (background->kind(i) != world::Background::Kind::kVehicle || !background->isPresent(i)) continue;
    scenario::Actor actor = background->actor(i);
    actor.id = "bench" + std::to_string(i);
    if (crowd == Crowd::kNear) {
      actor.worldFromActor.translation.z += kAbove_m;
      actor.behavior = scenario::Parked{};
    } else {
      actor.behavior = scenario::FreeBody{actor.worldFromActor.rotate({kSlide_mps, 0, 0}), {}};
    }
    scenario.actors.push_back(actor);
  }
  if (crowd == Crowd::kSliding) scenario.traffic = {};
  return scenario;
}

CrowdCost cost(const scenario::Scenario& scenario, const catalog::Catalog& catalog, double seconds) {
  CrowdCost cost;
  const double start_s = processorSeconds();
  std::vector<world::CastMember> cast;
  for (const scenario::Actor& actor : scenario.actors) cast.push_back({actor, content::Model{}});
  std::unique_ptr<world::Background> background = world::Background::of(scenario, catalog);
  for (size_t i = 0; background && i < background->size(); ++i)
    cast.push_back({background->actor(i), content::Model{}, true, std::nullopt, i});
  cost.members = background ? background->size() : cast.size();
  world::World world(scenario, catalog, std::move(cast), nullptr, nullptr, std::move(background));
  const double begun_s = processorSeconds();
  cost.start_s = begun_s - start_s;
  cost.simulated_s = seconds;
  while (world.now().seconds() < seconds) {
    world.advanceTo(world.now() + SimTime::fromMs(500));
    world.snapshot(world.now(), world.now());  // forgets what is past
  }
  cost.cpu_s = processorSeconds() - begun_s;
  cost.hash = world.poseHash();
  return cost;
}

}  // namespace

std::vector<CrowdCost> benchCrowd(const std::filesystem::path& dataFolder, int repetitions) {
  const catalog::Catalog catalog = catalog::loadCatalog(dataFolder / "assets");
  struct Kind {
    Crowd crowd;
    const char* name;
    double seconds;
  };
  // What slides stands after a good two seconds.
  const Kind kinds[] = {{Crowd::kFar, "traffic, far from all others", 20},
                        {Crowd::kNear, "traffic, a body each", 4},
                        {Crowd::kSliding, "left to physics, sliding", 2}};
  std::vector<CrowdCost> best;
  for (const Kind& kind : kinds) {
    const scenario::Scenario scenario = townWith(kind.crowd, dataFolder, catalog);
    CrowdCost least;
    for (int i = 0; i < std::max(repetitions, 1); ++i) {
      const CrowdCost one = cost(scenario, catalog, kind.seconds);
      NF_ASSERT(i == 0 || one.hash == least.hash, "the poses of two runs differ");
      if (i == 0 || one.cpu_s < least.cpu_s) least = one;
    }
    least.name = kind.name;
    best.push_back(least);
  }
  return best;
}

}  // namespace nightfog::bench
