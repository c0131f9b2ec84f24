#include "engine/config/codec.hpp"

#include <cmath>

#include "engine/config/variant_codec.hpp"

namespace nightfog::config {

namespace {

constexpr size_t kLongestText = 20'000;

/// A scalar that looks like a reference where nothing supplies references.
bool refuseReference(const Node& node, ReadContext& context) {
  if (!node.isScalar() || !node.text.starts_with('$')) return false;
  context.diagnostics.error("E0401", node.place(),
                            fmt::format("'{}': there are no parameters in this file", excerpt(node.text)));
  return true;
}

std::string describeRange(Dimension dimension, Range range) {
  if (std::isfinite(range.min) && std::isfinite(range.max)) {
    return fmt::format("{} to {}", formatQuantity(range.min, dimension), formatQuantity(range.max, dimension));
  }
  if (std::isfinite(range.min)) return fmt::format("at least {}", formatQuantity(range.min, dimension));
  return fmt::format("at most {}", formatQuantity(range.max, dimension));
}

}  // namespace

bool expectKind(const Node& node, NodeKind kind, ReadContext& context) {
  if (node.kind == kind) return true;
  if (node.isNull()) {
    context.diagnostics.error("E0204", node.place(),
                              node.key.empty() ? "a value is missing" : fmt::format("'{}' has no value", node.key));
    return false;
  }
  Node wanted;
  wanted.kind = kind;
  Diagnostic& d = context.diagnostics.error("E0203", node.place(),
                                            fmt::format("expected {}, found {}", wanted.kindName(), node.kindName()));
  const size_t colon = node.isScalar() && kind == NodeKind::kMap ? node.text.find(':') : std::string::npos;
  if (colon != std::string::npos) d.withHelp("put a space after the ':'");
  return false;
}

bool readQuantityInRange(const Node& node, Dimension dimension, Range range, double& out, ReadContext& context) {
  ValueSource::Drawn drawn;
  if (context.values != nullptr && context.values->claims(node)) {
    const auto found = context.values->quantity(node, dimension, context.diagnostics);
    if (!found) return false;
    drawn = *found;
  } else {
    if (refuseReference(node, context)) return false;
    const auto found = readQuantity(node, dimension, context.diagnostics);
    if (!found) return false;
    drawn = {*found, *found, *found, false};
  }
  for (const double value : {drawn.low, drawn.high}) {
    if (value >= range.min && value <= range.max) continue;
    const char* verb = drawn.low == drawn.high ? "is" : "can become";
    const bool isLiteral = node.isScalar() && !node.text.starts_with('$');
    const std::string name = node.key.empty() ? "the value" : "'" + node.key + "'";
    const std::string shown = isLiteral              ? excerpt(node.text)
                              : std::isfinite(value) ? formatQuantity(value, dimension)
                                                     : "arbitrarily large";
    context.diagnostics
        .error("E0209", node.place(), fmt::format("{} {} {}, outside what is allowed", name, verb, shown))
        .withHelp("allowed: " + describeRange(dimension, range));
    return false;
  }
  out = drawn.value;
  return true;
}

bool readWhole(const Node& node, uint64_t min, uint64_t max, uint64_t& out, ReadContext& context) {
  if (context.values != nullptr && context.values->claims(node)) {
    double value = 0;
    const Range range{static_cast<double>(min), static_cast<double>(max)};
    if (!readQuantityInRange(node, Dimension::kNumber, range, value, context)) return false;
    if (value != std::floor(value)) {
      context.diagnostics.error("E0218", node.place(), fmt::format("{} is not a whole number", formatNumber(value)));
      return false;
    }
    out = static_cast<uint64_t>(value);
    return true;
  }
  if (!expectKind(node, NodeKind::kScalar, context) || refuseReference(node, context)) return false;
  const auto value = parseWholeNumber(node.text);
  if (!value) {
    context.diagnostics.error("E0218", node.place(), fmt::format("'{}' is not a whole number", excerpt(node.text)))
        .withHelp("digits only, without sign, unit, fraction or leading zero");
    return false;
  }
  if (*value < min || *value > max) {
    context.diagnostics.error("E0209", node.place(), fmt::format("{} is outside what is allowed", *value))
        .withHelp(fmt::format("allowed: {} to {}", min, max));
    return false;
  }
  out = *value;
  return true;
}

bool readBoolean(const Node& node, bool& out, ReadContext& context) {
  if (context.values != nullptr && context.values->claims(node)) {
    const auto found = context.values->boolean(node, context.diagnostics);
    if (found) out = *found;
    return found.has_value();
  }
  if (!expectKind(node, NodeKind::kScalar, context) || refuseReference(node, context)) return false;
  if (node.style == ScalarStyle::kPlain && (node.text == "true" || node.text == "false")) {
    out = node.text == "true";
    return true;
  }
  context.diagnostics.error("E0211", node.place(), fmt::format("'{}' is neither true nor false", excerpt(node.text)))
      .withHelp("write true or false");
  return false;
}

bool readText(const Node& node, std::string& out, ReadContext& context) {
  if (!expectKind(node, NodeKind::kScalar, context)) return false;
  if (node.text.size() > kLongestText) {
    context.diagnostics.error(
        "E0209", node.place(),
        fmt::format("the text has {} bytes; at most {} are read", node.text.size(), kLongestText));
    return false;
  }
  out = node.text;
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return true;
}

bool readWord(const Node& node, std::string& out, ReadContext& context) {
  if (context.values != nullptr && context.values->claims(node)) {
    auto found = context.values->word(node, context.diagnostics);
    if (found) out = std::move(*found);
    return found.has_value();
  }
  return !refuseReference(node, context) && readText(node, out, context);
}

bool checkIdentifier(const std::string& text, const Place& place, bool dotted, ReadContext& context) {
  const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto isInner = [&](char c) {
    return isLetter(c) || (c >= '0' && c <= '9') || c == '_' || (dotted && (c == '.' || c == '-'));
  };
  constexpr size_t kLongest = 128;
  if (!text.empty() && text.size() <= kLongest && isLetter(text[0]) && std::all_of(text.begin(), text.end(), isInner))
    return true;
  context.diagnostics.error("E0212", place, fmt::format("'{}' is not a name", excerpt(text)))
      .withHelp(dotted ? "a letter, then letters, digits, '_', '.' or '-'" : "a letter, then letters, digits or '_'");
  return false;
}

bool checkCount(const Node& node, size_t min, size_t max, ReadContext& context) {
  const size_t count = node.children.size();
  if (count >= min && count <= max) return true;
  const std::string allowed = min == max    ? std::to_string(min)
                              : count < min ? fmt::format("at least {}", min)
                                            : fmt::format("at most {}", max);
  context.diagnostics.error("E0213", node.place(),
                            fmt::format("{} {} here, expected {}", count, count == 1 ? "entry" : "entries", allowed));
  return false;
}

void reportUnknownWord(const Node& node, const std::string& found, const std::vector<std::string>& words,
                       ReadContext& context) {
  context.diagnostics.error("E0210", node.place(), fmt::format("'{}' is not known here", excerpt(found)))
      .withHelp(suggestionHelp(found, words));
}

Codec<SimTime> simTime(Range range_s) {
  Codec<SimTime> codec;
  Codec<double> inner = quantity(Dimension::kTime, range_s);
  codec.info = inner.info;
  codec.read = [read = inner.read](const Node& node, SimTime& out, ReadContext& context) {
    double seconds = 0;
    if (!read(node, seconds, context)) return false;
    out = SimTime::fromSeconds(seconds);
    return true;
  };
  codec.write = [](const SimTime& value) {
    return YamlValue::raw(formatQuantity(static_cast<double>(value.ns) / 1e9, Dimension::kTime));
  };
  return codec;
}

Codec<bool> boolean() {
  Codec<bool> codec;
  codec.info.kind = ValueInfo::Kind::kBoolean;
  codec.read = readBoolean;
  codec.write = [](const bool& value) { return YamlValue::raw(value ? "true" : "false"); };
  return codec;
}

Codec<std::string> text() {
  Codec<std::string> codec;
  codec.info.kind = ValueInfo::Kind::kText;
  codec.read = readText;
  codec.write = [](const std::string& value) { return YamlValue::string(value); };
  return codec;
}

namespace {

Codec<std::string> name(bool dotted, std::string what, bool (*read)(const Node&, std::string&, ReadContext&)) {
  Codec<std::string> codec;
  codec.info.kind = ValueInfo::Kind::kText;
  codec.info.what = std::move(what);
  codec.read = [dotted, read](const Node& node, std::string& out, ReadContext& context) {
    std::string found;
    if (!read(node, found, context) || !checkIdentifier(found, node.place(), dotted, context)) return false;
    out = std::move(found);
    return true;
  };
  codec.write = [](const std::string& value) { return YamlValue::string(value); };
  return codec;
}

}  // namespace

Codec<std::string> identifier(bool dotted, std::string what) {
  return name(dotted, std::move(what), readText);
}
Codec<std::string> reference(std::string what) {
  Codec<std::string> codec = name(true, std::move(what), readWord);
  codec.info.isReference = true;
  return codec;
}

Codec<glm::dvec3> vec3(Dimension dimension, Range range) {
  Codec<glm::dvec3> codec;
  Codec<double> component = quantity(dimension, range);
  codec.info.kind = ValueInfo::Kind::kList;
  codec.info.item = std::make_shared<const ValueInfo>(component.info);
  codec.info.minCount = codec.info.maxCount = 3;
  codec.read = [read = component.read](const Node& node, glm::dvec3& out, ReadContext& context) {
    if (!expectKind(node, NodeKind::kList, context) || !checkCount(node, 3, 3, context)) return false;
    bool ok = true;
    for (int i = 0; i < 3; ++i) ok = read(*node.children[static_cast<size_t>(i)], out[i], context) && ok;
    return ok;
  };
  codec.write = [write = component.write](const glm::dvec3& value) {
    YamlValue list = YamlValue::list();
    for (int i = 0; i < 3; ++i) list.items.push_back(write(value[i]));
    return list;
  };
  return codec;
}

size_t findTag(const Node& node, const std::vector<std::string>& names, const std::vector<bool>& isWord,
               const std::string& what, const Node*& content, ReadContext& context) {
  const Node* named = &node;
  std::string found;
  if (node.isScalar()) {
    found = node.text;
  } else if (node.isMap() && node.children.size() == 1) {
    named = node.children.front();
    found = named->key;
  } else if (node.isNull()) {
    context.diagnostics.error("E0204", node.place(), fmt::format("{} is missing", what))
        .withHelp(suggestionHelp({}, names));
    return names.size();
  } else {
    context.diagnostics.error("E0214", node.place(), fmt::format("{} is a word or a map with one key", what))
        .withHelp(suggestionHelp({}, names));
    return names.size();
  }
  const Place place = node.isScalar() ? node.place() : named->keyPlace();
  const auto at = std::find(names.begin(), names.end(), found);
  if (at == names.end()) {
    context.diagnostics.error("E0210", place, fmt::format("'{}' is not {}", excerpt(found), what))
        .withHelp(suggestionHelp(found, names));
    return names.size();
  }
  const auto i = static_cast<size_t>(at - names.begin());
  if (isWord[i] && !node.isScalar()) {
    context.diagnostics.error("E0203", place, fmt::format("'{}' takes no settings", found))
        .withHelp(fmt::format("write the word alone: {}", found));
    return names.size();
  }
  if (!isWord[i] && node.isScalar()) {
    context.diagnostics.error("E0203", place, fmt::format("'{}' needs settings", found))
        .withHelp(fmt::format("write {{{}: {{…}}}}", found));
    return names.size();
  }
  content = named;
  return i;
}

size_t findTellingKey(const Node& node, const std::vector<std::string>& names, const std::string& what,
                      ReadContext& context) {
  if (!expectKind(node, NodeKind::kMap, context)) return names.size();
  const Node* first = nullptr;
  size_t found = names.size();
  for (size_t i = 0; i < names.size(); ++i) {
    const Node* child = node.find(names[i]);
    if (child == nullptr) continue;
    if (first != nullptr) {
      const Node* later = child->index > first->index ? child : first;
      const Node* earlier = later == child ? first : child;
      context.diagnostics
          .error("E0214", later->keyPlace(), fmt::format("'{}' and '{}' exclude each other", earlier->key, later->key))
          .withRelated(earlier->keyPlace(), "first here")
          .withHelp("keep one");
      return names.size();
    }
    first = child;
    found = i;
  }
  if (first == nullptr) {
    for (const Node* child : node.children) {
      const auto near = suggest(child->key, names);
      if (!near) continue;
      context.diagnostics
          .error("E0202", child->keyPlace(), fmt::format("unknown key '{}' in {}", excerpt(child->key), what))
          .withHelp(fmt::format("did you mean '{}'?", *near));
      return names.size();
    }
    context.diagnostics.error("E0214", node.place(), fmt::format("{} needs one of its keys", what))
        .withHelp(suggestionHelp({}, names));
  }
  return found;
}

}  // namespace nightfog::config
