// Who is there because `traffic:` says so: vehicles and cyclists on the lanes, people on the sidewalks, cars that park.
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
#include <span>
#include <vector>

#include "engine/catalog/asset_info.hpp"
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
  static std::unique_ptr<Background> of(const scenario::Scenario& scenario, const catalog::Catalog& catalog);
  ~Background();

  size_t size() const;
  /// As it is at the start; the behaviour of who parks is Parked, all others' means nothing.
  const scenario::Actor& actor(size_t index) const;
  enum class Kind { kParked, kVehicle, kCyclist, kPerson };
  Kind kind(size_t index) const;

  /// A whole number of the world's steps, 0.1 s or just above.
  SimTime step() const;
  /// From the last step on to the next.
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

 private:
  struct Impl;
  explicit Background(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::world
