#include "engine/simulation/stage.hpp"

#include <algorithm>

namespace nightfog::simulation {
namespace {

size_t bytesOf(const content::SceneContent& content) {
  size_t bytes = 0;
  for (const content::Mesh& mesh : content.meshes) {
    bytes += mesh.positions.size() * (2 * sizeof(glm::vec3) + sizeof(glm::vec2)) +
             mesh.triangles.size() * (sizeof(glm::uvec3) + sizeof(uint32_t));
  }
  return bytes;
}

}  // namespace

StageCache::StageCache(gpu::Device& device, Jobs& jobs, trace::TracerKind tracer, size_t budgetBytes)
    : device_(device), jobs_(jobs), tracer_(tracer), budget_(budgetBytes) {}

Stage& StageCache::at(std::shared_ptr<const StageContent> content) {
  const auto known =
      std::find_if(kept_.begin(), kept_.end(), [&](const Kept& k) { return k.stage->content == content; });
  if (known != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, known);
    return *kept_.front().stage;
  }
  const auto total = [&] {
    size_t sum = 0;
    for (const Kept& kept : kept_) sum += kept.bytes;
    return sum;
  };
  // Room first, by what the last one took: the peak counts, too.
  const size_t expected = kept_.empty() ? 0 : kept_.front().bytes;
  while (!kept_.empty() && total() + expected > budget_) kept_.pop_back();
  const uint64_t before = device_.allocatedBytes();
  auto stage = std::make_unique<Stage>();
  stage->content = std::move(content);
  stage->scene = std::make_unique<trace::SceneBuffers>(device_, stage->content->scene);
  stage->tracer = std::make_unique<CountingTracer>(trace::makeTracer(tracer_, *stage->scene, jobs_));
  stage->tracer->build();
  const size_t bytes = 2 * (device_.allocatedBytes() - before) + bytesOf(stage->content->scene);
  kept_.push_front({std::move(stage), bytes});
  while (kept_.size() > 1 && total() > budget_) kept_.pop_back();
  return *kept_.front().stage;
}

}  // namespace nightfog::simulation
