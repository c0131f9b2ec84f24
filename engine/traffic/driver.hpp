// How a driver accelerates and when he changes lanes: the Intelligent Driver Model and MOBIL, as pure functions.
//
// IDM: [Treiber2000] Treiber, Hennecke, Helbing, Phys. Rev. E 62 (2000) 1805, eqs. 2, 3. MOBIL: [Kesting2007] Kesting,
// Treiber, Helbing, Transp. Res. Rec. 1999 (2007) 86, eqs. 2, 3. Speeds above the desired one (a limit that begins) are
// left by the improved model's free term, [Treiber2013] "Traffic Flow Dynamics", eq. 11.22.
// @code
//   const double a = followingAcceleration(driver, v, desired, gap, v - leaderSpeed);
// @endcode
#pragma once

namespace nightfog::traffic {

struct Driver {
  double speedFactor = 1;  ///< of the speed that limit and bends allow
  double top_mps = 60;     ///< never faster
  double timeGap_s = 1.4;
  double standstillGap_m = 2;
  double acceleration_mps2 = 1.5;
  double braking_mps2 = 2;  ///< comfortable
  double exponent = 4;
  double hardBraking_mps2 = 8;  ///< at most
  double politeness = 0.2;
  double changeThreshold_mps2 = 0.2;
  double keepRight_mps2 = 0.2;       ///< what the right lane is worth (the left one, where traffic keeps left)
  double safeBraking_mps2 = 4;       ///< asked of who follows after a change, at most
  double sideAcceleration_mps2 = 2;  ///< in bends
};

/// Without anyone ahead.
double freeAcceleration(const Driver& driver, double speed_mps, double desired_mps);
/// IDM, never below -hardBraking. `gap_m` bumper to bumper; `approach_mps` = own speed - leader's.
double followingAcceleration(const Driver& driver, double speed_mps, double desired_mps, double gap_m,
                             double approach_mps);
/// The gap at which one follows at a constant speed: (s0 + v T) / sqrt(1 - (v / v0)^delta); infinite at the desired
/// one.
double equilibriumGap_m(const Driver& driver, double speed_mps, double desired_mps);

/// Accelerations with and without a change, of who changes and of those behind him.
struct ChangeEffect {
  double own = 0, ownAfter = 0;
  double newFollower = 0, newFollowerAfter = 0;
  double oldFollower = 0, oldFollowerAfter = 0;
};
/// MOBIL's gain above its threshold; a change is worth it when positive. `bias` favours it.
double changeGain(const Driver& driver, const ChangeEffect& effect, double bias_mps2);

/// Time to come this far from a speed, accelerating evenly up to a top speed.
double travelTime_s(double distance_m, double speed_mps, double acceleration_mps2, double top_mps);

}  // namespace nightfog::traffic
