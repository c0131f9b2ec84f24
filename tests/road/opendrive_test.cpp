#include "engine/road/opendrive.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "fixture.hpp"
#include "lane_oracle.hpp"

using namespace nightfog;
using namespace nightfog::road;

namespace {

struct Reading {
  std::optional<RoadNetwork> map;
  std::vector<config::Diagnostic> found;
};

Reading reading(const std::string& text) {
  config::Diagnostics diagnostics;
  Reading result;
  result.map = readOpenDrive("test.xodr", text, diagnostics);
  result.found = diagnostics.sorted();
  return result;
}

const std::string kPlan = R"(<planView><geometry s="0" x="0" y="0" hdg="0" length="100"><line/></geometry></planView>)";
const std::string kLanes =
    R"(<lanes><laneSection s="0"><center><lane id="0" type="none"/></center><right><lane id="-1" type="driving">)"
    R"(<width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane></right></laneSection></lanes>)";
std::string mapOf(const std::string& roads) {
  return "<OpenDRIVE>\n<header revMajor=\"1\" revMinor=\"7\"/>\n" + roads + "\n</OpenDRIVE>\n";
}
std::string roadOf(const std::string& plan, const std::string& lanes,
                   const std::string& attributes = R"(id="1" junction="-1")") {
  return "<road " + attributes + " length=\"100\">" + plan + lanes + "</road>";
}

}  // namespace

TEST_CASE("Every feature's own map loads, and its lane centres agree with dense numeric integration to 1 mm") {
  for (const char* name : {"arc", "spiral", "poly_normalized", "poly_arc_length", "profiles", "left_hand", "marks",
                           "sections", "crossing", "poly3", "borders", "direct"}) {
    const RoadNetwork map = testMap(name);
    double worst = 0;
    for (uint32_t r = 0; r < map.roads().size(); ++r) {
      LaneOracle(map.road(r).data())
          .walk(0.5, [&](double s, const LaneSection&, const Lane& lane, const glm::dvec3& place) {
            worst = std::max(worst, glm::length(map.laneCentre({r, lane.id}, s).worldFromLane.translation - place));
          });
    }
    CAPTURE(name);
    CHECK(worst < 1e-3);
  }
}

TEST_CASE("Elevation, superelevation and lane offset put the surface where their polynomials say") {
  const RoadNetwork map = testMap("profiles");
  const Road& road = map.road(0);
  CHECK(road.pose(40).translation.z == doctest::Approx(11.2));
  CHECK(road.pose(50).translation.z == doctest::Approx(11.2 + 0.3 - 0.1 + 0.002));
  CHECK(road.grade(20) == doctest::Approx(0.03));
  // 0.002 rad a metre: at s = 50 the left side is higher by 0.1 rad.
  CHECK(road.surfacePoint(50, 3).z - road.surfacePoint(50, -3).z == doctest::Approx(6 * std::sin(0.1)));
  // An S over 40 m: half of its 2 m in the middle.
  CHECK(map.laneCentre_t({0, -1}, 50) == doctest::Approx(1 - 1.75));
  CHECK(map.laneCentre_t({0, 1}, 90) == doctest::Approx(2 + 1.75));
  // The pose stands on the surface: z across the lanes.
  const RigidTransform pose = road.pose(50, 1);
  const glm::dvec3 aside = glm::normalize(road.surfacePoint(50, 3) - road.surfacePoint(50, -3));
  CHECK(std::abs(glm::dot(pose.rotate({0, 0, 1}), aside)) < 4e-3);  // grade times superelevation
  CHECK(pose.rotate({1, 0, 0}).z == doctest::Approx(std::sin(std::atan(road.grade(50)))));
}

TEST_CASE("The header is kept: name, geo reference and offset") {
  const MapHeader header = testMap("crossing").header();
  CHECK(header.name == "crossing");
  CHECK(header.vendor == "nightfog");
  CHECK(header.geoReference == "+proj=tmerc +lat_0=48.8 +lon_0=9.2");
  CHECK(header.offset == glm::dvec3(100, 200, 3));
  CHECK(header.offsetHeading_rad == 0.5);
}

