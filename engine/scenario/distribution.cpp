#include "engine/scenario/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/config/codec.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// A clip that leaves less than this of the distribution is a mistake, and would make drawing slow.
constexpr double kLeastAccepted = 1e-3;
/// P(still drawing) < (1 - 1e-3)^20000 = 2e-9; the nearest end of the clip is taken then.
constexpr int kMostDraws = 20'000;
constexpr size_t kMostOptions = 1000;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

double normalCdf(double x) {
  return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

class Reader {
 public:
  Reader(std::optional<Dimension> expected, Diagnostics& diagnostics, const ColumnReader& columns)
      : dimension_(expected), context_{diagnostics}, columns_(columns) {}

  std::optional<Distribution> read(const Node& node) {
    static const std::vector<std::string> kNames{"uniform", "normal", "lognormal", "triangular",
                                                 "choice",  "int",    "bernoulli", "empirical"};
    if (node.children.size() != 1) {
      context_.diagnostics.error("E0214", node.place(), "a distribution is a map with one key")
          .withHelp(suggestionHelp({}, kNames));
      return std::nullopt;
    }
    const Node& content = *node.children.front();
    const size_t before = context_.diagnostics.errorCount();
    Distribution out;
    if (content.key == "uniform") {
      out.shape = uniform(content);
    } else if (content.key == "normal") {
      out.shape = normal(content);
    } else if (content.key == "lognormal") {
      out.shape = logNormal(content);
    } else if (content.key == "triangular") {
      out.shape = triangular(content);
    } else if (content.key == "choice") {
      out.shape = choice(content);
    } else if (content.key == "int") {
      out.shape = integers(content);
    } else if (content.key == "bernoulli") {
      Bernoulli b;
      readQuantityInRange(content, Dimension::kRatio, {0, 1}, b.probability, context_);
      out.shape = b;
    } else if (content.key == "empirical") {
      out.shape = empirical(content);
    } else {
      context_.diagnostics
          .error("E0210", content.keyPlace(), fmt::format("'{}' is not a distribution", excerpt(content.key)))
          .withHelp(suggestionHelp(content.key, kNames));
    }
    out.dimension = dimension_.value_or(Dimension::kNumber);
    return context_.diagnostics.errorCount() == before ? std::optional(out) : std::nullopt;
  }

 private:
  /// A quantity of the distribution's dimension; the first one found fixes it.
  double value(const Node& node) {
    if (dimension_) return readQuantity(node, *dimension_, context_.diagnostics).value_or(0);
    const auto found = readAnyQuantity(node, context_.diagnostics);
    if (!found) return 0;
    dimension_ = found->dimension;
    return found->si;
  }

  bool list(const Node& node, size_t count) {
    return expectKind(node, NodeKind::kList, context_) && checkCount(node, count, count, context_);
  }

  void refuse(const Place& place, std::string message, std::string help) {
    context_.diagnostics.error("E0215", place, std::move(message)).withHelp(std::move(help));
  }

  std::pair<double, double> interval(const Node& node) {
    if (!list(node, 2)) return {};
    const size_t before = context_.diagnostics.errorCount();
    const double low = value(*node.children[0]), high = value(*node.children[1]);
    if (context_.diagnostics.errorCount() == before && low > high) {
      refuse(node.children[0]->place(), "the lower bound lies above the upper",
             fmt::format("write [{}, {}]", node.children[1]->text, node.children[0]->text));
    }
    return {low, high};
  }

  Uniform uniform(const Node& node) {
    const auto [low, high] = interval(node);
    return {low, high};
  }

  bool fields(const Node& node, std::initializer_list<const char*> required, const char* optional = "clip") {
    if (!expectKind(node, NodeKind::kMap, context_)) return false;
    std::vector<std::string> known(required.begin(), required.end());
    known.emplace_back(optional);
    bool ok = true;
    for (const Node* child : node.children) {
      if (std::find(known.begin(), known.end(), child->key) != known.end()) continue;
      context_.diagnostics
          .error("E0202", child->keyPlace(), fmt::format("unknown key '{}' in {}", excerpt(child->key), node.key))
          .withHelp(suggestionHelp(child->key, known));
      ok = false;
    }
    for (const char* name : required) {
      if (node.find(name) != nullptr || !ok) continue;
      context_.diagnostics.error("E0201", node.place(), fmt::format("{} needs '{}'", node.key, name));
      ok = false;
    }
    return ok;
  }

  /// `shareBetween(low, high)`: the probability that a draw lies there.
  template <class F>
  std::optional<std::pair<double, double>> clip(const Node& node, F shareBetween) {
    const Node* child = node.find("clip");
    if (child == nullptr) return std::nullopt;
    const size_t before = context_.diagnostics.errorCount();
    const auto bounds = interval(*child);
    if (context_.diagnostics.errorCount() == before && shareBetween(bounds.first, bounds.second) < kLeastAccepted) {
      refuse(child->place(), "hardly any draw falls between these bounds", "widen the clip, or use uniform");
    }
    return bounds;
  }

  Normal normal(const Node& node) {
    Normal n;
    if (!fields(node, {"mean", "sd"})) return n;
    n.mean = value(*node.find("mean"));
    n.sd = value(*node.find("sd"));
    if (n.sd < 0) refuse(node.find("sd")->place(), "a standard deviation is not negative", "remove the sign");
    n.clip = clip(node, [&](double low, double high) {
      if (n.sd <= 0) return low <= n.mean && n.mean <= high ? 1.0 : 0.0;
      return normalCdf((high - n.mean) / n.sd) - normalCdf((low - n.mean) / n.sd);
    });
    return n;
  }

  LogNormal logNormal(const Node& node) {
    LogNormal n;
    if (!fields(node, {"median", "sigma"})) return n;
    n.median = value(*node.find("median"));
    readQuantityInRange(*node.find("sigma"), Dimension::kNumber, {0, 5}, n.sigma, context_);
    if (n.median <= 0) {
      refuse(node.find("median")->place(), "the median of a lognormal distribution is positive",
             "use normal for values of either sign");
      return n;
    }
    n.clip = clip(node, [&](double low, double high) {
      if (n.sigma <= 0) return low <= n.median && n.median <= high ? 1.0 : 0.0;
      const auto cdf = [&](double x) { return x <= 0 ? 0.0 : normalCdf(std::log(x / n.median) / n.sigma); };
      return cdf(high) - cdf(low);
    });
    return n;
  }

  Triangular triangular(const Node& node) {
    Triangular t;
    if (!list(node, 3)) return t;
    const size_t before = context_.diagnostics.errorCount();
    t = {value(*node.children[0]), value(*node.children[1]), value(*node.children[2])};
    const bool ordered = t.low <= t.mode && t.mode <= t.high;
    if (context_.diagnostics.errorCount() == before && !ordered)
      refuse(node.children[0]->place(), "not in the order [low, mode, high]", "sort them");
    return t;
  }

  static bool looksLikeQuantity(const Node& node) {
    return node.style == ScalarStyle::kPlain && !node.text.empty() &&
           std::string_view("+-.0123456789").find(node.text[0]) != std::string_view::npos;
  }

  void addOption(Choice& out, const Node& node, double weight) {
    Choice::Option option;
    option.weight = weight;
    option.place = node.place();
    if (looksLikeQuantity(node)) {
      const double si = value(node);
      option.value = Quantity{si, dimension_.value_or(Dimension::kNumber)};
    } else if (expectKind(node, NodeKind::kScalar, context_) &&
               checkIdentifier(node.text, node.place(), true, context_)) {
      option.value = node.text;
    } else {
      return;
    }
    if (!out.options.empty() && out.options.front().value.index() != option.value.index()) {
      refuse(option.place, "a choice is between quantities or between words, not both", "make all options of one kind");
    }
    out.options.push_back(std::move(option));
  }

  Choice choice(const Node& node) {
    Choice out;
    if (node.isList()) {
      if (!checkCount(node, 1, kMostOptions, context_)) return out;
      for (const Node* child : node.children) addOption(out, *child, 1);
    } else if (node.isMap()) {
      if (!checkCount(node, 1, kMostOptions, context_)) return out;
      double total = 0;
      for (const Node* child : node.children) {
        double weight = 0;
        readQuantityInRange(*child, Dimension::kRatio, {0, 1e9}, weight, context_);
        total += weight;
        Node key;  // the option stands where the map's key does
        key.kind = NodeKind::kScalar;
        key.text = child->key;
        key.range = child->keyRange;
        key.source = child->source;
        addOption(out, key, weight);
      }
      if (total <= 0) refuse(node.place(), "the weights sum to nothing", "give at least one option a weight above 0");
    } else {
      context_.diagnostics.error(
          "E0203", node.place(),
          fmt::format("expected a list of options or a map of weights, found {}", node.kindName()));
    }
    return out;
  }

  IntegerRange integers(const Node& node) {
    IntegerRange out;
    if (dimension_ && !isUsableAs(Dimension::kNumber, *dimension_)) {
      refuse(node.place(), fmt::format("int draws plain numbers; expected {}", dimensionName(*dimension_)),
             "use uniform or choice");
      return out;
    }
    dimension_ = Dimension::kNumber;
    const auto [low, high] = interval(node);
    constexpr double kLargest = 1e15;  // exact in a double
    if (low != std::floor(low) || high != std::floor(high) || std::abs(low) > kLargest || std::abs(high) > kLargest) {
      refuse(node.place(), "int takes two whole numbers of at most 15 digits", "use uniform for other numbers");
      return out;
    }
    return {static_cast<int64_t>(low), static_cast<int64_t>(high)};
  }

  /// `{file: speeds.csv, column: speed, unit: km/h}`.
  Empirical empirical(const Node& node) {
    Empirical out;
    if (!fields(node, {"file", "column"}, "unit")) return out;
    double toSi = 1;
    Dimension found = Dimension::kNumber;
    if (const Node* unit = node.find("unit")) {
      const Unit* known = unit->isScalar() ? findUnit(unit->text) : nullptr;
      if (known == nullptr) {
        context_.diagnostics.error("E0208", unit->place(), fmt::format("unknown unit '{}'", excerpt(unit->text)))
            .withHelp("the table of units is in scenarios/README.md");
        return out;
      }
      toSi = known->multiply / known->divide;
      found = known->dimension;
    }
    if (dimension_ && !isUsableAs(found, *dimension_)) {
      refuse(node.place(),
             fmt::format("expected {}, and the column holds {}", dimensionName(*dimension_), dimensionName(found)),
             "give the column's unit: `unit: km/h`");
      return out;
    }
    if (!dimension_) dimension_ = found;
    const Node& file = *node.find("file");
    const Node& column = *node.find("column");
    if (!expectKind(file, NodeKind::kScalar, context_) || !expectKind(column, NodeKind::kScalar, context_)) return out;
    if (!columns_) {
      context_.diagnostics.error("E0501", node.keyPlace(), "observed values cannot be drawn here")
          .withHelp("put the distribution under `params:` of the scenario");
      return out;
    }
    if (auto values = columns_(file, column.text, toSi, context_.diagnostics)) out.values = std::move(*values);
    std::sort(out.values.begin(), out.values.end());
    return out;
  }

  std::optional<Dimension> dimension_;
  ReadContext context_;
  const ColumnReader& columns_;
};

double clipped(const std::optional<std::pair<double, double>>& clip, auto draw) {
  double value = draw();
  for (int i = 1; clip && i < kMostDraws && (value < clip->first || value > clip->second); ++i) value = draw();
  return clip ? std::clamp(value, clip->first, clip->second) : value;
}

/// Inverse of the distribution function, which is a parabola on either side of the mode.
double triangularQuantile(const Triangular& d, double u) {
  const double width = d.high - d.low;
  if (width <= 0) return d.low;
  const double split = (d.mode - d.low) / width;
  return u < split ? d.low + std::sqrt(u * width * (d.mode - d.low))
                   : d.high - std::sqrt((1 - u) * width * (d.high - d.mode));
}

/// The option within whose share of the weights `u` falls.
Value optionAt(const Choice& d, double u) {
  double total = 0;
  for (const auto& option : d.options) total += option.weight;
  double left = u * total;
  const Choice::Option* chosen = nullptr;
  for (const auto& option : d.options) {
    if (option.weight <= 0) continue;
    chosen = &option;
    if (left < option.weight) break;
    left -= option.weight;
  }
  NF_ASSERT(chosen != nullptr, "a choice without weight");
  return chosen->value;
}

}  // namespace

