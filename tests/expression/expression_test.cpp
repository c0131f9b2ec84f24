// Expressions against values worked out by hand, and against an evaluator written here.
#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "engine/core/random.hpp"
#include "engine/expression/evaluate.hpp"
#include "engine/expression/parse.hpp"

using namespace nightfog;
using namespace nightfog::expression;

namespace {

const Type kNumber{Kind::kQuantity, {}};
const Type kLength{Kind::kQuantity, measureOf(config::Dimension::kLength)};
const Type kTime{Kind::kQuantity, measureOf(config::Dimension::kTime)};

/// a, b, c are lengths, t a time, n a number, w a word, yes a truth; f(x: actor) is a length, count(x) a count.
struct World : Names, Environment {
  std::map<std::string, double, std::less<>> values{{"a", 3}, {"b", 5}, {"c", -2}, {"t", 2}, {"n", 4}};
  std::map<std::string, Interval, std::less<>> ranges;
  FunctionInfo f{"f", {{Kind::kActor, {}}}, kLength, "a length", false};
  FunctionInfo count{"count", {{Kind::kActor, {}}}, kNumber, "a count", true};

  std::optional<Type> find(std::string_view name) const override {
    if (name == "w") return Type{Kind::kWord, {}};
    if (name == "yes" || name == "x.started") return kTruth;
    if (name == "ego" || name == "van") return Type{Kind::kActor, {}};
    if (name == "t") return kTime;
    if (name == "n") return kNumber;
    return values.count(name) > 0 ? std::optional(kLength) : std::nullopt;
  }
  bool isA(std::string_view name, Kind kind) const override {
    return kind == Kind::kActor && (name == "ego" || name == "van");
  }
  std::optional<config::Place> declaration(std::string_view) const override { return std::nullopt; }
  std::vector<std::string> namesOf(Kind kind) const override {
    return kind == Kind::kActor ? std::vector<std::string>{"ego", "van"}
                                : std::vector<std::string>{"a", "b", "c", "t", "n"};
  }
  const FunctionInfo* function(std::string_view name) const override {
    return name == "f" ? &f : name == "count" ? &count : nullptr;
  }
  std::vector<std::string> functionNames() const override { return {"f", "count"}; }
  std::string whyNotHere(std::string_view name) const override { return name == "later" ? "not yet" : ""; }

  Value name(std::string_view name) const override {
    if (name == "yes") return true;
    if (name == "w") return std::string("mud");
    const auto at = values.find(name);
    return at == values.end() ? Value() : Value(at->second);
  }
  Value call(std::string_view function, std::span<const Argument> arguments) const override {
    if (arguments[0].name != "ego") return {};  // the van has no label
    return function == "f" ? 7.0 : 2.0;
  }
  std::optional<Interval> bound(std::string_view name) const {
    const auto at = ranges.find(name);
    return at == ranges.end() ? std::nullopt : std::optional(at->second);
  }
};

/// The two environments have functions of one name.
struct Bounded : BoundsEnvironment {
  const World& world;
  explicit Bounded(const World& w) : world(w) {}
  std::optional<Interval> name(std::string_view name) const override { return world.bound(name); }
  std::optional<Interval> call(std::string_view, std::span<const std::string_view>) const override {
    return std::nullopt;
  }
};

struct Tried {
  std::optional<Expression> expression;
  std::vector<config::Diagnostic> findings;
};

Tried tryText(const std::string& text, const Type& wanted, bool allowTemporal = false) {
  config::Diagnostics diagnostics;
  const auto document = config::parseDocument("e: \"" + text + "\"\n", "e.yaml", diagnostics);
  REQUIRE(document != nullptr);
  const config::Node& node = *document->root().find("e");
  Tried out;
  auto parsed = parseSyntax(node, {allowTemporal}, diagnostics);
  if (parsed && check(*parsed, node, World{}, wanted, diagnostics)) out.expression = std::move(parsed);
  out.findings = diagnostics.sorted();
  return out;
}

Expression good(const std::string& text, const Type& wanted = kTruth) {
  Tried tried = tryText(text, wanted);
  CAPTURE(text);
  CAPTURE(config::renderText(tried.findings));
  REQUIRE(tried.expression.has_value());
  return *tried.expression;
}

/// "E0207 12": code and column within the expression, from 1.
std::string wrong(const std::string& text, const Type& wanted = kTruth) {
  const Tried tried = tryText(text, wanted);
  CHECK_FALSE(tried.expression.has_value());
  std::string out;
  for (const auto& d : tried.findings) {
    if (d.severity != config::Severity::kError) continue;
    out += (out.empty() ? "" : ", ") + d.code + " " + std::to_string(d.place.column - 4);
  }
  return out;
}

bool isTrueNow(const std::string& text) {
  const auto truth = isTrue(good(text), World{});
  REQUIRE(truth.has_value());
  return *truth;
}

double number(const std::string& text, const Type& type) {
  const Value value = evaluate(good(text, type), World{});
  REQUIRE(std::holds_alternative<double>(value));
  return std::get<double>(value);
}

}  // namespace

