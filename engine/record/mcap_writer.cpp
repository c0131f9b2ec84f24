#include "engine/record/mcap_writer.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/record/mcap_format.hpp"

namespace nightfog::record {

using namespace mcap;

namespace {

std::string stringMap(const std::map<std::string, std::string>& entries) {
  std::string body;
  for (const auto& [key, value] : entries) {
    putString(body, key);
    putString(body, value);
  }
  std::string out;
  put32(out, static_cast<uint32_t>(body.size()));
  return out + body;
}

struct ChunkIndexEntry {
  uint64_t startTime = 0, endTime = 0, offset = 0, length = 0;
  std::vector<std::pair<uint16_t, uint64_t>> messageIndexOffsets;
  uint64_t messageIndexLength = 0, size = 0;
};

}  // namespace

struct McapWriter::Impl {
  Sink sink;
  uint64_t offset = 0;
  uint32_t dataCrc = 0;
  std::vector<std::string> schemas;  // record contents, ids from 1
  std::vector<std::string> channels;
  size_t schemasInChunks = 0, channelsInChunks = 0;
  std::string chunk;  // records of the open chunk
  uint64_t chunkStart = 0, chunkEnd = 0;
  std::map<uint16_t, std::vector<std::pair<uint64_t, uint64_t>>> chunkMessages;  // channel -> (time, offset)
  std::vector<ChunkIndexEntry> chunkIndexes;
  std::vector<std::string> attachmentIndexes, metadataIndexes;
  std::map<uint16_t, uint64_t> messageCounts;
  uint64_t firstTime = std::numeric_limits<uint64_t>::max(), lastTime = 0;
  bool isClosed = false;

  void emit(std::string_view bytes, uint32_t bytesCrc) {
    sink(std::as_bytes(std::span(bytes.data(), bytes.size())));
    offset += bytes.size();
    // Each byte is summed once, though chunk and data section both want its CRC.
    dataCrc = static_cast<uint32_t>(::crc32_combine(dataCrc, bytesCrc, static_cast<z_off_t>(bytes.size())));
  }
  void emit(std::string_view bytes) { emit(bytes, crcOf(bytes)); }

  /// Schemas and channels stand in a chunk before the first message that needs them.
  void announceChannels() {
    for (; schemasInChunks < schemas.size(); ++schemasInChunks) putRecord(chunk, Op::kSchema, schemas[schemasInChunks]);
    for (; channelsInChunks < channels.size(); ++channelsInChunks) {
      putRecord(chunk, Op::kChannel, channels[channelsInChunks]);
    }
  }

  /// Closes the open chunk, whose records are `chunk` and then `tail` (a large message's bytes, not copied).
  void flushChunk(std::span<const std::string_view> tail = {}) {
    if (chunkMessages.empty()) return;
    std::vector<std::pair<std::string_view, uint32_t>> pieces{{chunk, crcOf(chunk)}};
    for (const std::string_view part : tail) pieces.emplace_back(part, crcOf(part));
    uint64_t size = 0;
    uint32_t crc = 0;
    for (const auto& [bytes, bytesCrc] : pieces) {
      size += bytes.size();
      crc = static_cast<uint32_t>(::crc32_combine(crc, bytesCrc, static_cast<z_off_t>(bytes.size())));
    }
    ChunkIndexEntry index;
    index.startTime = chunkStart;
    index.endTime = chunkEnd;
    index.offset = offset;
    index.size = size;
    std::string head;
    put8(head, static_cast<uint8_t>(Op::kChunk));
    put64(head, 8 + 8 + 8 + 4 + 4 + 8 + size);
    put64(head, chunkStart);
    put64(head, chunkEnd);
    put64(head, size);
    put32(head, crc);
    putString(head, "");  // no compression
    put64(head, size);
    emit(head);
    for (const auto& [bytes, bytesCrc] : pieces) emit(bytes, bytesCrc);
    index.length = offset - index.offset;

    const uint64_t indexStart = offset;
    std::string indexes;
    for (const auto& [channel, messages] : chunkMessages) {
      index.messageIndexOffsets.emplace_back(channel, indexStart + indexes.size());
      std::string content;
      put16(content, channel);
      put32(content, static_cast<uint32_t>(messages.size() * 16));
      for (const auto& [time, at] : messages) {
        put64(content, time);
        put64(content, at);
      }
      putRecord(indexes, Op::kMessageIndex, content);
    }
    emit(indexes);
    index.messageIndexLength = offset - indexStart;
    chunkIndexes.push_back(std::move(index));
    chunk.clear();
    chunkMessages.clear();
  }

