// Where rays meet triangles: what arithmetic in doubles, geometry or brute force says. Each case runs for every tracer,
// as those of awkward_input_test.cpp, visible_things_test.cpp and batch_test.cpp do: what every tracer must do.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/trace/fixture.hpp"
#include "tests/trace/shapes.hpp"

using namespace nightfog;
using namespace nightfog::trace;
using namespace nightfog::trace::test;

namespace {

/// Closest hit in doubles [Moller and Trumbore 1997]; `margin` is how near the nearest triangle edge passes, as a
/// barycentric weight.
struct ExactHit {
  double t = std::numeric_limits<double>::infinity();
  uint32_t primitive = shared::kNoHit;
  bool isClear = true;
};
ExactHit exactHit(const content::Mesh& mesh, const shared::Ray& r) {
  constexpr double kNear = 1e-4;
  ExactHit best;
  for (uint32_t i = 0; i < mesh.triangles.size(); ++i) {
    const glm::dvec3 a(mesh.positions[mesh.triangles[i].x]);
    const glm::dvec3 ab = glm::dvec3(mesh.positions[mesh.triangles[i].y]) - a;
    const glm::dvec3 ac = glm::dvec3(mesh.positions[mesh.triangles[i].z]) - a;
    const glm::dvec3 p = glm::cross(glm::dvec3(r.direction), ac);
    const double determinant = glm::dot(ab, p);
    const glm::dvec3 s = glm::dvec3(r.origin) - a;
    const double u = glm::dot(s, p) / determinant;
    const glm::dvec3 q = glm::cross(s, ab);
    const double v = glm::dot(glm::dvec3(r.direction), q) / determinant;
    const double t = glm::dot(ac, q) / determinant;
    if (t < 0 || t > r.tMax) continue;
    const double inside = std::min({u, v, 1 - u - v});
    if (std::abs(inside) < kNear) best.isClear = false;
    if (inside < 0 || t >= best.t) continue;
    best.t = t;
    best.primitive = i;
  }
  return best;
}

}  // namespace

TEST_CASE("Every tracer finds what arithmetic in doubles finds in a random soup") {
  RandomSource random(0, 0, "trace/doubles");
  const content::SceneContent content = soupContent(random);
  const std::vector<shared::Ray> rays = randomRays(random, 4096);
  std::vector<ExactHit> exact;
  for (const shared::Ray& r : rays) exact.push_back(exactHit(content.meshes[0], r));
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind);
    const auto hits = scene.closest(rays);
    size_t wrong = 0;
    size_t nearEdges = 0;
    for (size_t i = 0; i < rays.size(); ++i) {
      const bool isSame = hits[i].instance == shared::kNoHit
                              ? exact[i].primitive == shared::kNoHit
                              : hits[i].primitive == exact[i].primitive &&
                                    std::abs(hits[i].t - exact[i].t) < 1e-4 * std::max(1.0, exact[i].t);
      if (!isSame) ++(exact[i].isClear ? wrong : nearEdges);
      if (hits[i].instance == shared::kNoHit) CHECK(hits[i].t == rays[i].tMax);
    }
    MESSAGE(scene.tracer().name() << ": " << wrong << " of " << rays.size() << " wrong, " << nearEdges
                                  << " differ within 1e-4 of an edge");
    CHECK(wrong == 0);
  }
}

TEST_CASE("Tracers agree with brute force on random soups, closest and any") {
  RandomSource random(0, 0, "trace/soup");
  const content::SceneContent content = soupContent(random);
  const std::vector<shared::Ray> rays = randomRays(random, 20000);
  Scene oracle(content, TracerKind::kBruteForce);
  const auto expected = oracle.closest(rays);
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind);
    const Agreement agreement = compare(scene.closest(rays), expected);
    MESSAGE(scene.tracer().name() << ": " << agreement.text());
    CHECK(agreement.different == 0);
    CHECK(agreement.same >= agreement.rays * 0.9999);
    const auto any = scene.any(rays);
    size_t disagree = 0;
    for (size_t i = 0; i < rays.size(); ++i)
      disagree += (any[i].instance == shared::kNoHit) != (expected[i].instance == shared::kNoHit);
    CHECK(disagree == 0);
  }
}

