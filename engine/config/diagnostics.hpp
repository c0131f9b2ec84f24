// What is wrong with a file: coded, placed, with a way out. All errors of a file are reported at once.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/source_text.hpp"
#include "engine/core/error.hpp"

namespace nightfog::config {

enum class Severity { kError, kWarning, kLint };

/// A place and what is to be said beside it.
struct Annotation {
  Place place;
  std::string text;
};

/// One finding. The code ("E0207") is stable for ever; see codes.hpp for what each means.
struct Diagnostic {
  Severity severity = Severity::kError;
  std::string code;
  std::string message;
  Place place;
  std::string label;  ///< written beside the caret
  std::vector<Annotation> related;
  std::string help;
  std::string note;
  std::optional<std::string> fix;  ///< replacing the bytes of `place` by this mends it, for certain

  Diagnostic& withLabel(std::string text);
  Diagnostic& withHelp(std::string text);
  Diagnostic& withNote(std::string text);
  Diagnostic& withFix(std::string replacement);
  Diagnostic& withRelated(Place where, std::string text);
};

/// Collects findings; keeps the first 50 errors and counts the rest, so that a hostile file cannot fill the memory.
/// @code diagnostics.error("E0403", node.place(), "unknown asset 'vehicle.sedna'").withHelp("did you mean
/// 'vehicle.sedan'?"); @endcode
class Diagnostics {
 public:
  static constexpr size_t kMaxKept = 50;

  Diagnostic& error(std::string code, Place place, std::string message);
  Diagnostic& warning(std::string code, Place place, std::string message);
  Diagnostic& lint(std::string code, Place place, std::string message);

  bool hasErrors() const { return errorCount_ > 0; }
  size_t errorCount() const { return errorCount_; }
  size_t droppedCount() const { return dropped_; }
  /// In the order of the files' first mention, then by place.
  std::vector<Diagnostic> sorted() const;
  /// Throws DiagnosticsError with everything found so far when there is an error.
  void throwIfErrors() const;

 private:
  Diagnostic& add(Severity severity, std::string code, Place place, std::string message);
  std::deque<Diagnostic> kept_;
  Diagnostic scratch_;
  size_t errorCount_ = 0;
  size_t dropped_ = 0;
};

/// Thrown when a file cannot be used; `what()` is the rendered text of every finding. Exit code 1.
class DiagnosticsError : public Error {
 public:
  explicit DiagnosticsError(std::vector<Diagnostic> diagnostics, size_t dropped = 0);
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  size_t droppedCount() const { return dropped_; }

 private:
  std::vector<Diagnostic> diagnostics_;
  size_t dropped_ = 0;
};

/// For people: message, file:line:col, the line, carets, help. Ends with a line break.
std::string renderText(const Diagnostic& diagnostic);
std::string renderText(const std::vector<Diagnostic>& diagnostics, size_t dropped = 0);
/// For machines: one JSON object a line.
std::string renderJsonLines(const std::vector<Diagnostic>& diagnostics);

}  // namespace nightfog::config
