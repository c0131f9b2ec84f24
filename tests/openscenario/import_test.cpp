// Small files of our own, an element or two each, against arithmetic by hand.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fixture.hpp"

using namespace nightfog;
namespace fs = std::filesystem;

namespace {

/// A car on a straight road along x, its lane's middle at y = -1.75 m: what happens is put in.
std::string story(const std::string& init, const std::string& events, const std::string& parameters = "") {
  return fmt::format(R"(<?xml version="1.0"?>
<OpenSCENARIO>
 <FileHeader revMajor="1" revMinor="1" description="own"/>
 <ParameterDeclarations>{2}</ParameterDeclarations>
 <CatalogLocations/>
 <RoadNetwork><LogicFile filepath="straight.xodr"/></RoadNetwork>
 <Entities>
  <ScenarioObject name="the car"><Vehicle name="v" vehicleCategory="car">
   <BoundingBox><Center x="1.4" y="0" z="0.7"/><Dimensions length="4.7" width="2" height="1.5"/></BoundingBox></Vehicle></ScenarioObject>
  <ScenarioObject name="other"><Vehicle name="v" vehicleCategory="car">
   <BoundingBox><Center x="1.4" y="0" z="0.7"/><Dimensions length="4.7" width="2" height="1.5"/></BoundingBox></Vehicle></ScenarioObject>
 </Entities>
 <Storyboard><Init><Actions><Private entityRef="the car">
   <PrivateAction><TeleportAction><Position><LanePosition roadId="1" laneId="-1" s="10"/></Position></TeleportAction></PrivateAction>{0}</Private>
  <Private entityRef="other">
   <PrivateAction><TeleportAction><Position><LanePosition roadId="1" laneId="-2" s="50"/></Position></TeleportAction></PrivateAction></Private>
  </Actions></Init>
  <Story name="s"><Act name="a"><ManeuverGroup name="g" maximumExecutionCount="1">
   <Actors selectTriggeringEntities="false"><EntityRef entityRef="the car"/></Actors><Maneuver name="m">{1}</Maneuver></ManeuverGroup>
   <StartTrigger/></Act></Story>
  <StopTrigger><ConditionGroup><Condition name="end" delay="0" conditionEdge="none"><ByValueCondition>
   <SimulationTimeCondition value="12" rule="greaterThan"/></ByValueCondition></Condition></ConditionGroup></StopTrigger>
 </Storyboard></OpenSCENARIO>)",
                     init, events, parameters);
}

std::string atSpeed(double mps) {
  return fmt::format(
      R"(<PrivateAction><LongitudinalAction><SpeedAction><SpeedActionDynamics dynamicsShape="step" value="0" dynamicsDimension="time"/><SpeedActionTarget><AbsoluteTargetSpeed value="{}"/></SpeedActionTarget></SpeedAction></LongitudinalAction></PrivateAction>)",
      mps);
}

std::string event(const std::string& name, const std::string& action, const std::string& condition,
                  const std::string& priority = "parallel") {
  return fmt::format(
      R"(<Event name="{}" priority="{}"><Action name="x"><PrivateAction>{}</PrivateAction></Action><StartTrigger><ConditionGroup><Condition name="c" delay="0" conditionEdge="none">{}</Condition></ConditionGroup></StartTrigger></Event>)",
      name, priority, action, condition);
}

std::string at(double s) {
  return fmt::format(
      R"(<ByValueCondition><SimulationTimeCondition value="{}" rule="greaterOrEqual"/></ByValueCondition>)", s);
}

std::string ofCar(const std::string& condition) {
  return fmt::format(
      R"(<ByEntityCondition><TriggeringEntities triggeringEntitiesRule="any"><EntityRef entityRef="the car"/></TriggeringEntities><EntityCondition>{}</EntityCondition></ByEntityCondition>)",
      condition);
}

