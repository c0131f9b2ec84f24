// The beams of one LiDAR from a file of their own: a table of channels, or what a maker ships with a unit.
#pragma once

#include <string>

#include "engine/config/diagnostics.hpp"
#include "engine/scenario/lidar_spec.hpp"

namespace nightfog::scenario {

/// Lays the beams of a file over a profile's channels. What the file does not say stays as the profile has it, where it
/// has as many channels; else it is 0 or the profile's. False: reported, by line and column.
///
/// `*.csv`: a header and one line a channel, comments after #. Columns, in any order: elevation_deg, azimuth_offset_deg
/// (counter-clockwise), firing_offset_us, origin_forward_mm, origin_left_mm, origin_up_mm, range_10_percent_m,
/// divergence_horizontal_mrad, divergence_vertical_mrad; or Hesai's Channel, Elevation, Azimuth (degrees, clockwise).
/// `*.yaml`: Velodyne's calibration, a list `lasers` with laser_id, vert_correction, rot_correction (rad),
/// vert_offset_correction and horiz_offset_correction (m). Distances' and intensities' corrections are passed over: a
/// driver has made them good before anyone sees a point.
/// @code readLidarBeams("unit.csv", text, profile, diagnostics); @endcode
bool readLidarBeams(const std::string& name, const std::string& text, LidarProfile& profile,
                    config::Diagnostics& diagnostics);

}  // namespace nightfog::scenario
