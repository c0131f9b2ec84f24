#include "engine/config/yaml_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace nightfog::config {

namespace {

constexpr size_t kLineWidth = 100;

/// Plain text must begin with a letter, hold nothing YAML could read otherwise, and not be a word that some reader
/// takes for a boolean or null.
bool isPlainSafe(const std::string& text) {
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text[0])) == 0) return false;
  if (text.back() == ' ') return false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || (std::isalnum(byte) == 0 && std::string_view(" _-./+()").find(c) == std::string_view::npos))
      return false;
  }
  static constexpr std::array<std::string_view, 9> kTraps{"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
  std::string lower = text;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::find(kTraps.begin(), kTraps.end(), lower) == kTraps.end();
}

std::string quoted(const std::string& text) {
  if (isPlainSafe(text)) return text;
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

bool isScalar(const YamlValue& v) {
  return v.kind == YamlValue::Kind::kRaw || v.kind == YamlValue::Kind::kText;
}

/// One-line form.
std::string flow(const YamlValue& v) {
  std::string out;
  switch (v.kind) {
    case YamlValue::Kind::kRaw:
      return v.text;
    case YamlValue::Kind::kText:
      return quoted(v.text);
    case YamlValue::Kind::kList:
      for (const YamlValue& item : v.items) out += (out.empty() ? "" : ", ") + flow(item);
      return "[" + out + "]";
    case YamlValue::Kind::kMap:
      for (const auto& [key, value] : v.entries) out += (out.empty() ? "" : ", ") + quoted(key) + ": " + flow(value);
      return "{" + out + "}";
  }
  return out;
}

bool fitsOneLine(const YamlValue& v, size_t indent) {
  if (isScalar(v)) return true;
  if (v.items.empty() && v.entries.empty()) return true;
  const bool isFlat = std::all_of(v.items.begin(), v.items.end(), isScalar);
  if (v.kind == YamlValue::Kind::kList && isFlat) return true;  // however long: beam tables stay on a line
  return v.kind == YamlValue::Kind::kList && indent + flow(v).size() <= kLineWidth &&
         std::all_of(v.items.begin(), v.items.end(),
                     [](const YamlValue& i) { return i.kind == YamlValue::Kind::kList; });
}

void block(const YamlValue& v, size_t indent, std::string& out);

void blockValue(const YamlValue& v, size_t indent, std::string& out) {
  if (fitsOneLine(v, indent)) {
    out += " " + flow(v) + "\n";
  } else {
    out += "\n";
    block(v, indent, out);
  }
}

void block(const YamlValue& v, size_t indent, std::string& out) {
  const std::string space(indent, ' ');
  for (const auto& [key, value] : v.entries) {
    out += space + quoted(key) + ":";
    blockValue(value, indent + 2, out);
  }
  for (const YamlValue& item : v.items) {
    if (item.kind == YamlValue::Kind::kMap && !item.entries.empty()) {
      std::string inner;
      block(item, indent + 2, inner);
      out += space + "- " + inner.substr(indent + 2);
    } else {
      out += space + "- " + flow(item) + "\n";
    }
  }
}

}  // namespace

YamlValue::YamlValue() = default;
YamlValue::YamlValue(Kind itsKind, std::string itsText) : kind(itsKind), text(std::move(itsText)) {}
YamlValue YamlValue::raw(std::string text) {
  return {Kind::kRaw, std::move(text)};
}
YamlValue YamlValue::string(std::string text) {
  return {Kind::kText, std::move(text)};
}
YamlValue YamlValue::list() {
  return {Kind::kList, {}};
}
YamlValue YamlValue::map() {
  return {Kind::kMap, {}};
}
void YamlValue::add(std::string key, YamlValue value) {
  entries.emplace_back(std::move(key), std::move(value));
}

std::string toYaml(const YamlValue& value) {
  if (isScalar(value) || (value.items.empty() && value.entries.empty())) return flow(value) + "\n";
  std::string out;
  block(value, 0, out);
  return out;
}

}  // namespace nightfog::config
