// `nightfog sumo`: our maps for SUMO.
#pragma once

#include <functional>

#include "engine/core/error.hpp"

namespace CLI {
class App;
}

namespace nightfog::lang {

void addSumo(CLI::App& app, std::function<ExitCode()>& chosen);

}  // namespace nightfog::lang
