// What a parameter may be instead of a constant. Each is drawn from a random source of its own name.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/config/document.hpp"
#include "engine/config/quantity.hpp"
#include "engine/core/random.hpp"

namespace nightfog::scenario {

/// A drawn or constant value: a quantity, a word (an asset's id), or a truth.
using Value = std::variant<config::Quantity, std::string, bool>;

struct Uniform {
  double low = 0, high = 0;
};
/// Truncated to the clip: draws outside it are drawn again.
struct Normal {
  double mean = 0, sd = 0;
  std::optional<std::pair<double, double>> clip;
};
/// exp of a normal distribution: median exp(mu), sigma that of the logarithm. Truncated likewise.
struct LogNormal {
  double median = 1, sigma = 0;
  std::optional<std::pair<double, double>> clip;
};
struct Triangular {
  double low = 0, mode = 0, high = 0;
};
struct Choice {
  struct Option {
    Value value;
    double weight = 1;
    config::Place place;
  };
  std::vector<Option> options;
};
/// Whole numbers, both ends included.
struct IntegerRange {
  int64_t low = 0, high = 0;
};
struct Bernoulli {
  double probability = 0.5;
};

/// One of observed values, each as likely.
struct Empirical {
  std::vector<double> values;  ///< ascending, SI
};

struct Distribution {
  config::Dimension dimension = config::Dimension::kNumber;  ///< of the quantities drawn
  std::variant<Uniform, Normal, LogNormal, Triangular, Choice, IntegerRange, Bernoulli, Empirical> shape;

  Value draw(RandomSource& source) const;
  /// The value below which a share u of [0, 1) of all draws lies; of choices, in the order of the options.
  Value quantile(double u) const;
  /// ln of the density at a value (of the probability, where values are discrete), SI; -infinity where it cannot be.
  double logDensity(const Value& value) const;
  /// Every quantity that can be drawn lies between; infinite where nothing bounds it. (0, 0) when no quantity is drawn.
  std::pair<double, double> support() const;
};

/// Reads `{uniform: [2 m/s, 3 m/s]}` and its like. `expected`: the dimension wanted; none: the first quantity decides.
/// Reports and returns nullopt when something is wrong.
/// `columns` reads the files of `empirical`; empty: there are none here.
using ColumnReader = std::function<std::optional<std::vector<double>>(
    const config::Node& file, const std::string& column, double toSi, config::Diagnostics&)>;
std::optional<Distribution> readDistribution(const config::Node& node, std::optional<config::Dimension> expected,
                                             config::Diagnostics& diagnostics, const ColumnReader& columns = {});

}  // namespace nightfog::scenario
