// What can be added to a scenario, as the text an author would have begun with: actors, rare events with the parameters
// they must have, weather, sensors, points, expectations.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/scenario/language_library.hpp"
#include "tools/viewer/session.hpp"

namespace nightfog::viewer {

/// One parameter of an injector, in words.
struct InjectorField {
  std::string name, doc, takes;
  std::string fallback;  ///< its default as text; empty: none
  std::vector<std::string> words;
  scenario::Takes kind = scenario::Takes::kQuantity;
  bool isRequired = false;
  std::string refersTo;  ///< "an actor": what it names; empty: nothing
  std::optional<config::Dimension> dimension = {};
};
struct InjectorEntry {
  std::string type;  ///< "vru.dart_out"
  std::string doc, source;
  std::vector<InjectorField> fields;
};

/// The standard library's injectors, read once.
class Catalogue {
 public:
  /// Throws what reading the library throws.
  explicit Catalogue(const lang::InstalledLibrary& library);
  const std::vector<InjectorEntry>& injectors() const { return injectors_; }
  /// nullptr: there is none. `use` may begin with an import's name.
  const InjectorEntry* findInjector(const std::string& use) const;

 private:
  std::vector<InjectorEntry> injectors_;
};

/// One thing that can be added.
struct Addition {
  std::string group;  ///< "actor", "rare event", …
  std::string name;   ///< "vru.dart_out"
  std::string doc;
  std::function<void()> add;
};
/// Everything, in groups. Functions refer to both arguments.
std::vector<Addition> additions(Session& session, const Catalogue& catalogue);

}  // namespace nightfog::viewer
