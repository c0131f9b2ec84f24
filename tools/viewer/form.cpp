#include "tools/viewer/form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/scenario/language.hpp"
#include "tools/viewer/source_edit.hpp"

namespace nightfog::viewer {
namespace {

using config::Node;
using config::ObjectInfo;
using config::ValueInfo;
using Kind = config::ValueInfo::Kind;

/// A map's table, or the value's own description.
struct Meaning {
  const ValueInfo* value = nullptr;
  const ObjectInfo* object = nullptr;
};

/// Of alternatives told apart by their keys: the one that has the most of those written.
const ObjectInfo* alternativeOf(const ValueInfo& info, const Node& node) {
  const ObjectInfo* best = nullptr;
  long most = -1;
  for (const ObjectInfo* candidate : info.alternatives) {
    if (candidate == nullptr) continue;
    const std::vector<std::string> names = candidate->fieldNames();
    const auto known = std::count_if(node.children.begin(), node.children.end(), [&](const Node* child) {
      return std::find(names.begin(), names.end(), child->key) != names.end();
    });
    const bool isWhole = std::all_of(candidate->fields.begin(), candidate->fields.end(), [&](const auto& field) {
      return !field.isRequired || node.find(field.name) != nullptr;
    });
    const long score = 2 * known + (isWhole ? 1 : 0);
    if (score > most) {
      most = score;
      best = candidate;
    }
  }
  return best;
}

/// The table of a map that is read by `info`; nullptr: it has none.
const ObjectInfo* tableFor(const ValueInfo& info, const Node& node) {
  if (info.kind == Kind::kObject) return info.object;
  if (info.kind == Kind::kUnion && info.isKeyed && node.isMap()) return alternativeOf(info, node);
  return nullptr;
}

/// What a child of a value means.
Meaning childMeaning(const Meaning& outer, const Node& parent, const std::string& key) {
  const ObjectInfo* table = outer.object != nullptr  ? outer.object
                            : outer.value != nullptr ? tableFor(*outer.value, parent)
                                                     : nullptr;
  if (table != nullptr) {
    const auto field = std::find_if(table->fields.begin(), table->fields.end(),
                                    [&](const config::FieldInfo& f) { return f.name == key; });
    return field == table->fields.end() ? Meaning{} : Meaning{&field->value, nullptr};
  }
  if (outer.value == nullptr) return {};
  if (outer.value->kind == Kind::kMap || outer.value->kind == Kind::kList) return {outer.value->item.get(), nullptr};
  if (outer.value->kind == Kind::kUnion) {  // wrapped in its key
    for (size_t i = 0; i < outer.value->words.size() && i < outer.value->alternatives.size(); ++i) {
      if (outer.value->words[i] == key) return {nullptr, outer.value->alternatives[i]};
    }
  }
  return {};
}

Meaning meaningAt(const Node& root, const std::string& path) {
  Meaning meaning{nullptr, &scenario::scenarioDescriptor().info()};
  const Node* node = &root;
  for (size_t begin = 0; begin < path.size() && node != nullptr;) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string key = path.substr(begin, end - begin);
    meaning = childMeaning(meaning, *node, key);
    node = findNode(*node, key);
    begin = end + 1;
  }
  return meaning;
}

std::string oneLine(const Node& node) {
  const config::TextRange range = extentOf(node);
  return std::string(node.source->text().substr(range.begin, range.end - range.begin));
}

bool isOneLine(const Node& node) {
  return node.isNull() || ((node.isScalar() || node.isFlow) && node.style != config::ScalarStyle::kBlock &&
                           oneLine(node).find('\n') == std::string::npos);
}

void describe(FormField& field, const Meaning& meaning) {
  if (meaning.value == nullptr) return;
  field.takes = describeValue(*meaning.value);
  if (meaning.value->kind == Kind::kWord) field.words = meaning.value->words;
  if (meaning.value->kind == Kind::kBoolean) field.words = {"true", "false"};
  if (meaning.value->kind == Kind::kText && meaning.value->isReference) field.refersTo = meaning.value->what;
  if (meaning.value->kind == Kind::kQuantity) field.dimension = meaning.value->dimension;
}

void addFields(const Node& node, const Meaning& meaning, const std::string& path, int depth,
               std::vector<FormField>& out);

void addChild(const Node& child, const Meaning& meaning, const std::string& path, const std::string& name,
              const std::string& doc, int depth, std::vector<FormField>& out) {
  FormField field;
  field.path = path;
  field.name = name;
  field.depth = depth;
  field.doc = doc;
  field.isWritten = true;
  field.range = {child.keyRange.isEmpty() ? extentOf(child).begin : child.keyRange.begin, extentOf(child).end};
  describe(field, meaning);
  // Small things stay on their line; what has a table is taken apart.
  const bool hasTable =
      meaning.object != nullptr || (meaning.value != nullptr && tableFor(*meaning.value, child) != nullptr);
  const bool isUnion = meaning.value != nullptr && meaning.value->kind == Kind::kUnion && !meaning.value->isKeyed;
  if (child.isMap() && (hasTable || isUnion) && depth < 4) {
    out.push_back(field);
    addFields(child, meaning, path, depth + 1, out);
    return;
  }
  field.isEditable = isOneLine(child);
  field.text = child.isNull() ? "" : field.isEditable ? oneLine(child) : "…";
  out.push_back(field);
}

void addFields(const Node& node, const Meaning& meaning, const std::string& path, int depth,
               std::vector<FormField>& out) {
  const ObjectInfo* table = meaning.object != nullptr  ? meaning.object
                            : meaning.value != nullptr ? tableFor(*meaning.value, node)
                                                       : nullptr;
  const auto join = [&](const std::string& name) { return path.empty() ? name : path + "/" + name; };
  for (const Node* child : node.children) {
    const std::string name = node.isList() ? std::to_string(child->index) : child->key;
    std::string doc;
    bool isRequired = false;
    for (size_t i = 0; table != nullptr && i < table->fields.size(); ++i) {
      if (table->fields[i].name != name) continue;
      doc = table->fields[i].doc;
      isRequired = table->fields[i].isRequired;
    }
    const size_t first = out.size();
    addChild(*child, childMeaning(meaning, node, name), join(name), name, doc, depth, out);
    out[first].isRequired = isRequired;
  }
  if (table == nullptr || !node.isMap()) return;
  for (const config::FieldInfo& info : table->fields) {
    if (node.find(info.name) != nullptr) continue;
    FormField field;
    field.path = join(info.name);
    field.name = info.name;
    field.depth = depth;
    field.doc = info.doc;
    field.fallback = info.defaultText;
    field.isRequired = info.isRequired;
    field.isEditable = true;
    describe(field, {&info.value, nullptr});
    out.push_back(std::move(field));
  }
}

}  // namespace

