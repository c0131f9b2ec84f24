// A LiDAR as a datasheet gives it: beams, timing, optics, detection. Read from sensors/profiles/*.yaml.
#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace nightfog::config {
template <class T>
class Descriptor;
}

namespace nightfog::scenario {

/// Half-power width of the pulse where a profile does not say: what automotive sensors have (3 to 10 ns).
inline constexpr double kLidarPulseWidth_s = 5e-9;

/// Which echoes of a pulse become returns.
enum class LidarEchoMode { kStrongest, kFirst, kLast, kSecondStrongest, kDual };

/// How fog answers a pulse.
enum class LidarFogModel {
  kWaveform,    ///< by its backscatter, the pulse and the receiver's noise
  kHahner2021,  ///< Hahner et al., ICCV 2021: replaces a surface's point where fog gives more, with their constants
};

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
  double firingCycle_s = 55.296e-6;    ///< between two columns; 0: a turn divided by columnsPerTurn
  uint32_t columnsPerTurn = 0;         ///< 0: floor(1 / (rate * cycle))
  bool clockwise = true;               ///< seen from above, as the vendors' do
  std::vector<LidarChannel> channels;  ///< ring order: ring r is channels[r]
  double minRange_m = 0.5;
  double maxRange_m = 100;
  double range10_m = 60;             ///< 10 % Lambertian target detected with P_d = 0.9
  double rangeNoise_m = 0.02;        ///< 1 sigma at high SNR
  double rangeResolution_m = 0.002;  ///< quantisation; 0: none
  double divergenceH_rad = 3e-3;     ///< full angles
  double divergenceV_rad = 1.5e-3;
  std::optional<double> pulseWidth_s;  ///< at half power; none: kLidarPulseWidth_s
  double overlapBegin_m = 0.9;         ///< nearer, the receiver sees nothing of the beam
  double overlapFull_m = 1.0;          ///< from here on it sees all of it
  std::optional<double> fullGain_m;  ///< nearer than this the receiver's gain falls as R^2; none: range10 sqrt(1 / 10)

  /// Firing cycles that begin within one turn.
  uint32_t columns() const {
    // 1e-9: a cycle that divides the turn in decimal must not lose a column to binary rounding.
    return columnsPerTurn != 0 ? columnsPerTurn
                               : static_cast<uint32_t>(std::floor(1.0 / (rotationRate_hz * firingCycle_s) + 1e-9));
  }
  /// Seconds between two columns.
  double cycle_s() const { return firingCycle_s > 0 ? firingCycle_s : 1.0 / (rotationRate_hz * columnsPerTurn); }
  /// Where a surface of 1 % is as bright as one of 10 % at range10, unless it is stated.
  double gainRange_m() const { return fullGain_m.value_or(range10_m * 0.31622776601683794); }
  /// The nearer band of the five-band material (shared/geometry.h: kBand905, kBand1550).
  uint32_t band() const { return wavelength_nm < 1200.0 ? 3 : 4; }
};

/// The table of a profile file, `format: lidar_profile/1`.
const config::Descriptor<LidarProfile>& lidarProfileDescriptor();
/// The same, laid over a profile: a scenario may change any figure but the id.
const config::Descriptor<LidarProfile>& lidarProfileOverrideDescriptor();
/// Throws config::DiagnosticsError with every mistake of the file.
/// @code auto vlp16 = loadLidarProfile("sensors/profiles/velodyne.vlp16.yaml"); @endcode
LidarProfile loadLidarProfile(const std::filesystem::path& path);
/// Every profile of a folder, by id. Throws config::DiagnosticsError when one is wrong.
std::vector<LidarProfile> listLidarProfiles(const std::filesystem::path& folder);

struct LidarSpec {
  LidarProfile profile;
  bool noise = true;      ///< range noise and quantisation
  bool threshold = true;  ///< false: every surface within range is detected
  uint32_t subRays = 1;   ///< 1, 7 or 19 rays a beam: its footprint
  LidarEchoMode echoes = LidarEchoMode::kStrongest;
  LidarFogModel fogModel = LidarFogModel::kWaveform;
};

}  // namespace nightfog::scenario
