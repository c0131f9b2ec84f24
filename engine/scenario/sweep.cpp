#include "engine/scenario/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "engine/config/suggest.hpp"
#include "engine/core/random.hpp"
#include "engine/expression/evaluate.hpp"
#include "engine/expression/parse.hpp"

namespace nightfog::scenario {

using namespace config;
using expression::Kind;
using expression::Type;

namespace {

constexpr std::array<uint32_t, 24> kPrimes{2,  3,  5,  7,  11, 13, 17, 19, 23, 29, 31, 37,
                                           41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89};
constexpr size_t kMostValues = 1000;  // of one axis
constexpr size_t kMostPairwise = 20;  // axes

/// Swept names in `exclude`, and their values in a cell.
class CellNames : public expression::Names, public expression::Environment {
 public:
  CellNames(const std::vector<std::pair<std::string, Place>>& names, const SweepCell* cell)
      : names_(names), cell_(cell) {}
  void setCell(const SweepCell* cell) { cell_ = cell; }

  std::optional<Type> find(std::string_view name) const override {
    for (const auto& [known, value] : *cell_) {
      if (known != name) continue;
      if (const auto* q = std::get_if<Quantity>(&value))
        return Type{Kind::kQuantity, expression::measureOf(q->dimension)};
      return std::holds_alternative<bool>(value) ? expression::kTruth : Type{Kind::kWord, {}};
    }
    return std::nullopt;
  }
  bool isA(std::string_view, Kind) const override { return false; }
  std::optional<Place> declaration(std::string_view name) const override {
    for (const auto& [known, place] : names_) {
      if (known == name) return place;
    }
    return std::nullopt;
  }
  std::vector<std::string> namesOf(Kind) const override {
    std::vector<std::string> out;
    for (const auto& [name, place] : names_) out.push_back(name);
    return out;
  }
  const expression::FunctionInfo* function(std::string_view) const override { return nullptr; }
  std::vector<std::string> functionNames() const override { return {"min", "max", "abs"}; }
  std::string whyNotHere(std::string_view) const override { return "only swept parameters can be known here"; }
  expression::Value name(std::string_view name) const override {
    for (const auto& [known, value] : *cell_) {
      if (known != name) continue;
      if (const auto* q = std::get_if<Quantity>(&value)) return q->si;
      if (const auto* truth = std::get_if<bool>(&value)) return *truth;
      return std::get<std::string>(value);
    }
    return {};
  }
  expression::Value call(std::string_view, std::span<const expression::Argument>) const override { return {}; }

 private:
  const std::vector<std::pair<std::string, Place>>& names_;
  const SweepCell* cell_ = nullptr;
};

class Reader {
 public:
  Reader(const Draws& parameters, uint64_t seed, Diagnostics& diagnostics)
      : parameters_(parameters), seed_(seed), diagnostics_(diagnostics), context_{diagnostics} {}

  std::optional<SweepPlan> read(const Node& node) {
    static const std::vector<std::string> kKeys{"grid",     "zip",    "random",  "halton",
                                                "pairwise", "points", "samples", "exclude"};
    const size_t before = diagnostics_.errorCount();
    if (!expectKind(node, NodeKind::kMap, context_)) return std::nullopt;
    plan_.isSweep = true;
    readCount(node.find("samples"), plan_.samples);
    readPoints(node);
    for (const Node* child : node.children) {
      const std::string& key = child->key;
      if (key == "grid") {
        grid(*child);
      } else if (key == "zip") {
        zip(*child);
      } else if (key == "pairwise") {
        pairwise(*child);
      } else if (key == "random" || key == "halton") {
        points(*child, key == "halton");
      } else if (!key.starts_with("x-") && std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
        diagnostics_.error("E0202", child->keyPlace(), fmt::format("unknown key '{}' in sweep", excerpt(key)))
            .withHelp(suggestionHelp(key, kKeys));
      }
    }
    if (diagnostics_.errorCount() != before || !multiply(node)) return std::nullopt;
    exclude(node);
    if (diagnostics_.errorCount() != before) return std::nullopt;
    findSupport();
    return std::move(plan_);
  }

 private:
  void readCount(const Node* node, uint32_t& out) {
    uint64_t count = out;
    if (node != nullptr && readWhole(*node, 1, kMostRuns, count, context_)) out = static_cast<uint32_t>(count);
  }

