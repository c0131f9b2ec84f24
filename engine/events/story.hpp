// The director of an episode: looks at every trigger once a step, starts injectors, gives actors their commands, and
// remembers what happened when, and what nearly did.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/events/injector.hpp"
#include "engine/events/trigger_state.hpp"
#include "engine/events/world_environment.hpp"

namespace nightfog::events {

/// What became of one injector or event.
struct TraceEntry {
  std::string id;
  std::string type;  ///< "debris.rolling_tyre"; empty: an event
  config::Place place;
  std::string condition;       ///< as written; empty: at t = 0
  bool isSwitchedOff = false;  ///< severity 0
  std::vector<SimTime> firings;
  std::optional<SimTime> end;  ///< of an injector
  struct Nearest {
    std::string comparison;  ///< "distance(opposing, ego) < 60 m"
    SimTime at;
    double value = 0, missing = 0;  ///< SI
    std::string unit;               ///< of both: "m", "m/s"; empty: a plain number
  };
  std::vector<Nearest> nearest;
  std::vector<Claim> claims;
};

/// @code
///   Story story(scenario);
///   for (const Guest& guest : story.guests()) cast.push_back({guest.actor, model(guest), false, guest.mass_kg});
///   World world(scenario, catalog, cast, &story);
/// @endcode
///
/// In a step injectors come first, then events, each in file order: an event may follow an injector's start at once. An
/// actor that is told twice does the last.
class Story final : public world::Director {
 public:
  /// Throws Error for an injector that there is not. `scenario` outlives this.
  explicit Story(const scenario::Scenario& scenario);

  /// Whom the injectors bring: objects after the scenario's actors, in this order.
  const std::vector<Guest>& guests() const { return guests_; }
  /// Ids of everybody, by object.
  const std::vector<std::string>& cast() const { return cast_; }
  void direct(world::World& world) override;
  /// Start and end of injectors and events so far.
  const std::map<std::string, Happening>& happenings() const { return happenings_; }
  /// Injectors, then events, in file order.
  std::vector<TraceEntry> trace() const;

 private:
  struct Running {
    const scenario::Injector* description = nullptr;
    std::unique_ptr<Injector> injector;  ///< nullptr: severity 0
    TriggerState trigger;
    std::optional<TriggerState> until;
    bool isGoingOn = false;
  };
  void stepEvent(size_t index, Stage& stage, const WorldEnvironment& environment);
  /// What it told actors to do stops where it is.
  void endEvent(size_t index, world::World& world);
  void stepInjector(Running& running, Stage& stage, const WorldEnvironment& environment);

  const scenario::Scenario& scenario_;
  std::vector<Running> injectors_;
  std::vector<TriggerState> events_;
  std::vector<std::vector<world::Doing>> doings_;  ///< by event: what is still going on
  std::vector<bool> stopped_;                      ///< by event: its `until` was met
  std::vector<Guest> guests_;
  std::vector<std::string> cast_;
  std::map<std::string, Happening> happenings_;
};

/// The trigger trace as JSON text: an array of entries, times in seconds. No places: the same run gives the same bytes,
/// however its file is laid out.
std::string toJson(const std::vector<TraceEntry>& trace);

}  // namespace nightfog::events
