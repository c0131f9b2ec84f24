// `nightfog world`: the moving world without sensors, as a table.
#include <fmt/format.h>

#include "engine/core/files.hpp"
#include "engine/play/play.hpp"
#include "tools/cli/commands.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"

namespace nightfog::cli {

ExitCode world(const WorldArguments& arguments) {
  const lang::InstalledLibrary library(lang::dataFolder());
  const auto chosen = scenario::loadScenarioTemplate(arguments.scenario, library.forFile(arguments.scenario));
  const scenario::Scenario run = scenario::sample(chosen, arguments.seed, arguments.run);
  const play::Played played = play::playWorld(run, library.catalog(), SimTime::fromSeconds(arguments.interval_s));
  const std::string csv = play::toCsv(played.rows);
  if (arguments.csv.empty())
    fmt::print("{}", csv);
  else
    writeFileAtomically(arguments.csv, csv);
  if (!arguments.trace.empty()) writeFileAtomically(arguments.trace, events::toJson(played.trace));
  return ExitCode::kOk;
}

}  // namespace nightfog::cli
