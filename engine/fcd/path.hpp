// Where somebody's front goes, as one smooth line: steps of a trace, rounded and with sideways jumps, become knots of a
// curve that is drawn once in stations of 25 cm. Private to this module.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "engine/fcd/ride.hpp"

namespace nightfog::fcd {

/// A change of lanes that SUMO does in no time.
struct LaneJump {
  double at_m = 0;              ///< of the way
  double left_m = 0;            ///< how far it goes to the left
  double from_m = 0, to_m = 0;  ///< where it is driven instead
};

/// Steps as the way shows them.
struct Way {
  struct Step {
    double time_s = 0;
    double way_m = 0;                   ///< driven until then, without jumps
    glm::dvec3 position{0};             ///< with jumps evened out
    std::optional<double> heading_rad;  ///< of the way there, where a lane says it
    double reported_rad = 0;
  };
  std::vector<Step> steps;
  std::vector<LaneJump> jumps;
};
Way wayOf(std::span<const Sample> samples, const Figure& figure, const FindLane& findLane);

/// A place of the drawn line.
struct Station {
  double at_m = 0;
  glm::dvec3 position{0};
  double heading_rad = 0;
};

struct Line {
  std::vector<Station> stations;  ///< ascending; the first at 0
  /// By step of the way: how far along the line.
  std::vector<double> steps_m;
};
/// `apart_m`: no two knots are closer.
Line lineOf(const Way& way, double apart_m);

}  // namespace nightfog::fcd
