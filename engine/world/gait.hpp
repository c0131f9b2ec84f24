// How legs and arms go when a person walks or runs: joint angles as a function of the distance travelled, so that feet
// stay where they stand.
#pragma once

#include <array>
#include <functional>

namespace nightfog::world {

/// A leg seen from the side, in metres; x forward, z up.
struct LegGeometry {
  double thighX_m = 0, thighZ_m = -0.42;  ///< knee from hip, at rest
  double shinX_m = 0, shinZ_m = -0.42;    ///< ankle from knee, at rest
  double ankleHeight_m = 0;               ///< above the sole; 0: a leg without a foot

  double reach_m() const;  ///< leg stretched
};

struct LegAngles {
  double hip_rad = 0;    ///< positive: thigh swings backward
  double knee_rad = 0;   ///< positive: shin swings backward, as knees do
  double ankle_rad = 0;  ///< keeps the sole level in stance
};

/// Puts the ankle at (x, z) from the hip, the knee forward and the sole level. Out of reach, the leg stretches towards
/// the target.
LegAngles reachFor(const LegGeometry& leg, double x, double z);

struct ArmAngles {
  double shoulder_rad = 0;
  double elbow_rad = 0;  ///< negative: forearm swings forward, as elbows do
};

enum Side { kLeft = 0, kRight = 1 };

struct GaitPose {
  double pelvisDrop_m = 0;          ///< below its height at rest
  double groundHeight_m = 0;        ///< under the person, smooth from footfall to footfall
  double groundSlope = 0;           ///< its change per metre travelled
  std::array<LegAngles, 2> legs{};  ///< by Side
  std::array<ArmAngles, 2> arms{};
  std::array<bool, 2> inStance{};  ///< the foot stands
};

/// A walk of a given length at a given speed. Step length follows speed and leg length [GrieveGear1966]; above a Froude
/// number of 0.5 [Alexander1989] the person runs. Footfall j is at j steps; the walk is a whole number of steps, starts
/// and ends standing.
class Gait {
 public:
  /// `wayLength_m` may be infinite, or 0 for someone who only stands.
  Gait(const std::array<LegGeometry, 2>& legs, double speed_mps, double wayLength_m);

  /// `groundAt(d)`: height of the ground at distance d of the way.
  GaitPose at(double travelled_m, const std::function<double(double)>& groundAt) const;
  double stepLength_m() const { return step_m_; }
  /// How far limbs get before (+) and behind (-) the middle of someone who walks so, toes and heels included.
  double front_m() const;
  double back_m() const;
  bool runs() const { return runs_; }

 private:
  struct Foot {
    double place_m = 0;  ///< along the way
    double lift_m = 0;
    double height_m = 0;  ///< of the ground below
    bool stands = true;
    double swing = 0;  ///< 0 … 1 through the swing
  };
  Foot footAt(Side side, double travelled_m, const std::function<double(double)>& groundAt) const;
  double plant_m(double index) const;
  double ankleReach_m() const;  ///< before and behind the hip
  double pelvisDrop(double travelled_m) const;

  std::array<LegGeometry, 2> legs_{};
  double reach_m_ = 0;
  double way_m_ = 0;
  double step_m_ = 0.7;
  double duty_ = 0.6;  ///< share of the stride that a foot stands
  bool runs_ = false;
};

}  // namespace nightfog::world
