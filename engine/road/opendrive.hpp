// Reads ASAM OpenDRIVE maps (1.4 to 1.8).
//
// Read: header and geo reference; plan view (line, arc, spiral, paramPoly3), elevation, superelevation, lane offset,
// lane sections with widths, heights, marks, speeds and links, road links, types, junctions with their connections, the
// side that traffic keeps to. What would change the ground and is not modelled (poly3, border, crossfall, lateral
// shape) is an error; what stands on the road (objects, signals, controllers, tunnels, bridges) is a warning with its
// count.
//
// @code RoadNetwork map = loadOpenDrive("scenarios/maps/urban_straight.xodr"); @endcode
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/config/diagnostics.hpp"
#include "engine/road/network.hpp"

namespace nightfog::road {

/// Larger files are refused: a country's worth of roads should be cut up.
inline constexpr size_t kLargestMap_bytes = size_t{64} << 20;

/// From text; `name` stands in messages. Reports everything that is wrong, with its place; nullopt when there is an
/// error.
std::optional<RoadNetwork> readOpenDrive(const std::string& name, std::string text, config::Diagnostics& diagnostics);

/// From a file. Throws DiagnosticsError with everything that is wrong, IoError when it cannot be read. Warnings are
/// dropped.
RoadNetwork loadOpenDrive(const std::filesystem::path& path);

}  // namespace nightfog::road
