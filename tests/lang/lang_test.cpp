// The language tools: what they print is read back, by other readers where there are some.
#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/config/codes.hpp"
#include "engine/core/files.hpp"
#include "engine/scenario/language.hpp"
#include "tools/lang/coverage_table.hpp"
#include "tools/lang/format_text.hpp"
#include "tools/lang/json_schema.hpp"
#include "tools/lang/library.hpp"
#include "tools/lang/lint.hpp"
#include "tools/lang/migrations.hpp"
#include "tools/lang/report.hpp"
#include "tools/lang/semantic_diff.hpp"

using namespace nightfog;
using namespace nightfog::lang;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> allScenarios() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(NIGHTFOG_SOURCE_DIR) / "scenarios")) {
    if (entry.path().string().ends_with(".yaml")) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<config::Diagnostic> oneFinding() {
  config::Diagnostics diagnostics;
  const auto document = config::parseDocument("a: 1\nactor: egg, 100 %\n", "x.yaml", diagnostics);
  const config::Node& node = *document->root().find("actor");
  diagnostics.error("E0412", node.place(), "unknown actor: 'egg', 100 %")
      .withHelp("did you mean 'ego'?")
      .withFix("ego");
  return diagnostics.sorted();
}

}  // namespace

TEST_CASE("fmt: blanks, units, brackets and comments have one look") {
  CHECK(formatText("\xef\xbb\xbf"
                   "a: 30km/h   \r\nb: { c : 3  m,d: [ 1,2 ] }\n\n\n\n#note\nx: 1 #end\n") ==
        "a: 30 km/h\nb: {c: 3 m, d: [1, 2]}\n\n# note\nx: 1  # end\n");
  CHECK(formatText("a: >\n  two  words\n   kept\nb: \"30km/h , as it is\"\n") ==
        "a: >\n  two  words\n   kept\nb: \"30km/h , as it is\"\n");
  CHECK(formatText("van:        {s: 1 m}\nb:   2\n") == "van:        {s: 1 m}\nb:   2\n");  // alignment stays
  CHECK(formatText("a: [\n") == "a: [\n");                                                  // no YAML: as it was
}

TEST_CASE("fmt changes nothing the second time, and nothing of the shipped files") {
  for (const fs::path& file : allScenarios()) {
    CAPTURE(file.string());
    const std::string text = readFile(file), once = formatText(text);
    CHECK(formatText(once) == once);
    if (file.filename() != "night_fog_tyre_dartout.scn.yaml") CHECK(once == text);
  }
}

TEST_CASE("SARIF has the shape that code review wants") {
  const auto json = nlohmann::json::parse(renderSarif(oneFinding()));
  CHECK(json["version"] == "2.1.0");
  const auto& result = json["runs"][0]["results"][0];
  CHECK(result["ruleId"] == "E0412");
  CHECK(result["level"] == "error");
  const auto& region = result["locations"][0]["physicalLocation"]["region"];
  CHECK(region["startLine"] == 2);
  CHECK(region["startColumn"] == 8);
  CHECK(region["endColumn"] == 18);
  CHECK(result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] == "ego");
  CHECK(json["runs"][0]["tool"]["driver"]["rules"][0]["id"] == "E0412");
}

TEST_CASE("GitHub's annotations escape what would end them") {
  CHECK(renderGithub(oneFinding()) ==
        "::error file=x.yaml,line=2,col=8,endColumn=18,title=E0412::unknown actor: 'egg', 100 %25. Help: did you mean "
        "'ego'?\n");
}

TEST_CASE("--fix replaces the bytes that were meant") {
  size_t count = 0;
  CHECK(applyFixes("a: 1\nactor: egg, 100 %\n", "x.yaml", oneFinding(), count) == "a: 1\nactor: ego\n");
  CHECK(count == 1);
}

TEST_CASE("Differences are of meaning: units, order and looks do not count") {
  config::Diagnostics diagnostics;
  const auto a =
      config::parseDocument("v: 36 km/h\nl: [{id: x, s: 1 m}, {id: y, s: 2 m}]\ngone: 1\n", "a", diagnostics);
  const auto b =
      config::parseDocument("l: [{id: y, s: 2.5 m}, {s: 100 cm, id: x}]\nv: 10 m/s\nnew: 2\n", "b", diagnostics);
  const auto found = semanticDiff(a->root(), b->root());
  REQUIRE(found.size() == 3);
  CHECK(found[0].path == "l.y.s");
  CHECK(found[0].before == "2 m");
  CHECK(found[0].after == "2.5 m");
  CHECK(found[1].path == "gone");
  CHECK(found[1].after.empty());
  CHECK(found[2].path == "new");
}

