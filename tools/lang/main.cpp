// nightfog-lang: the language tools alone, for perception repositories that only check their scenario files.
#include <CLI/CLI.hpp>

#include "tools/lang/lang_commands.hpp"

int main(int argc, char** argv) {
  CLI::App app("nightfog's language tools", "nightfog-lang");
  std::function<nightfog::ExitCode()> chosen;
  nightfog::lang::addCommands(app, chosen);
  return nightfog::lang::runCommandLine(app, chosen, argc, argv);
}
