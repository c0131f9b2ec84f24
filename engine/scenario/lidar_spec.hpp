// A LiDAR as a datasheet gives it: beams, timing, optics, detection. Read from sensors/profiles/*.yaml.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace nightfog::config {
template <class T>
class Descriptor;
}

namespace nightfog::scenario {

/// One channel of a rotating scanner.
struct LidarChannel {
  double elevation_rad = 0;      ///< above the horizon
  double azimuthOffset_rad = 0;  ///< added to the head's azimuth, counter-clockwise
  double firingOffset_s = 0;     ///< after the firing cycle's start
};

struct LidarProfile {
  std::string id;  ///< "velodyne.vlp16"
  std::string title;
  std::string source;  ///< where the figures come from
  double wavelength_nm = 905;
  double rotationRate_hz = 10;
  double firingCycle_s = 55.296e-6;    ///< between two columns; 0: columnsPerTurn decides
  uint32_t columnsPerTurn = 0;         ///< 0: floor(1 / (rate * cycle))
  bool clockwise = true;               ///< seen from above, as the vendors' do
  std::vector<LidarChannel> channels;  ///< ring order: ring r is channels[r]
  double minRange_m = 0.5;
  double maxRange_m = 100;
  double range10_m = 60;             ///< 10 % Lambertian target detected with P_d = 0.9
  double rangeNoise_m = 0.02;        ///< 1 sigma at high SNR
  double rangeResolution_m = 0.002;  ///< quantisation; 0: none
  double divergenceH_rad = 3e-3;
  double divergenceV_rad = 1.5e-3;

  uint32_t columns() const;
  /// 905 or 1550 nm band of the five-band material (shared/geometry.h).
  uint32_t band() const;
};

/// The table of a profile file, `format: lidar_profile/1`.
const config::Descriptor<LidarProfile>& lidarProfileDescriptor();
/// Throws config::DiagnosticsError with every mistake of the file.
/// @code auto vlp16 = loadLidarProfile("sensors/profiles/velodyne.vlp16.yaml"); @endcode
LidarProfile loadLidarProfile(const std::filesystem::path& path);

struct LidarSpec {
  LidarProfile profile;
  bool noise = true;      ///< range noise and quantisation
  bool threshold = true;  ///< false: every surface within range is detected
};

}  // namespace nightfog::scenario
