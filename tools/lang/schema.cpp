#include <fmt/format.h>

#include "engine/config/suggest.hpp"
#include "engine/scenario/functions.hpp"
#include "engine/scenario/language.hpp"
#include "engine/scenario/language_library.hpp"
#include "engine/scenario/language_weather.hpp"
#include "engine/scenario/suite.hpp"
#include "tools/lang/json_schema.hpp"
#include "tools/lang/lang_commands.hpp"

namespace nightfog::lang {

namespace {

std::string functionPage() {
  std::string out = "\n## functions\n\n| function | gives | in | meaning |\n|---|---|---|---|\n";
  for (const auto& f : scenario::languageFunctions()) {
    std::string signature = f.name + "(";
    for (size_t i = 0; i < f.parameters.size(); ++i)
      signature += (i == 0 ? "" : ", ") + expression::describe(f.parameters[i]);
    std::string where;
    const auto add = [&](scenario::Where place, const char* name) {
      if (f.isAvailableIn(place)) where += std::string(where.empty() ? "" : ", ") + name;
    };
    add(scenario::Where::kConstraint, "constraints");
    add(scenario::Where::kTrigger, "triggers");
    add(scenario::Where::kExpectation, "expectations");
    out += fmt::format("| `{})` | {} | {} | {} |\n", signature, expression::describe(f.result), where, f.doc);
  }
  return out;
}

}  // namespace

ExitCode schema(const SchemaArguments& arguments) {
  const config::ObjectInfo* info = arguments.kind == "scenario"  ? &scenario::scenarioDescriptor().info()
                                   : arguments.kind == "rig"     ? &scenario::rigDescriptor().info()
                                   : arguments.kind == "library" ? &scenario::libraryDescriptor().info()
                                   : arguments.kind == "weather" ? &scenario::weatherFileInfo()
                                   : arguments.kind == "suite"   ? &scenario::suiteFileInfo()
                                                                 : nullptr;
  if (info == nullptr)
    throw Error(ExitCode::kUsage, fmt::format("there is no kind of file '{}'", arguments.kind),
                "one of: scenario, rig, library, weather, suite");
  if (arguments.reference) {
    fmt::print("{}{}", referencePage(*info), arguments.kind == "scenario" ? functionPage() : std::string());
  } else {
    fmt::print("{}", jsonSchema(*info, "nightfog " + info->format));
  }
  return ExitCode::kOk;
}

}  // namespace nightfog::lang
