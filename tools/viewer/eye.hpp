// From where the scene is looked at: a pinhole that flies freely, orbits a place, follows an actor or looks down.
#pragma once

#include <glm/glm.hpp>
#include <optional>

#include "engine/core/transform.hpp"

namespace nightfog::viewer {

/// A pinhole in the world: x forward, y left, z up.
struct Pinhole {
  RigidTransform worldFromCamera;
  double halfWidthTangent = 0.6;  ///< of the horizontal half angle
  bool operator==(const Pinhole& other) const {
    return worldFromCamera.translation == other.worldFromCamera.translation &&
           worldFromCamera.rotation == other.worldFromCamera.rotation && halfWidthTangent == other.halfWidthTangent;
  }
};

/// Pixels of a picture of this size, (0, 0) its upper left corner. nullopt: behind the camera.
std::optional<glm::dvec2> project(const Pinhole& camera, const glm::dvec2& size_px, const glm::dvec3& world);
/// Unit direction in the world of what is seen at a pixel.
glm::dvec3 rayThrough(const Pinhole& camera, const glm::dvec2& size_px, const glm::dvec2& pixel);
/// Where a ray meets the level z = height; nullopt: it does not, or beyond a kilometre.
std::optional<glm::dvec3> onLevel(const Pinhole& camera, const glm::dvec3& direction, double height_m);
/// The part of a line that lies before the camera, in pixels; nullopt: none does.
std::optional<std::pair<glm::dvec2, glm::dvec2>> projectLine(const Pinhole& camera, const glm::dvec2& size_px,
                                                             const glm::dvec3& a, const glm::dvec3& b);

enum class EyeMode { kFree, kOrbit, kFollow, kTop };

/// What the mouse and the keys move. In every mode but kFree it looks at `target` from `distance_m` away.
/// @code eye.turn(dx, dy); eye.zoom(1); const Pinhole camera = eye.pinhole(actorPose); @endcode
class Eye {
 public:
  EyeMode mode() const { return mode_; }
  /// Changes the mode, and stays where it is as far as the mode allows.
  void setMode(EyeMode mode, const std::optional<RigidTransform>& worldFromActor);
  /// Looks at a place from behind and above, `heading_rad` being ahead.
  void lookAt(const glm::dvec3& place, double heading_rad, double distance_m);

  void turn(double yaw_rad, double pitch_rad);
  /// Across the picture, in shares of its width; the place under the cursor stays under it as far as it is at the
  /// target's distance.
  void pan(double right, double up);
  void zoom(double steps);
  /// kFree: metres along the look, to the right, upwards.
  void fly(const glm::dvec3& metres);
  /// kFollow needs the actor; without one it looks at where it was last.
  Pinhole pinhole(const std::optional<RigidTransform>& worldFromActor) const;

 private:
  RigidTransform pose(const std::optional<RigidTransform>& worldFromActor) const;

  EyeMode mode_ = EyeMode::kOrbit;
  glm::dvec3 target_{0};  ///< kFollow: in the actor's frame; kFree: where it stands
  double yaw_rad_ = 0;    ///< kFollow: from the actor's heading
  double pitch_rad_ = -0.35;
  double distance_m_ = 18;
};

}  // namespace nightfog::viewer
