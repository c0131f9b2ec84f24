#include "tools/viewer/truth_planes.hpp"

#include <optional>

#include "engine/record/point_colour.hpp"

namespace nightfog::viewer {
namespace {

constexpr float kMaskShare = 0.6F;   ///< of a mask over the image
constexpr double kFarthest_m = 120;  ///< that depth tells apart

std::optional<record::Colour> colourAt(const Picture& picture, TruthPlane plane, size_t at) {
  switch (plane) {
    case TruthPlane::kClass:
      if (picture.depth_m[at] <= 0) return std::nullopt;
      return classInfo(ClassId{picture.semantic[at]}).colour_rgb;
    case TruthPlane::kInstance:
      if (picture.instance[at] == 0) return std::nullopt;
      return record::instanceColour(picture.instance[at]);
    case TruthPlane::kDepth:
      if (picture.depth_m[at] <= 0) return std::nullopt;
      return record::colourMap(record::rangeFraction(picture.depth_m[at], kFarthest_m));
    default:
      return std::nullopt;
  }
}

}  // namespace

std::vector<uint8_t> withPlane(const Picture& picture, TruthPlane plane) {
  std::vector<uint8_t> out = picture.rgb;
  const size_t count = size_t{picture.width} * picture.height;
  if (plane == TruthPlane::kNone || picture.depth_m.size() != count || picture.semantic.size() != count ||
      picture.instance.size() != count)
    return out;
  const float share = plane == TruthPlane::kDepth ? 1.0F : kMaskShare;
  for (size_t at = 0; at < count; ++at) {
    const auto colour = colourAt(picture, plane, at);
    if (!colour) continue;
    for (size_t k = 0; k < 3; ++k) {
      const auto over = static_cast<float>(*colour >> (16 - 8 * k) & 255);
      uint8_t& channel = out[3 * at + k];
      channel = static_cast<uint8_t>(static_cast<float>(channel) + share * (over - static_cast<float>(channel)));
    }
  }
  return out;
}

}  // namespace nightfog::viewer