std::string toSpeed(double mps, const std::string& dynamics) {
  return fmt::format(
      R"(<LongitudinalAction><SpeedAction><SpeedActionDynamics {}/><SpeedActionTarget><AbsoluteTargetSpeed value="{}"/></SpeedActionTarget></SpeedAction></LongitudinalAction>)",
      dynamics, mps);
}

/// A track to look things up in.
struct Track {
  std::vector<play::Row> rows;
  const play::Row& at(double time_s) const {
    return *std::min_element(rows.begin(), rows.end(), [&](const play::Row& a, const play::Row& b) {
      return std::abs(a.time_s - time_s) < std::abs(b.time_s - time_s);
    });
  }
  glm::dvec3 place(double time_s) const { return at(time_s).worldFromActor.translation; }
};

struct Made {
  openscenario::Import import;
  Track car;
};

openscenario::Import importText(const test::Folder& folder, const std::string& text) {
  fs::copy_file(NIGHTFOG_SOURCE_DIR "/tests/openscenario/data/straight.xodr", folder.path() / "straight.xodr",
                fs::copy_options::overwrite_existing);
  const fs::path file = folder.path() / "own.xosc";
  writeFileAtomically(file, text);
  return openscenario::importOpenScenario(file, test::assets());
}

Made make(const std::string& text) {
  const test::Folder folder;
  Made made{importText(folder, text), {}};
  for (const play::Row& row : test::playImport(made.import, folder.path() / "out", SimTime::fromMs(12'000)).rows) {
    if (row.name == "the_car") made.car.rows.push_back(row);
  }
  return made;
}

size_t refused(const Made& made) {
  return made.import.report.count(openscenario::Outcome::kRefused);
}

}  // namespace

TEST_CASE("A vehicle's rear axle lies where its position says, and it drives at its speed") {
  const Made made = make(story(atSpeed(10), ""));
  CHECK(refused(made) == 0);
  CHECK(made.car.place(0).x == doctest::Approx(10));
  CHECK(made.car.place(0).y == doctest::Approx(-1.75));
  CHECK(made.car.place(5).x == doctest::Approx(60));
}

TEST_CASE(
    "A lane change of a stated shape and time is half way across at half time, and the speed is that of the car") {
  const std::string change =
      R"(<LateralAction><LaneChangeAction><LaneChangeActionDynamics dynamicsShape="sinusoidal" value="4" dynamicsDimension="time"/><LaneChangeTarget><AbsoluteTargetLane value="-2"/></LaneChangeTarget></LaneChangeAction></LateralAction>)";
  const Made made = make(story(atSpeed(10), event("e", change, at(2))));
  CHECK(refused(made) == 0);
  CHECK(made.car.place(2).y == doctest::Approx(-1.75));
  CHECK(made.car.place(3).y == doctest::Approx(-1.75 - 3.5 * 0.5 * (1 - std::cos(kPi / 4))).epsilon(1e-6));
  CHECK(made.car.place(4).y == doctest::Approx(-3.5));
  CHECK(made.car.place(6.5).y == doctest::Approx(-5.25));
  // Along the road it falls behind by the integral of v - sqrt(v^2 - (lateral rate)^2), here by Simpson's rule.
  double behind = 0;
  constexpr int kParts = 1000;
  for (int i = 0; i <= kParts; ++i) {
    const double rate = 3.5 / 4 * 0.5 * kPi * std::sin(kPi * i / kParts);
    behind += (i == 0 || i == kParts ? 1 : i % 2 == 1 ? 4 : 2) * (10 - std::sqrt(100 - rate * rate));
  }
  behind *= 4.0 / kParts / 3;
  CHECK(made.car.place(8).x == doctest::Approx(90 - behind).epsilon(1e-6));
}

TEST_CASE("Speeds change evenly, along half a cosine or a cubic, by time, by rate and over a distance") {
  struct Case {
    const char* dynamics;
    double end_s, end_x;
  };
  // From 10 m/s at 2 s (x = 30) to 20 m/s; every shape's mean is 15 m/s.
  for (const Case& c : {Case{R"(dynamicsShape="linear" value="4" dynamicsDimension="time")", 6, 90},
                        Case{R"(dynamicsShape="cubic" value="4" dynamicsDimension="time")", 6, 90},
                        Case{R"(dynamicsShape="sinusoidal" value="4" dynamicsDimension="time")", 6, 90},
                        Case{R"(dynamicsShape="linear" value="2.5" dynamicsDimension="rate")", 6, 90},
                        Case{R"(dynamicsShape="linear" value="60" dynamicsDimension="distance")", 6, 90}}) {
    CAPTURE(c.dynamics);
    const Made made = make(story(atSpeed(10), event("e", toSpeed(20, c.dynamics), at(2))));
    CHECK(refused(made) == 0);
    CHECK(made.car.place(c.end_s).x == doctest::Approx(c.end_x));
    CHECK(made.car.at(c.end_s + 0.5).speed_mps == doctest::Approx(20));
  }
}

TEST_CASE("An event that overwrites stops what the other was doing; one in parallel does not") {
  const std::string change =
      R"(<LateralAction><LaneChangeAction><LaneChangeActionDynamics dynamicsShape="linear" value="4" dynamicsDimension="time"/><LaneChangeTarget><AbsoluteTargetLane value="-2"/></LaneChangeTarget></LaneChangeAction></LateralAction>)";
  const std::string faster = toSpeed(12, R"(dynamicsShape="step" value="0" dynamicsDimension="time")");
  const Made stopped =
      make(story(atSpeed(10), event("first", change, at(2)) + event("second", faster, at(4), "overwrite")));
  CHECK(stopped.car.place(9).y == doctest::Approx(-3.5));
  const Made whole = make(story(atSpeed(10), event("first", change, at(2)) + event("second", faster, at(4))));
  CHECK(whole.car.place(9).y == doctest::Approx(-5.25));
}

TEST_CASE("An event follows another one's end, which comes when what it told is done") {
  const std::string wait =
      R"(<ByValueCondition><StoryboardElementStateCondition storyboardElementType="event" storyboardElementRef="first" state="completeState"/></ByValueCondition>)";
  const std::string stop = toSpeed(0, R"(dynamicsShape="step" value="0" dynamicsDimension="time")");
  const Made made = make(story(
      atSpeed(10), event("first", toSpeed(20, R"(dynamicsShape="linear" value="4" dynamicsDimension="time")"), at(2)) +
                       event("second", stop, wait)));
  CHECK(refused(made) == 0);
  CHECK(made.car.place(10).x == doctest::Approx(90).epsilon(0.005));
}

TEST_CASE("Conditions count from rear axle to rear axle, and freely with the boxes of the file") {
  const std::string stop = toSpeed(0, R"(dynamicsShape="step" value="0" dynamicsDimension="time")");
  const auto distance = [](const char* more) {
    return ofCar(fmt::format(R"(<RelativeDistanceCondition entityRef="other" value="10" rule="lessThan" {}/>)", more));
  };
  // Within a step of 10 ms at 10 m/s.
  const Made plain =
      make(story(atSpeed(10), event("e", stop, distance(R"(freespace="false" relativeDistanceType="longitudinal")"))));
  CHECK(plain.car.place(9).x == doctest::Approx(40).epsilon(0.003));
  const Made free =
      make(story(atSpeed(10), event("e", stop, distance(R"(freespace="true" relativeDistanceType="longitudinal")"))));
  CHECK(free.car.place(9).x == doctest::Approx(40 - 4.7).epsilon(0.003));
  const Made travelled =
      make(story(atSpeed(10), event("e", stop, ofCar(R"(<TraveledDistanceCondition value="25"/>)"))));
  CHECK(travelled.car.place(9).x == doctest::Approx(35).epsilon(0.003));
}

TEST_CASE("A polyline with times is where it says when it says; followed, its speed has no jumps where that can be") {
  std::string way =
      R"(<RoutingAction><FollowTrajectoryAction><Trajectory name="t" closed="false"><Shape><Polyline>
<Vertex time="0"><Position><WorldPosition x="30" y="-1.75"/></Position></Vertex><Vertex time="2"><Position><WorldPosition x="50" y="-1.75"/></Position></Vertex>
<Vertex time="4"><Position><WorldPosition x="60" y="-1.75"/></Position></Vertex></Polyline></Shape></Trajectory>
<TimeReference><Timing domainAbsoluteRelative="relative" offset="0" scale="1"/></TimeReference><TrajectoryFollowingMode followingMode="position"/></FollowTrajectoryAction></RoutingAction>)";
  const Made made = make(story(atSpeed(10), event("e", way, at(2))));
  CHECK(refused(made) == 0);
  CHECK(made.car.place(4).x == doctest::Approx(50).epsilon(1e-4));
  // 10 m in 2 s, and on at that speed.
  CHECK(made.car.place(5).x == doctest::Approx(55).epsilon(1e-4));
  CHECK(made.car.place(8).x == doctest::Approx(70).epsilon(1e-4));
  way.replace(way.find("\"position\""), 10, "\"follow\"");
  const Made smooth = make(story(atSpeed(10), event("e", way, at(2))));
  CHECK(smooth.car.place(4).x == doctest::Approx(50).epsilon(1e-4));
  // From 10 m/s to 0 over 10 m: 7.5 m after half the time.
  CHECK(smooth.car.place(5).x == doctest::Approx(57.5).epsilon(1e-4));
  CHECK(smooth.car.place(8).x == doctest::Approx(60).epsilon(1e-4));
}

