// What a map itself puts on and beside its roads: signs and traffic lights, poles, trees, barriers, buildings, tunnels.
// What it paints on them is part of the surface (road/painted_marks.hpp).
#pragma once

#include "engine/content/scene.hpp"
#include "engine/road/signal_plan.hpp"

namespace nightfog::content {

/// Everything that stands still. Of traffic lights the posts and housings; their lamps are SceneContent::signalLamps.
/// Signs whose meaning is not known stand as white plates of the stated size.
void buildMapFurniture(const road::RoadNetwork& map, uint64_t seed, SceneContent& content);

/// Adds the lamps of all traffic lights to a snapshot, lit as the plan says at `at`.
/// @code lightSignals(content, plan, exposure.start, snapshot); @endcode
void lightSignals(const SceneContent& content, const road::SignalPlan& plan, SimTime at, SceneSnapshot& snapshot);

}  // namespace nightfog::content
