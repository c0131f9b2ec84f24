#include "engine/record/plane_codec.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>

#include "engine/core/error.hpp"

namespace nightfog::record {

namespace {

constexpr int kLevel = 1;
constexpr uint64_t kMostBytes = uint64_t{1} << 30;
constexpr uint32_t kMostFixedPointBits = 24;
/// Above this entropy of single bytes, nothing repeats; below it, what repeats are runs. Deflate's search for other
/// repetitions costs time and finds worse codes for such bytes than these two.
constexpr double kNoise_bits = 3.0;

/// Calls use(word type) for the width of a word.
template <class Use>
void withWord(uint32_t wordBytes, Use&& use) {
  if (wordBytes == 1) return use(uint8_t{});
  if (wordBytes == 2) return use(uint16_t{});
  NF_ASSERT(wordBytes == 4, "words of {} bytes", wordBytes);
  use(uint32_t{});
}

template <class Word>
Word fold(Word difference) {
  return static_cast<Word>((difference << 1) ^ (0 - (difference >> (8 * sizeof(Word) - 1))));
}
template <class Word>
Word unfold(Word folded) {
  return static_cast<Word>((folded >> 1) ^ (0 - (folded & 1)));
}

/// How many bits behind the binary point the floats need; none when they are not all finite numbers of a range that 32
/// bits hold so.
std::optional<uint32_t> fixedPointBits(std::span<const std::byte> floats) {
  int needed = 1, highest = 0;
  for (size_t at = 0; at + 4 <= floats.size(); at += 4) {
    uint32_t word = 0;
    std::memcpy(&word, floats.data() + at, 4);
    if (word == 0) continue;
    const int exponent = static_cast<int>(word >> 23 & 0xff);
    if (exponent == 0 || exponent == 0xff) return std::nullopt;  // subnormal or minus zero; infinite or not a number
    const uint32_t mantissa = (word & 0x7fffff) | 0x800000;
    needed = std::max(needed, 150 - exponent - std::countr_zero(mantissa));
    highest = std::max(highest, exponent - 126);  // |value| < 2^highest
    if (needed > static_cast<int>(kMostFixedPointBits) || needed + highest > 31) return std::nullopt;
  }
  return static_cast<uint32_t>(needed);
}

double entropy_bits(std::span<const unsigned char> bytes) {
  constexpr size_t kStride = 7;  // a sample tells enough
  std::array<uint32_t, 256> counts{};
  size_t total = 0;
  for (size_t i = 0; i < bytes.size(); i += kStride, ++total) ++counts[bytes[i]];
  double bits = 0;
  for (const uint32_t n : counts) {
    if (n != 0) bits -= n * std::log2(static_cast<double>(n) / static_cast<double>(total));
  }
  return total == 0 ? 0 : bits / static_cast<double>(total);
}

/// One zlib stream; `part` bytes at a time are looked at for how to code them.
std::string compress(std::span<const unsigned char> bytes, size_t part) {
  z_stream stream{};
  int status = deflateInit2(&stream, kLevel, Z_DEFLATED, MAX_WBITS, MAX_MEM_LEVEL, Z_RLE);
  NF_ASSERT(status == Z_OK, "zlib says {}", status);
  // Beyond the bound for one strategy: each change of it ends a block.
  std::string out(deflateBound(&stream, bytes.size()) + (bytes.size() / std::max<size_t>(part, 1) + 1) * 64 + 1024,
                  '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  int strategy = Z_RLE;
  for (size_t at = 0; at < bytes.size(); at += part) {
    const auto now = bytes.subspan(at, std::min(part, bytes.size() - at));
    const int wanted = entropy_bits(now) > kNoise_bits ? Z_HUFFMAN_ONLY : Z_RLE;
    if (wanted != strategy) {
      status = deflateParams(&stream, kLevel, wanted);
      NF_ASSERT(status == Z_OK, "zlib says {}", status);
      strategy = wanted;
    }
    stream.next_in = const_cast<Bytef*>(now.data());
    stream.avail_in = static_cast<uInt>(now.size());
    status = deflate(&stream, Z_NO_FLUSH);
    NF_ASSERT(status == Z_OK && stream.avail_in == 0, "zlib says {}", status);
  }
  status = deflate(&stream, Z_FINISH);
  NF_ASSERT(status == Z_STREAM_END, "zlib says {}", status);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// Folded differences of one word of every pixel, bytes of equal weight together: byte b of pixel i at out[b * stride].
/// `scale` is 0, or what makes whole numbers of floats.
template <class Word>
void predict(const std::byte* pixels, uint32_t width, size_t height, uint32_t step, float scale, unsigned char* out,
             size_t stride) {
  std::vector<Word> above(width + 1, 0), row(width + 1, 0), folded(width), pixelRow(size_t{width} * step);
  for (size_t y = 0; y < height; ++y, out += width) {
    std::memcpy(pixelRow.data(), pixels + y * width * step * sizeof(Word), ((width - 1) * step + 1) * sizeof(Word));
    for (uint32_t x = 0; x < width; ++x) row[x + 1] = pixelRow[x * step];
    if constexpr (sizeof(Word) == 4) {
      if (scale != 0) {
        for (uint32_t x = 1; x <= width; ++x)
          row[x] = static_cast<uint32_t>(static_cast<int32_t>(std::bit_cast<float>(row[x]) * scale));
      }
    }
    // Column 0 is outside the image: the first pixel is predicted by the one above alone.
    for (uint32_t x = 0; x < width; ++x)
      folded[x] = fold(static_cast<Word>(row[x + 1] - row[x] - above[x + 1] + above[x]));
    for (size_t byte = 0; byte < sizeof(Word); ++byte) {
      for (uint32_t x = 0; x < width; ++x) out[byte * stride + x] = static_cast<unsigned char>(folded[x] >> (8 * byte));
    }
    std::swap(above, row);
  }
}

template <class Word>
void unpredict(const unsigned char* in, size_t stride, uint32_t width, size_t height, uint32_t step, Word* words) {
  std::vector<Word> above(width, 0), row(width);
  for (size_t y = 0; y < height; ++y) {
    const auto residual = [&](uint32_t x) {
      uint32_t folded = 0;
      for (size_t byte = 0; byte < sizeof(Word); ++byte) folded |= uint32_t{in[byte * stride + x]} << (8 * byte);
      return unfold(static_cast<Word>(folded));
    };
    row[0] = static_cast<Word>(residual(0) + above[0]);
    for (uint32_t x = 1; x < width; ++x) row[x] = static_cast<Word>(residual(x) + row[x - 1] + above[x] - above[x - 1]);
    for (uint32_t x = 0; x < width; ++x) words[(y * width + x) * step] = row[x];
    std::swap(above, row);
    in += width;
  }
}

}  // namespace

EncodedPlane encodePlane(std::span<const std::byte> pixels, uint32_t width, const PlaneLayout& layout) {
  EncodedPlane out;
  const size_t pixelBytes = size_t{layout.wordBytes} * layout.wordsPerPixel;
  const size_t pixelCount = pixels.size() / pixelBytes;
  NF_ASSERT(width > 0 && pixels.size() == pixelCount * pixelBytes && pixelCount % width == 0,
            "{} bytes are no rows of {} pixels", pixels.size(), width);
  const auto shuffled = std::make_unique_for_overwrite<unsigned char[]>(pixels.size());
  if (layout.isFloat) out.fixedPointBits = fixedPointBits(pixels).value_or(0);
  const float scale = out.fixedPointBits != 0 ? std::ldexp(1.0f, static_cast<int>(out.fixedPointBits)) : 0.0f;
  withWord(layout.wordBytes, [&](auto word) {
    using Word = decltype(word);
    // Byte planes of word 0, then those of word 1 …
    for (uint32_t w = 0; w < layout.wordsPerPixel; ++w) {
      predict<Word>(pixels.data() + w * sizeof(Word), width, pixelCount / width, layout.wordsPerPixel, scale,
                    shuffled.get() + w * pixelCount * sizeof(Word), pixelCount);
    }
  });
  out.data = compress({shuffled.get(), pixels.size()}, std::max<size_t>(pixelCount, 1));
  return out;
}

std::vector<std::byte> decodePlane(std::string_view data, uint32_t width, uint32_t height, const PlaneLayout& layout,
                                   uint32_t fixedPointBits) {
  const size_t pixelCount = size_t{width} * height;
  const uint64_t bytes = uint64_t{pixelCount} * layout.wordBytes * layout.wordsPerPixel;
  if (bytes > kMostBytes)
    throw std::invalid_argument(fmt::format("a plane of {} x {} pixels is too large", width, height));
  if (fixedPointBits > kMostFixedPointBits || (fixedPointBits != 0 && !layout.isFloat))
    throw std::invalid_argument(fmt::format("{} bits of fixed point", fixedPointBits));
  std::vector<unsigned char> shuffled(bytes);
  uLongf size = bytes;
  if (bytes == 0 ||
      uncompress(shuffled.data(), &size, reinterpret_cast<const Bytef*>(data.data()), data.size()) != Z_OK ||
      size != bytes) {
    throw std::invalid_argument(fmt::format("the plane does not hold {} x {} pixels", width, height));
  }
  std::vector<std::byte> out(bytes);
  withWord(layout.wordBytes, [&](auto word) {
    using Word = decltype(word);
    std::vector<Word> words(bytes / sizeof(Word));
    for (uint32_t w = 0; w < layout.wordsPerPixel; ++w) {
      unpredict(shuffled.data() + w * pixelCount * sizeof(Word), pixelCount, width, height, layout.wordsPerPixel,
                words.data() + w);
    }
    if constexpr (sizeof(Word) == 4) {
      if (fixedPointBits != 0) {
        for (uint32_t& w : words)
          w = std::bit_cast<uint32_t>(
              std::ldexp(static_cast<float>(static_cast<int32_t>(w)), -static_cast<int>(fixedPointBits)));
      }
    }
    std::memcpy(out.data(), words.data(), bytes);
  });
  return out;
}

}  // namespace nightfog::record
