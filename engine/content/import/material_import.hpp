// Materials of a mesh file as materials of ours.
#pragma once

#include "engine/content/import/import_model.hpp"
#include "engine/content/import/triangle_soup.hpp"

namespace nightfog::content {

/// One of ours for each of the file's that a triangle uses (others: invalid).
std::vector<MaterialId> importMaterials(const catalog::AssetInfo& asset, const mesh_file::MeshFile& file,
                                        const TriangleSoup& soup, SceneContent& content, ImportReport& report);

}  // namespace nightfog::content
