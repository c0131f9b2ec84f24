// Pictures are judged by what a reader of them sees: decoded by libpng, looked at where a point must be.
#include <doctest/doctest.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/core/error.hpp"
#include "engine/core/transform.hpp"
#include "engine/record/camera_overlay.hpp"
#include "engine/record/episode_writer.hpp"
#include "engine/record/point_colour.hpp"
#include "engine/record/preview.hpp"
#include "engine/shared/cause.h"
#include "tests/record/street.hpp"
#include "tests/temporary_folder.hpp"

using namespace nightfog;
using namespace nightfog::record;
using nightfog::test::TemporaryFolder;

namespace {

/// CIE lightness L* (D65), from the definition of sRGB.
double lightness(Colour colour) {
  const auto linear = [](uint32_t c) {
    const double v = (c & 0xff) / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  const double y = 0.2126 * linear(colour >> 16) + 0.7152 * linear(colour >> 8) + 0.0722 * linear(colour);
  return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

LidarPoint pointAt(float x, float y, float z) {
  LidarPoint p;
  p.x = x;
  p.y = y;
  p.z = z;
  p.range_m = std::sqrt(x * x + y * y + z * z);
  p.azimuth_rad = std::atan2(y, x);
  p.intensity = 1;
  p.cause = shared::kCauseSurface;
  p.semantic = classes::kCar.value;
  p.incidenceCosine = 1;
  return p;
}

/// A head of one ring and 360 columns that starts behind and turns left (counter-clockwise) or right.
LidarFrame ringOfPoints(bool clockwise) {
  LidarFrame frame;
  frame.sweep.ringCount = 1;
  frame.sweep.columnCount = 360;
  frame.sweep.beamOutcomes.assign(360, shared::kCauseSurface);
  for (uint16_t column = 0; column < 360; ++column) {
    const double angle = (clockwise ? -1 : 1) * (2 * kPi * column / 360) + kPi;
    const double range = std::abs(wrapAngle(angle - kPi / 2)) < 0.3 ? 2 : 80;  // something near, to the left
    LidarPoint p = pointAt(static_cast<float>(range * std::cos(angle)), static_cast<float>(range * std::sin(angle)), 0);
    p.column = column;
    frame.sweep.points.push_back(p);
  }
  return frame;
}

}  // namespace

TEST_CASE("From above, ahead is up and left is left") {
  LidarFrame frame;
  frame.sweep.points = {pointAt(20, 0, 0), pointAt(0, 30, 0)};
  const Image image = topView(frame, {ColourBy::kIntensity, 400, 40, false, false});
  // 5 pixels a metre, the sensor at (200, 200).
  CHECK(lightness(image.pixel(200, 100)) > 60);
  CHECK(lightness(image.pixel(50, 200)) > 60);
  CHECK(lightness(image.pixel(203, 310)) < 30);
  CHECK(lightness(image.pixel(350, 203)) < 30);
}

TEST_CASE("From behind, far is above near, left is left, and what stands before a thing hides it") {
  const auto seenAt = [](glm::vec3 point) {
    LidarFrame frame;
    frame.sweep.points = {pointAt(point.x, point.y, point.z)};
    const Image image = behindView(frame, {ColourBy::kIntensity, 1280, 40, false});
    glm::ivec2 at(-1);
    double best = 40;
    for (uint32_t y = 0; y < image.height() - 40; ++y) {  // the scale below has all colours
      for (uint32_t x = 0; x < image.width(); ++x) {
        if (lightness(image.pixel(x, y)) > best) best = lightness(image.pixel(x, y)), at = {x, y};
      }
    }
    return at;
  };
  const glm::ivec2 far = seenAt({40, 0, -2});
  const glm::ivec2 near = seenAt({10, 0, -2});
  const glm::ivec2 left = seenAt({20, 8, 0});
  const glm::ivec2 rightAbove = seenAt({20, -8, 6});
  CHECK(std::abs(far.x - 640) < 3);
  CHECK(std::abs(near.x - 640) < 3);
  CHECK(far.y > 0);
  CHECK(far.y < near.y);
  CHECK(left.x < 560);
  CHECK(rightAbove.x > 720);
  CHECK(rightAbove.y < left.y);
  CHECK(seenAt({-40, 0, 0}).x == -1);  // behind the eye

  // On one line from the eye at (-16.8, 0, 12), the nearer one shows, whichever comes first.
  const glm::vec3 eye(-16.8F, 0, 12);
  const glm::vec3 nearer(20, 0, 0);
  const glm::vec3 hidden = eye + 1.5F * (nearer - eye);
  LidarFrame both, alone;
  alone.sweep.points = {pointAt(nearer.x, nearer.y, nearer.z)};
  both.sweep.points = {alone.sweep.points[0], pointAt(hidden.x, hidden.y, hidden.z)};
  both.sweep.points[1].intensity = 0;
  const Image image = behindView(both, {ColourBy::kIntensity, 1280, 40, false});
  std::reverse(both.sweep.points.begin(), both.sweep.points.end());
  CHECK(image.bytes() == behindView(both, {ColourBy::kIntensity, 1280, 40, false}).bytes());
  const glm::ivec2 at = seenAt(nearer);
  const auto x = static_cast<uint32_t>(at.x);
  const auto y = static_cast<uint32_t>(at.y);
  CHECK(std::abs(lightness(image.pixel(x, y)) -
                 lightness(behindView(alone, {ColourBy::kIntensity, 1280, 40, false}).pixel(x, y))) < 10);
}

TEST_CASE("A box is drawn where the object is seen from the sensor") {
  LidarFrame frame;
  frame.sweep.worldFromSensor = RigidTransform::fromYawPitchRoll({100, 50, 2}, kPi / 2);  // looks along world y
  ObjectTruth object;
  object.id = ObjectId{5};
  object.semantic = classes::kCar;
  object.worldFromBox = RigidTransform::fromYawPitchRoll({100, 70, 1}, kPi / 2);
  object.size = {10, 4, 2};
  frame.objects.push_back(object);
  const Image image = topView(frame, {ColourBy::kClass, 400, 40, true, false});
  // 20 m ahead; its rear 15 m ahead: rows 125 and 75, columns 190 and 210.
  CHECK(lightness(image.pixel(195, 125)) > 40);
  CHECK(lightness(image.pixel(195, 75)) > 40);
  CHECK(lightness(image.pixel(190, 110)) > 40);
  CHECK(lightness(image.pixel(210, 110)) > 40);
  CHECK(lightness(image.pixel(195, 112)) < 30);
}

TEST_CASE("The range image has left on the left, whichever way the head turns") {
  for (const bool clockwise : {false, true}) {
    CAPTURE(clockwise);
    const Image image = rangeView(ringOfPoints(clockwise), LidarCalibration{}, {ColourBy::kRange, 720, 2});
    // A quarter from the left edge is 90 degrees to the left: what is near is bright.
    CHECK(lightness(image.pixel(180, 0)) > 70);
    CHECK(lightness(image.pixel(360, 0)) < 50);
    CHECK(lightness(image.pixel(540, 0)) < 50);
    CHECK(lightness(image.pixel(0, 0)) < 50);
  }
}

TEST_CASE("The range image has the highest ring on top") {
  LidarFrame frame = ringOfPoints(true);
  frame.sweep.ringCount = 2;
  frame.sweep.beamOutcomes.assign(720, shared::kCauseSurface);
  LidarCalibration calibration;
  calibration.beams = {{-0.2, 0, 0}, {0.2, 0, 0}};
  for (LidarPoint& p : frame.sweep.points) p.ring = 1;  // only the upper ring has returns
  const Image image = rangeView(frame, calibration, {ColourBy::kClass, 360, 1});
  CHECK(lightness(image.pixel(180, 0)) > 40);
  CHECK(lightness(image.pixel(180, 1)) < 10);
}

TEST_CASE("The colour map's lightness rises evenly") {
  double least = 100;
  double most = 0;
  for (int i = 8; i <= 255; i += 8) {
    const double step =
        lightness(colourMap(static_cast<float>(i) / 255)) - lightness(colourMap(static_cast<float>(i - 8) / 255));
    least = std::min(least, step);
    most = std::max(most, step);
  }
  CHECK(least > 0);
  CHECK(most < 3 * least);
  CHECK(colourMap(-1) == colourMap(0));
  CHECK(colourMap(2) == colourMap(1));
  CHECK(colourMap(NAN) == colourMap(0));
}

TEST_CASE("A PNG shows the picture, and says that no camera took it") {
  Image image(37, 21, 0x102030);
  image.fill(5, 6, 3, 2, 0xff8040);
  image.text({2, 18}, "Ag 0.5", 8, 0xffffff);
  const std::string bytes = encodePng(image);
  CHECK(bytes == encodePng(image));
  CHECK(bytes.find("digitalsourcetype/algorithmicMedia") != std::string::npos);
  CHECK(bytes.find("tIME") == std::string::npos);
  png_image decoded{};
  decoded.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&decoded, bytes.data(), bytes.size()) != 0);
  decoded.format = PNG_FORMAT_RGB;
  CHECK(decoded.width == 37);
  CHECK(decoded.height == 21);
  std::vector<uint8_t> pixels(PNG_IMAGE_SIZE(decoded));
  REQUIRE(png_image_finish_read(&decoded, nullptr, pixels.data(), 0, nullptr) != 0);
  CHECK(pixels == image.bytes());
}

