#include "engine/core/error.hpp"
#include "engine/trace/brute_force/brute_force.hpp"
#include "engine/trace/compute_bvh/compute_bvh.hpp"
#include "engine/trace/embree/embree_tracer.hpp"

namespace nightfog::trace {

std::unique_ptr<Tracer> makeTracer(TracerKind kind, SceneBuffers& scene, Jobs& jobs) {
  if (kind == TracerKind::kAuto) {
    kind = scene.device().info().type == gpu::DeviceType::kCpu ? TracerKind::kEmbree : TracerKind::kComputeBvh;
  }
  switch (kind) {
    case TracerKind::kEmbree:
      return makeEmbreeTracer(scene, jobs);
    case TracerKind::kBruteForce:
      return makeBruteForceTracer(scene, jobs);
    case TracerKind::kComputeBvh:
    case TracerKind::kAuto:
      break;
  }
  return makeComputeBvhTracer(scene, jobs);
}

TracerKind tracerKindFromName(std::string_view name) {
  if (name == "auto") return TracerKind::kAuto;
  if (name == "compute" || name == "compute_bvh") return TracerKind::kComputeBvh;
  if (name == "embree") return TracerKind::kEmbree;
  if (name == "brute_force") return TracerKind::kBruteForce;
  throw Error(ExitCode::kUsage, fmt::format("there is no tracer '{}'", name),
              "Choose auto, compute, embree or brute_force.");
}

}  // namespace nightfog::trace
