// What the colours of a preview mean. Internal to record/.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/record/image.hpp"

namespace nightfog::record {

struct LegendEntry {
  std::string text;
  Colour colour = 0;
  size_t count = 0;
};

/// Most frequent first, then by text.
std::vector<LegendEntry> sorted(std::vector<LegendEntry> entries);
/// Of classes, from how often each occurs.
std::vector<LegendEntry> classLegend(const std::map<uint16_t, size_t>& bySemantic);
/// Of causes, from how often each occurs, in percent of so many.
std::vector<LegendEntry> causeLegend(const std::map<uint8_t, size_t>& counts, size_t of);
/// Right-aligned on one line, as many as fit.
void drawLegend(Image& sheet, int right, int baseline, int room, const std::vector<LegendEntry>& entries);
/// A strip of the colour map between two words; `isReversed`: bright end first.
void drawScale(Image& sheet, int right, int baseline, std::string_view low, std::string_view high, bool isReversed);

}  // namespace nightfog::record
