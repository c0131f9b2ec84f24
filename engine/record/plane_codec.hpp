// Planes of ground truth as bytes: lossless, deterministic, small.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nightfog::record {

inline constexpr const char* kPlaneEncoding = "delta+shuffle+zlib";

/// `wordBytes` 1, 2 or 4; `wordsPerPixel` words of a pixel lie together and are coded apart. Rows of `width` pixels.
/// Each word becomes its difference to the same word of the pixel on the left (a row's first: above), bytes of equal
/// weight are put together, zlib does the rest.
std::string encodePlane(std::span<const std::byte> pixels, uint32_t width, uint32_t wordBytes, uint32_t wordsPerPixel);

/// The bytes again. Throws std::invalid_argument when `data` does not hold exactly width x height pixels.
std::vector<std::byte> decodePlane(std::string_view data, uint32_t width, uint32_t height, uint32_t wordBytes,
                                   uint32_t wordsPerPixel);

}  // namespace nightfog::record