TEST_CASE("A clothoid of constant curvature is an arc from where it begins") {
  const std::string way =
      R"(<RoutingAction><FollowTrajectoryAction><Trajectory name="t" closed="false"><Shape><Clothoid curvature="0.02" curvaturePrime="0" length="40">
<Position><RelativeObjectPosition entityRef="the car" dx="0" dy="0"/></Position></Clothoid></Shape></Trajectory><TimeReference><None/></TimeReference>
<TrajectoryFollowingMode followingMode="position"/></FollowTrajectoryAction></RoutingAction>)";
  const Made made = make(story(atSpeed(10), event("e", way, at(2))));
  CHECK(refused(made) == 0);
  CHECK(made.car.place(5).x == doctest::Approx(30 + 50 * std::sin(0.6)).epsilon(1e-4));
  CHECK(made.car.place(5).y == doctest::Approx(-1.75 + 50 * (1 - std::cos(0.6))).epsilon(1e-4));
}

TEST_CASE("Parameters and formulas are put in; one that is not there is refused with its line") {
  const Made made = make(story(
      atSpeed(10),
      event(
          "e", toSpeed(20, R"(dynamicsShape="step" value="0" dynamicsDimension="time")"),
          R"(<ByValueCondition><SimulationTimeCondition value="${$Start + 1}" rule="greaterOrEqual"/></ByValueCondition>)"),
      R"(<ParameterDeclaration name="Start" parameterType="double" value="3"/>)"));
  CHECK(refused(made) == 0);
  CHECK(made.car.place(6).x == doctest::Approx(10 + 40 + 40));
  const test::Folder folder;
  const auto broken = importText(
      folder,
      story(
          atSpeed(10),
          event(
              "e", toSpeed(20, R"(dynamicsShape="step")"),
              R"(<ByValueCondition><SimulationTimeCondition value="$Nobody" rule="greaterThan"/></ByValueCondition>)")));
  REQUIRE(broken.report.count(openscenario::Outcome::kRefused) >= 1);
  const auto found = std::find_if(broken.report.entries.begin(), broken.report.entries.end(),
                                  [](const auto& entry) { return entry.outcome == openscenario::Outcome::kRefused; });
  CHECK(found->element == "SimulationTimeCondition");
  CHECK(found->line == 19);
}

