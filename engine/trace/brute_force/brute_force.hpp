// The oracle: every ray against every triangle of every instance, no acceleration structure, nothing to get wrong but
// the shared functions.
#pragma once

#include "engine/trace/tracer.hpp"

namespace nightfog::trace {

/// Runs on any device; rays cost the number of triangles in the scene each.
std::unique_ptr<Tracer> makeBruteForceTracer(SceneBuffers& scene, Jobs& jobs);

}  // namespace nightfog::trace
