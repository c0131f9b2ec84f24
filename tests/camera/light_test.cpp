// Fog, sky, lamps and the sensor against closed forms and published figures.
#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include <algorithm>
#include <cstring>
#include <vector>

#include "engine/content/environment.hpp"
#include "engine/core/random.hpp"
#include "engine/shared/fog_image.h"
#include "engine/shared/tonemap.h"
#include "sensors/camera/camera_light.hpp"
#include "sensors/camera/sky_tables.hpp"

namespace {

using namespace nightfog;

double skyAt(const camera::Sky& sky, const glm::dvec3& direction) {
  const glm::vec2 place = shared::skyTablePlace(glm::vec3(direction), sky.sunAzimuth);
  return shared::luminanceOf(
      sky.radiance[static_cast<size_t>(std::lround(place.y)) * shared::kSkyTableWidth + std::lround(place.x)]);
}

camera::Sky skyOf(double sunElevation_deg) {
  const double e = sunElevation_deg * M_PI / 180;
  return camera::makeSky({std::cos(e), 0, std::sin(e)});
}

}  // namespace

TEST_CASE("Contrast falls to 5.0 percent at MOR and 22.4 percent at half of it") {
  const float mor = 50;
  const float extinction = std::log(20.0f) / mor;
  const glm::vec3 air(3000.0f);
  auto contrast = [&](float distance) {
    const float t = shared::fogTransmittance(extinction, distance);
    const float dark = shared::throughFog(glm::vec3(0), air, t).x;
    return (air.x - dark) / air.x;  // Weber contrast of a black target against the horizon
  };
  CHECK(contrast(mor) == doctest::Approx(0.05).epsilon(1e-5));
  CHECK(contrast(mor / 2) == doctest::Approx(std::sqrt(0.05)).epsilon(1e-5));            // 0.2236
  CHECK(contrast(std::log(50.0f) / extinction) == doctest::Approx(0.02).epsilon(1e-5));  // V at 2 %
}

TEST_CASE("A phase function sends all light somewhere, forward by its asymmetry") {
  for (const float g : {0.0f, 0.5f, 0.87f}) {
    double whole = 0;
    double mean = 0;
    const int n = 200000;
    for (int i = 0; i < n; ++i) {
      const double mu = -1 + 2 * (i + 0.5) / n;
      const double p = shared::henyeyGreenstein(static_cast<float>(mu), g) * 2 * M_PI * 2 / n;
      whole += p;
      mean += p * mu;
    }
    CHECK(whole == doctest::Approx(1).epsilon(1e-3));
    CHECK(mean == doctest::Approx(g).epsilon(2e-3));
  }
}

TEST_CASE("The sun and the sky light the ground as they do outdoors") {
  // Clear-sky illuminance: sun 60 degrees high, beam on the horizontal 70 to 95 klx and sky 10 to 25 klx (IES RP-21
  // clear-sky model: 127.5 klx exp(-0.21 / sin e), sky 0.8 + 15.5 sqrt(sin e) klx).
  for (const double elevation : {20.0, 40.0, 60.0}) {
    const camera::Sky sky = skyOf(elevation);
    const double sine = std::sin(elevation * M_PI / 180);
    const double beam = shared::luminanceOf(sky.sunIrradiance);
    const double diffuse = shared::luminanceOf(sky.skyIrradiance);
    const double beamIes = 127500 * std::exp(-0.21 / sine);
    const double diffuseIes = 800 + 15500 * std::sqrt(sine);
    INFO(elevation << " degrees: beam " << beam << " (IES " << beamIes << "), sky " << diffuse << " (IES " << diffuseIes
                   << ")");
    CHECK(beam == doctest::Approx(beamIes).epsilon(0.15));
    CHECK(diffuse == doctest::Approx(diffuseIes).epsilon(0.35));
  }
}

TEST_CASE("The sky is blue overhead, brighter at the horizon, red where the sun sets, and dark by night") {
  const camera::Sky noon = skyOf(50);
  const glm::vec3 zenith = noon.radiance[size_t{shared::kSkyTableHeight - 1} * shared::kSkyTableWidth];
  CHECK(zenith.z > 2 * zenith.x);
  CHECK(skyAt(noon, {-1, 0, 0.05}) > 1.5 * shared::luminanceOf(zenith));
  const camera::Sky sunset = skyOf(1);
  const glm::vec2 place = shared::skyTablePlace(glm::vec3(1, 0, 0.03f), sunset.sunAzimuth);
  const glm::vec3 glow =
      sunset.radiance[static_cast<size_t>(place.y) * shared::kSkyTableWidth + static_cast<size_t>(place.x)];
  CHECK(glow.x > glow.z);
  CHECK(sunset.sunIrradiance.x > 3 * sunset.sunIrradiance.z);
  // Horizontal illuminance of civil dusk (sun at -6 degrees) is about 3 lx, at sunset some hundred [Seidelmann,
  // Explanatory Supplement 1992].
  const double dusk = shared::luminanceOf(skyOf(-6).skyIrradiance);
  CHECK(dusk > 0.5);
  CHECK(dusk < 12);
  const double atSunset = shared::luminanceOf(skyOf(-0.3).skyIrradiance);
  CHECK(atSunset > 150);
  CHECK(atSunset < 1500);
  CHECK(shared::luminanceOf(skyOf(-30).skyIrradiance) == doctest::Approx(M_PI * 0.015).epsilon(0.1));
  CHECK(shared::luminanceOf(skyOf(-30).sunIrradiance) == 0);
}

