#include "exporters/common/dataset_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "engine/core/error.hpp"
#include "engine/core/files.hpp"

namespace nightfog::exporters {
namespace fs = std::filesystem;
namespace {

fs::path withoutTrailingSlash(fs::path path) {
  return path.has_filename() ? path : path.parent_path();
}

[[noreturn]] void fail(const char* action, const fs::path& path, const std::string& reason) {
  throw IoError(fmt::format("cannot {} {}: {}", action, path.string(), reason));
}

}  // namespace

DatasetFolder::DatasetFolder(fs::path folder, bool replace) : folder_(withoutTrailingSlash(std::move(folder))) {
  std::error_code error;
  if (!replace && fs::exists(folder_, error) && !fs::is_empty(folder_, error)) {
    throw Error(ExitCode::kUsage, fmt::format("{} is there already", folder_.string()),
                "choose another folder, or replace it with --overwrite");
  }
  const fs::path parent = folder_.has_parent_path() ? folder_.parent_path() : fs::path(".");
  fs::create_directories(parent, error);
  if (error) fail("create", parent, error.message());
  removeStaleParts(parent, folder_.filename().string());
  static std::atomic<unsigned> serial{0};
  part_ = folder_;
  part_ += fmt::format(".{}.{}.{}.part", hostName(), ::getpid(), serial++);
  fs::remove_all(part_, error);
  fs::create_directory(part_, error);
  if (error) fail("create", part_, error.message());
}

DatasetFolder::~DatasetFolder() {
  std::error_code error;
  if (!isCommitted_) fs::remove_all(part_, error);
}

void DatasetFolder::makeFolder(const std::string& name) {
  std::error_code error;
  fs::create_directories(part_ / name, error);
  if (error) fail("create", part_ / name, error.message());
}

void DatasetFolder::write(const std::string& name, std::span<const std::byte> bytes) {
  const fs::path path = part_ / name;
  if (const auto slash = name.rfind('/'); slash != std::string::npos) makeFolder(name.substr(0, slash));
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) fail("create", path, std::strerror(errno));
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const std::string reason = std::strerror(errno);
      ::close(fd);
      fail("write", path, reason);
    }
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  if (::close(fd) != 0) fail("write", path, std::strerror(errno));
  names_.push_back(name);
}

std::vector<std::string> DatasetFolder::commit() {
  // One call for thousands of small files.
  const int fd = ::open(part_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || ::syncfs(fd) != 0) {
    const std::string reason = std::strerror(errno);
    if (fd >= 0) ::close(fd);
    fail("write", part_, reason);
  }
  ::close(fd);
  std::error_code error;
  fs::remove_all(folder_, error);  // what may be replaced; a kill between here and the rename leaves none, not half
  if (error) fail("replace", folder_, error.message());
  fs::rename(part_, folder_, error);
  if (error) fail("rename", part_, error.message());
  isCommitted_ = true;
  syncFolder(folder_.has_parent_path() ? folder_.parent_path() : fs::path("."));
  std::sort(names_.begin(), names_.end());
  return names_;
}

}  // namespace nightfog::exporters
