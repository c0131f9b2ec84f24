// What bends, against meshes made for one instant each, which do not.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/error.hpp"
#include "tests/trace/fixture.hpp"
#include "tests/trace/shapes.hpp"

using namespace nightfog;
using namespace nightfog::trace;
using namespace nightfog::trace::test;

namespace {

constexpr uint32_t kShapes = 3;
constexpr double kStep_s = 0.01;
const std::vector<float> kPlaces{1.6f, 2.3f, 3.1f, 3.9f};  // from the second shape through the third to the first again

/// A cycle of three shapes of one soup whose corners wander by up to half a metre.
content::SceneContent cycle(RandomSource& random, bool hasHoles) {
  const content::Mesh soup = triangleSoup(random, 400, 8, 2);
  std::vector<content::Mesh> shapes(kShapes, soup);
  for (uint32_t k = 0; k < kShapes; ++k) {
    for (glm::vec3& p : shapes[k].positions) p += glm::vec3(randomPoint(random, 0.5));
    shapes[k].nextShape = MeshId((k + 1) % kShapes);
  }
  std::vector<glm::vec2> uvs;
  for (size_t i = 0; i < soup.positions.size(); ++i) uvs.emplace_back(random.uniform(0, 3), random.uniform(0, 3));
  for (content::Mesh& shape : shapes) shape.uvs = uvs;
  content::SceneContent content = contentOf(std::move(shapes));
  if (hasHoles) {
    content.materials[0].alphaTexture = content.add(content::Texture{"holes", 2, 2, {0xff000000u, 0, 0, 0xff000000u}});
  }
  return content;
}

RigidTransform poseAt(double t) {
  return {glm::angleAxis(8 * t, glm::dvec3(0, 0, 1)), {3 * t, -20 * t, 1}};
}

content::SceneSnapshot bending() {
  content::SceneSnapshot snapshot;
  snapshot.keyStep = SimTime::fromSeconds(kStep_s);
  snapshot.keyCount = static_cast<uint32_t>(kPlaces.size());
  for (uint32_t k = 0; k < snapshot.keyCount; ++k) snapshot.poses.push_back(poseAt(k * kStep_s));
  snapshot.shapes = kPlaces;
  content::SnapshotInstance body{MeshId(0), ObjectId(5), 0, snapshot.keyCount};
  body.shapeCount = kShapes;
  snapshot.instances = {body};
  return snapshot;
}

/// The soup as it is at one instant, in the world's frame.
content::SceneContent frozen(const content::SceneContent& content, double t) {
  const double position = t / kStep_s;
  const size_t key = std::min(static_cast<size_t>(position), kPlaces.size() - 2);
  const double place = std::lerp(double(kPlaces[key]), double(kPlaces[key + 1]), position - double(key));
  const content::Mesh& a = content.meshes[static_cast<size_t>(place) % kShapes];
  const content::Mesh& b = content.meshes[(static_cast<size_t>(place) + 1) % kShapes];
  content::SceneContent out = content;
  out.meshes = {a};
  out.meshes[0].nextShape = {};
  for (size_t i = 0; i < a.positions.size(); ++i) {
    const glm::dvec3 p = glm::mix(glm::dvec3(a.positions[i]), glm::dvec3(b.positions[i]), place - std::floor(place));
    out.meshes[0].positions[i] = glm::vec3(poseAt(t) * p);
  }
  out.scenery = {{MeshId(0), RigidTransform::identity(), ObjectId(5)}};
  return out;
}

}  // namespace

