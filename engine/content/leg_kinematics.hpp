// A limb of two links in a plane: where a knee or an elbow goes.
#pragma once

namespace nightfog::content {

/// Angles about y, from a limb that hangs straight down; positive turns its lower end backwards (-x).
struct LimbAngles {
  double upper_rad = 0;
  double bend_rad = 0;  ///< of the lower link against the upper one, 0 … pi
};

/// Two-link inverse kinematics: the end at (x, z) from the limb's root, the joint forward (+x) of the line between, as
/// knees go. Out of reach, the limb stretches towards it.
LimbAngles reachWithLimb(double upper_m, double lower_m, double x, double z);

}  // namespace nightfog::content