  void readPoints(const Node& node) {
    const Node* points = node.find("points");
    const bool isNeeded = node.find("random") != nullptr || node.find("halton") != nullptr;
    readCount(points, points_);
    if (isNeeded == (points != nullptr)) return;
    if (isNeeded) {
      const Node* method = node.find("random") != nullptr ? node.find("random") : node.find("halton");
      diagnostics_.error("E0201", method->keyPlace(), fmt::format("'{}' needs 'points'", method->key))
          .withHelp("say how many: `points: 20`");
    } else {
      diagnostics_.error("E0214", points->keyPlace(), "'points' belongs to random and halton")
          .withHelp("`samples` draws several runs in each cell");
    }
  }

  /// Notes a swept name; false: reported.
  bool claim(const Node& axis) {
    const auto& known = parameters_.parameters();
    const auto at = std::find_if(known.begin(), known.end(), [&](const auto& p) { return p.first == axis.key; });
    if (at == known.end()) {
      std::vector<std::string> names;
      for (const auto& [name, parameter] : known) names.push_back(name);
      auto& d = diagnostics_.error("E0401", axis.keyPlace(), fmt::format("unknown parameter '{}'", excerpt(axis.key)))
                    .withHelp(names.empty() ? "this scenario has no `params:`" : suggestionHelp(axis.key, names));
      if (const auto near = suggest(axis.key, names)) d.withFix(*near);
      return false;
    }
    for (const auto& [name, place] : names_) {
      if (name != axis.key) continue;
      diagnostics_.error("E0303", axis.keyPlace(), fmt::format("'{}' is swept twice", name))
          .withRelated(place, "first here")
          .withHelp("keep one");
      return false;
    }
    names_.emplace_back(axis.key, axis.keyPlace());
    return true;
  }

  std::optional<Dimension> dimensionOf(const std::string& name) const {
    for (const auto& [known, parameter] : parameters_.parameters()) {
      const auto* q = std::get_if<Quantity>(&parameter.value);
      if (known == name && q != nullptr) return q->dimension;
    }
    return std::nullopt;
  }

  /// Whether the value is of the parameter's kind.
  bool fits(const std::string& name, const Value& value, const Place& place) {
    for (const auto& [known, parameter] : parameters_.parameters()) {
      if (known != name) continue;
      const auto* declared = std::get_if<Quantity>(&parameter.value);
      const auto* own = std::get_if<Quantity>(&value);
      const bool isOk = declared != nullptr && own != nullptr
                            ? isUsableAs(own->dimension, declared->dimension)
                            : declared == nullptr && value.index() == parameter.value.index();
      if (isOk) return true;
      const auto describe = [](const Value& v) -> std::string {
        if (const auto* q = std::get_if<Quantity>(&v)) return std::string(dimensionName(q->dimension));
        return std::holds_alternative<bool>(v) ? "true or false" : "a word";
      };
      diagnostics_
          .error("E0402", place, fmt::format("expected {}, found {}", describe(parameter.value), describe(value)))
          .withRelated(parameter.place, "declared here")
          .withHelp("sweep values of the parameter's own kind");
      return false;
    }
    return false;
  }

  std::vector<Value> list(const Node& axis) {
    std::vector<Value> values;
    if (!expectKind(axis, NodeKind::kList, context_) || !checkCount(axis, 1, kMostValues, context_)) return values;
    for (const Node* child : axis.children) {
      const auto value = readConstant(*child, diagnostics_);
      if (!value || !fits(axis.key, *value, child->place())) continue;
      if (std::find(values.begin(), values.end(), *value) != values.end()) {
        diagnostics_.error("E0303", child->place(), fmt::format("{} is in the list twice", textOf(*value)))
            .withHelp("two runs would be the same; `samples` draws several");
        continue;
      }
      values.push_back(*value);
    }
    return values;
  }

  std::vector<std::pair<std::string, std::vector<Value>>> axes(const Node& method) {
    std::vector<std::pair<std::string, std::vector<Value>>> out;
    if (!expectKind(method, NodeKind::kMap, context_) || !checkCount(method, 1, 100, context_)) return out;
    for (const Node* axis : method.children) {
      if (claim(*axis)) out.emplace_back(axis->key, list(*axis));
    }
    return out;
  }

  void grid(const Node& method) {
    for (const auto& [name, values] : axes(method)) {
      std::vector<SweepCell> cells;
      for (const Value& value : values) cells.push_back({{name, value}});
      factors_.push_back(std::move(cells));
    }
  }