TEST_CASE("A ray meets what bends where its corners are at the ray's own time") {
  for (const bool hasHoles : {false, true}) {
    RandomSource random(0, 0, "trace/bending");
    const content::SceneContent content = cycle(random, hasHoles);
    std::vector<double> instants;
    std::vector<shared::Ray> rays;
    constexpr size_t kRays = 300;
    for (int i = 0; i < 16; ++i) {
      instants.push_back(random.uniform(0, 0.03));
      for (size_t k = 0; k < kRays; ++k) {
        rays.push_back(ray(randomPoint(random, 10), randomDirection(random)));
        rays.back().time_s = static_cast<float>(instants.back());
        if (k % 3 == 0) rays.back().target = 5;
      }
    }
    // Neighbours in a packet look at different instants.
    std::vector<size_t> order(rays.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i / instants.size() + i % instants.size() * kRays;
    std::vector<shared::Ray> shuffled;
    for (const size_t i : order) shuffled.push_back(rays[i]);

    std::vector<shared::Hit> expected;
    for (size_t i = 0; i < instants.size(); ++i) {
      Scene scene(frozen(content, instants[i]), TracerKind::kBruteForce);
      const auto begin = rays.begin() + static_cast<std::ptrdiff_t>(i * kRays);
      const auto hits = scene.closest({begin, begin + kRays});
      expected.insert(expected.end(), hits.begin(), hits.end());
    }
    for (const TracerKind kind : kTracers) {
      Scene scene(content, kind, bending());
      const auto hits = scene.closest(shuffled);
      const auto any = scene.any(shuffled);
      std::vector<shared::Hit> sorted(hits.size());
      size_t met = 0;
      size_t anyDiffers = 0;
      for (size_t i = 0; i < order.size(); ++i) {
        sorted[order[i]] = hits[i];
        met += hits[i].instance != shared::kNoHit ? 1 : 0;
        anyDiffers += (any[i].instance != shared::kNoHit) != (hits[i].instance != shared::kNoHit) ? 1 : 0;
      }
      const Agreement agreement = compare(sorted, expected);
      MESSAGE(scene.tracer().name() << ": " << agreement.text());
      CHECK(met > rays.size() / 5);
      CHECK(anyDiffers == 0);
      // Corners and poses are rounded in another order: a ray that passes an edge or a texel's border within 1e-6 m.
      CHECK(agreement.different <= 2);
      CHECK(agreement.largestGap < 1e-4);
    }
  }
}

TEST_CASE("One shape of what bends, placed by itself, stands as it is") {
  RandomSource random(0, 0, "trace/one shape");
  const content::SceneContent content = cycle(random, false);
  content::SceneContent alone = content;
  for (content::Mesh& mesh : alone.meshes) mesh.nextShape = {};
  std::vector<shared::Ray> rays;
  for (int i = 0; i < 2000; ++i) {
    rays.push_back(ray(randomPoint(random, 10), randomDirection(random)));
    rays.back().time_s = 7;
  }
  content::SceneSnapshot snapshot;
  snapshot.poses = {RigidTransform::identity()};
  snapshot.instances = {{MeshId(1), ObjectId(1)}};
  Scene oracle(alone, TracerKind::kBruteForce, snapshot);
  const auto expected = oracle.closest(rays);
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind, snapshot);
    CHECK(compare(scene.closest(rays), expected).different == 0);
  }
}

TEST_CASE("Shapes that are no cycle, or of which a key says nothing, are refused") {
  RandomSource random(0, 0, "trace/refused");
  const content::SceneContent content = cycle(random, false);
  SceneBuffers scene(device(), content);
  const auto refuses = [&](auto&& change) {
    content::SceneSnapshot snapshot = bending();
    change(snapshot);
    CHECK_THROWS_AS(scene.setFrame(snapshot, glm::dvec3(0)), Error);
  };
  scene.setFrame(bending(), glm::dvec3(0));
  refuses([](content::SceneSnapshot& s) { s.instances[0].shapeCount = 2; });  // its second does not lead to its first
  refuses([](content::SceneSnapshot& s) { s.instances[0].shapeCount = 4; });
  refuses([](content::SceneSnapshot& s) { s.instances[0].shapeCount = 0; });
  refuses([](content::SceneSnapshot& s) { s.instances[0].keyCount = 1; });
  refuses([](content::SceneSnapshot& s) { s.instances[0].firstShape = 1; });
  refuses([](content::SceneSnapshot& s) { s.shapes[2] = -0.5f; });
  refuses([](content::SceneSnapshot& s) { s.shapes[2] = NAN; });
  for (const uint32_t next : {7u, 1u}) {  // there is none; one with another number of corners
    content::SceneContent torn = content;
    torn.meshes[1].positions.emplace_back(0);
    torn.meshes[1].normals.emplace_back(0, 0, 1);
    torn.meshes[1].uvs.emplace_back(0);
    torn.meshes[0].nextShape = MeshId(next);
    CHECK_THROWS_AS(SceneBuffers(device(), torn), Error);
  }
}
