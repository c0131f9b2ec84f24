#include "engine/road/xml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace nightfog::road {
namespace {

constexpr size_t kLongestText = 1000;

/// XML allows blanks round a number.
std::string_view trimmed(const char* text) {
  std::string_view view(text);
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!view.empty() && blank(view.front())) view.remove_prefix(1);
  while (!view.empty() && blank(view.back())) view.remove_suffix(1);
  if (view.size() > 1 && view.front() == '+') view.remove_prefix(1);
  return view;
}

}  // namespace

config::Place XmlReader::place(const pugi::xml_node& node) const {
  const auto size = source_.text().size();
  const ptrdiff_t offset = node.offset_debug();
  const auto begin = static_cast<uint32_t>(offset < 0 ? 0 : std::min(static_cast<size_t>(offset), size));
  const auto end = static_cast<uint32_t>(std::min<size_t>(begin + std::strlen(node.name()), size));
  return source_.place({begin, std::max(end, begin)});
}

config::Diagnostic& XmlReader::error(const char* code, const pugi::xml_node& node, const std::string& message) {
  return diagnostics_.error(code, place(node), message);
}

config::Diagnostic& XmlReader::warning(const char* code, const pugi::xml_node& node, const std::string& message) {
  return diagnostics_.warning(code, place(node), message);
}

std::optional<double> XmlReader::parse(const pugi::xml_node& node, const char* attribute, Range range) {
  const std::string_view text = trimmed(node.attribute(attribute).value());
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || !std::isfinite(value)) {
    // Too small for a double is 0.
    if (parsed.ec == std::errc::result_out_of_range && text.find("e-") != std::string_view::npos) return 0;
    error("E0802", node, fmt::format("{} = '{}' is not a number", attribute, config::excerpt(text)))
        .withHelp("write a number, e.g. 3.5 or -1.2e-3");
    return std::nullopt;
  }
  if (value < range.low || value > range.high) {
    error("E0803", node, fmt::format("{} = {} is out of range", attribute, value))
        .withHelp(fmt::format("from {} to {}", range.low, range.high));
    return std::nullopt;
  }
  return value;
}

double XmlReader::number(const pugi::xml_node& node, const char* attribute, Range range) {
  if (!node.attribute(attribute)) {
    error("E0802", node, fmt::format("<{}> has no '{}'", node.name(), attribute))
        .withHelp(fmt::format("add {}=\"…\"", attribute));
    return std::clamp(0.0, range.low, range.high);
  }
  return parse(node, attribute, range).value_or(std::clamp(0.0, range.low, range.high));
}

double XmlReader::number(const pugi::xml_node& node, const char* attribute, Range range, double otherwise) {
  return node.attribute(attribute) ? parse(node, attribute, range).value_or(otherwise) : otherwise;
}

int XmlReader::integer(const pugi::xml_node& node, const char* attribute, int low, int high) {
  const double value = number(node, attribute, {static_cast<double>(low), static_cast<double>(high)});
  if (value == std::floor(value)) return static_cast<int>(value);
  error("E0802", node, fmt::format("{} = {} is not a whole number", attribute, value)).withHelp("write e.g. -1");
  return std::clamp(0, low, high);
}

int XmlReader::integer(const pugi::xml_node& node, const char* attribute, int low, int high, int otherwise) {
  return node.attribute(attribute) ? integer(node, attribute, low, high) : otherwise;
}

std::string XmlReader::text(const pugi::xml_node& node, const char* attribute) {
  if (!node.attribute(attribute)) {
    error("E0802", node, fmt::format("<{}> has no '{}'", node.name(), attribute))
        .withHelp(fmt::format("add {}=\"…\"", attribute));
  }
  return text(node, attribute, "");
}

std::string XmlReader::text(const pugi::xml_node& node, const char* attribute, const char* otherwise) {
  std::string value = node.attribute(attribute).as_string(otherwise);
  if (value.size() > kLongestText) {
    error("E0803", node, fmt::format("{} is {} bytes long", attribute, value.size()))
        .withHelp(fmt::format("at most {}", kLongestText));
    value.resize(kLongestText);
  }
  return value;
}

}  // namespace nightfog::road
