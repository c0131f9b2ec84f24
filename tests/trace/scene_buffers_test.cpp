#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <limits>

#include "engine/core/error.hpp"
#include "tests/trace/fixture.hpp"
#include "tests/trace/shapes.hpp"

using namespace nightfog;
using namespace nightfog::trace;
using namespace nightfog::trace::test;

namespace {

std::array<glm::dvec3, 3> worldCorners(const SceneBuffers& buffers, uint32_t instance, uint32_t triangle) {
  const auto view = buffers.host();
  const auto& range = view.meshes[view.instances[instance].mesh];
  const auto& corners = view.triangles[range.firstTriangle + triangle];
  const auto& key = view.poseKeys[view.instances[instance].firstKey];
  std::array<glm::dvec3, 3> world;
  for (int i = 0; i < 3; ++i)
    world[static_cast<size_t>(i)] =
        glm::dvec3(view.positions[range.firstVertex + corners[i]]) + glm::dvec3(key.translation) + buffers.origin();
  return world;
}

}  // namespace

TEST_CASE("Scenery becomes tiles whose triangles lie where the placements put them, kilometres from the origin") {
  RandomSource random(0, 0, "trace/tiles");
  const content::Mesh mesh = triangleSoup(random, 200, 60, 3);
  content::SceneContent content = contentOf({mesh});
  const RigidTransform place = RigidTransform::fromYawPitchRoll({12345.678, -54321.123, 250.5}, 0.7, 0.1, -0.2);
  content.scenery.push_back({MeshId(0), place, {}});
  SceneBuffers buffers(device(), content, {.tileSize_m = 64});
  buffers.setFrame({}, {12300, -54300, 250});
  CHECK(buffers.tileCount() > 4);
  std::vector<int> seen(mesh.triangles.size(), 0);
  double worst = 0;
  for (uint32_t i = 0; i < buffers.tileCount(); ++i) {
    const auto view = buffers.host();
    const auto& range = view.meshes[view.instances[i].mesh];
    const MeshBounds& bounds = view.meshBounds[view.instances[i].mesh];
    CHECK(glm::all(glm::lessThan(glm::abs(bounds.low), glm::vec3(45))));  // half a tile and a triangle
    for (uint32_t k = 0; k < range.triangleCount; ++k) {
      const auto corners = worldCorners(buffers, i, k);
      for (size_t t = 0; t < mesh.triangles.size(); ++t) {
        double off = 0;
        for (int c = 0; c < 3; ++c)
          off =
              std::max(off, glm::length(corners[size_t(c)] - place * glm::dvec3(mesh.positions[mesh.triangles[t][c]])));
        if (off > 0.01) continue;
        ++seen[t];
        worst = std::max(worst, off);
      }
    }
  }
  CHECK(worst < 1e-5);
  CHECK(*std::min_element(seen.begin(), seen.end()) >= 1);
  CHECK(*std::max_element(seen.begin(), seen.end()) <= 3);  // in the tiles of its corners, no more
}

TEST_CASE("A street about the origin is one tile, and the snapshot's instances come behind the tiles") {
  content::SceneContent content = contentOf({plane(100, 10), box({-1, -1, 0}, {1, 1, 2})});
  content.scenery.push_back({MeshId(0), RigidTransform::identity(), {}});
  content.scenery.push_back({MeshId(1), RigidTransform::fromTranslation({20, 20, 0}), {}});
  content::SceneSnapshot snapshot;
  snapshot.instances.push_back({MeshId(1), ObjectId(9), 0, 1, 0xffffffffu});
  snapshot.poses.push_back(RigidTransform::fromTranslation({5, 0, 0}));
  SceneBuffers buffers(device(), content);
  buffers.setFrame(snapshot, {1, 2, 3});
  CHECK(buffers.tileCount() == 1);
  const auto view = buffers.host();
  REQUIRE(view.instances.size() == 2);
  CHECK(view.instances[1].object == 9);
  CHECK(view.poseKeys[view.instances[1].firstKey].translation == glm::vec3(4, -2, -3));
  CHECK(buffers.table().instanceCount == 2);
  CHECK(view.meshes[view.instances[0].mesh].triangleCount == 200 + 12);
}

TEST_CASE("Scenery that is an object, or beyond the budget, stays an instance of its own") {
  content::SceneContent content = contentOf({box({-1, -1, 0}, {1, 1, 2})});
  for (uint32_t i = 0; i < 10; ++i)
    content.scenery.push_back({MeshId(0), RigidTransform::fromTranslation({4.0 * i, 0, 0}), ObjectId(i == 3 ? 7 : 0)});
  CHECK(SceneBuffers(device(), content).tileCount() == 2);
  SceneBuffers small(device(), content, {.flattenBudgetBytes = 1500});
  CHECK(small.tileCount() > 5);
  Scene scene(content, TracerKind::kAuto, {}, {0, 0, 0}, {.flattenBudgetBytes = 1500}, jobs());
  for (int i = 0; i < 10; ++i) CHECK(scene.closest({ray({4.0 * i, 0, 9}, {0, 0, -1})})[0].t == doctest::Approx(7));
}

