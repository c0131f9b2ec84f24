#include "engine/record/thumbnails.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/record/point_colour.hpp"
#include "engine/record/sheet.hpp"

namespace nightfog::record {
namespace {

constexpr int kGap = 12;
constexpr int kTitle = 74;  // the height of its line
constexpr int kLine = 20;   // of a caption
constexpr float kText = 9;

/// What of the text fits, with an ellipsis.
std::string fitted(std::string text, float room) {
  if (Image::textWidth(text, kText) <= room) return text;
  while (!text.empty() && Image::textWidth(text + "...", kText) > room) text.pop_back();
  return text + "...";
}

}  // namespace

Image reduced(const Image& from, uint32_t width, Reduce how) {
  if (from.width() <= width) return from;
  const uint32_t height = std::max(from.height() * width / from.width(), 1u);
  Image image(width, height, 0);
  for (uint32_t y = 0; y < height; ++y) {
    for (uint32_t x = 0; x < width; ++x) {
      const uint32_t x0 = x * from.width() / width;
      const uint32_t x1 = std::max((x + 1) * from.width() / width, x0 + 1);
      const uint32_t y0 = y * from.height() / height;
      const uint32_t y1 = std::max((y + 1) * from.height() / height, y0 + 1);
      if (how == Reduce::kPick) {
        image.set(static_cast<int>(x), static_cast<int>(y), from.pixel((x0 + x1) / 2, (y0 + y1) / 2));
        continue;
      }
      uint32_t sums[3] = {0, 0, 0};
      for (uint32_t v = y0; v < y1; ++v) {
        for (uint32_t u = x0; u < x1; ++u) {
          const Colour c = from.pixel(u, v);
          sums[0] += c >> 16 & 0xff;
          sums[1] += c >> 8 & 0xff;
          sums[2] += c & 0xff;
        }
      }
      const uint32_t n = (x1 - x0) * (y1 - y0);
      image.set(static_cast<int>(x), static_cast<int>(y), (sums[0] / n) << 16 | (sums[1] / n) << 8 | sums[2] / n);
    }
  }
  return image;
}

Image thumbnailSheet(const std::string& title, const std::vector<Thumbnail>& pictures, uint32_t columns) {
  NF_ASSERT(columns >= 1, "{} columns", columns);
  const int count = static_cast<int>(pictures.size()), across = static_cast<int>(columns);
  const int width = std::max((kSheetWidth - 2 * kSheetMargin - (across - 1) * kGap) / across, 1);
  std::vector<Image> small;
  int tallest = 0, lines = 0;
  for (const Thumbnail& thumbnail : pictures) {
    small.push_back(reduced(thumbnail.picture, static_cast<uint32_t>(width), Reduce::kMean));
    tallest = std::max(tallest, static_cast<int>(small.back().height()));
    lines = std::max(lines, static_cast<int>(thumbnail.caption.size()));
  }
  const int rowHeight = tallest + lines * kLine + kGap + 6;
  const int rows = (count + across - 1) / across;
  Image sheet(kSheetWidth, static_cast<uint32_t>(kTitle + rows * rowHeight + kSheetMargin), kPaper);
  sheet.text({kSheetMargin, 46}, title, 18, kInk);
  const std::string mark = "nightfog  |  synthetic data";
  sheet.text({kSheetWidth - kSheetMargin - Image::textWidth(mark, 10), 46}, mark, 10, kFaintInk);
  for (int i = 0; i < count; ++i) {
    const int x = kSheetMargin + i % across * (width + kGap);
    const int y = kTitle + i / across * rowHeight;
    sheet.paste(small[static_cast<size_t>(i)], x, y);
    int baseline = y + tallest + kLine - 3;
    for (const std::string& line : pictures[static_cast<size_t>(i)].caption) {
      const bool isFirst = &line == &pictures[static_cast<size_t>(i)].caption.front();
      sheet.text({static_cast<float>(x), static_cast<float>(baseline)}, fitted(line, static_cast<float>(width)), kText,
                 isFirst ? kInk : kFaintInk);
      baseline += kLine;
    }
  }
  return sheet;
}

}  // namespace nightfog::record
