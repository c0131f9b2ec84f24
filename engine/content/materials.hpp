// The material table: names, five-band reflectances with their sources, and the procedural textures they use.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "engine/content/scene.hpp"

namespace nightfog::content {

/// Reads `assets/materials.yaml` (format: materials/1) into `content`, with the textures the materials name. Call it
/// once, first. Throws config::DiagnosticsError with places when the file is wrong.
void loadMaterials(const std::filesystem::path& file, SceneContent& content);

/// The material of that name. Throws Error when there is none.
MaterialId findMaterial(const SceneContent& content, std::string_view name);

/// The procedural alpha textures: "leaf_cluster", "needle_cluster", "grass_tuft".
std::span<const std::string_view> textureNames();
/// One of them; drawn from fixed shapes, the same for ever.
Texture makeTexture(std::string_view name);

}  // namespace nightfog::content
