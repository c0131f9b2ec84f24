// The picture: radiometry in closed form, fog, exposure, determinism.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/shared/light.h"
#include "engine/shared/tonemap.h"
#include "engine/shared/wet_ground.h"
#include "lab.hpp"

using namespace nightfog;
using namespace nightfog::cameralab;

namespace {

/// Scene-linear signal (1: diffuse white) of a pixel, mean of the block around it: the develop stage undone.
double signalAt(const record::CameraImage& image, uint32_t column, uint32_t row, int channel = 1, uint32_t half = 3) {
  double sum = 0;
  for (uint32_t j = row - half; j <= row + half; ++j) {
    for (uint32_t i = column - half; i <= column + half; ++i) {
      const double display =
          shared::decodeSrgb(image.rgb[(size_t{j} * image.width + i) * 3 + static_cast<size_t>(channel)] / 255.0f);
      // Inverse of the toe, z = y^2 (1 + a) / (y + a), and of y = x (1 + x / 64) / (1 + x): x^2 / 64 + x (1 - y) - y =
      // 0.
      const double a = 0.045;
      const double y = (display + std::sqrt(display * display + 4 * (1 + a) * a * display)) / (2 * (1 + a));
      const double b = 1 - y;
      sum += 32 * (-b + std::sqrt(b * b + 4 * y / 64));
    }
  }
  return sum / ((2 * half + 1) * (2 * half + 1));
}

}  // namespace

TEST_CASE("Black plates in fog: contrast against the horizon falls to 22.4 percent at MOR / 2 and 5 percent at MOR") {
  Lab lab;
  const double mor = 60;
  lab.media.extinction_1pm = std::log(20.0) / mor;
  lab.environment.sunDirection = glm::normalize(glm::dvec3(-0.5, 0.3, 0.8));
  lab.spec.vignetting = 0;
  lab.spec.glare = 0;
  lab.spec.exposureTime_s = 4e-5;
  const MaterialId black = lab.material({0, 0, 0});
  // Both seen next to the horizon; a black surface still reflects 4 percent by Fresnel, so it is turned from the sun.
  lab.scenery(lab.plate(6, 6, black), at(mor / 2, 4, 0));
  lab.scenery(lab.plate(12, 12, black), at(mor, -8, 0));
  lab.scenery(lab.plate(2000, 2000, black), at(2000, 0, 0));
  const record::CameraImage image = lab.capture();
  const double near = signalAt(image, 119, 119);
  const double far = signalAt(image, 199, 119);
  const double horizon = signalAt(image, 159, 119);
  // Eight bits: half a step of sRGB at this level is 0.3 percent of the signal.
  CHECK(1 - near / horizon == doctest::Approx(0.2236).epsilon(0.05));
  CHECK(1 - far / horizon == doctest::Approx(0.05).epsilon(0.15));
}

TEST_CASE("From above a fog layer the near is clear, and what stands in it fades by the way through it") {
  Lab lab;
  lab.media.extinction_1pm = std::log(20.0) / 30;
  lab.media.groundLevel_m = -5;
  lab.media.fogHeight_m = 2;  // full below -3.25 m, clear above -2.75 m
  lab.environment.sunDirection = glm::normalize(glm::dvec3(-0.5, 0.3, 0.8));
  lab.spec.vignetting = 0;
  lab.spec.glare = 0;
  lab.spec.exposureTime_s = 4e-5;
  const MaterialId black = lab.material({0, 0, 0});
  lab.scenery(lab.plate(12, 12, black), at(60, 8, 0));
  lab.scenery(lab.plate(2000, 2000, black), at(2000, 0, 0));
  const record::CameraImage image = lab.capture();
  const double endless = signalAt(image, 199, 139, 1, 1);
  // To 4 m below the eye at 60 m: a quarter of the way lies below -3 m, half of the smooth top included.
  const double depth = std::log(20.0) / 30 * std::sqrt(60 * 60 + 8 * 8 + 4 * 4) * 0.25;
  CHECK(signalAt(image, 119, 139, 1, 1) / endless == doctest::Approx(1 - std::exp(-depth)).epsilon(0.05));
  CHECK(signalAt(image, 119, 115, 1, 1) / endless < 0.05);  // above the layer all the way
}

