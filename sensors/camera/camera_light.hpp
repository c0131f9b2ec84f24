// The light of a frame: sun and sky through the fog, and the lamps that are on, with a grid of the strongest near each
// place.
#pragma once

#include <vector>

#include "engine/content/scene.hpp"
#include "engine/shared/camera_data.h"
#include "engine/shared/light.h"
#include "sensors/camera/sky_tables.hpp"

namespace nightfog::camera {

/// What a frame's light is made from, on the host. Addresses in `constants` are left to the caller.
struct FrameLight {
  shared::CameraLight constants{};
  std::vector<shared::LampData> lamps;  ///< those that light the fog most first
  std::vector<shared::LampCell> cells;  ///< kLampGridSize^2
  glm::vec3 colour{1};                  ///< of the light that falls on the ground, luminance 1: what white balance sees
};

/// The cells of lamps that stood as they stand now, for whoever looks around a world that stands still.
struct KnownCells {
  std::vector<shared::LampData> lamps;  ///< in the order of the snapshot
  std::vector<shared::LampCell> cells;
};

/// `standing` are the scenery's lamps, on when the snapshot's environment says so; `at` is the instant lamps on moving
/// things are placed for; `eye` is the camera in the world. With `known` lamps that have not moved in the frame are not
/// ranked again, and of equals any may come first.
FrameLight makeFrameLight(const content::SceneSnapshot& snapshot, const std::vector<content::Lamp>& standing,
                          const Sky& sky, SimTime at, const glm::dvec3& origin, const glm::dvec3& eye,
                          KnownCells* known = nullptr);

}  // namespace nightfog::camera
