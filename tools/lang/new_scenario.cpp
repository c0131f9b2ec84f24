#include <fmt/format.h>

#include "engine/config/codec.hpp"
#include "engine/core/files.hpp"
#include "tools/lang/lang_commands.hpp"

namespace nightfog::lang {
namespace fs = std::filesystem;

namespace {

constexpr const char* kSkeleton = R"yaml(# yaml-language-server: $schema={schema}
format: scenario/1
id: {id}
title: A car follows its lane past a parked van
tags: {{layers: [L4]}}
seed: 1

world:
  road:
    line: [{{straight: 200 m}}]
    lanes:
      left: [{{name: oncoming, width: 3.25 m}}]
      right: [{{name: ego_lane, width: 3.25 m}}, {{name: kerbside, kind: parking, width: 2.2 m}}]
  time_of_day: "15:30"
  duration: 4 s

params:
  speed: {{normal: {{mean: 50 km/h, sd: 2 km/h, clip: [45 km/h, 55 km/h]}}}}

actors:
  ego: {{asset: vehicle.sedan, place: {{lane: ego_lane, s: 40 m}}, behavior: {{follow_lane: {{speed: $speed}}}}}}
  van: {{asset: vehicle.van.white, place: {{lane: kerbside, s: 90 m}}}}

sensors:
  top:
    kind: lidar
    profile: velodyne.vlp16
    mount: {{actor: ego, xyz: [1.2 m, 0 m, 1.9 m]}}

expect:
  - {{id: van_is_seen, check: "eventually lidar_points(top, van) >= 20"}}
  - {{id: nobody_is_hit, check: "never collided(ego, van)"}}
)yaml";

}  // namespace

ExitCode newScenario(const NewArguments& arguments) {
  config::Diagnostics diagnostics;
  config::ReadContext context{diagnostics};
  config::Place place;
  place.file = "id";
  if (!config::checkIdentifier(arguments.id, place, false, context))
    throw Error(ExitCode::kUsage, fmt::format("'{}' is not a scenario's id", arguments.id),
                "a letter, then letters, digits or '_'");
  const fs::path file = arguments.file.empty() ? fs::path(arguments.id + ".scn.yaml") : arguments.file;
  std::error_code error;
  if (fs::exists(file, error))
    throw Error(ExitCode::kUsage, fmt::format("{} exists", file.string()), "choose another name");
  const std::string schema = (dataFolder() / "scenarios" / "schema" / "scenario.v1.schema.json").string();
  writeFileAtomically(file,
                      fmt::format(fmt::runtime(kSkeleton), fmt::arg("id", arguments.id), fmt::arg("schema", schema)));
  fmt::print("{}\n", file.string());
  return ExitCode::kOk;
}

}  // namespace nightfog::lang
