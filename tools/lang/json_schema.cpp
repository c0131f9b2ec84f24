#include "tools/lang/json_schema.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace nightfog::lang {

using config::Dimension;
using config::ObjectInfo;
using config::ValueInfo;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kNumberPattern = "[-+]?([0-9]+(\\.[0-9]+)?|\\.[0-9]+)([eE][-+]?[0-9]+)?";

std::string escaped(std::string_view symbol) {
  std::string out;
  for (const char c : symbol) {
    if (std::string_view("^$.|?*+()[]{}\\/").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

class SchemaWriter {
 public:
  Json root(const ObjectInfo& info, const std::string& title) {
    Json out{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
    out.update(object(info));
    // Tables found on the way may name further ones.
    while (!waiting_.empty()) {
      const ObjectInfo* next = waiting_.back();
      waiting_.pop_back();
      definitions_[names_.at(next)] = object(*next);
    }
    Json sorted = Json::object();
    for (auto& [name, definition] : definitions_) sorted[name] = std::move(definition);
    out["$defs"] = std::move(sorted);
    return out;
  }

 private:
  Json reference(const ObjectInfo& info) {
    const auto [at, isNew] = names_.try_emplace(&info);
    if (isNew) {
      std::string name = info.name;
      std::replace(name.begin(), name.end(), ' ', '_');
      std::string free = name;
      for (int i = 2; taken_.count(free) > 0; ++i) free = fmt::format("{}_{}", name, i);
      taken_.insert(free);
      at->second = free;
      waiting_.push_back(&info);
    }
    return {{"$ref", "#/$defs/" + at->second}};
  }

  Json parameter() {
    definitions_["parameter_name"] = {
        {"type", "string"}, {"pattern", "^\\$[A-Za-z][A-Za-z0-9_]*$"}, {"description", "a parameter: $name"}};
    return {{"$ref", "#/$defs/parameter_name"}};
  }

  /// `{uniform: [a, b]}` and its like over a kind of value.
  Json distribution(const std::string& name, const Json& value) {
    const std::string key = "distribution_of_" + name;
    if (definitions_.count(key) > 0) return {{"$ref", "#/$defs/" + key}};
    const Json pair{{"type", "array"}, {"items", value}, {"minItems", 2}, {"maxItems", 2}};
    const auto one = [](const char* word, Json content) {
      return Json{{"type", "object"},
                  {"properties", {{word, std::move(content)}}},
                  {"required", {word}},
                  {"additionalProperties", false}};
    };
    const auto fields = [](Json properties, Json required) {
      return Json{{"type", "object"},
                  {"properties", std::move(properties)},
                  {"required", std::move(required)},
                  {"additionalProperties", false}};
    };
    Json options = Json::array();
    options.push_back(one("uniform", pair));
    options.push_back(one("normal", fields({{"mean", value}, {"sd", value}, {"clip", pair}}, {"mean", "sd"})));
    options.push_back(one("lognormal", fields({{"median", value}, {"sigma", {{"type", "number"}}}, {"clip", pair}},
                                              {"median", "sigma"})));
    options.push_back(one("triangular", {{"type", "array"}, {"items", value}, {"minItems", 3}, {"maxItems", 3}}));
    options.push_back(
        one("int", {{"type", "array"}, {"items", {{"type", "integer"}}}, {"minItems", 2}, {"maxItems", 2}}));
    options.push_back(
        one("empirical",
            fields({{"file", {{"type", "string"}}}, {"column", {{"type", "string"}}}, {"unit", {{"type", "string"}}}},
                   {"file", "column"})));
    options.push_back(choice(value));
    definitions_[key] = {{"description", "a distribution, drawn once a run"}, {"anyOf", std::move(options)}};
    return {{"$ref", "#/$defs/" + key}};
  }

  static Json choice(const Json& value) {
    const Json content{{"anyOf",
                        {{{"type", "array"}, {"items", value}, {"minItems", 1}},
                         {{"type", "object"}, {"additionalProperties", {{"type", {"number", "string"}}}}}}}};
    return {{"type", "object"},
            {"properties", {{"choice", content}}},
            {"required", {"choice"}},
            {"additionalProperties", false}};
  }

  Json literal(Dimension dimension) {
    const std::string name(config::dimensionName(dimension).substr(config::dimensionName(dimension).find(' ') + 1));
    std::string key = "literal_" + name;
    std::replace(key.begin(), key.end(), ' ', '_');
    if (definitions_.count(key) == 0) {
      std::string unitsPattern;
      for (const config::Unit& unit : config::units()) {
        if (unit.dimension != dimension || unit.symbol.empty()) continue;
        unitsPattern += (unitsPattern.empty() ? "" : "|") + escaped(unit.symbol);
      }
      Json options = Json::array();
      const bool isBare = dimension == Dimension::kNumber || dimension == Dimension::kRatio;
      if (isBare) options.push_back({{"type", "number"}});
      if (!unitsPattern.empty())
        options.push_back({{"type", "string"}, {"pattern", fmt::format("^{} ?({})$", kNumberPattern, unitsPattern)}});
      Json definition{{"description", std::string(config::dimensionName(dimension))}};
      if (options.size() == 1) {
        definition.update(options[0]);
      } else {
        definition["anyOf"] = std::move(options);
      }
      definitions_[key] = std::move(definition);
    }
    return {{"$ref", "#/$defs/" + key}};
  }

  Json quantity(Dimension dimension) {
    const Json own = literal(dimension);
    std::string name(config::dimensionName(dimension).substr(config::dimensionName(dimension).find(' ') + 1));
    std::replace(name.begin(), name.end(), ' ', '_');
    return {{"anyOf", {own, parameter(), distribution(name, own)}}};
  }

  Json words(const std::vector<std::string>& all) { return {{"enum", all}}; }

  Json value(const ValueInfo& info) {
    using Kind = ValueInfo::Kind;
    switch (info.kind) {
      case Kind::kQuantity: {
        Json out = quantity(info.dimension);
        if (!info.words.empty()) out["anyOf"].push_back(words(info.words));
        return out;
      }
      case Kind::kWhole:
        return {{"anyOf",
                 {{{"type", "integer"}, {"minimum", info.min}},
                  parameter(),
                  distribution("a_number", literal(Dimension::kNumber))}}};
      case Kind::kBoolean:
        return {{"anyOf",
                 {{{"type", "boolean"}},
                  parameter(),
                  {{"type", "object"},
                   {"properties", {{"bernoulli", literal(Dimension::kRatio)}}},
                   {"required", {"bernoulli"}},
                   {"additionalProperties", false}}}}};
      case Kind::kText: {
        if (!info.isReference) return {{"type", {"string", "number"}}};
        return {{"anyOf", {{{"type", "string"}, {"description", info.what}}, choice({{"type", "string"}})}}};
      }
      case Kind::kWord:
        return {{"anyOf", {words(info.words), parameter(), choice({{"type", "string"}})}}};
      case Kind::kList: {
        Json out{{"type", "array"}, {"items", value(*info.item)}};
        if (info.minCount > 0) out["minItems"] = info.minCount;
        if (info.maxCount > 0 && info.maxCount < 100) out["maxItems"] = info.maxCount;
        return out;
      }
      case Kind::kMap:
        return {{"type", "object"}, {"additionalProperties", value(*info.item)}};
      case Kind::kObject:
        return reference(*info.object);
      case Kind::kUnion:
        return unionOf(info);
      case Kind::kVector: {
        const Json component = quantity(info.dimension);
        return {{"type", "object"},
                {"propertyNames", {{"enum", {"x", "y", "z", "forward", "left", "up", "s", "t"}}}},
                {"additionalProperties", component},
                {"minProperties", 1},
                {"maxProperties", 3}};
      }
      case Kind::kExpression:
        return {{"type", {"string", "boolean"}}, {"description", info.what}};
      case Kind::kSweep:
        return sweep();
      case Kind::kOther:
        break;
    }
    Json out = Json::object();
    if (!info.what.empty()) out["description"] = info.what;
    return out;
  }

  Json unionOf(const ValueInfo& info) {
    Json options = Json::array();
    std::vector<std::string> bare;
    Json several = Json::object();
    for (size_t i = 0; i < info.words.size(); ++i) {
      const ObjectInfo* alternative = i < info.alternatives.size() ? info.alternatives[i] : nullptr;
      if (alternative == nullptr) {
        const bool isWord = info.words[i].find_first_of(" []{}'") == std::string::npos;
        if (isWord) bare.push_back(info.words[i]);
        continue;
      }
      // A bare length (`straight: 80 m`) has no fields of its own.
      Json content = alternative->fields.empty() ? Json::object() : reference(*alternative);
      if (info.isKeyed) {
        options.push_back(std::move(content));
      } else if (info.maxCount > 0) {
        several[info.words[i]] = std::move(content);
      } else {
        options.push_back({{"type", "object"},
                           {"properties", {{info.words[i], std::move(content)}}},
                           {"required", {info.words[i]}},
                           {"additionalProperties", false}});
      }
    }
    if (!several.empty())
      options.push_back({{"type", "object"},
                         {"properties", std::move(several)},
                         {"additionalProperties", false},
                         {"minProperties", 1}});
    if (!bare.empty()) options.push_back(words(bare));
    if (info.takesAnyWord) options.push_back({{"type", "string"}});
    if (info.takesVec3)
      options.push_back({{"type", "array"}, {"items", quantity(Dimension::kLength)}, {"minItems", 3}, {"maxItems", 3}});
    return {{"anyOf", std::move(options)}};
  }

  Json sweep() {
    const Json lists{{"type", "object"}, {"additionalProperties", {{"type", "array"}, {"minItems", 1}}}};
    const Json drawn{{"type", "object"}, {"additionalProperties", {{"type", "object"}}}};
    const Json count{{"type", "integer"}, {"minimum", 1}};
    return {{"type", "object"},
            {"properties",
             {{"grid", lists},
              {"zip", lists},
              {"pairwise", lists},
              {"random", drawn},
              {"halton", drawn},
              {"points", count},
              {"samples", count},
              {"exclude", {{"type", "string"}}}}},
            {"additionalProperties", false}};
  }

  Json object(const ObjectInfo& info) {
    Json out{{"type", "object"}};
    if (!info.doc.empty()) out["description"] = info.doc;
    Json properties = Json::object(), required = Json::array();
    if (!info.format.empty()) {
      properties["format"] = {{"const", info.format}};
      required.push_back("format");
    }
    // What a file extends may bring what it does not say itself.
    const bool mayExtend =
        std::any_of(info.fields.begin(), info.fields.end(), [](const auto& f) { return f.name == "extends"; });
    for (const config::FieldInfo& field : info.fields) {
      Json entry = value(field.value);
      std::string doc = field.doc;
      if (!field.defaultText.empty()) doc += fmt::format(" (default: {})", field.defaultText);
      entry["description"] = doc;
      properties[field.name] = std::move(entry);
      if (field.isRequired && (!mayExtend || field.name == "id")) required.push_back(field.name);
    }
    out["properties"] = std::move(properties);
    if (!required.empty()) out["required"] = std::move(required);
    out["patternProperties"] = {{"^x-", Json::object()}};
    out["additionalProperties"] = false;
    return out;
  }

  std::map<std::string, Json> definitions_;
  std::map<const ObjectInfo*, std::string> names_;
  std::set<std::string> taken_;
  std::vector<const ObjectInfo*> waiting_;
};

void gather(const ObjectInfo& info, std::vector<const ObjectInfo*>& out);

void gather(const ValueInfo& info, std::vector<const ObjectInfo*>& out) {
  if (info.object != nullptr) gather(*info.object, out);
  if (info.item != nullptr) gather(*info.item, out);
  for (const ObjectInfo* alternative : info.alternatives) {
    if (alternative != nullptr) gather(*alternative, out);
  }
}

void gather(const ObjectInfo& info, std::vector<const ObjectInfo*>& out) {
  if (info.fields.empty() || std::find(out.begin(), out.end(), &info) != out.end()) return;
  out.push_back(&info);
  for (const config::FieldInfo& field : info.fields) gather(field.value, out);
}

}  // namespace

std::string jsonSchema(const ObjectInfo& root, const std::string& title) {
  return SchemaWriter().root(root, title).dump(1) + "\n";
}

std::string referencePage(const ObjectInfo& root) {
  std::vector<const ObjectInfo*> all;
  gather(root, all);
  std::string out;
  for (const ObjectInfo* info : all) {
    out += fmt::format("{}## {}\n\n", out.empty() ? "" : "\n", info->name);
    if (!info->doc.empty()) out += info->doc + "\n\n";
    out += config::fieldTable(*info);
  }
  return out;
}

}  // namespace nightfog::lang
