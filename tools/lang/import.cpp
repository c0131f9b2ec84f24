#include <fmt/format.h>

#include "engine/openscenario/import.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"

namespace nightfog::lang {

/// Several files: what one of them is wrong with does not keep the others from being read.
ExitCode importFiles(const ImportArguments& arguments) {
  const InstalledLibrary library(dataFolder());
  bool isWhole = true;
  for (const std::filesystem::path& file : arguments.files) {
    try {
      const openscenario::Import made = openscenario::importOpenScenario(file, library.catalog());
      const bool isAlone = arguments.files.size() == 1;
      const auto written = writeImport(made, isAlone ? arguments.folder : arguments.folder / made.id);
      isWhole = isWhole && made.report.count(openscenario::Outcome::kRefused) == 0;
      if (arguments.json) {
        fmt::print("{}", toJson(made.report));
      } else {
        fmt::print("{}\n{}", written.string(), toText(made.report));
      }
    } catch (const Error& error) {
      if (arguments.files.size() == 1) throw;
      isWhole = false;
      fmt::print(stderr, "error: {}\n  help: {}\n", error.what(), error.help());
    }
  }
  return isWhole ? ExitCode::kOk : ExitCode::kDiagnostics;
}

}  // namespace nightfog::lang
