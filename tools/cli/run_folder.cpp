#include "tools/cli/run_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>

#include "engine/config/document.hpp"
#include "engine/core/files.hpp"

namespace nightfog::cli {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
namespace {

constexpr size_t kMostBytes = size_t{64} << 20;  // of done.json: an export has thousands of files

/// nullopt: it is not there, or no JSON.
std::optional<Json> readJson(const fs::path& file) {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed)) return std::nullopt;
  Json json = Json::parse(readFile(file, kMostBytes), nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

std::vector<std::pair<std::string, std::string>> variantOf(const fs::path& resolved) {
  std::vector<std::pair<std::string, std::string>> out;
  std::error_code failed;
  if (!fs::is_regular_file(resolved, failed)) return out;
  config::Diagnostics ignored;  // only what the sweep chose is wanted, and a wrong file says nothing of it
  const auto document = config::loadDocument(resolved, ignored);
  const config::Node* variant = document != nullptr ? document->root().find("variant") : nullptr;
  if (variant == nullptr || !variant->isMap()) return out;
  for (const config::Node* value : variant->children) out.emplace_back(value->key, value->text);
  return out;
}

RunFolder readRun(const fs::path& path) {
  RunFolder run;
  run.path = path;
  run.run = path.filename().string();
  run.scenario = path.parent_path().filename().string();
  try {
    if (const auto done = readJson(path / "done.json")) {
      run.isWhole = true;
      run.frames = done->at("frames").get<uint32_t>();
      for (const auto& [name, file] : done->at("files").items()) run.bytes += file.at("bytes").get<uint64_t>();
    }
    if (const auto expect = readJson(path / "expect.json")) {
      run.unmet = expect->at("unmet").get<uint64_t>();
      for (const auto& result : expect->at("expectations"))
        run.verdicts.emplace_back(result.at("id").get<std::string>(), result.at("outcome").get<std::string>());
    }
  } catch (const nlohmann::json::exception& error) {
    throw IoError(fmt::format("{}: not as a render writes it ({})", path.string(), error.what()),
                  "render it again, or choose another folder");
  }
  run.variant = variantOf(path / "resolved.scn.yaml");
  return run;
}

bool isRun(const fs::path& folder) {
  std::error_code failed;
  return fs::exists(folder / "done.json", failed) || fs::exists(folder / "record.mcap", failed) ||
         fs::exists(folder / "resolved.scn.yaml", failed);
}

/// Numbers before units count as numbers, so that 80 m comes before 200 m.
bool comesBefore(const RunFolder& a, const RunFolder& b) {
  if (a.scenario != b.scenario) return a.scenario < b.scenario;
  const auto key = [](const std::string& text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} ? std::make_tuple(0, number, std::string(end)) : std::make_tuple(1, 0.0, text);
  };
  for (size_t i = 0; i < std::min(a.variant.size(), b.variant.size()); ++i) {
    const auto left = key(a.variant[i].second), right = key(b.variant[i].second);
    if (left != right) return left < right;
  }
  return a.run < b.run;
}

std::string quantityText(double value, const std::string& unit) {
  return unit.empty() ? fmt::format("{:.4g}", value) : fmt::format("{:.4g} {}", value, unit);
}

/// The nearest that a comparison came, in one run or over several.
struct Nearest {
  std::string comparison, unit, run;
  double at_s = 0, value = 0, missing = 0;
};

Nearest nearestFrom(const Json& json, const std::string& run) {
  return {json.at("comparison"), json.at("unit"), run, json.at("at_s"), json.at("value"), json.at("missing")};
}

std::string nearText(const Nearest& n) {
  const std::string where =
      n.run.empty() ? fmt::format("t = {:.3f} s", n.at_s) : fmt::format("{}, t = {:.3f} s", n.run, n.at_s);
  if (n.missing <= 0) return fmt::format("{}: true ({})", n.comparison, where);
  return fmt::format("{}: nearest {}, {} short ({})", n.comparison, quantityText(n.value, n.unit),
                     quantityText(n.missing, n.unit), where);
}

/// What the scenario's file says of an injector or event.
const config::Node* findEntry(const config::Node& root, const std::string& id) {
  if (const config::Node* injectors = root.find("injectors"); injectors != nullptr && injectors->find(id) != nullptr)
    return injectors->find(id);
  const config::Node* events = root.find("events");
  if (events == nullptr) return nullptr;
  for (const config::Node* event : events->children) {
    const config::Node* own = event->find("id");
    if (own != nullptr && own->text == id) return event;
  }
  return nullptr;
}

}  // namespace

