#include "engine/core/error.hpp"

#include <string_view>

namespace nightfog {

void assertionFailed(const char* condition, const char* file, int line, const std::string& message) {
  std::string_view name(file);
  if (auto slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  throw Error(ExitCode::kInternal, fmt::format("internal error: {} ({}; {}:{})", message, condition, name, line),
              "this is a bug in nightfog; please report it with the command that led here");
}

}  // namespace nightfog
