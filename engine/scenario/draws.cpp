#include "engine/scenario/draws.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/core/error.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

constexpr size_t kMostParameters = 1000;

const char* describe(const Value& value) {
  if (std::holds_alternative<std::string>(value)) return "a word";
  if (std::holds_alternative<bool>(value)) return "true or false";
  return dimensionName(std::get<Quantity>(value).dimension).data();
}

bool isReference(const Node& node) {
  return node.isScalar() && node.style == ScalarStyle::kPlain && node.text.starts_with('$');
}

}  // namespace

std::optional<Value> readConstant(const Node& node, Diagnostics& diagnostics) {
  ReadContext context{diagnostics};
  if (!expectKind(node, NodeKind::kScalar, context)) return std::nullopt;
  const bool isQuoted = node.style != ScalarStyle::kPlain;
  if (!isQuoted && (node.text == "true" || node.text == "false")) return Value(node.text == "true");
  if (!isQuoted && !node.text.empty() &&
      std::string_view("+-.0123456789").find(node.text[0]) != std::string_view::npos) {
    const auto quantity = readAnyQuantity(node, diagnostics);
    return quantity ? std::optional(Value(*quantity)) : std::nullopt;
  }
  if (!checkIdentifier(node.text, node.place(), true, context)) return std::nullopt;
  return Value(node.text);
}

Parameter* Draws::find(std::string_view name) {
  for (auto& [known, parameter] : parameters_) {
    if (known == name) return &parameter;
  }
  return nullptr;
}

bool Draws::claims(const Node& node) const {
  return node.isMap() || isReference(node);
}

std::optional<Parameter> Draws::drawn(const Node& node, std::optional<Dimension> expected, Diagnostics& diagnostics) {
  const auto distribution = readDistribution(node, expected, diagnostics, columns_);
  if (!distribution) return std::nullopt;
  RandomSource source(seed_, run_, prefix_ + node.path(), attempt_);
  Parameter out;
  out.value = distribution->draw(source);
  out.logDensity = distribution->logDensity(out.value);
  std::tie(out.low, out.high) = distribution->support();
  // What nothing bounds is checked by the value drawn.
  if (const auto* q = std::get_if<Quantity>(&out.value)) {
    out.isUnbounded = !std::isfinite(out.low) || !std::isfinite(out.high);
    if (!std::isfinite(out.low)) out.low = q->si;
    if (!std::isfinite(out.high)) out.high = q->si;
  }
  if (const auto* choice = std::get_if<Choice>(&distribution->shape)) {
    for (const auto& option : choice->options) {
      if (const auto* word = std::get_if<std::string>(&option.value)) out.words.emplace_back(*word, option.place);
    }
  }
  out.place = node.keyPlace();
  return out;
}

void Draws::readParameters(const Node* params, Diagnostics& diagnostics) {
  if (params == nullptr) return;
  ReadContext context{diagnostics};
  if (!expectKind(*params, NodeKind::kMap, context) || !checkCount(*params, 0, kMostParameters, context)) return;
  for (const Node* node : params->children) {
    if (node->key.starts_with("x-")) continue;
    if (!checkIdentifier(node->key, node->keyPlace(), false, context)) continue;
    std::optional<Parameter> parameter;
    if (node->isMap()) {
      parameter = drawn(*node, std::nullopt, diagnostics);
    } else if (isReference(*node)) {
      diagnostics.error("E0401", node->place(), "parameters do not refer to each other").withHelp("write the value");
    } else if (expectKind(*node, NodeKind::kScalar, context)) {
      if (const auto value = readConstant(*node, diagnostics)) {
        parameter.emplace();
        parameter->value = *value;
        if (const auto* q = std::get_if<Quantity>(&*value)) parameter->low = parameter->high = q->si;
        if (const auto* word = std::get_if<std::string>(&*value)) parameter->words.emplace_back(*word, node->place());
      }
    }
    if (!parameter) {
      // Uses of a parameter that could not be read say nothing further.
      parameter.emplace();
      parameter->value = std::string();
      parameter->isUsed = true;
    }
    parameter->place = node->keyPlace();
    if (const auto swept = swept_.find(node->key); swept != swept_.end()) {
      const SweptValue& s = swept->second;
      Parameter set;
      set.value = s.value;
      set.low = s.low;
      set.high = s.high;
      set.words = s.words;
      set.place = parameter->place;
      parameter = std::move(set);
    }
    parameters_.emplace_back(node->key, std::move(*parameter));
  }
}

