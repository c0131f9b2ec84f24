// The scenario language as structs: what a file says, with every value drawn but nothing looked up yet. The tables
// beside them are the language: they read, check, write and document it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/scenario/distribution.hpp"
#include "engine/scenario/language_actors.hpp"
#include "engine/scenario/language_sensors.hpp"
#include "engine/scenario/language_story.hpp"
#include "engine/scenario/language_world.hpp"

namespace nightfog::scenario {

inline constexpr uint32_t kMostAttempts = 10'000;

struct ScenarioFile {
  std::string id;
  std::string title;
  config::Named<std::vector<std::string>> tags;
  std::optional<uint64_t> seed;
  uint32_t run = 0;
  uint32_t attempt = 0;
  config::Named<std::string> variant;
  std::optional<std::string> extends;
  std::optional<std::vector<std::string>> remove;
  std::optional<std::string> minEngine;
  config::Named<Reference> imports;
  WorldFile world;
  config::Named<Value> params;
  config::Named<ActorFile> actors;
  config::Named<Point> points;
  config::Named<const config::Node*> pointNodes;  ///< also of those that could not be read
  std::vector<WeatherKeyframe> weather;
  std::optional<TrafficFile> traffic;
  config::Named<InjectorFile> injectors;
  std::vector<EventFile> events;
  std::vector<ExpressionFile> constraints;
  uint32_t maxAttempts = 200;
  std::optional<SweepFile> sweep;
  config::Named<SensorEntry> sensors;
  std::vector<ExportFile> exports;
  std::vector<ExpectationFile> expectations;
};

const config::Descriptor<ScenarioFile>& scenarioDescriptor();  ///< format: scenario/1

}  // namespace nightfog::scenario