TEST_CASE("Marks are read by type, weight and colour, and line by line where the map says so") {
  const RoadNetwork map = testMap("marks");
  const std::vector<RoadMark>& marks = map.road(0).sections()[0].centre.marks;
  REQUIRE(marks.size() == 9);
  const auto isSolid = [](const MarkLine& line) { return line.dash_m == 0; };
  const std::vector<std::vector<bool>> solid = {
      {}, {true}, {false}, {true, true}, {true, false}, {false, true}, {false, false}, {false}};
  for (size_t i = 0; i < solid.size(); ++i) {
    CHECK(marks[i].s == doctest::Approx(20.0 * static_cast<double>(i)));
    REQUIRE(marks[i].lines.size() == solid[i].size());
    for (size_t k = 0; k < solid[i].size(); ++k) CHECK(isSolid(marks[i].lines[k]) == solid[i][k]);
    // On the centre line the first line lies to the left.
    if (solid[i].size() == 2) CHECK(marks[i].lines[0].offset_m > marks[i].lines[1].offset_m);
  }
  CHECK(marks[1].lines[0].width_m == 0.12);
  CHECK(marks[2].lines[0].width_m == 0.25);  // bold
  CHECK(marks[2].lines[0].dash_m == 3);      // a town's
  CHECK(marks[3].colour == MarkColour::kYellow);
  const MarkLine& written = marks[8].lines[0];
  CHECK(written.dash_m == 2);
  CHECK(written.gap_m == 4);
  CHECK(written.offset_m == 0.1);
  CHECK(written.width_m == 0.15);
  CHECK(written.first_s == 161);
  // On a lane's border the first line lies towards the lane: to the left of a right lane's border.
  const RoadMark& border = map.road(0).sections()[0].find(-1)->marks[0];
  CHECK(border.lines[0].offset_m > 0);
  CHECK(isSolid(border.lines[0]));
}

TEST_CASE("Heights are read, and a kerb that is lowered for 10 m is low there") {
  const RoadNetwork map = testMap("marks");
  CHECK(map.road(0).height_m(50, -4.5) == doctest::Approx(0.12));
  CHECK(map.road(0).height_m(50, -5.5) == doctest::Approx(0.14));
  CHECK(map.road(0).height_m(105, -4.5) == 0);
  CHECK(map.road(0).height_m(150, -3.6) == doctest::Approx(0.102));
}

TEST_CASE("Traffic that keeps left drives the left lanes along the road") {
  const RoadNetwork map = testMap("left_hand");
  CHECK(map.laneCentre(*map.findLane("high street/1"), 10).heading_rad == 0);
  CHECK(map.laneCentre(*map.findLane("high street/-1"), 10).heading_rad == doctest::Approx(kPi));
  CHECK(map.findLane("1/1") == map.findLane("high street/1"));  // by id, too
}

TEST_CASE("Lanes lead on from section to section and road to road, also where the next road runs the other way") {
  const RoadNetwork map = testMap("sections");
  const auto next = [&](LaneKey key) { return map.successors(key); };
  CHECK(next({0, 0, -1}) == std::vector<LaneKey>{{0, 1, -1}});
  CHECK(next({0, 1, -1}) == std::vector<LaneKey>{{1, 0, 1}});
  CHECK(next({0, 1, -2}) == std::vector<LaneKey>{{1, 0, 2}});
  CHECK(next({1, 0, 1}).empty());               // a dead end
  CHECK(map.predecessors({0, 1, -2}).empty());  // it opens there
  CHECK(map.predecessors({1, 0, 2}) == std::vector<LaneKey>{{0, 1, -2}});
  CHECK(map.predecessors({0, 1, -1}) == std::vector<LaneKey>{{0, 0, -1}});
}

