// `constraints:`: what a draw must meet before the run, what can never be met, and how often each was in the way.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/expression/evaluate.hpp"
#include "engine/scenario/line_of_sight.hpp"
#include "engine/scenario/names.hpp"
#include "engine/scenario/placement.hpp"

namespace nightfog::scenario {

/// One condition, and what came of it over the attempts.
struct Constraint {
  expression::Expression condition;  ///< of the present attempt
  const config::Node* node = nullptr;
  uint32_t rejected = 0;
  uint32_t undecided = 0;  ///< of the rejected: not evaluable
  struct Closest {
    double missing = 0;  ///< to the truth of the comparison
    double value = 0;
    config::Dimension dimension = config::Dimension::kNumber;
    std::string choices;  ///< the drawn words of that attempt: "blocker = vehicle.van.white"
  };
  std::optional<Closest> closest;
};

/// The start as constraints see it: boxes, lanes, points.
class PlacedWorld : public expression::Environment {
 public:
  PlacedWorld(const std::vector<Actor>& actors, const catalog::Catalog& catalog,
              const std::map<std::string, glm::dvec3>& points, const LaneMap& lanes);

  expression::Value name(std::string_view name) const override;
  expression::Value call(std::string_view function, std::span<const expression::Argument> arguments) const override;

 private:
  const PlacedBox* box(std::string_view id) const;
  std::vector<std::pair<std::string, PlacedBox>> boxes_;
  const std::map<std::string, glm::dvec3>& points_;
  const LaneMap& lanes_;
};

/// Bounds over everything that could be drawn: parameters, and gaps of actors on straight lanes.
class DrawnBounds : public expression::BoundsEnvironment {
 public:
  DrawnBounds(const ScenarioFile& file, const catalog::Catalog& catalog, const LaneMap& lanes, Draws& draws);

  std::optional<expression::Interval> name(std::string_view name) const override;
  std::optional<expression::Interval> call(std::string_view function,
                                           std::span<const std::string_view> things) const override;

 private:
  struct Reach {
    expression::Interval middle_s;  ///< along the road
    expression::Interval halfLength_m;
    uint32_t road = 0;
  };
  std::optional<Reach> reach(std::string_view actor) const;

  const ScenarioFile& file_;
  const catalog::Catalog& catalog_;
  const LaneMap& lanes_;
  Draws& draws_;
};

/// Reports E0302 for conditions that no draw can meet.
void checkFeasible(const std::vector<Constraint>& constraints, const std::vector<expression::Expression>& unbound,
                   const DrawnBounds& bounds, config::Diagnostics& diagnostics);
/// Evaluates every constraint and keeps count; true: all are met.
bool areMet(std::vector<Constraint>& constraints, const PlacedWorld& world, const Draws& draws);
/// E0301: no attempt met all of them.
void reportUnmet(const std::vector<Constraint>& constraints, const std::vector<expression::Expression>& unbound,
                 const DrawnBounds& bounds, uint32_t attempts, uint64_t seed, uint32_t run,
                 config::Diagnostics& diagnostics);

}  // namespace nightfog::scenario
