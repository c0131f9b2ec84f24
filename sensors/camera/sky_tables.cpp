#include "sensors/camera/sky_tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <optional>
#include <utility>

#include "engine/core/transform.hpp"
#include "engine/shared/light.h"
#include "engine/shared/sky.h"

namespace nightfog::camera {

namespace {

constexpr double kEye_km = 0.05;
constexpr double kGroundAlbedo = 0.2;
constexpr int kSteps = 32;
constexpr int kSunSteps = 16;
constexpr int kOrderHeights = 12;
constexpr int kOrderSuns = 24;
/// Glow of a town's sky without sun or moon: 0.015 cd/m^2, Bortle class 7 to 8 [Falchi et al., Science Advances 2,
/// 2016].
const glm::dvec3 kNightGlow{0.0175, 0.0145, 0.0120};

using Vec = glm::dvec3;

/// Distance along a ray from radius r at cosine mu to the sphere of radius R, from inside; or to the planet from
/// outside.
double toSphere(double r, double mu, double sphere) {
  return -r * mu + std::sqrt(std::max(sphere * sphere - r * r * (1 - mu * mu), 0.0));
}

std::optional<double> toPlanet(double r, double mu) {
  constexpr double kPlanet = shared::kPlanetRadius_km;
  const double under = kPlanet * kPlanet - r * r * (1 - mu * mu);
  if (mu >= 0 || under < 0) return std::nullopt;
  return -r * mu - std::sqrt(under);
}

/// Share of the sun's disk above the horizon of a point whose horizon dips by `dip`.
double sunAboveHorizon(double r, double sunCosine) {
  const double horizonCosine = -std::sqrt(std::max(1 - std::pow(shared::kPlanetRadius_km / r, 2), 0.0));
  const double margin =
      (std::asin(std::clamp(sunCosine, -1.0, 1.0)) - std::asin(horizonCosine)) / shared::kSunAngularRadius_rad;
  return std::clamp(0.5 + 0.5 * margin, 0.0, 1.0);
}

/// Transmittance from radius r to space.
Vec toSpace(double r, double mu) {
  const double length = toSphere(r, mu, shared::kAtmosphereRadius_km);
  Vec depth(0);
  for (int i = 0; i < kSunSteps; ++i) {
    // Quadratic steps: short ones where the air is dense.
    const double a = static_cast<double>(i) / kSunSteps;
    const double b = static_cast<double>(i + 1) / kSunSteps;
    const double t = length * 0.5 * (a * a + b * b);
    const double height = std::sqrt(r * r + t * t + 2 * r * t * mu) - shared::kPlanetRadius_km;
    depth += Vec(shared::airExtinction_1pkm(static_cast<float>(std::max(height, 0.0)))) * (length * (b * b - a * a));
  }
  return glm::exp(-depth);
}

Vec sunlight(double r, double sunCosine) {
  const double visible = sunAboveHorizon(r, sunCosine);
  return visible > 0 ? toSpace(r, sunCosine) * visible : Vec(0);
}

/// Light of second and higher orders at (height, sun), per unit of the sun's illuminance.
class HigherOrders {
 public:
  HigherOrders() {
    for (int h = 0; h < kOrderHeights; ++h) {
      for (int s = 0; s < kOrderSuns; ++s) table_[index(h, s)] = compute(heightOf(h), sunOf(s));
    }
  }
  Vec at(double height_km, double sunCosine) const {
    const double y = std::clamp(std::sqrt(std::max(height_km, 0.0) / 100.0), 0.0, 1.0) * (kOrderHeights - 1);
    const double x = std::clamp((sunCosine + 0.3) / 1.3, 0.0, 1.0) * (kOrderSuns - 1);
    const int h = std::min(static_cast<int>(y), kOrderHeights - 2);
    const int s = std::min(static_cast<int>(x), kOrderSuns - 2);
    return glm::mix(glm::mix(table_[index(h, s)], table_[index(h, s + 1)], x - s),
                    glm::mix(table_[index(h + 1, s)], table_[index(h + 1, s + 1)], x - s), y - h);
  }

 private:
  static size_t index(int h, int s) { return static_cast<size_t>(h * kOrderSuns + s); }
  static double heightOf(int h) { return 100.0 * std::pow(static_cast<double>(h) / (kOrderHeights - 1), 2); }
  static double sunOf(int s) { return -0.3 + 1.3 * s / (kOrderSuns - 1); }

