#include "engine/record/camera_overlay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "engine/record/camera_image.hpp"
#include "engine/record/camera_lens.hpp"
#include "engine/record/point_colour.hpp"
#include "engine/record/taxonomy.hpp"

namespace nightfog::record {
namespace {

constexpr double kNear_m = 0.1;

/// From the world at the image's reference time to the picture.
class Projector {
 public:
  Projector(const Image& picture, const CameraFrame& frame, const CameraCalibration& calibration)
      : lens_(lensOf(calibration)),
        opticalFromWorld_((frame.image.worldFromSensor * sensorFromOptical()).inverse()),
        scale_(static_cast<float>(picture.width()) / static_cast<float>(std::max(frame.image.width, 1u))) {}

  glm::dvec3 optical(const glm::dvec3& world) const { return opticalFromWorld_ * world; }
  std::optional<glm::vec2> place(const glm::dvec3& optical) const {
    glm::vec2 pixel;
    if (!shared::projectPoint(lens_, glm::vec3(optical), pixel)) return std::nullopt;
    return (pixel + 0.5f) * scale_;
  }
  float scale() const { return scale_; }

 private:
  shared::CameraLens lens_;
  RigidTransform opticalFromWorld_;
  float scale_ = 1;
};

/// A straight edge of the world, which a lens may bend; only what lies in front of the camera.
void drawEdge(Image& picture, const Projector& projector, glm::dvec3 a, glm::dvec3 b, Colour colour, float width) {
  a = projector.optical(a);
  b = projector.optical(b);
  if (a.z < kNear_m && b.z < kNear_m) return;
  if (a.z < kNear_m) a = glm::mix(a, b, (kNear_m - a.z) / (b.z - a.z));
  if (b.z < kNear_m) b = glm::mix(b, a, (kNear_m - b.z) / (a.z - b.z));
  constexpr int kPieces = 8;
  std::optional<glm::vec2> last = projector.place(a);
  for (int i = 1; i <= kPieces; ++i) {
    const std::optional<glm::vec2> next = projector.place(glm::mix(a, b, i / static_cast<double>(kPieces)));
    if (last && next) picture.line(*last, *next, width, colour, 0.6f);
    last = next;
  }
}

void drawSolid(Image& picture, const Projector& projector, const ObjectTruth& object, Colour colour) {
  const auto corner = [&](int i) {
    return object.worldFromBox *
           (object.size * glm::dvec3((i & 1) != 0 ? 0.5 : -0.5, (i & 2) != 0 ? 0.5 : -0.5, (i & 4) != 0 ? 0.5 : -0.5));
  };
  for (int i = 0; i < 8; ++i) {
    for (int axis = 1; axis < 8; axis *= 2) {
      // The front is drawn heavier: where the object looks.
      if ((i & axis) == 0)
        drawEdge(picture, projector, corner(i), corner(i | axis), colour, (i & 1) != 0 ? 1.8f : 1.0f);
    }
  }
}

void drawFlat(Image& picture, const PixelBox& box, float scale, Colour colour, bool isDashed) {
  if (box.isEmpty()) return;
  const std::array<glm::vec2, 4> corners{glm::vec2(box.left, box.top) * scale, glm::vec2(box.right, box.top) * scale,
                                         glm::vec2(box.right, box.bottom) * scale,
                                         glm::vec2(box.left, box.bottom) * scale};
  for (size_t i = 0; i < 4; ++i) {
    if (isDashed) {
      picture.dashedLine(corners[i], corners[(i + 1) % 4], 1.3f, colour, 5);
    } else {
      picture.line(corners[i], corners[(i + 1) % 4], 1.3f, colour);
    }
  }
}

std::string shortName(std::string_view className) {
  const size_t dot = className.find('.');
  std::string name(dot == std::string_view::npos ? className : className.substr(dot + 1));
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

}  // namespace

void drawCameraBoxes(Image& picture, const CameraFrame& frame, const CameraCalibration& calibration) {
  const Projector projector(picture, frame, calibration);
  constexpr float kHeight = 8;
  struct Label {
    glm::vec2 at;
    std::string text;
    Colour colour;
  };
  std::vector<Label> labels;
  for (const CameraObjectVisibility& v : frame.image.visibility) {
    const auto object = std::find_if(frame.objects.begin(), frame.objects.end(),
                                     [&](const ObjectTruth& o) { return o.id == v.object; });
    if (object == frame.objects.end() || v.totalPixels == 0) continue;
    const ClassInfo& info = classInfo(object->semantic);
    const Colour colour = mix(info.colour_rgb, 0xffffff, 0.25f);
    if (v.visiblePixels > 0) drawSolid(picture, projector, *object, mix(colour, 0xffffff, 0.4f));
    if (v.visiblePixels < v.totalPixels) drawFlat(picture, v.amodalBox, projector.scale(), colour, true);
    drawFlat(picture, v.modalBox, projector.scale(), colour, false);
    std::string text = shortName(info.name);
    if (v.visiblePixels < v.totalPixels) text += fmt::format(" {:.0f} %", 100.0 * v.visiblePixels / v.totalPixels);
    labels.push_back({glm::vec2(v.amodalBox.left, v.amodalBox.top) * projector.scale(), std::move(text), colour});
  }
  // Over all boxes; above its box, or where it still is inside the picture and on no other.
  std::vector<std::array<float, 4>> taken;
  for (const Label& label : labels) {
    const float width = Image::textWidth(label.text, kHeight) + 6;
    const float x = std::clamp(label.at.x, 0.0f, std::max(static_cast<float>(picture.width()) - width, 0.0f));
    float y = std::clamp(label.at.y - 15, 0.0f, std::max(static_cast<float>(picture.height()) - 14, 0.0f));
    const auto meets = [&](const std::array<float, 4>& t) {
      return x < t[2] && t[0] < x + width && y < t[3] && t[1] < y + 14;
    };
    for (int tries = 0; tries < 8 && std::any_of(taken.begin(), taken.end(), meets); ++tries) y += 15;
    taken.push_back({x, y, x + width, y + 14});
    picture.shade(static_cast<int>(x), static_cast<int>(y), static_cast<int>(width), 14, kPanel, 0.75f);
    picture.text({x + 3, y + 11}, label.text, kHeight, label.colour);
  }
}

void drawCameraPoints(Image& picture, const CameraFrame& frame, const CameraCalibration& calibration,
                      const LidarFrame& lidar, const SensorInfo& lidarSensor, const PoseTrack* track) {
  const Projector projector(picture, frame, calibration);
  const LidarSweep& sweep = lidar.sweep;
  std::vector<std::pair<double, glm::vec2>> points;
  for (const LidarPoint& point : sweep.points) {
    const SimTime then = sweep.start + SimTime::fromNs(point.timeOffset_ns);
    const RigidTransform worldFromSensor =
        track != nullptr ? track->at(then) * lidarSensor.vehicleFromSensor : sweep.worldFromSensor;
    const glm::dvec3 world = worldFromSensor * glm::dvec3(point.x, point.y, point.z) +
                             glm::dvec3(point.vx, point.vy, point.vz) * (frame.image.reference - then).seconds();
    const glm::dvec3 optical = projector.optical(world);
    if (!(optical.z > kNear_m)) continue;
    if (const auto at = projector.place(optical)) points.emplace_back(optical.z, *at);
  }
  // Near ones over far ones; equal ones in their own order.
  std::stable_sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (const auto& [depth_m, at] : points)
    picture.disc(at, 1.3f, colourMap(rangeFraction(static_cast<float>(depth_m), 80)), 0.9f);
}

}  // namespace nightfog::record
