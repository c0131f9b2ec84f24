#include "exporters/common/pinhole_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "engine/core/error.hpp"
#include "engine/record/image.hpp"
#include "engine/record/preview.hpp"

namespace nightfog::exporters {
namespace {

using record::PixelBox;

constexpr double kNear_m = 0.05;
constexpr int kPngLevel = 4;  // level 6 saves 2 % of a photograph and doubles the time
constexpr float kNowhere = std::numeric_limits<float>::quiet_NaN();

bool distorts(const record::CameraCalibration& c) {
  return c.k1 != 0 || c.k2 != 0 || c.k3 != 0 || c.p1 != 0 || c.p2 != 0;
}

void include(PixelBox& box, bool& isFirst, double u, double v) {
  const auto x = static_cast<float>(u + 0.5), y = static_cast<float>(v + 0.5);  // pixel edges, not centres
  if (isFirst) {
    box = {x, y, x, y};
    isFirst = false;
  }
  box = {std::min(box.left, x), std::min(box.top, y), std::max(box.right, x), std::max(box.bottom, y)};
}

PixelBox united(const PixelBox& a, const PixelBox& b) {
  if (a.isEmpty()) return b;
  if (b.isEmpty()) return a;
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right), std::max(a.bottom, b.bottom)};
}

PixelBox clipped(const PixelBox& box, uint32_t width, uint32_t height) {
  return {std::max(box.left, 0.0f), std::max(box.top, 0.0f), std::min(box.right, static_cast<float>(width)),
          std::min(box.bottom, static_cast<float>(height))};
}

}  // namespace

PixelBox projectedHull(const RigidTransform& cameraFromBox, const glm::dvec3& size, const PinholeFrame& view) {
  glm::dvec3 corners[8];
  for (int i = 0; i < 8; ++i) {
    const glm::dvec3 corner((i & 1) != 0 ? 0.5 : -0.5, (i & 2) != 0 ? 0.5 : -0.5, (i & 4) != 0 ? 0.5 : -0.5);
    corners[i] = cameraFromBox * (corner * size);
  }
  PixelBox box;
  bool isFirst = true;
  const auto take = [&](const glm::dvec3& p) {
    include(box, isFirst, view.fx * p.x / p.z + view.cx, view.fy * p.y / p.z + view.cy);
  };
  for (int i = 0; i < 8; ++i) {
    if (corners[i].z >= kNear_m) take(corners[i]);
    for (int axis = 1; axis < 8; axis *= 2) {
      const int j = i | axis;
      if (j == i || (corners[i].z >= kNear_m) == (corners[j].z >= kNear_m)) continue;
      take(glm::mix(corners[i], corners[j], (kNear_m - corners[i].z) / (corners[j].z - corners[i].z)));
    }
  }
  return box;
}

float truncation(const RigidTransform& cameraFromBox, const glm::dvec3& size, const PinholeFrame& view) {
  constexpr int kCells = 16;
  bool isInFront = true;
  int inside = 0;
  for (int i = 0; i < kCells * kCells * kCells; ++i) {
    const glm::dvec3 cell(i % kCells, i / kCells % kCells, i / (kCells * kCells));
    const glm::dvec3 p = cameraFromBox * ((cell / (kCells - 1.0) - 0.5) * size);  // the corners too
    if (p.z < kNear_m) {
      isInFront = false;
      continue;
    }
    const double u = view.fx * p.x / p.z + view.cx, v = view.fy * p.y / p.z + view.cy;
    if (u >= -0.5 && v >= -0.5 && u <= view.width - 0.5 && v <= view.height - 0.5) ++inside;
  }
  if (!isInFront) return 1 - static_cast<float>(inside) / (kCells * kCells * kCells);
  const PixelBox hull = projectedHull(cameraFromBox, size, view);
  if (hull.isEmpty()) return 1;
  return 1 - clipped(hull, view.width, view.height).area() / hull.area();
}

