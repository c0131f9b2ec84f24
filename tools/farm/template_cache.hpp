// Scenario files that have been read, the last few of them.
#pragma once

#include <filesystem>
#include <list>
#include <utility>

#include "engine/scenario/template.hpp"
#include "tools/lang/library.hpp"

namespace nightfog::farm {

/// Episodes come scenario by scenario, so a few suffice for any number of files.
class TemplateCache {
 public:
  explicit TemplateCache(const lang::InstalledLibrary& library) : library_(library) {}

  /// Reads the file if it is not among the last. Throws config::DiagnosticsError with what is wrong in it.
  scenario::ScenarioTemplate at(const std::filesystem::path& file);
  void keep(const std::filesystem::path& file, scenario::ScenarioTemplate scenario);
  const lang::InstalledLibrary& library() const { return library_; }

 private:
  static constexpr size_t kMost = 16;
  const lang::InstalledLibrary& library_;
  std::list<std::pair<std::filesystem::path, scenario::ScenarioTemplate>> kept_;  // the last used first
};

}  // namespace nightfog::farm