TEST_CASE("Through a junction every lane leads where its connections say, and on a place that joins it") {
  const RoadNetwork map = testMap("crossing");
  REQUIRE(map.junctions().size() == 1);
  CHECK(map.junctions()[0].connections.size() == 12);
  for (uint32_t arm = 0; arm < 4; ++arm) {
    // Towards the middle one drives on the arm's left lane, against s.
    const std::vector<LaneKey> ways = map.successors({arm, 0, 1});
    REQUIRE(ways.size() == 3);
    std::set<uint32_t> reached;
    for (const LaneKey& way : ways) {
      const Road& road = map.road(way.road);
      const auto start = map.laneCentre({way.road, way.lane}, 0),
                 end = map.laneCentre({way.road, way.lane}, road.length_m());
      const auto from = map.laneCentre({arm, 1}, 0);
      CHECK(glm::length(start.worldFromLane.translation - from.worldFromLane.translation) < 1e-9);
      CHECK(std::abs(wrapAngle(start.heading_rad - from.heading_rad)) < 1e-9);
      CHECK(map.predecessors(way) == std::vector<LaneKey>{{arm, 0, 1}});
      const std::vector<LaneKey> out = map.successors(way);
      REQUIRE(out.size() == 1);
      CHECK(out[0].lane == -1);
      reached.insert(out[0].road);
      const auto on = map.laneCentre({out[0].road, -1}, 0);
      CHECK(glm::length(end.worldFromLane.translation - on.worldFromLane.translation) < 1e-9);
      CHECK(std::abs(wrapAngle(end.heading_rad - on.heading_rad)) < 1e-9);
    }
    CHECK(reached.size() == 3);
    CHECK(reached.count(arm) == 0);
    CHECK(map.predecessors({arm, 0, -1}).size() == 3);
    CHECK(map.successors({arm, 0, -1}).empty());
  }
}

TEST_CASE("On the motorway the third lane opens and closes, and every other lane leads from end to end") {
  const RoadNetwork map = ownMap("motorway");
  for (const int first : {-3, -4}) {
    LaneKey key{0, 0, first};
    for (uint32_t section = 1; section < 4; ++section) {
      const std::vector<LaneKey> next = map.successors(key);
      REQUIRE(next.size() == 1);
      CHECK(next[0].section == section);
      key = next[0];
    }
    CHECK(key.lane == first);
  }
  CHECK(map.predecessors({0, 1, -5}).empty());
  CHECK(map.successors({0, 1, -5}) == std::vector<LaneKey>{{0, 2, -5}});
  CHECK(map.successors({0, 2, -5}).empty());
  CHECK(map.successors({0, 3, 3}) == std::vector<LaneKey>{{0, 2, 3}});  // the other carriageway runs against s
}

