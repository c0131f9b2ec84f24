// Bodies that move while rays fly, against closed forms.
#include <doctest/doctest.h>

#include <algorithm>

#include "engine/shared/pose.h"
#include "engine/trace/swept_box.hpp"
#include "tests/trace/fixture.hpp"
#include "tests/trace/shapes.hpp"

using namespace nightfog;
using namespace nightfog::trace;
using namespace nightfog::trace::test;

namespace {

constexpr double kStep_s = 0.01;

/// A snapshot of one body whose pose at each key `poseAt(time_s)` gives.
template <class PoseAt>
content::SceneSnapshot moving(uint32_t keyCount, const PoseAt& poseAt) {
  content::SceneSnapshot snapshot;
  snapshot.keyStep = SimTime::fromSeconds(kStep_s);
  snapshot.keyCount = keyCount;
  snapshot.instances.push_back({MeshId(0), ObjectId(1), 0, keyCount, 0xffffffffu});
  for (uint32_t k = 0; k < keyCount; ++k) snapshot.poses.push_back(poseAt(k * kStep_s));
  return snapshot;
}

}  // namespace

TEST_CASE("A plate driving at 30 m/s is met where it is at each ray's own time") {
  const content::SceneContent content = contentOf({box({-0.01f, -5, -5}, {0.01f, 5, 5})});
  const auto snapshot = moving(12, [](double t) { return RigidTransform::fromTranslation({20 + 30 * t, 0, 0}); });
  std::vector<shared::Ray> rays;
  for (int i = 0; i < 2000; ++i) {
    rays.push_back(ray({0, 0.001 * i - 1, 0.3}, {1, 0, 0}));
    rays.back().time_s = static_cast<float>(0.11 * i / 2000);
  }
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind, snapshot);
    const auto hits = scene.closest(rays);
    double worst = 0;
    for (size_t i = 0; i < rays.size(); ++i) {
      REQUIRE(hits[i].instance == 0);
      worst = std::max(worst, std::abs(hits[i].t - (20 + 30 * double(rays[i].time_s) - 0.01)));
    }
    MESSAGE(scene.tracer().name() << ": off by at most " << worst << " m");
    CHECK(worst < 1e-5);  // 23 m in floats: 2e-6 a rounding
  }
}

TEST_CASE("A wheel spinning at 45 rad/s shows each ray the spokes of its own time") {
  constexpr double kOmega_radps = 45;  // 4.95 rad in the 0.11 s: two keys alone would turn it the other way
  constexpr uint32_t kSpokes = 7;
  constexpr double kRadius_m = 0.35;
  const content::SceneContent content = contentOf({spokedWheel(float(kRadius_m), 0.2f, kSpokes)});
  const glm::dvec3 centre(8, 2, 0.35);
  // Rolling forward: about +y, from z towards x.
  const auto snapshot = moving(12, [&](double t) {
    return RigidTransform{glm::angleAxis(kOmega_radps * t, glm::dvec3(0, 1, 0)), centre};
  });
  RandomSource random(0, 0, "trace/wheel");
  std::vector<shared::Ray> rays;
  std::vector<bool> expected;
  while (rays.size() < 20000) {
    const double time = double(float(random.uniform(0, 0.11)));
    const double r = random.uniform(0.05, kRadius_m * std::cos(kPi / (2 * kSpokes)) - 1e-3);
    const double angle = random.uniform(0, 2 * kPi);  // from x towards z, in the frame
    // Turning by a about y takes x to -z: a point at polar angle p (x towards z) goes to p - a.
    const double inBody = angle + kOmega_radps * time;
    const double phase = std::remainder(inBody, 2 * kPi / kSpokes) * 2 * kSpokes / kPi;  // blades: |phase| < 1
    if (std::abs(std::abs(phase) - 1) < 1e-3) continue;
    rays.push_back(ray(centre + glm::dvec3(r * std::cos(angle), -2, r * std::sin(angle)), {0, 1, 0}));
    rays.back().time_s = static_cast<float>(time);
    expected.push_back(std::abs(phase) < 1);
  }
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind, snapshot);
    const auto hits = scene.closest(rays);
    size_t wrong = 0;
    for (size_t i = 0; i < rays.size(); ++i) {
      wrong += (hits[i].instance != shared::kNoHit) != expected[i];
      if (hits[i].instance != shared::kNoHit) wrong += std::abs(std::abs(hits[i].t - 2) - 0.1) > 1e-5;
    }
    MESSAGE(scene.tracer().name() << ": " << wrong << " of " << rays.size() << " wrong");
    CHECK(wrong == 0);
  }
}

