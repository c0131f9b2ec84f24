// `expect:` judged on what was exported: the labels of a record, not the state of the simulation. Whoever trains on the
// record gets exactly what was judged.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/record/episode_reader.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::expect {

/// When something that starts has started and ended; none: it has not.
struct Span {
  std::optional<SimTime> start;
  std::optional<SimTime> end;
};

enum class Outcome {
  kPass,
  kFail,
  kSkipped,       ///< `unless` is true of this run
  kNotEvaluable,  ///< no frame to look at, an event that never came, a label that is not there: counts as failed
};
const char* nameOf(Outcome outcome);

/// The value of one comparison in the frame that decided.
struct DecidingValue {
  std::string comparison;  ///< as written
  double value = 0;        ///< of its left side, SI
  std::string unit;
};

struct Result {
  std::string id;
  Outcome outcome = Outcome::kPass;
  bool isWarning = false;  ///< of severity warn: reported only
  config::Place place;
  std::string check;    ///< as written
  std::string reason;   ///< in words
  uint32_t frames = 0;  ///< that were looked at
  /// The frame that decided: the first that violates `always` or `never`, the first that satisfies `eventually`, or
  /// the one that came nearest.
  std::optional<uint32_t> frame;
  std::optional<SimTime> at;
  std::vector<DecidingValue> values;

  bool isFailure() const { return !isWarning && (outcome == Outcome::kFail || outcome == Outcome::kNotEvaluable); }
};

/// Judges every expectation of the scenario, in file order.
///
/// Frames are those of the first sensor that the check names, or of the scenario's first sensor; another sensor that it
/// names is looked at in its frame nearest in time. A span takes the frames whose reference time lies within it, both
/// ends included; `at` takes the first frame at or after it.
std::vector<Result> evaluate(const scenario::Scenario& scenario, const std::map<std::string, Span>& happenings,
                             record::EpisodeReader& record);

/// expect.json: {"passed", "failed", "skipped", "unmet", "expectations": [...]}, times in seconds.
std::string toJson(const std::vector<Result>& results);
/// JUnit's XML, one test case an expectation; warnings pass, with what they say in system-out.
std::string toJunit(const std::vector<Result>& results, const std::string& suite);
/// "hidden_first: failed at frame 9, t = 0.95 s: visible_fraction(front, pedestrian) is 12 %", one line each.
std::string toText(const std::vector<Result>& results);

}  // namespace nightfog::expect
