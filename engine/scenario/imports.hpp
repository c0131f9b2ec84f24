// Other files that a scenario names: what it extends, and what it imports. Found, kept inside their roots, loaded once.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/config/document.hpp"

namespace nightfog::scenario {

/// Documents that were read before and found sound; shared by the files of one command.
class FileCache {
 public:
  std::shared_ptr<const config::Document> find(const std::filesystem::path& canonical) const;
  void keep(const std::filesystem::path& canonical, std::shared_ptr<const config::Document> document);

 private:
  std::map<std::filesystem::path, std::shared_ptr<const config::Document>> documents_;
};

/// Where named files may lie.
struct Roots {
  std::filesystem::path import;     ///< relative paths stay below it, or below `installed`
  std::filesystem::path installed;  ///< nightfog's own scenarios
  /// `std/name@major` is standard/name@major.yaml.
  std::filesystem::path standard() const { return installed / "std"; }
};

/// An imported file with what it imports itself.
struct ImportedFile {
  std::string written;  ///< as in `imports:`
  std::string kind;     ///< "rig", "library"; empty when the file does not say
  std::string id;       ///< as the file says; empty when it does not
  bool isStandard = false;
  uint32_t major = 1;  ///< of `std/name@major`
  std::shared_ptr<const config::Document> document;
  std::map<std::string, std::shared_ptr<const ImportedFile>> imports;
};
using Imports = std::map<std::string, std::shared_ptr<const ImportedFile>>;

/// Reports unreadable files, paths that leave the roots (symbolic links followed), circles (with the chain), and more
/// than 8 levels or 100 files.
class FileFinder {
 public:
  FileFinder(Roots roots, FileCache& cache, config::Diagnostics& diagnostics);

  /// The file laid over what it extends, `extends:` and `remove:` done with. nullptr: reported.
  std::shared_ptr<const config::Document> withBases(std::shared_ptr<const config::Document> document);
  /// What `imports:` of a file names, and what those name in turn.
  Imports imports(const config::Node& file);
  /// A file named by a scalar: relative to the file the scalar stands in, `std/name@major`, `std/path` or `//path`.
  /// nullopt: reported.
  struct Found {
    std::filesystem::path shown;      ///< by the name the user would use
    std::filesystem::path canonical;  ///< for comparing
    bool isStandard = false;
    uint32_t major = 1;
  };
  std::optional<Found> find(const config::Node& name);
  /// A name that means the file wherever the one that says it lies: `std/…` below nightfog's own scenarios, `//…` below
  /// the root of imports.
  std::string portableName(const Found& found) const;
  /// Every file that was read, canonical.
  const std::set<std::filesystem::path>& files() const { return files_; }

 private:
  bool isAllowed(const std::filesystem::path& canonical) const;
  std::optional<Found> findStandard(const config::Node& name);
  bool enter(const config::Node& name, const Found& found);
  std::shared_ptr<const config::Document> load(const config::Node& name, const Found& found);
  std::shared_ptr<const ImportedFile> importOne(const config::Node& name);

  Roots roots_;
  FileCache& cache_;
  config::Diagnostics& diagnostics_;
  std::vector<std::filesystem::path> chain_;
  std::set<std::filesystem::path> files_;
  size_t count_ = 0;
};

}  // namespace nightfog::scenario
