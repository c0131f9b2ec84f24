// One table per type: the fields a map of a file may have. The table reads, checks, suggests, writes and documents.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/config/codec.hpp"

namespace nightfog::config {

struct FieldInfo {
  std::string name;
  ValueInfo value;
  bool isRequired = false;
  std::string defaultText;  ///< canonical text of the default; empty: none
  std::string doc;
  int since = 1;  ///< major version of the format
};

/// A key that the language has, or had, and this version refuses with a reason.
struct UnsupportedField {
  std::string name;
  std::string reason;
};

/// A table as data.
struct ObjectInfo {
  std::string name;  ///< "lane"
  std::string doc;
  std::string format;  ///< "scenario/1" for the root of a file, else empty
  std::vector<FieldInfo> fields;
  std::vector<UnsupportedField> unsupported;

  std::vector<std::string> fieldNames() const;
};

/// The same table with nothing required, down to the maps within it.
std::shared_ptr<const ObjectInfo> partialInfo(const ObjectInfo& info);
/// Kind E0203/E0204, the `format:` header, unknown keys (`x-` is free), unsupported keys. False: not a map at all.
bool checkKeys(const ObjectInfo& info, const Node& node, ReadContext& context);
void reportMissing(const ObjectInfo& info, const FieldInfo& field, const Node& node, ReadContext& context);
/// The table in Markdown: name, what it takes, default, meaning.
std::string fieldTable(const ObjectInfo& info);

/// @code
/// const Descriptor<Lane>& laneDescriptor() {
///   static const auto d = Descriptor<Lane>("lane", "A lane beside the reference line.")
///       .required("name", &Lane::name, identifier(false, "a lane's name"), "how actors refer to it")
///       .optional("width", &Lane::width_m, quantity(Dimension::kLength, {0.1, 50}), "across the lane");
///   return d;
/// }
/// @endcode
/// An absent optional field keeps the member's initializer. Descriptors are functions' statics: others keep pointers to
/// them.
template <class T>
class Descriptor {
 public:
  explicit Descriptor(std::string name, std::string doc = {}) {
    info_.name = std::move(name);
    info_.doc = std::move(doc);
  }

  /// The root of a file: it must begin with `format: kind/major`.
  Descriptor& header(std::string format) {
    info_.format = std::move(format);
    return *this;
  }

  template <class M>
  Descriptor& required(std::string name, M T::*member, Codec<M> codec, std::string doc) {
    return add(std::move(name), member, std::move(codec), std::move(doc), true);
  }
  template <class M>
  Descriptor& optional(std::string name, M T::*member, Codec<M> codec, std::string doc) {
    return add(std::move(name), member, std::move(codec), std::move(doc), false);
  }
  /// Absent: the member stays empty, and is not written.
  template <class M>
  Descriptor& optional(std::string name, std::optional<M> T::*member, Codec<M> codec, std::string doc) {
    info_.fields.push_back({name, codec.info, false, {}, std::move(doc)});
    fields_.push_back({[member, read = codec.read](const Node& node, T& out, ReadContext& context) {
                         M value = (out.*member).value_or(M{});
                         if (!read(node, value, context)) return false;
                         out.*member = std::move(value);
                         return true;
                       },
                       [member, name, write = codec.write](const T& in, YamlValue& map) {
                         if (in.*member) map.add(name, write(*(in.*member)));
                       }});
    return *this;
  }
  /// A key of the language that this version does not know how to honour: E0501 with the reason.
  Descriptor& unsupported(std::string name, std::string reason) {
    info_.unsupported.push_back({std::move(name), std::move(reason)});
    return *this;
  }
  /// Looks at the object as a whole, after its fields were read without error; may complete it.
  Descriptor& check(std::function<bool(T&, const Node&, ReadContext&)> check) {
    checks_.push_back(std::move(check));
    return *this;
  }

