#include "engine/fcd/xml_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/core/error.hpp"

namespace nightfog::fcd {
namespace {

constexpr size_t kBuffer_bytes = size_t{1} << 16;
constexpr size_t kLargestTag_bytes = size_t{1} << 16;
constexpr size_t kMostAttributes = 64;
constexpr size_t kDeepest = 32;
constexpr size_t kLargestFile_bytes = size_t{16} << 30;

bool isSpace(int c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool isNameByte(int c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ':' || c >= 0x80;
}

}  // namespace

const std::string* Tag::find(std::string_view attribute) const {
  for (const auto& [key, value] : attributes) {
    if (key == attribute) return &value;
  }
  return nullptr;
}

XmlStream::XmlStream(std::string name, ReadBytes read)
    : name_(std::move(name)), read_(std::move(read)), buffer_(kBuffer_bytes) {}

void XmlStream::fail(const std::string& what, std::string help) const {
  throw Error(ExitCode::kDiagnostics, fmt::format("{}:{}: {}", name_, line_, what), std::move(help));
}

int XmlStream::peek() {
  if (at_ == end_) {
    at_ = 0;
    end_ = read_(buffer_.data(), buffer_.size());
    total_ += end_;
    if (total_ > kLargestFile_bytes) fail("more than 16 GiB", "cut the trace up, or write it for fewer edges");
    if (end_ == 0) return -1;
  }
  return static_cast<unsigned char>(buffer_[at_]);
}

int XmlStream::get() {
  const int c = peek();
  if (c < 0) return c;
  ++at_;
  ++tagBytes_;
  if (c == '\n') ++line_;
  return c;
}

/// Up to and with these characters.
void XmlStream::skipUntil(std::string_view end) {
  std::string last;
  while (last != end) {
    const int c = get();
    if (c < 0) fail(fmt::format("the file ends before '{}'", end));
    if (last.size() == end.size()) last.erase(0, 1);
    last += static_cast<char>(c);
  }
}

void XmlStream::skipSpace() {
  while (isSpace(peek())) get();
}

std::string XmlStream::readName() {
  std::string out;
  while (isNameByte(peek())) {
    out += static_cast<char>(get());
    if (out.size() > 200) fail("a name of more than 200 bytes");
  }
  if (out.empty()) fail("no name where one has to be");
  return out;
}

void XmlStream::appendEntity(std::string& out) {
  std::string name;
  for (int c = get(); c != ';'; c = get()) {
    if (c < 0 || name.size() > 10) fail("'&' without an end");
    name += static_cast<char>(c);
  }
  if (name == "amp")
    out += '&';
  else if (name == "lt")
    out += '<';
  else if (name == "gt")
    out += '>';
  else if (name == "quot")
    out += '"';
  else if (name == "apos")
    out += '\'';
  else if (name.starts_with('#')) {
    const bool isHex = name.starts_with("#x");
    unsigned code = 0;
    const char *from = name.data() + (isHex ? 2 : 1), *to = name.data() + name.size();
    const auto read = std::from_chars(from, to, code, isHex ? 16 : 10);
    if (read.ec != std::errc() || read.ptr != to || code == 0 || code > 0x10ffff) fail("no such character");
    // UTF-8.
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xc0 | (code >> 6));
      out += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      out += static_cast<char>(0xe0 | (code >> 12));
      out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
      out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
      out += static_cast<char>(0xf0 | (code >> 18));
      out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
      out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
      out += static_cast<char>(0x80 | (code & 0x3f));
    }
  } else {
    fail("an entity that is not XML's own");
  }
}

std::string XmlStream::readValue() {
  const int quote = get();
  if (quote != '"' && quote != '\'') fail("an attribute's value is in quotes");
  std::string out;
  for (int c = get(); c != quote; c = get()) {
    if (c < 0) fail("the file ends within a value");
    if (c == '<') fail("'<' within a value");
    if (tagBytes_ > kLargestTag_bytes) fail("a tag of more than 64 KiB");
    if (c == '&')
      appendEntity(out);
    else
      out += static_cast<char>(c);
  }
  return out;
}

bool XmlStream::next(Tag& tag) {
  for (;;) {
    int c = get();
    while (c >= 0 && c != '<') {  // text means nothing here
      if (open_.empty() && !isSpace(c) && c != 0xef && c != 0xbb && c != 0xbf) fail("this is no XML");
      c = get();
    }
    if (c < 0) {
      if (!open_.empty()) fail(fmt::format("the file ends within <{}>", open_.back()), "was it still being written?");
      if (!hadRoot_) fail("this is no XML");
      return false;
    }
    tagBytes_ = 0;
    if (peek() == '?') {
      skipUntil("?>");
      continue;
    }
    if (peek() == '!') {
      get();
      if (get() != '-' || get() != '-') fail("neither document types nor sections of text are read");
      skipUntil("-->");
      continue;
    }
    if (peek() == '/') {
      get();
      const std::string name = readName();
      skipSpace();
      if (get() != '>') fail("a tag that does not end");
      if (open_.empty() || open_.back() != name) fail(fmt::format("</{}> closes nothing", name));
      open_.pop_back();
      continue;
    }
    if (open_.empty() && hadRoot_) fail("something follows the end");
    tag.name = readName();
    tag.attributes.clear();
    for (;;) {
      skipSpace();
      if (tagBytes_ > kLargestTag_bytes) fail("a tag of more than 64 KiB");
      c = peek();
      if (c == '>' || c == '/') break;
      std::string key = readName();
      skipSpace();
      if (get() != '=') fail(fmt::format("attribute '{}' has no value", key));
      skipSpace();
      if (tag.find(key) != nullptr) fail(fmt::format("attribute '{}' twice", key));
      tag.attributes.emplace_back(std::move(key), readValue());
      if (tag.attributes.size() > kMostAttributes) fail("more than 64 attributes");
    }
    hadRoot_ = true;
    if (get() == '/') {
      if (get() != '>') fail("a tag that does not end");
    } else {
      open_.push_back(tag.name);
      if (open_.size() > kDeepest) fail("more than 32 levels");
    }
    return true;
  }
}

}  // namespace nightfog::fcd
