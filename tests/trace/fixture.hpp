// A scene with a tracer in it, and how far two tracers agree.
#pragma once

#include <string>
#include <vector>

#include "engine/core/random.hpp"
#include "engine/trace/tracer.hpp"

namespace nightfog::trace::test {

/// One device for the whole suite, with validation: any message of the layers fails the test that caused it.
gpu::Device& device();
Jobs& jobs();

inline constexpr TracerKind kTracers[] = {TracerKind::kEmbree, TracerKind::kComputeBvh, TracerKind::kBruteForce};

shared::Ray ray(const glm::dvec3& origin, const glm::dvec3& direction, double tMax = 1e6);
/// From places within the cube of 2 `extent_m` edge, in all directions.
std::vector<shared::Ray> randomRays(RandomSource& random, int count, double extent_m = 25);

/// Scene buffers and one tracer, built.
class Scene {
 public:
  Scene(const content::SceneContent& content, TracerKind kind, const content::SceneSnapshot& snapshot = {},
        const glm::dvec3& origin = glm::dvec3(0));
  Scene(const content::SceneContent& content, TracerKind kind, const content::SceneSnapshot& snapshot,
        const glm::dvec3& origin, const SceneBuffers::Options& options, Jobs& jobs);

  std::vector<shared::Hit> closest(const std::vector<shared::Ray>& rays);
  std::vector<shared::Hit> any(const std::vector<shared::Ray>& rays);
  void setFrame(const content::SceneSnapshot& snapshot, const glm::dvec3& origin = glm::dvec3(0));
  SceneBuffers& buffers() { return buffers_; }
  const Tracer& tracer() const { return *tracer_; }
  bool isCoherent = false;  ///< what batches claim to be

 private:
  std::vector<shared::Hit> run(const std::vector<shared::Ray>& rays, bool isAny);
  SceneBuffers buffers_;
  std::unique_ptr<Tracer> tracer_;
};

/// How two tracers' hits of the same rays compare.
struct Agreement {
  size_t rays = 0;
  size_t same = 0;       ///< instance and primitive, or both nothing
  size_t close = 0;      ///< other triangle, t within 1e-4 of the range
  size_t different = 0;  ///< neither
  size_t firstDifferent = 0;
  double largestGap = 0;  ///< of t among the same, relative to max(t, 1 m)
  std::string text() const;
};
Agreement compare(const std::vector<shared::Hit>& a, const std::vector<shared::Hit>& b);

}  // namespace nightfog::trace::test
