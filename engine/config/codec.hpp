// How one value of a file is read, checked and written: small codecs that combine. Descriptors (descriptor.hpp) are
// made of them.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <glm/glm.hpp>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/config/document.hpp"
#include "engine/config/quantity.hpp"
#include "engine/config/suggest.hpp"
#include "engine/config/yaml_text.hpp"
#include "engine/core/sim_time.hpp"

namespace nightfog::config {

/// Supplies what a file leaves open (`$name`, distributions). Scenario files have one; without it such values are
/// errors.
class ValueSource {
 public:
  virtual ~ValueSource() = default;
  struct Drawn {
    double value = 0;
    double low = 0, high = 0;  ///< every value that could be drawn lies between, unless
    bool isUnbounded = false;
  };
  /// Whether the node is a reference or a distribution rather than a literal.
  virtual bool claims(const Node& node) const = 0;
  /// Each reports what is wrong and returns nullopt.
  virtual std::optional<Drawn> quantity(const Node& node, Dimension expected, Diagnostics& diagnostics) = 0;
  virtual std::optional<std::string> word(const Node& node, Diagnostics& diagnostics) = 0;
  virtual std::optional<bool> boolean(const Node& node, Diagnostics& diagnostics) = 0;
};

/// Goes along while a file is read.
struct ReadContext {
  Diagnostics& diagnostics;
  ValueSource* values = nullptr;
  bool isPartial = false;  ///< the target has its values already: what is absent stays, and nothing is required
};

struct ObjectInfo;

/// What a value may be, for messages, documentation and schemas.
struct ValueInfo {
  enum class Kind {
    kQuantity,
    kWhole,
    kBoolean,
    kText,
    kWord,
    kList,
    kMap,
    kObject,
    kUnion,
    kVector,
    kExpression,
    kSweep,
    kOther
  };
  Kind kind = Kind::kOther;
  Dimension dimension = Dimension::kNumber;
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  std::vector<std::string> words;                ///< of kWord; alternatives of kUnion
  std::shared_ptr<const ValueInfo> item;         ///< of kList and kMap
  const ObjectInfo* object = nullptr;            ///< of kObject
  std::vector<const ObjectInfo*> alternatives;   ///< of kUnion; nullptr where the alternative is a bare word
  size_t minCount = 0, maxCount = 0;             ///< of kList and kMap
  bool isKeyed = false;                          ///< of kUnion: told apart by their keys, not wrapped in a key
  bool takesAnyWord = false, takesVec3 = false;  ///< of kUnion: besides the alternatives
  bool isReference = false;                      ///< of kText: may be drawn or a $name
  std::string what;                              ///< "an asset's id", for people
};

/// Reads a T (false: reported, the target keeps its value), and writes it in canonical form.
template <class T>
struct Codec {
  ValueInfo info;
  std::function<bool(const Node&, T&, ReadContext&)> read;
  std::function<YamlValue(const T&)> write;
};

/// A value that remembers where it was written; for references that are checked later.
template <class T>
struct Located {
  T value{};
  const Node* node = nullptr;  ///< lives as long as the document
};

/// Inclusive bounds, in SI.
struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

// -- reading, in codec.cpp
// ------------------------------------------------------------------------------------------------------
bool readQuantityInRange(const Node& node, Dimension dimension, Range range, double& out, ReadContext& context);
bool readWhole(const Node& node, uint64_t min, uint64_t max, uint64_t& out, ReadContext& context);
bool readBoolean(const Node& node, bool& out, ReadContext& context);
/// Any text on one line or in a block.
bool readText(const Node& node, std::string& out, ReadContext& context);
/// A name; may be a reference when the context has a ValueSource.
bool readWord(const Node& node, std::string& out, ReadContext& context);
/// Reports E0204 or E0203 unless the node is of this kind.
bool expectKind(const Node& node, NodeKind kind, ReadContext& context);
/// Letters, digits, '_' and, when `dotted`, '.' and '-'; begins with a letter. Reports E0212.
bool checkIdentifier(const std::string& text, const Place& place, bool dotted, ReadContext& context);
bool checkCount(const Node& node, size_t min, size_t max, ReadContext& context);
void reportUnknownWord(const Node& node, const std::string& found, const std::vector<std::string>& words,
                       ReadContext& context);

// -- codecs
// ---------------------------------------------------------------------------------------------------------------------

/// A double in SI: `quantity(Dimension::kLength, {0, 100})`. Floats: `quantity<float>(…)`.
template <class T = double>
Codec<T> quantity(Dimension dimension, Range range = {}) {
  Codec<T> codec;
  codec.info.kind = ValueInfo::Kind::kQuantity;
  codec.info.dimension = dimension;
  codec.info.min = range.min;
  codec.info.max = range.max;
  codec.read = [dimension, range](const Node& node, T& out, ReadContext& context) {
    double value = 0;
    if (!readQuantityInRange(node, dimension, range, value, context)) return false;
    out = static_cast<T>(value);
    return true;
  };
  codec.write = [dimension](const T& value) {
    return YamlValue::raw(formatQuantity(static_cast<double>(value), dimension));
  };
  return codec;
}

/// A dimensionless number, bare.
template <class T = double>
Codec<T> number(Range range = {}) {
  return quantity<T>(Dimension::kNumber, range);
}

/// A time with its unit, in whole nanoseconds.
Codec<SimTime> simTime(Range range_s);

/// A whole number, bare.
template <class T = uint32_t>
Codec<T> whole(uint64_t min = 0, uint64_t max = std::numeric_limits<T>::max()) {
  Codec<T> codec;
  codec.info.kind = ValueInfo::Kind::kWhole;
  codec.info.min = static_cast<double>(min);
  codec.info.max = static_cast<double>(max);
  codec.read = [min, max](const Node& node, T& out, ReadContext& context) {
    uint64_t value = 0;
    if (!readWhole(node, min, max, value, context)) return false;
    out = static_cast<T>(value);
    return true;
  };
  codec.write = [](const T& value) { return YamlValue::raw(std::to_string(value)); };
  return codec;
}

/// true or false; nothing else.
Codec<bool> boolean();
/// Text for people.
Codec<std::string> text();
/// An id that is given here, "night_fog"; dotted: "velodyne.vlp16".
Codec<std::string> identifier(bool dotted, std::string what);
/// An id of something else, "vehicle.sedan". May be a `$name` or drawn where the file has a ValueSource; whether it
/// exists is checked later.
Codec<std::string> reference(std::string what);

/// One of a closed set of words: `choice<LaneKind>({{"driving", LaneKind::kDriving}, …})`.
template <class E>
Codec<E> choice(std::vector<std::pair<std::string, E>> words) {
  Codec<E> codec;
  codec.info.kind = ValueInfo::Kind::kWord;
  for (const auto& [word, value] : words) codec.info.words.push_back(word);
  codec.read = [words, names = codec.info.words](const Node& node, E& out, ReadContext& context) {
    std::string found;
    if (!readWord(node, found, context)) return false;
    for (const auto& [word, value] : words) {
      if (word != found) continue;
      out = value;
      return true;
    }
    reportUnknownWord(node, found, names, context);
    return false;
  };
  codec.write = [words](const E& value) {
    for (const auto& [word, known] : words) {
      if (known == value) return YamlValue::string(word);
    }
    NF_ASSERT(false, "a value outside its own table of words");
  };
  return codec;
}

/// `[1 m, 2 m, 0 m]`.
Codec<glm::dvec3> vec3(Dimension dimension, Range range = {});

/// Remembers the node.
template <class T>
Codec<Located<T>> located(Codec<T> inner) {
  Codec<Located<T>> codec;
  codec.info = inner.info;
  codec.read = [read = inner.read](const Node& node, Located<T>& out, ReadContext& context) {
    out.node = &node;
    return read(node, out.value, context);
  };
  codec.write = [write = inner.write](const Located<T>& value) { return write(value.value); };
  return codec;
}

/// A list; elements that fail are left out (and reported).
template <class T>
Codec<std::vector<T>> listOf(Codec<T> item, size_t minCount = 0, size_t maxCount = 100'000) {
  Codec<std::vector<T>> codec;
  codec.info.kind = ValueInfo::Kind::kList;
  codec.info.item = std::make_shared<const ValueInfo>(item.info);
  codec.info.minCount = minCount;
  codec.info.maxCount = maxCount;
  codec.read = [read = item.read, minCount, maxCount](const Node& node, std::vector<T>& out, ReadContext& context) {
    if (!expectKind(node, NodeKind::kList, context) || !checkCount(node, minCount, maxCount, context)) return false;
    out.clear();
    bool ok = true;
    ReadContext whole{context.diagnostics, context.values};  // elements are new
    for (const Node* child : node.children) {
      T value{};
      if (read(*child, value, whole)) {
        out.push_back(std::move(value));
      } else {
        ok = false;
      }
    }
    return ok;
  };
  codec.write = [write = item.write](const std::vector<T>& values) {
    YamlValue list = YamlValue::list();
    for (const T& value : values) list.items.push_back(write(value));
    return list;
  };
  return codec;
}

/// A map from ids to values, in file order.
template <class T>
using Named = std::vector<std::pair<std::string, T>>;

enum class Unsound { kLeaveOut, kKeep };

/// Entries that fail are left out, or kept as far as they could be read (so that references to them are not mistaken
/// for unknown names).
template <class T>
Codec<Named<T>> mapOf(Codec<T> item, size_t maxCount = 10'000, Unsound unsound = Unsound::kLeaveOut) {
  Codec<Named<T>> codec;
  codec.info.kind = ValueInfo::Kind::kMap;
  codec.info.item = std::make_shared<const ValueInfo>(item.info);
  codec.info.maxCount = maxCount;
  codec.read = [read = item.read, maxCount, unsound](const Node& node, Named<T>& out, ReadContext& context) {
    if (!expectKind(node, NodeKind::kMap, context) || !checkCount(node, 0, maxCount, context)) return false;
    out.clear();
    bool ok = true;
    ReadContext whole{context.diagnostics, context.values};  // entries are new
    for (const Node* child : node.children) {
      if (child->key.starts_with("x-")) continue;
      T value{};
      const bool isNamed = checkIdentifier(child->key, child->keyPlace(), true, context);
      const bool fine = read(*child, value, whole) && isNamed;
      if (fine || unsound == Unsound::kKeep) out.emplace_back(child->key, std::move(value));
      ok = ok && fine;
    }
    return ok;
  };
  codec.write = [write = item.write](const Named<T>& values) {
    YamlValue map = YamlValue::map();
    for (const auto& [key, value] : values) map.add(key, write(value));
    return map;
  };
  return codec;
}

/// A map from ids to values where order means nothing: written in the order of the keys.
template <class T>
Codec<std::map<std::string, T>> dictOf(Codec<T> item, size_t maxCount = 10'000) {
  Codec<std::map<std::string, T>> codec;
  Codec<Named<T>> named = mapOf(std::move(item), maxCount);
  codec.info = named.info;
  codec.read = [read = named.read](const Node& node, std::map<std::string, T>& out, ReadContext& context) {
    Named<T> entries;
    const bool ok = read(node, entries, context);
    out.clear();
    for (auto& [key, value] : entries) out.emplace(key, std::move(value));
    return ok;
  };
  codec.write = [write = named.write](const std::map<std::string, T>& values) {
    return write({values.begin(), values.end()});
  };
  return codec;
}

/// A codec made of two functions, for what the others cannot say. `what` names it for people.
template <class T>
Codec<T> custom(std::string what, std::function<bool(const Node&, T&, ReadContext&)> read,
                std::function<YamlValue(const T&)> write) {
  Codec<T> codec;
  codec.info.what = std::move(what);
  codec.read = std::move(read);
  codec.write = std::move(write);
  return codec;
}

}  // namespace nightfog::config
