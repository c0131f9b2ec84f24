// Triangles and rays that are degenerate, empty, infinite or not numbers, for every tracer.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/trace/fixture.hpp"
#include "tests/trace/shapes.hpp"

using namespace nightfog;
using namespace nightfog::trace;
using namespace nightfog::trace::test;

TEST_CASE("Triangles that are degenerate, tiny, doubled or not numbers harm nobody") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  content::Mesh mesh = plane(5, 4);
  const auto first = static_cast<uint32_t>(mesh.triangles.size());
  const auto v = static_cast<uint32_t>(mesh.positions.size());
  for (const glm::vec3 p :
       {glm::vec3(0, 0, 1), glm::vec3(1, 0, 1), glm::vec3(2, 0, 1), glm::vec3(nan, 0, 1), glm::vec3(0, inf, 1),
        glm::vec3(0, 1, -inf), glm::vec3(0.1f, 0.1f, 1), glm::vec3(0.1f, 0.1000001f, 1), glm::vec3(3e38f, 0, 1)}) {
    mesh.positions.push_back(p);
    mesh.normals.emplace_back(0, 0, 1);
  }
  for (const glm::uvec3 t : {glm::uvec3(v), glm::uvec3(v, v + 1, v + 2), glm::uvec3(v, v, v + 1),
                             glm::uvec3(v, v + 1, v + 3), glm::uvec3(v + 3, v + 4, v + 5), glm::uvec3(v, v + 6, v + 7),
                             glm::uvec3(v, v + 1, v + 4), glm::uvec3(v, v + 1, v + 8)}) {
    mesh.triangles.push_back(t);
    mesh.surfaceOfTriangle.push_back(0);
  }
  content::SceneContent content = contentOf({mesh});
  content.scenery.push_back({MeshId(0), RigidTransform::identity(), {}});
  RandomSource random(0, 0, "trace/degenerate");
  std::vector<shared::Ray> rays;
  for (int i = 0; i < 5000; ++i) {
    const glm::dvec2 to(random.uniform(-4.9, 4.9), random.uniform(-4.9, 4.9));
    const glm::dvec2 from(random.uniform(-1, 1), random.uniform(-1, 1));
    rays.push_back(ray({from, 5}, glm::dvec3(to - from, -5)));
  }
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind);
    CAPTURE(scene.tracer().name());
    size_t wrong = 0;
    for (const shared::Hit& hit : scene.closest(rays))
      wrong += hit.instance == shared::kNoHit || hit.primitive >= first || !(hit.t > 4.9f);
    CHECK(wrong == 0);
  }
}

TEST_CASE("Rays that are not rays hit nothing, and their neighbours are none the worse") {
  content::SceneContent content = contentOf({sphere(1, 16, 16)});
  content.scenery.push_back({MeshId(0), RigidTransform::identity(), {}});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  const shared::Ray good = ray({-5, 0.01, 0.02}, {1, 0, 0});
  std::vector<shared::Ray> rays;
  const auto add = [&](auto change) {
    shared::Ray bad = good;
    change(bad);
    rays.push_back(bad);
    rays.push_back(good);
  };
  add([&](shared::Ray& r) { r.direction = {nan, 0, 0}; });
  add([&](shared::Ray& r) { r.direction = {1, nan, 0}; });
  add([&](shared::Ray& r) { r.direction = {0, 0, 0}; });
  add([&](shared::Ray& r) { r.direction = {inf, 0, 0}; });
  add([&](shared::Ray& r) { r.origin.y = nan; });
  add([&](shared::Ray& r) { r.origin.x = -inf; });
  add([&](shared::Ray& r) { r.tMin = nan; });
  add([&](shared::Ray& r) { r.tMax = nan; });
  add([&](shared::Ray& r) { r.tMax = -1; });
  add([&](shared::Ray& r) { r.tMin = 10, r.tMax = 9; });
  add([&](shared::Ray& r) { r.time_s = nan; });
  add([&](shared::Ray& r) { r.mask = 0; });
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind);
    CAPTURE(scene.tracer().name());
    const auto hits = scene.closest(rays);
    const auto any = scene.any(rays);
    for (size_t i = 0; i < rays.size(); ++i) {
      CAPTURE(i);
      CHECK((hits[i].instance == shared::kNoHit) == (i % 2 == 0));
      CHECK((any[i].instance == shared::kNoHit) == (i % 2 == 0));
    }
  }
}

TEST_CASE("Hits lie between tMin and tMax, and an infinite tMax is a number like any other") {
  content::SceneContent content = contentOf({plane(1, 1)});
  for (int i = 1; i <= 4; ++i)
    content.scenery.push_back({MeshId(0), RigidTransform::fromTranslation({0, 0, -double(i)}), {}});
  const auto down = [](float tMin, float tMax) {
    shared::Ray r = ray({0.3, 0.2, 0}, {0, 0, -1});
    r.tMin = tMin;
    r.tMax = tMax;
    return r;
  };
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<shared::Ray> rays = {down(0, inf),     down(1.5f, inf), down(2.5f, 100), down(0, 0.9f),
                                         down(1.1f, 1.9f), down(4.5f, inf), down(-3, 9)};
  const float expected[] = {1, 2, 3, 0, 0, 0, 1};
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind);
    CAPTURE(scene.tracer().name());
    const auto hits = scene.closest(rays);
    const auto any = scene.any(rays);
    for (size_t i = 0; i < rays.size(); ++i) {
      CAPTURE(i);
      CHECK((hits[i].instance == shared::kNoHit) == (expected[i] == 0));
      CHECK((any[i].instance == shared::kNoHit) == (expected[i] == 0));
      if (expected[i] == 0) CHECK(hits[i].t == rays[i].tMax);
      if (expected[i] != 0) CHECK(std::abs(hits[i].t - expected[i]) < 1e-5f);
    }
  }
}

TEST_CASE("An empty scene, an empty mesh and no rays are fine") {
  content::SceneContent empty;
  content::SceneContent hollow = contentOf({meshOf({}, {}, "empty"), meshOf({{0, 0, 0}}, {{0, 0, 0}}, "point")});
  hollow.scenery.push_back({MeshId(0), RigidTransform::identity(), {}});
  hollow.scenery.push_back({MeshId(1), RigidTransform::identity(), ObjectId(3)});
  content::SceneSnapshot snapshot;
  snapshot.instances = {standing(0, 0, 4), standing(1, 0)};
  snapshot.poses.push_back(RigidTransform::identity());
  std::vector<shared::Ray> rays(11, ray({0, 0, 5}, {0, 0, -1}));
  rays[3].target = 3;
  rays[4].target = 4;
  for (const TracerKind kind : kTracers) {
    Scene a(empty, kind);
    Scene b(hollow, kind, snapshot);
    CAPTURE(a.tracer().name());
    for (Scene* scene : {&a, &b}) {
      for (const shared::Hit& hit : scene->closest(rays)) CHECK(hit.instance == shared::kNoHit);
      for (const shared::Hit& hit : scene->any(rays)) CHECK(hit.instance == shared::kNoHit);
      CHECK(scene->closest({}).empty());
      CHECK(scene->any({}).empty());
    }
  }
}
