#include "engine/config/diagnostics.hpp"

#include <algorithm>
#include <map>

namespace nightfog::config {

Diagnostic& Diagnostic::withLabel(std::string text) {
  label = std::move(text);
  return *this;
}
Diagnostic& Diagnostic::withHelp(std::string text) {
  help = std::move(text);
  return *this;
}
Diagnostic& Diagnostic::withNote(std::string text) {
  note = std::move(text);
  return *this;
}
Diagnostic& Diagnostic::withFix(std::string replacement) {
  fix = std::move(replacement);
  return *this;
}
Diagnostic& Diagnostic::withRelated(Place where, std::string text) {
  related.push_back({std::move(where), std::move(text)});
  return *this;
}

Diagnostic& Diagnostics::error(std::string code, Place place, std::string message) {
  return add(Severity::kError, std::move(code), std::move(place), std::move(message));
}
Diagnostic& Diagnostics::warning(std::string code, Place place, std::string message) {
  return add(Severity::kWarning, std::move(code), std::move(place), std::move(message));
}
Diagnostic& Diagnostics::lint(std::string code, Place place, std::string message) {
  return add(Severity::kLint, std::move(code), std::move(place), std::move(message));
}

Diagnostic& Diagnostics::add(Severity severity, std::string code, Place place, std::string message) {
  if (severity == Severity::kError) ++errorCount_;
  // The same finding twice (a file used in two places) is one finding.
  for (const Diagnostic& other : kept_) {
    if (other.code == code && other.place.file == place.file && other.place.line == place.line &&
        other.place.column == place.column && other.message == message) {
      scratch_ = {};
      return scratch_;
    }
  }
  if (kept_.size() >= kMaxKept) {
    ++dropped_;
    scratch_ = {};
    return scratch_;
  }
  Diagnostic& diagnostic = kept_.emplace_back();
  diagnostic.severity = severity;
  diagnostic.code = std::move(code);
  diagnostic.message = std::move(message);
  diagnostic.place = std::move(place);
  return diagnostic;
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::map<std::string, int> fileOrder;
  for (const Diagnostic& d : kept_) fileOrder.emplace(d.place.file, static_cast<int>(fileOrder.size()));
  std::vector<Diagnostic> out(kept_.begin(), kept_.end());
  std::stable_sort(out.begin(), out.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    const int fileA = fileOrder.at(a.place.file), fileB = fileOrder.at(b.place.file);
    if (fileA != fileB) return fileA < fileB;
    if (a.place.line != b.place.line) return a.place.line < b.place.line;
    return a.place.column < b.place.column;
  });
  return out;
}

void Diagnostics::throwIfErrors() const {
  if (hasErrors()) throw DiagnosticsError(sorted(), dropped_);
}

DiagnosticsError::DiagnosticsError(std::vector<Diagnostic> diagnostics, size_t dropped)
    : Error(ExitCode::kDiagnostics, renderText(diagnostics, dropped)),
      diagnostics_(std::move(diagnostics)),
      dropped_(dropped) {}

}  // namespace nightfog::config
