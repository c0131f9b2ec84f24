// Scenery into tiles: meshes in float coordinates about a local origin, so that a map of kilometres keeps its
// millimetres.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "engine/core/error.hpp"
#include "engine/trace/scene_arrays.hpp"

namespace nightfog::trace {

namespace {

using TileKey = std::array<int64_t, 3>;

struct Tile {
  std::vector<glm::vec3> positions;
  std::vector<glm::vec3> normals;
  std::vector<glm::vec2> uvs;
  std::vector<glm::uvec3> triangles;
  std::vector<uint32_t> surfaceOfTriangle;
};

constexpr size_t kBytesPerVertex = sizeof(glm::vec3) * 2 + sizeof(glm::vec2);
constexpr size_t kBytesPerTriangle = sizeof(glm::uvec3) + sizeof(uint32_t);

class Flattener {
 public:
  Flattener(double tileSize_m, const SceneArrays& arrays) : tileSize_m_(tileSize_m), arrays_(arrays) {}

  /// A triangle goes into every tile that one of its corners lies in: triangles that share a corner then share a tile,
  /// and a ray that passes between them meets both in the same coordinates.
  void add(const content::StaticPlacement& placement) {
    const shared::MeshRange& range = arrays_.meshes[placement.mesh.value];
    worldOfVertex_.resize(range.vertexCount);
    keyOfVertex_.resize(range.vertexCount);
    bool inOneTile = true;
    const RigidTransform worldFromMesh{glm::normalize(placement.worldFromMesh.rotation),
                                       placement.worldFromMesh.translation};
    for (uint32_t i = 0; i < range.vertexCount; ++i) {
      worldOfVertex_[i] = worldFromMesh * glm::dvec3(arrays_.positions[range.firstVertex + i]);
      keyOfVertex_[i] = keyOf(worldOfVertex_[i]);
      inOneTile = inOneTile && keyOfVertex_[i] == keyOfVertex_[0];
    }
    std::map<TileKey, std::vector<uint32_t>> trianglesOfTile;
    for (uint32_t i = 0; i < range.triangleCount; ++i) {
      const glm::uvec3& t = arrays_.triangles[range.firstTriangle + i];
      const TileKey& a = keyOfVertex_[t.x];
      const TileKey& b = keyOfVertex_[t.y];
      const TileKey& c = keyOfVertex_[t.z];
      trianglesOfTile[a].push_back(i);
      if (inOneTile) continue;
      if (b != a) trianglesOfTile[b].push_back(i);
      if (c != a && c != b) trianglesOfTile[c].push_back(i);
    }
    for (const auto& [key, triangles] : trianglesOfTile) append(key, triangles, range, worldFromMesh);
  }

  void moveTo(SceneArrays& arrays) {
    for (auto& [key, tile] : tiles_) {
      const shared::MeshRange range{
          static_cast<uint32_t>(arrays.positions.size()), static_cast<uint32_t>(tile.positions.size()),
          static_cast<uint32_t>(arrays.triangles.size()), static_cast<uint32_t>(tile.triangles.size()),
          static_cast<uint32_t>(arrays.positions.size())};
      arrays.bounds.push_back(boundsOf(tile.positions, tile.triangles));
      arrays.positions.insert(arrays.positions.end(), tile.positions.begin(), tile.positions.end());
      arrays.normals.insert(arrays.normals.end(), tile.normals.begin(), tile.normals.end());
      arrays.uvs.insert(arrays.uvs.end(), tile.uvs.begin(), tile.uvs.end());
      arrays.triangles.insert(arrays.triangles.end(), tile.triangles.begin(), tile.triangles.end());
      arrays.surfaceOfTriangle.insert(arrays.surfaceOfTriangle.end(), tile.surfaceOfTriangle.begin(),
                                      tile.surfaceOfTriangle.end());
      arrays.standing.push_back(
          {static_cast<uint32_t>(arrays.meshes.size()), 0, RigidTransform::fromTranslation(originOf(key))});
      arrays.meshes.push_back(range);
      tile = {};  // the peak of memory is one tile above the whole
    }
  }

 private:
  /// Tiles are centred on multiples of their size: a street near the world's origin, with ground at z = 0, is one tile.
  TileKey keyOf(const glm::dvec3& p) const {
    return {static_cast<int64_t>(std::floor(p.x / tileSize_m_ + 0.5)),
            static_cast<int64_t>(std::floor(p.y / tileSize_m_ + 0.5)),
            static_cast<int64_t>(std::floor(p.z / tileSize_m_ + 0.5))};
  }
  glm::dvec3 originOf(const TileKey& key) const {
    return glm::dvec3(static_cast<double>(key[0]), static_cast<double>(key[1]), static_cast<double>(key[2])) *
           tileSize_m_;
  }