Value Distribution::draw(RandomSource& source) const {
  const auto quantity = [&](double si) { return Value(Quantity{si, dimension}); };
  return std::visit(
      Overloaded{
          [&](const Uniform& d) { return quantity(source.uniform(d.low, d.high)); },
          [&](const Normal& d) { return quantity(clipped(d.clip, [&] { return source.normal(d.mean, d.sd); })); },
          [&](const LogNormal& d) {
            return quantity(clipped(d.clip, [&] { return d.median * std::exp(source.normal(0, d.sigma)); }));
          },
          [&](const Triangular& d) { return quantity(triangularQuantile(d, source.uniform())); },
          [&](const Choice& d) { return optionAt(d, source.uniform()); },
          [&](const IntegerRange& d) {
            const auto span = static_cast<uint64_t>(d.high - d.low) + 1;
            return quantity(static_cast<double>(d.low + static_cast<int64_t>(source.below(span))));
          },
          [&](const Bernoulli& d) { return Value(source.bernoulli(d.probability)); },
          [&](const Empirical& d) { return quantity(d.values[source.below(d.values.size())]); },
      },
      shape);
}

namespace {

/// Share of a normal distribution below x, of a point when it has no spread.
double normalShare(double x, double mean, double sd) {
  if (sd <= 0) return x < mean ? 0.0 : 1.0;
  return normalCdf((x - mean) / sd);
}

double truncatedNormalQuantile(double u, double mean, double sd, const std::optional<std::pair<double, double>>& clip) {
  if (sd <= 0) return mean;
  const double low = clip ? normalShare(clip->first, mean, sd) : 0.0;
  const double high = clip ? normalShare(clip->second, mean, sd) : 1.0;
  // The tails of an unbounded distribution are cut where a double's 53 bits end.
  const double p = std::clamp(low + u * (high - low), 1e-16, 1 - 1e-16);
  const double x = mean + sd * normalQuantile(p);
  return clip ? std::clamp(x, clip->first, clip->second) : x;
}

double normalLogDensity(double x, double mean, double sd, const std::optional<std::pair<double, double>>& clip) {
  if (sd <= 0) return x == mean ? 0.0 : -kInfinity;
  if (clip && (x < clip->first || x > clip->second)) return -kInfinity;
  const double share = clip ? normalShare(clip->second, mean, sd) - normalShare(clip->first, mean, sd) : 1.0;
  const double z = (x - mean) / sd;
  return -0.5 * z * z - std::log(sd * std::sqrt(2 * 3.14159265358979323846)) - std::log(share);
}

std::optional<std::pair<double, double>> logBounds(const LogNormal& d) {
  if (!d.clip) return std::nullopt;
  const auto ln = [&](double x) { return x <= 0 ? -kInfinity : std::log(x / d.median); };
  return std::pair(ln(d.clip->first), ln(d.clip->second));
}

}  // namespace

