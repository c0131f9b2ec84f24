#include "tools/lang/library.hpp"

#include <algorithm>

namespace nightfog::lang {
namespace fs = std::filesystem;
namespace {

bool isBelow(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

}  // namespace

InstalledLibrary::InstalledLibrary(const fs::path& dataFolder)
    : dataFolder_(fs::weakly_canonical(dataFolder)),
      catalog_(catalog::loadCatalog(dataFolder / "assets")),
      shared_(scenario::makeSharedFiles(dataFolder_)) {}

scenario::Library InstalledLibrary::forFile(const fs::path& file) const {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(fs::absolute(file, error), error);
  fs::path root = whole.parent_path();
  if (isBelow(whole, dataFolder_)) {
    root = dataFolder_;
  } else {
    for (fs::path folder = root; folder.has_relative_path(); folder = folder.parent_path()) {
      if (!fs::exists(folder / ".git", error)) continue;
      root = folder;
      break;
    }
  }
  return {catalog_, dataFolder_, root, shared_};
}

}  // namespace nightfog::lang
