// What contact sheets share: their measures and their head.
#pragma once

#include <string>

#include "engine/record/episode.hpp"
#include "engine/record/image.hpp"

namespace nightfog::record {

// Pixels.
constexpr int kSheetWidth = 1600;
constexpr int kSheetMargin = 24;
constexpr int kSheetContent = kSheetWidth - 2 * kSheetMargin;
constexpr int kSheetHalf = (kSheetContent - kSheetMargin) / 2;  ///< one of two pictures side by side
constexpr int kSheetCaption = 34;                               ///< a title above a picture

/// The two lines at the top: the episode's title, what the sheet shows with the weather, what made it.
void drawSheetHead(Image& sheet, const EpisodeInfo& episode, const std::string& shown);

}  // namespace nightfog::record
