// Where bytes come from. Private to this module.
#pragma once

#include <filesystem>
#include <string_view>

#include "engine/fcd/xml_stream.hpp"

namespace nightfog::fcd {

/// Of a file, unpacked where it is packed with gzip. Throws IoError.
ReadBytes readFileBytes(const std::filesystem::path& path);
/// Of a text that outlives it.
ReadBytes readTextBytes(std::string_view text);

}  // namespace nightfog::fcd
