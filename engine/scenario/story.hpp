// From what the file says happens to what the runtime carries out: events, injectors, expectations with every name
// looked up.
#pragma once

#include <optional>
#include <vector>

#include "engine/scenario/imports.hpp"
#include "engine/scenario/language_library.hpp"
#include "engine/scenario/names.hpp"
#include "engine/scenario/placement.hpp"

namespace nightfog::scenario {

/// What the parts of a story share. Everything outlives the calls.
struct StoryContext {
  const ScenarioFile& file;
  const catalog::Catalog& catalog;
  const SymbolTable& symbols;
  Draws& draws;
  Placement& placement;
  const std::vector<Actor>& actors;
  SimTime duration;
  config::Diagnostics& diagnostics;
};

/// Each reports what is wrong and leaves out what cannot be.
std::vector<Event> buildEvents(StoryContext& context);
std::vector<Expectation> buildExpectations(StoryContext& context);
/// An injector as a library describes it; nullptr: reported.
struct FoundInjector {
  const ImportedFile* library = nullptr;
  std::string type;
  const InjectorInfo* info = nullptr;
};
std::optional<FoundInjector> findInjector(const Reference& use, const Imports& imports,
                                          const std::map<const ImportedFile*, LibraryFile>& libraries,
                                          config::Diagnostics& diagnostics);
/// Writes what was read of `with:` back into `file`, for the resolved text.
std::optional<Injector> buildInjector(const std::string& id, InjectorFile& file, const FoundInjector& found,
                                      StoryContext& context);
/// nullopt: reported.
std::optional<Trigger> buildTrigger(const TriggerFile& file, StoryContext& context);

}  // namespace nightfog::scenario