std::string describeValue(const ValueInfo& info) {
  const auto bounds = [&](const std::string& what) {
    const std::string unit(config::canonicalUnit(info.dimension));
    const auto text = [&](double value) { return config::formatNumber(value) + (unit.empty() ? "" : " " + unit); };
    if (std::isinf(info.min) && std::isinf(info.max)) return what;
    if (std::isinf(info.max) || info.max >= 1e15) return fmt::format("{}, at least {}", what, text(info.min));
    if (std::isinf(info.min)) return fmt::format("{}, at most {}", what, text(info.max));
    return fmt::format("{}, {} … {}", what, text(info.min), text(info.max));
  };
  const auto words = [&] {
    std::string all;
    for (const std::string& word : info.words) all += (all.empty() ? "" : ", ") + word;
    return "one of: " + all;
  };
  switch (info.kind) {
    case Kind::kQuantity:
      return bounds(std::string(config::dimensionName(info.dimension)));
    case Kind::kWhole:
      return bounds("a whole number");
    case Kind::kBoolean:
      return "true or false";
    case Kind::kWord:
      return words();
    case Kind::kUnion:
      return info.words.empty() ? info.what : words();
    case Kind::kVector:
      return "three values in brackets";
    case Kind::kExpression:
      return "a condition";
    default:
      return info.what;
  }
}

std::string withUnit(const FormField& field, const std::string& typed) {
  if (!field.dimension || !config::parseNumber(typed)) return typed;
  const size_t blank = field.text.rfind(' ');
  const std::string had = blank == std::string::npos ? "" : field.text.substr(blank + 1);
  const std::string unit =
      config::findUnit(had) != nullptr ? had : std::string(config::canonicalUnit(*field.dimension));
  return unit.empty() ? typed : typed + " " + unit;
}

std::vector<FormField> formFor(const config::Document& document, const std::string& path) {
  std::vector<FormField> out;
  const Node* node = findNode(document.root(), path);
  if (node == nullptr || node->isScalar() || node->isNull()) return out;
  addFields(*node, meaningAt(document.root(), path), path, 0, out);
  return out;
}

}  // namespace nightfog::viewer
