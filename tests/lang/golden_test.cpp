// Every diagnostic has a golden text: what is said of a file in golden/, or of one in tests/scenario/wrong/, to the
// byte. NIGHTFOG_UPDATE_GOLDENS=1 writes them anew; read the difference before committing it.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "engine/catalog/asset_info.hpp"
#include "engine/config/codes.hpp"
#include "engine/core/files.hpp"
#include "engine/scenario/suite.hpp"
#include "tests/scenario/test_library.hpp"
#include "tools/lang/lint.hpp"

using namespace nightfog;
namespace fs = std::filesystem;

namespace {

const fs::path kGolden = fs::path(NIGHTFOG_SOURCE_DIR) / "tests/lang/golden";
const fs::path kWrong = fs::path(NIGHTFOG_SOURCE_DIR) / "tests/scenario/wrong";

using Findings = std::vector<config::Diagnostic>;

/// A folder with one asset file, gone afterwards.
Findings ofAsset(const fs::path& file) {
  const fs::path folder = fs::temp_directory_path() / fmt::format("nightfog_golden_{}", ::getpid());
  fs::create_directories(folder);
  fs::copy_file(file, folder / "mine.asset.yaml", fs::copy_options::overwrite_existing);
  Findings found;
  try {
    catalog::loadCatalog(folder);
  } catch (const config::DiagnosticsError& error) {
    found = error.diagnostics();
  }
  fs::remove_all(folder);
  return found;
}

/// All that `check` and `lint` say of a file.
Findings findingsOf(const fs::path& file) {
  if (file.string().ends_with(".asset.yaml")) return ofAsset(file);
  if (scenario::isSuite(file)) {
    try {
      scenario::loadSuite(file, [](const fs::path&) {
        auto library = scenario::testLibrary();
        library.importRoot = kGolden;
        return library;
      });
    } catch (const config::DiagnosticsError& error) {
      return error.diagnostics();
    }
    return {};
  }
  Findings found = scenario::checkScenarioFile(file, scenario::testLibrary());
  const Findings more = lang::lintFile(file, scenario::testLibrary());
  found.insert(found.end(), more.begin(), more.end());
  return found;
}

/// The file that shows a code: its own in golden/, else the first in wrong/ that expects it.
fs::path fileFor(const std::string& code) {
  for (const char* ending : {".scn.yaml", ".suite.yaml", ".asset.yaml"}) {
    if (fs::exists(kGolden / (code + ending))) return kGolden / (code + ending);
  }
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(kWrong)) {
    if (entry.path().string().ends_with(".scn.yaml") &&
        readFile(entry.path()).find("# expect: " + code) != std::string::npos)
      found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found.empty() ? fs::path() : found.front();
}

std::string withoutFolders(std::string text) {
  const auto remove = [&](const std::string& what) {
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what)) text.erase(at, what.size());
  };
  for (const fs::path& folder : {kGolden, kWrong, fs::path(NIGHTFOG_SOURCE_DIR)}) {
    remove(folder.string() + "/");
    remove(folder.string());
  }
  remove((fs::temp_directory_path() / fmt::format("nightfog_golden_{}", ::getpid())).string() + "/");
  return text;
}

/// A run's id holds a hash of every file it stands on; which it is now does not matter here.
std::string withoutIds(std::string text) {
  const std::string before = "is now ";
  const size_t length = std::string("r0000-000000000000").size();
  for (size_t at = text.find(before); at != std::string::npos; at = text.find(before, at + before.size()))
    text.replace(at + before.size(), length, "RUN");
  return text;
}

/// Findings of this code alone, as people read them.
std::string saidOf(const std::string& code, const Findings& findings) {
  Findings own;
  for (const auto& d : findings) {
    if (d.code == code) own.push_back(d);
  }
  return withoutIds(withoutFolders(config::renderText(own)));
}

void checkGolden(const std::string& code, const std::string& said) {
  CAPTURE(said);
  CHECK(said.find("[" + code + "]") != std::string::npos);
  const fs::path golden = kGolden / (code + ".txt");
  if (std::getenv("NIGHTFOG_UPDATE_GOLDENS") != nullptr) writeFileAtomically(golden, said);
  REQUIRE_MESSAGE(fs::exists(golden), code);
  CHECK(readFile(golden) == said);
}

}  // namespace

TEST_CASE("Every code that a file can get has a golden text") {
  for (const config::CodeInfo& info : config::codes()) {
    const std::string code(info.code);
    CAPTURE(code);
    if (info.isRetired) continue;
    if (code == "W0510") {  // said after a render: tests/cli compares it
      CHECK(fs::exists(kGolden / "W0510.txt"));
      continue;
    }
    if (code == "E0105") {  // no file of 4 MiB for this
      config::Diagnostics diagnostics;
      config::parseDocument(std::string(config::kMaxFileBytes + 1, '#'), "large.scn.yaml", diagnostics);
      checkGolden(code, saidOf(code, diagnostics.sorted()));
      continue;
    }
    const fs::path file = fileFor(code);
    REQUIRE_MESSAGE(!file.empty(), code);
    checkGolden(code, saidOf(code, findingsOf(file)));
  }
}

TEST_CASE("No golden text stands for a code that there is not") {
  for (const auto& entry : fs::directory_iterator(kGolden)) {
    if (entry.path().extension() != ".txt") continue;
    const auto* info = config::findCode(entry.path().stem().string());
    CAPTURE(entry.path().string());
    REQUIRE(info != nullptr);
    CHECK_FALSE(info->isRetired);
  }
}
