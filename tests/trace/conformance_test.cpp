// What every tracer must do. Each case runs for each of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "tests/trace/fixture.hpp"
#include "tests/trace/shapes.hpp"

using namespace nightfog;
using namespace nightfog::trace;
using namespace nightfog::trace::test;

namespace {

content::SceneContent soupContent(RandomSource& random, uint32_t count = 3000) {
  content::SceneContent content = contentOf({triangleSoup(random, count, 20, 2)});
  content.scenery.push_back({MeshId(0), RigidTransform::identity(), {}});
  return content;
}

std::vector<shared::Ray> randomRays(RandomSource& random, int count, double extent_m = 25) {
  std::vector<shared::Ray> rays;
  for (int i = 0; i < count; ++i) rays.push_back(ray(randomPoint(random, extent_m), randomDirection(random)));
  return rays;
}

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

content::SnapshotInstance standing(uint32_t mesh, uint32_t key, uint32_t object = 0, uint32_t mask = 0xffffffffu) {
  return {MeshId(mesh), ObjectId(object), key, 1, mask};
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

TEST_CASE("A hundred thousand instances are told apart") {
  constexpr int kSide = 317;  // 100,489 boxes, two metres apart, each turned
  content::SceneContent content = contentOf({box({-0.5f, -0.5f, 0}, {0.5f, 0.5f, 1})});
  content::SceneSnapshot snapshot;
  RandomSource random(0, 0, "trace/many");
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      snapshot.instances.push_back(standing(0, static_cast<uint32_t>(snapshot.poses.size())));
      snapshot.poses.push_back(RigidTransform::fromYawPitchRoll({2.0 * x, 2.0 * y, 0}, random.uniform(0, 6.2)));
    }
  }
  std::vector<shared::Ray> rays;
  std::vector<uint32_t> expected;
  for (int i = 0; i < 500; ++i) {
    const int x = static_cast<int>(random.below(kSide));
    const int y = static_cast<int>(random.below(kSide));
    rays.push_back(ray({2.0 * x + random.uniform(-0.34, 0.34), 2.0 * y + random.uniform(-0.34, 0.34), 50}, {0, 0, -1}));
    expected.push_back(static_cast<uint32_t>(y * kSide + x));
  }
  for (const TracerKind kind : kTracers) {
    if (kind == TracerKind::kBruteForce) rays.resize(64);
    Scene scene(content, kind, snapshot);
    CAPTURE(scene.tracer().name());
    const auto hits = scene.closest(rays);
    size_t wrong = 0;
    for (size_t i = 0; i < rays.size(); ++i)
      wrong += hits[i].instance != expected[i] || std::abs(hits[i].t - 49) > 1e-4;
    CHECK(wrong == 0);
  }
}

TEST_CASE("A ray with a target sees that object alone, whatever stands before it") {
  content::SceneContent content = contentOf({plane(50, 1), box({-1, -1, 0}, {1, 1, 2})});
  content.scenery.push_back({MeshId(0), RigidTransform::identity(), {}});
  content.scenery.push_back({MeshId(1), RigidTransform::fromTranslation({10, 0, 0}), ObjectId(7)});
  content::SceneSnapshot snapshot;
  for (int i = 0; i < 4; ++i) {  // objects 20 (two parts), 21, 22 in a row behind the standing one
    snapshot.instances.push_back(standing(1, static_cast<uint32_t>(i), i < 2 ? 20 : 19 + i));
    snapshot.poses.push_back(RigidTransform::fromTranslation({20 + 10.0 * i, 0, 0}));
  }
  const double expected[][2] = {
      {shared::kAnyTarget, 9}, {7, 9}, {20, 19}, {21, 39}, {22, 49}, {23, -1}, {0, -1}, {6, -1}, {4000000000.0, -1}};
  std::vector<shared::Ray> rays;
  for (int repeat = 0; repeat < 3; ++repeat) {
    for (const auto& [target, t] : expected) {
      rays.push_back(ray({0, 0, 1}, {1, 0, 0}));
      rays.back().target = static_cast<uint32_t>(target);
    }
  }
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind, snapshot);
    CAPTURE(scene.tracer().name());
    CHECK(scene.buffers().tileCount() == 2);
    const auto hits = scene.closest(rays);
    const auto any = scene.any(rays);
    for (size_t i = 0; i < rays.size(); ++i) {
      const double t = expected[i % std::size(expected)][1];
      CAPTURE(rays[i].target);
      REQUIRE((hits[i].instance != shared::kNoHit) == (t > 0));
      REQUIRE((any[i].instance != shared::kNoHit) == (t > 0));
      if (t <= 0) continue;
      CHECK(hits[i].t == doctest::Approx(t));
      if (rays[i].target != shared::kAnyTarget) {
        CHECK(scene.buffers().host().instances[hits[i].instance].object == rays[i].target);
        CHECK(scene.buffers().host().instances[any[i].instance].object == rays[i].target);
      }
    }
  }
}

