#include "engine/record/mcap_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "engine/record/mcap_cursor.hpp"

namespace nightfog::record {

using namespace mcap;

namespace {

// What a file may make us hold at once.
constexpr uint64_t kMaxSummary = uint64_t{1} << 28;
constexpr uint64_t kMaxChunk = (uint64_t{1} << 31) + (uint64_t{8} << 20);
constexpr uint64_t kMaxExtra = uint64_t{1} << 28;                     // an attachment or metadata record
constexpr uint64_t kChunkHead = kRecordHead + 8 + 8 + 8 + 4 + 4 + 8;  // uncompressed: up to the first record

struct ChunkIndex {
  uint64_t startTime = 0, endTime = 0, offset = 0, length = 0, messageIndexLength = 0, size = 0;
};
struct ExtraIndex {
  uint64_t offset = 0, length = 0;
};

class File {
 public:
  explicit File(const std::filesystem::path& path) : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) throw IoError(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
    struct stat status {};
    if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) {
      ::close(fd_);
      throw IoError(fmt::format("cannot read {}: not a regular file", path.string()));
    }
    size_ = static_cast<uint64_t>(status.st_size);
  }
  ~File() { ::close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  uint64_t size() const { return size_; }
  /// Into `out`, which keeps its memory from call to call.
  void read(uint64_t offset, uint64_t count, std::string& out) const {
    if (offset > size_ || count > size_ - offset) {
      Cursor::failAt(path_, offset, fmt::format("{} bytes wanted, the file has {}", count, size_));
    }
    out.resize(count);
    for (uint64_t done = 0; done < count;) {
      const ssize_t got = ::pread(fd_, out.data() + done, count - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw IoError(fmt::format("reading {} failed: {}", path_.string(), std::strerror(errno)));
      if (got == 0) Cursor::failAt(path_, offset + done, "the file became shorter while it was read");
      done += static_cast<uint64_t>(got);
    }
  }
  std::string read(uint64_t offset, uint64_t count) const {
    std::string out;
    read(offset, count, out);
    return out;
  }

 private:
  const std::filesystem::path& path_;
  int fd_ = -1;
  uint64_t size_ = 0;
};

}  // namespace

struct McapReader::Impl {
  std::filesystem::path path;
  File file;
  std::map<uint16_t, McapSchema> schemas;
  std::map<uint16_t, McapChannel> channels;
  std::vector<ChunkIndex> chunks;
  std::vector<McapMessageRef> messages;
  std::map<std::string, std::map<std::string, std::string>> metadata;
  std::map<std::string, uint64_t> attachmentSizes;
  std::map<std::string, ExtraIndex> attachmentIndexes, metadataIndexes;
  uint64_t dataStart = 0;  // first record after the header
  uint64_t dataEnd = 0;    // the DataEnd record
  uint64_t summaryStart = 0;
  std::optional<uint64_t> statedMessages;
  std::string chunk;  // records of the chunk read last
  std::optional<uint32_t> chunkLoaded;
  uint32_t chunkCrc = 0;

  explicit Impl(std::filesystem::path p) : path(std::move(p)), file(path) { open(); }

  [[noreturn]] void fail(uint64_t offset, std::string_view what) const { Cursor::failAt(path, offset, what); }

