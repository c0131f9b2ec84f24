#include "tools/cli/machine.hpp"

#include <cstdlib>

namespace nightfog::cli {

std::filesystem::path cacheFolder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return std::filesystem::path(cache) / "nightfog";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return std::filesystem::path(home) / ".cache" / "nightfog";
  }
  return {};
}

}  // namespace nightfog::cli
