// What a rare event is to the engine. One .cpp file each, and one line in builtin.cpp; what a scenario may tell it
// stands in scenarios/std/injectors.lib.yaml.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/world/world.hpp"

namespace nightfog::events {

/// What an injector plays on.
struct Stage {
  world::World& world;
  const scenario::Scenario& scenario;
  const std::vector<std::string>& cast;  ///< ids of everybody, by object

  /// Object of an actor, the injectors' included. Throws Error when there is none of that id.
  ObjectId find(const std::string& actor) const;
};

/// Whom an injector brings.
struct Guest {
  scenario::Actor actor;
  std::optional<double> mass_kg;  ///< none: the asset's
};

/// Something that an injector says of its own doing, checked while it runs.
struct Claim {
  std::string text;  ///< "the tyre's energy never grows"
  bool holds = true;
  double value = 0;  ///< that decided, SI
};

/// One injector of one episode. Calls come in the order cast, start, goOn …; nothing at all with severity 0.
class Injector {
 public:
  virtual ~Injector() = default;
  /// Whom it brings, absent until it starts. The first has the injector's id.
  virtual std::vector<Guest> cast() const { return {}; }
  virtual void start(Stage& stage) = 0;
  /// Once a step from the one after its start on; false: it has ended. Not called again then.
  virtual bool goOn(Stage& stage) = 0;
  /// Ended from outside (`until:`).
  virtual void stop(Stage&) {}
  virtual std::vector<Claim> claims() const { return {}; }
};

/// Values of an injector's parameters by name, SI. Missing or of another kind: Error, for the library did not declare
/// it.
class InjectorValues {
 public:
  explicit InjectorValues(const scenario::Injector& injector) : injector_(injector) {}

  double number(const std::string& name) const { return get<double>(name); }
  const std::string& word(const std::string& name) const { return get<scenario::InjectorName>(name).value; }
  const scenario::InjectorPlace& place(const std::string& name) const { return get<scenario::InjectorPlace>(name); }
  const glm::dvec3& vector(const std::string& name) const { return get<scenario::InjectorVector>(name).world; }
  const scenario::Meeting* meeting(const std::string& name) const { return find<scenario::Meeting>(name); }
  template <class T>
  const T* find(const std::string& name) const {
    const auto entry = injector_.parameters.find(name);
    return entry == injector_.parameters.end() ? nullptr : std::get_if<T>(&entry->second);
  }

 private:
  template <class T>
  const T& get(const std::string& name) const {
    const T* value = find<T>(name);
    if (value == nullptr) {
      throw Error(ExitCode::kInternal,
                  fmt::format("injector '{}' ({}) was given no '{}'", injector_.id, injector_.type, name));
    }
    return *value;
  }

  const scenario::Injector& injector_;
};

struct InjectorType {
  const char* name;  ///< "debris.rolling_tyre"
  std::unique_ptr<Injector> (*make)(const scenario::Injector&, const scenario::Scenario&);
};

}  // namespace nightfog::events
