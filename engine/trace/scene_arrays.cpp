#include "engine/trace/scene_arrays.hpp"

#include <cmath>
#include <limits>

#include "engine/core/error.hpp"

namespace nightfog::trace {

namespace {

constexpr float kFarthestCorner_m = 1e9f;
const char* const kHelp = "Check the asset with `nightfog asset check`.";

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ExitCode::kDiagnostics, what, kHelp);
}

bool isUsable(const glm::vec3& p) {  // false for NaN too
  return std::abs(p.x) <= kFarthestCorner_m && std::abs(p.y) <= kFarthestCorner_m && std::abs(p.z) <= kFarthestCorner_m;
}

void layOutTextures(const content::SceneContent& content, SceneArrays& arrays) {
  for (const content::Texture& texture : content.textures) {
    const uint64_t texelCount = uint64_t{texture.width} * texture.height;
    if (texelCount == 0 || texelCount != texture.texels.size()) {
      refuse(fmt::format("texture '{}' of {} x {} has {} texels", texture.name, texture.width, texture.height,
                         texture.texels.size()));
    }
    if (arrays.texels.size() + texelCount > std::numeric_limits<uint32_t>::max()) {
      refuse(fmt::format("texture '{}': the scene's textures exceed 2^32 texels", texture.name));
    }
    arrays.textures.push_back({static_cast<uint32_t>(arrays.texels.size()), texture.width, texture.height});
    arrays.texels.insert(arrays.texels.end(), texture.texels.begin(), texture.texels.end());
  }
}

void layOutMaterials(const content::SceneContent& content, SceneArrays& arrays) {
  for (const content::Material& material : content.materials) {
    if (material.alphaTexture.isValid() && material.alphaTexture.value >= content.textures.size()) {
      refuse(fmt::format("material '{}' names alpha texture {} of {}", material.name, material.alphaTexture.value,
                         content.textures.size()));
    }
    if (material.colourTexture.isValid() && material.colourTexture.value >= content.textures.size()) {
      refuse(fmt::format("material '{}' names colour texture {} of {}", material.name, material.colourTexture.value,
                         content.textures.size()));
    }
    shared::MaterialData data{};
    for (size_t band = 0; band < material.reflectance.size(); ++band)
      data.reflectance[band] = material.reflectance[band];
    data.roughness = material.roughness;
    data.metallic = material.metallic;
    data.transmission = material.transmission;
    data.retroreflectance = material.retroreflectance;
    data.alphaTexture = material.alphaTexture.isValid() ? material.alphaTexture.value : shared::kNoTexture;
    data.colourTexture = material.colourTexture.isValid() ? material.colourTexture.value : shared::kNoTexture;
    data.detail = material.detail;
    for (size_t i = 0; i < 3; ++i) data.emission[i] = material.emission[i];
    arrays.materials.push_back(data);
  }
}

void checkMesh(const content::Mesh& mesh, size_t materialCount) {
  if (mesh.normals.size() != mesh.positions.size()) {
    refuse(fmt::format("mesh '{}' has {} positions and {} normals", mesh.name, mesh.positions.size(),
                       mesh.normals.size()));
  }
  if (!mesh.uvs.empty() && mesh.uvs.size() != mesh.positions.size()) {
    refuse(fmt::format("mesh '{}' has {} positions and {} uvs", mesh.name, mesh.positions.size(), mesh.uvs.size()));
  }
  if (mesh.surfaceOfTriangle.size() != mesh.triangles.size()) {
    refuse(fmt::format("mesh '{}' has {} triangles and {} surface indices", mesh.name, mesh.triangles.size(),
                       mesh.surfaceOfTriangle.size()));
  }
  for (const glm::uvec3& t : mesh.triangles) {
    for (int corner = 0; corner < 3; ++corner) {
      if (t[corner] >= mesh.positions.size()) {
        refuse(
            fmt::format("mesh '{}' has a triangle with vertex {} of {}", mesh.name, t[corner], mesh.positions.size()));
      }
    }
  }
  for (const uint32_t surface : mesh.surfaceOfTriangle) {
    if (surface >= mesh.surfaces.size()) {
      refuse(fmt::format("mesh '{}' has a triangle of surface {} of {}", mesh.name, surface, mesh.surfaces.size()));
    }
  }
  for (const content::MeshSurface& surface : mesh.surfaces) {
    if (surface.material.value >= materialCount) {
      refuse(fmt::format("mesh '{}' names material {} of {}", mesh.name, surface.material.value, materialCount));
    }
  }
}