TEST_CASE("Nobody is near once the one beside has fallen behind: a clearance") {
  // The other one stands 40 m ahead, a lane to the right; the car passes it at 10 m/s and has it 20 m behind at x = 70.
  const std::string stop = toSpeed(0, R"(dynamicsShape="step" value="0" dynamicsDimension="time")");
  const auto clear = [](const char* lane) {
    return ofCar(fmt::format(
        R"(<RelativeClearanceCondition distanceForward="50" distanceBackward="20" freeSpace="false" oppositeLanes="false"><RelativeLaneRange from="{0}" to="{0}"/></RelativeClearanceCondition>)",
        lane));
  };
  const Made beside = make(story(atSpeed(10), event("e", stop, clear("-1"))));
  CHECK(refused(beside) == 0);
  CHECK(beside.car.place(11).x == doctest::Approx(70).epsilon(0.003));
  // To the left there is nobody, but no lane in its direction either; its own lane is there.
  const Made left = make(story(atSpeed(10), event("e", stop, clear("1"))));
  CHECK(left.car.place(11).x == doctest::Approx(120).epsilon(0.003));
  const Made own = make(story(atSpeed(10), event("e", stop, clear("0"))));
  CHECK(own.car.place(11).x == doctest::Approx(10).epsilon(0.003));
}

