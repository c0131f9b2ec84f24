#include "engine/core/files.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <vector>

#include "engine/core/error.hpp"

namespace nightfog {

std::string readFile(const std::filesystem::path& path, size_t maxBytes) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw IoError(fmt::format("{} is a folder, not a file", path.string()));
  std::ifstream in(path, std::ios::binary);
  if (!in) throw IoError(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  std::string content;
  std::string block(1 << 16, '\0');
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    content.append(block, 0, static_cast<size_t>(in.gcount()));
    if (content.size() > maxBytes) {
      throw IoError(fmt::format("{} is larger than the {} bytes allowed here", path.string(), maxBytes));
    }
  }
  if (in.bad()) throw IoError(fmt::format("reading {} failed: {}", path.string(), std::strerror(errno)));
  return content;
}

std::string hostName() {
  char name[256] = "host";
  ::gethostname(name, sizeof name - 1);
  std::string text(name);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '/' || c == '.'; }, '-');
  return text;
}

size_t removeStaleParts(const std::filesystem::path& folder, std::string_view name) {
  size_t removed = 0;
  std::error_code error;
  const std::string ours = hostName();
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    // NAME.<host>.<process>.<count>.part
    const std::string part = entry.path().filename().string();
    if (!name.empty() && !part.starts_with(std::string(name) + ".")) continue;
    std::vector<std::string> fields;
    std::stringstream stream(part);
    for (std::string field; std::getline(stream, field, '.');) fields.push_back(field);
    if (fields.size() < 5 || fields.back() != "part") continue;
    bool stale = false;
    if (fields[fields.size() - 4] == ours) {
      const long process = std::strtol(fields[fields.size() - 3].c_str(), nullptr, 10);
      stale = process <= 0 || (::kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH);
    } else {
      const auto age =
          std::filesystem::file_time_type::clock::now() - std::filesystem::last_write_time(entry.path(), error);
      stale = !error && age > std::chrono::hours(1);
    }
    if (!stale) continue;
    std::filesystem::remove_all(entry.path(), error);
    if (!error) ++removed;
  }
  return removed;
}

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)), partPath_(path_) {
  // Host, process and a count: two workers on one file never write into each other's part.
  static std::atomic<unsigned> serial{0};
  partPath_ += fmt::format(".{}.{}.{}.part", hostName(), ::getpid(), serial++);
  ::unlink(partPath_.c_str());  // left by a killed process that had this host and number
  fd_ = ::open(partPath_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd_ < 0) fail("create");
}

AtomicFile::~AtomicFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(partPath_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  NF_ASSERT(fd_ >= 0, "write after commit: {}", path_.string());
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
}

void AtomicFile::commit() {
  NF_ASSERT(fd_ >= 0, "second commit: {}", path_.string());
  if (::fsync(fd_) != 0) fail("sync");
  if (::close(fd_) != 0) {
    fd_ = -1;
    ::unlink(partPath_.c_str());
    fail("close");
  }
  fd_ = -1;
  if (::rename(partPath_.c_str(), path_.c_str()) != 0) fail("rename");
  syncFolder(path_.parent_path().empty() ? "." : path_.parent_path());
}

void AtomicFile::fail(const char* action) {
  const int reason = errno;
  throw IoError(fmt::format("cannot {} {}: {}", action, path_.string(), std::strerror(reason)),
                reason == ENOSPC ? "free some space or choose another output folder; the run resumes where it stopped"
                                 : "check that the output folder exists and is writable");
}

void writeFileAtomically(const std::filesystem::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

void syncFolder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) throw IoError(fmt::format("cannot open folder {}: {}", folder.string(), std::strerror(errno)));
  const bool ok = ::fsync(fd) == 0 || errno == EINVAL;
  ::close(fd);
  if (!ok) throw IoError(fmt::format("cannot sync folder {}: {}", folder.string(), std::strerror(errno)));
}

}  // namespace nightfog
