// Whether the expectations of the run in hand hold: it is rendered in the background as `render --labels-only` would,
// and judged by that. What has been judged once is remembered.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"
#include "tools/viewer/render_job.hpp"

namespace nightfog::viewer {

/// What expect.json says of one expectation.
struct Verdict {
  enum class Outcome { kPassed, kFailed, kSkipped, kNotEvaluable };
  std::string id, check, reason;
  Outcome outcome = Outcome::kPassed;
  bool isWarning = false;
  std::optional<double> at_s;  ///< of the frame that decided
  struct Value {
    std::string comparison, unit;
    double value = 0;
  };
  std::vector<Value> values;
};
/// "0.65, wanted >= 30 %: passed at 2.31 s". Ratios are in per cent where the check is.
std::string verdictText(const Verdict& verdict);
/// Throws IoError for what `render` has not written.
std::vector<Verdict> readVerdicts(const std::filesystem::path& expectJson);

class Judge {
 public:
  /// `scratch` is a folder of its own, made when needed and removed at the end. `threads` and `device` as `render`'s.
  Judge(std::filesystem::path scratch, std::string device, unsigned threads);
  ~Judge();

  bool isOn = true;
  /// Once a frame. `scenario` is what is to be judged, nullptr: nothing now; `file` is where its text comes from.
  void update(double now_s, const std::shared_ptr<const scenario::Scenario>& scenario,
              const std::filesystem::path& file);

  /// Of this run; nullptr: not judged yet.
  const std::vector<Verdict>* verdicts(const scenario::Scenario& scenario) const;
  /// 0 … 1 while it is being judged.
  std::optional<double> progress() const;
  /// Why the last run could not be judged; empty: it could.
  const std::string& failure() const { return failure_; }

 private:
  void finish();

  std::filesystem::path scratch_;
  std::string device_;
  unsigned threads_ = 0;
  std::unique_ptr<RenderJob> job_;
  std::string judging_, wanted_, failure_, failedDigest_;  ///< digests
  double wantedSince_s_ = 0;
  std::map<std::string, std::vector<Verdict>> known_;  ///< by digest
};

}  // namespace nightfog::viewer