TEST_CASE("Content and snapshots that contradict themselves are refused by name") {
  const auto refuses = [](auto change) {
    content::SceneContent content = contentOf({plane(1, 1)});
    content.meshes[0].name = "culprit";
    change(content);
    CHECK_THROWS_AS(SceneBuffers(device(), content), Error);
  };
  refuses([](content::SceneContent& c) { c.meshes[0].triangles[0].y = 4; });
  refuses([](content::SceneContent& c) { c.meshes[0].normals.pop_back(); });
  refuses([](content::SceneContent& c) { c.meshes[0].uvs.resize(2); });
  refuses([](content::SceneContent& c) { c.meshes[0].surfaceOfTriangle[0] = 1; });
  refuses([](content::SceneContent& c) { c.meshes[0].surfaceOfTriangle.clear(); });
  refuses([](content::SceneContent& c) { c.meshes[0].surfaces[0].material = MaterialId(5); });
  refuses([](content::SceneContent& c) { c.materials[0].alphaTexture = TextureId(0); });
  refuses([](content::SceneContent& c) { c.add(content::Texture{"t", 3, 3, {1, 2}}); });
  refuses([](content::SceneContent& c) { c.add(content::Texture{"t", 0, 0, {}}); });
  refuses([](content::SceneContent& c) { c.scenery.push_back({MeshId(8), {}, {}}); });
  refuses([](content::SceneContent& c) {
    c.scenery.push_back({MeshId(0), RigidTransform::fromTranslation({NAN, 0, 0}), {}});
  });
  refuses([](content::SceneContent& c) { c.scenery.push_back({MeshId(0), {glm::dquat(0, 0, 0, 0), {}}, {}}); });

  const content::SceneContent content = contentOf({plane(1, 1)});
  SceneBuffers buffers(device(), content);
  const auto refusesFrame = [&](auto change) {
    content::SceneSnapshot snapshot;
    snapshot.keyStep = SimTime::fromMs(10);
    snapshot.keyCount = 2;
    snapshot.instances.push_back({MeshId(0), ObjectId(1), 0, 2, 1});
    snapshot.poses.resize(2);
    CHECK_NOTHROW(buffers.setFrame(snapshot, {}));
    change(snapshot);
    CHECK_THROWS_AS(buffers.setFrame(snapshot, {}), Error);
  };
  refusesFrame([](content::SceneSnapshot& s) { s.instances[0].mesh = MeshId(1); });
  refusesFrame([](content::SceneSnapshot& s) { s.instances[0].firstKey = 1; });
  refusesFrame([](content::SceneSnapshot& s) { s.instances[0].keyCount = 0; });
  refusesFrame([](content::SceneSnapshot& s) { s.instances[0].firstKey = 0xffffffffu; });
  refusesFrame([](content::SceneSnapshot& s) { s.keyStep = SimTime{}; });
  refusesFrame([](content::SceneSnapshot& s) { s.poses[1].translation.x = std::numeric_limits<double>::infinity(); });
}

TEST_CASE("Tracers are chosen by name, and automatically by the device's type alone") {
  CHECK(tracerKindFromName("auto") == TracerKind::kAuto);
  CHECK(tracerKindFromName("compute") == TracerKind::kComputeBvh);
  CHECK(tracerKindFromName("embree") == TracerKind::kEmbree);
  CHECK_THROWS_AS(tracerKindFromName("Embree"), Error);
  const content::SceneContent content = contentOf({plane(1, 1)});
  SceneBuffers buffers(device(), content);
  const bool isCpu = device().info().type == gpu::DeviceType::kCpu;
  CHECK(makeTracer(TracerKind::kAuto, buffers, jobs())->name().substr(0, 6) == (isCpu ? "embree" : "comput"));
}

TEST_CASE("Objects have poses at every instant of the exposure") {
  content::SceneSnapshot snapshot;
  snapshot.firstKey = SimTime::fromMs(100);
  snapshot.keyStep = SimTime::fromMs(10);
  snapshot.keyCount = 3;
  for (uint32_t id : {3u, 5u}) {
    content::SnapshotObject object;
    object.id = ObjectId(id);
    for (int k = 0; k < 3; ++k)
      object.worldFromObject.push_back(RigidTransform::fromYawPitchRoll({1.0 * k, 0, 0}, 0.2 * k));
    snapshot.objects.push_back(object);
  }
  REQUIRE(snapshot.findObject(ObjectId(5)) != nullptr);
  CHECK(snapshot.findObject(ObjectId(5))->id == ObjectId(5));
  CHECK(snapshot.findObject(ObjectId(4)) == nullptr);
  CHECK(snapshot.findObject(ObjectId(6)) == nullptr);
  const content::SnapshotObject& object = snapshot.objects[0];
  const RigidTransform pose = snapshot.objectPose(object, SimTime::fromNs(112'500'000));
  CHECK(pose.translation.x == doctest::Approx(1.25));
  CHECK(pose.yaw_rad() == doctest::Approx(0.25));
  CHECK(snapshot.objectPose(object, SimTime::fromMs(90)).translation.x == 0);
  CHECK(snapshot.objectPose(object, SimTime::fromMs(120)).translation.x == 2);
  CHECK(snapshot.objectPose(object, SimTime::fromMs(500)).translation.x == 2);
}
