// The shell of a bus, a lorry's cab or its load box: a wall wrapped around a rounded plan, with a rounded roof.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/content/curve.hpp"
#include "engine/content/mesh_builder.hpp"

namespace nightfog::content {

/// A half round cut into the lower edge of both sides for a wheel.
struct ShellArch {
  double x = 0;
  double wheelRadius_m = 0.45;
  double radius_m = 0.55;
};

/// x forward, z up from the ground, m.
struct ShellShape {
  double rear_m = 0;
  double front_m = 2;
  double halfWidth_m = 1.2;
  double sill_m = 0.4;
  double top_m = 2.6;         ///< of the roof's flat
  double roofRadius_m = 0.2;  ///< of the edge between walls and roof
  double frontRadius_m = 0.25;
  double rearRadius_m = 0.1;
  double frontBow_m = 0.1;      ///< how far the middle of the front leads its corners
  double crown_m = 0.03;        ///< middle of the roof above its edge
  Curve frontSetback;           ///< height to how far the front lies behind its foremost line
  double setbackReach_m = 0.9;  ///< share of the length that leans with it
  double tuck_m = 0;            ///< how far the sill lies inside the waist
  std::vector<ShellArch> arches;
  std::vector<double> rows;      ///< heights where materials change
  std::vector<double> stations;  ///< x along both sides where they do
  std::vector<double> across;    ///< y across front and rear, half of them: mirrored
  double fineness_m = 0.35;      ///< largest step along the walls
};

enum class ShellFace { kFront, kLeft, kRear, kRight, kRoof };

/// Middle of one cell of the wall.
struct ShellCell {
  ShellFace face = ShellFace::kFront;
  glm::dvec3 middle{0};
};

/// `choose` sets the surface of a cell, or refuses it (a hole).
void addShell(MeshBuilder& mesh, const ShellShape& shape, const std::function<bool(const ShellCell&)>& choose);
/// Linings of the arches, `depth_m` deep, and the floor between them, both of the surface in use.
void addShellUnderside(MeshBuilder& mesh, const ShellShape& shape, double depth_m);
/// Distance of the front's skin from x = 0 at a place across and a height.
double shellFrontAt(const ShellShape& shape, double y, double z);

/// Where a window ends and its dark frame begins: middle of the cell within [low + frame, high - frame].
inline bool isWithin(double value, double low, double high, double frame = 0) {
  return value > low + frame && value < high - frame;
}

}  // namespace nightfog::content
