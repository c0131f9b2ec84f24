#include <fmt/format.h>

#include <algorithm>

#include "engine/config/suggest.hpp"
#include "engine/expression/parse.hpp"
#include "engine/expression/source_place.hpp"

namespace nightfog::expression {

using config::Diagnostic;

namespace {

/// Functions that the evaluator itself knows: of any one measure.
bool isBuiltIn(std::string_view name) {
  return name == "min" || name == "max" || name == "abs";
}

class Checker {
 public:
  Checker(Expression& expression, const config::Node& node, const Names& names, config::Diagnostics& diagnostics)
      : expression_(expression), node_(node), names_(names), diagnostics_(diagnostics) {}

  bool check(const Type& wanted) {
    const size_t before = diagnostics_.errorCount();
    for (uint32_t i = 0; i < expression_.nodes.size(); ++i) known_.push_back(checkNode(i));
    const ExpressionNode& root = expression_.root();
    if (known_.back() && root.type != wanted) {
      report(root, "E0223", fmt::format("expected {}, found {}", describe(wanted), describe(root.type)))
          .withHelp(wanted.kind == Kind::kTruth && root.type.kind == Kind::kQuantity
                        ? "compare it with something: '… < 60 m'"
                        : "see the expressions in scenarios/README.md");
    }
    return diagnostics_.errorCount() == before;
  }

 private:
  ExpressionNode& operand(const ExpressionNode& node, size_t i) { return expression_.nodes[node.operands[i]]; }
  bool areKnown(const ExpressionNode& node) const {
    return std::all_of(node.operands.begin(), node.operands.end(), [&](uint32_t i) { return known_[i]; });
  }

  Diagnostic& report(const ExpressionNode& node, const char* code, std::string message) {
    return diagnostics_.error(code, placeOf(node_, node.range), std::move(message));
  }

  bool checkNode(uint32_t index) {
    ExpressionNode& node = expression_.nodes[index];
    switch (node.op) {
      case Op::kLiteral:
        return true;
      case Op::kName:
        return checkName(index, node);
      case Op::kCall:
        return checkCall(node);
      case Op::kNegate:
        node.type = operand(node, 0).type;
        return areKnown(node) && isQuantity(node, 0);
      case Op::kNot:
      case Op::kAnd:
      case Op::kOr: {
        node.type = kTruth;
        bool ok = true;
        for (size_t i = 0; i < node.operands.size(); ++i) ok = isTruth(node, i) && ok;
        return ok;
      }
      case Op::kMultiply:
      case Op::kDivide:
        return checkProduct(node);
      case Op::kAdd:
      case Op::kSubtract:
        node.type = operand(node, 0).type;
        return areKnown(node) && isQuantity(node, 0) && isQuantity(node, 1) && haveSameMeasure(node, 0, 1);
      case Op::kLess:
      case Op::kLessEqual:
      case Op::kGreater:
      case Op::kGreaterEqual:
        node.type = kTruth;
        return areKnown(node) && isQuantity(node, 0) && isQuantity(node, 1) && haveSameMeasure(node, 0, 1);
      case Op::kIn:
        node.type = kTruth;
        return areKnown(node) && isQuantity(node, 0) && isQuantity(node, 1) && isQuantity(node, 2) &&
               haveSameMeasure(node, 0, 1) && haveSameMeasure(node, 0, 2);
      case Op::kEqual:
      case Op::kNotEqual:
        node.type = kTruth;
        return areKnown(node) && checkEquality(node);
    }
    return false;
  }

  /// A word that is compared with a word need not be declared: `blocker == vehicle.truck.box`.
  bool isComparedWithWord(uint32_t index) const {
    for (const ExpressionNode& node : expression_.nodes) {
      if (node.op != Op::kEqual && node.op != Op::kNotEqual) continue;
      for (size_t i = 0; i < 2; ++i) {
        if (node.operands[i] != index) continue;
        const ExpressionNode& other = expression_.nodes[node.operands[1 - i]];
        if (other.op != Op::kName) return false;
        const auto type = names_.find(other.name);
        return type && type->kind == Kind::kWord;
      }
    }
    return false;
  }

