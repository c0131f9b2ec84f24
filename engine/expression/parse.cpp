#include "engine/expression/parse.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/expression/source_place.hpp"

namespace nightfog::expression {

using config::TextRange;

namespace {

enum class Token { kEnd, kNumber, kName, kSymbol };

struct Lexeme {
  Token token = Token::kEnd;
  TextRange range;
  std::string_view text;
};

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isBlank(char c) {
  return c == ' ' || c == '\n' || c == '\r';
}

/// Thrown within the parser once a mistake is reported: what follows would be noise.
struct Malformed {};

class Parser {
 public:
  Parser(const config::Node& node, config::Diagnostics& diagnostics) : node_(node), diagnostics_(diagnostics) {
    expression_.text = node.text;
    expression_.place = node.place();
  }

  Expression parse(const ParseOptions& options) {
    advance();
    if (const auto temporal = temporalWord()) {
      if (!options.allowTemporal)
        refuse(current_.range, "E0227", fmt::format("'{}' belongs to the checks of `expect:`", current_.text),
               "a trigger and a constraint look at one instant; write the condition alone");
      expression_.temporal = *temporal;
      advance();
      if (temporalWord()) refuse(current_.range, "E0220", "one of always, eventually, never; not two", "remove one");
    }
    if (current_.token == Token::kEnd) refuse(current_.range, "E0220", "an expression is missing", "write a condition");
    disjunction();
    if (current_.token != Token::kEnd) unexpected("the expression should end here");
    return std::move(expression_);
  }

 private:
  std::optional<Temporal> temporalWord() const {
    if (current_.token != Token::kName) return std::nullopt;
    if (current_.text == "always") return Temporal::kAlways;
    if (current_.text == "eventually") return Temporal::kEventually;
    if (current_.text == "never") return Temporal::kNever;
    return std::nullopt;
  }

  // -- text to tokens
  std::string_view text() const { return expression_.text; }

  void advance() {
    previousEnd_ = current_.range.end;
    size_t i = current_.range.end;
    while (i < text().size() && isBlank(text()[i])) ++i;
    const size_t begin = i;
    if (i >= text().size()) {
      set(Token::kEnd, begin, begin);
      return;
    }
    const char c = text()[i];
    if (isLetter(c)) {
      while (i < text().size() && (isLetter(text()[i]) || isDigit(text()[i]))) ++i;
      set(Token::kName, begin, i);
    } else if (isDigit(c) || (c == '.' && i + 1 < text().size() && isDigit(text()[i + 1]))) {
      while (i < text().size() && (isDigit(text()[i]) || text()[i] == '.')) ++i;
      // 1e-3, but not the first letter of a unit
      if (i < text().size() && (text()[i] == 'e' || text()[i] == 'E')) {
        size_t j = i + 1;
        if (j < text().size() && (text()[j] == '+' || text()[j] == '-')) ++j;
        if (j < text().size() && isDigit(text()[j])) {
          while (j < text().size() && isDigit(text()[j])) ++j;
          i = j;
        }
      }
      set(Token::kNumber, begin, i);
    } else {
      const std::string_view two = text().substr(i, 2);
      const bool isTwo = two == "<=" || two == ">=" || two == "==" || two == "!=" || two == "&&" || two == "||";
      size_t length = isTwo ? 2 : 1;
      while (i + length < text().size() && (static_cast<unsigned char>(text()[i + length]) & 0xc0u) == 0x80u) ++length;
      set(Token::kSymbol, begin, begin + length);
    }
  }

  void set(Token token, size_t begin, size_t end) {
    current_ = {token, {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)}, text().substr(begin, end - begin)};
  }

  bool isSymbol(std::string_view symbol) const { return current_.token == Token::kSymbol && current_.text == symbol; }
  bool isWord(std::string_view word) const { return current_.token == Token::kName && current_.text == word; }

  void expectSymbol(std::string_view symbol) {
    if (!isSymbol(symbol)) unexpected(fmt::format("expected '{}'", symbol));
    advance();
  }

  // -- mistakes
  [[noreturn]] void refuse(TextRange range, const char* code, std::string message, std::string help) {
    diagnostics_.error(code, placeOf(node_, range), std::move(message)).withHelp(std::move(help));
    throw Malformed{};
  }

  [[noreturn]] void unexpected(const std::string& wanted) {
    if (current_.token == Token::kEnd) refuse(endRange(), "E0220", "the expression ends too early: " + wanted, {});
    std::string help = wanted;
    if (current_.text == "=") help = "compare with '=='";
    if (current_.text == "&&") help = "write 'and'";
    if (current_.text == "||") help = "write 'or'";
    if (current_.text == "!") help = "write 'not'";
    if (current_.text == "$") help = "inside expressions parameters are bare names, without '$'";
    if (current_.text == "'" || current_.text == "\"") help = "words stand without quotes";
    refuse(current_.range, "E0220", fmt::format("'{}' is unexpected here", config::excerpt(current_.text)), help);
  }

