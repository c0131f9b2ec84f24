// A YAML file as a tree in which every key and value knows its place. The subset: one document; maps, lists and
// scalars; no tabs, anchors, aliases, merge keys, tags or duplicate keys; quoted and plain text on one line ('|' and
// '>' blocks for long text).
#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/diagnostics.hpp"
#include "engine/config/source_text.hpp"

namespace nightfog::config {

enum class NodeKind { kNull, kScalar, kList, kMap };
enum class ScalarStyle { kPlain, kSingleQuoted, kDoubleQuoted, kBlock };

/// One value. Lives as long as its Document.
struct Node {
  NodeKind kind = NodeKind::kNull;
  ScalarStyle style = ScalarStyle::kPlain;
  std::string text;  ///< of a scalar: unquoted, unescaped; never converted to anything
  std::string key;   ///< under which it stands in its map; empty in a list and at the root
  TextRange keyRange;
  TextRange range;  ///< of a scalar with its quotes; of a list or map its first character or key
  bool isFlow = false;
  const SourceText* source = nullptr;
  const Node* parent = nullptr;
  size_t index = 0;                   ///< in the parent
  std::vector<const Node*> children;  ///< in file order

  bool isNull() const { return kind == NodeKind::kNull; }
  bool isScalar() const { return kind == NodeKind::kScalar; }
  bool isList() const { return kind == NodeKind::kList; }
  bool isMap() const { return kind == NodeKind::kMap; }
  /// The value under a key of a map; nullptr when there is none.
  const Node* find(std::string_view name) const;
  /// Where the value stands; a missing value and a block container are shown at their key.
  Place place() const;
  /// Where the key stands; the value's place when it has none.
  Place keyPlace() const;
  /// "actors/ego/place/s"; elements of a list by their `id` when they have one, else by index.
  std::string path() const;
  /// "a list", "a map", "text", "nothing".
  const char* kindName() const;
};

/// A parsed file, or several laid over each other; owns its nodes and keeps their texts.
class Document {
 public:
  const Node& root() const { return *root_; }
  const SourceText& source() const { return *source_; }

 private:
  friend class TreeBuilder;
  friend class DocumentMerger;
  std::shared_ptr<const SourceText> source_;
  std::vector<std::shared_ptr<const Document>> kept_;  ///< whose texts the nodes stand in
  std::deque<Node> nodes_;
  Node* root_ = nullptr;
};

inline constexpr size_t kMaxFileBytes = size_t{4} << 20;
inline constexpr size_t kMaxDepth = 64;

/// nullptr when the text is no tree; what is wrong is in `diagnostics`. With a tree there may still be errors
/// (duplicate keys). `name` is what messages call the file.
std::shared_ptr<const Document> parseDocument(std::string text, std::string name, Diagnostics& diagnostics);
/// As parseDocument; a file that cannot be read is error E0114 at `mentionedAt` (or at the file as a whole).
std::shared_ptr<const Document> loadDocument(const std::filesystem::path& path, Diagnostics& diagnostics,
                                             const Place* mentionedAt = nullptr);

}  // namespace nightfog::config
