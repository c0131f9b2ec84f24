#include "engine/record/plane_codec.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <cstring>
#include <stdexcept>

#include "engine/core/error.hpp"

namespace nightfog::record {

namespace {

constexpr int kLevel = 1;  // after delta and shuffle, level 6 saves 5 % more and takes three times as long
constexpr uint64_t kMostBytes = uint64_t{1} << 30;

template <class Word>
void shuffle(const Word* words, size_t pixels, uint32_t width, uint32_t wordsPerPixel, unsigned char* out) {
  const size_t count = pixels * wordsPerPixel;
  size_t at = 0;
  for (uint32_t w = 0; w < wordsPerPixel; ++w) {
    for (size_t i = 0; i < pixels; ++i, ++at) {
      const Word before = i % width != 0 ? words[(i - 1) * wordsPerPixel + w]
                          : i != 0       ? words[(i - width) * wordsPerPixel + w]
                                         : Word{0};
      const auto difference = static_cast<Word>(words[i * wordsPerPixel + w] - before);
      for (size_t byte = 0; byte < sizeof(Word); ++byte)
        out[byte * count + at] = static_cast<unsigned char>(difference >> (8 * byte));
    }
  }
}

template <class Word>
void unshuffle(const unsigned char* in, size_t pixels, uint32_t width, uint32_t wordsPerPixel, Word* words) {
  const size_t count = pixels * wordsPerPixel;
  size_t at = 0;
  for (uint32_t w = 0; w < wordsPerPixel; ++w) {
    for (size_t i = 0; i < pixels; ++i, ++at) {
      uint32_t difference = 0;
      for (size_t byte = 0; byte < sizeof(Word); ++byte) difference |= uint32_t{in[byte * count + at]} << (8 * byte);
      const Word before = i % width != 0 ? words[(i - 1) * wordsPerPixel + w]
                          : i != 0       ? words[(i - width) * wordsPerPixel + w]
                                         : Word{0};
      words[i * wordsPerPixel + w] = static_cast<Word>(before + difference);
    }
  }
}

/// Calls use(word type) for the width of a word.
template <class Use>
void withWord(uint32_t wordBytes, Use&& use) {
  if (wordBytes == 1) return use(uint8_t{});
  if (wordBytes == 2) return use(uint16_t{});
  NF_ASSERT(wordBytes == 4, "words of {} bytes", wordBytes);
  use(uint32_t{});
}

}  // namespace

std::string encodePlane(std::span<const std::byte> pixels, uint32_t width, uint32_t wordBytes, uint32_t wordsPerPixel) {
  const size_t pixelCount = pixels.size() / (size_t{wordBytes} * wordsPerPixel);
  std::vector<unsigned char> shuffled(pixels.size());
  withWord(wordBytes, [&](auto word) {
    using Word = decltype(word);
    std::vector<Word> words(pixels.size() / sizeof(Word));
    std::memcpy(words.data(), pixels.data(), pixels.size());
    shuffle(words.data(), pixelCount, width, wordsPerPixel, shuffled.data());
  });
  std::string out(compressBound(shuffled.size()), '\0');
  uLongf size = out.size();
  const int status = compress2(reinterpret_cast<Bytef*>(out.data()), &size, shuffled.data(), shuffled.size(), kLevel);
  NF_ASSERT(status == Z_OK, "zlib says {}", status);
  out.resize(size);
  return out;
}

std::vector<std::byte> decodePlane(std::string_view data, uint32_t width, uint32_t height, uint32_t wordBytes,
                                   uint32_t wordsPerPixel) {
  const uint64_t bytes = uint64_t{width} * height * wordBytes * wordsPerPixel;
  if (bytes > kMostBytes)
    throw std::invalid_argument(fmt::format("a plane of {} x {} pixels is too large", width, height));
  std::vector<unsigned char> shuffled(bytes);
  uLongf size = bytes;
  if (bytes == 0 ||
      uncompress(shuffled.data(), &size, reinterpret_cast<const Bytef*>(data.data()), data.size()) != Z_OK ||
      size != bytes) {
    throw std::invalid_argument(fmt::format("the plane does not hold {} x {} pixels", width, height));
  }
  std::vector<std::byte> out(bytes);
  withWord(wordBytes, [&](auto word) {
    using Word = decltype(word);
    std::vector<Word> words(bytes / sizeof(Word));
    unshuffle(shuffled.data(), size_t{width} * height, width, wordsPerPixel, words.data());
    std::memcpy(out.data(), words.data(), bytes);
  });
  return out;
}

}  // namespace nightfog::record