Value Distribution::quantile(double u) const {
  const auto quantity = [&](double si) { return Value(Quantity{si, dimension}); };
  return std::visit(Overloaded{
                        [&](const Uniform& d) { return quantity(d.low + u * (d.high - d.low)); },
                        [&](const Normal& d) { return quantity(truncatedNormalQuantile(u, d.mean, d.sd, d.clip)); },
                        [&](const LogNormal& d) {
                          return quantity(d.median * std::exp(truncatedNormalQuantile(u, 0, d.sigma, logBounds(d))));
                        },
                        [&](const Triangular& d) { return quantity(triangularQuantile(d, u)); },
                        [&](const Choice& d) { return optionAt(d, u); },
                        [&](const IntegerRange& d) {
                          const double count = static_cast<double>(d.high - d.low) + 1;
                          return quantity(static_cast<double>(d.low) + std::min(std::floor(u * count), count - 1));
                        },
                        [&](const Bernoulli& d) { return Value(u < d.probability); },
                        [&](const Empirical& d) {
                          const auto count = static_cast<double>(d.values.size());
                          return quantity(d.values[static_cast<size_t>(std::min(std::floor(u * count), count - 1))]);
                        },
                    },
                    shape);
}

double Distribution::logDensity(const Value& value) const {
  const auto* q = std::get_if<Quantity>(&value);
  const double x = q != nullptr ? q->si : 0;
  const auto inside = [](bool is, double density) { return is && density > 0 ? std::log(density) : -kInfinity; };
  return std::visit(
      Overloaded{
          [&](const Uniform& d) {
            if (d.high <= d.low) return x == d.low ? 0.0 : -kInfinity;
            return inside(x >= d.low && x <= d.high, 1 / (d.high - d.low));
          },
          [&](const Normal& d) { return normalLogDensity(x, d.mean, d.sd, d.clip); },
          [&](const LogNormal& d) {
            if (x <= 0) return -kInfinity;
            return normalLogDensity(std::log(x / d.median), 0, d.sigma, logBounds(d)) - std::log(x);
          },
          [&](const Triangular& d) {
            const double width = d.high - d.low;
            if (width <= 0) return x == d.low ? 0.0 : -kInfinity;
            if (x < d.low || x > d.high) return -kInfinity;
            const double peak = 2 / width;
            const double density = x < d.mode        ? peak * (x - d.low) / (d.mode - d.low)
                                   : d.high > d.mode ? peak * (d.high - x) / (d.high - d.mode)
                                                     : peak;
            return inside(true, density);
          },
          [&](const Choice& d) {
            double total = 0, own = 0;
            for (const auto& option : d.options) {
              total += option.weight;
              const auto* other = std::get_if<Quantity>(&option.value);
              const bool isSame = other != nullptr && q != nullptr
                                      ? other->si == q->si
                                      : other == nullptr && q == nullptr && option.value == value;
              if (isSame) own += option.weight;
            }
            return inside(own > 0, own / total);
          },
          [&](const IntegerRange& d) {
            const bool is = x == std::floor(x) && x >= static_cast<double>(d.low) && x <= static_cast<double>(d.high);
            return inside(is, 1 / (static_cast<double>(d.high - d.low) + 1));
          },
          [&](const Bernoulli& d) {
            const auto* truth = std::get_if<bool>(&value);
            return inside(truth != nullptr, truth != nullptr && *truth ? d.probability : 1 - d.probability);
          },
          [&](const Empirical& d) {
            const auto own = std::count(d.values.begin(), d.values.end(), x);
            return inside(own > 0, static_cast<double>(own) / static_cast<double>(d.values.size()));
          },
      },
      shape);
}

