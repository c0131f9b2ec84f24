// lidar.channel_dead: some channels of a LiDAR are dead, or weak (sensors/faults/dead_channels.hpp).
//
//   parameter  unit    default  range      meaning
//   sensor     sensor  -        -          which LiDAR
//   share      %       10       0 … 100    of its channels
//   left       %       0        0 … 100    of their power, both ways together; 0: dead
//
// Severity scales what is lost: the share for dead channels, the power for weak ones. 0: all are well.
//
//   injectors:
//     laser:
//       use: inj.lidar.channel_dead
//       with: {sensor: top, share: 10 %}
#include "engine/events/builtin.hpp"
#include "engine/events/sensor_fault_injector.hpp"

namespace nightfog::events {

std::unique_ptr<Injector> makeChannelDead(const scenario::Injector& injector, const scenario::Scenario& scenario) {
  const InjectorValues values(injector);
  content::DeadChannels fault{values.number("share"), values.number("left"), faultSeed(injector, scenario)};
  if (fault.left > 0) {
    fault.left = 1 - injector.severity * (1 - fault.left);
  } else {
    fault.share *= injector.severity;
  }
  return lidarFault(injector, scenario, fault);
}

}  // namespace nightfog::events
