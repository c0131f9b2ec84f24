// sensor.clock_skew: a LiDAR's clock is off, and drifts (sensors/faults/lossy_link.hpp).
//
//   parameter  unit    default  range      meaning
//   sensor     sensor  -        -          which LiDAR
//   offset     ms      10       -1000 … 1000   shown less true, when the injector starts
//   drift      1       0        -0.01 … 0.01   seconds a second: 0.01 % is 100 ppm
//
// Severity scales both.
//
//   injectors:
//     clock:
//       use: inj.sensor.clock_skew
//       with: {sensor: top, offset: 20 ms, drift: 0.005 %}
#include "engine/events/builtin.hpp"
#include "engine/events/sensor_fault_injector.hpp"

namespace nightfog::events {

std::unique_ptr<Injector> makeClockSkew(const scenario::Injector& injector, const scenario::Scenario& scenario) {
  const InjectorValues values(injector);
  return lidarFault(
      injector, scenario,
      content::ClockSkew{values.number("offset") * injector.severity, values.number("drift") * injector.severity});
}

}  // namespace nightfog::events
