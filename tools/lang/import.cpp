#include "tools/lang/import.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "engine/openscenario/import.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"

namespace nightfog::lang {
namespace {

struct ImportArguments {
  std::vector<std::filesystem::path> files;
  std::filesystem::path folder;
  bool json = false;
};

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

}  // namespace

void addImport(CLI::App& app, std::function<ExitCode()>& chosen) {
  auto arguments = std::make_shared<ImportArguments>();
  CLI::App* command =
      app.add_subcommand("import", "Turn OpenSCENARIO 1.x files into scenarios, and say what became of each element");
  command->footer(
      "Example:\n  nightfog import cut-in.xosc -o imported\n\n"
      "Writes cut_in.scn.yaml, the map beside it, and the report: cut_in.import.txt and .json.\n"
      "Exit codes: 0 nothing refused, 1 something refused (the scenario is written without it), 2 usage");
  command->add_option("FILE", arguments->files, "OpenSCENARIO files")->required();
  command->add_option("-o,--output", arguments->folder, "Folder to write; a folder below it for each of several files")
      ->required();
  command->add_flag("--json", arguments->json, "The reports as JSON, one a line");
  command->callback([arguments, &chosen] { chosen = [arguments] { return importFiles(*arguments); }; });
}

}  // namespace nightfog::lang
