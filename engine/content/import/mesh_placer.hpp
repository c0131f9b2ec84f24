// From a file's nodes to triangles in the asset's frame: the walk over the nodes, axes, scale and place.
#pragma once

#include "engine/content/import/import_model.hpp"
#include "engine/content/import/triangle_soup.hpp"

namespace nightfog::content {

/// Everything that is left in, in the asset's frame: at rest, or at the samples of a clip of the file. Throws Error
/// when nothing is.
TriangleSoup placeMesh(const catalog::AssetInfo& asset, const mesh_file::MeshFile& file,
                       const mesh_file::FileClip* clip, ImportReport& report);

}  // namespace nightfog::content
