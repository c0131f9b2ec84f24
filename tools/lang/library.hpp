// What scenario files on the command line may refer to.
#pragma once

#include <filesystem>

#include "engine/catalog/asset_info.hpp"
#include "engine/scenario/template.hpp"

namespace nightfog::lang {

/// Assets and profiles of the installation; and for each scenario file, how far up its imports may reach.
class InstalledLibrary {
 public:
  explicit InstalledLibrary(const std::filesystem::path& dataFolder);
  const catalog::Catalog& catalog() const { return catalog_; }
  const std::filesystem::path& dataFolder() const { return dataFolder_; }
  /// Imports stay within the repository that holds the file (the nearest folder above it with a .git), or within
  /// nightfog's own data, or else beside the file. Files that several scenarios import are read once.
  scenario::Library forFile(const std::filesystem::path& file) const;

 private:
  std::filesystem::path dataFolder_;
  catalog::Catalog catalog_;
  std::shared_ptr<scenario::SharedFiles> shared_;
};

}  // namespace nightfog::lang