  void open() {
    const uint64_t size = file.size();
    if (size < kMagic.size() || file.read(0, kMagic.size()) != kMagic) fail(0, "this is not an MCAP file");
    if (size < 2 * kMagic.size() + kRecordHead + 8 + kDataEndSize + kFooterSize) {
      fail(size, "the file ends before its footer");
    }
    if (file.read(size - kMagic.size(), kMagic.size()) != kMagic) {
      fail(size, "the file does not end as an MCAP file must: it was cut off or never finished");
    }
    const std::string headBytes = file.read(kMagic.size(), kRecordHead);
    const uint64_t headerLength = getLittle(headBytes.data() + 1, 8);
    if (headBytes[0] != static_cast<char>(Op::kHeader) || headerLength > kMaxExtra) {
      fail(kMagic.size(), "no header record");
    }
    dataStart = kMagic.size() + kRecordHead + headerLength;

    const uint64_t footerOffset = size - kMagic.size() - kFooterSize;
    const std::string footerBytes = file.read(footerOffset, kFooterSize);
    Cursor footer(path, footerBytes, footerOffset);
    if (footer.take8("opcode") != static_cast<uint8_t>(Op::kFooter) || footer.take64("length") != 20) {
      fail(footerOffset, "no footer record");
    }
    summaryStart = footer.take64("summary start");
    const uint64_t summaryOffsetStart = footer.take64("summary offset start");
    const uint32_t summaryCrc = footer.take32("summary CRC");
    if (summaryStart == 0) fail(footerOffset, "the file has no summary");
    if (summaryStart > footerOffset || summaryStart < dataStart + kDataEndSize ||
        footerOffset - summaryStart > kMaxSummary) {
      fail(footerOffset, fmt::format("impossible summary start {}", summaryStart));
    }
    if (summaryOffsetStart < summaryStart || summaryOffsetStart > footerOffset) {
      fail(footerOffset, fmt::format("impossible summary offset start {}", summaryOffsetStart));
    }
    dataEnd = summaryStart - kDataEndSize;
    const std::string summary = file.read(summaryStart, footerOffset - summaryStart);
    if (summaryCrc != 0 &&
        crcOf(std::string_view(footerBytes).substr(0, kFooterSize - 4), crcOf(summary)) != summaryCrc) {
      fail(summaryStart, "the CRC of the summary is wrong");
    }
    Cursor cursor(path, std::string_view(summary).substr(0, summaryOffsetStart - summaryStart), summaryStart);
    while (!cursor.atEnd()) readSummaryRecord(takeRecord(cursor));
    for (uint32_t i = 0; i < chunks.size(); ++i) readMessageIndex(i);
    if (statedMessages && *statedMessages != messages.size()) {
      fail(summaryStart, fmt::format("statistics say {} messages, the index has {}", *statedMessages, messages.size()));
    }
    for (const auto& [name, at] : metadataIndexes) {
      const std::string bytes = file.read(at.offset, at.length);
      Cursor walk(path, bytes, at.offset);
      Record record = takeRecord(walk);
      if (record.op != Op::kMetadata || record.content.takeString("name") != name) {
        fail(at.offset, "the index says that metadata is here");
      }
      metadata[name] = record.content.takeStringMap("metadata");
    }
  }

  void readSummaryRecord(Record record) {
    Cursor& in = record.content;
    switch (record.op) {
      case Op::kSchema: {
        const auto [id, schema] = readSchema(in);
        schemas[id] = schema;
        break;
      }
      case Op::kChannel: {
        const auto [id, channel] = readChannel(in);
        if (!schemas.contains(channel.schema)) fail(record.offset, fmt::format("no schema {}", channel.schema));
        channels[id] = channel;
        break;
      }
      case Op::kStatistics:
        statedMessages = in.take64("message count");
        break;
      case Op::kChunkIndex: {
        ChunkIndex index;
        index.startTime = in.take64("start time");
        index.endTime = in.take64("end time");
        index.offset = in.take64("chunk offset");
        index.length = in.take64("chunk length");
        in.subArray("message index offsets");
        index.messageIndexLength = in.take64("message index length");
        const bool isPlain = in.takeString("compression").empty();
        const uint64_t storedSize = in.take64("compressed size");
        index.size = in.take64("uncompressed size");
        if (!isPlain) fail(record.offset, "the chunk is compressed; nightfog neither writes nor reads such files");
        // Chunks follow one another: no part of the file is read twice however many there are.
        const uint64_t after =
            chunks.empty() ? dataStart : chunks.back().offset + chunks.back().length + chunks.back().messageIndexLength;
        const bool isInside = index.offset >= after && index.offset <= dataEnd &&
                              index.length <= dataEnd - index.offset &&
                              index.messageIndexLength <= dataEnd - index.offset - index.length;
        if (!isInside || storedSize != index.size || index.size > kMaxChunk || index.length < kChunkHead ||
            index.length - kChunkHead != index.size || index.messageIndexLength > kMaxSummary) {
          fail(record.offset, "impossible chunk index");
        }
        chunks.push_back(index);
        break;
      }
      case Op::kAttachmentIndex:
      case Op::kMetadataIndex: {
        ExtraIndex index{in.take64("offset"), in.take64("length")};
        if (index.offset < dataStart || index.offset > dataEnd || index.length > dataEnd - index.offset ||
            index.length > kMaxExtra) {
          fail(record.offset, "impossible attachment or metadata index");
        }
        if (record.op == Op::kMetadataIndex) {
          metadataIndexes[std::string(in.takeString("name"))] = index;
        } else {
          in.take64("log time");
          in.take64("create time");
          const uint64_t size = in.take64("data size");
          const std::string name(in.takeString("name"));
          attachmentIndexes[name] = index;
          attachmentSizes[name] = size;
        }
        break;
      }
      default:
        break;  // the specification asks readers to pass over records they do not know
    }
  }

