#include "engine/config/tree_builder.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "engine/config/yaml_hints.hpp"

namespace nightfog::config {

namespace {

/// Thrown through the parser when going on would only produce follow-up errors.
struct StopParsing {};

}  // namespace

/// yaml-cpp's events made into nodes. What yaml-cpp lets pass (duplicate keys, unclosed quotes, lines that run
/// together, aliases, second documents) is found here, at its true place.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::unique_ptr<const SourceText> source, Diagnostics& diagnostics)
      : document_(std::make_shared<Document>()), diagnostics_(diagnostics) {
    document_->source_ = std::move(source);
  }

  std::shared_ptr<const Document> build() {
    const size_t before = diagnostics_.errorCount();
    std::istringstream in{std::string(source().text())};
    try {
      YAML::Parser parser(in);
      while (parser.HandleNextDocument(*this)) {
      }
    } catch (const StopParsing&) {
      return nullptr;
    } catch (const YAML::Exception& e) {
      // An earlier finding (an unclosed quote, say) is the cause of what the parser stumbles over later.
      if (diagnostics_.errorCount() == before)
        reportYamlError(source(), e.msg, offset(e.mark), openFlow(), diagnostics_);
      return nullptr;
    }
    if (document_->root_ == nullptr) {
      Place place;
      place.file = source().name();
      diagnostics_.error("E0113", place, "the file is empty").withHelp("begin with a `format:` line");
      return nullptr;
    }
    joinSplitExpressions(document_->nodes_, source(), diagnostics_);
    findDuplicateKeys();
    return document_;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (document_->root_ == nullptr) return;
    diagnostics_.error("E0107", source().place(character(offset(mark))), "a second document begins here")
        .withLabel("what follows would be ignored")
        .withHelp("keep one document a file; a line that does not belong to the list or map above often causes this");
    throw StopParsing{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuseProperties(mark, "", anchor);
    if (isAtKey()) refuseKey(offset(mark), "an empty key");
    Node& node = newNode(mark, NodeKind::kNull);
    // The parser's place of an omitted value is the next token's, often on the next line; an explicit ~ or null is in
    // place.
    const std::string_view here = source().text().substr(std::min<size_t>(node.range.begin, source().text().size()));
    const bool isExplicit =
        here.starts_with("~") || here.starts_with("null") || here.starts_with("Null") || here.starts_with("NULL");
    if (isExplicit) {
      node.range.end = node.range.begin + (here.starts_with("~") ? 1 : 4);
    } else if (!node.keyRange.isEmpty()) {
      node.range = node.keyRange;
    }
    attach(node);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    diagnostics_
        .error("E0108", source().place(wordAt(source(), offset(mark))), "YAML aliases are not part of this language")
        .withHelp("repeat the value, or name it under `params:` and write $name");
    throw StopParsing{};
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuseProperties(mark, tag, anchor);
    const uint32_t begin = offset(mark);
    const ScannedScalar scanned = scanScalar(source(), begin, value);
    if (!scanned.isClosed) {
      diagnostics_.error("E0104", source().place(scanned.range), "this quote is not closed on its line")
          .withLabel("opened here")
          .withHelp("close it, or use a block ('>' and indented lines) for long text");
      throw StopParsing{};
    }
    if (scanned.runsOn) refuseContinuation(scanned);
    if (isAtKey()) {
      if (scanned.style == ScalarStyle::kBlock) refuseKey(begin, "a block of text as key");
      if (value == "<<") {
        diagnostics_.error("E0109", source().place(scanned.range), "merge keys are not part of this language")
            .withHelp("write the keys out, or share a value under `params:`");
        throw StopParsing{};
      }
      frames_.back().key = value;
      frames_.back().keyRange = scanned.range;
      frames_.back().hasKey = true;
      return;
    }
    Node& node = newNode(mark, NodeKind::kScalar);
    node.text = value;
    node.style = scanned.style;
    node.range = scanned.range;
    attach(node);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, style, NodeKind::kList);
  }
  void OnSequenceEnd() override { frames_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, style, NodeKind::kMap);
  }
  void OnMapEnd() override { frames_.pop_back(); }

 private:
  struct Frame {
    Node* node = nullptr;
    bool hasKey = false;
    std::string key;
    TextRange keyRange;
  };

  const SourceText& source() const { return *document_->source_; }
  uint32_t offset(const YAML::Mark& mark) const {
    return mark.pos < 0 ? 0 : std::min(static_cast<uint32_t>(mark.pos), static_cast<uint32_t>(source().text().size()));
  }
  static TextRange character(uint32_t begin) { return {begin, begin + 1}; }
  bool isAtKey() const { return !frames_.empty() && frames_.back().node->isMap() && !frames_.back().hasKey; }
  const Node* openFlow() const {
    return !frames_.empty() && frames_.back().node->isFlow ? frames_.back().node : nullptr;
  }

  Node& newNode(const YAML::Mark& mark, NodeKind kind) {
    Node& node = document_->nodes_.emplace_back();
    node.kind = kind;
    node.source = &source();
    node.range = character(offset(mark));
    if (!frames_.empty() && frames_.back().hasKey) {
      node.key = frames_.back().key;
      node.keyRange = frames_.back().keyRange;
    }
    return node;
  }

  void attach(Node& node) {
    if (frames_.empty()) {
      document_->root_ = &node;
      return;
    }
    Frame& frame = frames_.back();
    node.parent = frame.node;
    node.index = frame.node->children.size();
    frame.node->children.push_back(&node);
    frame.hasKey = false;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style,
            NodeKind kind) {
    refuseProperties(mark, tag, anchor);
    if (isAtKey()) refuseKey(offset(mark), kind == NodeKind::kMap ? "a map as key" : "a list as key");
    if (frames_.size() >= kMaxDepth) {
      diagnostics_.error("E0106", source().place(character(offset(mark))),
                         fmt::format("nested more than {} deep", kMaxDepth));
      throw StopParsing{};
    }
    Node& node = newNode(mark, kind);
    node.isFlow = style == YAML::EmitterStyle::Flow;
    if (!node.isFlow) node.range = wordAt(source(), node.range.begin);
    attach(node);
    frames_.push_back({&node, false, {}, {}});
  }

  void refuseProperties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    const uint32_t begin = offset(mark);
    if (anchor != 0) {
      diagnostics_.error("E0108", source().place(wordAt(source(), begin)), "YAML anchors are not part of this language")
          .withHelp("name a shared value under `params:` and write $name");
      throw StopParsing{};
    }
    // "?" and "" are the parser's words for "no tag"; "!" it also gives to quoted text.
    const bool isExplicitBang = tag == "!" && begin < source().text().size() && source().text()[begin] == '!';
    if (tag.empty() || tag == "?" || (tag == "!" && !isExplicitBang)) return;
    diagnostics_.error("E0110", source().place(wordAt(source(), begin)), "YAML tags are not part of this language")
        .withHelp("remove it; the type follows from the key");
    throw StopParsing{};
  }

  [[noreturn]] void refuseKey(uint32_t begin, const char* what) {
    diagnostics_.error("E0111", source().place(character(begin)), fmt::format("{}: keys are single words", what));
    throw StopParsing{};
  }

  [[noreturn]] void refuseContinuation(const ScannedScalar& scanned) {
    Diagnostic& d =
        diagnostics_.error("E0115", source().place(scanned.continuation), "this line continues the text above it");
    d.withRelated(source().place(scanned.range), "the text begins here");
    if (const Node* flow = openFlow()) {
      d.withRelated(source().place(flow->range), "inside this bracket");
      d.withHelp("a comma or a closing bracket is missing");
    } else {
      d.withHelp("check the indentation; for long text use a block ('>' and indented lines)");
    }
    throw StopParsing{};
  }

  void findDuplicateKeys() {
    for (const Node& node : document_->nodes_) {
      if (!node.isMap()) continue;
      std::map<std::string_view, const Node*> seen;
      for (const Node* child : node.children) {
        const auto [first, isNew] = seen.emplace(child->key, child);
        if (isNew) continue;
        diagnostics_.error("E0103", child->keyPlace(), fmt::format("key '{}' appears twice in this map", child->key))
            .withRelated(first->second->keyPlace(), "first here")
            .withHelp("remove one");
      }
    }
  }

  std::shared_ptr<Document> document_;
  Diagnostics& diagnostics_;
  std::vector<Frame> frames_;
};

std::shared_ptr<const Document> buildTree(std::unique_ptr<const SourceText> source, Diagnostics& diagnostics) {
  return TreeBuilder(std::move(source), diagnostics).build();
}

}  // namespace nightfog::config