  std::string statistics() const {
    uint64_t total = 0;
    std::string counts;
    for (const auto& [channel, count] : messageCounts) {
      put16(counts, channel);
      put64(counts, count);
      total += count;
    }
    std::string content;
    put64(content, total);
    put16(content, static_cast<uint16_t>(schemas.size()));
    put32(content, static_cast<uint32_t>(channels.size()));
    put32(content, static_cast<uint32_t>(attachmentIndexes.size()));
    put32(content, static_cast<uint32_t>(metadataIndexes.size()));
    put32(content, static_cast<uint32_t>(chunkIndexes.size()));
    put64(content, total == 0 ? 0 : firstTime);
    put64(content, lastTime);
    put32(content, static_cast<uint32_t>(counts.size()));
    return content + counts;
  }

  std::vector<std::string> chunkIndexRecords() const {
    std::vector<std::string> records;
    for (const ChunkIndexEntry& index : chunkIndexes) {
      std::string content;
      put64(content, index.startTime);
      put64(content, index.endTime);
      put64(content, index.offset);
      put64(content, index.length);
      put32(content, static_cast<uint32_t>(index.messageIndexOffsets.size() * 10));
      for (const auto& [channel, at] : index.messageIndexOffsets) {
        put16(content, channel);
        put64(content, at);
      }
      put64(content, index.messageIndexLength);
      putString(content, "");
      put64(content, index.size);
      put64(content, index.size);
      records.push_back(std::move(content));
    }
    return records;
  }

