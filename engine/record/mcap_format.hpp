// Numbers and byte order of the MCAP container (https://mcap.dev/spec), shared by writer and reader.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace nightfog::record::mcap {

inline constexpr std::string_view kMagic("\x89MCAP0\r\n", 8);

enum class Op : uint8_t {
  kHeader = 0x01,
  kFooter = 0x02,
  kSchema = 0x03,
  kChannel = 0x04,
  kMessage = 0x05,
  kChunk = 0x06,
  kMessageIndex = 0x07,
  kChunkIndex = 0x08,
  kAttachment = 0x09,
  kAttachmentIndex = 0x0A,
  kStatistics = 0x0B,
  kMetadata = 0x0C,
  kMetadataIndex = 0x0D,
  kSummaryOffset = 0x0E,
  kDataEnd = 0x0F,
};

inline constexpr uint64_t kRecordHead = 9;    ///< opcode and length
inline constexpr uint64_t kMessageHead = 22;  ///< channel, sequence, log time, publish time
inline constexpr uint64_t kDataEndSize = kRecordHead + 4;
inline constexpr uint64_t kFooterSize = kRecordHead + 20;

inline uint32_t crcOf(std::string_view bytes, uint32_t crc = 0) {
  return static_cast<uint32_t>(::crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

inline void put8(std::string& out, uint8_t v) {
  out.push_back(static_cast<char>(v));
}
inline void putLittle(std::string& out, uint64_t v, int bytes) {
  for (int i = 0; i < bytes; ++i) put8(out, static_cast<uint8_t>(v >> (8 * i)));
}
inline void put16(std::string& out, uint16_t v) {
  putLittle(out, v, 2);
}
inline void put32(std::string& out, uint32_t v) {
  putLittle(out, v, 4);
}
inline void put64(std::string& out, uint64_t v) {
  putLittle(out, v, 8);
}
inline void putString(std::string& out, std::string_view v) {
  put32(out, static_cast<uint32_t>(v.size()));
  out.append(v);
}
inline void putRecord(std::string& out, Op op, std::string_view content) {
  put8(out, static_cast<uint8_t>(op));
  put64(out, content.size());
  out.append(content);
}

inline uint64_t getLittle(const char* bytes, int count) {
  uint64_t v = 0;
  for (int i = 0; i < count; ++i) v |= uint64_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
  return v;
}

}  // namespace nightfog::record::mcap
