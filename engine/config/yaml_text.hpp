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

  static YamlValue raw(std::string text);
  static YamlValue string(std::string text);
  static YamlValue list();
  static YamlValue map();
  void add(std::string key, YamlValue value);
};

/// Block style; lists of scalars and small maps of scalars on one line. Ends with a line break.
std::string toYaml(const YamlValue& value);

}  // namespace nightfog::config
