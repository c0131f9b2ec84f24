// Canonical YAML: equal values have equal text. What this writes, parseDocument reads back.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace nightfog::config {

/// A value to be written. Maps keep their order.
struct YamlValue {
  enum class Kind { kRaw, kText, kList, kMap };
  Kind kind = Kind::kMap;
  std::string text;  ///< kRaw: as it stands (numbers, quantities, words); kText: quoted where needed
  std::vector<YamlValue> items;
  std::vector<std::pair<std::string, YamlValue>> entries;

  static YamlValue raw(std::string text) { return {Kind::kRaw, std::move(text), {}, {}}; }
  static YamlValue string(std::string text) { return {Kind::kText, std::move(text), {}, {}}; }
  static YamlValue list() { return {Kind::kList, {}, {}, {}}; }
  static YamlValue map() { return {Kind::kMap, {}, {}, {}}; }
  void add(std::string key, YamlValue value) { entries.emplace_back(std::move(key), std::move(value)); }
};

/// Block style; lists of scalars and small maps of scalars on one line. Ends with a line break.
std::string toYaml(const YamlValue& value);

}  // namespace nightfog::config
