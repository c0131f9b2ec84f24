// What a set of runs covers: features, and combinations of them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/scenario/scenario.hpp"

namespace nightfog::lang {

/// A run as values of factors: {"tags.layers", "L4"}, {"fog_visibility", "40 m … 80 m"}.
using Features = std::set<std::pair<std::string, std::string>>;

/// Counts of every value, and of every combination of t values of t different factors.
struct CoverageTable {
  std::map<std::string, std::map<std::string, uint32_t>> values;  ///< by factor
  std::map<Features, uint32_t> combinations;                      ///< those that occur
  uint64_t possible = 0;                                          ///< combinations of values that occur singly
  uint32_t runs = 0;
};

/// Runs' drawn numbers, to be binned: bins of equal width between the least and the greatest value that occurs.
std::vector<Features> binned(const std::vector<Features>& words,
                             const std::vector<std::map<std::string, double>>& numbers, uint32_t bins);
CoverageTable countCoverage(const std::vector<Features>& runs, uint32_t strength);

}  // namespace nightfog::lang
