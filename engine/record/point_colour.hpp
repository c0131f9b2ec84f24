// What colour a point of a preview has, here and in the viewer.
#pragma once

#include <algorithm>
#include <cmath>

#include "engine/record/cause.hpp"
#include "engine/record/preview.hpp"
#include "engine/record/taxonomy.hpp"

namespace nightfog::record {

inline constexpr Colour kPaper = 0x0f141a;  ///< behind everything
inline constexpr Colour kPanel = 0x090c10;  ///< behind points
inline constexpr Colour kGrid = 0x22303d;
inline constexpr Colour kInk = 0xe6edf3;
inline constexpr Colour kFaintInk = 0x8b98a8;

inline Colour instanceColour(uint32_t instance) {
  if (instance == 0) return 0x4a5563;
  // Colours far apart for neighbouring ids: hue by the golden ratio, two lightnesses.
  const float hue = static_cast<float>(std::fmod(instance * 0.6180339887498949, 1.0)) * 6;
  const auto wave = [&](float shift) {
    const float h = std::fmod(hue + shift, 6.0F);
    return std::clamp(std::abs(h - 3) - 1, 0.0F, 1.0F);
  };
  const float floorLevel = instance % 2 == 0 ? 0.25F : 0.45F;
  Colour out = 0;
  for (const float shift : {0.0F, 4.0F, 2.0F}) {
    out = out << 8 | static_cast<Colour>(std::lround(255 * (floorLevel + (1 - floorLevel) * wave(shift))));
  }
  return out;
}

/// What is diffuse returns little: a root spreads it, and the bright end is at half of the scale, where only reflectors
/// lie.
inline constexpr float kBrightIntensity = 0.5F;
inline float intensityFraction(float intensity) {
  return 0.06F + 0.94F * std::sqrt(std::clamp(intensity / kBrightIntensity, 0.0F, 1.0F));
}
/// Of heights above the sensor: from below a roof's sensor to the second floor.
inline constexpr float kLowestHeight_m = -2.5F;
inline constexpr float kHeightSpan_m = 8;

/// Near is bright.
inline float rangeFraction(float range_m, double maxRange_m) {
  return 1 - std::sqrt(std::clamp(range_m / static_cast<float>(maxRange_m), 0.0F, 1.0F));
}

inline Colour pointColour(const LidarPoint& point, ColourBy by, double maxRange_m) {
  switch (by) {
    case ColourBy::kIntensity:
      return colourMap(intensityFraction(point.intensity));
    case ColourBy::kRange:
      return colourMap(rangeFraction(point.range_m, maxRange_m));
    case ColourBy::kHeight:
      return colourMap((point.z - kLowestHeight_m) / kHeightSpan_m);
    case ColourBy::kClass:
      return classInfo(ClassId{point.semantic}).colour_rgb;
    case ColourBy::kInstance:
      return instanceColour(point.instance);
    case ColourBy::kRing:
      return instanceColour(1u + point.ring);
    case ColourBy::kCause: {
      const CauseInfo* cause = findCause(point.cause);
      return cause != nullptr ? cause->colour_rgb : kInk;
    }
  }
  return kInk;
}

}  // namespace nightfog::record
