#include "engine/expression/evaluate.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::expression {

namespace {

/// Values of all nodes, operands first.
class Evaluation {
 public:
  Evaluation(const Expression& expression, const Environment& environment)
      : expression_(expression), environment_(environment) {
    values_.reserve(expression.nodes.size());
    for (const ExpressionNode& node : expression.nodes) values_.push_back(finite(value(node)));
  }

  const Value& of(uint32_t node) const { return values_[node]; }

 private:
  static Value finite(Value value) {
    const auto* number = std::get_if<double>(&value);
    return number != nullptr && !std::isfinite(*number) ? Value() : std::move(value);
  }

  const Value& operand(const ExpressionNode& node, size_t i) const { return values_[node.operands[i]]; }
  const double* number(const ExpressionNode& node, size_t i) const { return std::get_if<double>(&operand(node, i)); }
  const bool* truth(const ExpressionNode& node, size_t i) const { return std::get_if<bool>(&operand(node, i)); }

  template <class F>
  Value withNumbers(const ExpressionNode& node, F f) const {
    const double* a = number(node, 0);
    const double* b = number(node, 1);
    return a != nullptr && b != nullptr ? Value(f(*a, *b)) : Value();
  }

  Value value(const ExpressionNode& node) const {
    switch (node.op) {
      case Op::kLiteral:
        if (node.type.kind == Kind::kTruth) return node.number != 0;
        if (node.type.kind == Kind::kWord) return node.name;
        return node.number;
      case Op::kName:
        return name(node);
      case Op::kCall:
        return call(node);
      case Op::kNegate: {
        const double* a = number(node, 0);
        return a != nullptr ? Value(-*a) : Value();
      }
      case Op::kNot: {
        const bool* a = truth(node, 0);
        return a != nullptr ? Value(!*a) : Value();
      }
      case Op::kAnd:
      case Op::kOr:
        return connect(node);
      case Op::kMultiply:
        return withNumbers(node, [](double a, double b) { return a * b; });
      case Op::kDivide:
        return withNumbers(node, [](double a, double b) { return a / b; });
      case Op::kAdd:
        return withNumbers(node, [](double a, double b) { return a + b; });
      case Op::kSubtract:
        return withNumbers(node, [](double a, double b) { return a - b; });
      case Op::kLess:
        return withNumbers(node, [](double a, double b) { return a < b; });
      case Op::kLessEqual:
        return withNumbers(node, [](double a, double b) { return a <= b; });
      case Op::kGreater:
        return withNumbers(node, [](double a, double b) { return a > b; });
      case Op::kGreaterEqual:
        return withNumbers(node, [](double a, double b) { return a >= b; });
      case Op::kEqual:
      case Op::kNotEqual: {
        const Value& a = operand(node, 0);
        const Value& b = operand(node, 1);
        if (a.index() == 0 || a.index() != b.index()) return {};
        return (a == b) == (node.op == Op::kEqual);
      }
      case Op::kIn: {
        const double* low = number(node, 1);
        const double* high = number(node, 2);
        const double* a = number(node, 0);
        if (a == nullptr || low == nullptr || high == nullptr) return {};
        return *a >= *low && *a <= *high;
      }
    }
    return {};
  }

  Value name(const ExpressionNode& node) const {
    if (node.name == "true") return true;
    if (node.name == "false") return false;
    // An undeclared word, or the id of a thing, stands for itself.
    const bool isThing = node.type.kind != Kind::kTruth && node.type.kind != Kind::kQuantity;
    Value known = environment_.name(node.name);
    return isThing && known.index() == 0 ? Value(node.name) : known;
  }

  Value call(const ExpressionNode& node) const {
    const bool isLeast = node.name == "min";
    if (isLeast || node.name == "max") {
      std::optional<double> best;
      for (size_t i = 0; i < node.operands.size(); ++i) {
        const double* x = number(node, i);
        if (x == nullptr) return {};
        best = !best ? *x : isLeast ? std::min(*best, *x) : std::max(*best, *x);
      }
      return *best;
    }
    if (node.name == "abs") {
      const double* a = number(node, 0);
      return a != nullptr ? Value(std::abs(*a)) : Value();
    }
    std::vector<Argument> arguments;
    for (const uint32_t i : node.operands) {
      const ExpressionNode& argument = expression_.nodes[i];
      const bool isThing =
          argument.op == Op::kName && argument.type.kind != Kind::kTruth && argument.type.kind != Kind::kQuantity;
      arguments.push_back(isThing ? Argument{argument.name, {}} : Argument{{}, values_[i]});
    }
    return environment_.call(node.name, arguments);
  }

  Value connect(const ExpressionNode& node) const {
    const bool deciding = node.op == Op::kOr;
    const bool* a = truth(node, 0);
    const bool* b = truth(node, 1);
    if ((a != nullptr && *a == deciding) || (b != nullptr && *b == deciding)) return deciding;
    return a != nullptr && b != nullptr ? Value(!deciding) : Value();
  }

  const Expression& expression_;
  const Environment& environment_;
  std::vector<Value> values_;
};

}  // namespace

Value evaluate(const Expression& expression, const Environment& environment) {
  if (expression.isEmpty()) return {};
  return Evaluation(expression, environment).of(static_cast<uint32_t>(expression.nodes.size() - 1));
}

std::optional<bool> isTrue(const Expression& expression, const Environment& environment) {
  const Value value = evaluate(expression, environment);
  const bool* truth = std::get_if<bool>(&value);
  return truth != nullptr ? std::optional(*truth) : std::nullopt;
}

std::vector<Comparison> comparisons(const Expression& expression, const Environment& environment) {
  const Evaluation evaluation(expression, environment);
  std::vector<Comparison> out;
  for (uint32_t i = 0; i < expression.nodes.size(); ++i) {
    const ExpressionNode& node = expression.nodes[i];
    const auto number = [&](size_t operand) { return std::get_if<double>(&evaluation.of(node.operands[operand])); };
    const bool isComparison = (node.op >= Op::kLess && node.op <= Op::kIn);
    if (!isComparison) continue;
    const double* a = number(0);
    const double* b = number(1);
    const double* c = node.op == Op::kIn ? number(2) : b;
    if (a == nullptr || b == nullptr || c == nullptr) continue;
    Comparison found{i, *a, 0};
    switch (node.op) {
      case Op::kLess:
      case Op::kLessEqual:
        found.missing = *a - *b;
        break;
      case Op::kGreater:
      case Op::kGreaterEqual:
        found.missing = *b - *a;
        break;
      case Op::kIn:
        found.missing = std::max(*b - *a, *a - *c);
        break;
      case Op::kEqual:
        found.missing = std::abs(*a - *b);
        break;
      default:
        found.missing = *a == *b ? 1 : 0;
        break;
    }
    out.push_back(found);
  }
  return out;
}

}  // namespace nightfog::expression
