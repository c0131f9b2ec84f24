// Anybody's mesh as a model of ours: axes, size, parts and materials by what the asset file says.
#pragma once

#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/import/band_rule.hpp"
#include "engine/content/mesh_builder.hpp"
#include "engine/content/scene.hpp"
#include "engine/mesh_file/mesh_file.hpp"

namespace nightfog::content {

/// What became of one of the file's materials.
struct ImportedMaterial {
  std::string fileName;  ///< as the file calls it
  std::string picture;   ///< of its base colour; empty: none
  std::string ours;      ///< the material of the table that replaced it; empty: by rule
  SurfaceKind kind = SurfaceKind::kPaint;
  std::array<float, 5> reflectance{};
  bool hasHoles = false;  ///< its alpha lets rays through
  size_t triangles = 0;
};

/// A movement that the file holds.
struct ImportedClip {
  std::string name;
  double duration_s = 0;
};

/// What importing found out, for `nightfog asset` and for tests.
struct ImportReport {
  std::string format;
  glm::dvec3 fileSize{0};  ///< of what is left in, in units of the file, along our axes
  double scale = 1;        ///< metres in a unit of the file
  Bounds bounds;           ///< of the geometry in the asset's frame; without wheels of ours
  size_t triangles = 0;
  size_t degenerate = 0;  ///< left out: no area
  size_t notNumbers = 0;  ///< left out: a corner that is NaN, infinite or absurdly far
  size_t doubles = 0;     ///< left out: the inner of two faces back to back
  size_t edges = 0;
  size_t openEdges = 0;
  size_t crowdedEdges = 0;   ///< of three or more triangles
  size_t contraryEdges = 0;  ///< of neighbours that face opposite sides
  size_t pieces = 0;
  size_t turnedPieces = 0;
  double backShareOfFile = 0;  ///< of what is seen from outside, the share that shows backs of faces; as in the file
  double backShare = 0;        ///< as imported
  std::vector<std::string> nodes;  ///< names
  std::vector<ImportedClip> clips;
  size_t movingParts = 0;                   ///< that the clip moves as a whole
  size_t bendingParts = 0;                  ///< that it bends
  double drift_m = 0;                       ///< how far the clip carries the middle of the model over the ground
  std::vector<std::string> emptyParts;      ///< parts without geometry
  std::vector<std::string> unusedPatterns;  ///< that fit nothing
  std::vector<std::string> missingTextures;
  std::vector<std::string> warnings;
  std::vector<ImportedMaterial> materials;
};

/// Builds an asset whose `mesh` is set. Meshes, materials and pictures that `content` already holds of it are used
/// again. Where the file has a base colour picture it becomes the material's colour texture; its alpha becomes holes
/// where the file says so (or says nothing and uses it); a blended material without a picture becomes glass by degrees.
/// Where the asset names a clip the model stands as at its start and moves by Model::clip.
/// Deterministic. Throws Error: a package that is not installed (named), a file that is refused (why), a material that
/// does not exist.
Model importModel(const catalog::AssetInfo& asset, SceneContent& content, ImportReport* report = nullptr);

/// The same from a file that has been read.
Model importModel(const catalog::AssetInfo& asset, const mesh_file::MeshFile& file, SceneContent& content,
                  ImportReport& report);

/// Reads the file of an asset's mesh. Throws as importModel() does.
mesh_file::MeshFile readMeshOf(const catalog::AssetInfo& asset);

}  // namespace nightfog::content