  TextRange endRange() const {
    const uint32_t end = current_.range.begin;
    return end == 0 ? TextRange{0, 0} : TextRange{end - 1, end};
  }

  // -- grammar
  uint32_t add(ExpressionNode node) {
    if (expression_.nodes.size() >= kMostNodes)
      refuse(node.range, "E0225", "the expression is too long", fmt::format("at most {} operations", kMostNodes));
    expression_.nodes.push_back(std::move(node));
    return static_cast<uint32_t>(expression_.nodes.size() - 1);
  }

  uint32_t join(Op op, std::vector<uint32_t> operands) {
    ExpressionNode node;
    node.op = op;
    node.range = {expression_.nodes[operands.front()].range.begin, previousEnd_};
    node.operands = std::move(operands);
    return add(std::move(node));
  }

  struct Deeper {
    explicit Deeper(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kDeepest)
        parser_.refuse(parser_.current_.range, "E0225", "the expression is nested too deeply",
                       fmt::format("at most {} levels", kDeepest));
    }
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    Parser& parser_;
  };

  uint32_t disjunction() {
    const Deeper deeper(*this);
    uint32_t left = conjunction();
    while (isWord("or")) {
      advance();
      const uint32_t right = conjunction();
      left = join(Op::kOr, {left, right});
    }
    return left;
  }

  uint32_t conjunction() {
    uint32_t left = negation();
    while (isWord("and")) {
      advance();
      const uint32_t right = negation();
      left = join(Op::kAnd, {left, right});
    }
    return left;
  }

  uint32_t negation() {
    if (!isWord("not")) return comparison();
    const uint32_t begin = current_.range.begin;
    advance();
    const uint32_t inner = comparison();
    ExpressionNode node;
    node.op = Op::kNot;
    node.operands = {inner};
    node.range = {begin, previousEnd_};
    return add(std::move(node));
  }

  uint32_t comparison() {
    const uint32_t left = sum();
    static constexpr std::pair<std::string_view, Op> kOperators[] = {{"<", Op::kLess},    {"<=", Op::kLessEqual},
                                                                     {">", Op::kGreater}, {">=", Op::kGreaterEqual},
                                                                     {"==", Op::kEqual},  {"!=", Op::kNotEqual}};
    for (const auto& [symbol, op] : kOperators) {
      if (!isSymbol(symbol)) continue;
      advance();
      const uint32_t right = sum();
      const uint32_t whole = join(op, {left, right});
      for (const auto& [again, ignored] : kOperators) {
        if (isSymbol(again))
          refuse(current_.range, "E0220", "comparisons do not chain", "write 'a < b and b < c', or 'b in [a, c]'");
      }
      return whole;
    }
    if (!isWord("in")) return left;
    advance();
    expectSymbol("[");
    const uint32_t low = sum();
    expectSymbol(",");
    const uint32_t high = sum();
    expectSymbol("]");
    return join(Op::kIn, {left, low, high});
  }

  uint32_t sum() {
    uint32_t left = term();
    while (isSymbol("+") || isSymbol("-")) {
      const Op op = isSymbol("+") ? Op::kAdd : Op::kSubtract;
      advance();
      const uint32_t right = term();
      left = join(op, {left, right});
    }
    return left;
  }

  uint32_t term() {
    uint32_t left = unary();
    while (isSymbol("*") || isSymbol("/")) {
      const Op op = isSymbol("*") ? Op::kMultiply : Op::kDivide;
      advance();
      const uint32_t right = unary();
      left = join(op, {left, right});
    }
    return left;
  }

  uint32_t unary() {
    if (!isSymbol("-")) return primary();
    const uint32_t begin = current_.range.begin;
    advance();
    const uint32_t inner = primary();
    ExpressionNode node;
    node.op = Op::kNegate;
    node.operands = {inner};
    node.range = {begin, previousEnd_};
    return add(std::move(node));
  }

  uint32_t primary() {
    if (current_.token == Token::kNumber) return quantity();
    if (current_.token == Token::kName) return nameOrCall();
    if (isSymbol("(")) {
      const uint32_t begin = current_.range.begin;
      advance();
      const uint32_t inner = disjunction();
      expectSymbol(")");
      expression_.nodes[inner].range = {begin, previousEnd_};
      return inner;
    }
    unexpected("expected a value, a name or '('");
  }

