// The commands that only speak the language: no GPU, no meshes. `nightfog-lang` is made of them, and `nightfog` has
// them too.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"

namespace CLI {
class App;
}

namespace nightfog::lang {

/// Where assets, profiles and the standard scenarios are: $NIGHTFOG_DATA, else share/nightfog beside the executable's
/// folder, else the source tree this was built from. Throws Error when none of them is there.
std::filesystem::path dataFolder();

struct CheckArguments {
  std::vector<std::filesystem::path> files;
  bool json = false;
};
ExitCode check(const CheckArguments& arguments);

struct ResolveArguments {
  std::filesystem::path file;
  std::optional<uint64_t> seed;
  uint32_t run = 0;
};
ExitCode resolve(const ResolveArguments& arguments);

/// Adds the language commands to a command line. After parsing, `chosen` runs the one that was asked for.
void addCommands(CLI::App& app, std::function<ExitCode()>& chosen);

/// Parses, runs, prints errors with their help on stderr; the process's exit code.
int runCommandLine(CLI::App& app, std::function<ExitCode()>& chosen, int argc, char** argv);

}  // namespace nightfog::lang
