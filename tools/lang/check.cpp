#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "engine/core/files.hpp"
#include "engine/scenario/suite.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/library.hpp"
#include "tools/lang/lint.hpp"

namespace nightfog::lang {
namespace fs = std::filesystem;

std::vector<fs::path> scenarioFiles(const std::vector<fs::path>& given, Suites suites) {
  std::vector<fs::path> out;
  for (const fs::path& path : given) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      out.push_back(path);
      continue;
    }
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(path, fs::directory_options::none, error)) {
      const bool isSuite = suites == Suites::kToo && scenario::isSuite(entry.path());
      if (isSuite || entry.path().string().ends_with(".scn.yaml")) found.push_back(entry.path());
    }
    if (error) throw IoError(fmt::format("{}: {}", path.string(), error.message()));
    std::sort(found.begin(), found.end());
    out.insert(out.end(), found.begin(), found.end());
  }
  return out;
}

namespace {

std::vector<config::Diagnostic> suiteFindings(const fs::path& file, const InstalledLibrary& library) {
  try {
    scenario::loadSuite(file, [&](const fs::path& scenario) { return library.forFile(scenario); });
  } catch (const config::DiagnosticsError& error) {
    return error.diagnostics();
  }
  return {};
}

}  // namespace

ExitCode check(const CheckArguments& arguments) {
  const InstalledLibrary library(dataFolder());
  size_t errors = 0, others = 0, mended = 0;
  std::vector<config::Diagnostic> all;
  const std::vector<fs::path> files = scenarioFiles(arguments.files, Suites::kToo);
  for (const fs::path& file : files) {
    auto findings = scenario::isSuite(file) ? suiteFindings(file, library)
                                            : scenario::checkScenarioFile(file, library.forFile(file));
    if (arguments.isLint && !scenario::isSuite(file)) {
      const auto more = lintFile(file, library.forFile(file));
      findings.insert(findings.end(), more.begin(), more.end());
    }
    findings = withoutAllowed(findings);
    if (arguments.fix) {
      size_t count = 0;
      const std::string text = readFile(file);
      const std::string fixed = applyFixes(text, file.string(), findings, count);
      if (count > 0) writeFileAtomically(file, fixed);
      mended += count;
      findings.erase(std::remove_if(findings.begin(), findings.end(),
                                    [&](const auto& d) { return d.fix && d.place.file == file.string(); }),
                     findings.end());
    }
    for (const auto& finding : findings) ++(finding.severity == config::Severity::kError ? errors : others);
    // One SARIF document holds the findings of all files.
    if (arguments.format == ReportFormat::kSarif) {
      all.insert(all.end(), findings.begin(), findings.end());
    } else {
      printFindings(findings, arguments.format);
    }
  }
  if (arguments.format == ReportFormat::kSarif) printFindings(all, arguments.format);
  if (arguments.format == ReportFormat::kText) {
    fmt::print(stderr, "{} {} checked: {} {}, {} {}{}\n", files.size(), files.size() == 1 ? "file" : "files", errors,
               errors == 1 ? "error" : "errors", others, others == 1 ? "warning" : "warnings",
               mended > 0 ? fmt::format(", {} mended", mended) : std::string());
  }
  const bool isBad = errors > 0 || (arguments.isLint && others > 0);
  return isBad ? ExitCode::kDiagnostics : ExitCode::kOk;
}

}  // namespace nightfog::lang
