#include <fmt/format.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/materials.hpp"
#include "engine/record/cause.hpp"
#include "engine/record/taxonomy.hpp"
#include "engine/scenario/lidar_spec.hpp"
#include "exporters/builtin.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/list_injectors.hpp"
#include "tools/cli/machine.hpp"
#include "tools/lang/lang_commands.hpp"

namespace nightfog::cli {
namespace {

using Json = nlohmann::ordered_json;

Json assets() {
  Json rows = Json::array();
  const catalog::Catalog catalog = catalog::loadCatalog(lang::dataFolder() / "assets");
  for (const auto& [id, asset] : catalog.all()) {
    rows.push_back({{"id", id},
                    {"title", asset.title},
                    {"class", classInfo(asset.semantic).name},
                    {"length_m", asset.boxSize.x},
                    {"width_m", asset.boxSize.y},
                    {"height_m", asset.boxSize.z},
                    {"mass_kg", asset.mass_kg},
                    {"licence", asset.licence},
                    {"origin", asset.origin}});
  }
  return rows;
}

Json sensors() {
  Json rows = Json::array();
  for (const auto& profile : scenario::listLidarProfiles(lang::dataFolder() / "sensors" / "profiles")) {
    rows.push_back({{"id", profile.id},
                    {"title", profile.title},
                    {"kind", "lidar"},
                    {"channels", profile.channels.size()},
                    {"columns_per_turn", profile.columns()},
                    {"rate_hz", profile.rotationRate_hz},
                    {"max_range_m", profile.maxRange_m},
                    {"source", profile.source}});
  }
  return rows;
}

Json materials() {
  content::SceneContent content;
  content::loadMaterials(lang::dataFolder() / "assets" / "materials.yaml", content);
  Json rows = Json::array();
  for (const auto& material : content.materials) {
    rows.push_back({{"id", material.name},
                    {"reflectance_r_g_b_905_1550", material.reflectance},
                    {"roughness", material.roughness},
                    {"retroreflectance", material.retroreflectance},
                    {"source", material.source}});
  }
  return rows;
}

Json devices() {
  Json rows = Json::array();
  for (const auto& device : gpu::Device::list()) {
    rows.push_back(
        {{"id", device.name}, {"driver", device.driver}, {"usable", device.isUsable()}, {"missing", device.missing}});
  }
  return rows;
}

Json classes() {
  Json rows = Json::array();
  for (const auto& info : taxonomy()) {
    rows.push_back(
        {{"id", info.name}, {"number", info.id.value}, {"thing", info.isThing}, {"description", info.description}});
  }
  return rows;
}

Json formats() {
  Json rows = Json::array();
  for (const auto& info : exporters::exporters())
    rows.push_back({{"id", info.name}, {"description", info.description}});
  return rows;
}

Json causes() {
  Json rows = Json::array();
  for (const auto& info : record::causes()) {
    rows.push_back({{"id", info.name}, {"number", info.value}, {"description", info.description}});
  }
  return rows;
}

/// A table with the widest cell of each column; long texts last, unpadded.
void printTable(const Json& rows) {
  for (const auto& row : rows) {
    std::string line = fmt::format("{:<34}", row.at("id").get<std::string>());
    for (const auto& [key, value] : row.items()) {
      if (key == "id" || key == "origin" || key == "source" || key == "driver") continue;
      if (value.is_number_float()) {
        line += fmt::format("  {} {:g}", key, value.get<double>());
      } else if (value.is_string()) {
        line += "  " + value.get<std::string>();
      } else {
        line += fmt::format("  {} {}", key, value.dump());
      }
    }
    fmt::print("{}\n", line);
  }
}

}  // namespace

ExitCode list(const ListArguments& arguments) {
  static const std::map<std::string, std::function<Json()>> kinds{
      {"assets", assets},
      {"sensors", sensors},
      {"materials", materials},
      {"devices", devices},
      {"classes", classes},
      {"causes", causes},
      {"exporters", formats},
      {"weather", weatherRows},
      {"injectors", [] { return injectorRows(Which::kAll); }},
      {"faults", [] { return injectorRows(Which::kFaults); }}};
  const bool isPage = arguments.what == "injectors" || arguments.what == "faults";
  const Json rows = kinds.at(arguments.what)();
  if (arguments.json) {
    fmt::print("{}\n", rows.dump(2));
  } else if (isPage) {
    fmt::print("{}", injectorText(rows));
  } else if (arguments.what == "weather") {
    fmt::print("{}", weatherText(rows));
  } else {
    printTable(rows);
  }
  return ExitCode::kOk;
}

}  // namespace nightfog::cli
