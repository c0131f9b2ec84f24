// Tyres and wheels: the spinning parts of vehicles, and the tyre that lies or rolls on the road.
#pragma once

#include "engine/content/mesh_builder.hpp"

namespace nightfog::content {

struct WheelShape {
  double radius_m = 0.32;
  double width_m = 0.205;
  double rimRadius_m = 0.205;
  int spokes = 5;
};

/// A tyre about the y axis through the origin; hollow as a tyre without its rim is, unless it is mounted on one.
void addTyre(MeshBuilder& mesh, const WheelShape& shape, bool isMounted = false);

struct WheelMaterials {
  MaterialId rubber;
  MaterialId rim;
  MaterialId disc;
  MaterialId dark;
};

/// A tyre on a spoked rim with a brake disc, about the y axis through the origin. The spokes look to +y (`outwardSign`
/// 1) or -y (-1).
Mesh makeWheel(const WheelShape& shape, const WheelMaterials& materials, ClassId semantic, double outwardSign,
               std::string name);

/// A wheel of a lorry or a bus: a dished steel disc with ten nuts, on one tyre or, `isTwin`, on two side by side. Its
/// outer tyre lies about the origin, the other one inwards of it.
Mesh makeHeavyWheel(const WheelShape& shape, bool isTwin, const WheelMaterials& materials, ClassId semantic,
                    double outwardSign, std::string name);

}  // namespace nightfog::content
