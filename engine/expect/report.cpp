#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/expect/evaluate.hpp"

namespace nightfog::expect {
namespace {

std::string xmlEscaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string describe(const Result& result) {
  std::string text = result.reason;
  if (result.frame && result.at) {
    text += fmt::format("{}frame {}, t = {:.3f} s", text.empty() ? "" : "; ", *result.frame, result.at->seconds());
  }
  for (const DecidingValue& value : result.values) {
    text += fmt::format("; {}: {:.6g}{}{}", value.comparison, value.value, value.unit.empty() ? "" : " ", value.unit);
  }
  return text;
}

size_t count(const std::vector<Result>& results, Outcome outcome) {
  return static_cast<size_t>(
      std::count_if(results.begin(), results.end(), [&](const Result& r) { return r.outcome == outcome; }));
}

}  // namespace

std::string toJson(const std::vector<Result>& results) {
  nlohmann::ordered_json json;
  json["passed"] = count(results, Outcome::kPass);
  json["failed"] = count(results, Outcome::kFail) + count(results, Outcome::kNotEvaluable);
  json["skipped"] = count(results, Outcome::kSkipped);
  // What makes `render` exit with 3: failures that are not mere warnings.
  json["unmet"] = std::count_if(results.begin(), results.end(), [](const Result& r) { return r.isFailure(); });
  json["expectations"] = nlohmann::ordered_json::array();
  for (const Result& result : results) {
    nlohmann::ordered_json entry;
    entry["id"] = result.id;
    entry["outcome"] = nameOf(result.outcome);
    entry["severity"] = result.isWarning ? "warn" : "error";
    entry["check"] = result.check;
    if (!result.reason.empty()) entry["reason"] = result.reason;
    entry["frames"] = result.frames;
    if (result.frame) entry["frame"] = *result.frame;
    if (result.at) entry["at_s"] = result.at->seconds();
    for (const DecidingValue& value : result.values) {
      entry["values"].push_back({{"comparison", value.comparison}, {"value", value.value}, {"unit", value.unit}});
    }
    json["expectations"].push_back(std::move(entry));
  }
  return json.dump(2) + "\n";
}

std::string toJunit(const std::vector<Result>& results, const std::string& suite) {
  const auto failures = std::count_if(results.begin(), results.end(), [](const Result& r) { return r.isFailure(); });
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  xml += fmt::format("<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n", xmlEscaped(suite),
                     results.size(), failures, count(results, Outcome::kSkipped));
  for (const Result& result : results) {
    xml += fmt::format("  <testcase classname=\"{}\" name=\"{}\">\n", xmlEscaped(suite), xmlEscaped(result.id));
    const std::string text = xmlEscaped(result.check + ": " + describe(result));
    if (result.isFailure()) {
      xml += fmt::format("    <failure message=\"{}\"/>\n", text);
    } else if (result.outcome == Outcome::kSkipped) {
      xml += fmt::format("    <skipped message=\"{}\"/>\n", xmlEscaped(result.reason));
    } else {
      xml += fmt::format("    <system-out>{}: {}</system-out>\n", nameOf(result.outcome), text);
    }
    xml += "  </testcase>\n";
  }
  return xml + "</testsuite>\n";
}

std::string toText(const std::vector<Result>& results) {
  std::string text;
  for (const Result& result : results) {
    text += fmt::format("  {:<14} {}{}: {}", nameOf(result.outcome), result.id, result.isWarning ? " (warning)" : "",
                        result.check);
    const std::string why = describe(result);
    text += why.empty() ? "\n" : fmt::format("\n                 {}\n", why);
  }
  return text;
}

}  // namespace nightfog::expect
