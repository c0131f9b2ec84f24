// Library files (`format: library/1`): which injectors there are and what each may be told. The tables that check
// `with:`, and that engine/events gets its values by.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/config/descriptor.hpp"

namespace nightfog::scenario {

enum class Takes {
  kQuantity,
  kWhole,
  kTruth,
  kWord,
  kPlace,
  kPoint,
  kVector,
  kActor,
  kSensor,
  kLane,
  kMeeting,
  kAsset
};

struct InjectorParameter {
  Takes takes = Takes::kQuantity;
  std::optional<config::Dimension> dimension;  ///< of kQuantity and kVector
  std::optional<double> min, max;              ///< SI
  std::vector<std::string> words;              ///< of kWord
  const config::Node* fallback = nullptr;      ///< `default:`; none and not optional: must be given
  bool isOptional = false;
  const config::Node* prior = nullptr;  ///< a distribution: how often which value occurs in the world
  std::string doc;
};

struct InjectorInfo {
  std::string doc;
  std::optional<std::string> brings;     ///< what comes into the scene under the injector's id: an asset
  std::optional<double> occurrence_1pm;  ///< how often it happens on a road, per metre driven
  std::string source;                    ///< where figures come from
  config::Named<InjectorParameter> parameters;
};

struct LibraryFile {
  std::string id;
  std::string title;
  config::Named<InjectorInfo> injectors;
};

const config::Descriptor<LibraryFile>& libraryDescriptor();  ///< format: library/1

/// "quantity", "whole number", …
std::string takesName(Takes takes);
/// A bound in the units that people write: degrees, percent.
std::string boundText(double value, config::Dimension dimension);
/// A node on one line, as YAML.
std::string flowText(const config::Node& node);

}  // namespace nightfog::scenario
