// Puts a mesh together from points and faces; normals are made at the end, smooth across edges flatter than the crease
// angle.
#pragma once

#include <array>
#include <cstdint>
#include <glm/glm.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/content/mesh.hpp"

namespace nightfog::content {

/// Collects one mesh. Shapes (shapes.hpp) add to it. Points shared by faces are smoothed over; points that only
/// coincide are not, unless a weld is open. Front faces are counter-clockwise.
/// @code
///   MeshBuilder mesh("crate");
///   mesh.surface(wood, classes::kDebris);
///   addBox(mesh, {0, 0, 0.5}, {1, 1, 1});
///   MeshId id = content.add(mesh.finish());
/// @endcode
class MeshBuilder {
 public:
  explicit MeshBuilder(std::string name, double crease_rad = 0.75);

  /// Material and class of the faces added from here on.
  void surface(MaterialId material, ClassId semantic);
  /// Where points given from here on lie: meshFromShape.
  void frame(const RigidTransform& meshFromShape) { frame_ = meshFromShape; }
  const RigidTransform& frame() const { return frame_; }

  uint32_t point(const glm::dvec3& position, const glm::dvec2& uv = {0, 0});
  /// Faces without area are left out.
  void triangle(uint32_t a, uint32_t b, uint32_t c);
  void quad(uint32_t a, uint32_t b, uint32_t c, uint32_t d);

  /// While open, points that coincide within a micrometre are one point.
  void openWeld();
  void closeWeld() { welding_ = false; }

  size_t triangleCount() const { return triangles_.size(); }
  /// The mesh, with normals. The builder is spent.
  Mesh finish();

 private:
  struct Cell {
    int64_t x, y, z;
    bool operator==(const Cell&) const = default;
  };
  struct CellHash {
    size_t operator()(const Cell& cell) const;
  };

  std::string name_;
  double creaseCosine_ = 0;
  RigidTransform frame_;
  std::vector<glm::dvec3> points_;
  std::vector<glm::dvec2> uvs_;
  std::vector<glm::uvec3> triangles_;
  std::vector<uint32_t> surfaceOfTriangle_;
  std::vector<MeshSurface> surfaces_;
  uint32_t surface_ = 0;
  bool welding_ = false;
  std::unordered_map<Cell, uint32_t, CellHash> welded_;  ///< looked up only, never walked
};

/// Sets `frame` for a scope.
class FrameScope {
 public:
  /// meshFromShape = (frame so far) * parentFromShape
  FrameScope(MeshBuilder& mesh, const RigidTransform& parentFromShape) : mesh_(mesh), before_(mesh.frame()) {
    mesh_.frame(before_ * parentFromShape);
  }
  ~FrameScope() { mesh_.frame(before_); }
  FrameScope(const FrameScope&) = delete;
  FrameScope& operator=(const FrameScope&) = delete;

 private:
  MeshBuilder& mesh_;
  RigidTransform before_;
};

/// Axis-aligned bounds; empty: min > max.
struct Bounds {
  glm::dvec3 min{1e300};
  glm::dvec3 max{-1e300};
  void include(const glm::dvec3& point) {
    min = glm::min(min, point);
    max = glm::max(max, point);
  }
  glm::dvec3 size() const { return max - min; }
  glm::dvec3 centre() const { return 0.5 * (min + max); }
};

Bounds boundsOf(const Mesh& mesh, const RigidTransform& frameFromMesh = {});

}  // namespace nightfog::content
