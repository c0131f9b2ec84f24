#include "engine/record/inspect.hpp"

#include <fmt/format.h>

#include "tools/cli/commands.hpp"
#include "tools/cli/record_path.hpp"

namespace nightfog::cli {

ExitCode inspect(const InspectArguments& arguments) {
  const auto record = recordPath(arguments.record);
  if (!arguments.sensor.empty() && !arguments.frame)
    throw Error(ExitCode::kUsage, "--sensor without --frame", "say which frame's labels to print, such as --frame 12");
  const record::InspectRequest request{arguments.frame, arguments.sensor};
  fmt::print("{}", arguments.json ? record::inspectJson(record, request) : record::inspectText(record, request));
  return ExitCode::kOk;
}

}  // namespace nightfog::cli
