#include "tests/lab/lab_scene.hpp"

#include <cmath>

namespace nightfog::lab {
namespace {

content::Mesh emptyMesh(const std::string& name, MaterialId material) {
  content::Mesh mesh;
  mesh.name = name;
  mesh.surfaces.push_back({material, classes::kLabTarget});
  return mesh;
}

void addTriangle(content::Mesh& mesh, const glm::dvec3& a, const glm::dvec3& b, const glm::dvec3& c) {
  const auto first = static_cast<uint32_t>(mesh.positions.size());
  const glm::dvec3 normal = glm::normalize(glm::cross(b - a, c - a));
  for (const glm::dvec3& p : {a, b, c}) {
    mesh.positions.emplace_back(p);
    mesh.normals.emplace_back(normal);
  }
  mesh.triangles.emplace_back(first, first + 1, first + 2);
  mesh.surfaceOfTriangle.push_back(0);
}

void addQuad(content::Mesh& mesh, const glm::dvec3& a, const glm::dvec3& b, const glm::dvec3& c, const glm::dvec3& d) {
  addTriangle(mesh, a, b, c);
  addTriangle(mesh, a, c, d);
}

}  // namespace

gpu::Device& device() {
  static gpu::Device theDevice({.name = "auto", .validation = true});
  return theDevice;
}

content::Mesh plateMesh(double width, double height, MaterialId material) {
  content::Mesh mesh = emptyMesh("plate", material);
  const double y = width / 2;
  const double z = height / 2;
  addQuad(mesh, {0, y, -z}, {0, y, z}, {0, -y, z}, {0, -y, -z});
  return mesh;
}

content::Mesh boxMesh(const glm::dvec3& size, MaterialId material) {
  content::Mesh mesh = emptyMesh("box", material);
  const glm::dvec3 h = size * 0.5;
  for (int axis = 0; axis < 3; ++axis) {
    for (double side : {-1.0, 1.0}) {
      const auto corner = [&](double u, double v) {
        glm::dvec3 p;
        p[axis] = side * h[axis];
        p[(axis + 1) % 3] = u * h[(axis + 1) % 3] * side;
        p[(axis + 2) % 3] = v * h[(axis + 2) % 3];
        return p;
      };
      addQuad(mesh, corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1));
    }
  }
  return mesh;
}

content::Mesh wheelMesh(double radius, double width, int sides, MaterialId material) {
  content::Mesh mesh = emptyMesh("wheel", material);
  const auto corner = [&](int i, double y) {
    const double angle = 2 * kPi * i / sides;
    return glm::dvec3(radius * std::cos(angle), y, radius * std::sin(angle));
  };
  const double y = width / 2;
  for (int i = 0; i < sides; ++i) {
    addQuad(mesh, corner(i, -y), corner(i, y), corner(i + 1, y), corner(i + 1, -y));
    addTriangle(mesh, {0, y, 0}, corner(i + 1, y), corner(i, y));
    addTriangle(mesh, {0, -y, 0}, corner(i, -y), corner(i + 1, -y));
  }
  return mesh;
}

content::Mesh sphereMesh(double radius, int rings, MaterialId material) {
  content::Mesh mesh = emptyMesh("sphere", material);
  const auto corner = [&](int ring, int segment) {
    const double polar = kPi * ring / rings;
    const double azimuth = kPi * segment / rings;
    return radius *
           glm::dvec3(std::sin(polar) * std::cos(azimuth), std::sin(polar) * std::sin(azimuth), std::cos(polar));
  };
  for (int ring = 0; ring < rings; ++ring) {
    for (int segment = 0; segment < 2 * rings; ++segment) {
      if (ring > 0) addTriangle(mesh, corner(ring, segment), corner(ring + 1, segment), corner(ring, segment + 1));
      if (ring + 1 < rings)
        addTriangle(mesh, corner(ring, segment + 1), corner(ring + 1, segment), corner(ring + 1, segment + 1));
    }
  }
  return mesh;
}

content::Mesh groundMesh(double z, MaterialId material) {
  content::Mesh mesh = emptyMesh("ground", material);
  addQuad(mesh, {-1000, -1000, z}, {1000, -1000, z}, {1000, 1000, z}, {-1000, 1000, z});
  return mesh;
}

}  // namespace nightfog::lab
