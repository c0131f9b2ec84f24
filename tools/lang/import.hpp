// `import`: other people's scenario files. A program and a library of its own: who only checks scenarios builds
// neither.
#pragma once

#include <functional>

#include "engine/core/error.hpp"

namespace CLI {
class App;
}

namespace nightfog::lang {

/// As addCommands() of lang_commands.hpp.
void addImport(CLI::App& app, std::function<ExitCode()>& chosen);

}  // namespace nightfog::lang