  static std::pair<uint16_t, McapSchema> readSchema(Cursor& in) {
    const uint16_t id = in.take16("schema id");
    McapSchema schema;
    schema.name = in.takeString("schema name");
    schema.encoding = in.takeString("schema encoding");
    schema.data = in.takeString("schema data");
    return {id, std::move(schema)};
  }

  static std::pair<uint16_t, McapChannel> readChannel(Cursor& in) {
    const uint16_t id = in.take16("channel id");
    McapChannel channel;
    channel.schema = in.take16("schema id");
    channel.topic = in.takeString("topic");
    channel.messageEncoding = in.takeString("message encoding");
    channel.metadata = in.takeStringMap("channel metadata");
    return {id, std::move(channel)};
  }

  void readMessageIndex(uint32_t chunkNumber) {
    const ChunkIndex& index = chunks[chunkNumber];
    const uint64_t start = index.offset + index.length;
    const std::string bytes = file.read(start, index.messageIndexLength);
    const size_t first = messages.size();
    for (Cursor cursor(path, bytes, start); !cursor.atEnd();) {
      Record record = takeRecord(cursor);
      if (record.op != Op::kMessageIndex) fail(record.offset, "no message index where the chunk index says");
      const uint16_t channel = record.content.take16("channel id");
      if (!channels.contains(channel)) fail(record.offset, fmt::format("no channel {}", channel));
      for (Cursor entries = record.content.subArray("message index"); !entries.atEnd();) {
        McapMessageRef ref;
        ref.channel = channel;
        ref.chunk = chunkNumber;
        ref.time_ns = entries.take64("time");
        ref.offset = entries.take64("offset");
        if (index.size < kRecordHead + kMessageHead || ref.offset > index.size - kRecordHead - kMessageHead) {
          fail(entries.offset(), "the index points beyond its chunk");
        }
        messages.push_back(ref);
      }
    }
    const auto begin = messages.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, messages.end(),
              [](const McapMessageRef& a, const McapMessageRef& b) { return a.offset < b.offset; });
    std::string head;
    for (auto ref = begin; ref != messages.end(); ++ref) {
      file.read(index.offset + kChunkHead + ref->offset + kRecordHead + 2, 4, head);
      ref->sequence = static_cast<uint32_t>(getLittle(head.data(), 4));
    }
  }

