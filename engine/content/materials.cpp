#include "engine/content/materials.hpp"

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace nightfog::content {

MaterialId findMaterial(const SceneContent& content, std::string_view name) {
  for (size_t i = 0; i < content.materials.size(); ++i) {
    if (content.materials[i].name == name) return MaterialId(static_cast<uint32_t>(i));
  }
  throw Error(ExitCode::kDiagnostics, fmt::format("There is no material '{}'.", name),
              "The materials are those of assets/materials.yaml; they must be loaded before anything is built.");
}

}  // namespace nightfog::content
