// Who is there because `traffic:` says so: vehicles and cyclists on the lanes, people on the sidewalks, cars that park.
//
// Named actors that drive as traffic does are its agents, too, and stay where they are in the cast.
//
// Use it to fill a cast and to let it live: a World steps it, ten times a second, and reads where everybody is in
// between as closed forms (cubics through places and velocities). Its members come after all others in a cast, so that
// nobody else's id depends on how many they are.
// @code
//   auto background = Background::of(scenario, catalog);              // nullptr: no traffic
//   for (size_t i = 0; background && i < background->size(); ++i)
//     cast.push_back({.actor = background->actor(i), .model = …, .background = i});
//   World world(scenario, catalog, cast, &story, &content, std::move(background));
// @endcode
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/core/ids.hpp"
#include "engine/road/lane_graph.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/world/motion.hpp"

namespace nightfog::world {

/// Somebody whom traffic minds, and who is not of it.
struct Bystander {
  glm::dvec3 middle{0};  ///< of its box, on the ground
  double heading_rad = 0;
  double speed_mps = 0;
  double length_m = 0, width_m = 0;
  bool isPerson = false;
};

class Background {
 public:
  /// Throws Error where traffic finds no place on the map at all, or is too much.
  /// nullptr: there is no traffic, and nobody drives (scenario::Drive), now or later.
  static std::unique_ptr<Background> of(const scenario::Scenario& scenario, const catalog::Catalog& catalog);
  ~Background();

  size_t size() const;
  /// As it is at the start; the behaviour of who parks is Parked, all others' means nothing.
  const scenario::Actor& actor(size_t index) const;
  enum class Kind { kParked, kVehicle, kCyclist, kPerson };
  Kind kind(size_t index) const;

  /// A whole number of the world's steps, 0.1 s or just above.
  SimTime step() const;
  /// From the last step on to the next. Drivers are no bystanders.
  void advance(std::span<const Bystander> bystanders);
  /// Not: it has left the map and waits to come in again, as somebody else (`trip` counts).
  bool isPresent(size_t index) const;
  uint32_t trip(size_t index) const;
  /// Between the last step and the next.
  MotionState at(size_t index, double time_s) const;
  enum class Indicating { kNo, kLeft, kRight };
  Indicating indicating(size_t index) const;
  bool isBraking(size_t index) const;
  double cruiseSpeed_mps(size_t index) const;
  /// Something else moves it from now on.
  void takeOut(size_t index);
  /// For who is shown, as long as the background lives.
  std::unique_ptr<Motion> motionOf(size_t index) const;

  // Named actors that drive as traffic does, by a number of their own.

  /// Who drives from the start; none: not this actor.
  std::optional<size_t> driverCalled(const std::string& actor) const;
  /// Somebody drives from the next step on, from where and as fast as he is by then. None: he cannot begin here, within
  /// a junction. Throws Error, naming him, beside all lanes and for places that no way leads to.
  std::optional<size_t> join(ObjectId id, const std::string& name, const catalog::AssetInfo& asset,
                             const RigidTransform& worldFromActor, double speed_mps, const scenario::Drive& drive);
  /// Not: he has left the map.
  bool isDriving(size_t driver) const;
  /// Something else moves him from now on.
  void leave(size_t driver);
  /// None stays as it is.
  void wish(size_t driver, double speed_mps, std::optional<double> acceleration_mps2,
            std::optional<double> deceleration_mps2);
  void wish(size_t driver, const scenario::Drive& drive);
  /// Throws Error, naming him, where no way leads.
  void goThrough(size_t driver, std::span<const glm::dvec3> places);
  /// The lane that his front bumper is in, or that he changes to.
  road::LaneKey laneOf(size_t driver) const;
  /// So many lanes to the left (negative: right), each as soon as there is room; 0: stays.
  void changeLanes(size_t driver, int lanes);
  bool isChangingLanes(size_t driver) const;
  Indicating driverIndicating(size_t driver) const;
  bool isDriverBraking(size_t driver) const;
  /// Between the last step and the next.
  MotionState driverAt(size_t driver, double time_s) const;
  std::unique_ptr<Motion> motionOfDriver(size_t driver) const;

 private:
  struct Impl;
  explicit Background(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::world
