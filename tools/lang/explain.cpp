#include <fmt/format.h>

#include "engine/config/codes.hpp"
#include "engine/config/suggest.hpp"
#include "tools/lang/lang_commands.hpp"

namespace nightfog::lang {

ExitCode explain(const ExplainArguments& arguments) {
  if (arguments.code.empty()) {
    for (const auto& info : config::codes()) fmt::print("{}  {}\n", info.code, info.title);
    return ExitCode::kOk;
  }
  const config::CodeInfo* info = config::findCode(arguments.code);
  if (info == nullptr) {
    std::vector<std::string> known;
    for (const auto& code : config::codes()) known.emplace_back(code.code);
    throw Error(ExitCode::kUsage, fmt::format("there is no code '{}'", arguments.code),
                config::suggestionHelp(arguments.code, known));
  }
  fmt::print("{}: {}\n\n{}\n", info->code, info->title, info->explanation);
  return ExitCode::kOk;
}

}  // namespace nightfog::lang
