#include "engine/expect/evaluate.hpp"

#include <algorithm>
#include <cmath>

#include "engine/expect/label_environment.hpp"

namespace nightfog::expect {
namespace {

using expression::Temporal;

/// Sensors that a check names, in the order of the text.
std::vector<std::string> sensorsIn(const expression::Expression& check) {
  std::vector<std::string> names;
  for (const expression::ExpressionNode& node : check.nodes) {
    if (node.op != expression::Op::kName || node.type.kind != expression::Kind::kSensor) continue;
    if (std::find(names.begin(), names.end(), node.name) == names.end()) names.push_back(node.name);
  }
  return names;
}

class Judge {
 public:
  Judge(const scenario::Scenario& scenario, const std::map<std::string, Span>& happenings,
        record::EpisodeReader& record)
      : scenario_(scenario), happenings_(happenings), collisions_(record.collisions()) {
    for (const auto& mount : scenario.sensors) sensors_.emplace(mount.id, SensorFrames(record, mount.id));
  }

  Result judge(const scenario::Expectation& expectation) const {
    Result result;
    result.id = expectation.id;
    result.isWarning = expectation.severity == scenario::Expectation::Severity::kWarn;
    result.place = expectation.place;
    result.check = expectation.check.text;
    if (expectation.isSkipped) {
      result.outcome = Outcome::kSkipped;
      result.reason = "unless: " + (expectation.unless ? expectation.unless->text : std::string());
      return result;
    }
    const std::vector<std::string> named = sensorsIn(expectation.check);
    if (named.empty() && scenario_.sensors.empty()) return notEvaluable(result, "there is no sensor to look with");
    const std::string& sensor = named.empty() ? scenario_.sensors.front().id : named.front();
    std::vector<size_t> frames;
    if (!choose(expectation, sensor, frames, result)) return result;
    result.frames = static_cast<uint32_t>(frames.size());
    if (frames.empty()) return notEvaluable(result, "no frame of '" + sensor + "' lies there");
    return decide(expectation, sensor, frames, result);
  }

 private:
  static Result notEvaluable(Result& result, std::string why) {
    result.outcome = Outcome::kNotEvaluable;
    result.reason = std::move(why);
    return result;
  }

  /// nullopt: it never came; said in the result.
  std::optional<SimTime> instant(const scenario::TimePoint& point, Result& result) const {
    if (point.of.empty()) return point.offset;
    const auto happening = happenings_.find(point.of);
    const bool isStart = point.edge == scenario::TimePoint::Edge::kStart;
    std::optional<SimTime> at;
    if (happening != happenings_.end()) at = isStart ? happening->second.start : happening->second.end;
    if (!at) {
      notEvaluable(result, "'" + point.of + "' never " + (isStart ? "started" : "ended"));
      return std::nullopt;
    }
    return *at + point.offset;
  }

  bool choose(const scenario::Expectation& expectation, const std::string& sensor, std::vector<size_t>& chosen,
              Result& result) const {
    const SensorFrames& frames = sensors_.at(sensor);
    if (const auto* at = std::get_if<scenario::AtInstant>(&expectation.when)) {
      for (size_t i = 0; i < frames.count() && chosen.empty(); ++i) {
        if (frames.time(i) >= at->at) chosen.push_back(i);
      }
      return true;
    }
    const auto& span = std::get<scenario::DuringSpan>(expectation.when);
    const auto from = instant(span.from, result);
    if (!from) return false;
    SimTime to = scenario_.duration;
    if (span.length) to = *from + *span.length;
    if (span.to) {
      const auto end = instant(*span.to, result);
      if (!end) return false;
      to = *end;
    }
    for (size_t i = 0; i < frames.count(); ++i) {
      if (frames.time(i) >= *from && frames.time(i) <= to) chosen.push_back(i);
    }
    return true;
  }

  Result decide(const scenario::Expectation& expectation, const std::string& sensor, const std::vector<size_t>& frames,
                Result& result) const {
    const expression::Expression& check = expectation.check;
    // `eventually` looks for a frame in which it is true, everything else for one that breaks it.
    const bool seeksTrue = check.temporal == Temporal::kEventually;
    const bool wants = seeksTrue || check.temporal == Temporal::kNever;
    std::optional<size_t> nearest, unknown;
    double least = std::numeric_limits<double>::infinity();
    for (const size_t frame : frames) {
      const LabelEnvironment environment(scenario_, happenings_, sensors_, collisions_, sensor, frame);
      const std::optional<bool> truth = expression::isTrue(check, environment);
      if (!truth) {
        if (!unknown) unknown = frame;
        continue;
      }
      if (*truth == wants) {
        result.outcome = seeksTrue ? Outcome::kPass : Outcome::kFail;
        explain(check, environment, sensor, frame, result);
        if (!seeksTrue) result.reason = check.temporal == Temporal::kNever ? "it is true" : "it is not true";
        return result;
      }
      double missing = 0;
      for (const auto& comparison : expression::comparisons(check, environment))
        missing += std::max(comparison.missing, 0.0);
      if (!nearest || (seeksTrue && missing < least)) {
        nearest = frame;
        least = missing;
      }
    }
    const auto explainFrame = [&](size_t frame) {
      explain(check, LabelEnvironment(scenario_, happenings_, sensors_, collisions_, sensor, frame), sensor, frame,
              result);
    };
    if (seeksTrue) {
      if (!nearest) return notEvaluable(result, "none of its values can be told in any frame");
      result.outcome = Outcome::kFail;
      result.reason = "true in none of the frames; this one came nearest";
      explainFrame(*nearest);
      return result;
    }
    if (unknown) {
      explainFrame(*unknown);
      return notEvaluable(result, "a value cannot be told in this frame");
    }
    result.outcome = Outcome::kPass;
    explainFrame(*nearest);
    return result;
  }

  void explain(const expression::Expression& check, const LabelEnvironment& environment, const std::string& sensor,
               size_t frame, Result& result) const {
    const SensorFrames& frames = sensors_.at(sensor);
    result.frame = frames.labels(frame).frame;
    result.at = frames.time(frame);
    for (const auto& comparison : expression::comparisons(check, environment)) {
      const expression::ExpressionNode& node = check.nodes[comparison.node];
      DecidingValue value;
      value.comparison = check.text.substr(node.range.begin, node.range.end - node.range.begin);
      value.value = comparison.value;
      const auto dimension = expression::dimensionOf(check.nodes[node.operands.front()].type.measure);
      if (dimension) value.unit = config::canonicalUnit(*dimension);
      result.values.push_back(std::move(value));
    }
  }

  const scenario::Scenario& scenario_;
  const std::map<std::string, Span>& happenings_;
  std::map<std::string, SensorFrames> sensors_;
  std::vector<record::CollisionEvent> collisions_;
};

}  // namespace

const char* nameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "passed";
    case Outcome::kFail:
      return "failed";
    case Outcome::kSkipped:
      return "skipped";
    case Outcome::kNotEvaluable:
      return "not evaluable";
  }
  return "";
}

std::vector<Result> evaluate(const scenario::Scenario& scenario, const std::map<std::string, Span>& happenings,
                             record::EpisodeReader& record) {
  std::vector<Result> results;
  if (scenario.expectations.empty()) return results;
  const Judge judge(scenario, happenings, record);
  for (const auto& expectation : scenario.expectations) results.push_back(judge.judge(expectation));
  return results;
}

}  // namespace nightfog::expect
