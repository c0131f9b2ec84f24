// dead_channels: lasers or receivers of a LiDAR that are dead, or weak.
//
//   parameter  unit  default  range   meaning
//   share      1     -        0 … 1   of the channels, rounded to whole ones; 0: all are well
//   left       1     0        0 … 1   of their power, both ways together; 0: dead
//
// A weak channel's pulse is `left` as strong: it sees sqrt(left) as far, and reports what it sees so much darker.
// Which channels go first is drawn once: a greater share never revives one.
#pragma once

#include "engine/content/sensor_fault.hpp"
#include "sensors/faults/lidar_beams.hpp"

namespace nightfog::faults {

/// The channels concerned, ascending.
std::vector<uint32_t> deadChannels(const content::DeadChannels& fault, size_t channels);

void applyDeadChannels(const content::DeadChannels& fault, const LidarBeams& beams, BeamFaults& out);

}  // namespace nightfog::faults
