// lidar.blocked_sector: something opaque stands at a LiDAR's window (sensors/faults/blocked_sector.hpp).
//
//   parameter  unit    default  range       meaning
//   sensor     sensor  -        -           which LiDAR
//   azimuth    deg     0        -180 … 180  of its middle in the sensor's frame, counter-clockwise
//   width      deg     20       0 … 360     seen from the axis of rotation
//
// Severity scales the width.
//
//   injectors:
//     strap:
//       use: inj.lidar.blocked_sector
//       with: {sensor: top, azimuth: 30 deg, width: 12 deg}
#include "engine/events/builtin.hpp"
#include "engine/events/sensor_fault_injector.hpp"

namespace nightfog::events {

std::unique_ptr<Injector> makeBlockedSector(const scenario::Injector& injector, const scenario::Scenario& scenario) {
  const InjectorValues values(injector);
  return lidarFault(injector, scenario,
                    content::BlockedSector{values.number("azimuth"), values.number("width") * injector.severity});
}

}  // namespace nightfog::events
