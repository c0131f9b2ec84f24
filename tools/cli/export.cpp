#include <fmt/format.h>

#include "exporters/builtin.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/record_path.hpp"

namespace nightfog::cli {

ExitCode exportRecords(const ExportArguments& arguments) {
  std::vector<std::filesystem::path> records;
  for (const auto& given : arguments.records) records.push_back(recordPath(given));
  const auto files = exporters::exportRecords(
      arguments.format, records, arguments.out,
      {arguments.sensors, arguments.rate_hz, arguments.rectify, arguments.carryMoving, arguments.firstFrame},
      arguments.overwrite ? exporters::Existing::kReplace : exporters::Existing::kRefuse);
  fmt::print(stderr, "{}: {} files of {} record{}\n", arguments.out.string(), files.size(), records.size(),
             records.size() == 1 ? "" : "s");
  return ExitCode::kOk;
}

}  // namespace nightfog::cli
