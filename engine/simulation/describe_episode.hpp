// What a record says of its episode before the first frame.
#pragma once

#include "engine/record/episode.hpp"
#include "engine/simulation/episode.hpp"

namespace nightfog::simulation {

record::EpisodeInfo describeEpisode(const scenario::Scenario& scenario, const catalog::Catalog& catalog,
                                    const content::SceneContent& content);

/// How the record came to be: what its bytes depend on besides the scenario, and nothing that differs between equal
/// runs.
record::Provenance describeProvenance(const EpisodeServices& services, std::string_view tracer);

}  // namespace nightfog::simulation