TEST_CASE("A ray sees the instances that share a bit of its mask") {
  content::SceneContent content = contentOf({box({-1, -1, -1}, {1, 1, 1})});
  content::SceneSnapshot snapshot;
  for (uint32_t i = 0; i < 3; ++i) {
    snapshot.instances.push_back(standing(0, i, i + 1, i == 0 ? 1u : (i == 1 ? 2u : 0xffffffffu)));
    snapshot.poses.push_back(RigidTransform::fromTranslation({5.0 + 5 * i, 0, 0}));
  }
  std::vector<shared::Ray> rays;
  const double expected[] = {4, 9, 14, 4, 9};
  for (const uint32_t mask : {1u, 2u, 4u, 3u, 0x80000002u}) {
    rays.push_back(ray({0, 0, 0}, {1, 0, 0}));
    rays.back().mask = mask;
  }
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind, snapshot);
    CAPTURE(scene.tracer().name());
    const auto hits = scene.closest(rays);
    for (size_t i = 0; i < rays.size(); ++i) CHECK(hits[i].t == doctest::Approx(expected[i]));
    std::vector<shared::Ray> aimed = {rays[0], rays[1]};
    for (shared::Ray& r : aimed) r.target = 1;
    const auto aimedHits = scene.closest(aimed);
    CHECK(aimedHits[0].instance == 0);
    CHECK(aimedHits[1].instance == shared::kNoHit);
  }
}

TEST_CASE("Alpha-tested leaves let rays through where their texture is cut out") {
  // A chessboard of 8 x 8 texels on a square of 8 m, a solid square of the same mesh 1 m behind it.
  content::SceneContent content;
  content::Texture texture;
  texture.width = texture.height = 8;
  for (uint32_t i = 0; i < 64; ++i) texture.texels.push_back((i + i / 8) % 2 == 0 ? 0xff00ff00u : 0x7f00ff00u);
  content.add(texture);
  content.add(content::Material{});
  content::Material leaf;
  leaf.alphaTexture = TextureId(0);
  content.add(leaf);
  content::Mesh mesh =
      meshOf({{0, 0, 0}, {8, 0, 0}, {8, 8, 0}, {0, 8, 0}, {0, 0, -1}, {8, 0, -1}, {8, 8, -1}, {0, 8, -1}},
             {{4, 5, 6}, {0, 1, 2}, {0, 2, 3}, {4, 6, 7}}, "chessboard");
  mesh.uvs = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}, {1, 0}, {1, 1}, {0, 1}};
  mesh.surfaces = {{MaterialId(0), {}}, {MaterialId(1), {}}};
  mesh.surfaceOfTriangle = {0, 1, 1, 0};
  content.add(mesh);
  RandomSource random(0, 0, "trace/alpha");
  std::vector<shared::Ray> rays;
  std::vector<float> expected;
  for (int i = 0; i < 5000; ++i) {
    const double x = random.uniform(0, 8);
    const double y = random.uniform(0, 8);
    if (std::abs(x - std::round(x)) < 1e-3 || std::abs(y - std::round(y)) < 1e-3) continue;
    rays.push_back(ray({x, y, 2}, {0, 0, -1}));
    expected.push_back((int(x) + int(y)) % 2 == 0 ? 2.0f : 3.0f);
  }
  content::SceneSnapshot snapshot;  // once as an instance, once as a tile
  snapshot.instances.push_back(standing(0, 0));
  snapshot.poses.push_back(RigidTransform::identity());
  for (const bool isTile : {false, true}) {
    content.scenery.clear();
    if (isTile) content.scenery.push_back({MeshId(0), RigidTransform::identity(), {}});
    for (const TracerKind kind : kTracers) {
      Scene scene(content, kind, isTile ? content::SceneSnapshot{} : snapshot);
      CAPTURE(scene.tracer().name());
      size_t wrong = 0;
      const auto hits = scene.closest(rays);
      for (size_t i = 0; i < rays.size(); ++i) wrong += std::abs(hits[i].t - expected[i]) > 1e-5f;
      CHECK(wrong == 0);
      // Up to just below the leaves, any hit tells the texture.
      std::vector<shared::Ray> shortened = rays;
      for (shared::Ray& r : shortened) r.tMax = 2.5f;
      const auto any = scene.any(shortened);
      for (size_t i = 0; i < rays.size(); ++i) wrong += (any[i].instance == shared::kNoHit) != (expected[i] > 2.5f);
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("Every tracer asks the same texel, however fine the texture") {
  // A chessboard of 128 x 128 texels, 128 times over: a weight one unit in the last place off is a thousandth of a
  // texel.
  RandomSource random(0, 0, "trace/texel");
  content::SceneContent content;
  content::Texture texture;
  texture.width = texture.height = 128;
  for (uint32_t i = 0; i < 128 * 128; ++i) texture.texels.push_back((i + i / 128) % 2 == 0 ? 0xff00ff00u : 0u);
  content.add(texture);
  content::Material leaf;
  leaf.alphaTexture = TextureId(0);
  content.add(leaf);
  content::Mesh mesh = triangleSoup(random, 1000, 20, 4);
  mesh.uvs.clear();
  for (size_t i = 0; i < mesh.positions.size(); ++i)
    mesh.uvs.push_back(i % 3 == 0 ? glm::vec2(0) : (i % 3 == 1 ? glm::vec2(128, 0) : glm::vec2(0, 128)));
  content.add(mesh);
  content::SceneSnapshot snapshot;
  snapshot.instances.push_back(standing(0, 0));
  snapshot.poses.push_back({randomRotation(random), {3, -2, 1}});
  const std::vector<shared::Ray> rays = randomRays(random, 20000);
  Scene oracle(content, TracerKind::kBruteForce, snapshot);
  const auto expected = oracle.closest(rays);
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind, snapshot);
    const Agreement agreement = compare(scene.closest(rays), expected);
    MESSAGE(scene.tracer().name() << ": " << agreement.text());
    CHECK(agreement.same == agreement.rays);
  }
}

