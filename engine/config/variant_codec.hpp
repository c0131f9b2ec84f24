// Values that are one of several things: `parked`, `{follow_lane: {…}}`; or maps told apart by a key: `{lane, s}`,
// `{xyz}`.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/config/descriptor.hpp"

namespace nightfog::config {

/// One alternative of a variant.
template <class V>
struct Alternative {
  std::string name;                  ///< the word, the single key, or the telling key
  const ObjectInfo* info = nullptr;  ///< nullptr: a bare word
  std::function<bool(const Node&, V&, ReadContext&)> read;
  std::function<bool(const V&, YamlValue&)> write;  ///< false: holds another alternative
};

/// A bare word that stands for a default A.
template <class V, class A>
Alternative<V> word(std::string name) {
  return {name, nullptr,
          [](const Node&, V& out, ReadContext&) {
            out = A{};
            return true;
          },
          [name](const V& in, YamlValue& out) {
            if (!std::holds_alternative<A>(in)) return false;
            out = YamlValue::string(name);
            return true;
          }};
}

/// A map read by A's table.
template <class V, class A>
Alternative<V> alternative(std::string name, const Descriptor<A>& descriptor) {
  return {std::move(name), &descriptor.info(),
          [&descriptor](const Node& node, V& out, ReadContext& context) {
            A value{};
            const bool ok = descriptor.read(node, value, context);
            out = std::move(value);
            return ok;
          },
          [&descriptor](const V& in, YamlValue& out) {
            const A* value = std::get_if<A>(&in);
            if (value == nullptr) return false;
            out = descriptor.write(*value);
            return true;
          }};
}

/// Index of the alternative a tagged node names, and the node of its content; reports and returns names.size() when
/// there is none.
size_t findTag(const Node& node, const std::vector<std::string>& names, const std::vector<bool>& isWord,
               const std::string& what, const Node*& content, ReadContext& context);
/// Index of the alternative whose telling key the map has; reports none and more than one.
size_t findTellingKey(const Node& node, const std::vector<std::string>& names, const std::string& what,
                      ReadContext& context);

template <class V>
ValueInfo unionInfo(const std::vector<Alternative<V>>& alternatives, const std::string& what) {
  ValueInfo info;
  info.kind = ValueInfo::Kind::kUnion;
  info.what = what;
  for (const auto& a : alternatives) {
    info.words.push_back(a.name);
    info.alternatives.push_back(a.info);
  }
  return info;
}

/// `word` or `{name: {…}}`. `what` is "a behavior".
template <class V>
Codec<V> tagged(std::string what, std::vector<Alternative<V>> alternatives) {
  Codec<V> codec;
  codec.info = unionInfo(alternatives, what);
  std::vector<bool> isWord;
  for (const auto& a : alternatives) isWord.push_back(a.info == nullptr);
  codec.read = [alternatives, names = codec.info.words, isWord, what](const Node& node, V& out, ReadContext& context) {
    const Node* content = nullptr;
    const size_t i = findTag(node, names, isWord, what, content, context);
    return i < alternatives.size() && alternatives[i].read(*content, out, context);
  };
  codec.write = [alternatives](const V& value) {
    YamlValue content;
    for (const auto& a : alternatives) {
      if (!a.write(value, content)) continue;
      if (a.info == nullptr) return content;
      YamlValue map = YamlValue::map();
      map.add(a.name, std::move(content));
      return map;
    }
    NF_ASSERT(false, "a variant holds what its codec does not know");
  };
  return codec;
}

/// A map whose alternatives are told apart by a key that only one of them has.
template <class V>
Codec<V> keyed(std::string what, std::vector<Alternative<V>> alternatives) {
  Codec<V> codec;
  codec.info = unionInfo(alternatives, what);
  codec.info.isKeyed = true;
  codec.read = [alternatives, names = codec.info.words, what](const Node& node, V& out, ReadContext& context) {
    const size_t i = findTellingKey(node, names, what, context);
    return i < alternatives.size() && alternatives[i].read(node, out, context);
  };
  codec.write = [alternatives](const V& value) {
    YamlValue content;
    for (const auto& a : alternatives) {
      if (a.write(value, content)) return content;
    }
    NF_ASSERT(false, "a variant holds what its codec does not know");
  };
  return codec;
}

}  // namespace nightfog::config
