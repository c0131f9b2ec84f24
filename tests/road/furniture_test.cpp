#include "engine/road/furniture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "corpus.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::road;

namespace {
const Signal& signalOf(const RoadNetwork& map, const std::string& id) {
  for (const Signal& signal : map.furniture().signals) {
    if (signal.id == id) return signal;
  }
  FAIL("no such signal");
  return map.furniture().signals.front();
}
}  // namespace

TEST_CASE("Signals are read with what they mean, for whom, and where") {
  const RoadNetwork map = testMap("furniture");
  REQUIRE(map.furniture().signals.size() == 4);
  const Signal& light = signalOf(map, "s1");
  CHECK(light.kind == SignalKind::kTrafficLight);
  CHECK(light.isDynamic);
  CHECK(light.above_m == 2.5);
  REQUIRE(light.places.size() == 2);  // its own, and where it is referred to
  CHECK(light.places[0].direction == SignalDirection::kAlongS);
  REQUIRE(light.places[0].lanes.size() == 1);
  CHECK(light.places[0].lanes[0].from == -2);
  CHECK(light.places[0].lanes[0].to == -1);
  CHECK(light.places[1].road == 1);
  CHECK(light.places[1].s == 45);
  const Signal& limit = signalOf(map, "s2");
  CHECK(limit.kind == SignalKind::kSpeedLimit);
  CHECK(limit.value_mps == doctest::Approx(50 / 3.6));
  CHECK(signalOf(map, "s3").kind == SignalKind::kGiveWay);
  CHECK(signalOf(map, "s4").kind == SignalKind::kOther);  // its number means another thing there
  REQUIRE(map.furniture().controllers.size() == 1);
  CHECK(map.furniture().controllers[0].sequence == 2);
  CHECK(map.furniture().controllers[0].signals == std::vector<uint32_t>{0});
  CHECK(light.controllers == std::vector<uint32_t>{0});
}

TEST_CASE("A signal faces those whom it is for") {
  const RoadNetwork map = testMap("furniture");
  // Who drives along s looks along +x: the light looks at him.
  CHECK(signalPose(map, signalOf(map, "s1")).rotate({1, 0, 0}).x == doctest::Approx(-1));
  CHECK(signalPose(map, signalOf(map, "s1")).translation.y == doctest::Approx(-8));
  const glm::dvec3 giveWay = signalPose(map, signalOf(map, "s3")).rotate({1, 0, 0});
  CHECK(std::atan2(giveWay.y, giveWay.x) == doctest::Approx(0.1));
}

TEST_CASE("Objects stand where they are repeated, strips run without gaps, outlines are closed") {
  const RoadNetwork map = testMap("furniture");
  const std::vector<PlacedObject> placed = placedObjects(map);
  const auto of = [&](size_t object) {
    std::vector<PlacedObject> found;
    std::copy_if(placed.begin(), placed.end(), std::back_inserter(found),
                 [&](const PlacedObject& p) { return p.object == object; });
    return found;
  };
  CHECK(of(0).size() == 1);
  CHECK(of(0)[0].worldFromObject.translation == glm::dvec3(20, -8, 0.1));
  REQUIRE(of(1).size() == 5);  // 30, 40 … 70
  CHECK(of(1)[2].worldFromObject.translation == glm::dvec3(50, 7, 0));
  REQUIRE(of(2).size() == 1);
  CHECK(of(2)[0].isStrip);
  const std::vector<OutlineCorner> line = of(2)[0].outlines.at(0);
  CHECK(line.front().base == glm::dvec3(50, -8, 0));
  CHECK(line.back().base == glm::dvec3(150, -9, 0));
  CHECK(line.back().height_m == doctest::Approx(1.2));
  const std::vector<OutlineCorner> crosswalk = of(3)[0].outlines.at(0);
  REQUIRE(crosswalk.size() == 5);
  CHECK(crosswalk.front().base == crosswalk.back().base);
  CHECK(crosswalk[2].base == glm::dvec3(102, 3.5, 0));
  REQUIRE(of(4).size() == 4);
  CHECK(of(4)[3].outlines.at(0)[2].base == glm::dvec3(140, 5.5, 0));
  REQUIRE(map.furniture().tunnels.size() == 1);
  CHECK(map.furniture().tunnels[0].last_s == 190);
  CHECK(map.furniture().bridges.size() == 1);
}

TEST_CASE("Of maps by others every signal, object and controller is read") {
  size_t signals = 0, known = 0, objects = 0, placed = 0, controllers = 0, tunnels = 0;
  for (const std::filesystem::path& file : corpusMaps()) {
    const RoadNetwork map = loadOpenDrive(file);
    const RoadFurniture& furniture = map.furniture();
    signals += furniture.signals.size();
    known += static_cast<size_t>(std::count_if(furniture.signals.begin(), furniture.signals.end(),
                                               [](const Signal& s) { return s.kind != SignalKind::kOther; }));
    objects += furniture.objects.size();
    placed += placedObjects(map).size();
    controllers += furniture.controllers.size();
    tunnels += furniture.tunnels.size();
    for (const PlacedObject& object : placedObjects(map)) {
      const glm::dvec3& at = object.worldFromObject.translation;
      CHECK(std::isfinite(at.x + at.y + at.z));
    }
  }
  if (signals == 0) {
    MESSAGE("skipped: there is no folder of maps by others; NIGHTFOG_CORPORA names one");
    return;
  }
  MESSAGE(signals, " signals, ", known, " of known meaning; ", objects, " objects in ", placed, " places; ",
          controllers, " controllers, ", tunnels, " tunnels");
  CHECK(signals == 149);
  CHECK(objects == 49);
  CHECK(controllers == 23);
  CHECK(tunnels == 4);
}
