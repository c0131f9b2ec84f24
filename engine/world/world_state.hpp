// What a World holds between steps. Private to this module.
#pragma once

#include <optional>
#include <span>

#include "engine/road/lane_graph.hpp"
#include "engine/world/background.hpp"
#include "engine/world/cast.hpp"
#include "engine/world/collision_log.hpp"
#include "engine/world/ground.hpp"
#include "engine/world/world.hpp"

namespace nightfog::world {

struct World::Impl {
  World& self;
  Director* director = nullptr;
  SimTime step;
  int substeps = 1;
  road::RoadNetwork map;
  Ground ground;
  Physics physics;
  content::Environment environment;
  scenario::Scenario scenario;             ///< what motions begun later are planned on
  std::shared_ptr<Background> background;  ///< nullptr: nobody
  std::vector<Player> players;             ///< by object id - 1

  struct Fault {
    content::SensorFault fault;
    SimTime from;
    std::optional<SimTime> to;
  };
  std::vector<Fault> faults;

  int64_t lastStep = 0;
  int64_t directedStep = -1;
  int64_t firstStep = 0;  ///< remembered
  SimTime latestStart;
  SimTime longestExposure;
  CollisionLog log;
  uint64_t hash = 0;

  Impl(World& world, const scenario::Scenario& played, Director* by, const content::SceneContent* content);
  Player& player(ObjectId id);
  void addPlayer(CastMember member, const catalog::AssetInfo& asset);
  WhereIs whereabouts() const;
  std::vector<Touch> collisionsOfDriven();
  void giveBody(Player& player, double time_s);  ///< not a free one
  void witness(const ActorState& state);
  void direct();
  void keepGaps();
  void keepMeeting(Player& player, double now_s);
  void driveOn();  ///< along the road, from the ends of trajectories
  void observe(Player& player);
  void followRoadFromHere(Player& player, double now_s);
  /// The roads of the way from a place through others, in their order; throws where there is none.
  std::vector<uint32_t> roadsThrough(const Player& player, std::span<const glm::dvec3> through);
  std::optional<road::LaneGraph> lanes;  ///< built when somebody asks for a way
  uint64_t serial = 0;                   ///< of activities
  bool watchesRoad = false;              ///< some trigger asks who is beside the road, or at its end
  void advance();
  void advanceTo(int64_t n) {
    while (lastStep < n) advance();
  }
  void forget();

  // The background (crowd.cpp).
  void addToCrowd(Player player);
  void liveOn();  ///< who is of the background, every some steps
  std::vector<Bystander> bystanders() const;
  void comeAndGo();
  void embody();  ///< who is close to something that acts
  /// Those of the background that one of these meets are left to physics at the step's end.
  void noteHits(std::span<const Touch> touches);
  void letHitsGo();
  std::vector<ObjectId> hit;  ///< in this step, ascending

  void show(const Player& player, int64_t first, int64_t last, content::SceneSnapshot& snapshot) const;

  // Who drives as traffic does (driving.cpp).
  void letJoin();     ///< those who want to, before the background steps
  void seeDrivers();  ///< after it
  /// Whatever is commanded moves it from now on: along the road, as fast as it is.
  void takeWheel(Player& player);
  void takeLeave(Player& player);  ///< no longer an agent, nor about to be one

  // Carrying out commands (commands.cpp).
  void setOut(Player& player, const scenario::Behavior& behavior, const RigidTransform& from);
  void moveBy(Player& player, std::unique_ptr<Motion> motion, const RigidTransform& from);
  void letGo(Player& player);
};

/// As its driver has them.
void showLamps(Player& player, bool isBraking, Background::Indicating indicating);
/// Throws Error, naming the actor, unless physics can take it over.
void requireFreeBody(const std::string& actor, const catalog::AssetInfo& asset, const glm::dvec3& velocity_mps,
                     const glm::dvec3& angularVelocity_radps);

}  // namespace nightfog::world
