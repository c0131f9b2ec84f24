// Runs are rendered again without something, to compare with.
#pragma once

namespace nightfog::simulation {

/// What a run's twin is without.
enum class Twin { kNone, kWeather, kFaults };

}  // namespace nightfog::simulation