TEST_CASE("Operators bind as in school, units count, and dimensions multiply") {
  CHECK(number("1 + 2 * 3", kNumber) == 7);
  CHECK(number("(1 + 2) * 3", kNumber) == 9);
  CHECK(number("10 - 3 - 2", kNumber) == 5);
  CHECK(number("12 / 3 / 2", kNumber) == 2);
  CHECK(number("-2 * -3", kNumber) == 6);
  CHECK(number("a + 20 cm", kLength) == doctest::Approx(3.2));
  CHECK(number("a / t", {Kind::kQuantity, measureOf(config::Dimension::kSpeed)}) == 1.5);
  CHECK(number("a * b / c", kLength) == -7.5);
  CHECK(number("36 km/h * 2 s", kLength) == doctest::Approx(20));
  CHECK(number("1e2 m", kLength) == 100);
  CHECK(number("min(a, b, c) + max(a, b) + abs(c)", kLength) == -2 + 5 + 2);
  CHECK(number("f(ego) / a", kNumber) == doctest::Approx(7.0 / 3));
}

TEST_CASE("Comparisons, intervals and connectives") {
  CHECK(isTrueNow("a < b"));
  CHECK_FALSE(isTrueNow("a >= b"));
  CHECK(isTrueNow("a in [3 m, 4 m]"));
  CHECK_FALSE(isTrueNow("a in [3.1 m, 4 m]"));
  CHECK(isTrueNow("not a > b and yes"));
  CHECK(isTrueNow("a > b or b > a and yes"));  // and before or
  CHECK(isTrueNow("count(ego) == 2"));
  CHECK(isTrueNow("w == mud"));
  CHECK(isTrueNow("w != mud or true"));
  CHECK(isTrueNow("50 % < 0.6"));
}

TEST_CASE("What cannot be said is neither true nor false, and false and unknown is false") {
  const World world;
  CHECK_FALSE(isTrue(good("f(van) > 1 m"), world).has_value());
  CHECK(isTrue(good("f(van) > 1 m and a > b"), world) == false);
  CHECK(isTrue(good("f(van) > 1 m or a < b"), world) == true);
  CHECK_FALSE(isTrue(good("f(van) > 1 m and a < b"), world).has_value());
  CHECK_FALSE(isTrue(good("not f(van) > 1 m"), world).has_value());
  CHECK_FALSE(isTrue(good("n / (n - 4) > 1"), world).has_value());  // a division by zero
}

TEST_CASE("Mistakes are found where they stand") {
  CHECK(wrong("a < 3 s") == "E0207 5");
  CHECK(wrong("a + t < b") == "E0207 5");
  CHECK(wrong("a") == "E0223 1");
  CHECK(wrong("a < b < c") == "E0220 7");
  CHECK(wrong("a <") == "E0220 3");
  CHECK(wrong("a = b") == "E0220 3");
  CHECK(wrong("a < 3 parsec") == "E0208 7");
  CHECK(wrong("a < 012") == "E0205 5");
  CHECK(wrong("a < 1.2.3 m") == "E0205 5");
  CHECK(wrong("g(ego) < 3 m") == "E0221 1");
  CHECK(wrong("later(ego) < 3 m") == "E0226 1");
  CHECK(wrong("f(ego, van) < 3 m") == "E0222 1");
  CHECK(wrong("f(vn) < 3 m") == "E0412 3");
  CHECK(wrong("q < 3 m") == "E0224 1");
  CHECK(wrong("always a < b") == "E0227 1");
  CHECK(wrong("$a < b") == "E0220 1");
  CHECK(wrong("a < b && yes") == "E0220 7");
  CHECK(wrong("yes + 1 < 2") == "E0223 1");
  CHECK(wrong("a and b") == "E0223 1, E0223 7");
  CHECK(wrong("f(vn) < 3 m and f(eg) < 2 m") == "E0412 3, E0412 19");
  CHECK(wrong(std::string(50, '(') + "a" + std::string(50, ')') + " < b").starts_with("E0225"));
  std::string sum = "1";
  for (int i = 0; i < 400; ++i) sum += " + 1";
  CHECK(wrong(sum + " < 2").starts_with("E0225"));
}

