// The functions and built-in names of the expression language: one table for checker, runtime, manual and completion.
#pragma once

#include <span>

#include "engine/expression/parse.hpp"

namespace nightfog::scenario {

/// Where an expression stands decides what can be known there.
enum class Where : uint8_t {
  kConstraint = 1,   ///< before t = 0: placements
  kTrigger = 2,      ///< in the running world
  kExpectation = 4,  ///< over exported labels
  kParameter = 8,    ///< over parameters alone: `unless`, `exclude`
};

struct LanguageFunction : expression::FunctionInfo {
  uint8_t where = 0;  ///< Where, or'ed
  bool isAvailableIn(Where place) const { return (where & static_cast<uint8_t>(place)) != 0; }
};

/// gap, distance, distance_to, ttc, time_to, speed, elapsed, in_lane, collided, line_of_sight, lidar_points,
/// visible_fraction, bbox_px, occluder, truncation, label_count; min, max, abs are the evaluator's own.
std::span<const LanguageFunction> languageFunctions();
/// nullptr: none of that name.
const LanguageFunction* findLanguageFunction(std::string_view name);

}  // namespace nightfog::scenario
