#include "tests/trace/fixture.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "tests/trace/shapes.hpp"

namespace nightfog::trace::test {

gpu::Device& device() {
  static gpu::Device instance({.validation = true});
  return instance;
}

Jobs& jobs() {
  static Jobs instance;
  return instance;
}

shared::Ray ray(const glm::dvec3& origin, const glm::dvec3& direction, double tMax) {
  shared::Ray r{};
  r.origin = origin;
  r.tMin = 0;
  r.direction = glm::normalize(direction);
  r.tMax = static_cast<float>(tMax);
  r.target = shared::kAnyTarget;
  r.mask = 0xffffffffu;
  return r;
}

std::vector<shared::Ray> randomRays(RandomSource& random, int count, double extent_m) {
  std::vector<shared::Ray> rays;
  for (int i = 0; i < count; ++i) rays.push_back(ray(randomPoint(random, extent_m), randomDirection(random)));
  return rays;
}

Scene::Scene(const content::SceneContent& content, TracerKind kind, const content::SceneSnapshot& snapshot,
             const glm::dvec3& origin)
    : Scene(content, kind, snapshot, origin, {}, test::jobs()) {}

Scene::Scene(const content::SceneContent& content, TracerKind kind, const content::SceneSnapshot& snapshot,
             const glm::dvec3& origin, const SceneBuffers::Options& options, Jobs& jobs)
    : buffers_(device(), content, options) {
  buffers_.setFrame(snapshot, origin);
  tracer_ = makeTracer(kind, buffers_, jobs);
  tracer_->build();
}

void Scene::setFrame(const content::SceneSnapshot& snapshot, const glm::dvec3& origin) {
  buffers_.setFrame(snapshot, origin);
  tracer_->update();
}

std::vector<shared::Hit> Scene::closest(const std::vector<shared::Ray>& rays) {
  return run(rays, false);
}
std::vector<shared::Hit> Scene::any(const std::vector<shared::Ray>& rays) {
  return run(rays, true);
}

std::vector<shared::Hit> Scene::run(const std::vector<shared::Ray>& rays, bool isAny) {
  std::vector<shared::Hit> hits(rays.size());
  const gpu::Buffer rayBuffer = device().createBuffer(std::as_bytes(std::span(rays)), "test.rays");
  const gpu::Buffer hitBuffer =
      device().createBuffer(rays.size() * sizeof(shared::Hit), gpu::Memory::kDevice, "test.hits");
  gpu::Stream stream(device());
  const RayBatch batch{rayBuffer, hitBuffer, static_cast<uint32_t>(rays.size()), isCoherent};
  if (isAny) {
    tracer_->anyHit(stream, batch);
  } else {
    tracer_->closestHit(stream, batch);
  }
  stream.finish();
  if (!hits.empty()) device().download(hitBuffer, std::as_writable_bytes(std::span(hits)));
  return hits;
}

std::string Agreement::text() const {
  return fmt::format("{} rays: {} same, {} on another triangle at the same place, {} different; t within {:.1e}", rays,
                     same, close, different, largestGap);
}

Agreement compare(const std::vector<shared::Hit>& a, const std::vector<shared::Hit>& b) {
  Agreement result;
  result.rays = a.size();
  for (size_t i = 0; i < a.size(); ++i) {
    const double gap = std::abs(double(a[i].t) - double(b[i].t)) / std::max(1.0, double(b[i].t));
    const bool bothHit = a[i].instance != shared::kNoHit && b[i].instance != shared::kNoHit;
    if (a[i].instance == b[i].instance && (!bothHit || a[i].primitive == b[i].primitive)) {
      ++result.same;
      if (bothHit) result.largestGap = std::max(result.largestGap, gap);
    } else if (bothHit && gap <= 1e-4) {
      ++result.close;
    } else {
      if (result.different++ == 0) result.firstDifferent = i;
    }
  }
  return result;
}

}  // namespace nightfog::trace::test