  void append(const TileKey& key, const std::vector<uint32_t>& triangles, const shared::MeshRange& range,
              const RigidTransform& worldFromMesh) {
    Tile& tile = tiles_[key];
    const glm::dvec3 origin = originOf(key);
    constexpr uint32_t kUnseen = 0xffffffffu;
    vertexInTile_.assign(range.vertexCount, kUnseen);
    for (const uint32_t index : triangles) {
      const glm::uvec3& t = arrays_.triangles[range.firstTriangle + index];
      glm::uvec3 inTile;
      for (int corner = 0; corner < 3; ++corner) {
        uint32_t& vertex = vertexInTile_[t[corner]];
        if (vertex == kUnseen) {
          vertex = static_cast<uint32_t>(tile.positions.size());
          const uint32_t source = range.firstVertex + t[corner];
          tile.positions.emplace_back(worldOfVertex_[t[corner]] - origin);
          tile.normals.emplace_back(worldFromMesh.rotate(glm::dvec3(arrays_.normals[source])));
          tile.uvs.push_back(arrays_.uvs[source]);
        }
        inTile[corner] = vertex;
      }
      tile.triangles.push_back(inTile);
      tile.surfaceOfTriangle.push_back(arrays_.surfaceOfTriangle[range.firstTriangle + index]);
    }
  }

  double tileSize_m_;
  const SceneArrays& arrays_;
  std::map<TileKey, Tile> tiles_;
  std::vector<glm::dvec3> worldOfVertex_;
  std::vector<TileKey> keyOfVertex_;
  std::vector<uint32_t> vertexInTile_;
};

void check(const content::StaticPlacement& placement, size_t i, const content::SceneContent& content) {
  if (placement.mesh.value >= content.meshes.size()) {
    throw Error(ExitCode::kDiagnostics,
                fmt::format("scenery {} names mesh {} of {}", i, placement.mesh.value, content.meshes.size()));
  }
  constexpr double kFarthest_m = 1e9;
  const glm::dvec3 distance = glm::abs(placement.worldFromMesh.translation);
  if (!isFinite(placement.worldFromMesh) || glm::max(glm::max(distance.x, distance.y), distance.z) > kFarthest_m) {
    throw Error(ExitCode::kDiagnostics,
                fmt::format("scenery {} ('{}') stands at a place that is not finite or beyond 1e9 m", i,
                            content.meshes[placement.mesh.value].name));
  }
}

}  // namespace

void flattenScenery(const content::SceneContent& content, const SceneBuffers::Options& options, SceneArrays& arrays) {
  NF_ASSERT(options.tileSize_m > 0, "tile size {} m", options.tileSize_m);
  const auto bytesOf = [&](const content::StaticPlacement& placement) {
    const shared::MeshRange& range = arrays.meshes[placement.mesh.value];
    return range.vertexCount * kBytesPerVertex + range.triangleCount * kBytesPerTriangle;
  };
  std::vector<uint32_t> flat;  // places in content.scenery
  std::vector<bool> isInstanced(content.scenery.size(), false);
  for (size_t i = 0; i < content.scenery.size(); ++i) {
    const content::StaticPlacement& placement = content.scenery[i];
    check(placement, i, content);
    if (arrays.meshes[placement.mesh.value].triangleCount == 0) continue;
    if (placement.object.isObject()) {
      isInstanced[i] = true;
    } else {
      flat.push_back(static_cast<uint32_t>(i));
    }
  }
  // What is small goes into tiles first: a bollard is not worth a transform, and a house is. A copy of a large mesh is
  // what costs memory.
  std::stable_sort(flat.begin(), flat.end(),
                   [&](uint32_t a, uint32_t b) { return bytesOf(content.scenery[a]) < bytesOf(content.scenery[b]); });
  size_t bytes = 0, kept = 0;
  while (kept < flat.size() && bytes + bytesOf(content.scenery[flat[kept]]) <= options.flattenBudgetBytes)
    bytes += bytesOf(content.scenery[flat[kept++]]);
  for (size_t i = kept; i < flat.size(); ++i) isInstanced[flat[i]] = true;
  flat.resize(kept);
  std::sort(flat.begin(), flat.end());
  Flattener flattener(options.tileSize_m, arrays);
  for (const uint32_t i : flat) flattener.add(content.scenery[i]);
  flattener.moveTo(arrays);
  for (size_t i = 0; i < content.scenery.size(); ++i) {
    const content::StaticPlacement& placement = content.scenery[i];
    if (isInstanced[i])
      arrays.standing.push_back({placement.mesh.value, placement.object.value, placement.worldFromMesh});
  }
}

}  // namespace nightfog::trace
