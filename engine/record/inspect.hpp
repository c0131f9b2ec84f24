// What is in a record, for people and for machines.
#pragma once

#include <filesystem>
#include <string>

namespace nightfog::record {

/// One JSON object: file, provenance, episode, channels with their message counts, sensors, and for every frame points,
/// beams, outcomes by cause (which sum to the beams) and objects with hits and possible hits. Reads and checks the
/// whole file; throws IoError when it is not whole. The same record gives the same text, whatever its path.
std::string inspectJson(const std::filesystem::path& record);
/// The same in a page of text.
std::string inspectText(const std::filesystem::path& record);

}  // namespace nightfog::record
