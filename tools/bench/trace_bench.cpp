#include "tools/bench/trace_bench.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/hash.hpp"
#include "tools/bench/raw_embree.hpp"
#include "tools/bench/timing.hpp"

namespace nightfog::bench {

namespace {

using trace::SceneBuffers;
using trace::Tracer;
using trace::TracerKind;
/// Runs `task` and keeps the least wall and processor time seen; 0: none yet.
template <class Task>
void keepBest(double& wall_s, double* cpu_s, const Task& task) {
  const double cpuBefore = processorSeconds();
  const Clock::time_point start = Clock::now();
  task();
  const double wall = since(start);
  const double cpu = processorSeconds() - cpuBefore;
  wall_s = wall_s == 0 ? wall : std::min(wall_s, wall);
  if (cpu_s != nullptr) *cpu_s = *cpu_s == 0 ? cpu : std::min(*cpu_s, cpu);
}

/// One of our tracers with its buffers.
class Contestant {
 public:
  Contestant(TracerKind kind, SceneBuffers& scene, Jobs& jobs, const std::vector<shared::Ray>& rays)
      : device_(scene.device()),
        tracer_(trace::makeTracer(kind, scene, jobs)),
        stream_(device_),
        rays_(device_.createBuffer(std::as_bytes(std::span(rays)), "bench.rays")),
        hits_(device_.createBuffer(rays.size() * sizeof(shared::Hit), gpu::Memory::kDevice, "bench.hits")),
        count_(static_cast<uint32_t>(rays.size())) {
    timing.name = tracer_->name();
    Clock::time_point start = Clock::now();
    tracer_->build();
    timing.build_s = since(start);
    start = Clock::now();
    tracer_->update();
    timing.update_s = since(start);
  }

  void closest() {
    keepBest(timing.closest_s, &timing.closestCpu_s, [&] {
      tracer_->closestHit(stream_, {rays_, hits_, count_});
      stream_.finish();
    });
  }
  void any() {
    keepBest(timing.any_s, nullptr, [&] {
      tracer_->anyHit(stream_, {rays_, hits_, count_});
      stream_.finish();
    });
  }

  std::vector<shared::Hit> hits() {
    closest();
    std::vector<shared::Hit> hits(count_);
    device_.download(hits_, std::as_writable_bytes(std::span(hits)));
    Sha256 hash;
    hash.update(std::as_bytes(std::span(hits)));
    timing.hash = hash.hex();
    return hits;
  }

  TraceTiming timing;

 private:
  gpu::Device& device_;
  std::unique_ptr<Tracer> tracer_;
  gpu::Stream stream_;
  gpu::Buffer rays_;
  gpu::Buffer hits_;
  uint32_t count_;
};

/// Whether a hit lies on an edge of its triangle as far as floats can tell: a tile's corners, up to 128 m from its
/// origin, are rounded by 4 um, which is 1e-4 of the height of a triangle 4 cm high.
bool isOnEdge(const shared::Hit& hit) {
  return std::min({hit.u, hit.v, 1 - hit.u - hit.v}) < 1e-4f;
}

TraceAgreement agree(const std::string& nameA, const std::vector<shared::Hit>& a, const std::string& nameB,
                     const std::vector<shared::Hit>& b) {
  TraceAgreement result{nameA, nameB, a.size(), 0, 0, 0, 0};
  for (size_t i = 0; i < a.size(); ++i) {
    const bool bothHit = a[i].instance != shared::kNoHit && b[i].instance != shared::kNoHit;
    if (a[i].instance == b[i].instance && (!bothHit || a[i].primitive == b[i].primitive)) {
      ++result.same;
    } else if (bothHit && std::abs(a[i].t - b[i].t) <= 1e-4f * std::max(1.0f, b[i].t)) {
      ++result.close;
    } else if (isOnEdge(a[i].t < b[i].t ? a[i] : b[i])) {
      ++result.onEdge;
    } else {
      ++result.different;
    }
  }
  return result;
}

std::vector<shared::Hit> bruteForce(SceneBuffers& scene, Jobs& jobs, const std::vector<shared::Ray>& rays) {
  return Contestant(TracerKind::kBruteForce, scene, jobs, rays).hits();
}

}  // namespace

TraceBenchResult benchTracers(gpu::Device& device, Jobs& jobs, const content::SceneContent& content,
                              const content::SceneSnapshot& snapshot, const glm::dvec3& origin,
                              const std::vector<shared::Ray>& rays, int repetitions) {
  SceneBuffers scene(device, content);
  scene.setFrame(snapshot, origin);
  TraceBenchResult result;
  result.rays = rays.size();
  for (const shared::Instance& instance : scene.host().instances) {
    result.triangles += scene.host().meshes[instance.mesh].triangleCount;
    result.movingInstances += instance.keyCount > 1 ? 1 : 0;
  }
  Contestant embree(TracerKind::kEmbree, scene, jobs, rays);
  Contestant compute(TracerKind::kComputeBvh, scene, jobs, rays);
  RawEmbree flat(scene, rays, RawEmbree::Layout::kFlat);
  RawEmbree twoLevel(scene, rays, RawEmbree::Layout::kTwoLevel);
  result.rawFlat.name = "raw Embree, flat";
  result.rawFlat.build_s = flat.build_s();
  result.rawTwoLevel.name = "raw Embree, two levels";
  result.rawTwoLevel.build_s = twoLevel.build_s();
  for (int i = 0; i < repetitions; ++i) {
    for (int turn = 0; turn < 4; ++turn) {  // these take a tenth of the time and are compared most closely
      embree.closest();
      keepBest(result.rawTwoLevel.closest_s, &result.rawTwoLevel.closestCpu_s, [&] { twoLevel.trace(jobs); });
      keepBest(result.rawFlat.closest_s, &result.rawFlat.closestCpu_s, [&] { flat.trace(jobs); });
    }
    embree.any();
    compute.closest();
    compute.any();
  }
  const std::vector<shared::Hit> embreeHits = embree.hits();
  const std::vector<shared::Hit> computeHits = compute.hits();
  result.embree = embree.timing;
  result.compute = compute.timing;
  result.agreements.push_back(agree("embree", embreeHits, "compute_bvh", computeHits));

  const size_t stride = std::max<size_t>(1, rays.size() / 4096);
  std::vector<shared::Ray> some;
  std::vector<shared::Hit> someEmbree;
  std::vector<shared::Hit> someCompute;
  for (size_t i = 0; i < rays.size() && some.size() < 4096; i += stride) {
    some.push_back(rays[i]);
    someEmbree.push_back(embreeHits[i]);
    someCompute.push_back(computeHits[i]);
  }
  const std::vector<shared::Hit> truth = bruteForce(scene, jobs, some);
  result.agreements.push_back(agree("embree", someEmbree, "brute_force", truth));
  result.agreements.push_back(agree("compute_bvh", someCompute, "brute_force", truth));

  const std::vector<float> raw = twoLevel.distances();
  for (size_t i = 0; i < rays.size(); ++i) {
    const bool isHit = embreeHits[i].instance != shared::kNoHit;
    result.rawTwoLevelSame +=
        isHit ? std::abs(raw[i] - embreeHits[i].t) <= 1e-4f * std::max(1.0f, raw[i]) : std::isinf(raw[i]);
  }
  result.deviceBytes = device.peakAllocatedBytes();
  return result;
}

}  // namespace nightfog::bench
