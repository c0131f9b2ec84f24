// Planes of ground truth as bytes: lossless, deterministic, small.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nightfog::record {

inline constexpr const char* kPlaneEncoding = "gradient+shuffle+zlib";

/// How a pixel is made: `wordBytes` 1, 2 or 4; `wordsPerPixel` words lie together and are coded apart.
struct PlaneLayout {
  uint32_t wordBytes = 4;
  uint32_t wordsPerPixel = 1;
  bool isFloat = false;  ///< words are IEEE floats
};

struct EncodedPlane {
  std::string data;
  /// Floats that are all whole multiples of 2^-fixedPointBits are stored as those multiples, which differ less from
  /// their neighbours than floats do; 0: words as they are. Optical flow is such a plane: a pixel coordinate minus a
  /// whole number.
  uint32_t fixedPointBits = 0;
};

/// Rows of `width` pixels. Each word becomes its difference to the gradient prediction left + above - above left (0
/// outside; modulo the word's range), folded so that small ones of either sign are small numbers; bytes of equal weight
/// are put together; zlib does the rest. Where a byte's values are mere noise it is asked for Huffman codes alone,
/// which is three times as fast and no larger.
EncodedPlane encodePlane(std::span<const std::byte> pixels, uint32_t width, const PlaneLayout& layout);

/// The bytes again. Throws std::invalid_argument when `data` does not hold exactly width x height pixels, or
/// `fixedPointBits` makes no sense.
std::vector<std::byte> decodePlane(std::string_view data, uint32_t width, uint32_t height, const PlaneLayout& layout,
                                   uint32_t fixedPointBits);

}  // namespace nightfog::record