TEST_CASE("Bodies tumbling along are met as by a ray carried into each one's exact pose") {
  RandomSource random(0, 0, "trace/tumbling");
  content::SceneContent content = contentOf({triangleSoup(random, 40, 1, 0.7f), sphere(0.6f, 8, 12)});
  content::SceneSnapshot snapshot;
  snapshot.keyStep = SimTime::fromSeconds(kStep_s);
  snapshot.keyCount = 11;
  for (uint32_t i = 0; i < 60; ++i) {
    snapshot.instances.push_back(
        {MeshId(i % 2), ObjectId(i + 1), static_cast<uint32_t>(snapshot.poses.size()), 11, 0xffffffffu});
    const glm::dvec3 place = randomPoint(random, 8);
    const glm::dvec3 velocity = randomPoint(random, 20);
    const glm::dvec3 axis = randomDirection(random);
    const double omega = random.uniform(-100, 100);  // up to 57 degrees a key
    const glm::dquat start = randomRotation(random);
    for (uint32_t k = 0; k < 11; ++k) {
      snapshot.poses.push_back({glm::angleAxis(omega * k * kStep_s, axis) * start, place + velocity * (k * kStep_s)});
    }
  }
  std::vector<shared::Ray> rays;
  for (int i = 0; i < 6000; ++i) {
    rays.push_back(ray(randomPoint(random, 10), randomDirection(random)));
    rays.back().time_s = static_cast<float>(random.uniform(0, 0.1));
  }
  // Every body on its own, standing still where it exactly is at the ray's time.
  std::vector<shared::Hit> expected;
  for (const shared::Ray& r : rays) {
    const double position = r.time_s / kStep_s;
    const auto key = std::min<size_t>(9, static_cast<size_t>(position));
    shared::Hit best{r.tMax, shared::kNoHit, 0, 0, 0};
    for (uint32_t i = 0; i < snapshot.instances.size(); ++i) {
      const auto& instance = snapshot.instances[i];
      const RigidTransform pose = interpolate(snapshot.poses[instance.firstKey + key],
                                              snapshot.poses[instance.firstKey + key + 1], position - double(key));
      const glm::dvec3 origin = pose.inverse() * glm::dvec3(r.origin);
      const glm::dvec3 direction = glm::conjugate(pose.rotation) * glm::dvec3(r.direction);
      const content::Mesh& mesh = content.meshes[instance.mesh.value];
      for (uint32_t k = 0; k < mesh.triangles.size(); ++k) {
        const glm::dvec3 a(mesh.positions[mesh.triangles[k].x]);
        const glm::dvec3 ab = glm::dvec3(mesh.positions[mesh.triangles[k].y]) - a;
        const glm::dvec3 ac = glm::dvec3(mesh.positions[mesh.triangles[k].z]) - a;
        const glm::dvec3 p = glm::cross(direction, ac);
        const double determinant = glm::dot(ab, p);
        const glm::dvec3 s = origin - a;
        const double u = glm::dot(s, p) / determinant;
        const glm::dvec3 q = glm::cross(s, ab);
        const double v = glm::dot(direction, q) / determinant;
        const double t = glm::dot(ac, q) / determinant;
        if (u < 0 || v < 0 || u + v > 1 || t < 0 || t >= best.t) continue;
        best = {static_cast<float>(t), i, k, static_cast<float>(u), static_cast<float>(v)};
      }
    }
    expected.push_back(best);
  }
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind, snapshot);
    const Agreement agreement = compare(scene.closest(rays), expected);
    MESSAGE(scene.tracer().name() << ": " << agreement.text());
    CHECK(agreement.same + agreement.close >= agreement.rays - 3);  // rays within 1e-6 of an outline
    CHECK(agreement.largestGap < 1e-4);
    const auto any = scene.any(rays);
    size_t disagree = 0;
    for (size_t i = 0; i < rays.size(); ++i)
      disagree += (any[i].instance == shared::kNoHit) != (expected[i].instance == shared::kNoHit);
    CHECK(disagree <= 3);
  }
}

