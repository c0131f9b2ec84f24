// Reads ASAM OpenDRIVE maps (1.4 to 1.8).
//
// Read: header and geo reference; plan view (line, arc, spiral, poly3, paramPoly3), elevation, superelevation,
// crossfall and shape, lane offset, lane sections with widths or borders, heights, marks, speeds and links, road links,
// types, junctions (default and direct) with connections, priorities and controllers, the side that traffic keeps to;
// signals, references to them and controllers, objects with repeats and outlines, tunnels, bridges. Not modelled, each
// a warning with its place: virtual junctions (the main road stays whole), stations, railways, surface files.
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
