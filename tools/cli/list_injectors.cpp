#include "tools/cli/list_injectors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "engine/config/codec.hpp"
#include "engine/scenario/language_library.hpp"
#include "engine/scenario/language_weather.hpp"
#include "tools/lang/lang_commands.hpp"

namespace nightfog::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using scenario::Takes;

Json parameterJson(const std::string& name, const scenario::InjectorParameter& p) {
  Json out{{"name", name}, {"takes", scenario::takesName(p.takes)}};
  if (p.dimension) {
    out["of"] = std::string(config::dimensionName(*p.dimension));
    out["unit"] = std::string(config::canonicalUnit(*p.dimension));
    if (p.min) out["min"] = scenario::boundText(*p.min, *p.dimension);
    if (p.max) out["max"] = scenario::boundText(*p.max, *p.dimension);
  }
  if (!p.words.empty()) out["words"] = p.words;
  if (p.fallback != nullptr) out["default"] = scenario::flowText(*p.fallback);
  out["required"] = p.fallback == nullptr && !p.isOptional;
  if (p.prior != nullptr) out["prior"] = scenario::flowText(*p.prior);
  if (!p.doc.empty()) out["doc"] = p.doc;
  return out;
}

/// The documents of std/*.yaml, by name.
std::vector<std::pair<std::string, std::shared_ptr<const config::Document>>> standardFiles(
    const std::string& kind, config::Diagnostics& diagnostics) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(lang::dataFolder() / "scenarios" / "std")) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::pair<std::string, std::shared_ptr<const config::Document>>> out;
  for (const fs::path& path : paths) {
    const auto document = config::loadDocument(path, diagnostics);
    const config::Node* format = document != nullptr ? document->root().find("format") : nullptr;
    if (format != nullptr && format->text.starts_with(kind + "/"))
      out.emplace_back("std/" + path.stem().string(), document);
  }
  return out;
}

std::string rangeText(const Json& p) {
  const std::string low = p.value("min", std::string()), high = p.value("max", std::string());
  if (low.empty() && high.empty()) return {};
  if (high.empty()) return ", from " + low;
  return low.empty() ? ", up to " + high : fmt::format(", {} to {}", low, high);
}

}  // namespace

Json injectorRows(Which which) {
  config::Diagnostics diagnostics;
  Json rows = Json::array();
  for (const auto& [name, document] : standardFiles("library", diagnostics)) {
    scenario::LibraryFile library;
    config::ReadContext context{diagnostics};
    scenario::libraryDescriptor().read(document->root(), library, context);
    for (const auto& [id, injector] : library.injectors) {
      const bool isFault = std::any_of(injector.parameters.begin(), injector.parameters.end(),
                                       [](const auto& p) { return p.second.takes == Takes::kSensor; });
      if (which == Which::kFaults && !isFault) continue;
      Json row{{"id", id}, {"library", name}, {"doc", injector.doc}};
      if (injector.brings) row["brings"] = *injector.brings;
      if (injector.occurrence_1pm) row["occurrence_per_km"] = *injector.occurrence_1pm * 1000;
      if (!injector.source.empty()) row["source"] = injector.source;
      row["params"] = Json::array();
      for (const auto& [parameter, info] : injector.parameters) row["params"].push_back(parameterJson(parameter, info));
      rows.push_back(std::move(row));
    }
  }
  diagnostics.throwIfErrors();
  return rows;
}

std::string injectorText(const Json& rows) {
  std::string out;
  for (const Json& row : rows) {
    out += fmt::format("{}{}  ({}", out.empty() ? "" : "\n", row.at("id").get<std::string>(),
                       row.at("library").get<std::string>());
    if (row.contains("occurrence_per_km")) out += fmt::format(", {:g} a km", row.at("occurrence_per_km").get<double>());
    if (row.contains("brings")) out += ", brings " + row.at("brings").get<std::string>();
    out += ")\n  " + row.at("doc").get<std::string>() + "\n";
    for (const Json& p : row.at("params")) {
      std::string takes = p.at("takes");
      if (p.contains("of")) takes = (takes == "vector" ? "vector, " : "") + p.at("of").get<std::string>();
      if (!p.value("unit", std::string()).empty()) takes += fmt::format(" [{}]", p.at("unit").get<std::string>());
      takes += rangeText(p);
      for (const Json& word : p.value("words", Json::array())) takes += " | " + word.get<std::string>();
      out += fmt::format("    {:<10} {}", p.at("name").get<std::string>(), takes);
      if (p.at("required").get<bool>()) out += "; required";
      if (p.contains("default")) out += "; default " + p.at("default").get<std::string>();
      if (p.contains("prior")) out += "; prior " + p.at("prior").get<std::string>();
      out += fmt::format("\n    {:<10} {}\n", "", p.value("doc", std::string()));
    }
  }
  return out;
}

std::string weatherText(const Json& rows) {
  std::string out;
  for (const Json& row : rows) {
    std::string channels;
    for (const auto& [key, value] : row.items()) {
      if (key == "id" || key == "library") continue;
      channels += fmt::format("{}{}: {}", channels.empty() ? "" : ", ", key, value.get<std::string>());
    }
    out += fmt::format("{:<16} {:<15} {}\n", row.at("id").get<std::string>(), row.at("library").get<std::string>(),
                       channels);
  }
  return out;
}

Json weatherRows() {
  config::Diagnostics diagnostics;
  Json rows = Json::array();
  for (const auto& [name, document] : standardFiles("weather", diagnostics)) {
    scenario::checkWeatherFile(document->root(), diagnostics);
    const config::Node* presets = document->root().find("presets");
    if (presets == nullptr) continue;
    for (const config::Node* preset : presets->children) {
      Json row{{"id", preset->key}, {"library", name}};
      for (const config::Node* channel : preset->children) row[channel->key] = scenario::flowText(*channel);
      rows.push_back(std::move(row));
    }
  }
  diagnostics.throwIfErrors();
  return rows;
}

}  // namespace nightfog::cli
