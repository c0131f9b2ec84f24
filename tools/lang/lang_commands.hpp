// The commands that only speak the language: no GPU, no meshes. `nightfog-lang` is made of them, and `nightfog` has
// them too. Results go to stdout, findings for people to stderr.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "tools/lang/report.hpp"

namespace CLI {
class App;
}

namespace nightfog::lang {

/// Where assets, profiles and the standard scenarios are: $NIGHTFOG_DATA, else share/nightfog beside the executable's
/// folder, else the source tree this was built from. Throws Error when none of them is there.
std::filesystem::path dataFolder();

struct CheckArguments {
  std::vector<std::filesystem::path> files;  ///< or folders: every *.scn.yaml below
  ReportFormat format = ReportFormat::kText;
  bool fix = false;     ///< writes what is mended for certain
  bool isLint = false;  ///< rules of style and risk as well; any finding is exit code 1
};
ExitCode check(const CheckArguments& arguments);

struct FormatArguments {
  std::vector<std::filesystem::path> files;
  bool checkOnly = false;
};
ExitCode format(const FormatArguments& arguments);

struct SchemaArguments {
  std::string kind = "scenario";  ///< scenario, rig, library, weather, suite
  bool reference = false;         ///< the tables as Markdown instead
};
ExitCode schema(const SchemaArguments& arguments);

struct ResolveArguments {
  std::filesystem::path file;
  std::optional<uint64_t> seed;
  uint32_t run = 0;
};
ExitCode resolve(const ResolveArguments& arguments);

struct ExpandArguments {
  std::filesystem::path file;
  std::optional<uint64_t> seed;
  std::optional<uint32_t> runs;  ///< of a file without a sweep
  bool json = false;
};
ExitCode expand(const ExpandArguments& arguments);

struct DiffArguments {
  std::filesystem::path before, after;
  bool json = false;
};
/// Exit code 1 when they differ in meaning.
ExitCode diff(const DiffArguments& arguments);

struct ExplainArguments {
  std::string code;  ///< empty: all, one a line
};
ExitCode explain(const ExplainArguments& arguments);

struct ImportArguments {
  std::vector<std::filesystem::path> files;
  std::filesystem::path folder;
  bool json = false;
};
ExitCode importFiles(const ImportArguments& arguments);

struct MigrateArguments {
  std::vector<std::filesystem::path> files;
  bool checkOnly = false;
};
ExitCode migrate(const MigrateArguments& arguments);

struct CoverageArguments {
  std::vector<std::filesystem::path> files;
  uint32_t bins = 4;
  uint32_t strength = 2;  ///< t: which combinations of features are counted
  uint32_t runs = 20;     ///< at most so many runs of each file
  bool json = false;
};
ExitCode coverage(const CoverageArguments& arguments);

struct NewArguments {
  std::string id;
  std::filesystem::path file;  ///< empty: <id>.scn.yaml
};
ExitCode newScenario(const NewArguments& arguments);

/// Adds the language commands to a command line. After parsing, `chosen` runs the one that was asked for.
void addCommands(CLI::App& app, std::function<ExitCode()>& chosen);

/// Parses, runs, prints errors with their help on stderr; the process's exit code.
int runCommandLine(CLI::App& app, std::function<ExitCode()>& chosen, int argc, char** argv);

enum class Suites { kNot, kToo };
/// Files as they are, folders as the scenario files (and the suites) below them, sorted. Throws Error for what is not
/// there.
std::vector<std::filesystem::path> scenarioFiles(const std::vector<std::filesystem::path>& given,
                                                 Suites suites = Suites::kNot);

}  // namespace nightfog::lang
