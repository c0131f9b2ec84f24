// The expressions of scenario files, parsed and checked: total (no loops, no functions of the user's), bounded, every
// dimension known before anything is evaluated.
//
// An Expression is data: whoever evaluates it brings an Environment that knows the names and functions (evaluate.hpp).
// @code
//   // in a scenario: when: distance(opposing, ego) < 60 m
//   if (expression::isTrue(trigger.when, environment)) fire();
// @endcode
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/config/source_text.hpp"
#include "engine/expression/value.hpp"

namespace nightfog::expression {

enum class Op : uint8_t {
  kLiteral,   ///< number, SI
  kName,      ///< `time`, `fog_visibility`, `dart.started`, an id
  kCall,      ///< function with arguments
  kNegate,    ///< -a
  kNot,       ///< not a
  kMultiply,  ///< a * b
  kDivide,    ///< a / b
  kAdd,       ///< a + b
  kSubtract,  ///< a - b
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqual,
  kNotEqual,
  kIn,  ///< a in [b, c], both ends included
  kAnd,
  kOr,
};

/// One operation; its operands are earlier in Expression::nodes.
struct ExpressionNode {
  Op op = Op::kLiteral;
  Type type;
  double number = 0;               ///< of kLiteral
  std::string name;                ///< of kName ("dart.started") and kCall ("distance")
  std::vector<uint32_t> operands;  ///< indices into nodes
  config::TextRange range;         ///< bytes of Expression::text
};

/// How a check holds over time.
enum class Temporal { kNone, kAlways, kEventually, kNever };

/// Operands before operators; the last node is the whole. Empty nodes: no expression.
struct Expression {
  std::string text;  ///< as written
  std::vector<ExpressionNode> nodes;
  Temporal temporal = Temporal::kNone;
  config::Place place;  ///< in the file

  bool isEmpty() const { return nodes.empty(); }
  const ExpressionNode& root() const { return nodes.back(); }
};

inline constexpr size_t kLongestText = 2000;  ///< bytes
inline constexpr size_t kMostNodes = 300;
inline constexpr size_t kDeepest = 40;

}  // namespace nightfog::expression
