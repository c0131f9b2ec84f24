// Who plays the movers of a SUMO trace. Part of building a scenario.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/fcd/trace.hpp"

namespace nightfog::scenario {

/// What is known of the trace's types of vehicles.
struct TraceTypes {
  std::map<std::string, std::string> assets;         ///< by type: asset, or "none": left out
  std::map<std::string, fcd::VehicleType> declared;  ///< of a file of vTypes
};

/// By type: why nobody can play it.
using Unplayable = std::map<std::string, std::string>;

/// By mover: an asset, empty for who is left out. A type that is an asset's id is that asset; else assets of its class
/// that are about as long are drawn from, as a function of the seed and the mover's id.
std::vector<std::string> castTrace(const fcd::Trace& trace, const TraceTypes& types, const catalog::Catalog& catalog,
                                   uint64_t seed, Unplayable& unplayable);

}  // namespace nightfog::scenario
