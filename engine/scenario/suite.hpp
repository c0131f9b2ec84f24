// Suites, `format: suite/1`: which scenarios, and which of their runs, belong together. Selected by tags; with runs
// pinned by their ids, so that the same suite means the same runs tomorrow.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/config/descriptor.hpp"
#include "engine/scenario/template.hpp"

namespace nightfog::scenario {

struct Suite {
  std::string id;
  std::string title;
  std::vector<std::filesystem::path> files;
  std::vector<ScenarioTemplate> scenarios;             ///< of the files, in order
  std::vector<std::pair<size_t, uint32_t>> runs = {};  ///< scenario and its run, as sample() counts
};

/// What a scenario file may refer to depends on where it lies.
using LibraryFor = std::function<Library(const std::filesystem::path& file)>;

/// As data, for schemas and documentation.
const config::ObjectInfo& suiteFileInfo();
/// Reads a suite and every scenario it names. Throws config::DiagnosticsError with every mistake of all of them. A
/// pinned run that its scenario no longer has is E0422: the file, or something it stands on, has changed.
/// @code
/// auto suite = loadSuite("night.suite.yaml", [&](const auto& file) { return library.forFile(file); });
/// @endcode
Suite loadSuite(const std::filesystem::path& path, const LibraryFor& libraryFor);
/// Whether the file's name is that of a suite: *.suite.yaml.
bool isSuite(const std::filesystem::path& path);

}  // namespace nightfog::scenario
