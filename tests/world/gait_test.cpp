#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

#include "engine/world/gait.hpp"
#include "tests/world/fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

// Instances of personParts(), in order.
constexpr size_t kPelvis = 0;
constexpr std::array<size_t, 2> kThigh{1, 6}, kShin{2, 7}, kFoot{3, 8}, kForearm{5, 10};

const RigidTransform& partPose(const content::SceneSnapshot& snapshot, size_t part, uint32_t key) {
  const auto& entry = snapshot.instances[part];
  return snapshot.poses[entry.firstKey + (entry.keyCount > 1 ? key : 0)];
}

content::SceneSnapshot walk(double speed, double distance, Stage stage = {}) {
  stage.add(personAsset(), at(0, 0), scenario::WalkTo{{distance, 0, 0}, speed, {}}, personParts());
  World world = stage.world();
  return world.snapshot(SimTime(), SimTime::fromSeconds(distance / speed + 0.1));
}

std::array<LegGeometry, 2> adultLegs() {
  return {LegGeometry{0, -0.43, 0, -0.42, 0.08}, LegGeometry{0, -0.43, 0, -0.42, 0.08}};
}

}  // namespace

TEST_CASE("The foot that stands does not slide, walking, strolling and running") {
  for (double speed : {0.7, 1.4, 3.0}) {
    const auto snapshot = walk(speed, 12);
    const Gait gait(adultLegs(), speed, 12);
    const auto flat = [](double) { return 0.0; };
    CAPTURE(speed);
    for (const Side side : {kLeft, kRight}) {
      double stoodAt = 0;
      bool stands = false;
      double worst = 0, lowest = 1, highest = 0;
      for (uint32_t k = 0; k < snapshot.keyCount; ++k) {
        const auto pose = gait.at(speed * snapshot.keyStep.seconds() * k, flat);
        const RigidTransform& foot = partPose(snapshot, kFoot[side], k);
        const glm::dvec3 ankle = foot.translation;
        // The shoe rolls from its heel over its toe: where the level ankle was, seen from what touches the ground.
        const double toeAhead = 0.2436 * 0.85, heelBehind = 0.1044 * 0.85;
        const glm::dvec3 toe = foot * glm::dvec3(toeAhead, 0, -0.08);
        const glm::dvec3 heel = foot * glm::dvec3(-heelBehind, 0, -0.08);
        const double place = toe.z < heel.z ? toe.x - toeAhead : heel.x + heelBehind;
        if (pose.inStance[side]) {
          if (!stands) stoodAt = place;
          worst = std::max(worst, std::abs(place - stoodAt));
          CHECK(std::abs(std::min(toe.z, heel.z)) < 1e-3);
        }
        stands = pose.inStance[side];
        lowest = std::min(lowest, ankle.z);
        highest = std::max(highest, ankle.z);
      }
      CHECK(worst < 1e-3);
      CHECK(lowest > 0.08 - 1e-9);  // the ankle of a sole on the ground; nothing sinks in
      CHECK(highest < 0.45);
    }
  }
}

TEST_CASE("At every instant of a walk a foot stands; a run has flight") {
  for (double speed : {1.4, 3.5}) {
    const Gait gait(adultLegs(), speed, std::numeric_limits<double>::infinity());
    int none = 0, both = 0;
    for (int i = 0; i < 1000; ++i) {
      const auto pose = gait.at(10 + 0.01 * i, [](double) { return 0.0; });
      none += !pose.inStance[0] && !pose.inStance[1];
      both += pose.inStance[0] && pose.inStance[1];
    }
    CHECK(gait.runs() == (speed > 2.2));
    CHECK((none > 0) == gait.runs());
    CHECK((both > 0) == !gait.runs());
  }
}

TEST_CASE("Steps are as long as people take them") {
  // Stature 1.60 m for these legs. [GrieveGear1966]; adults at 1.4 m/s take about 1.9 steps a second.
  const Gait gait(adultLegs(), 1.4, std::numeric_limits<double>::infinity());
  CHECK(1.4 / gait.stepLength_m() == doctest::Approx(1.95).epsilon(0.08));
  const std::array<LegGeometry, 2> childLegs{LegGeometry{0, -0.25, 0, -0.24}, LegGeometry{0, -0.25, 0, -0.24}};
  const Gait child(childLegs, 1.4, std::numeric_limits<double>::infinity());
  CHECK(child.stepLength_m() < gait.stepLength_m());
  // The way is a whole number of steps.
  const Gait way(adultLegs(), 1.4, 5);
  const double steps = 5 / way.stepLength_m();
  CHECK(steps == doctest::Approx(std::round(steps)));
}

