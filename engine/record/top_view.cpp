#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "engine/record/point_colour.hpp"

namespace nightfog::record {
namespace {

/// Half the width that shows nearly all points, from a list of round figures.
double fittingRadius(const LidarFrame& frame) {
  std::vector<float> distances;
  for (const LidarPoint& p : frame.sweep.points) {
    const float d = std::hypot(p.x, p.y);
    if (std::isfinite(d)) distances.push_back(d);
  }
  constexpr std::array kRadii{10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 80.0, 100.0, 150.0, 200.0};
  if (distances.empty()) return kRadii[4];
  const auto nth = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() * 97 / 100);
  std::nth_element(distances.begin(), nth, distances.end());
  for (const double radius : kRadii) {
    if (*nth <= radius) return radius;
  }
  return kRadii.back();
}

struct View {
  Image image;
  float scale = 1;  // pixels a metre
  glm::vec2 centre{0};
  /// x ahead is up, y left is left.
  glm::vec2 place(double x, double y) const {
    return centre - glm::vec2(static_cast<float>(y), static_cast<float>(x)) * scale;
  }
};

void drawGrid(View& view, double radius_m) {
  const double step = radius_m <= 25 ? 5 : radius_m <= 60 ? 10 : radius_m <= 100 ? 20 : 50;
  const float size = static_cast<float>(view.image.width());
  view.image.line({view.centre.x, 0}, {view.centre.x, size}, 1, kGrid, 0.6F);
  view.image.line({0, view.centre.y}, {size, view.centre.y}, 1, kGrid, 0.6F);
  for (double r = step; r < radius_m * 1.42; r += step) {
    view.image.circle(view.centre, static_cast<float>(r) * view.scale, 1, kGrid);
  }
}

void labelGrid(View& view, double radius_m) {
  const double step = radius_m <= 25 ? 5 : radius_m <= 60 ? 10 : radius_m <= 100 ? 20 : 50;
  for (double r = step; r < radius_m * 1.3; r += step) {
    const double diagonal = r * std::sqrt(0.5);
    const glm::vec2 at = view.place(-diagonal, -diagonal);
    const std::string text = fmt::format("{:.0f} m", r);
    const float width = Image::textWidth(text, 8);
    view.image.shade(static_cast<int>(at.x - width / 2) - 3, static_cast<int>(at.y) - 8, static_cast<int>(width) + 7,
                     16, kPanel, 0.75F);
    view.image.text(at + glm::vec2(-width / 2, 4), text, 8, kFaintInk);
  }
}

void drawPoints(View& view, const LidarFrame& frame, ColourBy colour, double maxRange_m) {
  const std::vector<LidarPoint>& points = frame.sweep.points;
  const bool hasThings = colour == ColourBy::kClass || colour == ColourBy::kInstance;
  const auto isOnTop = [&](const LidarPoint& p) { return hasThings && p.instance != 0; };
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < points.size(); ++i) {
    const LidarPoint& p = points[i];
    if (std::isfinite(p.x) && std::isfinite(p.y) && std::isfinite(p.z)) order.push_back(i);
  }
  // What is high covers what is low, as seen from above; objects cover scenery.
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    if (isOnTop(points[a]) != isOnTop(points[b])) return isOnTop(points[b]);
    return points[a].z != points[b].z ? points[a].z < points[b].z : a < b;
  });
  for (const uint32_t i : order) {
    const LidarPoint& p = points[i];
    view.image.disc(view.place(p.x, p.y), isOnTop(p) ? 1.35F : 0.95F, pointColour(p, colour, maxRange_m), 0.95F);
  }
}

const LidarObjectVisibility* visibilityOf(const LidarFrame& frame, ObjectId id) {
  const auto& all = frame.sweep.visibility;
  const auto found = std::lower_bound(
      all.begin(), all.end(), id, [](const LidarObjectVisibility& v, ObjectId wanted) { return v.object < wanted; });
  return found != all.end() && found->object == id ? &*found : nullptr;
}