  static Vec compute(double height, double sunCosine) {
    const double r = shared::kPlanetRadius_km + std::max(height, 0.001);
    const Vec sun(std::sqrt(std::max(1 - sunCosine * sunCosine, 0.0)), 0, sunCosine);
    constexpr double kUniform = 1 / (4 * kPi);
    Vec second(0);
    Vec transfer(0);
    constexpr int kRings = 6;
    constexpr int kSpokes = 8;
    constexpr double kWeight = 1.0 / (kRings * kSpokes);
    for (int ring = 0; ring < kRings; ++ring) {
      const double mu = -1 + 2 * (ring + 0.5) / kRings;
      for (int spoke = 0; spoke < kSpokes; ++spoke) {
        const double angle = 2 * kPi * (spoke + 0.5) / kSpokes;
        const double sine = std::sqrt(1 - mu * mu);
        const Vec direction(sine * std::cos(angle), sine * std::sin(angle), mu);
        const std::optional<double> ground = toPlanet(r, mu);
        const double length = ground.value_or(toSphere(r, mu, shared::kAtmosphereRadius_km));
        Vec through(1);
        constexpr int kMarch = 16;
        for (int i = 0; i < kMarch; ++i) {
          const double step = length / kMarch;
          const Vec place = Vec(0, 0, r) + direction * (step * (i + 0.5));
          const double radius = glm::length(place);
          const auto h = static_cast<float>(std::max(radius - shared::kPlanetRadius_km, 0.0));
          const Vec scattering = Vec(shared::rayleighScattering_1pkm() * shared::rayleighDensity(h)) +
                                 Vec(shared::kMieScattering_1pkm * shared::mieDensity(h));
          const Vec extinction(shared::airExtinction_1pkm(h));
          const Vec passes = glm::exp(-extinction * step);
          const Vec share = through * scattering * (Vec(1) - passes) / glm::max(extinction, Vec(1e-12));
          second += kWeight * share * sunlight(radius, glm::dot(place, sun) / radius) * kUniform;
          transfer += kWeight * share;
          through *= passes;
        }
        if (ground) {
          const Vec up = (Vec(0, 0, r) + direction * length) / static_cast<double>(shared::kPlanetRadius_km);
          const double cosine = std::max(glm::dot(up, sun), 0.0);
          second += kWeight * through * sunlight(shared::kPlanetRadius_km + 0.001, glm::dot(up, sun)) *
                    (cosine * kGroundAlbedo / kPi);
        }
      }
    }
    return second / (Vec(1) - transfer);
  }