TEST_CASE("Equality of measured quantities is a lint, of 0 % and counts it is not") {
  const auto codes = [](const std::string& text) { return tryText(text, kTruth).findings.size(); };
  CHECK(codes("a == b") == 1);
  CHECK(codes("a == 0 m") == 0);
  CHECK(codes("count(ego) == 2") == 0);
}

TEST_CASE("A check may begin with always, eventually or never") {
  CHECK(tryText("never a < b", kTruth, true).expression->temporal == Temporal::kNever);
  CHECK(tryText("eventually a < b", kTruth, true).expression->temporal == Temporal::kEventually);
  CHECK(tryText("a < b", kTruth, true).expression->temporal == Temporal::kNone);
}

TEST_CASE("What is missing to a comparison is the distance to its truth") {
  const auto found = comparisons(good("a > b and b in [6 m, 7 m] and c <= a"), World{});
  REQUIRE(found.size() == 3);
  CHECK(found[0].missing == 2);  // 3 m instead of 5 m
  CHECK(found[0].value == 3);
  CHECK(found[1].missing == 1);  // 5 m instead of 6 m
  CHECK(found[2].missing == -5);
}

TEST_CASE("Bounds hold every value: random expressions at random points of random boxes") {
  RandomSource rng(20260611, 0, "tests/expression/bounds");
  const auto pick = [&](const std::vector<std::string>& from) { return from[rng.below(from.size())]; };
  int decided = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string sum;
    const uint64_t terms = 1 + rng.below(4);
    for (uint64_t i = 0; i < terms; ++i) {
      if (i > 0) sum += pick({" + ", " - "});
      sum += pick({"a", "b", "-c", "abs(c)", "min(a, b)", "max(a, -c)", "a * b / c", "2 * a", "1 m", "a / n * 3"});
    }
    const Expression e = good(sum + pick({" < ", " <= ", " > ", " >= "}) + pick({"b", "2 m", "c * n"}));
    World world;
    for (const char* name : {"a", "b", "c", "n"}) {
      const double low = rng.uniform(-10, 10);
      world.ranges[name] = {low, low + rng.uniform(0, 5)};
    }
    const Bounded bounded(world);
    const Possibility possible = possibilities(e, bounded);
    for (int i = 0; i < 5; ++i) {
      for (const auto& [name, range] : world.ranges) world.values[name] = rng.uniform(range.low, range.high);
      const auto truth = isTrue(e, world);
      if (!truth) continue;
      CAPTURE(e.text);
      CHECK((*truth ? possible.canBeTrue : possible.canBeFalse));
      // The left side, wherever it is known.
      const auto left = bounds(e, e.root().operands[0], bounded);
      const auto at = comparisons(e, world);
      if (left && at.size() == 1) CHECK(left->contains(at[0].value));
    }
    decided += possible.canBeTrue != possible.canBeFalse ? 1 : 0;
  }
  CHECK(decided > 300);  // and they are not idle
}

TEST_CASE("Text of any bytes is parsed or refused, never worse") {
  RandomSource rng(7, 0, "tests/expression/garbage");
  const std::vector<std::string> pieces{"a", "b", "(",  ")",   "[",      "]",   ",",  "+",      "-",   "*",    "/",
                                        "<", ">", "=",  "and", "or",     "not", "in", "1",      "2.5", "m",    "km/h",
                                        "%", ".", "f(", "ego", "always", " ",   "1e", "\u00e9", "$",   "min(", "^"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const uint64_t count = rng.below(12);
    for (uint64_t i = 0; i < count; ++i) text += pieces[rng.below(pieces.size())] + (rng.bernoulli(0.5) ? " " : "");
    const Tried tried = tryText(text, kTruth, true);
    if (tried.expression) {
      evaluate(*tried.expression, World{});
    } else {
      CHECK_FALSE(tried.findings.empty());
    }
  }
}
