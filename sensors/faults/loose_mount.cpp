#include "sensors/faults/loose_mount.hpp"

#include <cmath>

#include "engine/core/random.hpp"

namespace nightfog::faults {

RigidTransform misaligned(const content::Misalignment& fault, double since_s) {
  return RigidTransform::fromYawPitchRoll(fault.shift_m, fault.yaw_rad + fault.yawDrift_radps * since_s,
                                          fault.pitch_rad + fault.pitchDrift_radps * since_s,
                                          fault.roll_rad + fault.rollDrift_radps * since_s);
}

RigidTransform shaken(const content::Vibration& fault, double time_s) {
  RandomSource random(fault.seed, 0, "vibration");
  const double pitchPhase = random.uniform(0, 2 * kPi);
  const double rollPhase = random.uniform(0, 2 * kPi);
  const double angle = 2 * kPi * fault.frequency_hz * time_s;
  return RigidTransform::fromYawPitchRoll({}, 0, fault.amplitude_rad * std::sin(angle + pitchPhase),
                                          fault.amplitude_rad * std::sin(angle + rollPhase));
}

}  // namespace nightfog::faults
