#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>

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

namespace {

/// A subcommand whose arguments live as long as the command line.
template <class Arguments>
CLI::App* add(CLI::App& app, std::function<ExitCode()>& chosen, const char* name, const char* what, const char* footer,
              ExitCode (*run)(const Arguments&), const std::shared_ptr<Arguments>& arguments) {
  CLI::App* command = app.add_subcommand(name, what);
  command->footer(footer);
  command->callback([arguments, run, &chosen] { chosen = [arguments, run] { return run(*arguments); }; });
  return command;
}

void addReportOptions(CLI::App& command, const std::shared_ptr<CheckArguments>& arguments) {
  static const std::map<std::string, ReportFormat> kFormats{{"text", ReportFormat::kText},
                                                            {"json", ReportFormat::kJson},
                                                            {"sarif", ReportFormat::kSarif},
                                                            {"github", ReportFormat::kGithub}};
  command.add_option("FILE", arguments->files, "Scenario files, or folders of them (*.scn.yaml)")->required();
  command.add_option("--format", arguments->format, "text, json (one object a line), sarif, github (annotations)")
      ->transform(CLI::CheckedTransformer(kFormats, CLI::ignore_case));
  command.add_flag_callback(
      "--json", [arguments] { arguments->format = ReportFormat::kJson; }, "As --format json");
  command.add_flag("--fix", arguments->fix, "Write what is mended for certain into the files");
}

void addChecks(CLI::App& app, std::function<ExitCode()>& chosen) {
  {
    auto arguments = std::make_shared<CheckArguments>();
    addReportOptions(*add(app, chosen, "check", "Check scenario files without running them (no GPU needed)",
                          "Example:\n  nightfog-lang check scenarios --format github\n\n"
                          "Exit codes: 0 nothing wrong, 1 errors, 2 usage",
                          check, arguments),
                     arguments);
  }
  {
    auto arguments = std::make_shared<CheckArguments>();
    arguments->isLint = true;
    addReportOptions(*add(app, chosen, "lint", "check, and rules of style and risk; any finding is exit code 1",
                          "Example:\n  nightfog-lang lint scenarios/flagship\n\n"
                          "A line allows a rule: `# lint: allow L0206 measured elsewhere`",
                          check, arguments),
                     arguments);
  }
  {
    auto arguments = std::make_shared<FormatArguments>();
    auto* command = add(app, chosen, "fmt", "One canonical look; comments stay. Prints the files it changes",
                        "Example:\n  nightfog-lang fmt --check scenarios", format, arguments);
    command->add_option("FILE", arguments->files, "Scenario files, or folders of them")->required();
    command->add_flag("--check", arguments->checkOnly, "Change nothing; exit code 1 when something would change");
  }
  {
    auto arguments = std::make_shared<MigrateArguments>();
    auto* command = add(app, chosen, "migrate", "Carry older files to the present form of the language",
                        "Example:\n  nightfog-lang migrate --check scenarios", migrate, arguments);
    command->add_option("FILE", arguments->files, "Scenario files, or folders of them")->required();
    command->add_flag("--check", arguments->checkOnly, "Change nothing; exit code 1 when something would change");
  }
  {
    auto arguments = std::make_shared<ImportArguments>();
    auto* command =
        add(app, chosen, "import", "Turn OpenSCENARIO 1.x files into scenarios, and say what became of each element",
            "Example:\n  nightfog-lang import cut-in.xosc -o imported\n\n"
            "Exit codes: 0 nothing refused, 1 something refused (the scenario is written without it), 2 usage",
            importFiles, arguments);
    command->add_option("FILE", arguments->files, "OpenSCENARIO files")->required();
    command
        ->add_option("-o,--output", arguments->folder, "Folder to write; a folder below it for each of several files")
        ->required();
    command->add_flag("--json", arguments->json, "The reports as JSON, one a line");
  }
}

void addRuns(CLI::App& app, std::function<ExitCode()>& chosen) {
  {
    auto arguments = std::make_shared<ResolveArguments>();
    auto* command =
        add(app, chosen, "resolve", "Print one run as a concrete scenario: everything drawn, nothing imported",
            "Example:\n  nightfog-lang resolve scenarios/flagship/night_fog_tyre_dartout.scn.yaml --run 3 > "
            "run.scn.yaml",
            resolve, arguments);
    command->add_option("FILE", arguments->file, "Scenario file")->required();
    command->add_option("--seed", arguments->seed, "Root seed instead of the file's");
    command->add_option("--run", arguments->run, "Index of the run, as `expand` lists them");
  }
  {
    auto arguments = std::make_shared<ExpandArguments>();
    auto* command = add(app, chosen, "expand", "List the runs a scenario or a suite stands for, with their ids",
                        "Example:\n  nightfog-lang expand scenarios/flagship/night_fog_tyre_dartout.scn.yaml --json",
                        expand, arguments);
    command->add_option("FILE", arguments->file, "Scenario file")->required();
    command->add_option("--seed", arguments->seed, "Root seed instead of the file's");
    command->add_option("--runs", arguments->runs, "How many, of a file without a sweep")
        ->check(CLI::Range(1u, 100'000u));
    command->add_flag("--json", arguments->json, "An array with one entry a run");
  }
  {
    auto arguments = std::make_shared<DiffArguments>();
    auto* command = add(app, chosen, "diff", "What two scenarios differ in, by meaning",
                        "Example:\n  nightfog-lang diff before.scn.yaml after.scn.yaml\n\nExit code 1 when they differ",
                        diff, arguments);
    command->add_option("BEFORE", arguments->before, "Scenario file")->required();
    command->add_option("AFTER", arguments->after, "Scenario file")->required();
    command->add_flag("--json", arguments->json, "An array with one entry a difference");
  }
  {
    auto arguments = std::make_shared<CoverageArguments>();
    auto* command = add(app, chosen, "coverage", "Count tags, bins of parameters, and combinations of them",
                        "Example:\n  nightfog-lang coverage scenarios --strength 2", coverage, arguments);
    command->add_option("FILE", arguments->files, "Scenario files, or folders of them")->required();
    command->add_option("--bins", arguments->bins, "Bins of each parameter")->check(CLI::Range(1u, 100u));
    command->add_option("--strength", arguments->strength, "t of the t-way combinations")->check(CLI::Range(1u, 4u));
    command->add_option("--runs", arguments->runs, "At most so many runs of each file")->check(CLI::Range(1u, 10'000u));
    command->add_flag("--json", arguments->json, "One JSON object");
  }
}

void addHelp(CLI::App& app, std::function<ExitCode()>& chosen) {
  {
    auto arguments = std::make_shared<SchemaArguments>();
    auto* command =
        add(app, chosen, "schema", "Print the language's JSON Schema, or its reference page",
            "Example:\n  nightfog-lang schema scenario > scenarios/schema/scenario.v1.schema.json", schema, arguments);
    command->add_option("KIND", arguments->kind, "scenario, rig or library");
    command->add_flag("--reference", arguments->reference, "The tables as Markdown instead");
  }
  {
    auto arguments = std::make_shared<ExplainArguments>();
    auto* command =
        add(app, chosen, "explain", "What a code means", "Example:\n  nightfog-lang explain E0412", explain, arguments);
    command->add_option("CODE", arguments->code, "A code; none: all of them");
  }
  {
    auto arguments = std::make_shared<NewArguments>();
    auto* command = add(app, chosen, "new", "Begin a scenario: a small one that is sound",
                        "Example:\n  nightfog-lang new cut_in -o scenarios/cut_in.scn.yaml", newScenario, arguments);
    command->add_option("ID", arguments->id, "The scenario's id")->required();
    command->add_option("-o,--output", arguments->file, "File to write; ID.scn.yaml if absent");
  }
}

}  // namespace

void addCommands(CLI::App& app, std::function<ExitCode()>& chosen) {
  addChecks(app, chosen);
  addRuns(app, chosen);
  addHelp(app, chosen);
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