  /// The table for laying a map over a T that has its values: nothing is required, what is absent stays as it is, and
  /// the keys `without` are not its. Checks run on the outcome, with the map's node.
  /// @code
  /// Lane lane = ofTheLibrary;
  /// laneDescriptor().partial("override of a lane", "What differs.").read(node, lane, context);
  /// @endcode
  Descriptor partial(std::string name, std::string doc, const std::vector<std::string>& without = {}) const {
    Descriptor out(std::move(name), std::move(doc));
    out.isPartial_ = true;
    out.nested_ = partialInfo(info_);  // the nested tables live as long as this one
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (std::find(without.begin(), without.end(), info_.fields[i].name) != without.end()) continue;
      out.info_.fields.push_back(out.nested_->fields[i]);
      out.fields_.push_back(fields_[i]);
    }
    out.info_.unsupported = info_.unsupported;
    out.checks_ = checks_;
    return out;
  }

  /// False: something was reported; fields that were sound are set all the same.
  bool read(const Node& node, T& out, ReadContext& outer) const {
    ReadContext context{outer.diagnostics, outer.values, outer.isPartial || isPartial_};
    if (!checkKeys(info_, node, context)) return false;
    const size_t before = context.diagnostics.errorCount();
    bool ok = true;
    for (size_t i = 0; i < fields_.size(); ++i) {
      const Node* child = node.find(info_.fields[i].name);
      if (child != nullptr) {
        ok = fields_[i].read(*child, out, context) && ok;
      } else if (info_.fields[i].isRequired && !context.isPartial) {
        reportMissing(info_, info_.fields[i], node, context);
        ok = false;
      }
    }
    if (ok) {
      for (const auto& check : checks_) ok = check(out, node, context) && ok;
    }
    return ok && context.diagnostics.errorCount() == before;
  }

  /// Every field, defaults too, in the order of the table.
  YamlValue write(const T& in) const {
    YamlValue map = YamlValue::map();
    if (!info_.format.empty()) map.add("format", YamlValue::raw(info_.format));
    for (const Field& field : fields_) field.write(in, map);
    return map;
  }

  const ObjectInfo& info() const { return info_; }

 private:
  struct Field {
    std::function<bool(const Node&, T&, ReadContext&)> read;
    std::function<void(const T&, YamlValue&)> write;
  };

  template <class M>
  Descriptor& add(std::string name, M T::*member, Codec<M> codec, std::string doc, bool isRequired) {
    std::string defaultText;
    if (!isRequired && codec.write) {
      defaultText = toYaml(codec.write(T{}.*member));
      defaultText.pop_back();
    }
    info_.fields.push_back({name, codec.info, isRequired, std::move(defaultText), std::move(doc)});
    fields_.push_back(
        {[member, read = codec.read](const Node& node, T& out, ReadContext& context) {
           return read(node, out.*member, context);
         },
         [member, name, write = codec.write](const T& in, YamlValue& map) { map.add(name, write(in.*member)); }});
    return *this;
  }

  ObjectInfo info_;
  bool isPartial_ = false;
  std::shared_ptr<const ObjectInfo> nested_;
  std::vector<Field> fields_;
  std::vector<std::function<bool(T&, const Node&, ReadContext&)>> checks_;
};

/// A nested map. The descriptor must live for ever (a function's static).
template <class T>
Codec<T> object(const Descriptor<T>& descriptor) {
  Codec<T> codec;
  codec.info.kind = ValueInfo::Kind::kObject;
  codec.info.object = &descriptor.info();
  codec.read = [&descriptor](const Node& node, T& out, ReadContext& context) {
    return descriptor.read(node, out, context);
  };
  codec.write = [&descriptor](const T& value) { return descriptor.write(value); };
  return codec;
}

/// Reads a whole file by its table: every error of the file at once. Throws DiagnosticsError.
/// @code auto profile = readFileAs(path, lidarProfileDescriptor()); @endcode
template <class T>
T readFileAs(const std::filesystem::path& path, const Descriptor<T>& descriptor) {
  Diagnostics diagnostics;
  T out{};
  if (const auto document = loadDocument(path, diagnostics)) {
    ReadContext context{diagnostics};
    descriptor.read(document->root(), out, context);
  }
  diagnostics.throwIfErrors();
  return out;
}

}  // namespace nightfog::config
