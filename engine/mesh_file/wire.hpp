// A MeshFile as bytes between the reading process and ours: little-endian, counted arrays, a mark at both ends.
#pragma once

#include <string>
#include <string_view>

#include "engine/mesh_file/mesh_file.hpp"

namespace nightfog::mesh_file {

std::string encode(const MeshFile& file);

/// Trusts nothing: counts must fit the bytes that are there, indices must be in range, and the limits hold. Throws
/// MeshFileError.
MeshFile decode(std::string_view bytes, const Limits& limits);

}  // namespace nightfog::mesh_file
