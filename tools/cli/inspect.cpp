#include "engine/record/inspect.hpp"

#include <fmt/format.h>

#include "tools/cli/commands.hpp"
#include "tools/cli/record_path.hpp"

namespace nightfog::cli {

ExitCode inspect(const InspectArguments& arguments) {
  const auto record = recordPath(arguments.record);
  fmt::print("{}", arguments.json ? record::inspectJson(record) : record::inspectText(record));
  return ExitCode::kOk;
}

}  // namespace nightfog::cli
