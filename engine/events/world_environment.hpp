// What names and functions of the language mean in the running world, at world.now().
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/expression/evaluate.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/world/world.hpp"

namespace nightfog::events {

/// When something that starts has started and ended.
struct Happening {
  std::optional<SimTime> start;
  std::optional<SimTime> end;
};

/// Functions: scenario/functions.hpp, those of Where::kTrigger. An actor that is not there yet makes what is asked of
/// it not evaluable.
class WorldEnvironment final : public expression::Environment {
 public:
  /// Everything outlives this.
  WorldEnvironment(const world::World& world, const scenario::Scenario& scenario, const std::vector<std::string>& cast,
                   const std::map<std::string, Happening>& happenings);

  expression::Value name(std::string_view name) const override;
  expression::Value call(std::string_view function, std::span<const expression::Argument> arguments) const override;

 private:
  std::optional<world::ActorView> actor(std::string_view name) const;
  std::optional<expression::Value> ofOne(std::string_view function, const world::ActorView& a) const;
  std::optional<expression::Value> ofOrigins(std::string_view function, const world::ActorView& a,
                                             std::string_view other) const;
  bool collided(std::string_view a, std::string_view b) const;

  const world::World& world_;
  const scenario::Scenario& scenario_;
  const std::vector<std::string>& cast_;
  const std::map<std::string, Happening>& happenings_;
};

}  // namespace nightfog::events
