// A folder of its own for a test, empty at first and gone with it.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

namespace nightfog::test {

struct TemporaryFolder {
  std::filesystem::path path;
  explicit TemporaryFolder(const std::string& name)
      : path(std::filesystem::temp_directory_path() / ("nightfog_" + name + "_" + std::to_string(::getpid()))) {
    remove();
    std::filesystem::create_directories(path);
  }
  ~TemporaryFolder() { remove(); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

 private:
  void remove() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace nightfog::test