TEST_CASE("Drawing outside the picture, or what is not a number, changes nothing") {
  Image image(20, 20, 0x123456);
  const std::vector<uint8_t> before = image.bytes();
  image.disc({-50, 10}, 3, 0xffffff);
  image.line({NAN, 1}, {5, 5}, 1, 0xffffff);
  image.line({100, 100}, {1e30F, 1e30F}, 1, 0xffffff);
  image.fill(30, 30, 5, 5, 0xffffff);
  image.set(-1, 3, 0xffffff);
  image.text({5, -40}, "above", 8, 0xffffff);
  CHECK(image.bytes() == before);
}

TEST_CASE("A preview asks for a sensor and a frame that are there") {
  const TemporaryFolder folder("preview");
  const record::test::StreetOptions options{16, 60, 0};
  EpisodeWriter writer(folder.path / "r.mcap", record::test::streetEpisode(options), {});
  writer.write(record::test::streetFrame(options, 3));
  writer.close();
  const auto png = [&](const PreviewRequest& request) { return previewPng(folder.path / "r.mcap", request); };
  CHECK_FALSE(png({PreviewRequest::View::kTop, ColourBy::kCause, "top", 3}).empty());
  CHECK_FALSE(png({PreviewRequest::View::kRange, ColourBy::kInstance, "", std::nullopt}).empty());
  CHECK_THROWS_AS(png({PreviewRequest::View::kTop, ColourBy::kCause, "roof", 3}), Error);
  CHECK_THROWS_AS(png({PreviewRequest::View::kTop, ColourBy::kCause, "top", 0}), Error);
}