TEST_CASE("What is wrong with a map is reported with its place and a way out, all of it at once") {
  const auto codesOf = [](const std::string& text) {
    std::vector<std::string> codes;
    const Reading result = reading(text);
    for (const auto& d : result.found) {
      codes.push_back(d.code);
      CHECK_FALSE(d.help.empty());
      CHECK(d.place.line >= 1);
    }
    const bool hasError = std::any_of(codes.begin(), codes.end(), [](const std::string& c) { return c[0] == 'E'; });
    CHECK(result.map.has_value() != hasError);
    return codes;
  };
  using Codes = std::vector<std::string>;
  CHECK(codesOf("") == Codes{"E0801"});
  CHECK(codesOf("<OpenDRIVE><road") == Codes{"E0801"});
  CHECK(codesOf("<gpx/>") == Codes{"E0801"});
  CHECK(codesOf("<OpenDRIVE/>") == Codes{"E0801"});
  CHECK(codesOf(mapOf(roadOf(kPlan, kLanes))).empty());
  CHECK(codesOf(mapOf(roadOf("", kLanes))) == Codes{"E0805"});
  CHECK(codesOf(mapOf(roadOf(kPlan, ""))) == Codes{"E0802"});
  CHECK(codesOf(mapOf(roadOf(kPlan, kLanes) + roadOf(kPlan, kLanes))) == Codes{"E0804"});
  CHECK(codesOf(mapOf(roadOf(kPlan, kLanes, R"(id="1" junction="7")"))) == Codes{"E0804"});
  CHECK(codesOf(mapOf(roadOf(R"(<link><successor elementType="road" elementId="9"/></link>)" + kPlan, kLanes))) ==
        Codes{"E0804"});
  const auto withShape = [&](const std::string& shape,
                             const std::string& attributes = R"(s="0" x="0" y="0" hdg="0" length="100")") {
    return mapOf(roadOf("<planView><geometry " + attributes + ">" + shape + "</geometry></planView>", kLanes));
  };
  CHECK(codesOf(withShape("<arc curvature=\"tight\"/>")) == Codes{"E0802"});
  CHECK(codesOf(withShape("<arc curvature=\"nan\"/>")) == Codes{"E0802"});
  CHECK(codesOf(withShape("<arc curvature=\"1e9\"/>")) == Codes{"E0803"});
  CHECK(codesOf(withShape("<arc curvature=\"9\"/>")) == Codes{"E0805"});  // 900 rad
  CHECK(codesOf(withShape("<arc/>")) == Codes{"E0802"});
  CHECK(codesOf(withShape("")) == Codes{"E0802"});
  CHECK(codesOf(withShape("<poly3 a=\"0\" b=\"steep\" c=\"0\" d=\"0\"/>")) == Codes{"E0802"});
  CHECK(codesOf(withShape(R"(<paramPoly3 aU="0" bU="0" cU="0" dU="0" aV="0" bV="0" cV="0" dV="0"/>)")) ==
        Codes{"E0805"});
  CHECK(codesOf(withShape("<line/>", R"(s="5" x="0" y="0" hdg="0" length="100")")) == Codes{"E0805"});
  CHECK(codesOf(withShape("<line/>", R"(s="0" x="0" y="0" hdg="0" length="1e300")")) == Codes{"E0805", "E0803"});
  CHECK(codesOf(mapOf(
            roadOf(kPlan + "<elevationProfile><elevation s=\"0\" a=\"0\" b=\"0\" c=\"0\" d=\"1\"/></elevationProfile>",
                   kLanes))) == Codes{"E0805"});
  std::string gap = kLanes;
  gap.replace(gap.find("id=\"-1\""), 7, "id=\"-2\"");
  CHECK(codesOf(mapOf(roadOf(kPlan, gap))) == Codes{"E0805"});
  std::string wide = kLanes;
  wide.replace(wide.find("c=\"0\""), 5, "c=\"5\"");
  CHECK(codesOf(mapOf(roadOf(kPlan, wide))) == Codes{"E0805"});
  std::string odd = kLanes;
  odd.replace(odd.find("driving"), 7, "swimming");
  CHECK(codesOf(mapOf(roadOf(kPlan, odd))) == Codes{"W0802"});
  CHECK(codesOf(mapOf(roadOf(kPlan, kLanes + "<surface><CRG file=\"a.crg\"/></surface>"))) == Codes{"W0801"});
  CHECK(codesOf(mapOf(roadOf(kPlan, kLanes + "<objects><object id=\"1\"/></objects>"))) == Codes{"E0802", "E0802"});
  CHECK(codesOf(mapOf(roadOf(kPlan, kLanes + "<signals><signalReference id=\"7\" s=\"1\" t=\"0\"/></signals>"))) ==
        Codes{"E0804"});
  CHECK(codesOf(mapOf(roadOf(kPlan, kLanes) + "<controller id=\"1\"><control signalId=\"9\"/></controller>")) ==
        Codes{"W0804"});
  CHECK(codesOf(mapOf(roadOf(kPlan, kLanes) + "<junction id=\"1\" type=\"virtual\"/>")) == Codes{"W0801"});
  // Two mistakes on two lines are both reported, each at its line.
  const Reading two = reading("<OpenDRIVE>\n<road id=\"1\" length=\"x\">" + kPlan + "\n" + kLanes +
                              "</road>\n<junction id=\"2\"><connection id=\"0\" incomingRoad=\"8\" "
                              "connectingRoad=\"9\"/></junction></OpenDRIVE>");
  REQUIRE(two.found.size() == 2);
  CHECK(two.found[0].place.line == 2);
  CHECK(two.found[1].place.line == 4);
  CHECK(two.found[1].code == "E0804");
}

TEST_CASE("A line that jumps is refused, one that misses by millimetres is told") {
  const auto twoPieces = [](const std::string& second_x) {
    return mapOf(
        roadOf("<planView><geometry s=\"0\" x=\"0\" y=\"0\" hdg=\"0\" length=\"50\"><line/></geometry><geometry "
               "s=\"50\" x=\"" +
                   second_x + "\" y=\"0\" hdg=\"0\" length=\"50\"><line/></geometry></planView>",
               kLanes));
  };
  CHECK(reading(twoPieces("50")).found.empty());
  REQUIRE(reading(twoPieces("50.02")).found.size() == 1);
  CHECK(reading(twoPieces("50.02")).found[0].code == "W0803");
  CHECK_FALSE(reading(twoPieces("58")).map.has_value());
}
