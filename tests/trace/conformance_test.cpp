#include <doctest/doctest.h>

#include "tests/trace/fixture.hpp"
#include "tests/trace/shapes.hpp"

using namespace nightfog;
using namespace nightfog::trace;
using namespace nightfog::trace::test;

TEST_CASE("Every tracer finds what brute force finds in a random soup") {
  RandomSource random(0, 0, "trace/soup");
  content::SceneContent content = contentOf({triangleSoup(random, 3000, 20, 2)});
  content.scenery.push_back({MeshId(0), RigidTransform::identity(), {}});
  std::vector<shared::Ray> rays;
  for (int i = 0; i < 8192; ++i) rays.push_back(ray(randomPoint(random, 25), randomDirection(random)));
  Scene oracle(content, TracerKind::kBruteForce);
  const auto expected = oracle.closest(rays);
  for (const TracerKind kind : kTracers) {
    Scene scene(content, kind);
    const Agreement agreement = compare(scene.closest(rays), expected);
    MESSAGE(scene.tracer().name() << ": " << agreement.text());
    CHECK(agreement.different == 0);
    CHECK(agreement.same >= agreement.rays * 0.9999);
  }
}
