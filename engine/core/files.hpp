// Files that are whole or absent: written beside their place as `NAME….part`, synced, renamed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace nightfog {

/// Reads a whole file. Throws IoError when it cannot be read or is larger than `maxBytes`.
std::string readFile(const std::filesystem::path& path, size_t maxBytes = size_t{1} << 31);

/// This machine's name, without dots or slashes.
std::string hostName();

/// Deletes parts in `folder`, files and folders, whose writer is gone: of this host when the process no longer runs, of
/// another when untouched for an hour. With `name`, only parts of what is to have this name.
size_t removeStaleParts(const std::filesystem::path& folder, std::string_view name = {});

/// A file being written. Until commit() only `path.<host>.<process>.<count>.part` exists; the destructor removes it. A
/// kill leaves no file under the final name that is not whole. Every failure (a full disk included) throws IoError and
/// names the path.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }
  /// Flushes, fsyncs, renames onto the final name and fsyncs the folder.
  void commit();
  const std::filesystem::path& path() const { return path_; }

 private:
  void fail(const char* action);
  std::filesystem::path path_;
  std::filesystem::path partPath_;
  int fd_ = -1;
};

void writeFileAtomically(const std::filesystem::path& path, std::string_view content);
/// Makes a rename within the folder durable.
void syncFolder(const std::filesystem::path& folder);

}  // namespace nightfog