TEST_CASE("Knees bend backwards, elbows forwards, and never the other way") {
  for (double speed : {1.0, 1.4, 3.5}) {
    const auto snapshot = walk(speed, 10);
    double bent = 0;
    for (uint32_t k = 0; k < snapshot.keyCount; ++k) {
      for (size_t side : {0u, 1u}) {
        const glm::dvec3 hip = partPose(snapshot, kThigh[side], k).translation;
        const glm::dvec3 knee = partPose(snapshot, kShin[side], k).translation;
        const glm::dvec3 ankle = partPose(snapshot, kFoot[side], k).translation;
        // The knee lies in front of the line from hip to ankle.
        const glm::dvec3 leg = ankle - hip;
        const double inFront = -glm::cross(leg, knee - hip).y / glm::length(leg);
        CHECK(inFront > -1e-9);
        bent = std::max(bent, inFront);
        const glm::dvec3 forearm = partPose(snapshot, kForearm[side], k).rotate({0, 0, -1});
        const glm::dvec3 upperArm = partPose(snapshot, kForearm[side] - 1, k).rotate({0, 0, -1});
        CHECK(glm::cross(upperArm, forearm).y < 1e-9);
      }
    }
    CHECK(bent > 0.1);  // a swinging knee stands out by more than 10 cm
  }
}

TEST_CASE("The pelvis bobs by a few centimetres, and rises and falls smoothly") {
  const auto snapshot = walk(1.4, 12);
  double low = 2, high = 0, fastest = 0;
  for (uint32_t k = 1; k < snapshot.keyCount; ++k) {
    const double z = partPose(snapshot, kPelvis, k).translation.z;
    const double travelled = partPose(snapshot, kPelvis, k).translation.x;
    fastest = std::max(fastest, std::abs(z - partPose(snapshot, kPelvis, k - 1).translation.z) / 0.01);
    if (travelled < 2 || travelled > 10) continue;
    low = std::min(low, z);
    high = std::max(high, z);
  }
  CHECK(high - low > 0.02);
  CHECK(high - low < 0.06);
  CHECK(fastest < 0.8);
}

TEST_CASE("Limbs move without jumps from standing to walking to standing") {
  // What is continuous moves half as far in half the time; a jump stays as large.
  for (double speed : {1.4, 3.0}) {
    std::array<double, 2> furthest{}, widest{};
    for (size_t fine : {0u, 1u}) {
      Stage stage;
      stage.scenario.step = SimTime::fromMs(fine ? 2 : 4);
      const auto snapshot = walk(speed, 7.3, stage);
      for (uint32_t k = 1; k < snapshot.keyCount; ++k) {
        for (size_t part = 0; part < personParts().size(); ++part) {
          const auto& before = partPose(snapshot, part, k - 1);
          const auto& after = partPose(snapshot, part, k);
          furthest[fine] = std::max(furthest[fine], glm::distance(before.translation, after.translation));
          const glm::dquat change = after.rotation * glm::conjugate(before.rotation);
          const double turn = 2 * std::atan2(glm::length(glm::dvec3(change.x, change.y, change.z)), std::abs(change.w));
          widest[fine] = std::max(widest[fine], turn);
        }
      }
    }
    CAPTURE(speed);
    CHECK(furthest[1] < 0.6 * furthest[0]);
    CHECK(widest[1] < 0.6 * widest[0]);
    // A foot swings at up to 2 / (1 - duty) = 5 times the walker's speed; a limb that stretches is little faster.
    CHECK(furthest[0] / 0.004 < 6 * speed);
  }
}

TEST_CASE("Stepping off a kerb, feet and box follow the ground") {
  Stage stage;
  stage.scenario.map =
      road::Road({{0, 0}, kPi / 2, {{100, 0}}}, {{"left", road::LaneKind::kSidewalk, 6}}, {{"right"}}, 0.12);
  // The road runs along y; x = -6 … 0 is sidewalk, x > 0 carriageway.
  stage.add(personAsset(), at(-4, 50), scenario::WalkTo{{3, 50, 0}, 1.4, {}}, personParts());
  World world = stage.world();
  const auto snapshot = world.snapshot(SimTime(), SimTime::fromMs(5500));
  const auto& poses = snapshot.objects[0].worldFromObject;
  CHECK(poses.front().translation.z == doctest::Approx(0.12));
  CHECK(poses.back().translation.z == doctest::Approx(0));
  for (size_t k = 1; k < poses.size(); ++k) {
    CHECK(std::abs(poses[k].translation.z - poses[k - 1].translation.z) < 0.01);
    for (size_t side : {0u, 1u}) {
      const glm::dvec3 ankle = partPose(snapshot, kFoot[side], static_cast<uint32_t>(k)).translation;
      const double ground = stage.scenario.map.road(0).height_m(0, -ankle.x);
      if (std::abs(ankle.x) > 0.35) CHECK(ankle.z > ground + 0.08 - 0.02);
    }
  }
}
