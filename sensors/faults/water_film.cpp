#include "sensors/faults/water_film.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::faults {
namespace {

constexpr int kWaves = 5;
constexpr double kWaveShare = 0.2 / kWaves;  ///< of the thickness, each
constexpr double kShortest_m = 0.02, kLongest_m = 0.08;
constexpr double kWaterLess1 = 0.33;
constexpr double kMost_m = 1e-3;

}  // namespace

FilmPlace filmAt(const content::WaterFilm& fault, const LidarWindow& window, double azimuth_rad, double height_m) {
  RandomSource random(fault.seed, 0, "water film");
  FilmPlace place{fault.thickness_m, {}};
  for (int i = 0; i < kWaves; ++i) {
    const double perMetre = 2 * kPi / (kShortest_m * std::pow(kLongest_m / kShortest_m, random.uniform()));
    const double heading = random.uniform(0, 2 * kPi);
    const double phase = random.uniform(0, 2 * kPi);
    // Whole waves go round.
    const double around = std::round(perMetre * std::cos(heading) * window.radius_m);
    const double along = around / window.radius_m;
    const double up = perMetre * std::sin(heading);
    const double height = kWaveShare * fault.thickness_m;
    const double angle = around * azimuth_rad + up * height_m + phase;
    place.thickness_m += height * std::cos(angle);
    place.slope -= height * std::sin(angle) * glm::dvec2(along, up);
  }
  return place;
}

double waterAbsorption(double wavelength_nm) {
  const double k = wavelength_nm < 1200 ? 5e-7 : 1.3e-4;
  return 4 * kPi * k / (wavelength_nm * 1e-9);
}

double mostDeflection_rad(const content::WaterFilm& fault) {
  // The rounding to whole waves adds half a wave round the window.
  return kWaterLess1 * kWaves * kWaveShare * fault.thickness_m * (2 * kPi / kShortest_m + 20);
}

void applyWaterFilm(const content::WaterFilm& fault, const LidarWindow& window, const LidarBeams& beams,
                    BeamFaults& out) {
  if (!(fault.thickness_m >= 0 && fault.thickness_m <= kMost_m))
    throw Error(ExitCode::kDiagnostics, fmt::format("a film of water of {} m on a LiDAR's window", fault.thickness_m),
                fmt::format("0 … {} m", kMost_m));
  if (fault.thickness_m == 0) return;
  const double absorption = waterAbsorption(window.wavelength_nm);
  if (out.deflection.empty()) out.deflection.assign(beams.count(), glm::vec2(0));
  for (size_t column = 0; column < beams.columnAzimuth_rad.size(); ++column) {
    for (size_t ring = 0; ring < beams.rings(); ++ring) {
      const size_t beam = column * beams.rings() + ring;
      const double height_m = window.radius_m * std::tan(std::clamp(beams.ringElevation_rad[ring], -1.2, 1.2));
      const FilmPlace place =
          filmAt(fault, window, beams.columnAzimuth_rad[column] + beams.ringAzimuth_rad[ring], height_m);
      out.leave(beam, beams.count(), std::exp(-2 * absorption * place.thickness_m), kBeamWater);
      out.deflection[beam] += glm::vec2(kWaterLess1 * place.slope);
    }
  }
}

}  // namespace nightfog::faults