TEST_CASE("A frame's poses replace the last frame's, and its origin moves all alike") {
  const content::SceneContent content = [] {
    content::SceneContent c = contentOf({box({-1, -1, -1}, {1, 1, 1})});
    c.scenery.push_back({MeshId(0), RigidTransform::fromTranslation({100010, 5000, 0}), {}});
    return c;
  }();
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind);
    CAPTURE(scene.tracer().name());
    for (int frame = 0; frame < 3; ++frame) {
      const glm::dvec3 origin(100000 + frame, 5000 + 4 * (frame % 2), 0);
      auto snapshot = moving(2, [&](double) { return RigidTransform::fromTranslation({100030 + frame, 5000, 0}); });
      if (frame == 2) snapshot.instances.clear();
      scene.setFrame(snapshot, origin);
      const auto hits = scene.closest({ray(glm::dvec3(100000, 5000, 0) - origin, {1, 0, 0}),
                                       ray(glm::dvec3(100000, 5003, 0) - origin, {4, -0.4, 0}),
                                       ray(glm::dvec3(100020, 5000, 0) - origin, {1, 0, 0})});
      CHECK(hits[0].t == doctest::Approx(9));
      CHECK(hits[0].instance == 0);
      if (frame == 2) {
        CHECK(hits[2].instance == shared::kNoHit);
      } else {
        CHECK(hits[2].instance == scene.buffers().tileCount());
        CHECK(hits[2].t == doctest::Approx(9 + frame));
      }
    }
  }
}

TEST_CASE("Swept boxes hold every point of a body at every time between its keys") {
  RandomSource random(0, 0, "trace/swept");
  size_t outside = 0;
  for (int body = 0; body < 300; ++body) {
    const glm::vec3 low = randomPoint(random, 3);
    const glm::vec3 high = low + glm::vec3(random.uniform(0, 4), random.uniform(0, 4), random.uniform(0, 4));
    const glm::vec3 farthest = glm::max(glm::abs(low), glm::abs(high));
    const MeshBounds bounds{low, high, glm::length(farthest)};
    const glm::dvec3 axis = randomDirection(random);
    const double turn = random.uniform(0, kPi * 0.98);
    std::vector<shared::PoseKey> keys;
    for (int k = 0; k < 3; ++k) {
      const glm::dquat q = glm::angleAxis(turn * k, axis);
      keys.push_back({glm::vec4(q.x, q.y, q.z, q.w), glm::vec3(randomPoint(random, 50)), 0});
    }
    const Box box = sweptBox(bounds, keys);
    for (int i = 0; i < 500; ++i) {
      const glm::vec3 point = glm::mix(low, high, glm::vec3(random.uniform(), random.uniform(), random.uniform()));
      const size_t segment = random.below(2);
      const glm::vec3 at = shared::pointToFrame(
          shared::interpolatePose(keys[segment], keys[segment + 1], float(random.uniform())), point);
      for (int c = 0; c < 3; ++c) outside += at[c] < box.low[c] || at[c] > box.high[c];
    }
  }
  CHECK(outside == 0);
}
