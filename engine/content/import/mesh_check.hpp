// What is wrong with an imported asset: size against class, axes, ground, box, sides, holes, pictures, names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/content/import/import_model.hpp"

namespace nightfog::content {

/// One finding. Codes ("A03") are stable and listed in the folder's README. An error makes the asset unfit for use as
/// it is; a warning is worth a look.
struct MeshFinding {
  bool isError = false;
  std::string_view code;
  std::string message;
  std::string help;
};

/// Sizes that things of a class have, m; zero: no opinion.
struct PlausibleSize {
  glm::dvec3 least{0};
  glm::dvec3 most{0};
};
PlausibleSize plausibleSize(ClassId semantic);

/// In the order of the codes. `model` is what importModel() returned with `report`.
std::vector<MeshFinding> checkMesh(const catalog::AssetInfo& asset, const Model& model, const SceneContent& content,
                                   const ImportReport& report);

}  // namespace nightfog::content
