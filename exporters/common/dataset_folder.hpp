// A folder of files that appears whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nightfog::exporters {

/// Files go to `NAME.<host>.<process>.<count>.part` beside the folder; commit() syncs and renames it. Without commit(),
/// and after a kill, there is no folder under the final name that is not whole. Throws IoError with the path.
class DatasetFolder {
 public:
  /// Throws Error (usage) when the folder holds something and may not be replaced.
  DatasetFolder(std::filesystem::path folder, bool replace);
  ~DatasetFolder();
  DatasetFolder(const DatasetFolder&) = delete;
  DatasetFolder& operator=(const DatasetFolder&) = delete;

  /// `name` is relative, with '/'; folders are made. Each name once.
  void write(const std::string& name, std::span<const std::byte> bytes);
  void write(const std::string& name, std::string_view text) {
    write(name, std::as_bytes(std::span(text.data(), text.size())));
  }
  void makeFolder(const std::string& name);
  /// The names written, sorted.
  std::vector<std::string> commit();

 private:
  std::filesystem::path folder_;
  std::filesystem::path part_;
  std::vector<std::string> names_;
  bool isCommitted_ = false;
};

}  // namespace nightfog::exporters