TEST_CASE("A wet road is darker than a dry one by daylight, as much as water makes it") {
  const auto road = [](double wetness) {
    Lab lab;
    lab.media.roadWetness = wetness;
    lab.environment.sunDirection = glm::normalize(glm::dvec3(0.4, 0.4, 1));
    lab.environment.cloudCover = 0;
    lab.spec.vignetting = 0;
    lab.spec.glare = 0;
    lab.spec.samplesPerPixel = 4;
    const MeshId ground = lab.box({60, 60, 1}, lab.material({0.2f, 0.2f, 0.2f}));
    lab.content.meshes[ground.value].surfaces[0].semantic = classes::kRoad;
    lab.scenery(ground, at(0, 0, -5));
    lab.carrier = still(RigidTransform::fromYawPitchRoll({0, 0, 0}, 0, 1.4));  // looks down
    return signalAt(lab.capture(), 160, 120, 1, 8);
  };
  // Albedo 0.2 under water, through the film twice; the dry one under 4 % twice, and its own faint gloss of 0.02.
  const double wet = shared::albedoUnderWater(glm::vec3(0.2f)).x * 0.98 * (1 - shared::kWaterDiffuseReflectance);
  const double dry = 0.2 * 0.96 * 0.92 + 0.02;
  const double parched = road(0);
  CHECK(road(1) / parched == doctest::Approx(wet / dry).epsilon(0.15));
  CHECK(road(0.5) / parched == doctest::Approx(0.5 + 0.5 * wet / dry).epsilon(0.15));
}

TEST_CASE("A Lambertian wall in the sun has the radiance rho E / pi") {
  Lab lab;
  lab.environment.sunDirection = glm::normalize(glm::dvec3(-1, 0, 1));
  lab.environment.cloudCover = 0;
  lab.spec.vignetting = 0;
  lab.spec.glare = 0;
  lab.spec.samplesPerPixel = 4;
  lab.scenery(lab.plate(60, 60, lab.material({0.5f, 0.5f, 0.5f})), at(10, 0, 0));
  const record::CameraImage lit = lab.capture();
  lab.spec.exposureTime_s *= 2;
  const record::CameraImage twice = lab.capture();
  // Twice the time, twice the signal.
  CHECK(signalAt(twice, 160, 120) / signalAt(lit, 160, 120) == doctest::Approx(2).epsilon(0.02));
  // A wall half as bright gives half the light.
  Lab half;
  half.environment = lab.environment;
  half.spec = lab.spec;
  half.scenery(half.plate(60, 60, half.material({0.25f, 0.25f, 0.25f})), at(10, 0, 0));
  const double ratio = signalAt(half.capture(), 160, 120) / signalAt(twice, 160, 120);
  // The dielectric's 4 percent share does not halve.
  CHECK(ratio > 0.5);
  CHECK(ratio < 0.56);
}

TEST_CASE("A plate casts its shadow where geometry says, and the shadow is lit by the sky alone") {
  Lab lab;
  lab.environment.sunDirection = glm::normalize(glm::dvec3(-1, 0, 1));  // from behind the camera, 45 degrees up
  lab.environment.cloudCover = 0;
  lab.spec.samplesPerPixel = 4;
  lab.scenery(lab.plate(60, 60, lab.material({0.5f, 0.5f, 0.5f})), at(10, 0, 0));
  // 2 m in front of the wall, above the field of view; its shadow falls 2 m lower: z = 5.5 - 2 = 3.5, centre v = 119.5
  // - 300 * 0.35 = 14.5.
  lab.scenery(lab.plate(2, 2, lab.material({0.2f, 0.2f, 0.2f})), at(8, 0, 5.5));
  const record::CameraImage image = lab.capture();
  const double lit = signalAt(image, 250, 16);
  const double shaded = signalAt(image, 160, 16);
  CHECK(shaded < 0.35 * lit);
  CHECK(shaded > 0.01 * lit);
  CHECK(signalAt(image, 160, 70) > 0.9 * lit);
}

