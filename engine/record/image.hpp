// An 8-bit RGB picture, drawing on it with smooth edges, and PNG bytes that carry the mark of synthetic data.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nightfog::record {

/// 0xRRGGBB, sRGB.
using Colour = uint32_t;

/// Mixes two colours: 0 is a, 1 is b.
Colour mix(Colour a, Colour b, float fraction);
/// A perceptually uniform map for quantities, dark violet to pale yellow: its OKLab lightness rises evenly. Clamps; NaN
/// is 0.
Colour colourMap(float fraction);

/// Origin top left; positions are in pixels, pixel (0, 0) covers [0, 1)². Whatever lies outside is cut off; what is not
/// finite is not drawn.
class Image {
 public:
  Image(uint32_t width, uint32_t height, Colour background);

  uint32_t width() const { return width_; }
  uint32_t height() const { return height_; }
  Colour pixel(uint32_t x, uint32_t y) const;
  const std::vector<uint8_t>& bytes() const { return rgb_; }

  void set(int x, int y, Colour colour);
  void blend(int x, int y, Colour colour, float alpha);
  void fill(int x, int y, int width, int height, Colour colour);
  /// A rectangle through which what is below still shows.
  void shade(int x, int y, int width, int height, Colour colour, float alpha);
  void disc(glm::vec2 centre, float radius, Colour colour, float alpha = 1);
  void line(glm::vec2 a, glm::vec2 b, float width, Colour colour, float alpha = 1);
  void dashedLine(glm::vec2 a, glm::vec2 b, float width, Colour colour, float dash);
  void circle(glm::vec2 centre, float radius, float width, Colour colour);
  /// Copies `other` with its top left corner at (x, y).
  void paste(const Image& other, int x, int y);

  /// Text in a plain stroke font of capitals `height` pixels tall; `origin` is the left end of the baseline. Returns
  /// the width.
  float text(glm::vec2 origin, std::string_view text, float height, Colour colour);
  static float textWidth(std::string_view text, float height);

 private:
  uint32_t width_ = 0;
  uint32_t height_ = 0;
  std::vector<uint8_t> rgb_;
};

/// PNG bytes, the same for the same picture; XMP says that no camera took it (IPTC DigitalSourceType).
std::string encodePng(const Image& image);
/// The same of bytes, 3 a pixel, rows from the top. Level 1 is fast, 9 small.
std::string encodePng(uint32_t width, uint32_t height, std::span<const uint8_t> rgb, int compressionLevel);
/// JPEG bytes, quality 1 … 100, no chroma subsampling from 90 on; the same for the same picture and libjpeg-turbo, with
/// the same mark.
std::string encodeJpeg(uint32_t width, uint32_t height, std::span<const uint8_t> rgb, int quality);

}  // namespace nightfog::record
