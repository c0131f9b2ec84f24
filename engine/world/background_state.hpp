// What a Background holds between steps. Private to this module.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/traffic/walkers.hpp"
#include "engine/world/background.hpp"
#include "engine/world/replay.hpp"

namespace nightfog::world {

/// Somebody drives as traffic does, or may be told to.
bool anyDrivers(const scenario::Scenario& scenario);
/// A vehicle from above, without its mirrors.
traffic::Shape seenFromAbove(const catalog::AssetInfo& asset);

struct Background::Impl {
  struct Member {
    scenario::Actor actor;
    Kind kind = Kind::kParked;
    bool isReplayed = false;
    size_t index = 0;  ///< among its kind, or the replay's
    // At the last step and the next one.
    MotionState from, to;
    bool isPresent = true;
    uint32_t trip = 0;
    Indicating indicating = Indicating::kNo;
    bool isBraking = false;
    double cruiseSpeed_mps = 0;
  };

  /// A named actor.
  struct Driver {
    std::string name;
    traffic::Driver driver;
    RigidTransform joinedAt;
    RigidTransform agentFromActor;  ///< when he joined: from the middle of his lane to where he was
    bool isAgent = false;           ///< from the step after he joined on
    Member member;                  ///< its index: of the agent
  };

  road::LaneGraph lanes;
  SimTime step;
  int64_t steps = 0;
  std::vector<Member> members;
  std::vector<Driver> drivers;
  std::vector<std::pair<std::string, size_t>> atTheWheel;  ///< who drives from the start
  std::unique_ptr<traffic::Traffic> vehicles;              ///< cyclists are among them
  std::unique_ptr<traffic::Walkers> walkers;
  std::unique_ptr<Replay> replay;  ///< nullptr: no trace

  void look();
  MotionState vehicleState(size_t index, double after_s) const;
  MotionState walkerState(size_t index, double after_s) const;
  void look(Member& member);
  MotionState at(const Member& member, double time_s) const;
  traffic::Agent agentOf(const std::string& name, ObjectId id, size_t timesBefore, const traffic::Shape& shape,
                         const scenario::Drive& drive) const;
  /// In a lane of the way that this one goes; none: within a junction.
  std::optional<road::LanePlace> frontOf(const std::string& name, const traffic::Shape& shape,
                                         const RigidTransform& worldFromActor) const;
  std::vector<road::LanePlace> goalsOf(const std::string& name, const road::LanePlace& from,
                                       std::span<const glm::dvec3> places) const;
  /// Who has joined is an agent from this step on.
  void seatNewcomers();
  void takeDrivers(const scenario::Scenario& scenario, const catalog::Catalog& catalog,
                   std::vector<traffic::Agent>& agents, std::vector<traffic::Shape>& joining);
};

}  // namespace nightfog::world