TEST_CASE("By night a street lamp is all there is, and its light falls with the square of the distance") {
  Lab lab;
  lab.environment.sunDirection = {0, 0, -1};
  lab.environment.sceneryLampsOn = true;
  lab.spec.exposureTime_s = 0.05;
  lab.spec.iso = 400;
  lab.spec.vignetting = 0;
  lab.spec.glare = 0;
  lab.spec.samplesPerPixel = 4;
  content::Lamp lamp;
  lamp.partFromLamp = at(0, 0, 0);
  lamp.intensity_cd = 400;
  lab.content.lamps.push_back(lamp);
  const MaterialId grey = lab.material({0.5f, 0.5f, 0.5f});
  lab.scenery(lab.plate(4, 4, grey), at(8, 2, 0));
  lab.scenery(lab.plate(8, 8, grey), at(16, -4, 0));
  const record::CameraImage image = lab.capture();
  const double near = signalAt(image, 109, 119);
  const double far = signalAt(image, 209, 119);
  // Both are met at the same angle, 14 degrees: 4 times the illuminance at half the distance.
  CHECK(near / far == doctest::Approx(4).epsilon(0.06));
}

TEST_CASE("Metered exposure settles: a scene twice as bright is exposed half as long, and frames follow those before") {
  Lab lab;
  lab.spec.exposure = scenario::ExposureMode::kMetered;
  lab.spec.exposureTime_s = 0.02;
  lab.environment.sunDirection = glm::normalize(glm::dvec3(-1, 0, 1));
  lab.scenery(lab.plate(60, 60, lab.material({0.6f, 0.6f, 0.6f})), at(10, 0, 0));
  const record::CameraImage bright = lab.capture(3);
  Lab dark;
  dark.spec = lab.spec;
  dark.environment = lab.environment;
  dark.scenery(dark.plate(60, 60, dark.material({0.2f, 0.2f, 0.2f})), at(10, 0, 0));
  const record::CameraImage dim = dark.capture(3);
  CHECK(dim.exposureTime_s / bright.exposureTime_s > 2.2);
  CHECK(dim.exposureTime_s / bright.exposureTime_s < 3.2);
  CHECK(signalAt(dim, 160, 120) == doctest::Approx(signalAt(bright, 160, 120)).epsilon(0.1));
}

TEST_CASE("The same frame gives the same bytes, for any number of threads; another seed gives other noise") {
  Lab lab;
  lab.spec.noise = true;
  lab.spec.encoding = scenario::ImageEncoding::kJpeg;
  lab.environment.sunDirection = glm::normalize(glm::dvec3(-1, 0, 1));
  lab.scenery(lab.plate(60, 60, lab.material({0.6f, 0.6f, 0.6f}, 0.2f)), at(10, 0, 0));
  lab.object("ball", lab.sphere(1, 24, lab.material({0.5f, 0.1f, 0.1f}, 0.3f)), glm::dvec3(2),
             [](double t) { return at(7, 4 * t, 0); });
  const record::CameraImage a = lab.capture(1);
  lab.threads = 1;
  const record::CameraImage b = lab.capture(1);
  CHECK(a.encoded == b.encoded);
  CHECK(a.encoding == "jpeg");
  lab.seed = 2;
  CHECK(lab.capture(1).encoded != a.encoded);
}

TEST_CASE("A camera that cannot be is refused with what is allowed") {
  Lab lab;
  lab.spec.exposureTime_s = 0.2;  // longer than the frame
  CHECK_THROWS_WITH(lab.capture(), "camera 'front': exposure time is 0.2");
}
