// Rules of style and risk that a sound file may still break. `check` says what is wrong; these say what will be
// regretted.
#pragma once

#include "engine/scenario/template.hpp"

namespace nightfog::lang {

/// L0205 … L0210, W0402, W0601. Empty for a file that is not sound: `check` speaks first.
std::vector<config::Diagnostic> lintFile(const std::filesystem::path& file, const scenario::Library& library);

}  // namespace nightfog::lang