TEST_CASE("Who is put beside somebody that drives against his lane drives as he does") {
  std::string text = story(atSpeed(10), "");
  const std::string other = R"(<LanePosition roadId="1" laneId="-2" s="50"/>)";
  text.replace(
      text.find(other), other.size(),
      R"(<LanePosition roadId="1" laneId="-2" s="50"><Orientation type="relative" h="3.14159"/></LanePosition>)");
  // Who is named first is placed first: the other one's place moves before the car's.
  const size_t from = text.find(R"(<Private entityRef="other">)"), to = text.find("</Actions></Init>");
  const std::string placed = text.substr(from, to - from);
  text.erase(from, to - from);
  text.insert(text.find(R"(<Private entityRef="the car">)"), placed);
  const std::string own = R"(<LanePosition roadId="1" laneId="-1" s="10"/>)";
  text.replace(text.find(own), own.size(), R"(<RelativeLanePosition entityRef="other" dLane="1" ds="60"/>)");
  const Made made = make(text);
  CHECK(refused(made) == 0);
  CHECK(made.car.place(0).x == doctest::Approx(110));
  CHECK(made.car.place(0).y == doctest::Approx(-1.75));
  CHECK(made.car.place(5).x == doctest::Approx(60));
}

TEST_CASE("What is not read is refused and left out, never replaced") {
  const Made made = make(story(
      atSpeed(10),
      event(
          "e",
          R"(<LateralAction><LaneOffsetAction><LaneOffsetActionDynamics dynamicsShape="step"/><LaneOffsetTarget><RelativeTargetLaneOffset entityRef="other" value="1"/></LaneOffsetTarget></LaneOffsetAction></LateralAction>)",
          at(2))));
  CHECK(refused(made) == 1);
  CHECK(made.car.place(6).y == doctest::Approx(-1.75));
  CHECK(toText(made.import.report).find("refused LaneOffsetAction") != std::string::npos);
}

TEST_CASE("A distance across is kept from the middle of the other's lane, on the side that is told") {
  // The other is in the lane to the right, its middle at y = -5.25 m.
  const auto beside = [](const std::string& how) {
    return make(
        story(atSpeed(10), event("e",
                                 "<LateralAction><LateralDistanceAction entityRef=\"other\" " + how +
                                     "><DynamicConstraints maxSpeed=\"1\"/></LateralDistanceAction></LateralAction>",
                                 at(2))));
  };
  const Made left = beside(R"(distance="2" freespace="false" displacement="leftToReferencedEntity")");
  CHECK(refused(left) == 0);
  CHECK(left.import.report.count(openscenario::Outcome::kApproximated) > 0);
  CHECK(left.car.place(11).y == doctest::Approx(-3.25).epsilon(0.01));
  // Freely: and half of both boxes, 2 m wide each; where no side is told, that of the start.
  CHECK(beside(R"(distance="1" freespace="true")").car.place(11).y == doctest::Approx(-2.25).epsilon(0.01));
  CHECK(beside(R"(distance="1" displacement="rightToReferencedEntity")").car.place(11).y ==
        doctest::Approx(-6.25).epsilon(0.01));
}