  void zip(const Node& method) {
    const auto all = axes(method);
    std::vector<SweepCell> cells;
    for (const auto& [name, values] : all) {
      if (values.size() != all.front().second.size()) {
        diagnostics_
            .error("E0303", method.find(name)->keyPlace(),
                   fmt::format("'{}' has {} values and '{}' has {}", name, values.size(), all.front().first,
                               all.front().second.size()))
            .withHelp("zip pairs the lists value by value; they are equally long");
        return;
      }
      cells.resize(values.size());
      for (size_t i = 0; i < values.size(); ++i) cells[i].emplace_back(name, values[i]);
    }
    if (!cells.empty()) factors_.push_back(std::move(cells));
  }

  void pairwise(const Node& method) {
    const auto all = axes(method);
    if (all.size() < 2 || all.size() > kMostPairwise) {
      diagnostics_.error("E0303", method.keyPlace(), fmt::format("pairwise takes 2 to {} parameters", kMostPairwise))
          .withHelp("use grid");
      return;
    }
    std::vector<size_t> counts;
    for (const auto& [name, values] : all) counts.push_back(values.size());
    if (std::find(counts.begin(), counts.end(), 0u) != counts.end()) return;  // reported
    std::vector<size_t> largest = counts;
    std::sort(largest.rbegin(), largest.rend());
    if (largest[0] * largest[1] > 10'000) {
      tooMany(method.keyPlace());
      return;
    }
    std::vector<SweepCell> cells;
    for (const auto& row : pairwiseRows(counts)) {
      SweepCell cell;
      for (size_t i = 0; i < row.size(); ++i) cell.emplace_back(all[i].first, all[i].second[row[i]]);
      cells.push_back(std::move(cell));
    }
    factors_.push_back(std::move(cells));
  }

  void points(const Node& method, bool isHalton) {
    if (!expectKind(method, NodeKind::kMap, context_) || !checkCount(method, 1, kPrimes.size(), context_)) return;
    std::vector<SweepCell> cells(points_);
    plan_.dependsOnSeed = true;
    size_t index = 0;
    for (const Node* axis : method.children) {
      const size_t base = index++;
      if (!claim(*axis) || !expectKind(*axis, NodeKind::kMap, context_)) continue;
      const auto distribution = readDistribution(*axis, dimensionOf(axis->key), diagnostics_);
      if (!distribution || !fits(axis->key, distribution->quantile(0.5), axis->place())) continue;
      for (uint32_t i = 0; i < points_; ++i) {
        double u = 0;
        if (isHalton) {
          // Cranley and Patterson's shift: seeds differ, and the first points stay when more are asked for.
          const double shift = RandomSource(seed_, 0, "sweep/halton/" + axis->key).uniform();
          u = radicalInverse(i + 1, kPrimes[base]) + shift;
          u -= std::floor(u);
        } else {
          u = RandomSource(seed_, i, "sweep/random/" + axis->key).uniform();
        }
        cells[i].emplace_back(axis->key, distribution->quantile(u));
      }
    }
    factors_.push_back(std::move(cells));
  }

  bool tooMany(const Place& place) {
    diagnostics_.error("E0304", place, "the sweep has too many runs")
        .withHelp(fmt::format("at most {}; use pairwise, halton or random instead of grid", kMostRuns));
    return false;
  }

  bool multiply(const Node& node) {
    uint64_t count = plan_.samples;
    for (const auto& factor : factors_) {
      count *= factor.size();
      if (count > kMostRuns) return tooMany(node.keyPlace());
    }
    for (const auto& factor : factors_) {
      std::vector<SweepCell> product;
      for (const SweepCell& cell : plan_.cells) {
        for (const SweepCell& more : factor) {
          product.push_back(cell);
          product.back().insert(product.back().end(), more.begin(), more.end());
        }
      }
      plan_.cells = std::move(product);
    }
    return true;
  }

  void exclude(const Node& node) {
    const Node* text = node.find("exclude");
    if (text == nullptr) return;
    auto syntax = expression::parseSyntax(*text, {}, diagnostics_);
    if (!syntax) return;
    CellNames names(names_, &plan_.cells.front());
    if (!expression::check(*syntax, *text, names, expression::kTruth, diagnostics_)) return;
    std::vector<SweepCell> kept;
    for (const SweepCell& cell : plan_.cells) {
      names.setCell(&cell);
      if (!expression::isTrue(*syntax, names).value_or(false)) kept.push_back(cell);
    }
    if (kept.empty())
      diagnostics_.error("E0303", text->place(), "every combination is excluded").withHelp("loosen the condition");
    plan_.cells = std::move(kept);
  }

