#include "engine/config/source_text.hpp"

#include <algorithm>

namespace nightfog::config {

namespace {

constexpr size_t kLongestShownLine = 400;  // bytes; what is longer is cut so that a message stays a message

bool isContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u;
}

std::string_view cutAfter(std::string_view utf8, size_t bytes) {
  if (utf8.size() <= bytes) return utf8;
  while (bytes > 0 && isContinuation(utf8[bytes])) --bytes;
  return utf8.substr(0, bytes);
}

}  // namespace

SourceText::SourceText(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
  lineStarts_.push_back(0);
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') lineStarts_.push_back(static_cast<uint32_t>(i + 1));
  }
}

size_t SourceText::lineOf(uint32_t offset) const {
  const auto after = std::upper_bound(lineStarts_.begin(), lineStarts_.end(), offset);
  return static_cast<size_t>(after - lineStarts_.begin()) - 1;
}

TextRange SourceText::line(size_t index) const {
  const uint32_t begin = lineStarts_[index];
  uint32_t end = index + 1 < lineStarts_.size() ? lineStarts_[index + 1] - 1 : static_cast<uint32_t>(text_.size());
  if (end > begin && text_[end - 1] == '\r') --end;
  return {begin, end};
}

Place SourceText::place(TextRange range) const {
  const uint32_t begin = std::min<uint32_t>(range.begin, static_cast<uint32_t>(text_.size()));
  const size_t index = lineOf(begin);
  const TextRange bounds = line(index);
  const uint32_t start = std::min(begin, bounds.end);
  const uint32_t stop = std::clamp(range.end, start, bounds.end);
  Place place;
  place.file = name_;
  place.line = static_cast<int>(index) + 1;
  place.column = static_cast<int>(characterCount(text().substr(bounds.begin, start - bounds.begin))) + 1;
  place.length = std::max<int>(1, static_cast<int>(characterCount(text().substr(start, stop - start))));
  place.bytes = range;
  place.lineText = std::string(cutAfter(text().substr(bounds.begin, bounds.end - bounds.begin), kLongestShownLine));
  return place;
}

std::string excerpt(std::string_view utf8) {
  constexpr size_t kLongest = 60;
  std::string out(cutAfter(utf8, kLongest));
  return out.size() < utf8.size() ? out + "…" : out;
}

size_t characterCount(std::string_view utf8) {
  return static_cast<size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return !isContinuation(c); }));
}

size_t findInvalidUtf8(std::string_view text) {
  // Unicode 15, table 3-7: well-formed byte sequences. Overlong forms, surrogates and what lies above U+10FFFF are
  // refused.
  size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    size_t more = 0;
    unsigned char low = 0x80, high = 0xbf;
    if (lead < 0x80) {
      ++i;
      continue;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
      more = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      more = 2;
      if (lead == 0xe0) low = 0xa0;
      if (lead == 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      more = 3;
      if (lead == 0xf0) low = 0x90;
      if (lead == 0xf4) high = 0x8f;
    } else {
      return i;
    }
    if (i + more >= text.size()) return i;
    for (size_t k = 1; k <= more; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if (byte < low || byte > high) return i;
      low = 0x80;
      high = 0xbf;
    }
    i += more + 1;
  }
  return std::string_view::npos;
}

}  // namespace nightfog::config
