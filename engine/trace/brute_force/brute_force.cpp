#include "engine/trace/brute_force/brute_force.hpp"

#include "engine/shared/pose.h"
#include "engine/shared/shape.h"
#include "engine/shared/texel.h"
#include "engine/shared/triangle.h"
#include "engine/trace/host_batch.hpp"

namespace nightfog::trace {

namespace {

class BruteForceTracer final : public Tracer {
 public:
  BruteForceTracer(SceneBuffers& scene, Jobs& jobs) : scene_(scene), jobs_(jobs) {}

  std::string_view name() const override { return "brute_force"; }
  void build() override {}
  void update() override {}

  void closestHit(gpu::Stream& stream, const RayBatch& batch) override { trace(stream, batch); }
  void anyHit(gpu::Stream& stream, const RayBatch& batch) override { trace(stream, batch); }

 private:
  void trace(gpu::Stream& stream, const RayBatch& batch) {
    stream.hostTask("trace.brute_force", [this, rays = &batch.rays, hits = &batch.hits, count = batch.count] {
      HostBatch host(scene_.device(), *rays, *hits, count);
      const SceneBuffers::HostView view = scene_.host();
      jobs_.parallelFor(count, 4, [&](size_t begin, size_t end) {
        for (size_t i = begin; i < end; ++i) host.hits()[i] = closest(view, host.rays()[i]);
      });
      host.finish();
    });
  }

  static shared::Hit closest(const SceneBuffers::HostView& view, const shared::Ray& ray) {
    shared::Hit best{ray.tMax, shared::kNoHit, 0, 0, 0};
    if (!shared::isTraceable(ray)) return best;
    for (uint32_t i = 0; i < view.instances.size(); ++i) {
      const shared::Instance& instance = view.instances[i];
      if ((instance.mask & ray.mask) == 0) continue;
      if (ray.target != shared::kAnyTarget && ray.target != instance.object) continue;
      meetInstance(view, ray, i, best);
    }
    return best;
  }

  static void meetInstance(const SceneBuffers::HostView& view, const shared::Ray& ray, uint32_t index,
                           shared::Hit& best) {
    const shared::Instance& instance = view.instances[index];
    float fraction = 0;
    const uint32_t key =
        instance.firstKey + shared::poseSegment(ray.time_s, view.keyStep_s, instance.keyCount, fraction);
    const shared::PoseKey pose = instance.keyCount == 1
                                     ? view.poseKeys[key]
                                     : shared::interpolatePose(view.poseKeys[key], view.poseKeys[key + 1], fraction);
    const uint32_t shape = shared::shapeSegment(pose.shape, instance.shapeCount, fraction);
    const shared::MeshRange& mesh = view.meshes[instance.mesh + shape];
    const auto corner = [&](uint32_t vertex) {
      return shared::cornerBetween(view.positions[mesh.firstVertex + vertex], view.positions[mesh.nextVertex + vertex],
                                   fraction);
    };
    const shared::RayShear shear =
        shared::makeRayShear(shared::pointToBody(pose, ray.origin), shared::rotateBack(pose.rotation, ray.direction));
    for (uint32_t triangle = 0; triangle < mesh.triangleCount; ++triangle) {
      const glm::uvec3& corners = view.triangles[mesh.firstTriangle + triangle];
      glm::vec3 hit;
      if (!shared::intersectTriangle(shear, corner(corners.x), corner(corners.y), corner(corners.z),
                                     glm::max(ray.tMin, 0.0f), best.t, hit)) {
        continue;
      }
      if (best.instance != shared::kNoHit && hit.x == best.t) continue;  // of equals the first counts
      if (!isOpaqueAt(view, mesh, triangle, hit.y, hit.z)) continue;
      best = {hit.x, index, triangle, hit.y, hit.z};
    }
  }

  SceneBuffers& scene_;
  Jobs& jobs_;
};

}  // namespace

std::unique_ptr<Tracer> makeBruteForceTracer(SceneBuffers& scene, Jobs& jobs) {
  return std::make_unique<BruteForceTracer>(scene, jobs);
}

}  // namespace nightfog::trace
