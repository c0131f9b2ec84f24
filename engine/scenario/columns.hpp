// Columns of CSV files with observed values, for `empirical` distributions.
#pragma once

#include "engine/scenario/distribution.hpp"
#include "engine/scenario/imports.hpp"

namespace nightfog::scenario {

/// Reads comma-separated text with a header line: at most 4 MiB and 100,000 rows; files lie where imports may.
ColumnReader columnReader(Roots roots, FileCache& cache);

}  // namespace nightfog::scenario
