// Labels written by hand into a record, judged by expectations from a scenario's text.
#include <doctest/doctest.h>

#include <filesystem>

#include "engine/catalog/asset_info.hpp"
#include "engine/expect/evaluate.hpp"
#include "engine/record/episode_writer.hpp"
#include "engine/scenario/template.hpp"

using namespace nightfog;
using namespace nightfog::expect;

namespace {

const std::string kSource = NIGHTFOG_SOURCE_DIR;

/// A camera and a LiDAR, ten frames at 10 Hz; a person is hidden in the first four and is seen a tenth more in each
/// frame after that. From frame 6 on the LiDAR has 8 points on it.
struct Case {
  std::filesystem::path file = std::filesystem::temp_directory_path() / "nightfog_expect_test.mcap";
  scenario::Scenario scenario;

  explicit Case(const std::string& expectations) {
    static const catalog::Catalog catalog = catalog::loadCatalog(kSource + "/assets");
    const std::string text =
        "format: scenario/1\nid: t\nseed: 1\nimports: {rigs: rigs/roof64_front.rig.yaml}\n"
        "world: {ground: plane, duration: 1 s}\nparams: {v: 40 m}\n"
        "actors:\n"
        "  ego: {asset: vehicle.sedan, place: {xyz: [0 m, 0 m, 0 m], heading: 0 deg}}\n"
        "  walker: {asset: person.adult.dark_clothes, place: {xyz: [20 m, 0 m, 0 m], heading: 0 deg}}\n"
        "sensors: {main: {use: rigs.roof64_front, mount: ego}}\n"
        "events:\n"
        "  - {id: bell, when: time >= 0.5 s, do: {ego: {set_lights: {beam: high}}}}\n"
        "  - {id: silence, when: time >= 50 s, do: {ego: {set_lights: {beam: low}}}}\n"
        "expect:\n" +
        expectations;
    scenario = scenario::sample(
        scenario::parseScenarioTemplate(text, kSource + "/scenarios/test.scn.yaml", {catalog, kSource}), std::nullopt,
        0);
    write();
  }
  ~Case() { std::filesystem::remove(file); }

  void write() const {
    record::EpisodeInfo info;
    info.scenarioId = "t";
    for (const auto& mount : scenario.sensors) {
      record::SensorInfo sensor;
      sensor.id = mount.id;
      sensor.actor = "ego";
      if (mount.id == "front") {
        sensor.camera = record::CameraCalibration{};
        sensor.camera->width = sensor.camera->height = 4;
      }
      info.sensors.push_back(sensor);
    }
    record::EpisodeWriter writer(file, info, {});
    for (uint32_t i = 0; i < 10; ++i) {
      std::vector<record::ObjectTruth> objects(2);
      objects[0].id = ObjectId{1};
      objects[0].name = "ego";
      objects[1].id = ObjectId{2};
      objects[1].name = "walker";
      for (auto& object : objects) object.size = {1, 1, 1};
      objects[0].velocity_mps = {10, 0, 0};
      objects[0].worldFromBox = RigidTransform::fromTranslation({i * 1.0, 0, 0});
      objects[1].worldFromBox = RigidTransform::fromTranslation({20, 0, 0});
      record::CameraFrame camera;
      camera.image.sensor = "front";
      camera.image.frame = i;
      camera.image.width = camera.image.height = 4;
      camera.image.reference = SimTime::fromMs(100 * i + 10);
      record::CameraObjectVisibility seen;
      seen.object = ObjectId{2};
      seen.totalPixels = 100;
      seen.visiblePixels = i < 4 ? 0 : 10 * (i - 3);
      seen.occluder = i < 4 ? ObjectId{1} : ObjectId{};
      camera.image.visibility = {seen};
      camera.objects = objects;
      record::LidarFrame lidar;
      lidar.sweep.sensor = "top";
      lidar.sweep.frame = i;
      lidar.sweep.reference = SimTime::fromMs(100 * i + 50);
      lidar.sweep.visibility = {{ObjectId{2}, i < 6 ? 0u : 8u, 20, ObjectId{}, 0}};
      lidar.objects = objects;
      writer.write(lidar);
      writer.write(camera);
    }
    writer.close();
  }

  std::vector<Result> judge() const {
    record::EpisodeReader reader(file);
    const std::map<std::string, Span> happenings = {{"bell", {SimTime::fromMs(500), SimTime::fromMs(500)}},
                                                    {"silence", {}}};
    return evaluate(scenario, happenings, reader);
  }
};

}  // namespace