TEST_CASE("Migrations edit the text and leave the rest, and are done once") {
  const std::string old =
      "format: scenario/1\nactors:\n  a: {place: {relative_to: b, ahead: 1 m, heading: 90 deg}}  # faces the road\n"
      "  c: {place: {xyz: [0 m, 0 m, 0 m], heading: 90 deg}}\n";
  std::vector<std::string> applied;
  const std::string now = migrated(old, applied);
  CHECK(now ==
        "format: scenario/1\nactors:\n  a: {place: {relative_to: b, ahead: 1 m, facing: {heading: 90 deg}}}  # faces "
        "the road\n"
        "  c: {place: {xyz: [0 m, 0 m, 0 m], heading: 90 deg}}\n");
  CHECK(applied.size() == 1);
  applied.clear();
  CHECK(migrated(now, applied) == now);
  CHECK(applied.empty());
}

TEST_CASE("Coverage counts pairs of values of different factors") {
  const std::vector<Features> runs{
      {{"fog", "a"}, {"lane", "1"}}, {{"fog", "b"}, {"lane", "1"}}, {{"fog", "a"}, {"lane", "1"}}};
  const CoverageTable table = countCoverage(runs, 2);
  CHECK(table.possible == 2);
  CHECK(table.combinations.size() == 2);
  CHECK(table.values.at("lane").at("1") == 3);
  const auto bins = binned({{}, {}, {}}, {{{"v", 0.0}}, {{"v", 10.0}}, {{"v", 4.9}}}, 2);
  CHECK(bins[0] == bins[2]);
  CHECK(bins[0] != bins[1]);
}

TEST_CASE("The schema that ships is the one the tables give, and every reference in it leads somewhere") {
  const std::string text = jsonSchema(scenario::scenarioDescriptor().info(), "nightfog scenario/1");
  CHECK(readFile(fs::path(NIGHTFOG_SOURCE_DIR) / "scenarios/schema/scenario.v1.schema.json") == text);
  const auto json = nlohmann::json::parse(text);
  std::function<void(const nlohmann::json&)> follow = [&](const nlohmann::json& node) {
    if (node.is_object() && node.contains("$ref")) {
      const std::string name = node["$ref"].get<std::string>().substr(8);
      CAPTURE(name);
      CHECK(json["$defs"].contains(name));
    }
    for (const auto& child : node) {
      if (child.is_structured()) follow(child);
    }
  };
  follow(json);
  CHECK(json["properties"].contains("injectors"));
}

TEST_CASE("The reference page has every table of the language once") {
  const std::string page = referencePage(scenario::scenarioDescriptor().info());
  for (const char* name :
       {"## scenario\n", "## world\n", "## event\n", "## expectation\n", "## set_lights\n", "## weather keyframe\n"})
    CHECK(page.find(name) != std::string::npos);
}

TEST_CASE("Every rule of lint finds its case, and a comment allows it") {
  const fs::path file = fs::temp_directory_path() / "nightfog_lint_test.scn.yaml";
  writeFileAtomically(
      file,
      "format: scenario/1\n"
      "id: lint\n"
      "seed: 1\n"
      "world: {road: {line: [{straight: 200 m}], lanes: {right: [{name: lane}]}}, duration: 1 s}\n"
      "params: {v: {uniform: [1 m/s, 2 m/s]}}\n"
      "actors:\n"
      "  on: {asset: vehicle.sedan, place: {lane: lane, s: 20 m}, behavior: {follow_lane: {speed: $v}}}\n"
      "  b: {asset: vehicle.sedan, place: {lane: lane, s: 90 m}}\n"
      "points: {nobody: {lane: lane, s: 3 m}}\n"
      "events:\n"
      "  - {id: far, when: \"distance(on, b) < 60 m\", do: {b: release}}\n"
      "  - {id: late, when: time >= 3 s, do: {b: release}}\n"
      "  # lint: allow L0204 it stands\n"
      "  - {id: same, when: \"speed(b) == speed(on)\", do: {b: parked}}\n");
  const InstalledLibrary library(NIGHTFOG_SOURCE_DIR);
  std::vector<std::string> codes;
  for (const auto& d : lintFile(file, library.forFile(file))) codes.push_back(d.code);
  CHECK(codes == std::vector<std::string>{"L0207", "L0208", "L0206", "L0210", "W0402", "L0209", "W0601"});
  auto findings = scenario::checkScenarioFile(file, library.forFile(file));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == "L0204");
  CHECK(withoutAllowed(findings).empty());
  std::string text = readFile(file);
  text +=
      "title: x\ntags: {a: [b]}\nsensors: {top: {kind: lidar, profile: velodyne.vlp16, mount: {actor: b, xyz: [1 m, 0 "
      "m, 2 m]}}}\n"
      "expect: [{id: e, check: \"lidar_points(top, b) >= 1\"}]\n";
  writeFileAtomically(file, text);
  codes.clear();
  for (const auto& d : lintFile(file, library.forFile(file))) codes.push_back(d.code);
  CHECK(codes == std::vector<std::string>{"L0210", "W0402", "L0209", "W0601", "L0205"});
  fs::remove(file);
}
