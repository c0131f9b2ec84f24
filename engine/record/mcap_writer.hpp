// Writes MCAP: chunks with index and CRC, attachments, metadata, a summary. The same calls make the same bytes: nothing
// is compressed, nothing reads a clock, maps are sorted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace nightfog::record {

/// @code
/// McapWriter mcap([&](std::span<const std::byte> bytes) { file.write(bytes); });
/// const uint16_t channel = mcap.addChannel(mcap.addSchema("Text", "jsonschema", "{}"), "/log", "json", {});
/// mcap.write(channel, 0, 1'000, {"\"hello\""});
/// mcap.close();
/// @endcode
class McapWriter {
 public:
  /// Takes the next bytes of the file; what it throws reaches the caller of write() or close().
  using Sink = std::function<void(std::span<const std::byte>)>;
  /// Chunks are closed before they would grow beyond this; a message that is larger alone gets a chunk of its own.
  static constexpr size_t kChunkBytes = size_t{4} << 20;

  explicit McapWriter(Sink sink);
  ~McapWriter();

  /// Ids count from 1, in the order of the calls.
  uint16_t addSchema(std::string_view name, std::string_view encoding, std::string_view data);
  uint16_t addChannel(uint16_t schema, std::string_view topic, std::string_view messageEncoding,
                      const std::map<std::string, std::string>& metadata);
  /// The message is the concatenation of `parts`. `time_ns` is log and publish time: simulated time since the episode's
  /// start.
  void write(uint16_t channel, uint32_t sequence, uint64_t time_ns, std::span<const std::string_view> parts);
  void write(uint16_t channel, uint32_t sequence, uint64_t time_ns, std::initializer_list<std::string_view> parts) {
    write(channel, sequence, time_ns, std::span(parts.begin(), parts.size()));
  }
  void addAttachment(std::string_view name, std::string_view mediaType, std::string_view data);
  void addMetadata(std::string_view name, const std::map<std::string, std::string>& entries);
  /// Writes what is left, the summary and the footer. Without it there is no valid file.
  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nightfog::record
