#include "fixture.hpp"

#include <fmt/format.h>

#include <array>
#include <map>

namespace nightfog::content {

std::string faultsOf(const Mesh& mesh, const SceneContent& content) {
  if (mesh.triangles.empty()) return "no triangles";
  if (mesh.normals.size() != mesh.positions.size()) return "normals and positions differ in number";
  if (!mesh.uvs.empty() && mesh.uvs.size() != mesh.positions.size()) return "uvs and positions differ in number";
  if (mesh.surfaceOfTriangle.size() != mesh.triangles.size()) return "triangles without surface";
  for (const MeshSurface& surface : mesh.surfaces) {
    if (!surface.material.isValid() || surface.material.value >= content.materials.size()) return "unknown material";
    if (surface.semantic == classes::kUnlabelled) return "unlabelled surface";
  }
  for (size_t v = 0; v < mesh.positions.size(); ++v) {
    const glm::vec3 p = mesh.positions[v];
    if (!std::isfinite(p.x + p.y + p.z)) return fmt::format("vertex {} is not finite", v);
    if (!(std::abs(glm::length(mesh.normals[v]) - 1) < 1e-5f)) return fmt::format("normal {} is not of unit length", v);
    if (!mesh.uvs.empty() && !std::isfinite(mesh.uvs[v].x + mesh.uvs[v].y))
      return fmt::format("uv {} is not finite", v);
  }
  for (size_t f = 0; f < mesh.triangles.size(); ++f) {
    const glm::uvec3 t = mesh.triangles[f];
    if (std::max({t.x, t.y, t.z}) >= mesh.positions.size())
      return fmt::format("triangle {} has an index out of range", f);
    if (mesh.surfaceOfTriangle[f] >= mesh.surfaces.size()) return fmt::format("triangle {} has no such surface", f);
    const glm::vec3 twiceArea =
        glm::cross(mesh.positions[t.y] - mesh.positions[t.x], mesh.positions[t.z] - mesh.positions[t.x]);
    if (!(glm::length(twiceArea) > 1e-10f)) return fmt::format("triangle {} has no area", f);
    const glm::vec3 front = glm::normalize(twiceArea);
    for (glm::length_t k = 0; k < 3; ++k) {
      if (!(glm::dot(front, mesh.normals[t[k]]) > 0)) return fmt::format("triangle {} has a normal on its back", f);
    }
  }
  return "";
}

double signedVolume6(const Mesh& mesh) {
  double sum = 0;
  for (const glm::uvec3& t : mesh.triangles) {
    sum += glm::dot(glm::dvec3(mesh.positions[t.x]),
                    glm::cross(glm::dvec3(mesh.positions[t.y]), glm::dvec3(mesh.positions[t.z])));
  }
  return sum;
}

size_t openEdges(const Mesh& mesh) {
  using Key = std::array<int64_t, 3>;
  const auto key = [&](uint32_t v) {
    const glm::dvec3 p(mesh.positions[v]);
    return Key{std::llround(p.x * 1e5), std::llround(p.y * 1e5), std::llround(p.z * 1e5)};
  };
  std::map<std::pair<Key, Key>, int> edges;
  for (const glm::uvec3& t : mesh.triangles) {
    for (glm::length_t k = 0; k < 3; ++k) {
      const Key a = key(t[k]);
      const Key b = key(t[(k + 1) % 3]);
      a < b ? ++edges[{a, b}] : --edges[{b, a}];
    }
  }
  size_t open = 0;
  for (const auto& [edge, balance] : edges) open += balance != 0;
  return open;
}

}  // namespace nightfog::content
