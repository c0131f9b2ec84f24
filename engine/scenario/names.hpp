// What names mean in a scenario's expressions, wherever they stand.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/expression/evaluate.hpp"
#include "engine/expression/parse.hpp"
#include "engine/scenario/draws.hpp"
#include "engine/scenario/functions.hpp"

namespace nightfog::scenario {

/// Everything that has a name, gathered once a run.
struct SymbolTable {
  struct Thing {
    expression::Kind kind = expression::Kind::kActor;
    config::Place place;
  };
  std::map<std::string, std::vector<Thing>> things;  ///< an injector may be an actor too
  std::vector<std::string> order;                    ///< of declaration
  Draws* draws = nullptr;

  void add(const std::string& name, expression::Kind kind, config::Place place);
  bool has(const std::string& name, expression::Kind kind) const;
};

/// The names that can be used at one kind of place.
class ScenarioNames : public expression::Names {
 public:
  ScenarioNames(const SymbolTable& symbols, Where where) : symbols_(symbols), where_(where) {}

  std::optional<expression::Type> find(std::string_view name) const override;
  bool isA(std::string_view name, expression::Kind kind) const override;
  std::optional<config::Place> declaration(std::string_view name) const override;
  std::vector<std::string> namesOf(expression::Kind kind) const override;
  const expression::FunctionInfo* function(std::string_view name) const override;
  std::vector<std::string> functionNames() const override;
  std::string whyNotHere(std::string_view function) const override;

 private:
  const SymbolTable& symbols_;
  Where where_;
};

/// Checks an expression where it stands, and makes its parameters literals. nullopt: reported.
std::optional<expression::Expression> bind(const expression::Expression& syntax, const config::Node& node,
                                           const SymbolTable& symbols, Where where, config::Diagnostics& diagnostics);

}  // namespace nightfog::scenario
