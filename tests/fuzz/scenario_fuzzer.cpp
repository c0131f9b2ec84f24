// libFuzzer: any bytes as a scenario file. Whatever they are, the answer is a template or diagnostics.
#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/scenario/test_library.hpp"
#include "tools/lang/format_text.hpp"

using namespace nightfog;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(data, data + size);
  try {
    const auto chosen = scenario::parseScenarioTemplate(text, NIGHTFOG_SOURCE_DIR "/scenarios/flagship/fuzz.scn.yaml",
                                                        scenario::testLibrary());
    const auto run = scenario::sample(chosen, 1, 0);
    // What was resolved is sound, and resolves to itself.
    const auto again = scenario::parseScenarioTemplate(
        run.resolvedYaml, NIGHTFOG_SOURCE_DIR "/scenarios/flagship/fuzz.scn.yaml", scenario::testLibrary());
    if (scenario::sample(again, std::nullopt, 0).resolvedYaml != run.resolvedYaml) __builtin_trap();
  } catch (const Error&) {  // an answer
  }
  const std::string once = lang::formatText(text);
  if (lang::formatText(once) != once) __builtin_trap();
  return 0;
}
