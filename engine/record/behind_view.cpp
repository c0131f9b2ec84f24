#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/record/legend.hpp"
#include "engine/record/point_colour.hpp"
#include "engine/record/preview.hpp"

namespace nightfog::record {
namespace {

/// A pinhole eye in the sensor's frame: depth along its gaze, pixels from the top left.
class Eye {
 public:
  Eye(glm::dvec3 at, glm::dvec3 target, double focal_px, glm::dvec2 centre_px)
      : at_(at), focal_px_(focal_px), centre_px_(centre_px) {
    ahead_ = glm::normalize(target - at);
    right_ = glm::normalize(glm::cross(ahead_, glm::dvec3(0, 0, 1)));
    down_ = glm::cross(ahead_, right_);
  }

  double depth_m(glm::dvec3 p) const { return glm::dot(p - at_, ahead_); }

  /// Of what is before it.
  glm::vec2 place(glm::dvec3 p) const {
    const glm::dvec3 d = p - at_;
    return glm::vec2(centre_px_ + focal_px_ / depth_m(p) * glm::dvec2(glm::dot(d, right_), glm::dot(d, down_)));
  }

 private:
  glm::dvec3 at_, ahead_{0}, right_{0}, down_{0};
  double focal_px_;
  glm::dvec2 centre_px_;
};

constexpr double kNearest_m = 0.5;  // before the eye

void drawLine(Image& image, const Eye& eye, glm::dvec3 a, glm::dvec3 b, Colour colour, bool isDashed) {
  const double depthA = eye.depth_m(a);
  const double depthB = eye.depth_m(b);
  if (depthA < kNearest_m || depthB < kNearest_m) return;
  if (isDashed) {
    image.dashedLine(eye.place(a), eye.place(b), 1.1F, colour, 4);
  } else {
    image.line(eye.place(a), eye.place(b), 1.1F, colour, 0.8F);
  }
}

void drawSolid(Image& image, const Eye& eye, const LidarFrame& frame, const ObjectTruth& object) {
  const RigidTransform sensorFromBox = frame.sweep.worldFromSensor.inverse() * object.worldFromBox;
  const auto seen = std::find_if(frame.sweep.visibility.begin(), frame.sweep.visibility.end(),
                                 [&](const LidarObjectVisibility& v) { return v.object == object.id; });
  const bool isHidden = object.semantic != classes::kEgo && seen != frame.sweep.visibility.end() && seen->hits == 0;
  const Colour colour = mix(classInfo(object.semantic).colour_rgb, 0xffffff, 0.25F);
  const auto corner = [&](int i) {
    return sensorFromBox * (object.size * (glm::dvec3(i & 1, i >> 1 & 1, i >> 2 & 1) - 0.5));
  };
  for (int i = 0; i < 8; ++i) {
    for (int axis = 1; axis < 8; axis *= 2) {
      if ((i & axis) == 0) drawLine(image, eye, corner(i), corner(i | axis), colour, isHidden);
    }
  }
}

void drawMeaning(Image& image, const LidarFrame& frame, ColourBy colour, double maxRange_m) {
  const int right = static_cast<int>(image.width()) - 12;
  const int baseline = static_cast<int>(image.height()) - 12;
  image.shade(0, baseline - 20, static_cast<int>(image.width()), 32, kPanel, 0.75F);
  const std::string points = fmt::format("{} points", frame.sweep.points.size());
  const auto left = static_cast<int>(image.text({12, static_cast<float>(baseline)}, points, 9, kFaintInk));
  switch (colour) {
    case ColourBy::kIntensity:
      drawScale(image, right, baseline, "intensity 0", fmt::format("{} and more", kBrightIntensity), false);
      break;
    case ColourBy::kRange:
      drawScale(image, right, baseline, "0 m", fmt::format("{:.0f} m", maxRange_m), true);
      break;
    case ColourBy::kHeight:
      drawScale(image, right, baseline, fmt::format("{} m", kLowestHeight_m),
                fmt::format("{} m over the sensor", kLowestHeight_m + kHeightSpan_m), false);
      break;
    case ColourBy::kClass: {
      std::map<uint16_t, size_t> counts;
      for (const LidarPoint& p : frame.sweep.points) ++counts[p.semantic];
      drawLegend(image, right, baseline, right - left - 40, classLegend(counts));
      break;
    }
    case ColourBy::kCause: {
      std::map<uint8_t, size_t> counts;  // of points: what was lost is not in the picture
      for (const LidarPoint& p : frame.sweep.points) ++counts[p.cause];
      drawLegend(image, right, baseline, right - left - 40, causeLegend(counts, frame.sweep.points.size()));
      break;
    }
    case ColourBy::kInstance:
    case ColourBy::kRing:
      break;
  }
}

}  // namespace

Image behindView(const LidarFrame& frame, const BehindViewOptions& options) {
  const double width = options.width_px;
  const auto height_px = std::max<uint32_t>(options.width_px * 9 / 16, 1);
  Image image(options.width_px, height_px, kPanel);
  const double reach = options.reach_m;
  // Before its middle the picture shows what is nearer than the reach, and a fifth more to both sides of it.
  const Eye eye({-0.42 * reach, 0, 0.3 * reach}, {0.42 * reach, 0, -0.05 * reach}, 0.85 * width,
                {width / 2, 0.46 * height_px});
  struct Dot {
    float depth_m;
    uint32_t point;
  };
  std::vector<Dot> dots;
  const std::vector<LidarPoint>& points = frame.sweep.points;
  for (uint32_t i = 0; i < points.size(); ++i) {
    const LidarPoint& p = points[i];
    if (!std::isfinite(p.x) || !std::isfinite(p.y) || !std::isfinite(p.z)) continue;
    const double depth = eye.depth_m({p.x, p.y, p.z});
    if (depth > kNearest_m) dots.push_back({static_cast<float>(depth), i});
  }
  std::sort(dots.begin(), dots.end(), [](const Dot& a, const Dot& b) {
    return a.depth_m != b.depth_m ? a.depth_m > b.depth_m : a.point < b.point;
  });
  for (const Dot& dot : dots) {
    const LidarPoint& p = points[dot.point];
    // Near points are larger, so that what is behind does not show between them.
    const auto radius = static_cast<float>(std::clamp(width * 0.022 / dot.depth_m, 0.7, 1.8));
    image.disc(eye.place({p.x, p.y, p.z}), radius, pointColour(p, options.colour, reach), 0.95F);
  }
  if (options.boxes) {
    for (const ObjectTruth& object : frame.objects) {
      if (object.semantic != classes::kEgo) drawSolid(image, eye, frame, object);
    }
  }
  drawMeaning(image, frame, options.colour, reach);
  return image;
}

}  // namespace nightfog::record
