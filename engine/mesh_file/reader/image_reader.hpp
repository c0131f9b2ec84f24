// Pictures from files or from inside a mesh file: PNG, JPEG, TGA, BMP, GIF, PSD, PNM by stb_image, SGI by our own.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "engine/mesh_file/mesh_file.hpp"

namespace nightfog::mesh_file {

/// nullopt when it is none of the formats, damaged, or larger than `maxSize` texels a side.
std::optional<Image> decodeImage(std::span<const uint8_t> bytes, const std::string& name, uint32_t maxSize);

/// SGI image file (the `.rgb` of IRIX: big-endian, verbatim or run-length encoded, 8 bits a channel).
std::optional<Image> decodeSgiImage(std::span<const uint8_t> bytes, uint32_t maxSize);

}  // namespace nightfog::mesh_file