PinholeView::PinholeView(const record::SensorInfo& camera, bool rectify) : id_(camera.id), rectify_(rectify) {
  NF_ASSERT(camera.camera.has_value(), "'{}' is no camera", camera.id);
  calibration_ = *camera.camera;
  const record::CameraCalibration& c = calibration_;
  lens_ = record::lensOf(c);
  intrinsics_ = {c.width, c.height, c.fx, c.fy, c.cx, c.cy, {}, {}, {}};
  const char* const help =
      "write its rectified twin: `rectify: true` in the scenario's export, --rectify on the command line";
  if (!rectify && distorts(c)) {
    throw Error(
        ExitCode::kUsage,
        fmt::format("the lens of camera '{}' distorts (k1 {}, k2 {}, p1 {}, p2 {}, k3 {}), and the format knows "
                    "no distortion",
                    camera.id, c.k1, c.k2, c.p1, c.p2, c.k3),
        help);
  }
  const glm::dmat3 vehicleFromOptical =
      glm::mat3_cast((camera.vehicleFromSensor * record::sensorFromOptical()).rotation);
  const glm::dvec3 axis = vehicleFromOptical[2];
  const glm::dvec3 down(0, 0, -1);
  const double tilt = std::max(std::abs(std::asin(std::clamp(axis.z, -1.0, 1.0))),
                               std::abs(std::asin(std::clamp(vehicleFromOptical[0].z, -1.0, 1.0))));
  if (tilt > (rectify ? kMostRectifiedTilt_rad : kMostTilt_rad)) {
    throw Error(
        ExitCode::kUsage,
        fmt::format("camera '{}' is tilted by {:.1f} deg, and the format's boxes stand upright in the camera's "
                    "axes ({:.0f} deg at most)",
                    camera.id, tilt * 180 / kPi, (rectify ? kMostRectifiedTilt_rad : kMostTilt_rad) * 180 / kPi),
        rectify ? "choose a camera that looks along the ground" : help);
  }
  if (!rectify) return;

  const glm::dvec3 forward = glm::normalize(glm::dvec3(axis.x, axis.y, 0));
  const glm::dmat3 vehicleFromView(glm::cross(down, forward), down, forward);
  viewFromOptical_ = glm::transpose(vehicleFromView) * vehicleFromOptical;
  // The ray through the old principal point keeps its pixel.
  const glm::dvec3 centre = viewFromOptical_ * glm::dvec3(0, 0, 1);
  intrinsics_.cx = c.cx - c.fx * centre.x / centre.z;
  intrinsics_.cy = c.cy - c.fy * centre.y / centre.z;

  const glm::dmat3 opticalFromView = glm::transpose(viewFromOptical_);
  source_.resize(size_t{c.width} * c.height);
  for (uint32_t v = 0; v < c.height; ++v) {
    for (uint32_t u = 0; u < c.width; ++u) {
      const glm::dvec3 ray =
          opticalFromView * glm::dvec3((u - intrinsics_.cx) / intrinsics_.fx, (v - intrinsics_.cy) / intrinsics_.fy, 1);
      glm::vec2& out = source_[size_t{v} * c.width + u];
      out = glm::vec2(kNowhere);
      const double x = ray.x / ray.z, y = ray.y / ray.z, r2 = x * x + y * y;
      if (ray.z <= 0 || r2 > lens_.maxRadius2) continue;
      const double radial = 1 + r2 * (c.k1 + r2 * (c.k2 + r2 * c.k3));
      const glm::dvec2 at(c.fx * (x * radial + 2 * c.p1 * x * y + c.p2 * (r2 + 2 * x * x)) + c.cx,
                          c.fy * (y * radial + c.p1 * (r2 + 2 * y * y) + 2 * c.p2 * x * y) + c.cy);
      const bool isInside = at.x >= -0.5 && at.y >= -0.5 && at.x < c.width - 0.5 && at.y < c.height - 0.5;
      if (isInside) out = at;
    }
  }
}

/// Where a pixel coordinate of the camera is in the twin.
glm::dvec2 PinholeView::viewPixel(glm::dvec2 pixel) const {
  const glm::dvec3 ray = viewFromOptical_ * glm::dvec3(shared::unprojectPixel(lens_, pixel));
  return {intrinsics_.fx * ray.x / ray.z + intrinsics_.cx, intrinsics_.fy * ray.y / ray.z + intrinsics_.cy};
}

PinholeFrame PinholeView::view(const record::CameraFrame& frame) const {
  const record::CameraImage& image = frame.image;
  const auto refuse = [&](const std::string& what, const char* help) {
    return Error(ExitCode::kUsage, fmt::format("frame {} of camera '{}' {}", image.frame, id_, what), help);
  };
  if (image.encoded.empty()) throw refuse("has no image", "render without --labels-only");
  if (image.width != calibration_.width || image.height != calibration_.height)
    throw IoError(fmt::format("frame {} of camera '{}' is not of its calibration's size", image.frame, id_));
  if (rectify_) {
    if (image.instance.empty())
      throw refuse("has no instance plane, which the boxes of its rectified twin come from",
                   "render with `truth: {instance: true}`");
    return rectified(frame);
  }
  PinholeFrame out = intrinsics_;
  out.visibility = image.visibility;
  if (image.encoding == "png") {
    out.png.assign(image.encoded.begin(), image.encoded.end());
  } else {
    const record::Image decoded = record::decodeImage(image.encoding, image.encoded);
    out.png = record::encodePng(decoded.width(), decoded.height(), decoded.bytes(), kPngLevel);
  }
  return out;
}

