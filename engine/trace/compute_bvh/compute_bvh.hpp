// The tracer of every Vulkan device: two levels of trees in buffers, walked by a compute kernel. No ray-tracing
// hardware is asked for.
#pragma once

#include "engine/trace/tracer.hpp"

namespace nightfog::trace {

std::unique_ptr<Tracer> makeComputeBvhTracer(SceneBuffers& scene, Jobs& jobs);

}  // namespace nightfog::trace
