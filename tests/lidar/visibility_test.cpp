// Outcomes of beams and visibility of objects, against brute force: every beam traced again against every object.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/shared/cause.h"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;
using record::LidarSweep;

namespace {

/// A street of moving, turning, hiding boxes and wheels seen from a turning carrier.
Lab crowd(const std::string& profile) {
  Lab lab;
  lab.ground(-1.7, lab.material(0.2f));
  const MeshId box = lab.box({4.2, 1.8, 1.5}, lab.material(0.4f));
  const MeshId small = lab.box({0.5, 0.5, 1.7}, lab.material(0.4f));
  const MeshId wheel = lab.wheel(0.35, 0.2, 12, lab.material(0.05f));
  for (int i = 0; i < 8; ++i) {
    const double a = 0.9 * i;
    lab.object(fmt::format("car{}", i), box, [=](double t) {
      return RigidTransform::fromYawPitchRoll({(6 + 3 * i) * std::cos(a) + 8 * t, (6 + 3 * i) * std::sin(a), -0.9},
                                              a + 0.5 * t);
    });
    lab.object(fmt::format("person{}", i), small, [=](double t) {
      return RigidTransform::fromYawPitchRoll(
          {(9 + 3 * i) * std::cos(a + 0.02), (9 + 3 * i) * std::sin(a + 0.02) + 2 * t, -0.8}, 3 * t);
    });
    lab.object(fmt::format("tyre{}", i), wheel, [=](double t) {
      return RigidTransform{glm::angleAxis(40.0 * t, glm::dvec3(0, 1, 0)),
                            {(7 + i) * std::cos(-a) + 14 * t, (7 + i) * std::sin(-a), -1.35}};
    });
  }
  lab.object("overhead", small, lab::still(RigidTransform::fromTranslation({0.1, 0.1, 2.5})));
  lab.mount(lab::exactSpec(profile), [](double t) {
    return RigidTransform::fromYawPitchRoll({8 * t, 0, 0}, 0.8 * t, 0.02);
  });
  return lab;
}

/// Beams that meet `object` within the window when only its instances are in the scene.
uint32_t possibleByBruteForce(const Lab& lab, ObjectId object, uint32_t frame) {
  lab::Rig rig(lab, lab::device(), {});
  content::SceneSnapshot snapshot = rig.prepare(frame);
  std::erase_if(snapshot.instances, [&](const content::SnapshotInstance& i) { return i.object != object; });
  rig.scene.setFrame(snapshot, rig.sensor.frameOrigin(snapshot, frame));
  rig.tracer->update();
  const LidarSweep sweep = std::get<LidarSweep>(rig.sensor.capture(snapshot, frame, rig.stream));
  return static_cast<uint32_t>(std::count_if(sweep.points.begin(), sweep.points.end(),
                                             [&](const LidarPoint& p) { return p.instance == object.value; }));
}

}  // namespace

TEST_CASE("Every beam has one outcome, and the points are the outcomes that are returns") {
  Lab lab = crowd("velodyne.hdl64e_s2_1");
  scenario::LidarSpec spec = lab::exactSpec("velodyne.hdl64e_s2_1");
  for (bool threshold : {false, true}) {
    spec.threshold = threshold;
    lab.mount(spec, lab::still({}));
    const LidarSweep sweep = lab.capture();
    REQUIRE(sweep.beamOutcomes.size() == sweep.ringCount * sweep.columnCount);
    std::map<uint32_t, size_t> outcomes;
    for (uint8_t outcome : sweep.beamOutcomes) ++outcomes[outcome];
    CHECK(outcomes.count(shared::kCauseNone) == 0);
    CHECK(outcomes[shared::kCauseSurface] == sweep.points.size());
    CHECK(outcomes[shared::kCauseSurface] + outcomes[shared::kCauseOutOfRange] +
              outcomes[shared::kCauseBelowThreshold] ==
          sweep.beamOutcomes.size());
    CHECK((outcomes[shared::kCauseBelowThreshold] > 0) == threshold);
    uint32_t last = 0;
    for (const LidarPoint& p : sweep.points) {
      const uint32_t beam = p.ring + sweep.ringCount * p.column;
      REQUIRE(sweep.beamOutcomes[beam] == p.cause);
      REQUIRE((beam > last || &p == sweep.points.data()));  // ascending column, then ring
      last = beam;
    }
  }
}