  void loadChunk(uint32_t number) {
    if (chunkLoaded == number) return;
    chunkLoaded.reset();
    const ChunkIndex& index = chunks[number];
    const std::string headBytes = file.read(index.offset, kChunkHead);
    Cursor head(path, headBytes, index.offset);
    const bool isChunk =
        head.take8("opcode") == static_cast<uint8_t>(Op::kChunk) && head.take64("length") == index.length - kRecordHead;
    const bool hasTimes = head.take64("start") == index.startTime && head.take64("end") == index.endTime;
    const uint64_t size = head.take64("uncompressed size");
    const uint32_t crc = head.take32("CRC");
    const uint32_t compression = head.take32("compression");
    const uint64_t stored = head.take64("records size");
    if (!isChunk || !hasTimes || size != index.size || compression != 0 || stored != index.size) {
      fail(index.offset, "the chunk is not what the index says");
    }
    file.read(index.offset + kChunkHead, index.size, chunk);
    chunkCrc = crcOf(chunk);
    if (crc != 0 && chunkCrc != crc) fail(index.offset, "the CRC of the chunk is wrong");
    chunkLoaded = number;
  }

  std::string_view message(const McapMessageRef& ref) {
    NF_ASSERT(ref.chunk < chunks.size(), "no chunk {}", ref.chunk);
    loadChunk(ref.chunk);
    const uint64_t at = chunks[ref.chunk].offset + kChunkHead + ref.offset;
    Cursor cursor(path, std::string_view(chunk).substr(ref.offset), at);
    Record record = takeRecord(cursor);
    Cursor& in = record.content;
    if (record.op != Op::kMessage || in.take16("channel") != ref.channel || in.take32("sequence") != ref.sequence ||
        in.take64("log time") != ref.time_ns) {
      fail(at, "no message where the index says");
    }
    in.take64("publish time");
    return in.take(in.remaining(), "message");
  }

  std::string attachment(const std::string& name) const {
    const auto found = attachmentIndexes.find(name);
    if (found == attachmentIndexes.end()) throw IoError(fmt::format("{}: no attachment {}", path.string(), name));
    const std::string bytes = file.read(found->second.offset, found->second.length);
    Cursor cursor(path, bytes, found->second.offset);
    Record record = takeRecord(cursor);
    if (record.op != Op::kAttachment) fail(record.offset, "the index says that an attachment is here");
    return readAttachment(record, name);
  }

  std::string readAttachment(Record& record, std::optional<std::string_view> wanted) const {
    Cursor& in = record.content;
    Cursor whole = in;
    in.take64("log time");
    in.take64("create time");
    const std::string_view name = in.takeString("name");
    in.takeString("media type");
    const std::string_view data = in.take(in.take64("data size"), "attachment");
    const uint64_t summed = in.offset() - whole.offset();
    const uint32_t crc = in.take32("CRC");
    if (crc != 0 && crcOf(whole.take(summed, "attachment")) != crc) {
      fail(record.offset, "the CRC of the attachment is wrong");
    }
    if (wanted && name != *wanted) fail(record.offset, "another attachment than the index says");
    return std::string(data);
  }

  void verify();
  void verifyChunk(uint32_t number, size_t& nextMessage);
};

void McapReader::Impl::verifyChunk(uint32_t number, size_t& nextMessage) {
  loadChunk(number);
  for (Cursor cursor(path, chunk, chunks[number].offset + kChunkHead); !cursor.atEnd();) {
    Record record = takeRecord(cursor);
    Cursor& in = record.content;
    if (record.op == Op::kSchema) {
      const auto [id, schema] = readSchema(in);
      const auto known = schemas.find(id);
      if (known == schemas.end() || known->second.name != schema.name || known->second.data != schema.data) {
        fail(record.offset, fmt::format("schema {} is not that of the summary", id));
      }
    } else if (record.op == Op::kChannel) {
      const auto [id, channel] = readChannel(in);
      const auto known = channels.find(id);
      if (known == channels.end() || known->second.topic != channel.topic || known->second.schema != channel.schema) {
        fail(record.offset, fmt::format("channel {} is not that of the summary", id));
      }
    } else if (record.op == Op::kMessage) {
      const uint64_t offset = record.offset - chunks[number].offset - kChunkHead;
      if (nextMessage == messages.size() || messages[nextMessage].chunk != number ||
          messages[nextMessage].offset != offset) {
        fail(record.offset, "a message that the index does not know");
      }
      message(messages[nextMessage]);
      ++nextMessage;
    }
  }
}

