// Exit codes of the farm's commands: those of sysexits.h, which schedulers' retry rules are written with. tools/farm's
// README says which a scheduler should try again.
#pragma once

#include <string_view>

#include "engine/core/error.hpp"

namespace nightfog::farm {

constexpr ExitCode kFarmUsage{64};
constexpr ExitCode kBadData{65};       ///< a scenario, an asset or a plan is wrong: trying again cannot help
constexpr ExitCode kNoInput{66};       ///< a file that was named is not there
constexpr ExitCode kCannotCreate{73};  ///< the output folder cannot be written

/// Whether a command line speaks sysexits: plan, merge, farm, and render with --plan.
bool speaksSysexits(int argc, const char* const* argv);
/// The code a command line ends with: what all commands throw (1, 2, 74 …) in the farm's terms, and the other way
/// round.
int exitCodeFor(int code, bool isFarm);

}  // namespace nightfog::farm
