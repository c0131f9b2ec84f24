// Text to expression, in two steps: the syntax needs nothing, the check needs to know what names mean.
//
//   expr  := or ;  or := and {"or" and} ;  and := not {"and" not} ;  not := ["not"] cmp
//   cmp   := sum [("<"|"<="|">"|">="|"=="|"!=") sum] | sum "in" "[" sum "," sum "]"
//   sum   := prod {("+"|"-") prod} ; prod := unary {("*"|"/") unary} ; unary := ["-"] prim
//   prim  := quantity | "true" | "false" | name {"." name} | name "(" [expr {"," expr}] ")" | "(" expr ")"
//   temporal (expectations only) := ["always"|"eventually"|"never"] expr
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/diagnostics.hpp"
#include "engine/config/document.hpp"
#include "engine/expression/expression.hpp"

namespace nightfog::expression {

/// A function of the language: what it takes and gives.
struct FunctionInfo {
  std::string name;
  std::vector<Type> parameters;
  Type result;
  std::string doc;
  bool isCount = false;  ///< a whole number: == is exact
};

/// What names mean where an expression stands.
class Names {
 public:
  virtual ~Names() = default;
  /// The type of a name (possibly dotted); nullopt: unknown.
  virtual std::optional<Type> find(std::string_view name) const = 0;
  /// Where something of this id is declared, for messages.
  virtual std::optional<config::Place> declaration(std::string_view name) const = 0;
  /// Names of things of this kind, for suggestions. kQuantity: parameters and the like.
  virtual std::vector<std::string> namesOf(Kind kind) const = 0;
  /// nullptr: no such function here.
  virtual const FunctionInfo* function(std::string_view name) const = 0;
  virtual std::vector<std::string> functionNames() const = 0;
  /// Why a function that the language has cannot be used here; empty: there is no such function.
  virtual std::string whyNotHere(std::string_view function) const = 0;
};

struct ParseOptions {
  bool allowTemporal = false;
};

/// The syntax of a scalar's text; types are not known yet. Reports and returns nullopt when it is malformed.
std::optional<Expression> parseSyntax(const config::Node& node, const ParseOptions& options,
                                      config::Diagnostics& diagnostics);
/// Fills in the types. `wanted` is what the whole must be. Reports every mistake; false when there is one.
bool check(Expression& expression, const config::Node& node, const Names& names, const Type& wanted,
           config::Diagnostics& diagnostics);

inline constexpr Type kTruth{Kind::kTruth, {}};

}  // namespace nightfog::expression
