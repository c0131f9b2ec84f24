#include "tools/viewer/drawn_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/scenario/distribution.hpp"
#include "engine/scenario/draws.hpp"
#include "tools/viewer/source_edit.hpp"

namespace nightfog::viewer {
namespace {

using config::Dimension;
using config::Node;

constexpr size_t kPoints = 96, kMostOptions = 12;
constexpr double kCutShare = 0.001;  ///< of the draws, at an end that nothing bounds

std::string valueText(const scenario::Value& value, const config::Unit* unit = nullptr) {
  if (const auto* q = std::get_if<config::Quantity>(&value)) {
    if (unit != nullptr) return fmt::format("{:.4g} {}", q->si * unit->divide / unit->multiply, unit->symbol);
    return fmt::format("{:.4g}", q->si);
  }
  if (const auto* word = std::get_if<std::string>(&value)) return *word;
  return std::get<bool>(value) ? "true" : "false";
}

const config::Unit* unitOf(std::string_view text) {
  const size_t blank = text.rfind(' ');
  return blank == std::string_view::npos ? nullptr : config::findUnit(text.substr(blank + 1));
}

/// That of the first number, or the canonical one.
const config::Unit* unitOf(const DrawnValue& drawn, Dimension dimension) {
  for (const DrawnValue::Term& term : drawn.terms) {
    const config::Unit* unit = unitOf(term.text);
    if (unit != nullptr && unit->dimension == dimension) return unit;
  }
  return config::findUnit(config::canonicalUnit(dimension));
}

void addTerm(DrawnValue& out, const Node& node, const std::string& name) {
  const config::TextRange range = extentOf(node);
  const std::string text(node.source->text().substr(range.begin, range.end - range.begin));
  if (text.find('\n') == std::string::npos) out.terms.push_back({pathTo(node), name, text});
}

void addTerms(DrawnValue& out, const Node& shape) {
  if (shape.isScalar()) addTerm(out, shape, "probability");
  if (shape.isList() && out.kind != "choice") {
    const std::vector<const char*> names =
        shape.children.size() == 3 ? std::vector{"low", "mode", "high"} : std::vector{"low", "high"};
    for (size_t i = 0; i < std::min(names.size(), shape.children.size()); ++i)
      addTerm(out, *shape.children[i], names[i]);
    return;
  }
  for (const Node* child : shape.children) {
    if (child->isList() && child->children.size() == 2) {  // a clip
      addTerm(out, *child->children[0], child->key + " low");
      addTerm(out, *child->children[1], child->key + " high");
    } else {
      addTerm(out, *child, child->key.empty() ? fmt::format("option {}", child->index + 1) : child->key);
    }
  }
}

void addCurve(DrawnValue& out, const scenario::Distribution& distribution) {
  const auto [low, high] = distribution.support();
  const auto at = [&](double share) { return std::get<config::Quantity>(distribution.quantile(share)).si; };
  out.low = std::isfinite(low) ? low : at(kCutShare);
  out.high = std::isfinite(high) ? high : at(1 - kCutShare);
  if (!(out.high > out.low)) return;
  double greatest = 0;
  for (size_t i = 0; i < kPoints; ++i) {
    const double si = out.low + (out.high - out.low) * static_cast<double>(i) / (kPoints - 1);
    out.density.push_back(std::exp(distribution.logDensity(config::Quantity{si, distribution.dimension})));
    greatest = std::max(greatest, out.density.back());
  }
  for (double& value : out.density) value = greatest > 0 && std::isfinite(greatest) ? value / greatest : 0;
}

void addOptions(DrawnValue& out, const scenario::Distribution& distribution) {
  const auto add = [&](const scenario::Value& value) {
    if (out.options.size() >= kMostOptions) return;
    out.options.emplace_back(valueText(value, out.unit), std::exp(distribution.logDensity(value)));
  };
  if (const auto* choice = std::get_if<scenario::Choice>(&distribution.shape)) {
    for (const auto& option : choice->options) add(option.value);
  } else if (const auto* range = std::get_if<scenario::IntegerRange>(&distribution.shape)) {
    for (int64_t i = range->low; i <= range->high && i - range->low < static_cast<int64_t>(kMostOptions); ++i)
      add(config::Quantity{static_cast<double>(i), Dimension::kNumber});
  } else if (std::holds_alternative<scenario::Bernoulli>(distribution.shape)) {
    add(true);
    add(false);
  }
}

/// What this run drew at this place: a draw depends on its own path alone.
void addValue(DrawnValue& out, const Node& node, std::optional<Dimension> expected,
              const scenario::Distribution& distribution, const scenario::Scenario& run) {
  const bool isParameter = node.parent != nullptr && node.parent->key == "params" && pathTo(*node.parent) == "params";
  if (const auto known = run.parameters.find(node.key); isParameter && known != run.parameters.end()) {
    out.value_si = known->second;  // a sweep may have set it
    out.value = out.textOf(known->second);
    return;
  }
  if (isParameter && !run.variant.empty()) return;
  const auto* choice = std::get_if<scenario::Choice>(&distribution.shape);
  const bool isWords = choice != nullptr && std::holds_alternative<std::string>(choice->options.front().value);
  config::Diagnostics ignored;
  scenario::Draws draws(run.seed, run.run, run.attempt);
  if (std::holds_alternative<scenario::Bernoulli>(distribution.shape)) {
    if (const auto truth = draws.boolean(node, ignored)) out.value = *truth ? "true" : "false";
  } else if (isWords) {
    if (const auto word = draws.word(node, ignored)) out.value = *word;
  } else if (const auto drawn = draws.quantity(node, expected.value_or(distribution.dimension), ignored)) {
    out.value_si = drawn->value;
    out.value = out.textOf(drawn->value);
  }
}

}  // namespace

std::string DrawnValue::textOf(double si) const {
  return valueText(config::Quantity{si}, unit);
}

std::optional<DrawnValue> drawnValueAt(const Node& node, std::optional<Dimension> expected,
                                       const scenario::Scenario* run) {
  DrawnValue out;
  if (node.isScalar() && node.text.starts_with('$')) {
    if (run == nullptr) return std::nullopt;
    const auto known = run->parameters.find(node.text.substr(1));
    if (known == run->parameters.end()) return std::nullopt;
    out.value_si = known->second;
    out.unit = config::findUnit(config::canonicalUnit(expected.value_or(Dimension::kNumber)));
    out.value = out.textOf(known->second);
    return out;
  }
  if (!node.isMap() || node.children.size() != 1) return std::nullopt;
  config::Diagnostics mistakes;
  const auto distribution = scenario::readDistribution(node, expected, mistakes);
  if (!distribution || mistakes.hasErrors()) return std::nullopt;
  const Node& shape = *node.children.front();
  out.kind = shape.key;
  addTerms(out, shape);
  out.unit = unitOf(out, distribution->dimension);
  const bool isCurve = std::holds_alternative<scenario::Uniform>(distribution->shape) ||
                       std::holds_alternative<scenario::Normal>(distribution->shape) ||
                       std::holds_alternative<scenario::LogNormal>(distribution->shape) ||
                       std::holds_alternative<scenario::Triangular>(distribution->shape);
  if (isCurve)
    addCurve(out, *distribution);
  else
    addOptions(out, *distribution);
  if (run != nullptr) addValue(out, node, expected, *distribution, *run);
  return out;
}

}  // namespace nightfog::viewer
