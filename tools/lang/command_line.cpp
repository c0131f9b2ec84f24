#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "engine/config/diagnostics.hpp"
#include "engine/core/version.hpp"
#include "tools/lang/lang_commands.hpp"

namespace nightfog::lang {
namespace fs = std::filesystem;

fs::path dataFolder() {
  const auto holdsData = [](const fs::path& folder) {
    std::error_code error;
    return fs::is_directory(folder / "assets", error) && fs::is_directory(folder / "sensors" / "profiles", error);
  };
  if (const char* chosen = std::getenv("NIGHTFOG_DATA"); chosen != nullptr && *chosen != '\0') {
    if (holdsData(chosen)) return chosen;
    throw Error(ExitCode::kUsage, fmt::format("NIGHTFOG_DATA={} holds no assets/ and sensors/profiles/", chosen),
                "unset it to use the data installed with nightfog");
  }
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    const fs::path installed = executable.parent_path().parent_path() / "share" / "nightfog";
    if (holdsData(installed)) return installed;
  }
  if (holdsData(NIGHTFOG_SOURCE_DIR)) return NIGHTFOG_SOURCE_DIR;
  throw Error(ExitCode::kIo, "nightfog's assets and sensor profiles are not where they were installed",
              "set NIGHTFOG_DATA to the folder that holds assets/ and sensors/profiles/");
}

void addCommands(CLI::App& app, std::function<ExitCode()>& chosen) {
  {
    auto arguments = std::make_shared<CheckArguments>();
    auto* command = app.add_subcommand("check", "Check scenario files without running them (no GPU needed)");
    command->add_option("FILE", arguments->files, "Scenario files (*.scn.yaml)")->required();
    command->add_flag("--json", arguments->json, "One JSON object a diagnostic, one a line, on stdout");
    command->footer(
        "Example:\n  nightfog check scenarios/urban/parked_van_dartout/scenario.scn.yaml\n\n"
        "Exit codes: 0 nothing wrong, 1 diagnostics, 2 usage");
    command->callback([arguments, &chosen] { chosen = [arguments] { return check(*arguments); }; });
  }
  {
    auto arguments = std::make_shared<ResolveArguments>();
    auto* command =
        app.add_subcommand("resolve", "Print one run as a concrete scenario: everything drawn, nothing imported");
    command->add_option("FILE", arguments->file, "Scenario file")->required();
    command->add_option("--seed", arguments->seed, "Root seed instead of the file's");
    command->add_option("--run", arguments->run, "Index of the run");
    command->footer(
        "Example:\n  nightfog resolve scenarios/urban/parked_van_dartout/scenario.scn.yaml --seed 7 > run.scn.yaml");
    command->callback([arguments, &chosen] { chosen = [arguments] { return resolve(*arguments); }; });
  }
}

int runCommandLine(CLI::App& app, std::function<ExitCode()>& chosen, int argc, char** argv) {
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(engineVersion()));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  }
  try {
    return static_cast<int>(chosen());
  } catch (const config::DiagnosticsError& error) {
    fmt::print(stderr, "{}", error.what());
    return static_cast<int>(error.code());
  } catch (const Error& error) {
    std::fflush(stdout);
    fmt::print(stderr, "error: {}\n", error.what());
    if (!error.help().empty()) fmt::print(stderr, "  help: {}\n", error.help());
    return static_cast<int>(error.code());
  } catch (const std::bad_alloc&) {
    fmt::print(stderr,
               "error: memory is exhausted\n  help: render fewer episodes at once, or on a machine with more memory\n");
    return static_cast<int>(ExitCode::kTryAgain);
  } catch (const std::exception& error) {
    fmt::print(stderr,
               "error: {}\n  help: this is a bug in nightfog; please report it with the command that led here\n",
               error.what());
    return static_cast<int>(ExitCode::kInternal);
  }
}

}  // namespace nightfog::lang
