#include "tools/farm/exit_codes.hpp"

namespace nightfog::farm {

bool speaksSysexits(int argc, const char* const* argv) {
  if (argc < 2) return false;
  const std::string_view command = argv[1];
  if (command == "plan" || command == "merge" || command == "farm") return true;
  if (command != "render") return false;
  for (int i = 2; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--plan" || argument.starts_with("--plan=")) return true;
  }
  return false;
}

int exitCodeFor(int code, bool isFarm) {
  const auto is = [&](ExitCode other) { return code == static_cast<int>(other); };
  if (isFarm) {
    if (is(ExitCode::kDiagnostics)) return static_cast<int>(kBadData);
    if (is(ExitCode::kUsage)) return static_cast<int>(kFarmUsage);
    return code;
  }
  if (is(kBadData)) return static_cast<int>(ExitCode::kDiagnostics);
  if (is(kFarmUsage)) return static_cast<int>(ExitCode::kUsage);
  if (is(kNoInput) || is(kCannotCreate)) return static_cast<int>(ExitCode::kIo);
  return code;
}

}  // namespace nightfog::farm
