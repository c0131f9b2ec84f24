// Mesh files as text, written into a folder that goes with the test.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/catalog/asset_info.hpp"
#include "engine/content/scene.hpp"
#include "engine/core/error.hpp"

namespace nightfog::test {

/// A folder of its own, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

/// A closed box from (0, 0, 0) to `size`, faces outwards, as OBJ; `head` comes first (mtllib, usemtl …).
std::string objBox(const glm::dvec3& size, const std::string& head = "");

/// glTF 2.0 of one node with one triangle (0,0,0) (1,0,0) (0,1,0) whose buffer is `tri.bin`; `node` is put into the
/// node's JSON, `material` into the material's.
std::string gltfTriangle(const std::string& node = "", const std::string& material = "");
/// The buffer: three positions, three indices.
std::string gltfTriangleBin();

/// An asset of the mesh `file` in `folder`: class debris, forward +x, up +z, scale 1, in a box about the origin.
catalog::AssetInfo assetOf(const Folder& folder, const std::string& file);

/// Content with the material table of the installation.
content::SceneContent contentWithMaterials();

/// The message of the Error that `action` throws, with its help; empty when it throws none.
template <class Action>
std::string errorOf(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return std::string(error.what()) + " | " + error.help();
  }
  return {};
}

}  // namespace nightfog::test
