#include "tools/viewer/point_cloud.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/shared/cause.h"

using namespace nightfog;
using namespace nightfog::viewer;

namespace {

/// Two rings of four columns: a return ahead, two of one beam to the left, and nothing else.
Sweep sweepOfThree() {
  Sweep out;
  out.sweep.ringCount = 2;
  out.sweep.columnCount = 4;
  out.sweep.beamOutcomes.assign(8, shared::kCauseOutOfRange);
  const auto add = [&](uint16_t column, uint16_t ring, uint8_t index, const glm::dvec3& at) {
    record::LidarPoint point;
    point.x = static_cast<float>(at.x);
    point.y = static_cast<float>(at.y);
    point.z = static_cast<float>(at.z);
    point.range_m = point.trueRange_m = static_cast<float>(glm::length(at));
    point.azimuth_rad = static_cast<float>(std::atan2(at.y, at.x));
    point.column = column;
    point.ring = ring;
    point.returnIndex = index;
    point.cause = shared::kCauseSurface;
    out.sweep.beamOutcomes[column * 2U + ring] = shared::kCauseSurface;
    out.sweep.points.push_back(point);
    out.world.push_back(at);
  };
  add(0, 1, 0, {10, 0, 0});
  add(1, 0, 0, {0.5, 10, 1});
  add(1, 0, 1, {1, 20, 2});
  return out;
}

}  // namespace

TEST_CASE("A point is found where it is painted, in the scene and in the range image") {
  const Sweep sweep = sweepOfThree();
  const Pinhole camera{RigidTransform::fromTranslation({-5, 0, 0}), 0.6};
  const auto rgba = paintCloud(sweep, record::ColourBy::kRing, camera, 80, 60, nullptr);
  // Only the one ahead is in the picture, in its middle.
  const auto painted = static_cast<size_t>(std::count(rgba.begin(), rgba.end(), uint8_t{255}));
  CHECK(rgba[4 * (30 * 80 + 40) + 3] == 255);
  CHECK(painted >= 4);
  CHECK(pointAt(sweep, camera, {80, 60}, {40, 30}, 3, nullptr) == 0);
  CHECK(!pointAt(sweep, camera, {80, 60}, {60, 30}, 3, nullptr));

  const RangeImage image = rangeImage(sweep.sweep, record::ColourBy::kIntensity, 64, 32);
  // Ahead in the middle and in the lower ring; to the left a quarter before it, in the upper one.
  CHECK(image.beams[24 * 64 + 32] == beamOf(sweep.sweep, sweep.sweep.points[0]));
  CHECK(image.beams[8 * 64 + 16] == beamOf(sweep.sweep, sweep.sweep.points[1]));
  CHECK(returnsOf(sweep.sweep, 1) == std::pair<size_t, size_t>(0, 1));
  CHECK(returnsOf(sweep.sweep, 2) == std::pair<size_t, size_t>(1, 3));
  CHECK(returnsOf(sweep.sweep, 5) == std::pair<size_t, size_t>(3, 3));
}

TEST_CASE("What stands before a point makes it faint, and of two points on a line the one that is seen is picked") {
  Sweep sweep = sweepOfThree();
  sweep.sweep.points.push_back(sweep.sweep.points[0]);
  sweep.world.emplace_back(6, 0, 0);  // on the same line, nearer
  const Pinhole camera{RigidTransform::fromTranslation({-5, 0, 0}), 0.6};
  CHECK(pointAt(sweep, camera, {80, 60}, {40, 30}, 3, nullptr) == 3);
  Picture wall;
  wall.camera = camera;
  wall.width = 8;
  wall.height = 6;
  wall.depth_m.assign(48, 12);  // a metre behind the nearer point, before the other
  const auto rgba = paintCloud(sweep, record::ColourBy::kRing, camera, 80, 60, &wall);
  CHECK(rgba[4 * (30 * 80 + 40) + 3] == 255);
  wall.depth_m.assign(48, 9);  // before both
  const auto hidden = paintCloud(sweep, record::ColourBy::kRing, camera, 80, 60, &wall);
  CHECK(hidden[4 * (30 * 80 + 40) + 3] > 0);
  CHECK(hidden[4 * (30 * 80 + 40) + 3] < 128);
}

TEST_CASE("Every beam has its story: what became of it, its returns, and its fault") {
  Sweep sweep = sweepOfThree();
  sweep.sweep.points[2].seenVia = 2;
  sweep.sweep.points[2].instance = 1;
  record::LidarFaultTruth faults;
  faults.beamMask.assign(8, 0);
  faults.beamMask[2] = 2 | 8;
  sweep.sweep.faults = faults;
  const auto told = factsOf(sweep.sweep, 2, {"van", "glass"});
  const auto has = [&](const std::string& name, const std::string& value) {
    return std::any_of(told.begin(), told.end(), [&](const BeamFact& fact) {
      return fact.name == name && fact.value.find(value) != std::string::npos;
    });
  };
  CHECK(has("BEAM: RING 0, COLUMN 1", ""));
  CHECK(has("became", "surface"));
  CHECK(has("fault", "weak, dirt"));
  CHECK(has("RETURN 2 OF 2", ""));
  CHECK(has("through", "glass"));
  CHECK(has("object", "van"));
  const auto lost = factsOf(sweep.sweep, 0, {});
  CHECK(lost.size() == 4);  // which, what became of it, what that is, no fault
  CHECK(factsOf(sweep.sweep, 8, {}).empty());
}
