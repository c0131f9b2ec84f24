#include "engine/config/descriptor.hpp"

#include <cmath>

namespace nightfog::config {

namespace {

/// `format: kind/major`.
bool checkFormat(const ObjectInfo& info, const Node& node, ReadContext& context) {
  const Node* format = node.find("format");
  const std::string kind = info.format.substr(0, info.format.find('/'));
  if (format == nullptr) {
    Place place = node.children.empty() ? node.place() : node.children.front()->keyPlace();
    context.diagnostics.error("E0216", std::move(place), "the `format:` line is missing")
        .withHelp(fmt::format("begin with `format: {}`", info.format));
    return false;
  }
  if (format->isScalar() && format->text == info.format) return true;
  const bool isOtherMajor = format->isScalar() && format->text.starts_with(kind + "/");
  context.diagnostics
      .error("E0216", format->place(),
             isOtherMajor ? fmt::format("format '{}' is not one this version reads", excerpt(format->text))
                          : fmt::format("this is no {} file", kind))
      .withHelp(fmt::format("expected `format: {}`", info.format));
  return false;
}

std::string describe(const ValueInfo& v) {
  using Kind = ValueInfo::Kind;
  std::string range;
  const bool bounded = std::isfinite(v.min) || std::isfinite(v.max);
  if (bounded && v.kind == Kind::kQuantity) {
    range = fmt::format(", {} … {}", std::isfinite(v.min) ? formatQuantity(v.min, v.dimension) : "",
                        std::isfinite(v.max) ? formatQuantity(v.max, v.dimension) : "");
  }
  switch (v.kind) {
    case Kind::kQuantity:
      return std::string(dimensionName(v.dimension)) + range;
    case Kind::kWhole:
      return "a whole number";
    case Kind::kBoolean:
      return "true or false";
    case Kind::kText:
      return v.what.empty() ? "text" : v.what;
    case Kind::kWord:
    case Kind::kUnion: {
      std::string out;
      for (const std::string& word : v.words) out += (out.empty() ? "`" : ", `") + word + "`";
      return out;
    }
    case Kind::kList:
      return "a list of: " + describe(*v.item);
    case Kind::kMap:
      return "a map of: " + describe(*v.item);
    case Kind::kObject:
      return "a map: " + v.object->name;
    case Kind::kVector:
    case Kind::kExpression:
    case Kind::kSweep:
    case Kind::kOther:
      return v.what;
  }
  return {};
}

}  // namespace

std::vector<std::string> ObjectInfo::fieldNames() const {
  std::vector<std::string> names;
  for (const FieldInfo& field : fields) names.push_back(field.name);
  return names;
}

std::shared_ptr<const ObjectInfo> partialInfo(const ObjectInfo& info) {
  // The copy keeps the nested tables it makes.
  struct Kept {
    ObjectInfo info;
    std::vector<std::shared_ptr<const ObjectInfo>> nested;
  };
  auto kept = std::make_shared<Kept>();
  kept->info = info;
  kept->info.name += " override";
  kept->info.format.clear();
  for (FieldInfo& field : kept->info.fields) {
    field.isRequired = false;
    field.defaultText.clear();
    if (field.value.kind != ValueInfo::Kind::kObject) continue;
    kept->nested.push_back(partialInfo(*field.value.object));
    field.value.object = kept->nested.back().get();
  }
  return {kept, &kept->info};
}

bool checkKeys(const ObjectInfo& info, const Node& node, ReadContext& context) {
  if (!expectKind(node, NodeKind::kMap, context)) return false;
  if (!info.format.empty() && !context.isPartial && !checkFormat(info, node, context)) return false;
  const std::vector<std::string> names = info.fieldNames();
  for (const Node* child : node.children) {
    if (child->key.starts_with("x-")) continue;
    if (!info.format.empty() && child->key == "format") continue;
    if (std::find(names.begin(), names.end(), child->key) != names.end()) continue;
    const auto unsupported = std::find_if(info.unsupported.begin(), info.unsupported.end(),
                                          [&](const UnsupportedField& u) { return u.name == child->key; });
    if (unsupported != info.unsupported.end()) {
      context.diagnostics
          .error("E0501", child->keyPlace(), fmt::format("'{}' is not supported by this version", child->key))
          .withHelp(unsupported->reason);
      continue;
    }
    std::string help = suggestionHelp(child->key, names);
    if (names.empty()) help = "it takes no keys";
    context.diagnostics
        .error("E0202", child->keyPlace(), fmt::format("unknown key '{}' in {}", excerpt(child->key), info.name))
        .withHelp(std::move(help));
  }
  return true;
}

void reportMissing(const ObjectInfo& info, const FieldInfo& field, const Node& node, ReadContext& context) {
  // A key that is near the missing one is reported as unknown, with the right name; saying both helps nobody.
  for (const Node* child : node.children) {
    const std::vector<std::string> missing{field.name};
    const bool isKnown =
        std::any_of(info.fields.begin(), info.fields.end(), [&](const FieldInfo& f) { return f.name == child->key; });
    if (!isKnown && suggest(child->key, missing)) return;
  }
  context.diagnostics.error("E0201", node.place(), fmt::format("{} needs '{}'", info.name, field.name))
      .withHelp(fmt::format("add `{}:` ({}{}{})", field.name, describe(field.value), field.doc.empty() ? "" : "; ",
                            field.doc));
}

std::string fieldTable(const ObjectInfo& info) {
  std::string out = "| key | takes | default | meaning |\n|---|---|---|---|\n";
  for (const FieldInfo& f : info.fields) {
    const std::string fallback = f.isRequired ? "required" : f.defaultText.empty() ? "–" : "`" + f.defaultText + "`";
    out += fmt::format("| `{}` | {} | {} | {} |\n", f.name, describe(f.value), fallback, f.doc);
  }
  return out;
}

}  // namespace nightfog::config