struct Rectangle {
  glm::vec2 low{0}, high{0};
  bool meets(const Rectangle& o) const {
    return low.x < o.high.x && o.low.x < high.x && low.y < o.high.y && o.low.y < high.y;
  }
};

void drawBoxes(View& view, const LidarFrame& frame, bool hasLabels) {
  const RigidTransform sensorFromWorld = frame.sweep.worldFromSensor.inverse();
  std::vector<Rectangle> taken;
  for (const ObjectTruth& object : frame.objects) {
    const RigidTransform sensorFromBox = sensorFromWorld * object.worldFromBox;
    const auto corner = [&](double x, double y) {
      const glm::dvec3 p = sensorFromBox * glm::dvec3(object.size.x * x, object.size.y * y, 0);
      return view.place(p.x, p.y);
    };
    const LidarObjectVisibility* seen = visibilityOf(frame, object.id);
    const bool isHidden = object.semantic != classes::kEgo && seen != nullptr && seen->hits == 0;
    const Colour colour = mix(classInfo(object.semantic).colour_rgb, 0xffffff, 0.25F);
    const std::array corners{corner(0.5, 0.5), corner(-0.5, 0.5), corner(-0.5, -0.5), corner(0.5, -0.5)};
    for (size_t i = 0; i < corners.size(); ++i) {
      const glm::vec2 a = corners[i];
      const glm::vec2 b = corners[(i + 1) % corners.size()];
      if (isHidden) {
        view.image.dashedLine(a, b, 1.4F, colour, 4);
      } else {
        view.image.line(a, b, 1.4F, colour);
      }
    }
    view.image.line(corner(0.25, 0), corner(0.5, 0), 1.4F, colour);
    if (!hasLabels || object.semantic == classes::kEgo) continue;
    std::string label = object.name;
    if (seen != nullptr) label += fmt::format(" {}/{}", seen->hits, seen->possibleHits);
    glm::vec2 at = corners[0];
    for (const glm::vec2& c : corners) at = {std::max(at.x, c.x), std::min(at.y, c.y)};
    at += glm::vec2(5, 6);
    const Rectangle wanted{at + glm::vec2(-2, -11), at + glm::vec2(Image::textWidth(label, 8) + 2, 5)};
    const bool isInside = wanted.low.x >= 0 && wanted.low.y >= 0 &&
                          wanted.high.x < static_cast<float>(view.image.width()) &&
                          wanted.high.y < static_cast<float>(view.image.height());
    if (!isInside || std::any_of(taken.begin(), taken.end(), [&](const Rectangle& r) { return r.meets(wanted); }))
      continue;
    taken.push_back(wanted);
    view.image.shade(static_cast<int>(wanted.low.x), static_cast<int>(wanted.low.y),
                     static_cast<int>(wanted.high.x - wanted.low.x), static_cast<int>(wanted.high.y - wanted.low.y),
                     kPanel, 0.75F);
    view.image.text(at, label, 8, colour);
  }
}

void drawSensor(View& view) {
  const glm::vec2 c = view.centre;
  const glm::vec2 tip = c + glm::vec2(0, -7);
  const glm::vec2 left = c + glm::vec2(-5, 5);
  const glm::vec2 right = c + glm::vec2(5, 5);
  view.image.line(tip, left, 2, kInk);
  view.image.line(tip, right, 2, kInk);
  view.image.line(left, right, 2, kInk);
}

}  // namespace

Image topView(const LidarFrame& frame, const TopViewOptions& options) {
  const double radius_m = options.radius_m > 0 ? options.radius_m : fittingRadius(frame);
  const float size = static_cast<float>(options.size_px);
  View view{Image(options.size_px, options.size_px, kPanel), size / 2 / static_cast<float>(radius_m),
            glm::vec2(size / 2)};
  drawGrid(view, radius_m);
  drawPoints(view, frame, options.colour, radius_m);
  labelGrid(view, radius_m);
  if (options.boxes) drawBoxes(view, frame, options.labels);
  drawSensor(view);
  return std::move(view.image);
}

}  // namespace nightfog::record