void McapReader::Impl::verify() {
  uint32_t crc = crcOf(file.read(0, dataStart));
  uint32_t nextChunk = 0;
  size_t nextMessage = 0;
  size_t attachmentCount = 0, metadataCount = 0;
  std::string bytes;
  for (uint64_t offset = dataStart; offset != dataEnd;) {
    if (dataEnd - offset < kRecordHead) fail(offset, "a record goes beyond the data section");
    const std::string head = file.read(offset, kRecordHead);
    const auto op = static_cast<Op>(head[0]);
    const uint64_t length = getLittle(head.data() + 1, 8);
    if (length > dataEnd - offset - kRecordHead) fail(offset, "a record goes beyond the data section");
    if (op == Op::kChunk) {
      if (nextChunk == chunks.size() || chunks[nextChunk].offset != offset) {
        fail(offset, "a chunk that the index does not know");
      }
      verifyChunk(nextChunk, nextMessage);
      crc = crcOf(file.read(offset, kChunkHead), crc);
      crc = static_cast<uint32_t>(::crc32_combine(crc, chunkCrc, static_cast<z_off_t>(chunk.size())));
      ++nextChunk;
    } else {
      if (length > kMaxExtra) fail(offset, "the record is larger than any that nightfog writes");
      file.read(offset, kRecordHead + length, bytes);
      crc = crcOf(bytes, crc);
      Cursor cursor(path, bytes, offset);
      Record record = takeRecord(cursor);
      if (op == Op::kAttachment) {
        readAttachment(record, std::nullopt);
        ++attachmentCount;
      }
      if (op == Op::kMetadata) ++metadataCount;
    }
    offset += kRecordHead + length;
  }
  if (nextChunk != chunks.size() || nextMessage != messages.size() || attachmentCount != attachmentIndexes.size() ||
      metadataCount != metadataIndexes.size()) {
    fail(dataEnd, "the index knows more than the data section holds");
  }
  const std::string endBytes = file.read(dataEnd, kDataEndSize);
  Cursor end(path, endBytes, dataEnd);
  if (end.take8("opcode") != static_cast<uint8_t>(Op::kDataEnd) || end.take64("length") != 4) {
    fail(dataEnd, "no end-of-data record before the summary");
  }
  const uint32_t stated = end.take32("data CRC");
  if (stated != 0 && stated != crc) fail(dataEnd, "the CRC of the data section is wrong");
}

McapReader::McapReader(std::filesystem::path path) : impl_(std::make_unique<Impl>(std::move(path))) {}
McapReader::~McapReader() = default;

const std::filesystem::path& McapReader::path() const {
  return impl_->path;
}
uint64_t McapReader::fileSize() const {
  return impl_->file.size();
}
const std::map<uint16_t, McapSchema>& McapReader::schemas() const {
  return impl_->schemas;
}
const std::map<uint16_t, McapChannel>& McapReader::channels() const {
  return impl_->channels;
}
size_t McapReader::chunkCount() const {
  return impl_->chunks.size();
}
std::span<const McapMessageRef> McapReader::messages() const {
  return impl_->messages;
}
std::string_view McapReader::message(const McapMessageRef& ref) {
  return impl_->message(ref);
}
const std::map<std::string, std::map<std::string, std::string>>& McapReader::metadata() const {
  return impl_->metadata;
}
const std::map<std::string, uint64_t>& McapReader::attachments() const {
  return impl_->attachmentSizes;
}
std::string McapReader::attachment(const std::string& name) {
  return impl_->attachment(name);
}
void McapReader::verify() {
  impl_->verify();
}

}  // namespace nightfog::record
