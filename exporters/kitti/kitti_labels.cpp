#include "exporters/kitti/kitti_labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace nightfog::exporters::kitti {
namespace {

using record::PixelBox;

/// KITTI's edges are the coordinates of the first and the last pixel: a box over the whole of a 1242 x 375 image ends
/// at 1241 and 374.
struct Edges {
  double left, top, right, bottom;
};
Edges edges(const PixelBox& box) {
  return {box.left, box.top, box.right - 1.0, box.bottom - 1.0};
}

}  // namespace

std::optional<std::string_view> kittiType(ClassId semantic) {
  if (semantic == classes::kCar) return "Car";
  if (semantic == classes::kVan) return "Van";
  if (semantic == classes::kTruck) return "Truck";
  if (semantic == classes::kAdult || semantic == classes::kChild) return "Pedestrian";
  if (semantic == classes::kCyclist) return "Cyclist";
  for (const ClassId other :
       {classes::kBus, classes::kTrailer, classes::kMotorcycle, classes::kBicycle, classes::kMotorcyclist,
        classes::kAnimal, classes::kTyre, classes::kDebris, classes::kCone, classes::kBarrier, classes::kLabTarget}) {
    if (semantic == other) return "Misc";
  }
  return std::nullopt;
}

int occlusionLevel(uint32_t visiblePixels, uint32_t totalPixels) {
  if (visiblePixels == 0 || totalPixels == 0) return 3;
  const double visible = static_cast<double>(visiblePixels) / totalPixels;
  return visible >= kFullyVisible ? 0 : visible >= kPartlyVisible ? 1 : 2;
}

KittiBox kittiBox(const RigidTransform& cameraFromBox, const glm::dvec3& size) {
  const glm::dmat3 axes = glm::mat3_cast(cameraFromBox.rotation);
  glm::dvec3 heading = axes[0];
  // Nose up or down: the side tells the heading.
  if (std::hypot(heading.x, heading.z) < 0.1) heading = glm::cross(axes[1], glm::dvec3(0, -1, 0));
  KittiBox out;
  out.rotationY_rad = std::atan2(-heading.z, heading.x);
  out.height_m = size.z;
  out.width_m = size.y;
  out.length_m = size.x;
  out.bottomCentre = cameraFromBox * glm::dvec3(0, 0, -size.z / 2);
  const bool isUpright = -axes[2].y >= std::cos(kUprightTilt_rad);
  if (!isUpright) {
    const glm::dvec3 along(std::cos(out.rotationY_rad), 0, -std::sin(out.rotationY_rad));
    const glm::dvec3 across(-along.z, 0, along.x);
    const auto extent = [&](const glm::dvec3& direction) {
      const glm::dvec3 parts = glm::abs(direction * axes) * size;
      return parts.x + parts.y + parts.z;
    };
    out.length_m = extent(along);
    out.width_m = extent(across);
    out.height_m = extent({0, 1, 0});
    out.bottomCentre = cameraFromBox.translation + glm::dvec3(0, out.height_m / 2, 0);
  }
  out.alpha_rad = wrapAngle(out.rotationY_rad - std::atan2(out.bottomCentre.x, out.bottomCentre.z));
  return out;
}

std::string labelLine(const record::ObjectTruth& object, const record::CameraObjectVisibility& v, float truncation,
                      uint32_t lidarPoints, const RigidTransform& cameraFromWorld) {
  const auto type = kittiType(object.semantic);
  if (!type || v.amodalBox.isEmpty()) return {};            // no word for it, or not in the image
  if (v.visiblePixels == 0 && lidarPoints == 0) return {};  // no sensor saw it
  const Edges box = edges(v.amodalBox);
  if (v.amodalBox.bottom - v.amodalBox.top < kLeastHeight_px && lidarPoints < kEnoughPoints) {
    return fmt::format("DontCare -1 -1 -10 {:.2f} {:.2f} {:.2f} {:.2f} -1 -1 -1 -1000 -1000 -1000 -10\n", box.left,
                       box.top, box.right, box.bottom);
  }
  const KittiBox b = kittiBox(cameraFromWorld * object.worldFromBox, object.size);
  if (b.bottomCentre.z <= 0) return {};  // its middle is behind the camera: alpha would mean nothing
  return fmt::format(
      "{} {:.2f} {} {:.6f} {:.2f} {:.2f} {:.2f} {:.2f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.4f} {:.6f}\n", *type,
      std::clamp(truncation, 0.0f, 1.0f), occlusionLevel(v.visiblePixels, v.totalPixels), b.alpha_rad, box.left,
      box.top, box.right, box.bottom, b.height_m, b.width_m, b.length_m, b.bottomCentre.x, b.bottomCentre.y,
      b.bottomCentre.z, b.rotationY_rad);
}

}  // namespace nightfog::exporters::kitti