TEST_CASE("Possible hits are the beams that meet the object alone, whatever moves and turns") {
  for (const char* profile : {"velodyne.vlp16", "hesai.pandar64"}) {
    const Lab lab = crowd(profile);
    const LidarSweep sweep = lab.capture(2);
    REQUIRE(sweep.visibility.size() == 25);
    uint32_t occluded = 0;
    for (const record::LidarObjectVisibility& v : sweep.visibility) {
      CAPTURE(v.object.value);
      const auto hits = std::count_if(sweep.points.begin(), sweep.points.end(),
                                      [&](const LidarPoint& p) { return p.instance == v.object.value; });
      CHECK(v.hits == hits);
      CHECK(v.possibleHits == possibleByBruteForce(lab, v.object, 2));
      CHECK(v.hits + v.occludedBeams == v.possibleHits);  // threshold off: what is not taken is hit
      occluded += v.occludedBeams;
    }
    CHECK(occluded > 100);
  }
}

TEST_CASE("With threshold and noise, hits stay at most the possible hits") {
  Lab lab = crowd("ouster.os1_128");
  scenario::LidarSpec spec = lab::exactSpec("ouster.os1_128");
  spec.noise = true;
  spec.threshold = true;
  spec.profile.range10_m = 12;
  lab.mount(spec, lab::still({}));
  for (const record::LidarObjectVisibility& v : lab.capture().visibility) CHECK(v.hits <= v.possibleHits);
}

TEST_CASE("The occluder is the nearer of two plates, and scenery is nobody") {
  Lab lab;
  const MaterialId grey = lab.material(0.5f);
  const ObjectId near =
      lab.object("near", lab.plate(1, 1, grey), lab::still(RigidTransform::fromTranslation({5, 0, 0})));
  const ObjectId far =
      lab.object("far", lab.plate(2, 2, grey), lab::still(RigidTransform::fromTranslation({10, 0, 0})));
  const ObjectId behindWall = lab.object("behind a wall", lab.plate(1, 1, grey),
                                         lab::still(RigidTransform::fromYawPitchRoll({0, 12, 0}, kPi / 2)));
  lab.scenery(lab.plate(3, 3, grey), RigidTransform::fromYawPitchRoll({0, 6, 0}, kPi / 2));
  const ObjectId tooFar =
      lab.object("too far", lab.plate(100, 100, grey), lab::still(RigidTransform::fromTranslation({-300, 0, 0})));
  lab.mount(lab::exactSpec("hesai.pandar64"), lab::still({}));
  const LidarSweep sweep = lab.capture();
  REQUIRE(sweep.visibility.size() == 4);  // not the carrier
  CHECK(sweep.visibility[0].object == near);
  CHECK(sweep.visibility[0].occludedBeams == 0);
  CHECK(sweep.visibility[0].hits == sweep.visibility[0].possibleHits);
  CHECK(sweep.visibility[0].hits > 100);
  // Seen from the sensor the two plates fill the same angles: all of the far one's beams are taken, but for the rims.
  CHECK(sweep.visibility[1].object == far);
  CHECK(sweep.visibility[1].hits == 0);
  CHECK(sweep.visibility[1].occluder == near);
  CHECK(sweep.visibility[1].occludedBeams == sweep.visibility[1].possibleHits);
  CHECK(sweep.visibility[1].possibleHits == sweep.visibility[0].hits);
  CHECK(sweep.visibility[2].object == behindWall);
  CHECK(sweep.visibility[2].hits == 0);
  CHECK(sweep.visibility[2].possibleHits > 50);
  CHECK(sweep.visibility[2].occluder == ObjectId{0});
  CHECK(sweep.visibility[3].object == tooFar);
  CHECK(sweep.visibility[3].possibleHits == 0);
}

TEST_CASE("What lies nearer than the minimum range gives no return and still hides what is behind it") {
  Lab lab;
  const MaterialId grey = lab.material(0.5f);
  lab.object("dirt", lab.plate(0.4, 0.4, grey), lab::still(RigidTransform::fromTranslation({0.2, 0, 0})));
  lab.object("car", lab.plate(2, 2, grey), lab::still(RigidTransform::fromTranslation({15, 0, 0})));
  lab.mount(lab::exactSpec("velodyne.vlp16"), lab::still({}));
  const LidarSweep sweep = lab.capture();
  CHECK(sweep.points.empty());
  CHECK(sweep.visibility[0].possibleHits == 0);
  CHECK(sweep.visibility[1].possibleHits > 20);
  CHECK(sweep.visibility[1].occluder == ObjectId{1});
}