  std::array<Vec, kOrderHeights * kOrderSuns> table_;
};

Vec skyRadiance(const HigherOrders& orders, const Vec& direction, const Vec& sun) {
  const double r = shared::kPlanetRadius_km + kEye_km;
  const double length = toSphere(r, direction.z, shared::kAtmosphereRadius_km);
  const auto cosine = static_cast<float>(glm::dot(direction, sun));
  const double rayleigh = shared::rayleighPhase(cosine);
  const double mie = shared::henyeyGreenstein(cosine, shared::kMieAnisotropy);
  Vec through(1);
  Vec sum(0);
  for (int i = 0; i < kSteps; ++i) {
    const double a = std::pow(static_cast<double>(i) / kSteps, 2);
    const double b = std::pow(static_cast<double>(i + 1) / kSteps, 2);
    const double step = length * (b - a);
    const Vec place = Vec(0, 0, r) + direction * (length * 0.5 * (a + b));
    const double radius = glm::length(place);
    const double sunCosine = glm::dot(place, sun) / radius;
    const auto h = static_cast<float>(std::max(radius - shared::kPlanetRadius_km, 0.0));
    const Vec rayleighHere = Vec(shared::rayleighScattering_1pkm() * shared::rayleighDensity(h));
    const double mieHere = shared::kMieScattering_1pkm * shared::mieDensity(h);
    const Vec extinction(shared::airExtinction_1pkm(h));
    const Vec passes = glm::exp(-extinction * step);
    const Vec source = sunlight(radius, sunCosine) * (rayleighHere * rayleigh + mieHere * mie) +
                       orders.at(h, sunCosine) * (rayleighHere + mieHere);
    sum += through * source * (Vec(1) - passes) / glm::max(extinction, Vec(1e-12));
    through *= passes;
  }
  return sum;
}

}  // namespace

Sky makeSky(const glm::dvec3& sunDirection) {
  Sky sky;
  sky.sunDirection = glm::normalize(sunDirection);
  sky.beamDirection = sky.sunDirection;
  const glm::dvec2 horizontal(sky.sunDirection);
  const double across = glm::length(horizontal);
  sky.sunAzimuth = across > 1e-6 ? glm::vec2(horizontal / across) : glm::vec2(1, 0);
  static const HigherOrders orders;  // of the atmosphere alone
  const Vec sun(across, 0, sky.sunDirection.z);
  constexpr double kIlluminance = shared::kSunIlluminance_lx;
  sky.radiance.reserve(size_t{shared::kSkyTableWidth} * shared::kSkyTableHeight);
  Vec irradiance(0);
  for (uint32_t row = 0; row < shared::kSkyTableHeight; ++row) {
    for (uint32_t column = 0; column < shared::kSkyTableWidth; ++column) {
      const glm::dvec2 angles(shared::skyTableAngles(column, row));
      const Vec direction(std::cos(angles.x) * std::cos(angles.y), std::cos(angles.x) * std::sin(angles.y),
                          std::sin(angles.x));
      const Vec radiance = skyRadiance(orders, direction, sun) * kIlluminance + kNightGlow;
      sky.radiance.emplace_back(radiance);
      // Cell of the table in solid angle: d(azimuth) over both sides of the sun's meridian, d(sin elevation) between
      // half rows.
      auto elevationAt = [](double place) {
        const double v = std::clamp(place / (shared::kSkyTableHeight - 1), 0.0, 1.0);
        return 0.5 * kPi * v * v;
      };
      const double azimuthSpan =
          2 * kPi / (shared::kSkyTableWidth - 1) * (column == 0 || column + 1 == shared::kSkyTableWidth ? 0.5 : 1.0);
      const double low = std::sin(elevationAt(row - 0.5));
      const double high = std::sin(elevationAt(row + 0.5));
      irradiance += radiance * (azimuthSpan * 0.5 * (high * high - low * low));  // integral of sin d(sin)
    }
  }
  sky.skyIrradiance = irradiance;
  sky.sunIrradiance = sunlight(shared::kPlanetRadius_km + kEye_km, sun.z) * kIlluminance;
  return sky;
}

glm::dvec3 moonDirection(const glm::dvec3& sunDirection) {
  const double kLeastSine = std::sin(10 * kPi / 180);
  const glm::dvec3 opposite = -glm::normalize(sunDirection);
  if (opposite.z >= kLeastSine) return opposite;
  const double across = std::hypot(opposite.x, opposite.y);
  const glm::dvec2 heading = across > 1e-6 ? glm::dvec2(opposite) / across : glm::dvec2(1, 0);
  return {heading * std::sqrt(1 - kLeastSine * kLeastSine), kLeastSine};
}

namespace {

/// makeSky(), which is a function of the direction alone, remembered: the cameras of a rig stand under one sky.
std::shared_ptr<const Sky> knownSky(const glm::dvec3& sunDirection) {
  constexpr size_t kMost = 4;
  static std::mutex mutex;
  static std::vector<std::pair<glm::dvec3, std::shared_ptr<const Sky>>> known;
  const std::lock_guard lock(mutex);
  for (const auto& [direction, sky] : known) {
    if (direction == sunDirection) return sky;
  }
  if (known.size() == kMost) known.erase(known.begin());
  known.emplace_back(sunDirection, std::make_shared<const Sky>(makeSky(sunDirection)));
  return known.back().second;
}

}  // namespace

const Sky& SkyOfFrame::at(const glm::dvec3& sunDirection, double moonIlluminance_lx,
                          std::optional<double> sunIlluminance_lx) {
  const glm::dvec3 sun = glm::normalize(sunDirection);
  const bool isOther = ofSun_ == nullptr || ofSun_->sunDirection != sun;
  if (!isOther && moon_lx_ == moonIlluminance_lx && sun_lx_ == sunIlluminance_lx) return *now_;
  if (isOther) ofSun_ = knownSky(sun);
  moon_lx_ = moonIlluminance_lx;
  sun_lx_ = sunIlluminance_lx;
  now_ = *ofSun_;
  Sky& sky = *now_;
  const double beam = shared::luminanceOf(sky.sunIrradiance);
  if (beam > 0) {
    if (sunIlluminance_lx) sky.sunIrradiance *= static_cast<float>(*sunIlluminance_lx / beam);
  } else if (moonIlluminance_lx > 0) {
    const glm::dvec3 moon = moonDirection(sun);
    if (ofMoon_ == nullptr || ofMoon_->sunDirection != moon) ofMoon_ = knownSky(moon);
    const glm::vec3 glow(kNightGlow);
    const glm::vec3 diffuse = ofMoon_->skyIrradiance - glow * shared::kPiFloat;
    const auto share = static_cast<float>(
        moonIlluminance_lx / shared::luminanceOf(ofMoon_->sunIrradiance * static_cast<float>(moon.z) + diffuse));
    // The moon stands opposite the sun: its table runs the other way round.
    for (uint32_t row = 0; row < shared::kSkyTableHeight; ++row) {
      for (uint32_t column = 0; column < shared::kSkyTableWidth; ++column) {
        const size_t first = size_t{row} * shared::kSkyTableWidth;
        sky.radiance[first + column] += share * (ofMoon_->radiance[first + shared::kSkyTableWidth - 1 - column] - glow);
      }
    }
    sky.skyIrradiance += share * diffuse;
    sky.sunIrradiance = share * ofMoon_->sunIrradiance;
    sky.beamDirection = ofMoon_->sunDirection;
  }
  return sky;
}

}  // namespace nightfog::camera
