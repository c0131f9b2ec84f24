#include <fmt/format.h>

#include "engine/core/files.hpp"
#include "tools/lang/format_text.hpp"
#include "tools/lang/lang_commands.hpp"

namespace nightfog::lang {

ExitCode format(const FormatArguments& arguments) {
  size_t changed = 0;
  for (const auto& file : scenarioFiles(arguments.files, Suites::kToo)) {
    const std::string text = readFile(file);
    const std::string formatted = formatText(text);
    if (formatted == text) continue;
    ++changed;
    fmt::print("{}\n", file.string());
    if (!arguments.checkOnly) writeFileAtomically(file, formatted);
  }
  return arguments.checkOnly && changed > 0 ? ExitCode::kDiagnostics : ExitCode::kOk;
}

}  // namespace nightfog::lang
