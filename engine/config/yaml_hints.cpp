#include "engine/config/yaml_hints.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nightfog::config {

namespace {

uint32_t lineEnd(const SourceText& source, uint32_t offset) {
  return source.line(source.lineOf(offset)).end;
}

/// The end of quoted text on its line, past the closing quote; 0: not closed there.
uint32_t closingQuote(std::string_view text, uint32_t begin, uint32_t end) {
  const char quote = text[begin];
  for (uint32_t i = begin + 1; i < end; ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '\'' && i + 1 < end && text[i + 1] == quote) {
        ++i;  // '' is one apostrophe
      } else {
        return i + 1;
      }
    }
  }
  return 0;
}

int openParentheses(std::string_view text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '(') - std::count(text.begin(), text.end(), ')'));
}

bool isPlain(const Node& node) {
  return node.isScalar() && node.style == ScalarStyle::kPlain;
}

}  // namespace

ScannedScalar scanScalar(const SourceText& source, uint32_t begin, std::string_view value) {
  const std::string_view text = source.text();
  ScannedScalar out;
  const uint32_t end = begin < text.size() ? lineEnd(source, begin) : begin;
  out.range = {begin, std::max(begin + 1, end)};
  if (begin >= end) return out;
  const char first = text[begin];
  if (first == '"' || first == '\'') {
    out.style = first == '"' ? ScalarStyle::kDoubleQuoted : ScalarStyle::kSingleQuoted;
    const uint32_t close = closingQuote(text, begin, end);
    out.isClosed = close != 0;
    if (out.isClosed) out.range.end = close;
    return out;
  }
  if (first == '|' || first == '>') {
    out.style = ScalarStyle::kBlock;
    out.range.end = begin + 1;
    return out;
  }
  if (text.substr(begin, value.size()) == value && begin + value.size() <= end) {
    out.range.end = begin + static_cast<uint32_t>(value.size());
    return out;
  }
  // Plain text folded over lines: the first of them is what the source shows, up to trailing blanks.
  out.runsOn = true;
  while (out.range.end > begin + 1 && text[out.range.end - 1] == ' ') --out.range.end;
  for (size_t line = source.lineOf(begin) + 1; line < source.lineCount(); ++line) {
    const TextRange bounds = source.line(line);
    const size_t start = text.substr(0, bounds.end).find_first_not_of(' ', bounds.begin);
    if (start == std::string_view::npos) continue;
    out.continuation = {static_cast<uint32_t>(start), bounds.end};
    break;
  }
  return out;
}

TextRange wordAt(const SourceText& source, uint32_t begin) {
  const uint32_t end = begin < source.text().size() ? lineEnd(source, begin) : begin;
  uint32_t stop = begin;
  while (stop < end && std::string_view(" ,:[]{}").find(source.text()[stop]) == std::string_view::npos) ++stop;
  return {begin, std::max(stop, begin + 1)};
}

