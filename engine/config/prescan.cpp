#include "engine/config/prescan.hpp"

#include <fmt/format.h>

#include "engine/config/document.hpp"

namespace nightfog::config {

namespace {

/// Brackets this deep could only be meant to break the parser; the exact limit (kMaxDepth) is checked on the tree.
constexpr int kAbsurdBracketDepth = 1000;

TextRange at(size_t offset) {
  return {static_cast<uint32_t>(offset), static_cast<uint32_t>(offset + 1)};
}

void checkCharacters(const SourceText& source, Diagnostics& diagnostics) {
  const std::string_view text = source.text();
  if (const size_t bad = findInvalidUtf8(text); bad != std::string_view::npos) {
    // The text before the place is sound; what follows may not be, so that the line is not shown.
    Place place = SourceText(source.name(), std::string(text.substr(0, bad))).place(at(bad));
    diagnostics
        .error("E0112", place, fmt::format("this byte (0x{:02x}) is not UTF-8", static_cast<unsigned char>(text[bad])))
        .withHelp("save the file as UTF-8");
    return;
  }
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool isControl = (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
    const bool isStrayReturn = byte == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n');
    if (!isControl && !isStrayReturn) continue;
    diagnostics.error("E0112", source.place(at(i)), fmt::format("control character 0x{:02x} in the text", byte))
        .withHelp("remove it");
    return;
  }
}

/// A tab counts where it could be mistaken for indentation or a separator: before any comment or quote of its line.
void checkTabs(const SourceText& source, Diagnostics& diagnostics) {
  for (size_t i = 0; i < source.lineCount(); ++i) {
    const TextRange line = source.line(i);
    const std::string_view text = source.text().substr(line.begin, line.end - line.begin);
    const size_t tab = text.find('\t');
    if (tab == std::string_view::npos || text.find_first_of("#\"'") < tab) continue;
    diagnostics.error("E0102", source.place(at(line.begin + tab)), "tab character")
        .withHelp("YAML is indented with spaces");
  }
}

}  // namespace

bool prescan(const SourceText& source, Diagnostics& diagnostics) {
  const size_t before = diagnostics.errorCount();
  const std::string_view text = source.text();
  if (text.size() > kMaxFileBytes) {
    Place place;
    place.file = source.name();
    diagnostics
        .error("E0105", place, fmt::format("the file has {} bytes; at most {} are read", text.size(), kMaxFileBytes))
        .withHelp("split it, or move data into files of their own");
    return false;
  }
  checkCharacters(source, diagnostics);
  if (diagnostics.errorCount() != before) return false;
  checkTabs(source, diagnostics);
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == '{') ++depth;
    if ((text[i] == ']' || text[i] == '}') && depth > 0) --depth;
    if (depth <= kAbsurdBracketDepth) continue;
    diagnostics.error("E0106", source.place(at(i)), fmt::format("brackets nested more than {} deep", kMaxDepth));
    break;
  }
  for (size_t i = 0; i < source.lineCount(); ++i) {
    const TextRange line = source.line(i);
    if (line.isEmpty() || text[line.begin] != '%') continue;
    diagnostics.error("E0110", source.place(line), "YAML directives are not part of this language")
        .withHelp("remove the line");
  }
  return diagnostics.errorCount() == before;
}

}  // namespace nightfog::config