TEST_CASE("Who is deleted stands far away, and who is added comes to his place") {
  const auto globally = [](const std::string& action, double time_s, const std::string& name) {
    std::string text = event(name, "", at(time_s));
    const std::string own = "<PrivateAction></PrivateAction>";
    return text.replace(text.find(own), own.size(), "<GlobalAction>" + action + "</GlobalAction>");
  };
  const Made made = make(story(
      atSpeed(10),
      globally(R"(<EntityAction entityRef="the car"><DeleteEntityAction/></EntityAction>)", 2, "out") +
          globally(
              R"(<EntityAction entityRef="the car"><AddEntityAction><Position><LanePosition roadId="1" laneId="-1" s="60"/></Position></AddEntityAction></EntityAction>)",
              5, "in")));
  CHECK(refused(made) == 0);
  CHECK(made.car.place(1.9).x == doctest::Approx(29).epsilon(0.01));
  CHECK(made.car.place(4).x < -10'000);
  CHECK(made.car.place(6).x == doctest::Approx(60).epsilon(0.01));
  CHECK(toText(made.import.report).find("20 km away") != std::string::npos);
}

TEST_CASE("Weather in an event is weather from its time on; where that is not known beforehand, it is refused") {
  const test::Folder folder;
  const auto sky = [&](const std::string& condition) {
    std::string text = event("e", "", condition);
    const std::string own = "<PrivateAction></PrivateAction>";
    text.replace(text.find(own), own.size(), R"(<GlobalAction><EnvironmentAction><Environment name="n">
      <TimeOfDay animation="false" dateTime="2026-06-01T12:00:00"/><Weather><Fog visualRange="80"/>
      <Precipitation precipitationType="dry" precipitationIntensity="0"/></Weather></Environment></EnvironmentAction></GlobalAction>)");
    return importText(folder, story(atSpeed(10), text));
  };
  const openscenario::Import timed = sky(at(4));
  CHECK(timed.report.count(openscenario::Outcome::kRefused) == 0);
  CHECK(timed.yaml.find("{at: 4 s, fog: {visibility: 80 m}, rain: 0 mm/h, snow: 0 mm/h}") != std::string::npos);
  const openscenario::Import late = sky(ofCar(R"(<TraveledDistanceCondition value="30"/>)"));
  CHECK(late.report.count(openscenario::Outcome::kRefused) == 1);
  CHECK(late.yaml.find("visibility") == std::string::npos);
}

TEST_CASE("A swarm is traffic of as many vehicles on all the lanes of the map") {
  const test::Folder folder;
  std::string text = story(atSpeed(10), "");
  const std::string before = "<Private entityRef=\"the car\">";
  text.replace(
      text.find(before), before.size(),
      R"(<GlobalAction><TrafficAction><TrafficSwarmAction innerRadius="20" semiMajorAxis="300" semiMinorAxis="500"
      numberOfVehicles="12" velocity="30" offset="0"><CentralObject entityRef="the car"/></TrafficSwarmAction></TrafficAction></GlobalAction>)" +
          before);
  const openscenario::Import import = importText(folder, text);
  CHECK(import.report.count(openscenario::Outcome::kRefused) == 0);
  CHECK(toText(import.report).find("approximated TrafficSwarmAction") != std::string::npos);
  CHECK(import.yaml.find("traffic: {density: ") != std::string::npos);
}

