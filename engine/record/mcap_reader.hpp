// Reads MCAP files as nightfog writes them: indexed, uncompressed, every length checked. The file may be hostile:
// whatever it holds, the answer is data whose CRC is right or an IoError that names the byte where it went wrong.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace nightfog::record {

struct McapSchema {
  std::string name;
  std::string encoding;
  std::string data;
};

struct McapChannel {
  uint16_t schema = 0;
  std::string topic;
  std::string messageEncoding;
  std::map<std::string, std::string> metadata;
};

/// Where a message is, and what can be known of it without reading it.
struct McapMessageRef {
  uint16_t channel = 0;
  uint32_t sequence = 0;
  uint64_t time_ns = 0;
  uint32_t chunk = 0;   ///< index in file order
  uint64_t offset = 0;  ///< of the message's record in the chunk's records
};

/// @code
/// McapReader mcap("record.mcap");
/// for (const McapMessageRef& ref : mcap.messages()) parse(mcap.channels().at(ref.channel), mcap.message(ref));
/// @endcode
class McapReader {
 public:
  /// Reads header, footer, summary and message indexes. Throws IoError: unreadable, not MCAP, cut off, corrupt,
  /// compressed.
  explicit McapReader(std::filesystem::path path);
  ~McapReader();

  const std::filesystem::path& path() const;
  uint64_t fileSize() const;
  const std::map<uint16_t, McapSchema>& schemas() const;
  const std::map<uint16_t, McapChannel>& channels() const;
  size_t chunkCount() const;
  /// Every message, in file order.
  std::span<const McapMessageRef> messages() const;
  /// The bytes of a message; its chunk's CRC has been checked. Valid until the next call. One thread.
  std::string_view message(const McapMessageRef& ref);
  const std::map<std::string, std::map<std::string, std::string>>& metadata() const;
  /// Attachment sizes by name, and one attachment (CRC checked).
  const std::map<std::string, uint64_t>& attachments() const;
  std::string attachment(const std::string& name);
  /// Reads the whole file from front to back: every CRC, and that index and summary say what the data says.
  void verify();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::record
