// How boxes lie to each other, to lanes and to points: the functions of the expression language that ask for nothing
// else, the same for the running world and for labels.
#pragma once

#include <optional>
#include <string_view>

#include "engine/expression/value.hpp"
#include "engine/scenario/line_of_sight.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::scenario {

struct BoxInMotion {
  PlacedBox box;
  glm::dvec3 velocity_mps{0};  ///< world axes
};

/// Time until two boxes seen from above touch if both keep their velocities; 0 where they overlap, nullopt where they
/// never would.
std::optional<double> timeToContact(const BoxInMotion& a, const BoxInMotion& b);

/// distance, distance_to, gap, lateral_gap, speed, ttc, time_to, headway, in_lane (functions.hpp). `b` is the second
/// argument where it is an actor, `name` its name in any case. Empty: not evaluable, or another function.
expression::Value relation(const Scenario& scenario, std::string_view function, const BoxInMotion& a,
                           const std::optional<BoxInMotion>& b, std::string_view name);

}  // namespace nightfog::scenario
