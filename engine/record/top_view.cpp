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

struct Canvas {
  Image image;
  float scale = 1;  // pixels a metre
  glm::vec2 centre{0};
  /// x ahead is up, y left is left.
  glm::vec2 place(double x, double y) const {
    return centre - glm::vec2(static_cast<float>(y), static_cast<float>(x)) * scale;
  }
};

/// Radii of the rings, out to `reach_m`.
std::vector<double> gridRadii(double radius_m, double reach_m) {
  const double step = radius_m <= 25 ? 5 : radius_m <= 60 ? 10 : radius_m <= 100 ? 20 : 50;
  std::vector<double> radii;
  for (int i = 1; i * step < reach_m; ++i) radii.push_back(i * step);
  return radii;
}

void drawGrid(Canvas& view, double radius_m) {
  const auto size = static_cast<float>(view.image.width());
  view.image.line({view.centre.x, 0}, {view.centre.x, size}, 1, kGrid, 0.6F);
  view.image.line({0, view.centre.y}, {size, view.centre.y}, 1, kGrid, 0.6F);
  for (const double r : gridRadii(radius_m, radius_m * 1.42)) {
    view.image.circle(view.centre, static_cast<float>(r) * view.scale, 1, kGrid);
  }
}

void labelGrid(Canvas& view, double radius_m) {
  for (const double r : gridRadii(radius_m, radius_m * 1.3)) {
    const double diagonal = r * std::sqrt(0.5);
    const glm::vec2 at = view.place(-diagonal, -diagonal);
    const std::string text = fmt::format("{:.0f} m", r);
    const float width = Image::textWidth(text, 8);
    view.image.shade(static_cast<int>(at.x - width / 2) - 3, static_cast<int>(at.y) - 8, static_cast<int>(width) + 7,
                     16, kPanel, 0.75F);
    view.image.text(at + glm::vec2(-width / 2, 4), text, 8, kFaintInk);
  }
}

void drawPoints(Canvas& view, const LidarFrame& frame, ColourBy colour, double maxRange_m) {
  const std::vector<LidarPoint>& points = frame.sweep.points;
  const bool hasThings = colour == ColourBy::kClass || colour == ColourBy::kInstance;
  const auto isOnTop = [&](const LidarPoint& p) { return hasThings && p.instance != 0; };
  const auto layer = [&](const LidarPoint& p) {
    return isOnTop(p) ? 2 : ClassId{p.semantic} == classes::kAirborne ? 0 : 1;
  };
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < points.size(); ++i) {
    const LidarPoint& p = points[i];
    if (std::isfinite(p.x) && std::isfinite(p.y) && std::isfinite(p.z)) order.push_back(i);
  }
  // What is high covers what is low, as seen from above; surfaces cover what is in the air, and objects cover scenery.
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    const int layerA = layer(points[a]);
    const int layerB = layer(points[b]);
    if (layerA != layerB) return layerA < layerB;
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

struct Box {
  const ObjectTruth* object = nullptr;
  const LidarObjectVisibility* seen = nullptr;
  bool isHidden = false;
  Colour colour = 0;
  Rectangle bounds;
};

Box drawBox(Canvas& view, const LidarFrame& frame, const ObjectTruth& object) {
  const RigidTransform sensorFromBox = frame.sweep.worldFromSensor.inverse() * object.worldFromBox;
  const auto corner = [&](double x, double y) {
    const glm::dvec3 p = sensorFromBox * glm::dvec3(object.size.x * x, object.size.y * y, 0);
    return view.place(p.x, p.y);
  };
  Box box{
      &object, visibilityOf(frame, object.id), false, mix(classInfo(object.semantic).colour_rgb, 0xffffff, 0.25F), {}};
  box.isHidden = object.semantic != classes::kEgo && box.seen != nullptr && box.seen->hits == 0;
  const std::array corners{corner(0.5, 0.5), corner(-0.5, 0.5), corner(-0.5, -0.5), corner(0.5, -0.5)};
  box.bounds = {corners[0], corners[0]};
  for (size_t i = 0; i < corners.size(); ++i) {
    const glm::vec2 a = corners[i];
    const glm::vec2 b = corners[(i + 1) % corners.size()];
    box.bounds = {glm::min(box.bounds.low, a), glm::max(box.bounds.high, a)};
    if (box.isHidden) {
      view.image.dashedLine(a, b, 1.4F, box.colour, 4);
    } else {
      view.image.line(a, b, 1.4F, box.colour);
    }
  }
  view.image.line(corner(0.25, 0), corner(0.5, 0), 1.4F, box.colour);
  return box;
}

/// Beside its box, at the first of four places that is inside the picture and not yet taken.
void labelBox(Canvas& view, const Box& box, std::vector<Rectangle>& taken) {
  constexpr float kHeight = 8;
  std::string label = box.object->name;
  if (box.seen != nullptr) label += fmt::format(" {}/{}", box.seen->hits, box.seen->possibleHits);
  const float width = Image::textWidth(label, kHeight);
  const float right = box.bounds.high.x + 5;
  const float left = box.bounds.low.x - 5 - width;
  const float top = box.bounds.low.y + 6;
  const float bottom = box.bounds.high.y + 2;
  for (const glm::vec2 at :
       {glm::vec2(right, top), glm::vec2(left, top), glm::vec2(right, bottom), glm::vec2(left, bottom)}) {
    const Rectangle wanted{at + glm::vec2(-2, -11), at + glm::vec2(width + 2, 5)};
    const bool isInside = wanted.low.x >= 0 && wanted.low.y >= 0 &&
                          wanted.high.x < static_cast<float>(view.image.width()) &&
                          wanted.high.y < static_cast<float>(view.image.height());
    if (!isInside) continue;
    if (std::any_of(taken.begin(), taken.end(), [&](const Rectangle& r) { return r.meets(wanted); })) continue;
    taken.push_back(wanted);
    view.image.shade(static_cast<int>(wanted.low.x), static_cast<int>(wanted.low.y),
                     static_cast<int>(wanted.high.x - wanted.low.x), static_cast<int>(wanted.high.y - wanted.low.y),
                     kPanel, 0.75F);
    view.image.text(at, label, kHeight, box.colour);
    return;
  }
}

void drawBoxes(Canvas& view, const LidarFrame& frame, bool hasLabels) {
  std::vector<Box> boxes;
  for (const ObjectTruth& object : frame.objects) boxes.push_back(drawBox(view, frame, object));
  if (!hasLabels) return;
  // What no beam met is what the picture must not leave unsaid.
  std::stable_sort(boxes.begin(), boxes.end(), [](const Box& a, const Box& b) { return a.isHidden && !b.isHidden; });
  std::vector<Rectangle> taken;
  for (const Box& box : boxes) {
    if (box.object->semantic != classes::kEgo) labelBox(view, box, taken);
  }
}

void drawSensor(Canvas& view) {
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
  const auto size = static_cast<float>(options.size_px);
  Canvas view{Image(options.size_px, options.size_px, kPanel), size / 2 / static_cast<float>(radius_m),
              glm::vec2(size / 2)};
  drawGrid(view, radius_m);
  drawPoints(view, frame, options.colour, radius_m);
  labelGrid(view, radius_m);
  if (options.boxes) drawBoxes(view, frame, options.labels);
  drawSensor(view);
  return std::move(view.image);
}

}  // namespace nightfog::record