TEST_CASE("Sky irradiance is the integral of the table that kernels look up") {
  const camera::Sky sky = skyOf(35);
  double sum = 0;
  const int n = 400;
  for (int i = 0; i < n; ++i) {
    const double z = (i + 0.5) / n;
    for (int j = 0; j < n; ++j) {
      const double a = 2 * M_PI * (j + 0.5) / n;
      const double r = std::sqrt(1 - z * z);
      sum += skyAt(sky, {r * std::cos(a), r * std::sin(a), z}) * z * 2 * M_PI / n / n;
    }
  }
  CHECK(shared::luminanceOf(sky.skyIrradiance) == doctest::Approx(sum).epsilon(0.02));
}

TEST_CASE("The sun stands where the almanac puts it") {
  // 48 degrees north, 21 June, noon: 65.4 degrees high in the south; equator at the equinox: overhead.
  const glm::dvec3 summer = content::sunDirection(12 * 3600, 48 * M_PI / 180, 172);
  CHECK(std::asin(summer.z) * 180 / M_PI == doctest::Approx(65.44).epsilon(0.002));
  CHECK(summer.y < 0);
  CHECK(content::sunDirection(12 * 3600, 0, 81).z == doctest::Approx(1).epsilon(1e-3));
  CHECK(content::sunDirection(8 * 3600, 48 * M_PI / 180, 172).x > 0.5);  // morning: east
  CHECK(content::sunDirection(0, 48 * M_PI / 180, 355).z < -0.8);        // winter midnight
}

TEST_CASE("A low beam ends at its cut-off, and street lamps light the ground evenly") {
  shared::LampData lamp{};
  lamp.position = {0, 0, 0.65f};
  lamp.axis = {1, 0, 0};
  lamp.left = {0, 1, 0};
  lamp.pattern = shared::kLampLowBeam;
  lamp.intensity_cd = 25000;
  lamp.colour = glm::vec3(1);
  lamp.radius_m = 0.06f;
  auto at25m = [&](float y, float z) {
    glm::vec3 to;
    float d = 0;
    return shared::lampIlluminance(lamp, {25, y, z}, to, d).x;
  };
  // Regulation 149 class C measures at 25 m: glare point B50L (3.43 deg left, 0.57 up) at most 350 cd = 0.56 lx; 75R
  // (1.15 right, 0.57 down) at least 10,100 cd = 16.2 lx.
  CHECK(at25m(1.5f, 0.65f + 0.25f) < 0.56f);
  CHECK(at25m(-0.5f, 0.65f - 0.25f) > 16.2f);
  lamp.pattern = shared::kLampStreet;
  lamp.position = {0, 0, 8};
  lamp.axis = {0, 0, -1};
  lamp.intensity_cd = 3000;
  auto ground = [&](float x) {
    glm::vec3 to;
    float d = 0;
    const float e = shared::lampIlluminance(lamp, {x, 0, 0}, to, d).x;
    return e * to.z;
  };
  CHECK(ground(0) == doctest::Approx(3000 * 0.45 / 64).epsilon(1e-4));
  CHECK(ground(8) > 0.4f * ground(0));
  CHECK(ground(60) == 0);
}

TEST_CASE("The sensor's photon transfer has the slope, the read noise and the full well it was given") {
  shared::SensorModel sensor{};
  sensor.headroom = 1;
  sensor.electronsAtOne = 15000;
  sensor.readNoise_e = 3;
  sensor.useNoise = 1;
  sensor.keyLow = 7;
  auto moments = [&](float signal, double& mean, double& variance) {
    double sum = 0;
    double squares = 0;
    const int n = 60000;
    for (int i = 0; i < n; ++i) {
      const double e = shared::sensePixel(sensor, glm::vec3(signal), static_cast<uint32_t>(i)).y * 15000.0;
      sum += e;
      squares += e * e;
    }
    mean = sum / n;
    variance = squares / n - mean * mean;
  };
  // Variance in electrons = mean + read noise^2; the estimate's own 1 sigma is sqrt(2 / n) = 0.6 %, held to 4 sigma.
  for (const float signal : {0.01f, 0.05f, 0.3f, 0.7f}) {
    double mean = 0;
    double variance = 0;
    moments(signal, mean, variance);
    CHECK(mean == doctest::Approx(signal * 15000).epsilon(0.004));
    CHECK(variance == doctest::Approx(signal * 15000 + 9).epsilon(0.025));
  }
  CHECK(shared::sensePixel(sensor, glm::vec3(5), 3).x <= 1.0f);
  double mean = 0;
  double variance = 0;
  sensor.readNoise_e = 0;
  moments(6.0f / 15000, mean, variance);  // few electrons: exact Poisson
  CHECK(mean == doctest::Approx(6).epsilon(0.01));
  CHECK(variance == doctest::Approx(6).epsilon(0.03));
}