  bool checkName(uint32_t index, ExpressionNode& node) {
    if (node.name == "true" || node.name == "false") {
      node.type = kTruth;
      return true;
    }
    if (const auto type = names_.find(node.name)) {
      node.type = *type;
      return true;
    }
    if (isComparedWithWord(index)) {
      node.type = {Kind::kWord, {}};
      return true;
    }
    if (isArgument(index)) return true;  // the call says what it should have been
    Diagnostic& d = report(node, "E0224", fmt::format("unknown name '{}'", config::excerpt(node.name)));
    std::vector<std::string> candidates = names_.namesOf(Kind::kQuantity);
    const size_t dot = node.name.rfind('.');
    if (dot != std::string::npos) {
      for (const std::string& name : names_.namesOf(Kind::kInjector)) {
        for (const char* what : {".started", ".ended"}) candidates.push_back(name + what);
      }
    }
    if (names_.function(node.name) != nullptr || isBuiltIn(node.name)) {
      d.withHelp(fmt::format("'{}' is a function: add its arguments in brackets", node.name));
      return false;
    }
    suggestIn(d, node.name, candidates);
    return false;
  }

  bool isArgument(uint32_t index) const {
    for (size_t i = index + 1; i < expression_.nodes.size(); ++i) {
      const ExpressionNode& node = expression_.nodes[i];
      if (node.op != Op::kCall || isBuiltIn(node.name)) continue;
      if (std::find(node.operands.begin(), node.operands.end(), index) != node.operands.end()) return true;
    }
    return false;
  }

  void suggestIn(Diagnostic& d, const std::string& name, const std::vector<std::string>& candidates) {
    d.withHelp(config::suggestionHelp(name, candidates));
    const auto near = config::suggest(name, candidates);
    if (!near) return;
    d.withFix(*near);
    if (const auto place = names_.declaration(*near)) d.withRelated(*place, "similar id declared here");
  }

  bool checkCall(ExpressionNode& node) {
    if (isBuiltIn(node.name)) return checkBuiltIn(node);
    const FunctionInfo* function = names_.function(node.name);
    if (function == nullptr) {
      const std::string reason = names_.whyNotHere(node.name);
      const config::TextRange head{node.range.begin, node.range.begin + static_cast<uint32_t>(node.name.size())};
      if (!reason.empty()) {
        diagnostics_
            .error("E0226", placeOf(node_, head), fmt::format("{}() cannot be used here", config::excerpt(node.name)))
            .withHelp(reason);
        return false;
      }
      Diagnostic& d = diagnostics_.error("E0221", placeOf(node_, head),
                                         fmt::format("unknown function '{}'", config::excerpt(node.name)));
      d.withHelp(config::suggestionHelp(node.name, names_.functionNames()));
      if (const auto near = config::suggest(node.name, names_.functionNames())) d.withFix(*near);
      return false;
    }
    node.type = function->result;
    if (node.operands.size() != function->parameters.size()) {
      report(node, "E0222",
             fmt::format("{}() takes {} argument{}, found {}", node.name, function->parameters.size(),
                         function->parameters.size() == 1 ? "" : "s", node.operands.size()))
          .withHelp(signature(*function));
      return false;
    }
    bool ok = true;
    for (size_t i = 0; i < node.operands.size(); ++i) ok = checkArgument(node, i, *function) && ok;
    return ok;
  }

  static std::string signature(const FunctionInfo& function) {
    std::string out = function.name + "(";
    for (size_t i = 0; i < function.parameters.size(); ++i)
      out += (i == 0 ? "" : ", ") + describe(function.parameters[i]);
    return out + "): " + function.doc;
  }

  bool checkArgument(const ExpressionNode& call, size_t i, const FunctionInfo& function) {
    const ExpressionNode& argument = operand(call, i);
    const Type& wanted = function.parameters[i];
    if (argument.op == Op::kName) {
      const auto found = names_.find(argument.name);
      if (found == wanted) return true;
      const char* code = wanted.kind == Kind::kActor    ? "E0412"
                         : wanted.kind == Kind::kLane   ? "E0409"
                         : wanted.kind == Kind::kSensor ? "E0420"
                         : wanted.kind == Kind::kPoint  ? "E0416"
                                                        : "E0417";
      const std::string kind = describe(wanted.kind);
      Diagnostic& d = report(
          argument, code,
          found ? fmt::format("'{}' is {}, and {}() wants {}", argument.name, describe(*found), function.name, kind)
                : fmt::format("unknown {} '{}' in {}()", kind.substr(kind.find(' ') + 1),
                              config::excerpt(argument.name), function.name));
      if (!found) d.withLabel(fmt::format("no {} with this id", kind.substr(kind.find(' ') + 1)));
      suggestIn(d, argument.name, names_.namesOf(wanted.kind));
      return false;
    }
    if (!known_[call.operands[i]]) return false;
    report(argument, "E0223",
           fmt::format("{}() wants {}, found {}", function.name, describe(wanted), describe(argument.type)))
        .withHelp(signature(function));
    return false;
  }