TEST_CASE("Rays along the axes, with zeros of either sign, hit what they point at") {
  content::SceneContent content = contentOf({box({-1, -1, -1}, {1, 1, 1}), plane(4, 8)});
  content.scenery.push_back({MeshId(0), RigidTransform::fromTranslation({5, 0, 0}), {}});
  content.scenery.push_back({MeshId(1), RigidTransform::fromTranslation({0, 0, -3}), {}});
  std::vector<shared::Ray> rays;
  std::vector<double> expected;
  const auto add = [&](glm::vec3 origin, glm::vec3 direction, double t) {
    for (int signs = 0; signs < 8; ++signs) {
      shared::Ray r = ray(origin, direction);
      for (int axis = 0; axis < 3; ++axis) {
        if (direction[axis] == 0 && (signs >> axis & 1) != 0) r.direction[axis] = -0.0f;
      }
      rays.push_back(r);
      expected.push_back(t);
    }
  };
  for (const float offset : {0.0f, 0.25f, -0.5f, 0.999f}) {
    add({0, offset, offset}, {1, 0, 0}, 4);
    add({9, offset, offset}, {-1, 0, 0}, 3);
    add({5 + offset, -4, offset}, {0, 1, 0}, 3);
    add({5 + offset, offset, 6}, {0, 0, -1}, 5);
    add({5 + offset, offset, 0}, {0, 0, -1}, 1);  // from inside
    add({offset, offset, 0}, {0, 0, -1}, 3);      // grid lines of the plane
    add({offset, offset, 7}, {0, 0, -1}, 10);
    add({offset, offset, 0}, {0, 0, 1}, -1);
    add({0, 1.001f + std::abs(offset), 0}, {1, 0, 0}, -1);
  }
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind);
    CAPTURE(scene.tracer().name());
    const auto hits = scene.closest(rays);
    size_t wrong = 0;
    for (size_t i = 0; i < rays.size(); ++i) {
      const bool isHit = hits[i].instance != shared::kNoHit;
      wrong += isHit != (expected[i] > 0) || (isHit && std::abs(hits[i].t - expected[i]) > 1e-5);
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("Rays that graze a plane meet it where geometry says") {
  content::SceneContent content = contentOf({plane(100, 100)});
  content.scenery.push_back({MeshId(0), RigidTransform::identity(), {}});
  RandomSource random(0, 0, "trace/grazing");
  std::vector<shared::Ray> rays;
  std::vector<glm::dvec2> places;
  for (int i = 0; i < 20000; ++i) {
    const double height = random.uniform(0.005, 0.5);
    const glm::dvec2 from(random.uniform(-90, 90), random.uniform(-90, 90));
    const glm::dvec2 to(random.uniform(-99, 99), random.uniform(-99, 99));
    if (glm::length(to - from) < 5) continue;
    rays.push_back(ray({from, height}, glm::dvec3(to - from, -height)));
    places.push_back(to);
  }
  for (const TracerKind kind : {TracerKind::kEmbree, TracerKind::kComputeBvh}) {
    Scene scene(content, kind);
    const auto hits = scene.closest(rays);
    size_t missed = 0;
    double worst = 0;
    for (size_t i = 0; i < rays.size(); ++i) {
      if (hits[i].instance == shared::kNoHit) {
        ++missed;
        continue;
      }
      // The plane's equation for the ray in floats: t = height / -direction.z, exact but for one rounding of the
      // origin's 2^-24.
      const double t = double(rays[i].origin.z) / -double(rays[i].direction.z);
      worst = std::max(worst, std::abs(hits[i].t - t) / t);
    }
    MESSAGE(scene.tracer().name() << ": " << missed << " of " << rays.size() << " missed, range within " << worst);
    CHECK(missed == 0);
    CHECK(worst < 1e-4);
  }
}

TEST_CASE("A scene and its rays moved as one give the same hits") {
  RandomSource random(0, 0, "trace/invariance");
  content::SceneContent content = contentOf({triangleSoup(random, 500, 5, 1)});
  const auto rays = randomRays(random, 5000, 8);
  content::SceneSnapshot still;
  still.instances.push_back(standing(0, 0));
  still.poses.push_back(RigidTransform::identity());
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind, still);
    const auto expected = scene.closest(rays);
    size_t different = 0;
    for (int turn = 0; turn < 5; ++turn) {
      const RigidTransform move{randomRotation(random), randomPoint(random, 20)};
      content::SceneSnapshot moved = still;
      moved.poses[0] = move;
      scene.setFrame(moved);
      std::vector<shared::Ray> movedRays = rays;
      for (shared::Ray& r : movedRays) {
        r.origin = move * glm::dvec3(r.origin);
        r.direction = move.rotate(r.direction);
      }
      const Agreement agreement = compare(scene.closest(movedRays), expected);
      different += agreement.rays - agreement.same;
      CHECK(agreement.largestGap < 1e-4);  // 40 m in floats turn at slopes: a few 1e-6 over the cosine
    }
    MESSAGE(scene.tracer().name() << ": " << different << " of 25000 rays on another triangle after the move");
    CHECK(different <= 25);  // rays within rounding of an edge
  }
}

TEST_CASE("A segment is blocked from one end if and only if it is from the other") {
  RandomSource random(0, 0, "trace/reversal");
  const content::SceneContent content = soupContent(random, 400);
  std::vector<shared::Ray> there;
  std::vector<shared::Ray> back;
  for (int i = 0; i < 20000; ++i) {
    const glm::dvec3 a = randomPoint(random, 20);
    const glm::dvec3 b = randomPoint(random, 20);
    there.push_back(ray(a, b - a, glm::length(b - a)));
    back.push_back(ray(b, a - b, glm::length(b - a)));
  }
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind);
    const auto hitsThere = scene.any(there);
    const auto hitsBack = scene.any(back);
    size_t blocked = 0;
    size_t different = 0;
    for (size_t i = 0; i < there.size(); ++i) {
      blocked += hitsThere[i].instance != shared::kNoHit;
      different += (hitsThere[i].instance == shared::kNoHit) != (hitsBack[i].instance == shared::kNoHit);
    }
    MESSAGE(scene.tracer().name() << ": " << different << " of " << there.size() << " differ, " << blocked
                                  << " blocked");
    CHECK(different <= 4);  // ends and directions are rounded each way: edges within 1e-6 of a segment
    CHECK(blocked > 2000);
    CHECK(blocked < 18000);
  }
}
