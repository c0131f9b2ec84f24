#include "engine/scenario/names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nightfog::scenario {

using expression::Kind;
using expression::Type;

namespace {

const Type kTime{Kind::kQuantity, expression::measureOf(config::Dimension::kTime)};

/// "dart.started" is the flag `started` of `dart`.
bool isFlag(const SymbolTable& symbols, std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view flag = name.substr(dot + 1);
  return (flag == "started" || flag == "ended") && symbols.has(std::string(name.substr(0, dot)), Kind::kInjector);
}

}  // namespace

void SymbolTable::add(const std::string& name, Kind kind, config::Place place) {
  auto& same = things[name];
  if (same.empty()) order.push_back(name);
  same.push_back({kind, std::move(place)});
}

bool SymbolTable::has(const std::string& name, Kind kind) const {
  const auto at = things.find(name);
  return at != things.end() &&
         std::any_of(at->second.begin(), at->second.end(), [&](const Thing& thing) { return thing.kind == kind; });
}

std::optional<Type> ScenarioNames::find(std::string_view name) const {
  const bool runs = where_ == Where::kTrigger || where_ == Where::kExpectation;
  if (runs && name == "time") return kTime;
  if (where_ == Where::kTrigger && isFlag(symbols_, name)) return expression::kTruth;
  if (symbols_.draws != nullptr) {
    if (const Parameter* parameter = symbols_.draws->use(name)) {
      if (const auto* q = std::get_if<config::Quantity>(&parameter->value))
        return Type{Kind::kQuantity, expression::measureOf(q->dimension)};
      return std::holds_alternative<bool>(parameter->value) ? expression::kTruth : Type{Kind::kWord, {}};
    }
  }
  if (where_ == Where::kParameter) return std::nullopt;
  const auto at = symbols_.things.find(std::string(name));
  if (at == symbols_.things.end()) return std::nullopt;
  return Type{at->second.front().kind, {}};
}

bool ScenarioNames::isA(std::string_view name, Kind kind) const {
  return where_ != Where::kParameter && symbols_.has(std::string(name), kind);
}

std::optional<config::Place> ScenarioNames::declaration(std::string_view name) const {
  const auto at = symbols_.things.find(std::string(name));
  if (at != symbols_.things.end()) return at->second.front().place;
  if (symbols_.draws != nullptr) {
    for (const auto& [known, parameter] : symbols_.draws->parameters()) {
      if (known == name) return parameter.place;
    }
  }
  return std::nullopt;
}

std::vector<std::string> ScenarioNames::namesOf(Kind kind) const {
  std::vector<std::string> names;
  if (kind == Kind::kQuantity) {
    if (where_ == Where::kTrigger || where_ == Where::kExpectation) names.emplace_back("time");
    if (symbols_.draws != nullptr) {
      for (const auto& [name, parameter] : symbols_.draws->parameters()) names.push_back(name);
    }
    return names;
  }
  for (const std::string& name : symbols_.order) {
    if (symbols_.has(name, kind)) names.push_back(name);
  }
  return names;
}

const expression::FunctionInfo* ScenarioNames::function(std::string_view name) const {
  const LanguageFunction* found = findLanguageFunction(name);
  return found != nullptr && found->isAvailableIn(where_) ? found : nullptr;
}

std::vector<std::string> ScenarioNames::functionNames() const {
  std::vector<std::string> names{"min", "max", "abs"};
  for (const LanguageFunction& function : languageFunctions()) {
    if (function.isAvailableIn(where_)) names.push_back(function.name);
  }
  return names;
}

std::string ScenarioNames::whyNotHere(std::string_view name) const {
  const LanguageFunction* found = findLanguageFunction(name);
  if (found == nullptr) return {};
  switch (where_) {
    case Where::kParameter:
      return "only parameters can be known here";
    case Where::kConstraint:
      return "constraints are met before anything moves: they know places only";
    case Where::kTrigger:
      return "triggers look at the world, not at labels: use distance(), gap(), ttc(), in_lane() …";
    case Where::kExpectation:
      return "expectations look at exported labels: use visible_fraction(), lidar_points(), in_lane() …";
  }
  return {};
}

std::optional<expression::Expression> bind(const expression::Expression& syntax, const config::Node& node,
                                           const SymbolTable& symbols, Where where, config::Diagnostics& diagnostics) {
  expression::Expression out = syntax;
  if (out.isEmpty()) return std::nullopt;
  if (!expression::check(out, node, ScenarioNames(symbols, where), expression::kTruth, diagnostics))
    return std::nullopt;
  for (expression::ExpressionNode& part : out.nodes) {
    if (part.op != expression::Op::kName || symbols.draws == nullptr) continue;
    const Parameter* parameter = symbols.draws->use(part.name);
    if (parameter == nullptr) continue;
    part.op = expression::Op::kLiteral;
    if (const auto* q = std::get_if<config::Quantity>(&parameter->value)) part.number = q->si;
    if (const auto* truth = std::get_if<bool>(&parameter->value)) part.number = *truth ? 1 : 0;
    if (const auto* word = std::get_if<std::string>(&parameter->value)) part.name = *word;
  }
  return out;
}

}  // namespace nightfog::scenario