const Parameter* Draws::use(std::string_view name) {
  Parameter* parameter = find(name);
  if (parameter != nullptr) parameter->isUsed = true;
  return parameter;
}

std::optional<double> Draws::logDensity(const Node& node) {
  if (!claims(node)) return std::nullopt;
  Diagnostics ignored;  // already reported when the value itself was read
  const auto found = resolve(node, std::nullopt, ignored);
  return found ? found->logDensity : std::nullopt;
}

std::optional<Parameter> Draws::resolve(const Node& node, std::optional<Dimension> expected, Diagnostics& diagnostics) {
  if (!isReference(node)) return drawn(node, expected, diagnostics);
  const std::string_view name = std::string_view(node.text).substr(1);
  if (!prefix_.empty()) {
    diagnostics
        .error("E0401", node.place(), fmt::format("'{}': an imported file has no parameters", excerpt(node.text)))
        .withHelp("write the value, or override it in the scenario");
    return std::nullopt;
  }
  Parameter* parameter = find(name);
  if (parameter == nullptr) {
    std::vector<std::string> names;
    for (const auto& [known, ignored] : parameters_) names.push_back(known);
    Diagnostic& d = diagnostics.error("E0401", node.place(), fmt::format("unknown parameter '{}'", excerpt(node.text)));
    const auto near = suggest(name, names);
    d.withHelp(near            ? fmt::format("did you mean '${}'?", *near)
               : names.empty() ? "this scenario has no `params:`"
                               : suggestionHelp(name, names));
    if (near) d.withRelated(find(*near)->place, "similar name declared here");
    return std::nullopt;
  }
  const bool couldNotBeRead = std::holds_alternative<std::string>(parameter->value) && parameter->words.empty();
  parameter->isUsed = true;
  if (couldNotBeRead) return std::nullopt;
  return *parameter;
}

std::optional<ValueSource::Drawn> Draws::quantity(const Node& node, Dimension expected, Diagnostics& diagnostics) {
  const auto found = resolve(node, expected, diagnostics);
  if (!found) return std::nullopt;
  const auto* q = std::get_if<Quantity>(&found->value);
  if (q != nullptr && isUsableAs(q->dimension, expected))
    return Drawn{q->si, found->low, found->high, found->isUnbounded};
  Diagnostic& d = diagnostics.error(
      "E0402", node.place(), fmt::format("expected {}, found {}", dimensionName(expected), describe(found->value)));
  if (isReference(node)) d.withRelated(found->place, "declared here");
  d.withHelp(unitHelp({}, {}, expected));
  return std::nullopt;
}

std::optional<std::string> Draws::word(const Node& node, Diagnostics& diagnostics) {
  const auto found = resolve(node, std::nullopt, diagnostics);
  if (!found) return std::nullopt;
  if (const auto* word = std::get_if<std::string>(&found->value)) return *word;
  Diagnostic& d =
      diagnostics.error("E0402", node.place(), fmt::format("expected a word, found {}", describe(found->value)));
  if (isReference(node)) d.withRelated(found->place, "declared here");
  return std::nullopt;
}

std::optional<bool> Draws::boolean(const Node& node, Diagnostics& diagnostics) {
  const auto found = resolve(node, std::nullopt, diagnostics);
  if (!found) return std::nullopt;
  if (const auto* truth = std::get_if<bool>(&found->value)) return *truth;
  Diagnostic& d =
      diagnostics.error("E0402", node.place(), fmt::format("expected true or false, found {}", describe(found->value)));
  if (isReference(node)) d.withRelated(found->place, "declared here");
  return std::nullopt;
}

std::vector<std::pair<std::string, Place>> Draws::possibleWords(const Node& node) {
  if (!claims(node)) return {{node.text, node.place()}};
  Diagnostics ignored;  // already reported when the value itself was read
  const auto found = resolve(node, std::nullopt, ignored);
  return found ? found->words : std::vector<std::pair<std::string, Place>>{};
}

void Draws::reportUnused(Diagnostics& diagnostics) const {
  for (const auto& [name, parameter] : parameters_) {
    if (parameter.isUsed) continue;
    diagnostics.warning("W0401", parameter.place, fmt::format("parameter '{}' is drawn, and nothing uses it", name))
        .withHelp(fmt::format("write ${} where it belongs, or remove it", name));
  }
}

}  // namespace nightfog::scenario
