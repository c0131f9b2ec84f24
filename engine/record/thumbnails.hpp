// A sheet of small pictures with captions: a frame of each run of a sweep, or several moments of one run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/record/image.hpp"

namespace nightfog::record {

/// How a picture is made smaller: boxes of pixels averaged, or for ids one of them taken.
enum class Reduce { kMean, kPick };
/// `width` pixels wide with its sides in proportion; never enlarged.
Image reduced(const Image& from, uint32_t width, Reduce how);

struct Thumbnail {
  Image picture;
  std::vector<std::string> caption;  ///< short lines, the first stronger
};

/// Rows from the left, 1600 pixels wide; pictures are as wide as `columns` (1 or more) lets them be.
/// @code writeFileAtomically("sweep.png", encodePng(thumbnailSheet("Fog", pictures, 5))); @endcode
Image thumbnailSheet(const std::string& title, const std::vector<Thumbnail>& pictures, uint32_t columns);

}  // namespace nightfog::record
