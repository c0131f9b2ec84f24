// What the content tests share.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>

#include "engine/content/materials.hpp"
#include "engine/content/mesh_builder.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/content/scenery.hpp"
#include "engine/core/hash.hpp"

namespace nightfog::content {

inline SceneContent withMaterials() {
  SceneContent content;
  loadMaterials(NIGHTFOG_SOURCE_DIR "/assets/materials.yaml", content);
  return content;
}

/// The assets that our own builders make; those with a mesh file are held to account by tests/import.
inline const catalog::Catalog& builtInCatalog() {
  static const catalog::Catalog builtIn = [] {
    const catalog::Catalog whole = catalog::loadCatalog(NIGHTFOG_SOURCE_DIR "/assets");
    catalog::Catalog ours;
    for (const auto& [id, asset] : whole.all()) {
      if (!asset.mesh) ours.add(asset);
    }
    return ours;
  }();
  return builtIn;
}

template <class T>
void hashVector(Sha256& hash, const std::vector<T>& values) {
  hash.update(std::to_string(values.size()));
  hash.update(std::as_bytes(std::span(values)));
}

/// Every byte that a tracer or a label could see.
inline std::string hashOf(const SceneContent& content) {
  Sha256 hash;
  for (const Mesh& mesh : content.meshes) {
    hash.update(mesh.name);
    hashVector(hash, mesh.positions);
    hashVector(hash, mesh.normals);
    hashVector(hash, mesh.uvs);
    hashVector(hash, mesh.triangles);
    hashVector(hash, mesh.surfaceOfTriangle);
    for (const MeshSurface& surface : mesh.surfaces)
      hash.update(fmt::format("{}/{};", surface.material.value, surface.semantic.value));
  }
  for (const Material& material : content.materials) {
    hash.update(material.name);
    for (const float r : material.reflectance) hash.update(fmt::format("{:a},", r));
    hash.update(fmt::format("{:a},{:a},{:a},{:a},{}", material.roughness, material.metallic, material.transmission,
                            material.retroreflectance, material.alphaTexture.value));
  }
  for (const Texture& texture : content.textures) hashVector(hash, texture.texels);
  for (const StaticPlacement& placement : content.scenery) {
    const glm::dvec3& t = placement.worldFromMesh.translation;
    const glm::dquat& q = placement.worldFromMesh.rotation;
    hash.update(
        fmt::format("{},{:a},{:a},{:a},{:a},{:a},{:a},{:a};", placement.mesh.value, t.x, t.y, t.z, q.w, q.x, q.y, q.z));
  }
  return hash.hex();
}

/// Indices in range, numbers finite, normals unit and on the front of their faces, surfaces known. Returns what is
/// wrong, or "".
std::string faultsOf(const Mesh& mesh, const SceneContent& content);

/// Six times the volume enclosed; positive when closed and facing outwards.
double signedVolume6(const Mesh& mesh);

/// Edges that are not shared by exactly two triangles in opposite directions, points taken as equal within a
/// micrometre.
size_t openEdges(const Mesh& mesh);

}  // namespace nightfog::content
