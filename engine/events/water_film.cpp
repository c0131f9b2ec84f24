// sensor.water_film: water runs over a LiDAR's window (sensors/faults/water_film.hpp).
//
//   parameter  unit    default  range    meaning
//   sensor     sensor  -        -        which LiDAR
//   thickness  mm      0.3      0 … 1    mean
//
// Severity scales the thickness.
//
//   injectors:
//     film:
//       use: inj.sensor.water_film
//       with: {sensor: top, thickness: 0.3 mm}
#include "engine/events/builtin.hpp"
#include "engine/events/sensor_fault_injector.hpp"

namespace nightfog::events {

std::unique_ptr<Injector> makeWaterFilm(const scenario::Injector& injector, const scenario::Scenario& scenario) {
  const InjectorValues values(injector);
  return lidarFault(injector, scenario,
                    content::WaterFilm{values.number("thickness") * injector.severity, faultSeed(injector, scenario)});
}

}  // namespace nightfog::events
