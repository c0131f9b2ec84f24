#include "tools/lang/sumo.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "engine/core/files.hpp"
#include "engine/road/opendrive.hpp"
#include "engine/sumo/export.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"

namespace nightfog::lang {
namespace {

struct SumoArguments {
  std::filesystem::path map;
  std::filesystem::path folder;
};

ExitCode exportSumo(const SumoArguments& arguments) {
  const InstalledLibrary library(dataFolder());
  const sumo::Export made = sumo::exportNetwork(road::loadOpenDrive(arguments.map), library.catalog());
  std::filesystem::create_directories(arguments.folder);
  const std::string name = arguments.map.stem().string();
  const std::filesystem::path network = arguments.folder / (name + ".net.xml");
  writeFileAtomically(network, made.network);
  writeFileAtomically(arguments.folder / "nightfog.vtypes.xml", made.vehicleTypes);
  fmt::print("{}: {} edges, {} lanes, {} junctions, {} connections, {} with lights\n", network.string(), made.edges,
             made.lanes, made.junctions, made.connections, made.lights);
  return ExitCode::kOk;
}

}  // namespace

void addSumo(CLI::App& app, std::function<ExitCode()>& chosen) {
  CLI::App* sumo = app.add_subcommand("sumo", "Maps for SUMO; its traces come back with `traffic: {trace: …}`");
  sumo->require_subcommand(1);
  auto arguments = std::make_shared<SumoArguments>();
  CLI::App* command = sumo->add_subcommand("export", "Turn an OpenDRIVE map into a SUMO network");
  command->footer(
      "Example:\n  nightfog sumo export town.xodr -o sumo\n"
      "  sumo -n sumo/town.net.xml -a sumo/nightfog.vtypes.xml -r routes.rou.xml --fcd-output town.fcd.xml.gz\n\n"
      "Writes town.net.xml, whose coordinates are the map's, and nightfog.vtypes.xml: our assets as vehicle types.");
  command->add_option("MAP", arguments->map, "OpenDRIVE file")->required();
  command->add_option("-o,--output", arguments->folder, "Folder to write")->required();
  command->callback([arguments, &chosen] { chosen = [arguments] { return exportSumo(*arguments); }; });
}

}  // namespace nightfog::lang