TEST_CASE("Files that are no scenarios, or broken ones, are errors with a way out") {
  const test::Folder folder;
  for (const char* text : {"", "<a/>", "<OpenSCENARIO", "<OpenSCENARIO><FileHeader revMajor='2'/></OpenSCENARIO>",
                           "<OpenSCENARIO><Catalog name='c'/></OpenSCENARIO>"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(importText(folder, text), Error);
  }
}

TEST_CASE("Nobody speeds up or brakes harder than his vehicle can") {
  std::string text = story(
      atSpeed(10), event("e", toSpeed(20, R"(dynamicsShape="linear" value="10" dynamicsDimension="rate")"), at(1)) +
                       event("f", toSpeed(0, R"(dynamicsShape="linear" value="10" dynamicsDimension="rate")"), at(6)));
  const std::string box = "</BoundingBox>";
  text.insert(text.find(box) + box.size(), R"(<Performance maxSpeed="70" maxAcceleration="5" maxDeceleration="8"/>)");
  const Made made = make(text);
  CHECK(refused(made) == 0);
  // From 10 to 20 m/s in 2 s, over 30 m; so on until 6 s; then to a stand in 2.5 s, over 25 m.
  CHECK(made.car.place(6).x == doctest::Approx(10 + 10 + 30 + 60).epsilon(0.002));
  CHECK(made.car.place(10).x == doctest::Approx(110 + 25).epsilon(0.003));
}

TEST_CASE("A speed profile with limits of jerk rounds its corners by parabolas of the speed") {
  const std::string action =
      R"(<LongitudinalAction><SpeedProfileAction followingMode="follow"><DynamicConstraints maxAccelerationRate="4" maxDecelerationRate="4"/>
<SpeedProfileEntry time="4" speed="10"/></SpeedProfileAction></LongitudinalAction>)";
  const Made made = make(story("", event("e", action, at(1))));
  CHECK(refused(made) == 0);
  // 2.5 m/s^2 is reached after 0.625 s, and the line lies half of that later: 10 m/s at 5.3125 s instead of 5 s. To the
  // left and right of its middle the ramp is the same, so that it covers 5 m/s times 4 s until 5 s + 0.3125 s.
  CHECK(made.car.place(3).x ==
        doctest::Approx(10 + 0.5 * 2.5 * (2 - 0.3125) * (2 - 0.3125) + 2.5 * 0.625 * 0.625 / 24).epsilon(1e-3));
  CHECK(made.car.place(8).x == doctest::Approx(10 + 20 + 10 * (8 - 5.3125)).epsilon(1e-3));
}

TEST_CASE("A trailer within its vehicle's definition is pulled along") {
  std::string text = story(atSpeed(10), "");
  const std::string box = "</BoundingBox>";
  text.insert(text.find(box) + box.size(),
              R"(<TrailerHitch dx="-1"/><Trailer><Trailer name="t"><Vehicle name="t" vehicleCategory="trailer">
<BoundingBox><Center x="1" y="0" z="0.7"/><Dimensions length="4" width="2" height="1.5"/></BoundingBox><TrailerCoupler dx="3"/></Vehicle></Trailer></Trailer>)");
  const Made made = make(text);
  CHECK(refused(made) == 0);
  CHECK(made.import.yaml.find("towed: {by: the_car, hitch: -1 m, coupler: 3 m}") != std::string::npos);
}

TEST_CASE("A signal that shows what is waited for from the start has to turn to it anew, on an edge") {
  const std::string action =
      R"(<InfrastructureAction><TrafficSignalAction><TrafficSignalStateAction name="1" state="{}"/></TrafficSignalAction></InfrastructureAction>)";
  std::string text = story(
      atSpeed(10), event("e", toSpeed(0, R"(dynamicsShape="step" value="0" dynamicsDimension="time")"),
                         R"(<ByValueCondition><TrafficSignalCondition name="1" state="go"/></ByValueCondition>)"));
  const std::string init = "<Private entityRef=\"the car\">";
  text.insert(text.find(init), "<GlobalAction>" + fmt::format(fmt::runtime(action), "go") + "</GlobalAction>");
  CHECK(make(text).car.place(5).x == doctest::Approx(10).epsilon(0.01));
  text.replace(text.find("conditionEdge=\"none\""), 20, "conditionEdge=\"rising\"");
  CHECK(make(text).car.place(5).x == doctest::Approx(60).epsilon(1e-3));
}
