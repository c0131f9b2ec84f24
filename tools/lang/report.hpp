// Findings for people, scripts, code review and continuous integration.
#pragma once

#include <string>
#include <vector>

#include "engine/config/diagnostics.hpp"

namespace nightfog::lang {

enum class ReportFormat {
  kText,    ///< for people, on stderr
  kJson,    ///< one object a line, on stdout
  kSarif,   ///< SARIF 2.1.0, one document, on stdout
  kGithub,  ///< workflow commands, one a line, on stdout
};

/// SARIF 2.1.0 with the rules that occur, and replacements where a finding knows its fix.
std::string renderSarif(const std::vector<config::Diagnostic>& findings);
/// `::error file=…,line=…,col=…,endColumn=…,title=E0412::message`.
std::string renderGithub(const std::vector<config::Diagnostic>& findings);
/// Prints in the format wanted.
void printFindings(const std::vector<config::Diagnostic>& findings, ReportFormat format);

/// Without the warnings and lints that their line, or a comment line above it, allows: `# lint: allow L0203 reason`.
std::vector<config::Diagnostic> withoutAllowed(const std::vector<config::Diagnostic>& findings);

/// The file's text with every fix of the findings applied that stands in it; `count` is how many.
std::string applyFixes(const std::string& text, const std::string& file,
                       const std::vector<config::Diagnostic>& findings, size_t& count);

}  // namespace nightfog::lang
