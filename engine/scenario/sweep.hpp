// `sweep:`: the runs that one file stands for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/scenario/draws.hpp"

namespace nightfog::scenario {

/// One combination of swept values; `samples` runs are drawn in it.
using SweepCell = std::vector<std::pair<std::string, Value>>;

/// Cells in the order of the file: the methods' lists multiplied with each other, the last one fastest. A run is
/// identified by its cell's values and the index of its draw, never by its place in the list, so that a value appended
/// leaves the other runs as they are.
struct SweepPlan {
  std::vector<SweepCell> cells{{}};
  uint32_t samples = 1;
  std::map<std::string, SweptValue> support;  ///< all values each parameter takes
  bool dependsOnSeed = false;
  bool isSweep = false;  ///< false: no `sweep:`; the file stands for as many runs as are asked for

  uint64_t runCount() const { return cells.size() * static_cast<uint64_t>(samples); }
};

inline constexpr uint64_t kMostRuns = 100'000;

/// `parameters` have been read. nullptr as node: no sweep. nullopt: reported.
std::optional<SweepPlan> readSweep(const config::Node* node, const Draws& parameters, uint64_t seed,
                                   config::Diagnostics& diagnostics);

/// Rows of value indices such that every pair of values of two parameters is in some row; deterministic. In-parameter-
/// order [Lei1998].
std::vector<std::vector<size_t>> pairwiseRows(const std::vector<size_t>& counts);
/// The i-th number of van der Corput's sequence in a base, in [0, 1).
double radicalInverse(uint64_t index, uint32_t base);
/// "40 m", "vehicle.suv", "true".
std::string textOf(const Value& value);

}  // namespace nightfog::scenario
