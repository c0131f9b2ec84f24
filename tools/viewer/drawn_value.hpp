// What a form shows of a value that is drawn: the distribution's curve, its terms, and what this run drew. No window.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/config/document.hpp"
#include "engine/config/quantity.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::viewer {

struct DrawnValue {
  /// A number of the distribution that can be edited by itself.
  struct Term {
    std::string path;  ///< of its value in the text
    std::string name;  ///< "low", "mean", …
    std::string text;
  };
  std::string kind;  ///< "uniform"; empty: a `$parameter`
  std::vector<Term> terms;
  double low = 0, high = 0;     ///< of the curve, SI; without what nothing bounds: all but a thousandth of the draws
  std::vector<double> density;  ///< over them, equally far apart, relative to the greatest; empty: no quantity
  /// Of what is no interval: options and their probabilities.
  std::vector<std::pair<std::string, double>> options;
  std::optional<double> value_si;      ///< that this run drew, of a quantity
  std::string value;                   ///< likewise, in words; empty: it is not known
  const config::Unit* unit = nullptr;  ///< that the author counts in; nullptr: none
  std::string textOf(double si) const;
};

/// nullopt: the node holds no distribution and no `$parameter`, or one with mistakes. `expected`: what is measured, if
/// that is known. `run`: the run in hand; nullptr: none.
/// @code
///   if (const auto drawn = drawnValueAt(*node, config::Dimension::kLength, &scenario)) plot(drawn->density);
/// @endcode
std::optional<DrawnValue> drawnValueAt(const config::Node& node, std::optional<config::Dimension> expected,
                                       const scenario::Scenario* run);

}  // namespace nightfog::viewer