TEST_CASE("Where tiles meet, tracers may name either copy of a triangle, and no other") {
  RandomSource random(0, 0, "trace/tiles");
  content::SceneContent content = contentOf({triangleSoup(random, 3000, 20, 3)});
  content.scenery.push_back({MeshId(0), RigidTransform::identity(), {}});
  const std::vector<shared::Ray> rays = randomRays(random, 20000);
  const SceneBuffers::Options options{.tileSize_m = 16};
  Scene oracle(content, TracerKind::kBruteForce, {}, glm::dvec3(0), options, jobs());
  const auto view = oracle.buffers().host();
  const auto cornersOf = [&](const shared::Hit& hit) {
    const shared::Instance& instance = view.instances[hit.instance];
    const shared::MeshRange& range = view.meshes[instance.mesh];
    const glm::uvec3& t = view.triangles[range.firstTriangle + hit.primitive];
    std::array<glm::vec3, 3> corners;
    for (glm::length_t k = 0; k < 3; ++k)
      corners[static_cast<size_t>(k)] =
          view.positions[range.firstVertex + t[k]] + view.poseKeys[instance.firstKey].translation;
    return corners;
  };
  const auto expected = oracle.closest(rays);
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind, {}, glm::dvec3(0), options, jobs());
    const auto hits = scene.closest(rays);
    size_t copies = 0;
    size_t others = 0;
    for (size_t i = 0; i < rays.size(); ++i) {
      const bool isHit = hits[i].instance != shared::kNoHit;
      REQUIRE(isHit == (expected[i].instance != shared::kNoHit));
      if (!isHit || (hits[i].instance == expected[i].instance && hits[i].primitive == expected[i].primitive)) continue;
      const auto a = cornersOf(hits[i]);
      const auto b = cornersOf(expected[i]);
      bool isCopy = true;  // corners within 40 m, rounded to 4 um
      for (size_t k = 0; k < 3; ++k) isCopy = isCopy && glm::length(a[k] - b[k]) < 1e-5f;
      ++(isCopy ? copies : others);
    }
    MESSAGE(scene.tracer().name() << ": " << copies << " of " << rays.size() << " rays name the other tile's copy");
    CHECK(others == 0);
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
