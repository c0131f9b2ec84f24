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

/// What the sensor reports as intensity (engine/shared/lidar_return.h). Values as in engine/shared/lidar_data.h.
enum class LidarIntensityScale {
  kVelodyne,      ///< percent as counts of 255: diffuse to 100, retroreflectors beyond
  kHesai,         ///< 0 … 255 % as counts of 255
  kOuster,        ///< reflectivity: percent to 100, retroreflectors to 255 by their logarithm
  kOusterSignal,  ///< photons as they come, 16 bits
  kLivox,         ///< 0 … 100 % as 0 … 150, retroreflectors to 255 by their logarithm
  kWaymo,         ///< return strength through tanh
};
/// As profiles write it: "velodyne" ….
const char* nameOf(LidarIntensityScale scale);

/// What turns the beams.
enum class LidarScanner {
  kRotating,  ///< the head turns all round; its columns follow from the firing cycle
  kColumn,    ///< the head turns all round; fires all channels at once at fixed azimuths
  kMirror,    ///< a mirror of several facets turns; each of them sweeps the field of view once
  kRosette,   ///< turning wedge prisms (Risley): the pattern does not repeat from sweep to sweep
};

/// One laser and its receiver.
struct LidarChannel {
  double elevation_rad = 0;      ///< above the horizon
  double azimuthOffset_rad = 0;  ///< added to the head's azimuth, counter-clockwise
  double firingOffset_s = 0;     ///< after the firing cycle's start
  double originForward_m = 0;    ///< where the beam begins, in axes that turn with the head
  double originLeft_m = 0;
  double originUp_m = 0;
  std::optional<double> range10_m{};        ///< of a weak or strong channel; none: the profile's, as for what follows
  std::optional<double> divergenceH_rad{};  ///< full angles
  std::optional<double> divergenceV_rad{};
};

/// A wedge of glass that turns about the optical axis.
struct LidarPrism {
  double wedge_rad = 0;
  double rotation_hz = 0;  ///< counter-clockwise seen along the beam
  double phase_rad = 0;    ///< at the episode's start
};

struct LidarProfile {
  std::string id;  ///< "velodyne.vlp16"
  std::string title;
  std::string source;  ///< where the figures come from
  double wavelength_nm = 905;
  LidarScanner scanner = LidarScanner::kRotating;
  double rotationRate_hz = 10;         ///< sweeps a second: turns, passes of a facet, or frames of a rosette
  double firingCycle_s = 55.296e-6;    ///< between two columns; 0: a turn divided by columnsPerTurn
  uint32_t columnsPerTurn = 0;         ///< 0: floor(1 / (rate * cycle))
  bool clockwise = true;               ///< seen from above, as the vendors' do
  uint32_t facets = 0;                 ///< of a mirror
  double fieldOfView_rad = 0;          ///< of a mirror
  double refractiveIndex = 1.51;       ///< of the prisms
  std::vector<LidarPrism> prisms;      ///< of a rosette, in the order the light meets them
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

  LidarIntensityScale intensityScale = LidarIntensityScale::kVelodyne;
  double signalPhotons = 60;  ///< of kOusterSignal: from a 10 % target at range10
  bool elongation = false;    ///< the sensor measures its echoes' width

  double bloomShare = 1e-4;        ///< of a beam's light that strays to its neighbours' receivers; 0: none
  double bloomAngle_rad = 8.7e-3;  ///< half of that strays less far
  /// Radians that the beams turn between two columns; 0 of a rosette. A mirror turns them twice as fast as itself, and
  /// passes one facet a sweep.
  double columnStep_rad() const {
    const double turn_rad = 2 * 3.14159265358979323846 * rotationRate_hz * cycle_s();
    if (scanner == LidarScanner::kRosette) return 0;
    return scanner == LidarScanner::kMirror ? 2 * turn_rad / facets : turn_rad;
  }
  /// Firing cycles of one sweep.
  uint32_t columns() const { return static_cast<uint32_t>(exactColumns()); }
  /// The same for figures that may be nonsense.
  double exactColumns() const {
    if (columnsPerTurn != 0) return columnsPerTurn;
    // 1e-9: a cycle that divides the turn in decimal must not lose a column to binary rounding.
    const double columns =
        scanner == LidarScanner::kMirror ? fieldOfView_rad / columnStep_rad() : 1.0 / (rotationRate_hz * firingCycle_s);
    return std::floor(columns + 1e-9);
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
  bool falseAlarms = false;  ///< noise that crosses the threshold by itself is reported
};

}  // namespace nightfog::scenario
