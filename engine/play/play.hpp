// The moving world alone, without sensors: where everybody is, step by step.
//
// @code
//   for (const play::Row& row : play::playWorld(scenario, catalog)) use(row.time_s, row.name, row.worldFromActor);
// @endcode
#pragma once

#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/events/story.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::play {

/// An actor at an instant.
struct Row {
  double time_s = 0;
  uint32_t object = 0;  ///< id, from 1
  std::string name;
  RigidTransform worldFromActor;
  double speed_mps = 0;
};

struct Played {
  std::vector<Row> rows;                  ///< by time, then object
  std::vector<events::TraceEntry> trace;  ///< which events fired, and how near the others came
};

/// A row an actor every `interval`, from 0 s to the scenario's end. Limbs are not moved. Throws Error for what an actor
/// cannot do.
Played playWorld(const scenario::Scenario& scenario, const catalog::Catalog& catalog,
                 SimTime interval = SimTime::fromMs(50));

/// time, id, name, x, y, z [m], h, p, r [rad], speed [m/s]: the columns that players of OpenSCENARIO write.
std::string toCsv(const std::vector<Row>& rows);

}  // namespace nightfog::play
