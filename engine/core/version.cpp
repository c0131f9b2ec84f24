#include "engine/core/version.hpp"
namespace nightfog {
std::string_view engineVersion() {
  return NIGHTFOG_VERSION;
}
}  // namespace nightfog
