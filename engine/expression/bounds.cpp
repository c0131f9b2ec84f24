#include <algorithm>
#include <cmath>

#include "engine/expression/evaluate.hpp"

namespace nightfog::expression {

namespace {

using Bounds = std::optional<Interval>;

Interval hull(double a, double b, double c, double d) {
  return {std::min(std::min(a, b), std::min(c, d)), std::max(std::max(a, b), std::max(c, d))};
}

/// Rounding may leave the true bounds just outside: one part in 2^50 wider is safe for every operation here.
Bounds widened(Interval i) {
  if (!std::isfinite(i.low) || !std::isfinite(i.high)) return std::nullopt;
  const double slack = 1e-15 * std::max(std::abs(i.low), std::abs(i.high));
  return Interval{i.low - slack, i.high + slack};
}

class Analysis {
 public:
  Analysis(const Expression& expression, const BoundsEnvironment& environment)
      : expression_(expression), environment_(environment) {
    for (const ExpressionNode& node : expression.nodes) {
      bounds_.push_back(node.type.kind == Kind::kQuantity ? quantity(node) : std::nullopt);
      truths_.push_back(node.type.kind == Kind::kTruth ? truth(node) : Possibility{});
    }
  }

  const Bounds& boundsOf(uint32_t node) const { return bounds_[node]; }
  const Possibility& truthOf(uint32_t node) const { return truths_[node]; }

 private:
  const Bounds& operand(const ExpressionNode& node, size_t i) const { return bounds_[node.operands[i]]; }

  Bounds quantity(const ExpressionNode& node) const {
    const auto both = [&](auto combine) -> Bounds {
      const Bounds& a = operand(node, 0);
      const Bounds& b = operand(node, 1);
      return a && b ? combine(*a, *b) : std::nullopt;
    };
    switch (node.op) {
      case Op::kLiteral:
        return Interval{node.number, node.number};
      case Op::kName:
        return environment_.name(node.name);
      case Op::kCall:
        return call(node);
      case Op::kNegate: {
        const Bounds& a = operand(node, 0);
        return a ? Bounds(Interval{-a->high, -a->low}) : std::nullopt;
      }
      case Op::kAdd:
        return both([](Interval a, Interval b) { return widened({a.low + b.low, a.high + b.high}); });
      case Op::kSubtract:
        return both([](Interval a, Interval b) { return widened({a.low - b.high, a.high - b.low}); });
      case Op::kMultiply:
        return both([](Interval a, Interval b) {
          return widened(hull(a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high));
        });
      case Op::kDivide:
        return both([](Interval a, Interval b) -> Bounds {
          if (b.contains(0)) return std::nullopt;
          return widened(hull(a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high));
        });
      default:
        return std::nullopt;
    }
  }

  Bounds call(const ExpressionNode& node) const {
    const bool isLeast = node.name == "min";
    if (isLeast || node.name == "max") {
      Bounds out;
      for (const uint32_t i : node.operands) {
        const Bounds& b = bounds_[i];
        if (!b) return std::nullopt;
        if (!out)
          out = b;
        else if (isLeast)
          out = Interval{std::min(out->low, b->low), std::min(out->high, b->high)};
        else
          out = Interval{std::max(out->low, b->low), std::max(out->high, b->high)};
      }
      return out;
    }
    if (node.name == "abs") {
      const Bounds& a = operand(node, 0);
      if (!a) return std::nullopt;
      const double low = std::abs(a->low), high = std::abs(a->high);
      return Interval{a->contains(0) ? 0 : std::min(low, high), std::max(low, high)};
    }
    std::vector<std::string_view> things;
    for (const uint32_t i : node.operands) {
      if (expression_.nodes[i].op != Op::kName) return std::nullopt;
      things.push_back(expression_.nodes[i].name);
    }
    return environment_.call(node.name, things);
  }

  Possibility truth(const ExpressionNode& node) const {
    const auto inner = [&](size_t i) { return truths_[node.operands[i]]; };
    switch (node.op) {
      case Op::kLiteral:
        return {node.number != 0, node.number == 0};
      case Op::kName:
        return {node.name != "false", node.name != "true"};
      case Op::kNot:
        return {inner(0).canBeFalse, inner(0).canBeTrue};
      case Op::kAnd:
        return {inner(0).canBeTrue && inner(1).canBeTrue, inner(0).canBeFalse || inner(1).canBeFalse};
      case Op::kOr:
        return {inner(0).canBeTrue || inner(1).canBeTrue, inner(0).canBeFalse && inner(1).canBeFalse};
      case Op::kLess:
      case Op::kLessEqual:
        return lessThan(operand(node, 0), operand(node, 1), node.op == Op::kLessEqual);
      case Op::kGreater:
      case Op::kGreaterEqual:
        return lessThan(operand(node, 1), operand(node, 0), node.op == Op::kGreaterEqual);
      case Op::kIn: {
        const Possibility above = lessThan(operand(node, 1), operand(node, 0), true);
        const Possibility below = lessThan(operand(node, 0), operand(node, 2), true);
        return {above.canBeTrue && below.canBeTrue, above.canBeFalse || below.canBeFalse};
      }
      default:
        return {};
    }
  }

  static Possibility lessThan(const Bounds& a, const Bounds& b, bool orEqual) {
    if (!a || !b) return {};
    return {orEqual ? a->low <= b->high : a->low < b->high, orEqual ? a->high > b->low : a->high >= b->low};
  }

  const Expression& expression_;
  const BoundsEnvironment& environment_;
  std::vector<Bounds> bounds_;
  std::vector<Possibility> truths_;
};

}  // namespace

std::optional<Interval> bounds(const Expression& expression, uint32_t node, const BoundsEnvironment& environment) {
  return Analysis(expression, environment).boundsOf(node);
}

Possibility possibilities(const Expression& expression, const BoundsEnvironment& environment) {
  if (expression.isEmpty()) return {};
  return Analysis(expression, environment).truthOf(static_cast<uint32_t>(expression.nodes.size() - 1));
}

}  // namespace nightfog::expression
