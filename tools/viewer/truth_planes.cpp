#include "tools/viewer/truth_planes.hpp"

#include <optional>

#include "engine/record/point_colour.hpp"
#include "engine/record/preview.hpp"
#include "engine/shared/camera.h"

namespace nightfog::viewer {
namespace {

constexpr float kMaskShare = 0.6F;  ///< of a mask over the image

/// Faded to black by a share.
record::Colour darkened(record::Colour colour, float share) {
  record::Colour out = 0;
  for (const int shift : {16, 8, 0})
    out |= static_cast<record::Colour>(static_cast<float>(colour >> shift & 255) * (1 - share)) << shift;
  return out;
}

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
      return record::colourMap(record::rangeFraction(picture.depth_m[at], kFarthestDepth_m));
    case TruthPlane::kNormals: {
      if (picture.normals.empty() || picture.depth_m[at] <= 0) return std::nullopt;
      const glm::vec3 n = 127.5F * (shared::decodeOctahedral(picture.normals[at]) + 1.0F);
      return static_cast<record::Colour>(n.x) << 16 | static_cast<record::Colour>(n.y) << 8 |
             static_cast<record::Colour>(n.z);
    }
    case TruthPlane::kFlow: {
      if (picture.flow_px.empty() || picture.flowState[at] == record::FlowState::kNone) return std::nullopt;
      const record::Colour colour = record::flowColour(picture.flow_px[at] / picture.flowScale_px);
      if (picture.flowState[at] == record::FlowState::kVisible) return colour;
      return darkened(colour, picture.flowState[at] == record::FlowState::kOccluded ? 0.75F : 0.4F);
    }
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
  const float share = plane == TruthPlane::kClass || plane == TruthPlane::kInstance ? kMaskShare : 1.0F;
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
