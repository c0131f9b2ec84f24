#include "engine/content/mesh_builder.hpp"

#include <cmath>

#include "engine/core/error.hpp"

namespace nightfog::content {

size_t MeshBuilder::CellHash::operator()(const Cell& cell) const {
  const auto mix = [](uint64_t h, int64_t v) { return (h ^ static_cast<uint64_t>(v)) * 0x9E3779B97F4A7C15ull; };
  const uint64_t h = mix(mix(mix(0, cell.x), cell.y), cell.z);
  return static_cast<size_t>(h ^ (h >> 32));
}

MeshBuilder::MeshBuilder(std::string name, double crease_rad)
    : name_(std::move(name)), creaseCosine_(std::cos(crease_rad)) {}

void MeshBuilder::surface(MaterialId material, ClassId semantic) {
  for (size_t i = 0; i < surfaces_.size(); ++i) {
    if (surfaces_[i].material == material && surfaces_[i].semantic == semantic) {
      surface_ = static_cast<uint32_t>(i);
      return;
    }
  }
  surface_ = static_cast<uint32_t>(surfaces_.size());
  surfaces_.push_back({material, semantic});
}

uint32_t MeshBuilder::point(const glm::dvec3& position, const glm::dvec2& uv) {
  const glm::dvec3 placed = frame_ * position;
  const auto index = static_cast<uint32_t>(points_.size());
  if (welding_) {
    const Cell cell{std::llround(placed.x * 1e6), std::llround(placed.y * 1e6), std::llround(placed.z * 1e6)};
    const auto [known, isNew] = welded_.try_emplace(cell, index);
    if (!isNew) return known->second;
  }
  points_.push_back(placed);
  uvs_.push_back(uv);
  return index;
}

void MeshBuilder::triangle(uint32_t a, uint32_t b, uint32_t c) {
  NF_ASSERT(!surfaces_.empty(), "mesh {}: a face before its surface", name_);
  // Measured on what is stored, single precision: a sliver must not collapse later.
  const glm::vec3 pa(points_[a]);
  const glm::vec3 ab = glm::vec3(points_[b]) - pa;
  const glm::vec3 ac = glm::vec3(points_[c]) - pa;
  const glm::vec3 bc = ac - ab;
  const float longest = std::max({glm::dot(ab, ab), glm::dot(ac, ac), glm::dot(bc, bc)});
  if (glm::length(glm::cross(ab, ac)) <= 1e-5f * longest || longest < 1e-12f) return;
  triangles_.push_back({a, b, c});
  surfaceOfTriangle_.push_back(surface_);
}

void MeshBuilder::quad(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  triangle(a, b, c);
  triangle(a, c, d);
}

void MeshBuilder::openWeld() {
  welding_ = true;
  welded_.clear();
}

// A corner's normal is the mean of its point's faces that lie within the crease angle of the corner's own face, each
// weighted by its area and its angle at the point, so that slivers and the diagonal chosen in a quad do not pull it.
Mesh MeshBuilder::finish() {
  Mesh mesh;
  mesh.name = std::move(name_);
  const size_t count = triangles_.size();
  std::vector<glm::dvec3> faceNormals(count);
  std::vector<std::array<double, 3>> weights(count);
  std::vector<uint32_t> firstCorner(points_.size() + 1, 0);
  for (size_t f = 0; f < count; ++f) {
    const glm::uvec3& t = triangles_[f];
    const glm::dvec3 p[3] = {points_[t[0]], points_[t[1]], points_[t[2]]};
    const glm::dvec3 twiceArea = glm::cross(p[1] - p[0], p[2] - p[0]);
    faceNormals[f] = glm::normalize(twiceArea);
    for (glm::length_t k = 0; k < 3; ++k) {
      const glm::dvec3 u = glm::normalize(p[(k + 1) % 3] - p[k]);
      const glm::dvec3 v = glm::normalize(p[(k + 2) % 3] - p[k]);
      weights[f][static_cast<size_t>(k)] = glm::length(twiceArea) * std::acos(glm::clamp(glm::dot(u, v), -1.0, 1.0));
      ++firstCorner[t[k] + 1];
    }
  }
  for (size_t p = 1; p < firstCorner.size(); ++p) firstCorner[p] += firstCorner[p - 1];
  std::vector<uint32_t> corners(3 * count);  // of each point: 3 * face + corner
  std::vector<uint32_t> next(firstCorner.begin(), firstCorner.end() - 1);
  for (size_t f = 0; f < count; ++f) {
    for (glm::length_t k = 0; k < 3; ++k) {
      corners[next[triangles_[f][k]]++] = static_cast<uint32_t>(3 * f + static_cast<size_t>(k));
    }
  }
  mesh.triangles.resize(count);
  for (size_t p = 0; p < points_.size(); ++p) {
    const size_t firstVertex = mesh.positions.size();
    for (uint32_t i = firstCorner[p]; i < firstCorner[p + 1]; ++i) {
      const uint32_t face = corners[i] / 3;
      glm::dvec3 sum(0);
      for (uint32_t j = firstCorner[p]; j < firstCorner[p + 1]; ++j) {
        const uint32_t other = corners[j] / 3;
        if (glm::dot(faceNormals[face], faceNormals[other]) >= creaseCosine_) {
          sum += weights[other][corners[j] % 3] * faceNormals[other];
        }
      }
      const glm::vec3 normal(glm::length(sum) > 0 ? glm::normalize(sum) : faceNormals[face]);
      size_t vertex = firstVertex;
      while (vertex < mesh.positions.size() && glm::dot(mesh.normals[vertex], normal) < 0.999999f) ++vertex;
      if (vertex == mesh.positions.size()) {
        mesh.positions.push_back(glm::vec3(points_[p]));
        mesh.normals.push_back(normal);
        mesh.uvs.push_back(glm::vec2(uvs_[p]));
      }
      mesh.triangles[face][static_cast<glm::length_t>(corners[i] % 3)] = static_cast<uint32_t>(vertex);
    }
  }
  mesh.surfaceOfTriangle = std::move(surfaceOfTriangle_);
  mesh.surfaces = std::move(surfaces_);
  return mesh;
}

Bounds boundsOf(const Mesh& mesh, const RigidTransform& frameFromMesh) {
  Bounds bounds;
  for (const glm::vec3& position : mesh.positions) bounds.include(frameFromMesh * glm::dvec3(position));
  return bounds;
}

}  // namespace nightfog::content