PinholeFrame PinholeView::rectified(const record::CameraFrame& frame) const {
  const record::CameraImage& image = frame.image;
  const record::Image from = record::decodeImage(image.encoding, image.encoded);
  if (from.width() != image.width || from.height() != image.height)
    throw IoError(
        fmt::format("the image of frame {} of camera '{}' has another size than its frame", image.frame, id_));
  PinholeFrame out = intrinsics_;
  out.instance.assign(source_.size(), 0);
  std::vector<uint8_t> rgb(source_.size() * 3, 0);
  const std::vector<uint8_t>& bytes = from.bytes();
  const auto width = static_cast<int>(image.width), height = static_cast<int>(image.height);
  struct Seen {
    uint32_t pixels = 0;
    PixelBox box;
  };
  std::map<uint32_t, Seen> seen;
  for (size_t i = 0; i < source_.size(); ++i) {
    const glm::vec2 at = source_[i];
    if (std::isnan(at.x)) continue;
    // Ids are taken from the nearest pixel, colours between four.
    const int nearestX = std::clamp(static_cast<int>(std::lround(at.x)), 0, width - 1);
    const int nearestY = std::clamp(static_cast<int>(std::lround(at.y)), 0, height - 1);
    const uint32_t id = image.instance[static_cast<size_t>(nearestY) * image.width + static_cast<size_t>(nearestX)];
    out.instance[i] = id;
    if (id != 0) {
      Seen& s = seen[id];
      const auto x = static_cast<float>(i % image.width), y = static_cast<float>(i / image.width);
      s.box = united(s.box, {x, y, x + 1, y + 1});
      ++s.pixels;
    }
    const float fx = std::floor(at.x), fy = std::floor(at.y);
    const float ax = at.x - fx, ay = at.y - fy;
    const int x0 = std::clamp(static_cast<int>(fx), 0, width - 1), x1 = std::min(x0 + 1, width - 1);
    const int y0 = std::clamp(static_cast<int>(fy), 0, height - 1), y1 = std::min(y0 + 1, height - 1);
    const auto value = [&](int x, int y, size_t channel) {
      return static_cast<float>(bytes[(static_cast<size_t>(y) * image.width + static_cast<size_t>(x)) * 3 + channel]);
    };
    for (size_t channel = 0; channel < 3; ++channel) {
      const float top = value(x0, y0, channel) * (1 - ax) + value(x1, y0, channel) * ax;
      const float bottom = value(x0, y1, channel) * (1 - ax) + value(x1, y1, channel) * ax;
      rgb[i * 3 + channel] = static_cast<uint8_t>(std::lround(top * (1 - ay) + bottom * ay));
    }
  }
  out.png = record::encodePng(image.width, image.height, rgb, kPngLevel);

  const RigidTransform viewFromWorld = RigidTransform{glm::quat_cast(viewFromOptical_), glm::dvec3(0)} *
                                       (image.worldFromSensor * record::sensorFromOptical()).inverse();
  for (const record::CameraObjectVisibility& v : image.visibility) {
    record::CameraObjectVisibility o = v;
    const auto found = seen.find(v.object.value);
    const Seen now = found != seen.end() ? found->second : Seen{};
    o.modalBox = now.box;
    o.amodalBox = now.box;
    if (v.visiblePixels < v.totalPixels && !v.amodalBox.isEmpty()) {
      // What is hidden: the middles of the old box's edges, moved. Pixel centres lie half a pixel from the edges.
      const double left = v.amodalBox.left - 0.5, right = v.amodalBox.right - 0.5;
      const double top = v.amodalBox.top - 0.5, bottom = v.amodalBox.bottom - 0.5;
      const double x = (left + right) / 2, y = (top + bottom) / 2;
      PixelBox moved{static_cast<float>(viewPixel({left, y}).x + 0.5), static_cast<float>(viewPixel({x, top}).y + 0.5),
                     static_cast<float>(viewPixel({right, y}).x + 0.5),
                     static_cast<float>(viewPixel({x, bottom}).y + 0.5)};
      o.amodalBox = clipped(united(now.box, moved), image.width, image.height);
      if (o.amodalBox.isEmpty()) o.amodalBox = {};
    }
    // The share that is visible is the camera's own; the twin shows it on another number of pixels.
    o.visiblePixels = now.pixels;
    o.totalPixels =
        v.visiblePixels == 0
            ? (o.amodalBox.isEmpty() ? 0 : v.totalPixels)
            : static_cast<uint32_t>(std::llround(static_cast<double>(now.pixels) * v.totalPixels / v.visiblePixels));
    o.projectedBox = {};
    const auto object = std::find_if(frame.objects.begin(), frame.objects.end(),
                                     [&](const record::ObjectTruth& t) { return t.id == v.object; });
    if (object != frame.objects.end()) {
      o.projectedBox = projectedHull(viewFromWorld * object->worldFromBox, object->size, out);
    }
    out.visibility.push_back(o);
  }
  return out;
}

}  // namespace nightfog::exporters
