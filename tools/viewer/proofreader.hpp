// Reads a text that is still being typed into a field, and says what the language would: beside the scene, so that
// neither it nor the window waits.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/diagnostics.hpp"
#include "tools/lang/library.hpp"

namespace nightfog::viewer {

/// @code
///   reader.read(putValue(text, path, typed), file);   // whenever it changes
///   if (const auto found = reader.findings()) …       // of the newest text
/// @endcode
class Proofreader {
 public:
  /// `library` outlives this.
  explicit Proofreader(const lang::InstalledLibrary& library);
  ~Proofreader();
  Proofreader(const Proofreader&) = delete;
  Proofreader& operator=(const Proofreader&) = delete;

  /// `file`: where imports start. A text that has been read is not read again.
  void read(const std::string& text, const std::filesystem::path& file);
  /// nullopt: the newest text is still being read, or there is none.
  std::optional<std::vector<config::Diagnostic>> findings() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::viewer
