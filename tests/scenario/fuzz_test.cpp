// Mutated scenario text: never a crash, never a hang, and every refusal is a diagnostic.
#include <doctest/doctest.h>

#include <filesystem>

#include "engine/core/files.hpp"
#include "engine/core/random.hpp"
#include "tests/scenario/test_library.hpp"

using namespace nightfog;
using namespace nightfog::scenario;

namespace {

const char* const kPieces[] = {"[",
                               "]",
                               "{",
                               "}",
                               ":",
                               ": ",
                               ",",
                               "\n",
                               "\n  ",
                               "- ",
                               "'",
                               "\"",
                               "#",
                               "&a ",
                               "*a",
                               "!!str ",
                               "|",
                               ">",
                               "%",
                               "@",
                               "$speed",
                               "${x}",
                               "\t",
                               "\r\n",
                               "~",
                               "null",
                               "true",
                               "1e309",
                               "-1",
                               "0",
                               "012",
                               "0x10",
                               ".inf",
                               "nan",
                               "3 m",
                               "3 m/s",
                               "km/h",
                               " deg",
                               "99999999999999999999",
                               "\xc3\xa9",
                               "\xff",
                               "ego",
                               "van",
                               "uniform",
                               "choice",
                               "<<",
                               "---\n",
                               "{uniform: [3 m, 1 m]}",
                               "{choice: []}",
                               "{normal: {mean: 1 m, sd: 0 m}}",
                               "x-y: 1\n",
                               "../../../etc/passwd"};

std::string mutate(std::string text, RandomSource& random) {
  const uint64_t edits = 1 + random.below(4);
  for (uint64_t i = 0; i < edits && !text.empty(); ++i) {
    const size_t at = random.below(text.size());
    const size_t length = std::min<size_t>(1 + random.below(random.below(8) == 0 ? 200 : 12), text.size() - at);
    switch (random.below(5)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, kPieces[random.below(std::size(kPieces))]);
        break;
      case 2:
        text.replace(at, length, kPieces[random.below(std::size(kPieces))]);
        break;
      case 3:
        text.insert(random.below(text.size()), text.substr(at, length));
        break;  // repeat a piece elsewhere
      default:
        text[at] = static_cast<char>(random.below(256));
        break;
    }
  }
  return text;
}

}  // namespace

TEST_CASE("Two thousand mutants of a scenario end in a run or in diagnostics") {
  const std::filesystem::path source(NIGHTFOG_SOURCE_DIR);
  const std::filesystem::path file = source / "scenarios/urban/parked_van_dartout/fog.scn.yaml";
  const std::string original = readFile(file);
  RandomSource random(2, 0, "fuzz/scenario");
  int accepted = 0, refused = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string text = mutate(original, random);
    try {
      const ScenarioTemplate t = parseScenarioTemplate(text, file, testLibrary());
      const Scenario s = sample(t, std::nullopt, 1);
      // What was accepted resolves to something that is accepted, too.
      CHECK(sample(parseScenarioTemplate(s.resolvedYaml, "resolved.scn.yaml", testLibrary()), std::nullopt, 0).digest ==
            s.digest);
      ++accepted;
    } catch (const config::DiagnosticsError& e) {
      REQUIRE(!e.diagnostics().empty());
      REQUIRE(config::findInvalidUtf8(e.what()) == std::string::npos);
      ++refused;
    }
  }
  CHECK(refused > 1000);
  CHECK(accepted + refused == 2000);
}
