// What the standard libraries hold: injectors with their parameters, and weather presets.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace nightfog::cli {

enum class Which {
  kAll,
  kFaults  ///< those that something is wrong with a sensor by: they take a sensor
};
/// One object an injector: id, library, doc, what it brings, how often it occurs, source, parameters with kind, unit,
/// range, default and prior.
nlohmann::ordered_json injectorRows(Which which);
/// A page of text of these rows.
std::string injectorText(const nlohmann::ordered_json& rows);
/// One object a preset: id, library, and each channel that it sets.
nlohmann::ordered_json weatherRows();
std::string weatherText(const nlohmann::ordered_json& rows);

}  // namespace nightfog::cli