  void writeSummary() {
    const uint64_t summaryStart = offset;
    std::string summary;
    std::string offsets;
    const auto group = [&](Op op, std::span<const std::string> records) {
      if (records.empty()) return;
      const uint64_t start = summaryStart + summary.size();
      for (const std::string& record : records) putRecord(summary, op, record);
      std::string content;
      put8(content, static_cast<uint8_t>(op));
      put64(content, start);
      put64(content, summaryStart + summary.size() - start);
      putRecord(offsets, Op::kSummaryOffset, content);
    };
    group(Op::kSchema, schemas);
    group(Op::kChannel, channels);
    group(Op::kStatistics, std::vector{statistics()});
    group(Op::kChunkIndex, chunkIndexRecords());
    group(Op::kAttachmentIndex, attachmentIndexes);
    group(Op::kMetadataIndex, metadataIndexes);
    const uint64_t offsetStart = summaryStart + summary.size();
    summary += offsets;
    put8(summary, static_cast<uint8_t>(Op::kFooter));
    put64(summary, 20);
    put64(summary, summaryStart);
    put64(summary, offsetStart);
    put32(summary, crcOf(summary));  // of everything since summaryStart, the footer's first two fields included
    summary += kMagic;
    emit(summary);
  }
};

McapWriter::McapWriter(Sink sink) : impl_(std::make_unique<Impl>()) {
  impl_->sink = std::move(sink);
  std::string content;
  putString(content, "");
  putString(content, "nightfog");
  std::string head(kMagic);
  putRecord(head, Op::kHeader, content);
  impl_->emit(head);
}

McapWriter::~McapWriter() = default;

uint16_t McapWriter::addSchema(std::string_view name, std::string_view encoding, std::string_view data) {
  const auto id = static_cast<uint16_t>(impl_->schemas.size() + 1);
  std::string content;
  put16(content, id);
  putString(content, name);
  putString(content, encoding);
  putString(content, data);
  impl_->schemas.push_back(std::move(content));
  return id;
}

uint16_t McapWriter::addChannel(uint16_t schema, std::string_view topic, std::string_view messageEncoding,
                                const std::map<std::string, std::string>& metadata) {
  NF_ASSERT(schema >= 1 && schema <= impl_->schemas.size(), "no schema {}", schema);
  NF_ASSERT(impl_->channels.size() < 0xfffe, "too many channels");
  const auto id = static_cast<uint16_t>(impl_->channels.size() + 1);
  std::string content;
  put16(content, id);
  put16(content, schema);
  putString(content, topic);
  putString(content, messageEncoding);
  content += stringMap(metadata);
  impl_->channels.push_back(std::move(content));
  return id;
}

void McapWriter::write(uint16_t channel, uint32_t sequence, uint64_t time_ns, std::span<const std::string_view> parts) {
  Impl& m = *impl_;
  NF_ASSERT(!m.isClosed, "write after close");
  NF_ASSERT(channel >= 1 && channel <= m.channels.size(), "no channel {}", channel);
  uint64_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  const uint64_t recordSize = kRecordHead + kMessageHead + size;
  if (m.chunk.size() + recordSize > kChunkBytes) m.flushChunk();

  m.announceChannels();
  if (m.chunkMessages.empty()) m.chunkStart = m.chunkEnd = time_ns;
  m.chunkStart = std::min(m.chunkStart, time_ns);
  m.chunkEnd = std::max(m.chunkEnd, time_ns);
  m.firstTime = std::min(m.firstTime, time_ns);
  m.lastTime = std::max(m.lastTime, time_ns);
  m.chunkMessages[channel].emplace_back(time_ns, m.chunk.size());
  ++m.messageCounts[channel];
  put8(m.chunk, static_cast<uint8_t>(Op::kMessage));
  put64(m.chunk, kMessageHead + size);
  put16(m.chunk, channel);
  put32(m.chunk, sequence);
  put64(m.chunk, time_ns);
  put64(m.chunk, time_ns);
  if (recordSize > kChunkBytes) {
    m.flushChunk(parts);
  } else {
    for (const std::string_view part : parts) m.chunk += part;
  }
}

void McapWriter::addAttachment(std::string_view name, std::string_view mediaType, std::string_view data) {
  Impl& m = *impl_;
  m.flushChunk();  // attachments stand between chunks
  std::string content;
  put64(content, 0);  // log time
  put64(content, 0);  // create time
  putString(content, name);
  putString(content, mediaType);
  put64(content, data.size());
  content += data;
  put32(content, crcOf(content));
  std::string record;
  putRecord(record, Op::kAttachment, content);
  std::string index;
  put64(index, m.offset);
  put64(index, record.size());
  put64(index, 0);
  put64(index, 0);
  put64(index, data.size());
  putString(index, name);
  putString(index, mediaType);
  m.attachmentIndexes.push_back(std::move(index));
  m.emit(record);
}

void McapWriter::addMetadata(std::string_view name, const std::map<std::string, std::string>& entries) {
  Impl& m = *impl_;
  m.flushChunk();
  std::string content;
  putString(content, name);
  content += stringMap(entries);
  std::string record;
  putRecord(record, Op::kMetadata, content);
  std::string index;
  put64(index, m.offset);
  put64(index, record.size());
  putString(index, name);
  m.metadataIndexes.push_back(std::move(index));
  m.emit(record);
}

void McapWriter::close() {
  Impl& m = *impl_;
  NF_ASSERT(!m.isClosed, "closed twice");
  m.isClosed = true;
  m.flushChunk();
  std::string dataEnd;
  put32(dataEnd, m.dataCrc);
  std::string record;
  putRecord(record, Op::kDataEnd, dataEnd);
  m.emit(record);
  m.writeSummary();
}

}  // namespace nightfog::record