  void findSupport() {
    for (const SweepCell& cell : plan_.cells) {
      for (const auto& [name, value] : cell) {
        const auto [at, isNew] = plan_.support.try_emplace(name);
        SweptValue& support = at->second;
        if (const auto* q = std::get_if<Quantity>(&value)) {
          support.low = isNew ? q->si : std::min(support.low, q->si);
          support.high = isNew ? q->si : std::max(support.high, q->si);
        }
        const auto* word = std::get_if<std::string>(&value);
        const bool isKnown = word != nullptr && std::any_of(support.words.begin(), support.words.end(),
                                                            [&](const auto& w) { return w.first == *word; });
        if (word == nullptr || isKnown) continue;
        const auto place =
            std::find_if(names_.begin(), names_.end(), [&swept = name](const auto& n) { return n.first == swept; });
        support.words.emplace_back(*word, place->second);
      }
    }
  }

  const Draws& parameters_;
  uint64_t seed_ = 0;
  Diagnostics& diagnostics_;
  ReadContext context_;
  SweepPlan plan_;
  uint32_t points_ = 0;
  std::vector<std::pair<std::string, Place>> names_;
  std::vector<std::vector<SweepCell>> factors_;
};

/// Which pairs of values still have to appear together.
class Pairs {
 public:
  explicit Pairs(const std::vector<size_t>& counts) : counts_(counts) {}

  void require(size_t a, size_t b) {
    for (size_t i = 0; i < counts_[a]; ++i) {
      for (size_t j = 0; j < counts_[b]; ++j) open_.insert({a, i, b, j});
    }
  }
  bool isOpen(size_t a, size_t i, size_t b, size_t j) const { return open_.count({a, i, b, j}) > 0; }
  void cover(size_t a, size_t i, size_t b, size_t j) { open_.erase({a, i, b, j}); }
  const std::set<std::array<size_t, 4>>& open() const { return open_; }

 private:
  const std::vector<size_t>& counts_;
  std::set<std::array<size_t, 4>> open_;
};

}  // namespace

std::vector<std::vector<size_t>> pairwiseRows(const std::vector<size_t>& counts) {
  constexpr size_t kAny = static_cast<size_t>(-1);
  std::vector<std::vector<size_t>> rows;
  for (size_t i = 0; i < counts[0]; ++i) {
    for (size_t j = 0; j < counts[1]; ++j) rows.push_back({i, j});
  }
  for (size_t k = 2; k < counts.size(); ++k) {
    Pairs pairs(counts);
    for (size_t a = 0; a < k; ++a) pairs.require(a, k);
    const auto coverRow = [&](const std::vector<size_t>& row) {
      for (size_t a = 0; a < k; ++a) {
        if (row[a] != kAny) pairs.cover(a, row[a], k, row[k]);
      }
    };
    for (auto& row : rows) {  // each row gets the value that covers most
      size_t best = 0, bestCount = 0;
      for (size_t v = 0; v < counts[k]; ++v) {
        size_t count = 0;
        for (size_t a = 0; a < k; ++a) count += row[a] != kAny && pairs.isOpen(a, row[a], k, v) ? 1 : 0;
        if (count > bestCount) best = v, bestCount = count;
      }
      row.push_back(best);
      coverRow(row);
    }
    const auto open = pairs.open();
    for (const auto& [a, i, b, j] : open) {  // what is left fills holes, or new rows
      if (!pairs.isOpen(a, i, b, j)) continue;
      const size_t column = a, value = i, wanted = j;
      auto hole = std::find_if(rows.begin(), rows.end(),
                               [&](const auto& row) { return row[column] == kAny && row[k] == wanted; });
      if (hole == rows.end()) {
        rows.emplace_back(k + 1, kAny);
        hole = rows.end() - 1;
        (*hole)[k] = wanted;
      }
      (*hole)[column] = value;
      coverRow(*hole);
    }
  }
  for (auto& row : rows) {
    for (size_t& value : row) value = value == kAny ? 0 : value;
  }
  return rows;
}

double radicalInverse(uint64_t index, uint32_t base) {
  double value = 0, place = 1.0 / base;
  for (; index > 0; index /= base, place /= base) value += place * static_cast<double>(index % base);
  return value;
}

std::string textOf(const Value& value) {
  if (const auto* q = std::get_if<Quantity>(&value)) return formatQuantity(q->si, q->dimension);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  return std::get<std::string>(value);
}

std::optional<SweepPlan> readSweep(const Node* node, const Draws& parameters, uint64_t seed, Diagnostics& diagnostics) {
  if (node == nullptr) return SweepPlan{};
  return Reader(parameters, seed, diagnostics).read(*node);
}

}  // namespace nightfog::scenario
