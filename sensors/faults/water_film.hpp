// water_film: water that runs over a LiDAR's window.
//
//   parameter  unit  default  range     meaning
//   thickness  m     -        0 … 1e-3  mean; 0: dry
//
// Water absorbs, exp(-2 a h) both ways, a = 4 pi k / lambda with k = 5e-7 at 905 nm and 1.3e-4 at 1550 nm (Hale and
// Querry, Applied Optics 12, 1973): next to nothing at 905 nm, most of the pulse at 1550 nm. Where the film is a wedge
// it refracts by (n - 1) grad h towards its thicker side, n = 1.33 (a thin prism); the sensor does not know, and
// reports points in the direction the beam would have had. The film's waves are 20 to 80 mm long, a fifth of its
// thickness high in sum; drops that stand on it and the coating below are not modelled.
#pragma once

#include "engine/content/sensor_fault.hpp"
#include "sensors/faults/lidar_beams.hpp"

namespace nightfog::faults {

/// Thickness at a place of the window, and its slope to the left and up.
struct FilmPlace {
  double thickness_m = 0;
  glm::dvec2 slope{0};
};
FilmPlace filmAt(const content::WaterFilm& fault, const LidarWindow& window, double azimuth_rad, double height_m);

/// 1/m, one way.
double waterAbsorption(double wavelength_nm);

/// Throws Error for a thickness outside 0 … 1 mm.
void applyWaterFilm(const content::WaterFilm& fault, const LidarWindow& window, const LidarBeams& beams,
                    BeamFaults& out);

/// The most that a film bends a beam.
double mostDeflection_rad(const content::WaterFilm& fault);

}  // namespace nightfog::faults
