// From what a file says of a mesh to where it lies and how it is used.
#pragma once

#include "engine/catalog/asset_file.hpp"
#include "engine/config/diagnostics.hpp"

namespace nightfog::catalog {

/// Reads the `mesh:` of a family's assets; `folder` is the file's own.
class MeshSourceReader {
 public:
  MeshSourceReader(const AssetFamily& family, const std::filesystem::path& folder, config::Diagnostics& diagnostics)
      : family_(family), folder_(folder), diagnostics_(diagnostics) {}

  MeshSource read(const config::Located<MeshEntry>& located, const AssetInfo& asset);

 private:
  void findRoot(const MeshEntry& entry, MeshSource& mesh);
  void readFile(const MeshEntry& entry, MeshSource& mesh);
  void checkSize(const config::Located<MeshEntry>& located);

  const AssetFamily& family_;
  const std::filesystem::path& folder_;
  config::Diagnostics& diagnostics_;
};

/// Reports roots that are no absolute paths.
void checkRoots(const AssetFamily& family, config::Diagnostics& diagnostics);

}  // namespace nightfog::catalog
