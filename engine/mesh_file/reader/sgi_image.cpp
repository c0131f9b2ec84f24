// SGI image file format, version 1.00 (Paul Haeberli, Silicon Graphics): a 512-byte big-endian header; rows from the
// bottom, channel after channel; run-length packets of one count byte whose high bit means "copy", ended by a zero.
#include <algorithm>
#include <optional>

#include "engine/mesh_file/reader/image_reader.hpp"

namespace nightfog::mesh_file {
namespace {

constexpr size_t kHeaderBytes = 512;

uint32_t bigEndian(std::span<const uint8_t> bytes, size_t at, size_t count) {
  uint32_t value = 0;
  for (size_t i = 0; i < count; ++i) value = value << 8 | bytes[at + i];
  return value;
}

/// One row of one channel from its packets; what the file does not fill stays as it is.
void unpackRow(std::span<const uint8_t> packets, std::span<uint8_t> row) {
  size_t out = 0;
  size_t in = 0;
  while (in < packets.size() && out < row.size()) {
    const uint8_t packet = packets[in++];
    size_t count = packet & 0x7fu;
    if (count == 0) return;
    count = std::min(count, row.size() - out);
    if ((packet & 0x80u) != 0) {
      count = std::min(count, packets.size() - in);
      std::copy_n(packets.begin() + static_cast<std::ptrdiff_t>(in), count,
                  row.begin() + static_cast<std::ptrdiff_t>(out));
      in += count;
    } else {
      if (in >= packets.size()) return;
      std::fill_n(row.begin() + static_cast<std::ptrdiff_t>(out), count, packets[in++]);
    }
    out += count;
  }
}

}  // namespace

std::optional<Image> decodeSgiImage(std::span<const uint8_t> bytes, uint32_t maxSize) {
  if (bytes.size() < kHeaderBytes || bigEndian(bytes, 0, 2) != 474) return std::nullopt;
  const bool isPacked = bytes[2] == 1;
  const bool hasByteChannels = bytes[3] == 1;
  const uint32_t dimensions = bigEndian(bytes, 4, 2);
  const uint32_t width = bigEndian(bytes, 6, 2);
  const uint32_t height = dimensions >= 2 ? bigEndian(bytes, 8, 2) : 1;
  const uint32_t channels = dimensions >= 3 ? bigEndian(bytes, 10, 2) : 1;
  if (!hasByteChannels || width == 0 || height == 0 || width > maxSize || height > maxSize || channels == 0 ||
      channels > 4) {
    return std::nullopt;
  }
  const size_t rows = size_t{height} * channels;
  if (isPacked ? bytes.size() < kHeaderBytes + 8 * rows : bytes.size() < kHeaderBytes + rows * width) {
    return std::nullopt;
  }
  Image image;
  image.width = width;
  image.height = height;
  image.texels.assign(size_t{width} * height, channels == 4 || channels == 2 ? 0u : 0xff000000u);
  std::vector<uint8_t> row(width);
  for (uint32_t channel = 0; channel < channels; ++channel) {
    // One and two channels are grey, the second of two and the fourth of four are alpha.
    const bool isAlpha = (channels == 2 && channel == 1) || channel == 3;
    const uint32_t places = isAlpha ? 0x01000000u : channels <= 2 ? 0x00010101u : 1u << (8 * channel);
    for (uint32_t y = 0; y < height; ++y) {
      const size_t index = size_t{channel} * height + y;
      if (isPacked) {
        const size_t start = bigEndian(bytes, kHeaderBytes + 4 * index, 4);
        const size_t length = bigEndian(bytes, kHeaderBytes + 4 * (rows + index), 4);
        if (start > bytes.size()) return std::nullopt;
        unpackRow(bytes.subspan(start, std::min(length, bytes.size() - start)), row);
      } else {
        const auto from = bytes.subspan(kHeaderBytes + index * width, width);
        row.assign(from.begin(), from.end());
      }
      uint32_t* texels = &image.texels[size_t{y} * width];
      for (uint32_t x = 0; x < width; ++x) texels[x] |= row[x] * places;
    }
  }
  return image;
}

}  // namespace nightfog::mesh_file
