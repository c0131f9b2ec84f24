// From a CameraSpec to what kernels compute with.
#pragma once

#include "engine/core/transform.hpp"
#include "engine/scenario/camera_spec.hpp"
#include "engine/shared/camera.h"

namespace nightfog::camera {

/// The spec's lens; finds how far from the axis its distortion is one to one.
shared::CameraLens makeLens(const scenario::CameraSpec& spec);

/// The same view with `width` x `height` pixels (for metering).
shared::CameraLens scaleLens(const shared::CameraLens& lens, double factor);

/// Sensor axes (x forward, y left, z up) from optical axes (x right, y down, z forward).
RigidTransform sensorFromOptical();

}  // namespace nightfog::camera
