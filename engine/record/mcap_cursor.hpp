// A bounded walk over bytes of a file: every read is checked and every complaint names the file and the byte.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/record/mcap_format.hpp"

namespace nightfog::record::mcap {

class Cursor {
 public:
  /// `bytes` stand at `offset` in the file.
  Cursor(const std::filesystem::path& path, std::string_view bytes, uint64_t offset)
      : path_(path), bytes_(bytes), offset_(offset) {}

  bool atEnd() const { return position_ == bytes_.size(); }
  uint64_t offset() const { return offset_ + position_; }
  uint64_t remaining() const { return bytes_.size() - position_; }

  [[noreturn]] void fail(std::string_view what) const { failAt(path_, offset(), what); }
  [[noreturn]] static void failAt(const std::filesystem::path& path, uint64_t offset, std::string_view what) {
    throw IoError(fmt::format("{}: byte {}: {}", path.string(), offset, what),
                  "the file is cut off or damaged; render the episode again");
  }

  std::string_view take(uint64_t count, std::string_view what) {
    if (count > remaining()) {
      fail(fmt::format("{} of {} bytes goes beyond the {} that are left", what, count, remaining()));
    }
    const std::string_view out = bytes_.substr(position_, count);
    position_ += count;
    return out;
  }
  uint8_t take8(std::string_view what) { return static_cast<uint8_t>(take(1, what)[0]); }
  uint16_t take16(std::string_view what) { return static_cast<uint16_t>(getLittle(take(2, what).data(), 2)); }
  uint32_t take32(std::string_view what) { return static_cast<uint32_t>(getLittle(take(4, what).data(), 4)); }
  uint64_t take64(std::string_view what) { return getLittle(take(8, what).data(), 8); }
  std::string_view takeString(std::string_view what) { return take(take32(what), what); }
  /// The next `count` bytes as a walk of their own.
  Cursor sub(uint64_t count, std::string_view what) {
    const uint64_t start = offset();
    return {path_, take(count, what), start};
  }
  /// An array or map: its byte length, then its bytes.
  Cursor subArray(std::string_view what) { return sub(take32(what), what); }
  std::map<std::string, std::string> takeStringMap(std::string_view what) {
    std::map<std::string, std::string> out;
    for (Cursor entries = subArray(what); !entries.atEnd();) {
      std::string key(entries.takeString(what));
      out[std::move(key)] = entries.takeString(what);
    }
    return out;
  }

 private:
  const std::filesystem::path& path_;
  std::string_view bytes_;
  uint64_t offset_ = 0;
  uint64_t position_ = 0;
};

struct Record {
  Op op = Op::kHeader;
  uint64_t offset = 0;  ///< of the record
  Cursor content;
};

inline Record takeRecord(Cursor& cursor) {
  const uint64_t offset = cursor.offset();
  const auto op = static_cast<Op>(cursor.take8("opcode"));
  const uint64_t length = cursor.take64("record length");
  return {op, offset, cursor.sub(length, "record")};
}

}  // namespace nightfog::record::mcap