TEST_CASE("An instant takes the first frame at or after it; a span both its ends") {
  Case c(
      "  - {id: a, at: 0.3 s, check: \"visible_fraction(front, walker) == 0 %\"}\n"
      "  - {id: b, at: 0.311 s, check: \"visible_fraction(front, walker) == 0 %\"}\n"
      "  - {id: c, during: {from: 0.4 s, to: 0.61 s}, check: \"always visible_fraction(front, walker) >= 10 %\"}\n"
      "  - {id: d, during: {from: bell.start, for: 0.15 s}, check: \"eventually lidar_points(top, walker) >= 8\"}\n");
  const auto results = c.judge();
  REQUIRE(results.size() == 4);
  CHECK(results[0].outcome == Outcome::kPass);
  CHECK(results[0].frame == 3u);  // at 0.31 s
  CHECK(results[1].outcome == Outcome::kFail);
  CHECK(results[1].frame == 4u);
  REQUIRE(results[1].values.size() == 1);
  CHECK(results[1].values[0].value == doctest::Approx(0.1));
  CHECK(results[2].outcome == Outcome::kPass);
  CHECK(results[2].frames == 3);  // 0.41, 0.51, 0.61 s
  CHECK(results[3].outcome == Outcome::kPass);
  CHECK(results[3].frame == 6u);  // 0.65 s, the end of the span
}

TEST_CASE("Always names the first frame that breaks it, eventually the nearest, never the first that is true") {
  Case c(
      "  - {id: a, check: \"always visible_fraction(front, walker) <= 25 %\"}\n"
      "  - {id: b, check: \"eventually visible_fraction(front, walker) >= 90 %\"}\n"
      "  - {id: c, check: \"never lidar_points(top, walker) > 5\"}\n"
      "  - {id: d, check: \"never collided(ego, walker)\"}\n"
      "  - {id: e, check: \"always speed(ego) in [9.9 m/s, 10.1 m/s]\"}\n"
      "  - {id: f, check: \"eventually gap(ego, walker) < 11 m\"}\n");
  const auto results = c.judge();
  CHECK(results[0].outcome == Outcome::kFail);
  CHECK(results[0].frame == 6u);
  CHECK(results[1].outcome == Outcome::kFail);
  CHECK(results[1].frame == 9u);
  CHECK(results[1].values[0].value == doctest::Approx(0.6));
  CHECK(results[2].outcome == Outcome::kFail);
  CHECK(results[2].frame == 6u);
  CHECK(results[3].outcome == Outcome::kPass);
  CHECK(results[4].outcome == Outcome::kPass);
  CHECK(results[5].outcome == Outcome::kPass);
  CHECK(results[5].frame == 9u);  // boxes of 1 m: 20 - 9 - 1 = 10 m
}

TEST_CASE("What cannot be told fails, what is excused is skipped, and a warning does not count") {
  Case c(
      "  - {id: a, during: {from: silence.start, for: 1 s}, check: \"always visible_fraction(front, walker) == 0 %\"}\n"
      "  - {id: b, at: 0.95 s, check: \"visible_fraction(front, walker) == 0 %\"}\n"
      "  - {id: c, check: \"always visible_fraction(front, walker) == 0 %\", unless: v < 50 m}\n"
      "  - {id: d, check: \"never visible_fraction(front, walker) > 0 %\", severity: warn}\n"
      "  - {id: e, at: 0.1 s, check: \"occluder(front, walker) == ego\"}\n"
      "  - {id: f, at: 0.6 s, check: \"occluder(front, walker) == ego\"}\n");
  const auto results = c.judge();
  CHECK(results[0].outcome == Outcome::kNotEvaluable);
  CHECK(results[0].isFailure());
  CHECK(results[1].outcome == Outcome::kNotEvaluable);  // no frame of the camera after 0.91 s
  CHECK(results[2].outcome == Outcome::kSkipped);
  CHECK(results[3].outcome == Outcome::kFail);
  CHECK_FALSE(results[3].isFailure());
  CHECK(results[4].outcome == Outcome::kPass);
  CHECK(results[5].outcome == Outcome::kNotEvaluable);  // nobody hides it
  const std::string json = toJson(results);
  CHECK(json.find("\"unmet\": 3") != std::string::npos);
  const std::string junit = toJunit(results, "t/r0");
  CHECK(junit.find("tests=\"6\" failures=\"3\" skipped=\"1\"") != std::string::npos);
}
