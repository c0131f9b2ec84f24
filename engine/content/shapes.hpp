// Shapes that add themselves to a mesh under construction: boxes, lathes, lofts, tubes, ellipsoids, grids, cards.
// Metres; z up. Closed shapes face outwards.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/content/mesh_builder.hpp"

namespace nightfog::content {

void addBox(MeshBuilder& mesh, const glm::dvec3& centre, const glm::dvec3& size);

/// A box with rounded edges and corners of `radius` (at most half the smallest side), `segments` steps over a quarter
/// turn.
void addRoundedBox(MeshBuilder& mesh, const glm::dvec3& centre, const glm::dvec3& size, double radius,
                   int segments = 2);

/// A point of a profile that turns about the axis.
struct ProfilePoint {
  double radius = 0;
  double along = 0;  ///< on the axis
};

enum class Axis { kX, kY, kZ };

/// Turns a profile about an axis through `centre`. Outside lies to the right of the profile as it runs (upwards on the
/// outside of a post). `isRing`: the last point joins the first, as for a tyre.
void addLathe(MeshBuilder& mesh, const glm::dvec3& centre, Axis axis, std::span<const ProfilePoint> profile,
              int segments, bool isRing = false);

/// A closed cylinder with flat caps.
void addCylinder(MeshBuilder& mesh, const glm::dvec3& baseCentre, Axis axis, double radius, double length,
                 int segments);

/// Skin over rings of equal size; each ring runs counter-clockwise seen from the last ring. Flat caps where asked.
void addLoft(MeshBuilder& mesh, std::span<const std::vector<glm::dvec3>> rings, bool capStart, bool capEnd);

/// A ring of an elliptical section.
struct EllipseRing {
  glm::dvec3 centre{0};
  glm::dvec2 radii{0.1, 0.1};  ///< along x, y of the mesh
};

/// Loft of horizontal ellipses from bottom to top; rings of zero radii close the ends. `power` 2 is an ellipse, more is
/// boxier.
void addEllipseLoft(MeshBuilder& mesh, std::span<const EllipseRing> rings, int segments, double power = 2);

struct TubePoint {
  glm::dvec3 position{0};
  double radius = 0.05;
};

/// A tube along a path, closed by flat caps.
void addTube(MeshBuilder& mesh, std::span<const TubePoint> path, int sides);

void addEllipsoid(MeshBuilder& mesh, const glm::dvec3& centre, const glm::dvec3& radii, int rings, int segments);

/// rows × columns of points (each at least 2). Faces look along (d/column × d/row) when rows run up and columns to the
/// right. `select(row, column)` is asked per cell before it is added: it sets the surface and may refuse the cell (a
/// hole).
void addGrid(MeshBuilder& mesh, int rows, int columns, const std::function<glm::dvec3(int row, int column)>& position,
             const std::function<bool(int row, int column)>& select = {});

/// A rectangle with texture coordinates (0,0) … (1,1), from its centre and half sides; faces along right × up.
void addCard(MeshBuilder& mesh, const glm::dvec3& centre, const glm::dvec3& halfRight, const glm::dvec3& halfUp);

/// A convex outline in the xy plane (counter-clockwise) drawn up from z0 to z1, with caps.
void addPrism(MeshBuilder& mesh, std::span<const glm::dvec2> outline, double z0, double z1);

}  // namespace nightfog::content