void reportYamlError(const SourceText& source, const std::string& message, uint32_t offset, const Node* flow,
                     Diagnostics& diagnostics) {
  const std::string_view text = source.text();
  const auto has = [&](std::string_view part) { return message.find(part) != std::string::npos; };
  TextRange at{offset, offset + 1};
  if (has("block scalar")) {
    const TextRange line = source.line(source.lineOf(offset));
    const size_t indicator = text.substr(0, offset).find_last_of(">|");
    if (indicator != std::string_view::npos && indicator >= line.begin)
      at = {static_cast<uint32_t>(indicator), line.end};
    const std::string value(text.substr(at.begin, at.end - at.begin));
    diagnostics
        .error("E0117", source.place(at),
               fmt::format("a value that begins with '{}' is a block of text to YAML", value.substr(0, 1)))
        .withHelp(fmt::format("quote it: \"{}\"", value));
    return;
  }
  if (has("flow")) {
    // `${name}` opens a map right after a dollar sign.
    const size_t dollar = text.substr(0, std::min<size_t>(text.size(), offset + 1)).rfind("${");
    if (dollar != std::string_view::npos && source.lineOf(static_cast<uint32_t>(dollar)) == source.lineOf(offset)) {
      const size_t close = text.find('}', dollar);
      const uint32_t stop =
          close == std::string_view::npos ? static_cast<uint32_t>(dollar + 2) : static_cast<uint32_t>(close + 1);
      const std::string name(text.substr(dollar + 2, stop - dollar - 2 - (close == std::string_view::npos ? 0 : 1)));
      diagnostics
          .error("E0119", source.place({static_cast<uint32_t>(dollar), stop}), "braces after '$' are a map to YAML")
          .withHelp(fmt::format("references are written without braces: ${}", name));
      return;
    }
    Diagnostic& d = diagnostics.error("E0101", source.place(at), "brackets do not match here");
    if (flow != nullptr) d.withRelated(source.place(flow->range), "the open bracket");
    d.withHelp("a comma or a closing bracket is missing, or one is too many");
    return;
  }
  if (has("illegal map value")) {
    diagnostics.error("E0101", source.place(at), "a ':' that YAML cannot read here")
        .withHelp("check the indentation; text with ': ' in it must be quoted");
    return;
  }
  if (has("unknown token")) {
    const std::string first = offset < text.size() ? std::string(text.substr(offset, 1)) : std::string();
    diagnostics.error("E0101", source.place(at), fmt::format("a value cannot begin with '{}'", first))
        .withHelp("quote it");
    return;
  }
  if (has("end of map not found") || has("end of sequence not found") || has("block entry") || has("map key")) {
    diagnostics.error("E0101", source.place(at), "this line does not fit the lines above it")
        .withHelp("check the indentation");
    return;
  }
  diagnostics.error("E0101", source.place(at), fmt::format("not YAML: {}", message));
}

void joinSplitExpressions(std::deque<Node>& nodes, const SourceText& source, Diagnostics& diagnostics) {
  // By index: joining appends the joined node.
  const size_t count = nodes.size();
  for (size_t n = 0; n < count; ++n) {
    Node& container = nodes[n];
    if (!container.isFlow) continue;
    for (size_t i = 0; i < container.children.size(); ++i) {
      const Node& first = *container.children[i];
      if (!isPlain(first) || openParentheses(first.text) <= 0) continue;
      // The pieces up to the one that closes the parentheses; in a map they are keys without values.
      int open = openParentheses(first.text);
      size_t last = i;
      while (open > 0 && last + 1 < container.children.size()) {
        const Node& next = *container.children[last + 1];
        const bool fits = container.isMap() ? next.isNull() : isPlain(next);
        if (!fits) break;
        open += openParentheses(container.isMap() ? next.key : next.text);
        ++last;
      }
      if (open > 0 || last == i) continue;
      const Node& end = *container.children[last];
      const TextRange whole{first.range.begin, container.isMap() ? end.keyRange.end : end.range.end};
      const std::string expression(source.text().substr(whole.begin, whole.end - whole.begin));
      const std::string secondPiece =
          container.isMap() ? container.children[i + 1]->key : container.children[i + 1]->text;
      diagnostics.error("E0118", source.place(first.range), "this expression was split at a comma by YAML")
          .withLabel(fmt::format("YAML read the value \"{}\" and a second {} \"{}\"", first.text,
                                 container.isMap() ? "key" : "element", secondPiece))
          .withHelp(first.key.empty() ? fmt::format("quote it: \"{}\"", expression)
                                      : fmt::format("quote it: {}: \"{}\"", first.key, expression));
      Node& joined = nodes.emplace_back(first);
      joined.text = expression;
      joined.range = whole;
      container.children[i] = &joined;
      container.children.erase(container.children.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                               container.children.begin() + static_cast<std::ptrdiff_t>(last) + 1);
    }
  }
}

}  // namespace nightfog::config
