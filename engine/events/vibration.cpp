// sensor.vibration: a LiDAR's mount shakes in pitch and roll (sensors/faults/loose_mount.hpp).
//
//   parameter  unit    default  range      meaning
//   sensor     sensor  -        -          which LiDAR
//   amplitude  deg     0.1      0 … 3      of either
//   frequency  Hz      25       0.5 … 200
//
// Severity scales the amplitude.
//
//   injectors:
//     shake:
//       use: inj.sensor.vibration
//       with: {sensor: top, amplitude: 0.2 deg, frequency: 18 Hz}
#include "engine/events/builtin.hpp"
#include "engine/events/sensor_fault_injector.hpp"

namespace nightfog::events {

std::unique_ptr<Injector> makeVibration(const scenario::Injector& injector, const scenario::Scenario& scenario) {
  const InjectorValues values(injector);
  return lidarFault(injector, scenario,
                    content::Vibration{values.number("amplitude") * injector.severity, values.number("frequency"),
                                       faultSeed(injector, scenario)});
}

}  // namespace nightfog::events
