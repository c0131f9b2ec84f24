// What a ray is allowed to see: instances, targets, masks, leaves with holes, tiles. For every tracer.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

#include "tests/trace/fixture.hpp"
#include "tests/trace/shapes.hpp"

using namespace nightfog;
using namespace nightfog::trace;
using namespace nightfog::trace::test;

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
