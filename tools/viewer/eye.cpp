#include "tools/viewer/eye.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::viewer {
namespace {

constexpr double kNearest_m = 0.05;
constexpr double kSteepest_rad = 1.55;
constexpr double kFurthest_m = 1000;

glm::dvec2 pixelOf(const Pinhole& camera, const glm::dvec2& size_px, const glm::dvec3& inCamera) {
  const double focal_px = 0.5 * size_px.x / camera.halfWidthTangent;
  return {0.5 * size_px.x - focal_px * inCamera.y / inCamera.x, 0.5 * size_px.y - focal_px * inCamera.z / inCamera.x};
}

}  // namespace

std::optional<glm::dvec2> project(const Pinhole& camera, const glm::dvec2& size_px, const glm::dvec3& world) {
  const glm::dvec3 p = camera.worldFromCamera.inverse() * world;
  if (p.x < kNearest_m) return std::nullopt;
  return pixelOf(camera, size_px, p);
}

glm::dvec3 rayThrough(const Pinhole& camera, const glm::dvec2& size_px, const glm::dvec2& pixel) {
  const double scale = 2 * camera.halfWidthTangent / size_px.x;
  return camera.worldFromCamera.rotate(
      glm::normalize(glm::dvec3(1, (0.5 * size_px.x - pixel.x) * scale, (0.5 * size_px.y - pixel.y) * scale)));
}

std::optional<glm::dvec3> onLevel(const Pinhole& camera, const glm::dvec3& direction, double height_m) {
  const glm::dvec3& eye = camera.worldFromCamera.translation;
  if (std::abs(direction.z) < 1e-6) return std::nullopt;
  const double t = (height_m - eye.z) / direction.z;
  if (t <= 0 || t > kFurthest_m) return std::nullopt;
  return eye + t * direction;
}

std::optional<std::pair<glm::dvec2, glm::dvec2>> projectLine(const Pinhole& camera, const glm::dvec2& size_px,
                                                             const glm::dvec3& a, const glm::dvec3& b) {
  const RigidTransform cameraFromWorld = camera.worldFromCamera.inverse();
  glm::dvec3 p = cameraFromWorld * a, q = cameraFromWorld * b;
  if (p.x < kNearest_m && q.x < kNearest_m) return std::nullopt;
  if (p.x < kNearest_m) p += (q - p) * ((kNearest_m - p.x) / (q.x - p.x));
  if (q.x < kNearest_m) q += (p - q) * ((kNearest_m - q.x) / (p.x - q.x));
  return std::pair(pixelOf(camera, size_px, p), pixelOf(camera, size_px, q));
}

RigidTransform Eye::pose(const std::optional<RigidTransform>& worldFromActor) const {
  // Pitch is nose down positive in a RigidTransform, and up positive here.
  if (mode_ == EyeMode::kFree) return RigidTransform::fromYawPitchRoll(target_, yaw_rad_, -pitch_rad_);
  glm::dvec3 target = target_;
  double yaw_rad = yaw_rad_;
  if (mode_ == EyeMode::kFollow && worldFromActor) {
    target = *worldFromActor * target_;
    yaw_rad += worldFromActor->yaw_rad();
  }
  const double pitch_rad = mode_ == EyeMode::kTop ? -kSteepest_rad : pitch_rad_;
  RigidTransform out = RigidTransform::fromYawPitchRoll(target, yaw_rad, -pitch_rad);
  out.translation = target - distance_m_ * out.rotate({1, 0, 0});
  return out;
}

Pinhole Eye::pinhole(const std::optional<RigidTransform>& worldFromActor) const {
  return {pose(worldFromActor), 0.62};
}

void Eye::setMode(EyeMode mode, const std::optional<RigidTransform>& worldFromActor) {
  if (mode == mode_) return;
  const RigidTransform now = pose(worldFromActor);
  const glm::dvec3 lookedAt = now.translation + distance_m_ * now.rotate({1, 0, 0});
  if (mode_ == EyeMode::kFollow && worldFromActor) yaw_rad_ = wrapAngle(yaw_rad_ + worldFromActor->yaw_rad());
  mode_ = mode;
  switch (mode) {
    case EyeMode::kFree:
      target_ = now.translation;
      break;
    case EyeMode::kOrbit:
    case EyeMode::kTop:
      target_ = lookedAt;
      if (mode == EyeMode::kTop) distance_m_ = std::max(distance_m_, 45.0);
      break;
    case EyeMode::kFollow:
      target_ = worldFromActor ? glm::dvec3(1.4, 0, 0.8) : lookedAt;
      if (worldFromActor) yaw_rad_ = 0;
      pitch_rad_ = std::clamp(pitch_rad_, -0.6, -0.15);
      distance_m_ = std::min(distance_m_, 14.0);
      break;
  }
}

void Eye::lookAt(const glm::dvec3& place, double heading_rad, double distance_m) {
  target_ = place;
  yaw_rad_ = heading_rad;
  distance_m_ = distance_m;
  if (mode_ == EyeMode::kFree) {
    const RigidTransform turned = RigidTransform::fromYawPitchRoll(place, yaw_rad_, -pitch_rad_);
    target_ = place - distance_m * turned.rotate({1, 0, 0});
  }
  if (mode_ == EyeMode::kFollow) mode_ = EyeMode::kOrbit;
}

void Eye::turn(double yaw_rad, double pitch_rad) {
  yaw_rad_ = wrapAngle(yaw_rad_ + yaw_rad);
  pitch_rad_ = std::clamp(pitch_rad_ + pitch_rad, -kSteepest_rad, mode_ == EyeMode::kFree ? kSteepest_rad : 0.3);
}

void Eye::pan(double right, double up) {
  const double reach_m = 2 * 0.62 * (mode_ == EyeMode::kFree ? 20.0 : distance_m_);
  const glm::dvec3 ahead(std::cos(yaw_rad_), std::sin(yaw_rad_), 0);
  const glm::dvec3 left(-ahead.y, ahead.x, 0);
  target_ += reach_m * (-right * left + up * ahead);
}

void Eye::zoom(double steps) {
  if (mode_ == EyeMode::kFree) {
    fly({steps, 0, 0});
  } else {
    distance_m_ = std::clamp(distance_m_ * std::pow(0.88, steps), 1.0, 600.0);
  }
}

void Eye::fly(const glm::dvec3& metres) {
  const RigidTransform turned = RigidTransform::fromYawPitchRoll({}, yaw_rad_, -pitch_rad_);
  const glm::dvec3 step = turned.rotate({metres.x, -metres.y, 0}) + glm::dvec3(0, 0, metres.z);
  target_ += mode_ == EyeMode::kFree ? step : glm::dvec3(step.x, step.y, 0);
}

}  // namespace nightfog::viewer