void layOutMesh(const content::Mesh& mesh, SceneArrays& arrays) {
  const shared::MeshRange range{
      static_cast<uint32_t>(arrays.positions.size()), static_cast<uint32_t>(mesh.positions.size()),
      static_cast<uint32_t>(arrays.triangles.size()), static_cast<uint32_t>(mesh.triangles.size()),
      static_cast<uint32_t>(arrays.positions.size())};
  const auto firstSurface = static_cast<uint32_t>(arrays.surfaces.size());
  for (const content::MeshSurface& s : mesh.surfaces)
    arrays.surfaces.push_back({s.material.value, s.semantic.value, 0});
  for (const glm::vec3& p : mesh.positions) arrays.positions.push_back(isUsable(p) ? p : glm::vec3(0));
  arrays.normals.insert(arrays.normals.end(), mesh.normals.begin(), mesh.normals.end());
  if (mesh.uvs.empty()) {
    arrays.uvs.resize(arrays.positions.size(), glm::vec2(0));
  } else {
    arrays.uvs.insert(arrays.uvs.end(), mesh.uvs.begin(), mesh.uvs.end());
  }
  for (const glm::uvec3& t : mesh.triangles) {
    const bool usable = isUsable(mesh.positions[t.x]) && isUsable(mesh.positions[t.y]) && isUsable(mesh.positions[t.z]);
    arrays.triangles.push_back(usable ? t : glm::uvec3(t.x));
  }
  for (const uint32_t surface : mesh.surfaceOfTriangle) arrays.surfaceOfTriangle.push_back(firstSurface + surface);
  arrays.meshes.push_back(range);
  arrays.bounds.push_back(boundsOf(std::span(arrays.positions).subspan(range.firstVertex),
                                   std::span(arrays.triangles).subspan(range.firstTriangle)));
}

/// Each shape of what bends learns where the corners of the next one are, and what all of its ring fill.
void linkShapes(const content::SceneContent& content, SceneArrays& arrays) {
  const size_t count = content.meshes.size();
  std::vector<bool> isDone(count);
  for (size_t first = 0; first < count; ++first) {
    if (!content.meshes[first].nextShape.isValid() || isDone[first]) continue;
    MeshBounds bounds = arrays.bounds[first];
    std::vector<size_t> ring;
    for (size_t shape = first; !isDone[shape];) {
      const content::Mesh& mesh = content.meshes[shape];
      const size_t next = mesh.nextShape.value;
      if (next >= count || content.meshes[next].triangles != mesh.triangles ||
          content.meshes[next].positions.size() != mesh.positions.size()) {
        refuse(fmt::format("mesh '{}' cannot bend into mesh {}: they differ in more than where corners are", mesh.name,
                           next));
      }
      isDone[shape] = true;
      ring.push_back(shape);
      arrays.meshes[shape].nextVertex = arrays.meshes[next].firstVertex;
      bounds.low = glm::min(bounds.low, arrays.bounds[next].low);
      bounds.high = glm::max(bounds.high, arrays.bounds[next].high);
      bounds.radius_m = std::max(bounds.radius_m, arrays.bounds[next].radius_m);
      shape = next;
    }
    for (const size_t shape : ring) arrays.bounds[shape] = bounds;
  }
}

}  // namespace

bool isFinite(const RigidTransform& pose) {
  const glm::dvec3& t = pose.translation;
  const glm::dquat& q = pose.rotation;
  const double length = glm::dot(q, q);
  return std::isfinite(t.x) && std::isfinite(t.y) && std::isfinite(t.z) && length > 0.99 && length < 1.01;
}

MeshBounds boundsOf(std::span<const glm::vec3> positions, std::span<const glm::uvec3> triangles) {
  constexpr float kMax = std::numeric_limits<float>::max();
  MeshBounds bounds{glm::vec3(kMax), glm::vec3(-kMax), 0};
  double squaredRadius = 0;
  for (const glm::uvec3& t : triangles) {
    if (t.x == t.y && t.y == t.z) continue;  // cannot be hit
    for (int corner = 0; corner < 3; ++corner) {
      const glm::vec3& p = positions[t[corner]];
      bounds.low = glm::min(bounds.low, p);
      bounds.high = glm::max(bounds.high, p);
      squaredRadius = std::max(squaredRadius, glm::dot(glm::dvec3(p), glm::dvec3(p)));
    }
  }
  bounds.radius_m = static_cast<float>(std::sqrt(squaredRadius));
  return bounds;
}

SceneArrays layOutScene(const content::SceneContent& content, const SceneBuffers::Options& options) {
  size_t vertexCount = 0;
  size_t triangleCount = 0;
  for (const content::Mesh& mesh : content.meshes) {
    checkMesh(mesh, content.materials.size());
    vertexCount += mesh.positions.size();
    triangleCount += mesh.triangles.size();
  }
  constexpr size_t kMost = size_t{1} << 30;
  if (vertexCount > kMost || triangleCount > kMost) {
    refuse(fmt::format("the scene has {} vertices and {} triangles; 2^30 are supported", vertexCount, triangleCount));
  }
  SceneArrays arrays;
  layOutTextures(content, arrays);
  layOutMaterials(content, arrays);
  for (const content::Mesh& mesh : content.meshes) layOutMesh(mesh, arrays);
  linkShapes(content, arrays);
  flattenScenery(content, options, arrays);
  return arrays;
}

}  // namespace nightfog::trace
