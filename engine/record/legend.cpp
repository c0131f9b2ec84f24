#include "engine/record/legend.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/record/cause.hpp"
#include "engine/record/point_colour.hpp"

namespace nightfog::record {

std::vector<LegendEntry> sorted(std::vector<LegendEntry> entries) {
  std::sort(entries.begin(), entries.end(), [](const LegendEntry& a, const LegendEntry& b) {
    return a.count != b.count ? a.count > b.count : a.text < b.text;
  });
  return entries;
}

std::vector<LegendEntry> classLegend(const std::map<uint16_t, size_t>& bySemantic) {
  std::map<uint16_t, size_t> counts;  // what this version does not know is one class
  for (const auto& [id, count] : bySemantic) counts[classInfo(ClassId{id}).id.value] += count;
  std::vector<LegendEntry> out;
  for (const auto& [id, count] : counts) {
    const ClassInfo& info = classInfo(ClassId{id});
    const size_t dot = info.name.find('.');
    std::string name(dot == std::string_view::npos ? info.name : info.name.substr(dot + 1));
    std::replace(name.begin(), name.end(), '_', ' ');
    out.push_back({std::move(name), info.colour_rgb, count});
  }
  return sorted(std::move(out));
}

std::vector<LegendEntry> causeLegend(const std::map<uint8_t, size_t>& counts, size_t of) {
  std::vector<LegendEntry> out;
  for (const auto& [value, count] : counts) {
    const CauseInfo* cause = findCause(value);
    std::string name(cause != nullptr ? cause->name : "unknown");
    std::replace(name.begin(), name.end(), '_', ' ');
    const double percent = 100.0 * static_cast<double>(count) / static_cast<double>(of);
    out.push_back({fmt::format("{} {:.1f} %", name, percent), cause != nullptr ? cause->colour_rgb : kInk, count});
  }
  return sorted(std::move(out));
}

void drawLegend(Image& sheet, int right, int baseline, int room, const std::vector<LegendEntry>& entries) {
  constexpr float kHeight = 9;
  std::vector<const LegendEntry*> fitting;
  float used = 0;
  for (const LegendEntry& entry : entries) {
    const float width = Image::textWidth(entry.text, kHeight) + 36;
    if (used + width > static_cast<float>(room)) break;
    used += width;
    fitting.push_back(&entry);
  }
  float x = static_cast<float>(right) - used + 16;
  for (const LegendEntry* entry : fitting) {
    sheet.fill(static_cast<int>(x), baseline - 10, 11, 11, 0x3a4654);
    sheet.fill(static_cast<int>(x) + 1, baseline - 9, 9, 9, entry->colour);
    x += 17;
    x += sheet.text({x, static_cast<float>(baseline)}, entry->text, kHeight, kFaintInk) + 19;
  }
}

void drawScale(Image& sheet, int right, int baseline, std::string_view low, std::string_view high, bool isReversed) {
  constexpr int kBar = 160;
  const float highWidth = Image::textWidth(high, 9);
  const float lowWidth = Image::textWidth(low, 9);
  const int bar = right - static_cast<int>(highWidth) - 8 - kBar;
  for (int i = 0; i < kBar; ++i) {
    const float t = static_cast<float>(i) / (kBar - 1);
    sheet.fill(bar + i, baseline - 9, 1, 9, colourMap(isReversed ? 1 - t : t));
  }
  sheet.text({static_cast<float>(bar) - lowWidth - 8, static_cast<float>(baseline)}, low, 9, kFaintInk);
  sheet.text({static_cast<float>(right) - highWidth, static_cast<float>(baseline)}, high, 9, kFaintInk);
}

}  // namespace nightfog::record
