#include "engine/record/image.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/error.hpp"

namespace nightfog::record {
namespace {

uint8_t channel(Colour colour, int shift) {
  return static_cast<uint8_t>(colour >> shift & 0xff);
}

float toSrgb(float linear) {
  const float v = std::clamp(linear, 0.0F, 1.0F);
  return v <= 0.0031308F ? 12.92F * v : 1.055F * std::pow(v, 1 / 2.4F) - 0.055F;
}

/// OKLab [Ottosson2020]: lightness, and a chroma at a hue.
Colour fromOklch(float lightness, float chroma, float hue_rad) {
  const float a = chroma * std::cos(hue_rad);
  const float b = chroma * std::sin(hue_rad);
  const auto cube = [](float v) { return v * v * v; };
  const float l = cube(lightness + 0.3963377774F * a + 0.2158037573F * b);
  const float m = cube(lightness - 0.1055613458F * a - 0.0638541728F * b);
  const float s = cube(lightness - 0.0894841775F * a - 1.2914855480F * b);
  const std::array<float, 3> rgb{4.0767416621F * l - 3.3077115913F * m + 0.2309699292F * s,
                                 -1.2684380046F * l + 2.6097574011F * m - 0.3413193965F * s,
                                 -0.0041960863F * l - 0.7034186147F * m + 1.7076147010F * s};
  Colour colour = 0;
  for (const float v : rgb) colour = colour << 8 | static_cast<Colour>(std::lround(255 * toSrgb(v)));
  return colour;
}

std::array<Colour, 256> makeColourMap() {
  std::array<Colour, 256> map{};
  for (size_t i = 0; i < map.size(); ++i) {
    const float t = static_cast<float>(i) / 255;
    // Violet (300 degrees) by way of blue, teal and green to yellow (100 degrees); chroma stays inside sRGB.
    const float hue = (300 - 200 * t) * 3.14159265F / 180;
    const float chroma = 0.135F - 0.05F * std::sin(3.14159265F * std::min(1.0F, t * 1.25F)) + 0.02F * t;
    map[i] = fromOklch(0.28F + 0.67F * t, chroma, hue);
  }
  return map;
}

}  // namespace

Colour mix(Colour a, Colour b, float fraction) {
  Colour out = 0;
  for (int shift = 16; shift >= 0; shift -= 8) {
    const auto from = static_cast<float>(channel(a, shift));
    const auto to = static_cast<float>(channel(b, shift));
    out |= static_cast<Colour>(std::lround(from + (to - from) * fraction)) << shift;
  }
  return out;
}

Colour colourMap(float fraction) {
  static const std::array<Colour, 256> map = makeColourMap();
  if (!(fraction > 0)) return map.front();
  return map[static_cast<size_t>(std::lround(255 * std::min(fraction, 1.0F)))];
}

Image::Image(uint32_t width, uint32_t height, Colour background) : width_(width), height_(height) {
  NF_ASSERT(width > 0 && height > 0 && width <= 16384 && height <= 16384, "an image of {} x {}", width, height);
  rgb_.resize(size_t{width} * height * 3);
  fill(0, 0, static_cast<int>(width), static_cast<int>(height), background);
}

Colour Image::pixel(uint32_t x, uint32_t y) const {
  NF_ASSERT(x < width_ && y < height_, "pixel {}, {}", x, y);
  const uint8_t* p = &rgb_[(size_t{y} * width_ + x) * 3];
  return static_cast<Colour>(p[0]) << 16 | static_cast<Colour>(p[1]) << 8 | p[2];
}

void Image::set(int x, int y, Colour colour) {
  if (x < 0 || y < 0 || x >= static_cast<int>(width_) || y >= static_cast<int>(height_)) return;
  uint8_t* p = &rgb_[(static_cast<size_t>(y) * width_ + static_cast<size_t>(x)) * 3];
  for (int c = 0; c < 3; ++c) p[c] = channel(colour, 16 - 8 * c);
}

void Image::blend(int x, int y, Colour colour, float alpha) {
  if (x < 0 || y < 0 || x >= static_cast<int>(width_) || y >= static_cast<int>(height_) || !(alpha > 0)) return;
  set(x, y, mix(pixel(static_cast<uint32_t>(x), static_cast<uint32_t>(y)), colour, std::min(alpha, 1.0F)));
}

void Image::fill(int x, int y, int width, int height, Colour colour) {
  const int x1 = std::min(x + width, static_cast<int>(width_));
  const int y1 = std::min(y + height, static_cast<int>(height_));
  for (int row = std::max(y, 0); row < y1; ++row) {
    for (int column = std::max(x, 0); column < x1; ++column) set(column, row, colour);
  }
}

void Image::shade(int x, int y, int width, int height, Colour colour, float alpha) {
  for (int row = std::max(y, 0); row < std::min(y + height, static_cast<int>(height_)); ++row) {
    for (int column = std::max(x, 0); column < std::min(x + width, static_cast<int>(width_)); ++column) {
      blend(column, row, colour, alpha);
    }
  }
}

void Image::disc(glm::vec2 centre, float radius, Colour colour, float alpha) {
  line(centre, centre, 2 * radius, colour, alpha);
}

void Image::line(glm::vec2 a, glm::vec2 b, float width, Colour colour, float alpha) {
  const float reach = width / 2 + 1;
  const glm::vec2 low = glm::min(a, b) - reach;
  const glm::vec2 high = glm::max(a, b) + reach;
  const auto w = static_cast<float>(width_);
  const auto h = static_cast<float>(height_);
  // Written so that NaN is refused too.
  if (!(low.x < w && low.y < h && high.x >= 0 && high.y >= 0)) return;
  const int x0 = static_cast<int>(std::max(low.x, 0.0F));
  const int y0 = static_cast<int>(std::max(low.y, 0.0F));
  const int x1 = static_cast<int>(std::min(high.x, w - 1));
  const int y1 = static_cast<int>(std::min(high.y, h - 1));
  const glm::vec2 along = b - a;
  const float length2 = glm::dot(along, along);
  for (int y = y0; y <= y1; ++y) {
    for (int x = x0; x <= x1; ++x) {
      const glm::vec2 p(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F);
      const float t = length2 > 0 ? std::clamp(glm::dot(p - a, along) / length2, 0.0F, 1.0F) : 0.0F;
      const float cover = std::clamp(width / 2 + 0.5F - glm::distance(p, a + t * along), 0.0F, std::min(1.0F, width));
      blend(x, y, colour, cover * alpha);
    }
  }
}

void Image::dashedLine(glm::vec2 a, glm::vec2 b, float width, Colour colour, float dash) {
  const float length = glm::distance(a, b);
  if (!(length > 0 && length < 1e5F)) return;
  const glm::vec2 unit = (b - a) / length;
  const int dashes = static_cast<int>(std::ceil(length / (2 * dash)));
  for (int i = 0; i < dashes; ++i) {
    const float start = 2 * dash * static_cast<float>(i);
    line(a + unit * start, a + unit * std::min(start + dash, length), width, colour);
  }
}

void Image::circle(glm::vec2 centre, float radius, float width, Colour colour) {
  for (int y = 0; y < static_cast<int>(height_); ++y) {
    for (int x = 0; x < static_cast<int>(width_); ++x) {
      const glm::vec2 p(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F);
      blend(x, y, colour, std::clamp(width / 2 + 0.5F - std::abs(glm::distance(p, centre) - radius), 0.0F, 1.0F));
    }
  }
}

void Image::paste(const Image& other, int x, int y) {
  for (uint32_t row = 0; row < other.height_; ++row) {
    for (uint32_t column = 0; column < other.width_; ++column) {
      set(x + static_cast<int>(column), y + static_cast<int>(row), other.pixel(column, row));
    }
  }
}

}  // namespace nightfog::record
