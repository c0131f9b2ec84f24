#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/config/quantity.hpp"
#include "tools/lang/coverage_table.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"

namespace nightfog::lang {

using config::Node;

namespace {

constexpr size_t kMostCombinations = 2'000'000;

/// Every way to choose t of the features, one a factor.
void chooseFrom(const std::vector<std::pair<std::string, std::string>>& all, size_t next, size_t wanted,
                Features& chosen, std::map<Features, uint32_t>& out) {
  if (chosen.size() == wanted) {
    ++out[chosen];
    if (out.size() > kMostCombinations)
      throw Error(ExitCode::kUsage, "too many combinations to count", "use a smaller --strength, or fewer files");
    return;
  }
  for (size_t i = next; i < all.size(); ++i) {
    const bool isSameFactor =
        std::any_of(chosen.begin(), chosen.end(), [&](const auto& f) { return f.first == all[i].first; });
    if (isSameFactor) continue;
    const auto [at, isNew] = chosen.insert(all[i]);
    chooseFrom(all, i + 1, wanted, chosen, out);
    if (isNew) chosen.erase(at);
  }
}

Features wordsOf(const scenario::Scenario& run, const Node& root) {
  Features out;
  if (const Node* tags = root.find("tags"); tags != nullptr && tags->isMap()) {
    for (const Node* group : tags->children) {
      for (const Node* tag : group->children) out.insert({"tags." + group->key, tag->text});
    }
  }
  const int hour = static_cast<int>(run.timeOfDay_s / 3600);
  out.insert({"time_of_day", hour < 6 || hour >= 21 ? "night" : hour < 9 ? "morning" : hour < 17 ? "day" : "evening"});
  const auto weather = run.weather.at(SimTime{});
  const double fog_m = weather.fogVisibility_m.value_or(1e6);
  // Steps of the OSI fog classes.
  out.insert({"fog", fog_m < 50     ? "dense (< 50 m)"
                     : fog_m < 200  ? "thick (< 200 m)"
                     : fog_m < 1000 ? "light (< 1 km)"
                                    : "none"});
  out.insert({"rain", weather.rainRate_mmph <= 0    ? "none"
                      : weather.rainRate_mmph < 2.5 ? "light"
                      : weather.rainRate_mmph < 10  ? "moderate"
                                                    : "heavy"});
  for (const auto& injector : run.injectors) out.insert({"injector", injector.type});
  for (const auto& [name, value] : run.variant) out.insert({"sweep." + name, value});
  return out;
}

}  // namespace

std::vector<Features> binned(const std::vector<Features>& words,
                             const std::vector<std::map<std::string, double>>& numbers, uint32_t bins) {
  std::map<std::string, std::pair<double, double>> range;
  for (const auto& run : numbers) {
    for (const auto& [name, value] : run) {
      const auto [at, isNew] = range.try_emplace(name, value, value);
      if (!isNew) at->second = {std::min(at->second.first, value), std::max(at->second.second, value)};
    }
  }
  std::vector<Features> out = words;
  for (size_t i = 0; i < numbers.size(); ++i) {
    for (const auto& [name, value] : numbers[i]) {
      const auto [low, high] = range.at(name);
      if (high <= low) {
        out[i].insert({"params." + name, fmt::format("{:.4g}", low)});
        continue;
      }
      const double width = (high - low) / bins;
      const auto bin = std::min(static_cast<uint32_t>((value - low) / width), bins - 1);
      out[i].insert({"params." + name, fmt::format("{:.4g} … {:.4g}", low + bin * width, low + (bin + 1) * width)});
    }
  }
  return out;
}

CoverageTable countCoverage(const std::vector<Features>& runs, uint32_t strength) {
  CoverageTable table;
  table.runs = static_cast<uint32_t>(runs.size());
  for (const Features& run : runs) {
    for (const auto& [factor, value] : run) ++table.values[factor][value];
    Features chosen;
    chooseFrom({run.begin(), run.end()}, 0, strength, chosen, table.combinations);
  }
  // Sum over all choices of t factors of the product of their counts of values: elementary symmetric polynomial.
  std::vector<uint64_t> sums(strength + 1, 0);
  sums[0] = 1;
  for (const auto& [factor, values] : table.values) {
    for (size_t t = strength; t > 0; --t) sums[t] += sums[t - 1] * values.size();
  }
  table.possible = sums[strength];
  return table;
}

ExitCode coverage(const CoverageArguments& arguments) {
  const InstalledLibrary library(dataFolder());
  std::vector<Features> words;
  std::vector<std::map<std::string, double>> numbers;
  const auto files = scenarioFiles(arguments.files);
  for (const auto& file : files) {
    const auto chosen = scenario::loadScenarioTemplate(file, library.forFile(file));
    const uint64_t count = std::min<uint64_t>(arguments.runs, chosen.isSweep() ? chosen.runCount() : arguments.runs);
    for (uint64_t i = 0; i < count; ++i) {
      // Spread over the sweep when not all of it is counted.
      const uint64_t index = chosen.isSweep() ? i * chosen.runCount() / count : i;
      const auto run = scenario::sample(chosen, std::nullopt, static_cast<uint32_t>(index));
      words.push_back(wordsOf(run, chosen.document().root()));
      numbers.push_back(run.parameters);
    }
  }
  const CoverageTable table = countCoverage(binned(words, numbers, arguments.bins), arguments.strength);
  if (arguments.json) {
    nlohmann::ordered_json out{{"files", files.size()},
                               {"runs", table.runs},
                               {"strength", arguments.strength},
                               {"combinations_covered", table.combinations.size()},
                               {"combinations_possible", table.possible},
                               {"factors", table.values}};
    fmt::print("{}\n", out.dump(1));
    return ExitCode::kOk;
  }
  fmt::print("{} files, {} runs\n", files.size(), table.runs);
  for (const auto& [factor, values] : table.values) {
    fmt::print("\n{}\n", factor);
    for (const auto& [value, count] : values) fmt::print("  {:40} {:>6}\n", value, count);
  }
  fmt::print("\n{}-way combinations: {} of {} ({:.1f} %)\n", arguments.strength, table.combinations.size(),
             table.possible,
             table.possible == 0
                 ? 0
                 : 100.0 * static_cast<double>(table.combinations.size()) / static_cast<double>(table.possible));
  return ExitCode::kOk;
}

}  // namespace nightfog::lang
