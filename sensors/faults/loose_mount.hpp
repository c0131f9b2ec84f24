// loose_mount: a sensor that does not sit where its calibration says. Misalignment, with a drift, and vibration.
//
//   parameter               unit   default  range          meaning
//   misalignment
//     yaw, pitch, roll      rad    0        -0.35 … 0.35   as of mounts: left, nose down, right side down positive
//     shift                 m      0        -0.5 … 0.5     in the sensor's axes
//     *_drift               rad/s  0        -0.02 … 0.02   since the fault began
//   vibration
//     amplitude             rad    -        0 … 0.05       of pitch and of roll
//     frequency             Hz     25       0.5 … 200
//
// All zero is the identity. The record's calibration and poses are the nominal ones: they do not know. The truth is
// LidarSweep::faults.
#pragma once

#include "engine/content/sensor_fault.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::faults {

/// Nominal sensor from the true one, so long after the fault began.
RigidTransform misaligned(const content::Misalignment& fault, double since_s);
/// The same of a vibration, at a simulated time.
RigidTransform shaken(const content::Vibration& fault, double time_s);

}  // namespace nightfog::faults
