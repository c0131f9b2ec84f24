// Every file in wrong/ begins with what must be found in it: `# expect: CODE LINE:COLUMN [file]`, one line for each
// finding.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "engine/core/files.hpp"
#include "tests/scenario/test_library.hpp"

using namespace nightfog;
using namespace nightfog::scenario;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> expectations(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  const std::string mark = "# expect: ";
  for (std::string line; std::getline(in, line) && line.starts_with(mark);) out.push_back(line.substr(mark.size()));
  return out;
}

}  // namespace

TEST_CASE("Wrong scenario files are refused with the expected code, line and column") {
  const fs::path folder = fs::path(NIGHTFOG_SOURCE_DIR) / "tests/scenario/wrong";
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().string().ends_with(".scn.yaml")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  CHECK(files.size() >= 25);
  std::set<std::string> codes;
  for (const fs::path& file : files) {
    CAPTURE(file.filename().string());
    const auto expected = expectations(readFile(file));
    CHECK_FALSE(expected.empty());
    std::vector<std::string> found;
    const auto findings = checkScenarioFile(file, testLibrary());
    for (const auto& d : findings) {
      if (d.severity != config::Severity::kError) continue;
      std::string text = d.code + " " + std::to_string(d.place.line) + ":" + std::to_string(d.place.column);
      if (d.place.file != file.string()) text += " " + fs::path(d.place.file).filename().string();
      found.push_back(text);
      codes.insert(d.code);
    }
    CAPTURE(config::renderText(findings));
    CHECK(found == expected);
    CHECK_THROWS_AS(loadScenarioTemplate(file, testLibrary()), config::DiagnosticsError);
  }
  CHECK(codes.size() >= 25);
}
