// A batch of rays: its order, its threads and what it claims to be change nothing. For every tracer.
#include <doctest/doctest.h>

#include <cstring>
#include <utility>
#include <vector>

#include "tests/trace/fixture.hpp"
#include "tests/trace/shapes.hpp"

using namespace nightfog;
using namespace nightfog::trace;
using namespace nightfog::trace::test;

TEST_CASE("One core and two give the same bytes, run after run") {
  RandomSource random(0, 0, "trace/threads");
  const content::SceneContent content = soupContent(random, 20000);
  const auto rays = randomRays(random, 30011);
  Jobs one(1);
  Jobs two(2);
  for (const TracerKind kind : {TracerKind::kEmbree, TracerKind::kComputeBvh}) {
    Scene a(content, kind, {}, glm::dvec3(0), {}, one);
    Scene b(content, kind, {}, glm::dvec3(0), {}, two);
    CAPTURE(a.tracer().name());
    const auto first = a.closest(rays);
    for (Scene* scene : {&a, &b}) {
      const auto again = scene->closest(rays);
      CHECK(std::memcmp(first.data(), again.data(), first.size() * sizeof(shared::Hit)) == 0);
    }
  }
}

TEST_CASE("What a ray meets does not depend on the rays beside it") {
  RandomSource random(0, 0, "trace/order");
  const content::SceneContent content = soupContent(random, 20000);
  const auto rays = randomRays(random, 20000);
  std::vector<uint32_t> order(rays.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  for (size_t i = order.size(); i-- > 1;) std::swap(order[i], order[random.below(i + 1)]);
  std::vector<shared::Ray> shuffled;
  for (const uint32_t i : order) shuffled.push_back(rays[i]);
  for (const TracerKind kind : kTracers) {
    if (kind == TracerKind::kBruteForce) continue;
    Scene scene(content, kind);
    const auto straight = scene.closest(rays);
    const auto mixed = scene.closest(shuffled);
    size_t other = 0;
    size_t bits = 0;
    for (size_t i = 0; i < order.size(); ++i) {
      const shared::Hit& hit = straight[order[i]];
      other += hit.instance != mixed[i].instance || hit.primitive != mixed[i].primitive;
      bits += std::memcmp(&hit, &mixed[i], sizeof hit) != 0;
    }
    MESSAGE(scene.tracer().name() << ": " << other << " of " << order.size() << " on another triangle, " << bits
                                  << " with other bits");
    CHECK(other == 0);
    CHECK(bits == 0);
  }
}

TEST_CASE("Rays traced as coherent meet what they meet otherwise, whether they are or not") {
  RandomSource random(0, 0, "trace/coherent");
  const content::SceneContent content = soupContent(random, 20000);
  std::vector<shared::Ray> rays = randomRays(random, 20000);
  for (int y = 0; y < 100; ++y) {  // and a camera's
    for (int x = 0; x < 200; ++x) rays.push_back(ray({-60, 0, 0}, {1, (x - 99.5) / 200, (y - 49.5) / 200}));
  }
  for (const TracerKind kind : {TracerKind::kEmbree, TracerKind::kComputeBvh}) {
    Scene scene(content, kind);
    const auto closest = scene.closest(rays);
    const auto any = scene.any(rays);
    scene.isCoherent = true;
    const auto closestTogether = scene.closest(rays);
    const auto anyTogether = scene.any(rays);
    const Agreement agreement = compare(closestTogether, closest);
    MESSAGE(scene.tracer().name() << ": " << agreement.text());
    CHECK(agreement.different == 0);
    CHECK(agreement.close < 4);  // two triangles at one distance
    size_t otherAny = 0;
    for (size_t i = 0; i < rays.size(); ++i)
      otherAny += (any[i].instance == shared::kNoHit) != (anyTogether[i].instance == shared::kNoHit);
    CHECK(otherAny == 0);
  }
}
