// Fog in layers, lamps in it, and moonlight: closed forms against brute force.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/core/random.hpp"
#include "engine/shared/fog_image.h"
#include "sensors/camera/sky_tables.hpp"

using namespace nightfog;
using shared::FogLayer;

namespace {

/// The profile as the header states it, in doubles.
double shareAt(const FogLayer& fog, double z) {
  const double u = std::clamp((z - fog.fullBelow_m) / fog.topDepth_m, 0.0, 1.0);
  return 1 - 3 * u * u + 2 * u * u * u;
}

double depthOf(const FogLayer& fog, double z0, double z1, double length) {
  constexpr int kSteps = 20000;
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) sum += shareAt(fog, z0 + (z1 - z0) * (i + 0.5) / kSteps);
  return sum * fog.extinction_1pm * length / kSteps;
}

shared::LampData lampAt(const glm::vec3& position, uint32_t pattern, const glm::vec3& axis, const glm::vec3& left) {
  shared::LampData lamp{};
  lamp.position = position;
  lamp.intensity_cd = 1000;
  lamp.axis = axis;
  lamp.left = left;
  lamp.pattern = pattern;
  lamp.radius_m = 0.05f;
  lamp.colour = glm::vec3(1);
  return lamp;
}

/// Single scattering along the x axis from the origin, by 200,000 steps.
double scatteredBy(const shared::LampData& lamp, const glm::vec3& direction, double begin, double end,
                   const FogLayer& fog) {
  constexpr int kSteps = 200'000;
  const double g = shared::kFogAnisotropy;
  const bool hasTop = shared::fogHasTop(fog);
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double t = begin + (end - begin) * (i + 0.5) / kSteps;
    const glm::dvec3 point = glm::dvec3(direction) * t;
    const glm::dvec3 away = point - glm::dvec3(lamp.position);
    const double r = glm::length(away);
    const double mu = -glm::dot(away, glm::dvec3(direction)) / r;
    const double phase = (1 - g * g) / (4 * M_PI * std::pow(1 + g * g - 2 * g * mu, 1.5));
    double depth = fog.extinction_1pm * (t + r);
    double share = 1;
    if (hasTop) {
      share = shareAt(fog, point.z);
      depth =
          double{fog.extinction_1pm} * (t * shared::fogMeanShare(fog, 0, static_cast<float>(point.z)) +
                                        r * shared::fogMeanShare(fog, static_cast<float>(point.z), lamp.position.z));
    }
    const double shines =
        static_cast<double>(shared::lampPattern(lamp.pattern, lamp.axis, lamp.left, glm::vec3(away / r)));
    sum += fog.extinction_1pm * share * phase * shines * double{lamp.intensity_cd} / (r * r) * std::exp(-depth);
  }
  return sum * (end - begin) / kSteps;
}

}  // namespace

TEST_CASE("The optical depth of a path through a fog layer is the integral of its extinction") {
  RandomSource rng(11, 0, "fog layer");
  for (int i = 0; i < 400; ++i) {
    const auto real = [&](double low, double high) { return static_cast<float>(rng.uniform(low, high)); };
    const FogLayer fog = shared::fogLayer(real(0.003, 0.2), real(-3, 1), real(0.5, 60));
    const float z0 = real(-3, 80);
    const float z1 = i % 3 == 0 ? z0 + real(-0.05, 0.05) : real(-3, 80);
    const float length = std::abs(z1 - z0) + real(0, 300);
    const double exact = depthOf(fog, z0, z1, length);
    INFO("from " << z0 << " to " << z1 << " over " << length << " m, top from " << fog.fullBelow_m << " on "
                 << fog.topDepth_m << " m");
    // A float's height of 80 m is good to 4e-6 m: of the shortest rise that is divided by, 0.004 of a depth of 0.125 m
    // or more, that is 1 % of what is left of a share near the top; of the whole path it is far less.
    CHECK(std::abs(double{shared::fogDepth(fog, z0, z1, length)} - exact) < 2e-4 * fog.extinction_1pm * length);
  }
}

TEST_CASE("A column of a fog layer holds as much as uniform fog up to its height, and half the fog is at the height") {
  for (const float height : {1.0f, 12.0f, 50.0f}) {
    const FogLayer fog = shared::fogLayer(0.04f, -1.5f, height);
    CHECK(shared::fogDepth(fog, -1.5f, 100, 101.5f) == doctest::Approx(0.04 * height).epsilon(1e-5));
    CHECK(shared::fogDepthAbove(fog, -1.5f) == doctest::Approx(0.04 * height).epsilon(1e-5));
    CHECK(shared::fogDepthAbove(fog, 200) == doctest::Approx(0));
    CHECK(shared::fogShareAt(fog, height - 1.5f) == doctest::Approx(0.5).epsilon(1e-4));
  }
}

