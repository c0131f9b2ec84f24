// Evaluating an expression: one value, all possible values, and how near a truth came to being one.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/expression/expression.hpp"

namespace nightfog::expression {

/// An argument of a call: the name of a thing, or a value.
struct Argument {
  std::string_view name;  ///< of an actor, sensor, lane, point, injector; empty: a value
  Value value;
};

/// Knows what names and functions stand for at one instant. Both return an empty Value for what cannot be said, never
/// throw. `min`, `max` and `abs` never get here.
class Environment {
 public:
  virtual ~Environment() = default;
  virtual Value name(std::string_view name) const = 0;
  virtual Value call(std::string_view function, std::span<const Argument> arguments) const = 0;
};

/// The value at this instant. `and` and `or` are Kleene's: false and unknown is false. Numbers that are not finite are
/// not evaluable.
Value evaluate(const Expression& expression, const Environment& environment);
/// nullopt: not evaluable.
std::optional<bool> isTrue(const Expression& expression, const Environment& environment);

/// One comparison of quantities within an expression, and the value its left side had.
struct Comparison {
  uint32_t node = 0;   ///< index in Expression::nodes
  double value = 0;    ///< of the left side, SI
  double missing = 0;  ///< how far the left side is from making the comparison true; ≤ 0: it is true
};
/// Every comparison that can be evaluated now, in the order of the text: what a trigger trace remembers the least
/// `missing` of.
std::vector<Comparison> comparisons(const Expression& expression, const Environment& environment);

/// Knows in which bounds names and functions lie.
class BoundsEnvironment {
 public:
  virtual ~BoundsEnvironment() = default;
  /// nullopt: nothing is known.
  virtual std::optional<Interval> name(std::string_view name) const = 0;
  virtual std::optional<Interval> call(std::string_view function, std::span<const std::string_view> things) const = 0;
};

/// Bounds of a quantity; nullopt where nothing is known. Conservative: never too narrow.
std::optional<Interval> bounds(const Expression& expression, uint32_t node, const BoundsEnvironment& environment);
/// Which truths the whole expression can take within the bounds. Conservative.
Possibility possibilities(const Expression& expression, const BoundsEnvironment& environment);

}  // namespace nightfog::expression
