// nightfog-import: other people's scenario files become scenarios; no GPU, meshes or physics linked.
#include <CLI/CLI.hpp>

#include "tools/lang/import.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/sumo.hpp"

int main(int argc, char** argv) {
  CLI::App app("nightfog's reader of other people's scenario files", "nightfog-import");
  std::function<nightfog::ExitCode()> chosen;
  nightfog::lang::addImport(app, chosen);
  nightfog::lang::addSumo(app, chosen);
  return nightfog::lang::runCommandLine(app, chosen, argc, argv);
}