std::vector<RunFolder> findRuns(const fs::path& folder) {
  std::vector<RunFolder> runs;
  std::error_code failed;
  const auto look = [&](const auto& self, const fs::path& at, int depth) -> void {
    if (isRun(at)) {
      runs.push_back(readRun(fs::weakly_canonical(at, failed)));
      return;
    }
    if (depth == 0) return;
    for (const auto& entry : fs::directory_iterator(at, failed)) {
      if (entry.is_directory(failed)) self(self, entry.path(), depth - 1);
    }
  };
  look(look, folder, 2);
  std::sort(runs.begin(), runs.end(), comesBefore);
  return runs;
}

Json readTrace(const fs::path& run) {
  std::error_code failed;
  if (!fs::exists(run / "trace.json", failed)) return Json::array();
  auto trace = readJson(run / "trace.json");
  if (!trace || !trace->is_array())
    throw IoError(fmt::format("{} is no trigger trace", (run / "trace.json").string()), "render the run again");
  return std::move(*trace);
}

std::string traceText(const Json& trace) {
  std::string out;
  for (const Json& entry : trace) {
    const std::string kind = entry.value("type", std::string("event"));
    std::string what;
    if (entry.value("switched_off", false)) {
      what = "switched off (severity 0 %)";
    } else if (entry.at("fired_s").empty()) {
      what = "never fired";
    } else {
      what = "fired at";
      for (const Json& at : entry.at("fired_s")) what += fmt::format(" {:.3f} s", at.get<double>());
      if (entry.contains("ended_s")) what += fmt::format(", ended at {:.3f} s", entry.at("ended_s").get<double>());
    }
    out += fmt::format("  {:<20} {:<24} {}\n", entry.at("id").get<std::string>(), kind, what);
    if (entry.contains("when")) out += fmt::format("  {:<20} when {}\n", "", entry.at("when").get<std::string>());
    const bool isMissed = entry.at("fired_s").empty() && !entry.value("switched_off", false);
    for (const Json& nearest : entry.value("nearest", Json::array())) {
      if (isMissed) out += fmt::format("  {:<20} {}\n", "", nearText(nearestFrom(nearest, {})));
    }
    for (const Json& claim : entry.value("claims", Json::array())) {
      if (!claim.at("holds").get<bool>())
        out += fmt::format("  {:<20} broken claim: {} ({:.4g})\n", "", claim.at("text").get<std::string>(),
                           claim.at("value").get<double>());
    }
  }
  return out.empty() ? "  nothing waits for a trigger in this run\n" : out;
}

std::vector<config::Diagnostic> neverFired(const std::vector<std::pair<std::string, Json>>& traces,
                                           const scenario::ScenarioTemplate& scenario) {
  struct Watched {
    bool hasFired = false, isEvent = false;
    uint32_t runs = 0;
    std::vector<Nearest> nearest;
  };
  std::vector<std::pair<std::string, Watched>> all;
  for (const auto& [run, trace] : traces) {
    for (const Json& entry : trace) {
      if (!entry.contains("when") || entry.value("switched_off", false)) continue;
      const std::string id = entry.at("id");
      auto at = std::find_if(all.begin(), all.end(), [&](const auto& w) { return w.first == id; });
      if (at == all.end()) at = all.insert(all.end(), {id, {}});
      Watched& watched = at->second;
      watched.isEvent = !entry.contains("type");
      watched.hasFired = watched.hasFired || !entry.at("fired_s").empty();
      ++watched.runs;
      for (const Json& json : entry.value("nearest", Json::array())) {
        const Nearest nearest = nearestFrom(json, run);
        const auto known = std::find_if(watched.nearest.begin(), watched.nearest.end(),
                                        [&](const Nearest& n) { return n.comparison == nearest.comparison; });
        if (known == watched.nearest.end()) {
          watched.nearest.push_back(nearest);
        } else if (nearest.missing < known->missing) {
          *known = nearest;
        }
      }
    }
  }
  config::Diagnostics diagnostics;
  for (const auto& [id, watched] : all) {
    if (watched.hasFired) continue;
    const config::Node* entry = findEntry(scenario.document().root(), id);
    const config::Node* when = entry != nullptr ? entry->find("when") : nullptr;
    if (when == nullptr) continue;  // an injector that its `meet` starts
    auto& d = diagnostics.warning(
        "W0510", when->place(),
        fmt::format("trigger of {} '{}' never became true in {}", watched.isEvent ? "event" : "injector", id,
                    watched.runs == 1 ? std::string("the run") : fmt::format("any of {} runs", watched.runs)));
    std::string note;
    for (const Nearest& n : watched.nearest) note += (note.empty() ? "" : "; ") + nearText(n);
    if (!note.empty()) d.withNote(note);
  }
  return diagnostics.sorted();
}

}  // namespace nightfog::cli
