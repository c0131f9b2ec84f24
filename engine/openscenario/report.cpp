#include "engine/openscenario/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

namespace nightfog::openscenario {
namespace {

constexpr std::array<const char*, 3> kNames{"supported", "approximated", "refused"};

const char* nameOf(Outcome outcome) {
  return kNames[static_cast<size_t>(outcome)];
}

}  // namespace

size_t Report::count(Outcome outcome) const {
  return static_cast<size_t>(
      std::count_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.outcome == outcome; }));
}

std::string toText(const Report& report) {
  std::string out =
      fmt::format("{} elements supported, {} approximated, {} refused\n", report.count(Outcome::kSupported),
                  report.count(Outcome::kApproximated), report.count(Outcome::kRefused));
  for (const Outcome outcome : {Outcome::kRefused, Outcome::kApproximated}) {
    for (const Entry& entry : report.entries) {
      if (entry.outcome != outcome) continue;
      out += fmt::format("{}:{}: {} {}: {}\n", entry.file, entry.line, nameOf(outcome), entry.element, entry.note);
    }
  }
  for (const std::string& actor : report.controlled)
    out += fmt::format("controlled {}: by itself there, by nobody here\n", actor);
  for (const std::string& actor : report.dependent)
    out += fmt::format("dependent {}: on what a controlled actor does\n", actor);
  std::map<std::string, size_t> supported;
  for (const Entry& entry : report.entries) {
    if (entry.outcome == Outcome::kSupported) ++supported[entry.element];
  }
  for (const auto& [element, count] : supported) out += fmt::format("supported {} x {}\n", element, count);
  return out;
}

std::string toJson(const Report& report) {
  nlohmann::ordered_json json;
  for (const Outcome outcome : {Outcome::kSupported, Outcome::kApproximated, Outcome::kRefused})
    json[nameOf(outcome)] = report.count(outcome);
  json["controlled"] = report.controlled;
  json["dependent"] = report.dependent;
  json["elements"] = nlohmann::ordered_json::array();
  for (const Entry& entry : report.entries) {
    nlohmann::ordered_json item{
        {"outcome", nameOf(entry.outcome)}, {"element", entry.element}, {"file", entry.file}, {"line", entry.line}};
    if (!entry.note.empty()) item["note"] = entry.note;
    json["elements"].push_back(std::move(item));
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace nightfog::openscenario