  bool checkBuiltIn(ExpressionNode& node) {
    const size_t least = node.name == "abs" ? 1 : 2;
    if (node.operands.size() < least || (node.name == "abs" && node.operands.size() > 1)) {
      report(node, "E0222",
             fmt::format("{}() takes {}", node.name, least == 1 ? "one argument" : "two arguments or more"))
          .withHelp(node.name + "(a, b)");
      return false;
    }
    if (!areKnown(node)) return false;
    for (size_t i = 0; i < node.operands.size(); ++i) {
      if (!isQuantity(node, i) || !haveSameMeasure(node, 0, i)) return false;
    }
    node.type = operand(node, 0).type;
    return true;
  }

  bool isQuantity(const ExpressionNode& node, size_t i) {
    const ExpressionNode& operand = this->operand(node, i);
    if (operand.type.kind == Kind::kQuantity) return true;
    report(operand, "E0223", fmt::format("expected a quantity, found {}", describe(operand.type)))
        .withHelp(operand.type.kind == Kind::kTruth ? "combine truths with 'and', 'or', 'not'"
                                                    : "functions such as distance(a, b) measure things");
    return false;
  }

  bool isTruth(const ExpressionNode& node, size_t i) {
    if (!known_[node.operands[i]]) return false;
    const ExpressionNode& operand = this->operand(node, i);
    if (operand.type.kind == Kind::kTruth) return true;
    report(operand, "E0223", fmt::format("expected true or false, found {}", describe(operand.type)))
        .withHelp("compare it with something: '… < 60 m'");
    return false;
  }

  bool haveSameMeasure(const ExpressionNode& node, size_t i, size_t j) {
    const ExpressionNode& a = operand(node, i);
    const ExpressionNode& b = operand(node, j);
    if (a.type.measure == b.type.measure) return true;
    Diagnostic& d =
        report(b, "E0207", fmt::format("expected {}, found {}", describe(a.type.measure), describe(b.type.measure)));
    const auto dimension = dimensionOf(a.type.measure);
    if (dimension && b.op == Op::kLiteral) d.withHelp(config::unitHelp({}, {}, *dimension));
    d.withRelated(placeOf(node_, a.range), fmt::format("this is {}", describe(a.type.measure)));
    return false;
  }

  bool checkProduct(ExpressionNode& node) {
    if (!areKnown(node) || !isQuantity(node, 0) || !isQuantity(node, 1)) return false;
    const Measure a = operand(node, 0).type.measure, b = operand(node, 1).type.measure;
    const auto measure = node.op == Op::kMultiply ? product(a, b) : quotient(a, b);
    if (!measure) {
      report(node, "E0207", "the powers of the units grow beyond what is meant").withHelp("check the product");
      return false;
    }
    node.type = {Kind::kQuantity, *measure};
    return true;
  }

  bool checkEquality(ExpressionNode& node) {
    const ExpressionNode& a = operand(node, 0);
    const ExpressionNode& b = operand(node, 1);
    if (a.type.kind != b.type.kind) {
      report(b, "E0223", fmt::format("{} is compared with {}", describe(a.type), describe(b.type)))
          .withHelp("compare like with like");
      return false;
    }
    if (a.type.kind != Kind::kQuantity) return true;
    if (!haveSameMeasure(node, 0, 1)) return false;
    if (!isExact(a) && !isExact(b)) {
      diagnostics_
          .lint("L0204", placeOf(node_, node.range), "quantities that are measured are hardly ever exactly equal")
          .withHelp("compare with '<', '>' or 'in [a, b]'");
    }
    return true;
  }

  /// 0 %, or a count.
  bool isExact(const ExpressionNode& node) const {
    if (node.op == Op::kLiteral) return node.number == 0;
    if (node.op != Op::kCall) return false;
    const FunctionInfo* function = names_.function(node.name);
    return function != nullptr && function->isCount;
  }

  Expression& expression_;
  const config::Node& node_;
  const Names& names_;
  config::Diagnostics& diagnostics_;
  std::vector<bool> known_;
};

}  // namespace

bool check(Expression& expression, const config::Node& node, const Names& names, const Type& wanted,
           config::Diagnostics& diagnostics) {
  return Checker(expression, node, names, diagnostics).check(wanted);
}

}  // namespace nightfog::expression
