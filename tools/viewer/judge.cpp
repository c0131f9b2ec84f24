#include "tools/viewer/judge.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "tools/viewer/source_edit.hpp"

namespace nightfog::viewer {
namespace {

constexpr double kStill_s = 1.5;  ///< without an edit before anything is judged
constexpr size_t kMostBytes = size_t{16} << 20;

Verdict::Outcome outcomeNamed(const std::string& name) {
  if (name == "passed") return Verdict::Outcome::kPassed;
  if (name == "failed") return Verdict::Outcome::kFailed;
  if (name == "skipped") return Verdict::Outcome::kSkipped;
  return Verdict::Outcome::kNotEvaluable;
}

/// What render would write beside its labels costs time and tells nothing.
std::string withoutExports(const std::string& resolved) {
  const auto document = parseSource(resolved);
  const bool hasExports = document != nullptr && findNode(document->root(), "exports") != nullptr;
  return hasExports ? removeEntry(resolved, "exports") : resolved;
}

}  // namespace

std::string verdictText(const Verdict& verdict) {
  std::string out;
  const auto add = [&](const std::string& part) { out += (out.empty() ? "" : ", ") + part; };
  for (const Verdict::Value& value : verdict.values) {
    const bool isPercent = value.comparison.ends_with("%");
    add(isPercent ? fmt::format("{:.3g} %", 100 * value.value)
                  : fmt::format("{:.4g}{}{}", value.value, value.unit.empty() ? "" : " ", value.unit));
  }
  if (verdict.at_s) add(fmt::format("at {:.2f} s", *verdict.at_s));
  if (!verdict.reason.empty()) add(verdict.reason);
  return out;
}

std::vector<Verdict> readVerdicts(const std::filesystem::path& expectJson) {
  std::vector<Verdict> out;
  try {
    const auto json = nlohmann::json::parse(readFile(expectJson, kMostBytes));
    for (const auto& entry : json.at("expectations")) {
      Verdict verdict;
      verdict.id = entry.at("id");
      verdict.check = entry.at("check");
      verdict.reason = entry.value("reason", std::string());
      verdict.outcome = outcomeNamed(entry.at("outcome"));
      verdict.isWarning = entry.at("severity") == "warn";
      if (entry.contains("at_s")) verdict.at_s = entry.at("at_s").get<double>();
      for (const auto& value : entry.value("values", nlohmann::json::array()))
        verdict.values.push_back({value.at("comparison"), value.at("unit"), value.at("value")});
      out.push_back(std::move(verdict));
    }
  } catch (const nlohmann::json::exception& error) {
    throw IoError(fmt::format("{}: not as render writes it ({})", expectJson.string(), error.what()));
  }
  return out;
}

Judge::Judge(std::filesystem::path scratch, std::string device, unsigned threads)
    : scratch_(std::move(scratch)), device_(std::move(device)), threads_(threads) {}

Judge::~Judge() {
  job_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(scratch_, ignored);
}

void Judge::finish() {
  const RenderJob::State state = job_->state();
  if (state.isRunning) return;
  job_.reset();
  if (state.isCancelled) return;
  try {
    std::filesystem::path found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch_)) {
      if (entry.path().filename() == "expect.json") found = entry.path();
    }
    if (found.empty()) throw IoError(state.complaint.empty() ? "it ended early" : state.complaint);
    known_[judging_] = readVerdicts(found);
    failure_.clear();
  } catch (const std::exception& error) {
    failure_ = std::string("cannot be judged: ") + error.what();
    failedDigest_ = judging_;
  }
}

void Judge::update(double now_s, const std::shared_ptr<const scenario::Scenario>& scenario,
                   const std::filesystem::path& file) {
  if (job_ != nullptr) finish();
  const bool isWanted = isOn && scenario != nullptr && !scenario->expectations.empty();
  const std::string digest = isWanted ? scenario->digest : std::string();
  if (digest != wanted_) {
    wanted_ = digest;
    wantedSince_s_ = now_s;
    failure_.clear();
  }
  if (job_ != nullptr && judging_ != wanted_) job_->cancel();
  const bool isSettled = wanted_.empty() || known_.count(wanted_) != 0 || failedDigest_ == wanted_;
  if (job_ != nullptr || isSettled || now_s - wantedSince_s_ < kStill_s) return;
  judging_ = wanted_;
  try {
    std::error_code ignored;
    std::filesystem::remove_all(scratch_, ignored);
    std::filesystem::create_directories(scratch_);
    RenderOrder order;
    order.scenario = file.parent_path() / fmt::format(".{}.nightfog-judged.scn.yaml", file.stem().stem().string());
    order.text = withoutExports(scenario->resolvedYaml);
    order.out = scratch_;
    order.labelsOnly = true;
    order.device = device_;
    order.threads = threads_;
    job_ = std::make_unique<RenderJob>(std::move(order));
  } catch (const std::exception& error) {
    failure_ = std::string("cannot be judged: ") + error.what();
    failedDigest_ = judging_;
  }
}

const std::vector<Verdict>* Judge::verdicts(const scenario::Scenario& scenario) const {
  const auto found = known_.find(scenario.digest);
  return found == known_.end() ? nullptr : &found->second;
}

std::optional<double> Judge::progress() const {
  if (job_ == nullptr || judging_ != wanted_) return std::nullopt;
  return job_->state().fraction;
}

}  // namespace nightfog::viewer
