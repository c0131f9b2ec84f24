#include "tests/trace/shapes.hpp"

namespace nightfog::trace::test {

content::Mesh meshOf(std::vector<glm::vec3> positions, std::vector<glm::uvec3> triangles, const char* name) {
  content::Mesh mesh;
  mesh.name = name;
  mesh.normals.assign(positions.size(), glm::vec3(0, 0, 1));
  mesh.surfaceOfTriangle.assign(triangles.size(), 0);
  mesh.surfaces = {{MaterialId(0), classes::kLabTarget}};
  mesh.positions = std::move(positions);
  mesh.triangles = std::move(triangles);
  return mesh;
}

content::Mesh triangleSoup(RandomSource& random, uint32_t count, float extent_m, float size_m) {
  std::vector<glm::vec3> positions;
  std::vector<glm::uvec3> triangles;
  for (uint32_t i = 0; i < count; ++i) {
    const glm::vec3 centre = randomPoint(random, extent_m);
    for (int corner = 0; corner < 3; ++corner) positions.push_back(centre + glm::vec3(randomPoint(random, size_m)));
    triangles.emplace_back(3 * i, 3 * i + 1, 3 * i + 2);
  }
  return meshOf(std::move(positions), std::move(triangles), "soup");
}

content::Mesh sphere(float radius_m, uint32_t rings, uint32_t segments) {
  std::vector<glm::vec3> positions{{0, 0, radius_m}};
  for (uint32_t r = 1; r < rings; ++r) {
    const double polar = kPi * r / rings;
    for (uint32_t s = 0; s < segments; ++s) {
      const double around = 2 * kPi * s / segments;
      positions.push_back(radius_m * glm::vec3(glm::dvec3(std::sin(polar) * std::cos(around),
                                                          std::sin(polar) * std::sin(around), std::cos(polar))));
    }
  }
  positions.emplace_back(0, 0, -radius_m);
  const auto last = static_cast<uint32_t>(positions.size() - 1);
  const auto at = [&](uint32_t ring, uint32_t segment) { return 1 + (ring - 1) * segments + segment % segments; };
  std::vector<glm::uvec3> triangles;
  for (uint32_t s = 0; s < segments; ++s) {
    triangles.emplace_back(0, at(1, s), at(1, s + 1));
    triangles.emplace_back(last, at(rings - 1, s + 1), at(rings - 1, s));
    for (uint32_t r = 1; r + 1 < rings; ++r) {
      triangles.emplace_back(at(r, s), at(r + 1, s), at(r + 1, s + 1));
      triangles.emplace_back(at(r, s), at(r + 1, s + 1), at(r, s + 1));
    }
  }
  return meshOf(std::move(positions), std::move(triangles), "sphere");
}

content::Mesh box(const glm::vec3& low, const glm::vec3& high) {
  std::vector<glm::vec3> positions;
  for (int i = 0; i < 8; ++i) {
    positions.emplace_back((i & 1) != 0 ? high.x : low.x, (i & 2) != 0 ? high.y : low.y, (i & 4) != 0 ? high.z : low.z);
  }
  std::vector<glm::uvec3> triangles{{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4},
                                    {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}};
  return meshOf(std::move(positions), std::move(triangles), "box");
}

content::Mesh plane(float half_m, uint32_t cells) {
  std::vector<glm::vec3> positions;
  std::vector<glm::uvec3> triangles;
  for (uint32_t j = 0; j <= cells; ++j) {
    for (uint32_t i = 0; i <= cells; ++i) {
      positions.emplace_back(half_m * (2.0f * static_cast<float>(i) / static_cast<float>(cells) - 1),
                             half_m * (2.0f * static_cast<float>(j) / static_cast<float>(cells) - 1), 0);
    }
  }
  const uint32_t row = cells + 1;
  for (uint32_t j = 0; j < cells; ++j) {
    for (uint32_t i = 0; i < cells; ++i) {
      const uint32_t at = j * row + i;
      triangles.emplace_back(at, at + 1, at + row);
      triangles.emplace_back(at + 1, at + row + 1, at + row);
    }
  }
  return meshOf(std::move(positions), std::move(triangles), "plane");
}

content::Mesh spokedWheel(float radius_m, float width_m, uint32_t spokes) {
  std::vector<glm::vec3> positions;
  std::vector<glm::uvec3> triangles;
  const double halfBlade = kPi / (2.0 * spokes);  // blades cover half of the circle
  for (uint32_t s = 0; s < spokes; ++s) {
    const auto first = static_cast<uint32_t>(positions.size());
    const double middle = 2 * kPi * s / spokes;
    const float y = (s % 2 == 0 ? 0.5f : -0.5f) * width_m;
    positions.emplace_back(0, y, 0);
    positions.emplace_back(radius_m * std::cos(middle - halfBlade), y, radius_m * std::sin(middle - halfBlade));
    positions.emplace_back(radius_m * std::cos(middle + halfBlade), y, radius_m * std::sin(middle + halfBlade));
    triangles.emplace_back(first, first + 1, first + 2);
  }
  return meshOf(std::move(positions), std::move(triangles), "wheel");
}

content::SceneContent contentOf(std::vector<content::Mesh> meshes) {
  content::SceneContent content;
  content::Material grey;
  grey.name = "grey";
  content.add(grey);
  content.meshes = std::move(meshes);
  return content;
}

content::SceneContent soupContent(RandomSource& random, uint32_t count) {
  content::SceneContent content = contentOf({triangleSoup(random, count, 20, 2)});
  content.scenery.push_back({MeshId(0), RigidTransform::identity(), {}});
  return content;
}

content::SnapshotInstance standing(uint32_t mesh, uint32_t key, uint32_t object, uint32_t mask) {
  return {MeshId(mesh), ObjectId(object), key, 1, mask};
}

glm::dvec3 randomPoint(RandomSource& random, double extent_m) {
  const double x = random.uniform(-extent_m, extent_m);
  const double y = random.uniform(-extent_m, extent_m);
  const double z = random.uniform(-extent_m, extent_m);
  return {x, y, z};
}

glm::dvec3 randomDirection(RandomSource& random) {
  const double z = random.uniform(-1, 1);
  const double around = random.uniform(0, 2 * kPi);
  const double r = std::sqrt(1 - z * z);
  return {r * std::cos(around), r * std::sin(around), z};
}

glm::dquat randomRotation(RandomSource& random) {
  const glm::dvec3 axis = randomDirection(random);
  return glm::angleAxis(random.uniform(0, 2 * kPi), axis);
}

}  // namespace nightfog::trace::test
