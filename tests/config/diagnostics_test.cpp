#include "engine/config/diagnostics.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>

#include "engine/config/codes.hpp"
#include "engine/config/document.hpp"
#include "engine/config/quantity.hpp"
#include "engine/config/suggest.hpp"
#include "engine/core/files.hpp"

using namespace nightfog;
using namespace nightfog::config;

TEST_CASE("A wrong unit is rendered with line, caret, label and help") {
  Diagnostics diagnostics;
  const auto document = parseDocument("a: 1\nrun_speed: {uniform: [2.6 m/s, 3.4 m]}\n", "night.scn.yaml", diagnostics);
  REQUIRE(document);
  const Node& value = *document->root().find("run_speed")->find("uniform")->children[1];
  CHECK_FALSE(readQuantity(value, Dimension::kSpeed, diagnostics));
  CHECK(renderText(diagnostics.sorted()) ==
        "error[E0207]: expected a speed, found a length\n"
        " --> night.scn.yaml:2:32\n"
        "  |\n"
        "2 | run_speed: {uniform: [2.6 m/s, 3.4 m]}\n"
        "  |                                ^^^^^ unit 'm' is a length\n"
        "  = help: speeds use m/s, km/h or mph; did you mean '3.4 m/s'?\n");
}

TEST_CASE("Related places are shown below the main one, and the gutter fits the largest line number") {
  std::string text;
  for (int i = 0; i < 11; ++i) text += "k" + std::to_string(i) + ": v\n";
  text += "k1: w\n";
  Diagnostics diagnostics;
  parseDocument(text, "f.yaml", diagnostics);
  CHECK(renderText(diagnostics.sorted()) ==
        "error[E0103]: key 'k1' appears twice in this map\n"
        "  --> f.yaml:12:1\n"
        "   |\n"
        "12 | k1: w\n"
        "   | ^^\n"
        "  ::: f.yaml:2:1\n"
        " 2 | k1: v\n"
        "   | -- first here\n"
        "   = help: remove one\n");
}

TEST_CASE("Machines get one JSON object a line") {
  Diagnostics diagnostics;
  Place place;
  place.file = "a \"b\".yaml";
  place.line = 3;
  place.column = 7;
  place.length = 2;
  diagnostics.error("E0202", place, "tab\there").withHelp("line\nbreak").withRelated(place, "x");
  CHECK(renderJsonLines(diagnostics.sorted()) ==
        "{\"severity\":\"error\",\"code\":\"E0202\",\"message\":\"tab\\u0009here\",\"file\":\"a "
        "\\\"b\\\".yaml\",\"line\":3,"
        "\"column\":7,\"length\":2,\"help\":\"line\\nbreak\",\"related\":[{\"file\":\"a "
        "\\\"b\\\".yaml\",\"line\":3,\"column\":7,"
        "\"length\":2,\"text\":\"x\"}]}\n");
}

TEST_CASE("After fifty findings the rest is counted, and the same finding is kept once") {
  Diagnostics diagnostics;
  for (int i = 0; i < 80; ++i) {
    Place place;
    place.file = "a";
    place.line = 80 - i;
    place.column = 1;
    diagnostics.error("E0202", place, "x");
    diagnostics.error("E0202", place, "x");
  }
  CHECK(diagnostics.sorted().size() == 50);
  CHECK(diagnostics.droppedCount() == 30 + 30);
  CHECK(diagnostics.sorted().front().place.line < diagnostics.sorted().back().place.line);
}

TEST_CASE("Lints and warnings do not stop anything; errors do, with exit code 1") {
  Diagnostics diagnostics;
  diagnostics.lint("L0201", {}, "x");
  diagnostics.warning("W0510", {}, "x");
  CHECK_NOTHROW(diagnostics.throwIfErrors());
  diagnostics.error("E0202", {}, "y");
  try {
    diagnostics.throwIfErrors();
    FAIL("must throw");
  } catch (const DiagnosticsError& e) {
    CHECK(e.code() == ExitCode::kDiagnostics);
    CHECK(e.diagnostics().size() == 3);
    CHECK(std::string(e.what()).find("error[E0202]: y") != std::string::npos);
  }
}

TEST_CASE("Edit distances are those of the restricted Damerau-Levenshtein metric") {
  CHECK(editDistance("", "abc") == 3);
  CHECK(editDistance("pedestrain", "pedestrian") == 1);  // one swap
  CHECK(editDistance("kitten", "sitting") == 3);
  CHECK(editDistance("ca", "abc") == 3);  // restricted: a swapped pair is not edited again
}

TEST_CASE("Suggestions prefer spelling, then foreign names, then last parts, then few edits") {
  const std::vector<std::string> keys{"speed", "start", "points", "follow_lane"};
  CHECK(suggest("Follow-Lane", keys) == "follow_lane");
  CHECK(suggest("targetSpeed", keys) == "speed");
  CHECK(suggest("velocity", keys) == "speed");
  CHECK(suggest("sped", keys) == "speed");
  CHECK_FALSE(suggest("banana", keys));
  const std::vector<std::string> assets{"vehicle.sedan", "vehicle.van.white", "person.adult.dark_clothes"};
  CHECK(suggest("sedan", assets) == "vehicle.sedan");
  CHECK(suggest("vehicle.vam.white", assets) == "vehicle.van.white");
  CHECK_FALSE(suggest(std::string(1000, 'x'), assets));
  CHECK(suggestionHelp("banana", keys) == "one of: speed, start, points, follow_lane");
}

TEST_CASE("Every code that the sources use is explained") {
  std::set<std::string> used;
  for (const char* module : {"engine/config", "engine/scenario"}) {
    const std::filesystem::path folder = std::filesystem::path(NIGHTFOG_SOURCE_DIR) / module;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".cpp" || entry.path().filename() == "codes.cpp") continue;
      const std::string source = readFile(entry.path());
      for (size_t i = 0; i + 6 < source.size(); ++i) {  // "E0207" with its quotes
        const std::string_view word = std::string_view(source).substr(i, 7);
        const bool isCode = word[0] == '"' && word[6] == '"' &&
                            std::string_view("ELW").find(word[1]) != std::string_view::npos &&
                            word.substr(2, 4).find_first_not_of("0123456789") == std::string_view::npos;
        if (isCode) used.emplace(word.substr(1, 5));
      }
    }
  }
  CHECK(used.size() > 50);
  for (const std::string& code : used) {
    CAPTURE(code);
    CHECK(findCode(code) != nullptr);
  }
  for (size_t i = 1; i < codes().size(); ++i) CHECK(codes()[i - 1].code < codes()[i].code);
  CHECK(findCode("E9999") == nullptr);
}
