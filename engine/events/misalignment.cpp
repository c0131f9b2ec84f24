// sensor.misalignment: a LiDAR does not sit where its calibration says (sensors/faults/loose_mount.hpp).
//
//   parameter          unit    default  range         meaning
//   sensor             sensor  -        -             which LiDAR
//   yaw, pitch, roll   deg     0        -20 … 20      as of mounts
//   forward, left, up  m       0        -0.5 … 0.5    in the sensor's axes
//   yaw_drift, …       deg/s   0        -1 … 1        since the injector's start
//
// Severity scales all of them.
//
//   injectors:
//     bump:
//       use: inj.sensor.misalignment
//       with: {sensor: top, pitch: 0.8 deg, yaw_drift: 0.01 deg/s}
#include "engine/events/builtin.hpp"
#include "engine/events/sensor_fault_injector.hpp"

namespace nightfog::events {

std::unique_ptr<Injector> makeMisalignment(const scenario::Injector& injector, const scenario::Scenario& scenario) {
  const InjectorValues values(injector);
  const double much = injector.severity;
  content::Misalignment fault;
  fault.shift_m = much * glm::dvec3(values.number("forward"), values.number("left"), values.number("up"));
  fault.yaw_rad = much * values.number("yaw");
  fault.pitch_rad = much * values.number("pitch");
  fault.roll_rad = much * values.number("roll");
  fault.yawDrift_radps = much * values.number("yaw_drift");
  fault.pitchDrift_radps = much * values.number("pitch_drift");
  fault.rollDrift_radps = much * values.number("roll_drift");
  return lidarFault(injector, scenario, fault);
}

}  // namespace nightfog::events
