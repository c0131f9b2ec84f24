#include "engine/config/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "engine/config/suggest.hpp"

namespace nightfog::config {

namespace {

const Node* findElement(const Node& list, const std::string& id) {
  for (const Node* child : list.children) {
    const Node* own = child->find("id");
    if (own != nullptr && own->isScalar() && own->text == id) return child;
  }
  return nullptr;
}

bool hasIds(const Node& list) {
  return !list.children.empty() && std::all_of(list.children.begin(), list.children.end(), [](const Node* child) {
    const Node* id = child->find("id");
    return id != nullptr && id->isScalar();
  });
}

std::string below(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "/" + name;
}

}  // namespace

/// Copies nodes into a document of their own; their texts stay where they are.
class DocumentMerger {
 public:
  explicit DocumentMerger(std::vector<std::shared_ptr<const Document>> from) : out_(std::make_shared<Document>()) {
    // The last one names the whole.
    out_->source_ = from.back()->source_;
    out_->kept_ = std::move(from);
  }

  std::shared_ptr<const Document> finish(Node* root) {
    out_->root_ = root;
    return out_;
  }

  Node* copy(const Node& from, const std::set<const Node*>& without = {}) {
    Node* node = shallow(from);
    for (const Node* child : from.children) {
      if (without.count(child) == 0) adopt(*node, copy(*child, without));
    }
    return node;
  }

  Node* merge(const Node& base, const Node& over, const std::string& path, const IsWhole& isWhole) {
    if (base.isMap() && over.isMap() && !isWhole(path)) return mergeMaps(base, over, path, isWhole);
    if (base.isList() && over.isList() && hasIds(base) && hasIds(over)) return mergeLists(base, over, path, isWhole);
    return copy(over);
  }

 private:
  Node* shallow(const Node& from) {
    Node& node = out_->nodes_.emplace_back(from);
    node.children.clear();
    node.parent = nullptr;
    return &node;
  }

  static void adopt(Node& parent, Node* child) {
    child->parent = &parent;
    child->index = parent.children.size();
    parent.children.push_back(child);
  }

  Node* mergeMaps(const Node& base, const Node& over, const std::string& path, const IsWhole& isWhole) {
    Node* node = shallow(over);
    for (const Node* child : base.children) {
      const Node* own = over.find(child->key);
      adopt(*node, own == nullptr ? copy(*child) : merge(*child, *own, below(path, child->key), isWhole));
    }
    for (const Node* child : over.children) {
      if (base.find(child->key) == nullptr) adopt(*node, copy(*child));
    }
    return node;
  }

  Node* mergeLists(const Node& base, const Node& over, const std::string& path, const IsWhole& isWhole) {
    Node* node = shallow(over);
    for (const Node* child : base.children) {
      const std::string& id = child->find("id")->text;
      const Node* own = findElement(over, id);
      adopt(*node, own == nullptr ? copy(*child) : merge(*child, *own, below(path, id), isWhole));
    }
    for (const Node* child : over.children) {
      if (findElement(base, child->find("id")->text) == nullptr) adopt(*node, copy(*child));
    }
    return node;
  }

  std::shared_ptr<Document> out_;
};

std::shared_ptr<const Document> mergeDocuments(std::shared_ptr<const Document> base,
                                               std::shared_ptr<const Document> over, const IsWhole& isWhole) {
  DocumentMerger merger({base, over});
  return merger.finish(merger.merge(base->root(), over->root(), {}, isWhole));
}

std::shared_ptr<const Document> removePaths(std::shared_ptr<const Document> document, const Node& removals,
                                            Diagnostics& diagnostics) {
  std::set<const Node*> gone;
  for (const Node* removal : removals.children) {
    if (!removal->isScalar() || removal->text.empty()) {
      diagnostics.error("E0203", removal->place(), "expected a path").withHelp("write it as actors/van");
      continue;
    }
    const Node* at = &document->root();
    for (size_t begin = 0; begin <= removal->text.size() && at != nullptr;) {
      const size_t end = std::min(removal->text.find('/', begin), removal->text.size());
      const std::string name = removal->text.substr(begin, end - begin);
      const Node* next = at->isList() ? findElement(*at, name) : at->find(name);
      if (next == nullptr) {
        std::vector<std::string> names;
        for (const Node* child : at->children) {
          const Node* id = at->isList() ? child->find("id") : nullptr;
          names.push_back(id != nullptr ? id->text : child->key);
        }
        diagnostics
            .error("E0418", removal->place(),
                   fmt::format("'{}': there is no '{}' to remove", excerpt(removal->text), excerpt(name)))
            .withHelp(suggestionHelp(name, names));
      }
      at = next;
      begin = end + 1;
    }
    if (at != nullptr) gone.insert(at);
  }
  DocumentMerger merger({document});
  return merger.finish(merger.copy(document->root(), gone));
}

}  // namespace nightfog::config
