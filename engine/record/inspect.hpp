// What is in a record, for people and for machines.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace nightfog::record {

/// Which part of a record to say more about.
struct InspectRequest {
  std::optional<uint32_t> frame;  ///< the episode's frame number: only the labels of this frame; none: the record
  std::string sensor;             ///< with `frame`: only of this sensor; empty: of all that have it
};

/// One JSON object: file, provenance, episode, channels with their message counts, sensors, and for every frame points,
/// beams, outcomes by cause (which sum to the beams) and objects: where they are, hits and possible hits, pixels,
/// boxes, truncation. Reads and checks the whole file; throws IoError when it is not whole, Error (usage) when it has
/// no such sensor or frame. The same record gives the same text, whatever its path. With `frame`: `sensors` alone, of
/// that frame.
std::string inspectJson(const std::filesystem::path& record, const InspectRequest& request = {});
/// The same in a page of text; of a frame, a table of its labels.
std::string inspectText(const std::filesystem::path& record, const InspectRequest& request = {});

}  // namespace nightfog::record
