#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"

namespace nightfog::lang {

ExitCode check(const CheckArguments& arguments) {
  const InstalledLibrary library(dataFolder());
  size_t errors = 0;
  size_t others = 0;
  for (const auto& file : arguments.files) {
    const auto findings = scenario::checkScenarioFile(file, library.forFile(file));
    for (const auto& finding : findings) ++(finding.severity == config::Severity::kError ? errors : others);
    if (arguments.json) {
      fmt::print("{}", config::renderJsonLines(findings));
    } else {
      fmt::print(stderr, "{}", config::renderText(findings));
    }
  }
  if (!arguments.json) {
    fmt::print(stderr, "{} {} checked: {} {}, {} {}\n", arguments.files.size(),
               arguments.files.size() == 1 ? "file" : "files", errors, errors == 1 ? "error" : "errors", others,
               others == 1 ? "warning" : "warnings");
  }
  return errors > 0 ? ExitCode::kDiagnostics : ExitCode::kOk;
}

}  // namespace nightfog::lang
