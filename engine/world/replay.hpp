// Traffic of a SUMO trace in the world: who is there when, where, and with which lamps. Private to this module; part of
// the Background.
#pragma once

#include <memory>
#include <vector>

#include "engine/road/lane_graph.hpp"
#include "engine/world/background.hpp"

namespace nightfog::world {

class Replay {
 public:
  /// Copies the lanes and shares the trace.
  Replay(const scenario::TrafficTrace& played, const road::LaneGraph& lanes, const catalog::Catalog& catalog);
  ~Replay();

  /// Of those who play; who was left out is none of them.
  size_t size() const;
  const scenario::Actor& actor(size_t index) const;
  Background::Kind kind(size_t index) const;
  /// Length and width, m; the middle lies so far before the origin.
  glm::dvec2 size_m(size_t index) const;
  double middle_m(size_t index) const;

  /// The rides of whoever is there until `until_s` are made ready, and those that are over forgotten.
  void advance(double now_s, double until_s);
  bool isPresent(size_t index) const;  ///< at the last advance
  MotionState at(size_t index, double time_s) const;
  Background::Indicating indicating(size_t index) const;
  bool isBraking(size_t index) const;
  double cruiseSpeed_mps(size_t index) const;
  void takeOut(size_t index);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::world