TEST_CASE("Fog without an upper edge is the same everywhere, to the bit") {
  const FogLayer fog = shared::fogLayer(0.0374f, -1.5f, 0);
  for (const float length : {0.3f, 17.7f, 412.0f}) {
    CHECK(shared::fogTransmittanceBetween(fog, -1, 230, length) == shared::fogTransmittance(0.0374f, length));
  }
}

TEST_CASE("Lamps light fog as single scattering does, from afar and close by, uniform and in a layer") {
  const glm::vec3 down(0, 0, -1);
  const glm::vec3 y(0, 1, 0);
  const FogLayer uniform = shared::fogLayer(0.06f, 0, 0);
  const FogLayer layer = shared::fogLayer(0.06f, -1.5f, 6);
  struct Case {
    const char* name;
    shared::LampData lamp;
    glm::vec3 direction;
    float distance;
    double tolerance;
  };
  const glm::vec3 ahead(1, 0, 0);
  const glm::vec3 slightlyDown = glm::normalize(glm::vec3(1, 0, -0.05f));
  const glm::vec3 slightlyUp = glm::normalize(glm::vec3(1, 0, 0.2f));
  const std::vector<Case> cases = {
      {"bulb, far", lampAt({20, 3, 1}, shared::kLampIsotropic, ahead, y), ahead, 60, 0.01},
      {"bulb, close", lampAt({20, 0.5f, 0}, shared::kLampIsotropic, ahead, y), ahead, 60, 0.01},
      {"bulb, short ray", lampAt({10, 8, 5}, shared::kLampIsotropic, ahead, y), ahead, 9, 0.01},
      {"bulb, behind", lampAt({-3, 2, 0}, shared::kLampIsotropic, ahead, y), ahead, 40, 0.01},
      {"bulb, beyond the end", lampAt({40, 4, 0}, shared::kLampIsotropic, ahead, y), ahead, 25, 0.01},
      {"street lamp, far", lampAt({30, 4, 6}, shared::kLampStreet, down, y), ahead, 80, 0.03},
      {"street lamp, close", lampAt({30, 1, 6}, shared::kLampStreet, down, y), slightlyUp, 80, 0.03},
      {"tail lamps", lampAt({18, 1, -0.6f}, shared::kLampTail, {-1, 0, 0}, {0, -1, 0}), ahead, 60, 0.03},
      {"own low beam", lampAt({2, 0.7f, -0.8f}, shared::kLampLowBeam, ahead, y), slightlyDown, 28, 0.06},
      {"own high beam", lampAt({2, 0.7f, -0.8f}, shared::kLampHighBeam, ahead, y), ahead, 90, 0.06},
      {"oncoming low beam", lampAt({35, 3, -0.8f}, shared::kLampLowBeam, {-1, 0, 0}, {0, -1, 0}), slightlyDown, 28,
       0.06},
      {"oncoming low beam, level", lampAt({35, 3, -0.8f}, shared::kLampLowBeam, {-1, 0, 0}, {0, -1, 0}), ahead, 90,
       0.06},
  };
  for (const Case& c : cases) {
    for (const FogLayer& fog : {uniform, layer}) {
      const double exact = scatteredBy(c.lamp, c.direction, 0, c.distance, fog);
      const double ours = shared::lampInScatter(c.lamp, glm::vec3(0), c.direction, {0, c.distance}, fog).x;
      INFO(c.name << (shared::fogHasTop(fog) ? ", layer" : ", uniform"));
      CHECK(ours == doctest::Approx(exact).epsilon(c.tolerance));
    }
  }
}

TEST_CASE("The glow around a lamp has no seam: it falls smoothly with the ray's distance from it") {
  const FogLayer fog = shared::fogLayer(0.0374f, 0, 0);
  const shared::LampData lamp = lampAt({25, 0, 6}, shared::kLampStreet, {0, 0, -1}, {0, 1, 0});
  double before = 0;
  double beforeSlope = 0;
  for (int i = 0; i < 400; ++i) {
    const float side = 0.3f + 0.01f * static_cast<float>(i);  // 0.3 … 4.3 m from the lamp
    const glm::vec3 direction = glm::normalize(glm::vec3(25, side, 5.6f));
    const double here = std::log(shared::lampInScatter(lamp, glm::vec3(0), direction, {0, 60}, fog).x);
    const double slope = here - before;
    if (i > 1) {
      // In the closed form the logarithm's slope per step changes by less than 2 (0.01 / 0.3)^2.
      CHECK(slope < 0);
      CHECK(std::abs(slope - beforeSlope) < 2.5e-3);
    }
    before = here;
    beforeSlope = slope;
  }
}