TEST_CASE(
    "Flow's colours are a wheel: white does not move, opposite ways have opposite hues, far is no fuller than full") {
  CHECK(flowColour({0, 0}) == 0xffffff);
  CHECK(flowColour({1, 0}) == 0xff0000);
  CHECK(flowColour({-1, 0}) == 0x00ffff);
  CHECK(flowColour({7, 0}) == 0xff0000);
  const Colour half = flowColour({0.5f, 0});
  CHECK((half >> 16) == 0xff);
  CHECK(std::abs(static_cast<int>(half & 0xff) - 128) <= 1);
}

TEST_CASE("A point of the LiDAR is drawn on the pixel that saw it, carried with its carrier and with what it met") {
  SensorInfo camera, lidar;
  camera.id = "front";
  lidar.id = "top";
  camera.actor = lidar.actor = "ego";
  camera.vehicleFromSensor = RigidTransform::fromTranslation({2, 0, 1});
  lidar.vehicleFromSensor = RigidTransform::fromTranslation({1, 0, 2});
  camera.camera = CameraCalibration{200, 100, 100, 100, 99.5, 49.5, 0, 0, 0, 0, 0, 10, 0, 2};
  // The carrier drives at 10 m/s along x; the image is taken at 100 ms, the beam fired at 40 ms.
  const auto pose = [](double t) { return RigidTransform::fromTranslation({10 * t, 0, 0}); };
  std::vector<EgoState> states;
  for (const double t : {0.0, 0.1, 0.2}) {
    EgoState s;
    s.at = SimTime::fromSeconds(t);
    s.worldFromVehicle = pose(t);
    s.velocity_mps = {10, 0, 0};
    states.push_back(s);
  }
  CameraFrame frame;
  frame.image.width = 200;
  frame.image.height = 100;
  frame.image.reference = SimTime::fromMs(100);
  frame.image.worldFromSensor = pose(0.1) * camera.vehicleFromSensor;
  LidarFrame sweep;
  sweep.sweep.start = SimTime::fromMs(0);
  const glm::dvec3 velocity(0, 20, 0);
  const glm::dvec3 there(23, -3, 3);  // at 100 ms: 20 m ahead of the camera, 3 m right, 2 m above it
  const glm::dvec3 met = (pose(0.04) * lidar.vehicleFromSensor).inverse() * (there - velocity * 0.06);
  LidarPoint point;
  point.x = static_cast<float>(met.x), point.y = static_cast<float>(met.y), point.z = static_cast<float>(met.z);
  point.vy = 20;
  point.timeOffset_ns = 40'000'000;
  sweep.sweep.points = {point};
  const PoseTrack track(states);
  Image picture(400, 200, 0);  // twice the image's size
  drawCameraPoints(picture, frame, *camera.camera, sweep, lidar, &track);
  // u = 100 * 3 / 20 + 99.5, v = 100 * -2 / 20 + 49.5; the picture's pixel is twice that, from edges.
  CHECK(picture.pixel(230, 80) != 0);
  size_t lit = 0;
  for (uint32_t y = 0; y < 200; ++y) {
    for (uint32_t x = 0; x < 400; ++x) lit += picture.pixel(x, y) != 0 ? 1 : 0;
  }
  CHECK(lit < 16);
}
