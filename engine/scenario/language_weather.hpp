// Files of weather presets, `format: weather/1`: states of air, road and light by name, to be used in keyframes.
#pragma once

#include <string>

#include "engine/config/descriptor.hpp"
#include "engine/scenario/draws.hpp"
#include "engine/scenario/imports.hpp"
#include "engine/scenario/weather_timeline.hpp"

namespace nightfog::scenario {

/// The table of such a file; what it says is read where a keyframe uses it.
const config::ObjectInfo& weatherFileInfo();
/// Every mistake of the file, in presets that nobody uses too.
void checkWeatherFile(const config::Node& root, config::Diagnostics& diagnostics);

/// `use: fogs.dense` of a keyframe: the preset's channels, with what the keyframe says of its own laid over them.
/// Reports what is wrong; false then, and `out` is as it was.
bool usePreset(const config::Node& keyframe, const Imports& imports, Draws& draws, config::Diagnostics& diagnostics,
               WeatherKeyframe& out);

}  // namespace nightfog::scenario