TEST_CASE("Under thick fog light is as many scatterings leave it, and in a white furnace fog is invisible") {
  for (const float extinction : {0.005f, 0.04f, 0.2f}) {
    CHECK(shared::fogTotalTransmittance(extinction, 60, 1) == doctest::Approx(1));
    for (const float sine : {0.0f, 0.4f, 1.0f}) CHECK(shared::fogFieldShare(1, sine) == doctest::Approx(1));
  }
  // Photons backwards from near the ground under 60 m of fog of MOR 80 m, a sky of radiance 1 over ground of 20 %.
  constexpr double kGround = 0.2;
  const double depth = std::log(20.0) / 80 * 60;
  const double g = shared::kFogAnisotropy;
  RandomSource rng(3, 0, "many scatterings");
  const auto radiance = [&](double climb) {
    constexpr int kPhotons = 20'000;
    double sum = 0;
    for (int i = 0; i < kPhotons; ++i) {
      double weight = 1;
      double mu = climb;
      double height = 0.02 * depth;
      while (weight > 1e-5) {
        height -= std::log(1 - rng.uniform(0, 1)) * mu;
        if (height >= depth) {
          sum += weight;
          break;
        }
        if (height <= 0) {
          weight *= kGround;
          height = 0;
          mu = std::sqrt(rng.uniform(0, 1));
          continue;
        }
        const double k = (1 - g * g) / (1 - g + 2 * g * rng.uniform(0, 1));
        const double turn = (1 + g * g - k * k) / (2 * g);
        mu = mu * turn + std::sqrt(std::max(1 - mu * mu, 0.0)) * std::sqrt(std::max(1 - turn * turn, 0.0)) *
                             std::cos(rng.uniform(0, 2 * M_PI));
      }
    }
    return sum / kPhotons;
  };
  const auto ours = [&](float sine) {
    return double{shared::fogTotalTransmittance(static_cast<float>(depth / 60), 60, kGround)} *
           shared::fogFieldShare(kGround, sine);
  };
  // 20,000 photons: 1 sigma of 0.4 %. Eddington's approximation is known for errors of a few percent away from the
  // boundary, and brightens the horizon next to dark ground.
  CHECK(radiance(0.5) == doctest::Approx(ours(0.5f)).epsilon(0.06));
  CHECK(radiance(0.3) == doctest::Approx(ours(0.3f)).epsilon(0.08));
  CHECK(radiance(0) == doctest::Approx(ours(0)).epsilon(0.35));
}

TEST_CASE("Moonlight brings the stated illuminance to level ground, and none while the sun is up") {
  camera::SkyOfFrame skies;
  const glm::dvec3 midnight = glm::normalize(glm::dvec3(0.3, 0.6, -0.6));
  const camera::Sky dark = skies.at(midnight, 0, std::nullopt);
  const camera::Sky moonlit = skies.at(midnight, 0.2, std::nullopt);
  const auto level = [](const camera::Sky& sky) {
    return static_cast<double>(shared::luminanceOf(sky.sunIrradiance) * static_cast<float>(sky.beamDirection.z) +
                               shared::luminanceOf(sky.skyIrradiance));
  };
  CHECK(level(moonlit) - level(dark) == doctest::Approx(0.2).epsilon(1e-4));
  CHECK(glm::length(moonlit.beamDirection + midnight) < 1e-9);
  // Full moons are known for 0.25 lx overhead and 0.05 to 0.1 lx in temperate nights; the beam is most of it.
  CHECK(shared::luminanceOf(moonlit.sunIrradiance) > 0.15f);
  // The table says the same as the illuminance: brighter around the moon than away from it.
  const glm::vec2 place = shared::skyTablePlace(glm::vec3(moonlit.beamDirection), moonlit.sunAzimuth);
  const size_t at = static_cast<size_t>(std::lround(place.y)) * shared::kSkyTableWidth;
  const auto column = static_cast<size_t>(std::lround(place.x));
  CHECK(shared::luminanceOf(moonlit.radiance[at + column]) >
        shared::luminanceOf(moonlit.radiance[at + shared::kSkyTableWidth - 1 - column]));
  const glm::dvec3 noon = glm::normalize(glm::dvec3(0, -0.5, 0.7));
  const camera::Sky day = skies.at(noon, 0, std::nullopt);
  CHECK(level(skies.at(noon, 0.2, std::nullopt)) == level(day));
  CHECK(shared::luminanceOf(skies.at(noon, 0, 40'000.0).sunIrradiance) == doctest::Approx(40'000).epsilon(1e-5));
  CHECK(camera::moonDirection(glm::normalize(glm::dvec3(1, 0, -0.01))).z == doctest::Approx(std::sin(M_PI / 18)));
}
