#include "engine/config/document.hpp"

#include <fmt/format.h>

#include "engine/config/prescan.hpp"
#include "engine/config/tree_builder.hpp"
#include "engine/core/files.hpp"

namespace nightfog::config {

const Node* Node::find(std::string_view name) const {
  if (!isMap()) return nullptr;
  for (const Node* child : children) {
    if (child->key == name) return child;
  }
  return nullptr;
}

Place Node::place() const {
  const bool isBlockContainer = (isMap() || isList()) && !isFlow;
  if ((isNull() || isBlockContainer) && !keyRange.isEmpty()) return source->place(keyRange);
  return source->place(range);
}

Place Node::keyPlace() const {
  return keyRange.isEmpty() ? place() : source->place(keyRange);
}

std::string Node::path() const {
  if (parent == nullptr) return {};
  std::string name = key;
  if (parent->isList()) {
    const Node* id = find("id");
    name = id != nullptr && id->isScalar() ? id->text : std::to_string(index);
  }
  const std::string above = parent->path();
  return above.empty() ? name : above + "/" + name;
}

const char* Node::kindName() const {
  switch (kind) {
    case NodeKind::kNull:
      return "nothing";
    case NodeKind::kScalar:
      return "text";
    case NodeKind::kList:
      return "a list";
    case NodeKind::kMap:
      return "a map";
  }
  return "nothing";
}

std::shared_ptr<const Document> parseDocument(std::string text, std::string name, Diagnostics& diagnostics) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  auto source = std::make_unique<const SourceText>(std::move(name), std::move(text));
  if (!prescan(*source, diagnostics)) return nullptr;
  return buildTree(std::move(source), diagnostics);
}

std::shared_ptr<const Document> loadDocument(const std::filesystem::path& path, Diagnostics& diagnostics,
                                             const Place* mentionedAt) {
  Place whole;
  whole.file = path.string();
  const Place& where = mentionedAt != nullptr ? *mentionedAt : whole;
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored)) {
    diagnostics.error("E0114", where, fmt::format("{} is not a file", path.string()));
    return nullptr;
  }
  if (const auto size = std::filesystem::file_size(path, ignored); !ignored && size > kMaxFileBytes) {
    diagnostics.error("E0105", where,
                      fmt::format("{} has {} bytes; at most {} are read", path.string(), size, kMaxFileBytes));
    return nullptr;
  }
  std::string text;
  try {
    text = readFile(path, kMaxFileBytes);
  } catch (const IoError& e) {
    diagnostics.error("E0114", where, e.what())
        .withHelp("check the name; paths are relative to the file that mentions them");
    return nullptr;
  }
  return parseDocument(std::move(text), path.string(), diagnostics);
}

}  // namespace nightfog::config
