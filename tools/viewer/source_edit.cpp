#include "tools/viewer/source_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/core/error.hpp"
#include "engine/scenario/language.hpp"

namespace nightfog::viewer {
namespace {

using config::Node;
using config::TextRange;

const Node& nodeAt(const config::Document& document, const std::string& path) {
  const Node* node = findNode(document.root(), path);
  if (node == nullptr) refuseEdit(fmt::format("there is no '{}' in this file", path));
  return *node;
}

std::string spliced(const std::string& text, TextRange range, std::string_view with) {
  return text.substr(0, range.begin).append(with).append(text, range.end);
}

uint32_t lineBegin(const std::string& text, uint32_t at) {
  const size_t found = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
  return found == std::string::npos ? 0 : static_cast<uint32_t>(found + 1);
}
/// Just beyond the line's break, or the text's end.
uint32_t lineEnd(const std::string& text, uint32_t at) {
  const size_t found = text.find('\n', at);
  return static_cast<uint32_t>(found == std::string::npos ? text.size() : found + 1);
}

std::pair<std::string, std::string> parentAndKey(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

/// From an opening bracket to beyond its closing one; quotes and comments do not count.
uint32_t closingBracket(std::string_view text, uint32_t begin) {
  int depth = 0;
  for (uint32_t i = begin; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      for (++i; i < text.size() && text[i] != c; ++i) {
        if (c == '"' && text[i] == '\\') ++i;
      }
    } else if (c == '#' && i > 0 && (text[i - 1] == ' ' || text[i - 1] == '\n')) {
      while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return static_cast<uint32_t>(text.size());
}

/// Of a block scalar: its last line that is indented more deeply than its key.
uint32_t blockScalarEnd(std::string_view text, const Node& node) {
  const auto column = [&](uint32_t at) {
    const size_t line = text.rfind('\n', at) == std::string_view::npos ? 0 : text.rfind('\n', at) + 1;
    return static_cast<uint32_t>(text.find_first_not_of(' ', line) - line);
  };
  const uint32_t indent = column(node.keyRange.isEmpty() ? node.range.begin : node.keyRange.begin);
  auto end = static_cast<uint32_t>(std::min(text.find('\n', node.range.begin), text.size()));
  for (uint32_t at = end; at < text.size();) {
    const uint32_t begin = at + 1;
    const auto stop = static_cast<uint32_t>(std::min(text.find('\n', begin), text.size()));
    const size_t first = text.find_first_not_of(" \r", begin);
    if (first != std::string_view::npos && first < stop) {
      if (first - begin <= indent) break;
      end = stop;
    }
    at = stop;
  }
  return end;
}

std::string indented(const std::vector<std::string>& lines, size_t first, size_t indent) {
  std::string out;
  for (size_t i = first; i < lines.size(); ++i) out += std::string(indent, ' ') + lines[i] + "\n";
  return out;
}

std::string entryText(const std::string& key, const std::vector<std::string>& lines, size_t indent) {
  if (lines.size() == 1) return fmt::format("{}{}: {}\n", std::string(indent, ' '), key, lines[0]);
  return fmt::format("{}{}:\n{}", std::string(indent, ' '), key, indented(lines, 0, indent + 2));
}

std::string elementText(const std::vector<std::string>& lines, size_t indent) {
  return fmt::format("{}- {}\n{}", std::string(indent, ' '), lines.front(), indented(lines, 1, indent + 2));
}

/// Where a new section belongs: before the first that the language's table names later, and the comments above it.
uint32_t placeOfSection(const std::string& text, const Node& root, const std::string& key) {
  const std::vector<std::string> order = scenario::scenarioDescriptor().info().fieldNames();
  const auto rank = [&](const std::string& name) {
    return std::find(order.begin(), order.end(), name) - order.begin();
  };
  for (const Node* child : root.children) {
    const long found = rank(child->key);
    if (found <= rank(key) || found == static_cast<long>(order.size())) continue;
    uint32_t at = lineBegin(text, child->keyRange.begin);
    while (at > 0 && text[lineBegin(text, at - 1)] == '#') at = lineBegin(text, at - 1);
    return at;
  }
  return static_cast<uint32_t>(text.size());
}

/// With a new section, an empty line before and after it; `isShort`: right below what stands above it.
std::string withSection(const std::string& text, const Node& root, const std::string& key, const std::string& body,
                        bool isShort = false) {
  uint32_t at = placeOfSection(text, root, key);
  const bool isEnd = at == text.size();
  if (isShort && at >= 2 && text.compare(at - 2, 2, "\n\n") == 0) --at;
  std::string before = text.substr(0, at);
  if (!before.empty() && before.back() != '\n') before += '\n';
  if (isShort) return before + key + ": " + body + "\n" + text.substr(at);
  if (!before.empty() && !before.ends_with("\n\n")) before += '\n';
  return before + key + ":\n" + body + (isEnd ? "" : "\n") + text.substr(at);
}

/// Behind the last line of a block map or list.
uint32_t placeAfter(const std::string& text, const Node& node) {
  return lineEnd(text, extentOf(node).end);
}

std::string insertLines(const std::string& text, uint32_t at, const std::string& lines) {
  const bool isOpen = at > 0 && text[at - 1] != '\n';
  return spliced(text, {at, at}, isOpen ? "\n" + lines : lines);
}

/// Before the closing bracket of a flow map or list.
std::string insertInFlow(const std::string& text, const Node& node, const std::string& what) {
  const uint32_t close = extentOf(node).end - 1;
  uint32_t at = close;
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\n')) --at;
  const bool isEmpty = node.children.empty();
  return spliced(text, {at, at}, (isEmpty ? "" : ", ") + what);
}

}  // namespace

void refuseEdit(const std::string& what) {
  throw Error(ExitCode::kUsage, what, "edit the text itself");
}

std::shared_ptr<const config::Document> soundSource(const std::string& text) {
  auto document = parseSource(text);
  if (document == nullptr) refuseEdit("the text has errors");
  return document;
}

std::shared_ptr<const config::Document> parseSource(const std::string& text) {
  config::Diagnostics diagnostics;
  auto document = config::parseDocument(text, "text", diagnostics);
  return diagnostics.hasErrors() ? nullptr : document;
}

const Node* findNode(const Node& root, const std::string& path) {
  const Node* node = &root;
  for (size_t begin = 0; begin < path.size() && node != nullptr;) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string key = path.substr(begin, end - begin);
    if (node->isList()) {
      size_t index = node->children.size();
      std::from_chars(key.data(), key.data() + key.size(), index);
      node = index < node->children.size() ? node->children[index] : nullptr;
    } else {
      node = node->find(key);
    }
    begin = end + 1;
  }
  return node;
}

std::string pathTo(const Node& node) {
  if (node.parent == nullptr) return {};
  const std::string before = pathTo(*node.parent);
  const std::string own = node.parent->isList() ? std::to_string(node.index) : node.key;
  return before.empty() ? own : before + "/" + own;
}

TextRange extentOf(const Node& node) {
  const std::string_view text = node.source->text();
  if (node.isScalar()) {
    return {node.range.begin, node.style == config::ScalarStyle::kBlock ? blockScalarEnd(text, node) : node.range.end};
  }
  if (node.isNull()) return node.range.isEmpty() ? TextRange{node.keyRange.end, node.keyRange.end} : node.range;
  if (node.isFlow) return {node.range.begin, closingBracket(text, node.range.begin)};
  TextRange out = node.range;
  for (const Node* child : node.children) out.end = std::max(out.end, extentOf(*child).end);
  return out;
}

std::string setValue(const std::string& text, const std::string& path, const std::string& value) {
  const auto document = soundSource(text);
  const Node& node = nodeAt(*document, path);
  if (node.isNull()) {
    const uint32_t at = node.keyRange.end;
    const size_t colon = text.find(':', at);
    if (colon == std::string::npos) refuseEdit(fmt::format("'{}' has no value to replace", path));
    return spliced(text, {static_cast<uint32_t>(colon + 1), static_cast<uint32_t>(colon + 1)}, " " + value);
  }
  const bool isBlock = !node.isScalar() && !node.isFlow;
  if (isBlock) refuseEdit(fmt::format("'{}' is written over several lines", path));
  const TextRange range = extentOf(node);
  if (text.compare(range.begin, range.end - range.begin, value) == 0) return text;
  return spliced(text, range, value);
}

std::string putValue(const std::string& text, const std::string& path, const std::string& value) {
  const auto document = soundSource(text);
  if (findNode(document->root(), path) != nullptr) return setValue(text, path, value);
  const auto [mapPath, key] = parentAndKey(path);
  return addEntry(text, mapPath, key, {value});
}

std::string addEntry(const std::string& text, const std::string& mapPath, const std::string& key,
                     const std::vector<std::string>& lines) {
  const auto document = soundSource(text);
  const Node* map = findNode(document->root(), mapPath);
  if (map == nullptr && mapPath == "imports")  // short, as people write them
    return withSection(text, document->root(), mapPath, fmt::format("{{{}: {}}}", key, lines.front()), true);
  if (map == nullptr && mapPath.find('/') == std::string::npos)
    return withSection(text, document->root(), mapPath, entryText(key, lines, 2));
  if (map == nullptr || !(map->isMap() || map->isNull())) refuseEdit(fmt::format("'{}' is no map", mapPath));
  if (map->isMap() && map->find(key) != nullptr) refuseEdit(fmt::format("'{}' is in '{}' already", key, mapPath));
  if (map->isMap() && map->isFlow) {
    if (lines.size() != 1) refuseEdit(fmt::format("'{}' is written on one line", mapPath));
    return insertInFlow(text, *map, key + ": " + lines[0]);
  }
  if (map->isNull()) return insertLines(text, lineEnd(text, map->keyRange.end), entryText(key, lines, 2));
  const Node& last = *map->children.back();
  const uint32_t begin = map->children.front()->keyRange.begin;
  return insertLines(text, placeAfter(text, last), entryText(key, lines, begin - lineBegin(text, begin)));
}

std::string addElement(const std::string& text, const std::string& listPath, const std::vector<std::string>& lines) {
  const auto document = soundSource(text);
  const Node* list = findNode(document->root(), listPath);
  if (list == nullptr) return withSection(text, document->root(), listPath, elementText(lines, 2));
  if (!(list->isList() || list->isNull())) refuseEdit(fmt::format("'{}' is no list", listPath));
  if (list->isList() && list->isFlow) {
    if (lines.size() != 1) refuseEdit(fmt::format("'{}' is written on one line", listPath));
    return insertInFlow(text, *list, lines[0]);
  }
  if (list->isNull()) return insertLines(text, lineEnd(text, list->keyRange.end), elementText(lines, 2));
  const Node& last = *list->children.back();
  const TextRange extent = extentOf(last);
  const uint32_t begin = lineBegin(text, extentOf(*list->children.front()).begin);
  const size_t dash = text.find('-', begin);
  return insertLines(text, lineEnd(text, extent.end), elementText(lines, dash - begin));
}

std::string insertElement(const std::string& text, const std::string& listPath, size_t index,
                          const std::vector<std::string>& lines) {
  const auto document = soundSource(text);
  const Node* list = findNode(document->root(), listPath);
  if (list == nullptr || !list->isList() || index >= list->children.size()) return addElement(text, listPath, lines);
  const uint32_t at = extentOf(*list->children[index]).begin;
  if (list->isFlow) {
    std::string one = "{";
    for (const std::string& line : lines) one += (one.size() == 1 ? "" : ", ") + line;
    return spliced(text, {at, at}, one + "}, ");
  }
  const uint32_t begin = lineBegin(text, at);
  return insertLines(text, begin, elementText(lines, text.find('-', begin) - begin));
}

std::string removeEntry(const std::string& text, const std::string& path) {
  const auto document = soundSource(text);
  const Node& node = nodeAt(*document, path);
  if (node.parent == nullptr) refuseEdit("a whole file is not removed");
  const Node& parent = *node.parent;
  TextRange range = extentOf(node);
  if (!node.keyRange.isEmpty()) range.begin = node.keyRange.begin;
  if (parent.isFlow) {
    // With the comma before it, or behind it where it is the first.
    if (node.index > 0) {
      range.begin = extentOf(*parent.children[node.index - 1]).end;
    } else if (parent.children.size() > 1) {
      const Node& second = *parent.children[1];
      range.end = second.keyRange.isEmpty() ? extentOf(second).begin : second.keyRange.begin;
    }
    return spliced(text, range, "");
  }
  if (parent.children.size() == 1) {
    if (parent.parent == nullptr) refuseEdit("a whole file is not removed");
    return removeEntry(text, pathTo(parent));
  }
  return spliced(text, {lineBegin(text, range.begin), lineEnd(text, range.end)}, "");
}

}  // namespace nightfog::viewer