TEST_CASE("The tone curve rises from black to white at the headroom, and sRGB code and decode are inverse") {
  CHECK(shared::toneCurve(0, 8) == 0);
  CHECK(shared::toneCurve(8, 8) == doctest::Approx(1));
  float before = -1;
  for (float x = 0; x < 8; x += 0.01f) {
    const float y = shared::toneCurve(x, 8);
    CHECK(y > before);
    before = y;
  }
  for (float x = 0; x <= 1; x += 0.01f)
    CHECK(shared::decodeSrgb(shared::encodeSrgb(x)) == doctest::Approx(x).epsilon(1e-4));
  CHECK(shared::saturationLuminance(1.8f, 0.01f, 100) == doctest::Approx(120 * 3.24 / (0.01 * 100)));
}

TEST_CASE("A cell lists the lamps that bring most into it, as looking at every one of them says") {
  content::SceneSnapshot snapshot;
  snapshot.environment.sceneryLampsOn = true;
  std::vector<content::Lamp> lamps;
  RandomSource random(7, 0, "lamps");
  for (int i = 0; i < 90; ++i) {
    content::Lamp lamp;
    const glm::dvec3 place(random.uniform(-170, 170), random.uniform(-170, 170), random.uniform(0.3, 9));
    lamp.partFromLamp =
        RigidTransform::fromYawPitchRoll(place, random.uniform(-kPi, kPi), random.uniform(-0.2, kPi / 2));
    lamp.intensity_cd = static_cast<float>(std::exp(random.uniform(0, 11)));
    lamp.pattern = static_cast<decltype(lamp.pattern)>(i % 6);
    lamp.radius_m = 0.1F;
    lamp.colour = glm::vec3(1);
    lamps.push_back(lamp);
  }
  const camera::Sky sky = camera::makeSky({0, 0, -1});
  camera::KnownCells known;
  for (const glm::dvec3 eye : {glm::dvec3(0, 0, 2), glm::dvec3(60, -40, 2)}) {
    const camera::FrameLight light = camera::makeFrameLight(snapshot, lamps, sky, {}, {}, eye);
    const camera::FrameLight again = camera::makeFrameLight(snapshot, lamps, sky, {}, {}, eye, &known);
    REQUIRE(light.lamps.size() == lamps.size());
    CHECK(std::memcmp(light.cells.data(), again.cells.data(), light.cells.size() * sizeof(shared::LampCell)) == 0);
    for (uint32_t at = 0; at < light.cells.size(); at += 7) {
      const float half = 0.5F * shared::kLampCell_m;
      const glm::vec2 centre(
          (static_cast<float>(at % shared::kLampGridSize) - shared::kLampGridSize / 2) * 2 * half + half,
          (static_cast<float>(at / shared::kLampGridSize) - shared::kLampGridSize / 2) * 2 * half + half);
      std::vector<std::pair<float, uint32_t>> all;
      for (uint32_t i = 0; i < light.lamps.size(); ++i) {
        const shared::LampData& lamp = light.lamps[i];
        const float far = std::max(glm::length(centre - glm::vec2(lamp.position)) - 1.42F * half, 0.0F);
        if (lamp.intensity_cd < 0.003F * far * far) continue;
        float most = 0;
        for (const glm::vec2 by : {glm::vec2(0), glm::vec2(1), glm::vec2(-1), glm::vec2(1, -1), glm::vec2(-1, 1)}) {
          for (const float z : {lamp.position.z - 5, lamp.position.z - 0.3F, -1.5F, 0.0F}) {
            glm::vec3 to;
            float distance = 0;
            most = std::max(most, shared::luminanceOf(
                                      shared::lampIlluminance(lamp, glm::vec3(centre + half * by, z), to, distance)));
          }
        }
        if (most > 1e-4F) all.emplace_back(-most, i);
      }
      std::sort(all.begin(), all.end());
      const shared::LampCell& cell = light.cells[at];
      REQUIRE(cell.count == std::min<size_t>(all.size(), shared::kLampsPerCell));
      for (uint32_t i = 0; i < cell.count; ++i) CHECK(cell.lamps[i] == all[i].second);
    }
  }
}