  /// A number and the unit behind it: the longest one that is in the table ("kg m^2", "m/s^2").
  uint32_t quantity() {
    ExpressionNode node;
    const TextRange digits = current_.range;
    const auto value = config::parseNumber(current_.text);
    if (!value) {
      refuse(digits, "E0205", fmt::format("'{}' is not a number", config::excerpt(current_.text)),
             "write 12, 0.5 or 1e-3");
    }
    size_t unitBegin = digits.end;
    while (unitBegin < text().size() && text()[unitBegin] == ' ') ++unitBegin;
    const std::string_view rest = text().substr(unitBegin);
    const config::Unit* unit = nullptr;
    for (const config::Unit& candidate : config::units()) {
      if (candidate.symbol.empty() || !rest.starts_with(candidate.symbol)) continue;
      const char after = rest.size() > candidate.symbol.size() ? rest[candidate.symbol.size()] : ' ';
      // Not the beginning of a word, a power or a number: `m` of `max(...)`, `mm` of `mm/h`.
      if ((isLetter(candidate.symbol.back()) && (isLetter(after) || isDigit(after))) || after == '^') continue;
      if (unit == nullptr || candidate.symbol.size() > unit->symbol.size()) unit = &candidate;
    }
    size_t end = digits.end;
    node.number = *value;
    if (unit != nullptr) {
      node.number = *value * unit->multiply / unit->divide;
      node.type.measure = measureOf(unit->dimension);
      end = unitBegin + unit->symbol.size();
    }
    node.range = {digits.begin, static_cast<uint32_t>(end)};
    current_.range.end = static_cast<uint32_t>(end);
    advance();
    if (unit == nullptr && current_.token == Token::kName && !isKeyword(current_.text))
      refuse(current_.range, "E0208", fmt::format("unknown unit '{}'", config::excerpt(current_.text)),
             "units: m, s, km/h, m/s, %, deg, … (the table in scenarios/README.md)");
    return add(std::move(node));
  }

  static bool isKeyword(std::string_view word) {
    return word == "and" || word == "or" || word == "not" || word == "in";
  }

  uint32_t nameOrCall() {
    if (isKeyword(current_.text)) unexpected("expected a value or a name");
    ExpressionNode node;
    const uint32_t begin = current_.range.begin;
    node.op = Op::kName;
    node.name = current_.text;
    advance();
    while (isSymbol(".") && current_.range.begin == previousEnd_) {
      advance();
      if (current_.token != Token::kName || current_.range.begin != previousEnd_)
        unexpected("expected a name after '.'");
      node.name += "." + std::string(current_.text);
      advance();
    }
    if (isSymbol("(")) {
      const Deeper deeper(*this);
      node.op = Op::kCall;
      advance();
      while (!isSymbol(")")) {
        if (!node.operands.empty()) expectSymbol(",");
        node.operands.push_back(disjunction());
      }
      advance();
    }
    node.range = {begin, previousEnd_};
    return add(std::move(node));
  }

  const config::Node& node_;
  config::Diagnostics& diagnostics_;
  Expression expression_;
  Lexeme current_;
  uint32_t previousEnd_ = 0;
  size_t depth_ = 0;

 public:
  friend std::optional<Expression> nightfog::expression::parseSyntax(const config::Node&, const ParseOptions&,
                                                                     config::Diagnostics&);
};

}  // namespace

config::Place placeOf(const config::Node& node, TextRange range) {
  // Escapes and folded lines move bytes: then the whole scalar is shown.
  const uint32_t quote = node.style == config::ScalarStyle::kPlain ? 0 : 1;
  const uint32_t begin = node.range.begin + quote;
  const std::string_view raw = node.source->text();
  const bool isVerbatim = node.style != config::ScalarStyle::kBlock && begin + node.text.size() <= raw.size() &&
                          raw.substr(begin, node.text.size()) == node.text;
  if (!isVerbatim) return node.place();
  return node.source->place({begin + range.begin, begin + std::max(range.end, range.begin + 1)});
}

std::optional<Expression> parseSyntax(const config::Node& node, const ParseOptions& options,
                                      config::Diagnostics& diagnostics) {
  if (!node.isScalar()) {
    diagnostics
        .error(node.isNull() ? "E0204" : "E0203", node.place(),
               fmt::format("expected an expression, found {}", node.kindName()))
        .withHelp(node.isNull() ? "write a condition" : "quote it: \"…\"");
    return std::nullopt;
  }
  if (node.text.size() > kLongestText) {
    diagnostics.error("E0225", node.place(), "the expression is too long")
        .withHelp(fmt::format("at most {} bytes", kLongestText));
    return std::nullopt;
  }
  try {
    return Parser(node, diagnostics).parse(options);
  } catch (const Malformed&) {
    return std::nullopt;
  }
}

}  // namespace nightfog::expression
