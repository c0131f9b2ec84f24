// lossy_link: packets that do not arrive, and a clock that is off.
//
//   parameter   unit  default  range      meaning
//   packet_loss
//     share     1     -        0 … 1      of all packets, in the long run; 0: all arrive
//     burst     1     1        1 … 1000   packets lost in a row, mean
//     columns   1     12       1 … 4096   firing cycles a packet holds
//   clock_skew
//     offset    s     0        -1 … 1     shown less true, when the fault begins
//     drift     1     0        -0.01 … 0.01  seconds a second
//
// Losses are a chain of two states (Gilbert, Bell System Technical Journal 39, 1960): from arriving to lost with
// share / (burst (1 - share)), back with 1 / burst. Every frame begins in the long run's state, so that frames do not
// depend on each other.
#pragma once

#include <vector>

#include "engine/content/sensor_fault.hpp"

namespace nightfog::faults {

/// For every packet of a frame whether it is lost.
std::vector<bool> lostPackets(const content::PacketLoss& fault, uint32_t frame, size_t packets);

/// Shown less true time.
SimTime clockError(const content::ClockSkew& fault, double since_s);

}  // namespace nightfog::faults
