// A camera frame goes into a record and comes back whole; planes are lossless, small, and refuse what is not theirs.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "engine/record/episode_reader.hpp"
#include "engine/record/episode_writer.hpp"
#include "engine/record/preview.hpp"
#include "lab.hpp"

using namespace nightfog;
using namespace nightfog::cameralab;

TEST_CASE("A camera frame is read back as it was written, image and planes and boxes") {
  Lab lab;
  lab.spec.truth = {true, true, true, true, true};
  lab.spec.width = 200;
  lab.spec.height = 113;
  lab.spec.encoding = scenario::ImageEncoding::kJpeg;
  lab.environment.sunDirection = glm::normalize(glm::dvec3(-1, 0, 1));
  lab.carrier = [](double t) { return at(4 * t, 0, 0); };
  lab.scenery(lab.plate(60, 60, lab.material({0.5f, 0.5f, 0.5f})), at(20, 0, 0));
  lab.object("ball", lab.sphere(1, 24, lab.material({0.5f, 0.1f, 0.1f})), glm::dvec3(2),
             [](double t) { return at(7, 4 * t, 0); });
  const record::CameraImage image = lab.capture(1);

  const std::filesystem::path path = std::filesystem::temp_directory_path() / "nightfog_camera_record_test.mcap";
  record::EpisodeInfo episode;
  episode.scenarioId = "lab";
  record::SensorInfo sensor{"front", "carrier", {}, {}};
  sensor.camera = record::CameraCalibration{200, 113, 300, 300, 159.5, 119.5, 0, 0, 0, 0, 0, 10, 0, 1.8};
  episode.sensors.push_back(sensor);
  record::ObjectTruth truth;
  truth.id = ObjectId{1};
  truth.name = "ball";
  {
    record::EpisodeWriter writer(path, episode, {});
    writer.write(record::CameraFrame{image, {truth}});
    writer.close();
  }
  record::EpisodeReader reader(path);
  REQUIRE(reader.findSensor("front")->camera);
  CHECK(reader.findSensor("front")->camera->cx == 159.5);
  REQUIRE(reader.frameCount("front") == 1);
  const record::CameraFrame back = reader.cameraFrame("front", 0);
  CHECK(back.image.frame == 1);
  CHECK(back.image.encoded == image.encoded);
  CHECK(back.image.encoding == "jpeg");
  CHECK(back.image.depth_m == image.depth_m);
  CHECK(back.image.semantic == image.semantic);
  CHECK(back.image.instance == image.instance);
  CHECK(back.image.normals == image.normals);
  CHECK(back.image.flow_px == image.flow_px);
  CHECK(back.image.flowState == image.flowState);
  CHECK(back.image.exposureTime_s == image.exposureTime_s);
  REQUIRE(back.image.visibility.size() == 1);
  CHECK(back.image.visibility[0].visiblePixels == image.visibility[0].visiblePixels);
  CHECK(back.image.visibility[0].modalBox.right == image.visibility[0].modalBox.right);
  CHECK(back.objects.size() == 1);
  const record::Image picture = record::decodeImage(back.image.encoding, back.image.encoded);
  CHECK(picture.width() == 200);
  double difference = 0;
  for (uint32_t y = 0; y < 113; ++y) {
    for (uint32_t x = 0; x < 200; ++x) {
      difference +=
          std::abs(static_cast<int>(picture.pixel(x, y) >> 8 & 0xff) - image.rgb[(size_t{y} * 200 + x) * 3 + 1]);
    }
  }
  CHECK(difference / (200 * 113) < 2.5);  // JPEG at quality 92
  CHECK(record::cameraSheet(reader.episode(), *reader.findSensor("front"), back).width() == 1600);
  std::filesystem::remove(path);
}

TEST_CASE("Bytes that are no image are refused") {
  CHECK_THROWS_AS(record::decodeImage("jpeg", {1, 2, 3}), IoError);
  CHECK_THROWS_AS(record::decodeImage("png", {1, 2, 3}), IoError);
  CHECK_THROWS_AS(record::decodeImage("bmp", {1, 2, 3}), IoError);
}
