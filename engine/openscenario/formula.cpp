#include "engine/openscenario/formula.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "engine/config/quantity.hpp"

namespace nightfog::openscenario {
namespace {

constexpr size_t kLongest = 4096;
constexpr int kDeepest = 32;

bool isNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::optional<double> numberIn(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text == "true") return 1;
  if (text == "false") return 0;
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Recursive descent; nullopt once anything is not a formula.
class Formula {
 public:
  Formula(std::string_view text, const Lookup& lookup) : text_(text), lookup_(lookup) {}

  std::optional<double> value() {
    const double result = either(0);
    skip();
    if (!ok_ || at_ != text_.size() || !std::isfinite(result)) return std::nullopt;
    return result;
  }

 private:
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }
  bool take(std::string_view token) {
    skip();
    if (text_.substr(at_, token.size()) != token) return false;
    const bool isWord = isNameChar(token.front());
    if (isWord && at_ + token.size() < text_.size() && isNameChar(text_[at_ + token.size()])) return false;
    at_ += token.size();
    return true;
  }
  double either(int depth) {
    double left = both(depth);
    while (ok_ && take("or")) {
      const double right = both(depth);
      left = left != 0 || right != 0 ? 1 : 0;
    }
    return left;
  }
  double both(int depth) {
    double left = sum(depth);
    while (ok_ && take("and")) {
      const double right = sum(depth);
      left = left != 0 && right != 0 ? 1 : 0;
    }
    return left;
  }
  double sum(int depth) {
    double left = product(depth);
    while (ok_) {
      if (take("+"))
        left += product(depth);
      else if (take("-"))
        left -= product(depth);
      else
        break;
    }
    return left;
  }
  double product(int depth) {
    double left = unary(depth);
    while (ok_) {
      if (take("*"))
        left *= unary(depth);
      else if (take("/"))
        left /= unary(depth);
      else if (take("%"))
        left = std::fmod(left, unary(depth));
      else
        break;
    }
    return left;
  }
  double unary(int depth) {
    if (depth > kDeepest) return fail();
    if (take("not")) return unary(depth + 1) == 0 ? 1 : 0;
    if (take("-")) return -unary(depth + 1);
    if (take("+")) return unary(depth + 1);
    return primary(depth);
  }
  double primary(int depth) {
    if (take("(")) {
      const double inner = either(depth + 1);
      if (!take(")")) return fail();
      return inner;
    }
    skip();
    const size_t begin = at_;
    if (at_ < text_.size() && text_[at_] == '$') {
      ++at_;
      while (at_ < text_.size() && isNameChar(text_[at_])) ++at_;
      const auto found = lookup_(text_.substr(begin + 1, at_ - begin - 1));
      const auto number = found ? numberIn(*found) : std::nullopt;
      return number ? *number : fail();
    }
    if (at_ < text_.size() && ((text_[at_] >= 'a' && text_[at_] <= 'z') || (text_[at_] >= 'A' && text_[at_] <= 'Z'))) {
      while (at_ < text_.size() && isNameChar(text_[at_])) ++at_;
      return function(text_.substr(begin, at_ - begin), depth);
    }
    double value = 0;
    const auto parsed = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (parsed.ec != std::errc()) return fail();
    at_ = static_cast<size_t>(parsed.ptr - text_.data());
    return value;
  }
  double function(std::string_view name, int depth) {
    if (name == "true") return 1;
    if (name == "false") return 0;
    if (!take("(")) return fail();
    const double a = either(depth + 1);
    double b = 0;
    const bool hasTwo = take(",");
    if (hasTwo) b = either(depth + 1);
    if (!take(")")) return fail();
    if (hasTwo) {
      if (name == "pow") return std::pow(a, b);
      if (name == "max") return std::max(a, b);
      if (name == "min") return std::min(a, b);
      return fail();
    }
    using One = double (*)(double);
    static constexpr std::array<std::pair<std::string_view, One>, 12> kFunctions{
        {{"round", [](double x) { return std::round(x); }},
         {"floor", [](double x) { return std::floor(x); }},
         {"ceil", [](double x) { return std::ceil(x); }},
         {"sqrt", [](double x) { return std::sqrt(x); }},
         {"sign", [](double x) { return x > 0   ? 1.0
                                        : x < 0 ? -1.0
                                                : 0.0; }},
         {"sin", [](double x) { return std::sin(x); }},
         {"cos", [](double x) { return std::cos(x); }},
         {"tan", [](double x) { return std::tan(x); }},
         {"asin", [](double x) { return std::asin(x); }},
         {"acos", [](double x) { return std::acos(x); }},
         {"atan", [](double x) { return std::atan(x); }},
         {"abs", [](double x) { return std::abs(x); }}}};
    for (const auto& [known, compute] : kFunctions) {
      if (known == name) return compute(a);
    }
    return fail();
  }
  double fail() {
    ok_ = false;
    return 0;
  }

  std::string_view text_;
  const Lookup& lookup_;
  size_t at_ = 0;
  bool ok_ = true;
};

/// `$name` anywhere, in text.
std::optional<std::string> replaceNames(std::string_view text, const Lookup& lookup, std::string& why) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '$') {
      out += text[i++];
      continue;
    }
    size_t end = i + 1;
    while (end < text.size() && isNameChar(text[end])) ++end;
    const std::string_view name = text.substr(i + 1, end - i - 1);
    const auto found = lookup(name);
    if (!found) {
      why = fmt::format("there is no parameter '{}'", name.substr(0, 100));
      return std::nullopt;
    }
    out += *found;
    i = end;
    if (out.size() > kLongest) {
      why = "the text is too long";
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> substitute(std::string_view text, const Lookup& lookup, std::string& why) {
  if (text.size() > kLongest) {
    why = "the text is too long";
    return std::nullopt;
  }
  if (text.find('$') == std::string_view::npos) return std::string(text);
  if (!text.starts_with("${") || !text.ends_with("}")) return replaceNames(text, lookup, why);
  const std::string_view inner = text.substr(2, text.size() - 3);
  if (const auto number = Formula(inner, lookup).value()) return config::formatNumber(*number);
  if (inner.find_first_of("/%") != std::string_view::npos) {
    if (!replaceNames(inner, lookup, why)) return std::nullopt;
    why = fmt::format("'{}' has no value", text.substr(0, 100));
    return std::nullopt;
  }
  return replaceNames(inner, lookup, why);
}

}  // namespace nightfog::openscenario
