#include "engine/core/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "engine/core/error.hpp"

namespace nightfog {

std::string readFile(const std::filesystem::path& path, size_t maxBytes) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) throw IoError(fmt::format("{} is a folder, not a file", path.string()));
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

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)), partPath_(path_) {
  partPath_ += fmt::format(".{}.part", ::getpid());
  fd_ = ::open(partPath_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
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
