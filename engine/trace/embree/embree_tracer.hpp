// Embree on the CPU's cores, straight from the device's mapped ray and hit buffers. See README.md for what was
// measured.
#pragma once

#include "engine/trace/tracer.hpp"

namespace nightfog::trace {

/// Throws Error (usage) where the host cannot see the device's buffers, and Error when Embree cannot start.
std::unique_ptr<Tracer> makeEmbreeTracer(SceneBuffers& scene, Jobs& jobs);

}  // namespace nightfog::trace
