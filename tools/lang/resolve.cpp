#include <fmt/format.h>

#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"

namespace nightfog::lang {

ExitCode resolve(const ResolveArguments& arguments) {
  const InstalledLibrary library(dataFolder());
  const auto chosen = scenario::loadScenarioTemplate(arguments.file, library.forFile(arguments.file));
  fmt::print("{}", scenario::sample(chosen, arguments.seed, arguments.run).resolvedYaml);
  return ExitCode::kOk;
}

}  // namespace nightfog::lang
