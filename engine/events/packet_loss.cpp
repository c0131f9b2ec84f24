// lidar.packet_loss: packets of a LiDAR do not arrive (sensors/faults/lossy_link.hpp).
//
//   parameter  unit    default  range      meaning
//   sensor     sensor  -        -          which LiDAR
//   share      %       2        0 … 100    of all packets, in the long run
//   burst      1       1        1 … 1000   packets lost in a row, mean
//   columns    1       12       1 … 4096   firing cycles a packet holds
//
// Severity scales the share.
//
//   injectors:
//     link:
//       use: inj.lidar.packet_loss
//       with: {sensor: top, share: 3 %, burst: 4}
#include "engine/events/builtin.hpp"
#include "engine/events/sensor_fault_injector.hpp"

namespace nightfog::events {

std::unique_ptr<Injector> makePacketLoss(const scenario::Injector& injector, const scenario::Scenario& scenario) {
  const InjectorValues values(injector);
  return lidarFault(
      injector, scenario,
      content::PacketLoss{values.number("share") * injector.severity, values.number("burst"),
                          static_cast<uint32_t>(values.number("columns")), faultSeed(injector, scenario)});
}

}  // namespace nightfog::events
