// What must be true of the exported labels: evaluated after the run, or while it is recorded.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "engine/core/sim_time.hpp"
#include "engine/expression/expression.hpp"

namespace nightfog::scenario {

/// An instant of the run, or relative to something that happens in it.
struct TimePoint {
  enum class Edge { kStart, kEnd };
  std::string of;  ///< id of an injector or event; empty: the episode's start
  Edge edge = Edge::kStart;
  SimTime offset;  ///< added
};

/// At the first frame of the sensors it names at or after this instant.
struct AtInstant {
  SimTime at;
};
/// Over every frame whose reference time lies in [from, from + length] or [from, to]; to the end where neither is
/// given.
struct DuringSpan {
  TimePoint from;
  std::optional<SimTime> length;
  std::optional<TimePoint> to;
};

/// A truth about exported labels. `check.temporal` says over which frames of a span: every (always, and the default),
/// one (eventually), none (never). Outcome: pass; fail; skipped (`unless` is true); not evaluable, which fails.
///
/// Names the environment must know: `time`; parameters are literals by now. Functions: functions.hpp, those of
/// Where::kExpectation.
struct Expectation {
  enum class Severity { kError, kWarn };  ///< kWarn: reported, exit code unchanged
  std::string id;
  std::variant<DuringSpan, AtInstant> when;  ///< default: the whole run
  expression::Expression check;
  std::optional<expression::Expression> unless;  ///< over parameters alone
  bool isSkipped = false;                        ///< `unless` is true of this run's parameters
  Severity severity = Severity::kError;
  config::Place place;  ///< of its `id`
};

}  // namespace nightfog::scenario