std::pair<double, double> Distribution::support() const {
  using Bounds = std::pair<double, double>;
  return std::visit(
      Overloaded{
          [](const Uniform& d) { return Bounds(d.low, d.high); },
          [](const Normal& d) {
            return d.clip.value_or(d.sd > 0 ? Bounds(-kInfinity, kInfinity) : Bounds(d.mean, d.mean));
          },
          [](const LogNormal& d) {
            return d.clip.value_or(d.sigma > 0 ? Bounds(0, kInfinity) : Bounds(d.median, d.median));
          },
          [](const Triangular& d) { return Bounds(d.low, d.high); },
          [](const Choice& d) {
            Bounds bounds(kInfinity, -kInfinity);
            for (const auto& option : d.options) {
              const auto* q = std::get_if<Quantity>(&option.value);
              if (q == nullptr) return Bounds(0, 0);
              bounds = {std::min(bounds.first, q->si), std::max(bounds.second, q->si)};
            }
            return bounds;
          },
          [](const IntegerRange& d) { return Bounds(static_cast<double>(d.low), static_cast<double>(d.high)); },
          [](const Bernoulli&) { return Bounds(0, 0); },
          [](const Empirical& d) { return Bounds(d.values.front(), d.values.back()); },
      },
      shape);
}

std::optional<Distribution> readDistribution(const Node& node, std::optional<Dimension> expected,
                                             Diagnostics& diagnostics, const ColumnReader& columns) {
  return Reader(expected, diagnostics, columns).read(node);
}

}  // namespace nightfog::scenario
