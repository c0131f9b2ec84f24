// Water on the ground against the published table, the integrals it stands for, and a balance of energy.
#include "engine/shared/wet_ground.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/record/taxonomy.hpp"
#include "engine/shared/lidar_return.h"
#include "engine/shared/light.h"

using namespace nightfog;

namespace {

constexpr int kSteps = 400;

/// Share of light that comes from above within the hemisphere, seen from mu: integral of f cos over directions.
double filmAlbedo(double mu, float albedo, float alpha) {
  const glm::vec3 n(0, 0, 1);
  const glm::vec3 v(std::sqrt(1 - mu * mu), 0, mu);
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double z = (i + 0.5) / kSteps;
    for (int k = 0; k < kSteps; ++k) {
      const double a = 2 * M_PI * (k + 0.5) / kSteps;
      const double r = std::sqrt(1 - z * z);
      sum +=
          shared::evaluateFilmBrdf(glm::vec3(albedo), alpha, n, v, glm::vec3(r * std::cos(a), r * std::sin(a), z)).x *
          z * 2 * M_PI / kSteps / kSteps;
    }
  }
  return sum;
}

}  // namespace

TEST_CASE("A water film reflects and lets through what the table for wet ground says") {
  // Hahner et al. 2022: incidence, R_s, R_p, unpolarised R, and what is left of a beam for ground of 10 %.
  const double table[6][5] = {{0, .0200, .0200, .0200, .962},  {60, .1137, .0044, .0591, .893},
                              {75, .3119, .1107, .2113, .644}, {80, .4549, .2386, .3468, .453},
                              {85, .6722, .4930, .5826, .193}, {88, .8528, .7544, .8036, .045}};
  for (const auto& row : table) {
    const auto cosine = static_cast<float>(std::cos(row[0] * M_PI / 180));
    INFO(row[0] << " degrees");
    CHECK(std::abs(shared::waterFresnel(cosine).x - row[1]) < 1e-3);
    CHECK(std::abs(shared::waterFresnel(cosine).y - row[2]) < 1e-3);
    CHECK(std::abs(shared::waterReflectance(cosine) - row[3]) < 1e-3);
    CHECK(std::abs(shared::wetBeamReflectance(0.1f, cosine, 1) / 0.1 - row[4]) < 1e-3);
    CHECK(shared::wetBeamReflectance(0.1f, cosine, 0) == 0.1f);
    CHECK(std::abs(shared::wetBeamReflectance(0.1f, cosine, 0.3f) - 0.1 * (0.7 + 0.3 * row[4])) < 1e-4);
  }
}

TEST_CASE("The LiDAR's return from the road falls with the film, and its beads drown") {
  shared::LidarMaterial road{0.278f, 0.9f, 0, 0, 0, 0};
  const auto cosine = static_cast<float>(std::cos(85 * M_PI / 180));
  const float dry = shared::lidarReflectance(road, cosine);
  road.film = 1;
  CHECK(shared::lidarReflectance(road, cosine) < 0.22f * dry);  // the black road beyond 20 m
  shared::LidarMaterial paint{0.65f, 0.8f, 0, 0, 2, 1};
  CHECK(shared::lidarReflectance(paint, 1) < 0.65f);
}

TEST_CASE("Diffuse light meets a water surface with the reflectance stated for it") {
  double sum = 0;
  constexpr int kMany = 20'000;
  for (int i = 0; i < kMany; ++i) {
    const double mu = (i + 0.5) / kMany;
    sum += 2 * mu * shared::waterReflectance(static_cast<float>(mu)) / kMany;
  }
  CHECK(sum == doctest::Approx(shared::kWaterDiffuseReflectance).epsilon(1e-3));
}

TEST_CASE("Ground under water is darker to the eye, by what wet asphalt and sand are, and white stays white") {
  // Lekner and Dorf 1988: wet to dry albedo 0.5 … 0.7 for dark to middling ground; Twomey et al. 1986: sand 0.33 to
  // 0.23.
  CHECK(shared::albedoUnderWater(glm::vec3(0.10f)).x / 0.10f > 0.5f);
  CHECK(shared::albedoUnderWater(glm::vec3(0.18f)).x / 0.18f < 0.65f);
  CHECK(shared::albedoUnderWater(glm::vec3(0.33f)).x * (1 - shared::kWaterDiffuseReflectance) ==
        doctest::Approx(0.23).epsilon(0.12));
  // Nothing is lost under water: a white ground gives back what the film lets in.
  CHECK(shared::albedoUnderWater(glm::vec3(1)).x * (1 - shared::kWaterDiffuseReflectance) ==
        doctest::Approx(1).epsilon(1e-3));
}

TEST_CASE("A wet road returns no more light than it receives, from any side") {
  for (const float film : {0.1f, 0.5f, 1.0f}) {
    const float roughness = shared::filmRoughness(film);
    for (const double mu : {0.1, 0.3, 0.6, 1.0}) {
      INFO("film " << film << ", mu " << mu);
      CHECK(filmAlbedo(mu, 1.0f, roughness * roughness) <= 1.005);
    }
  }
}

TEST_CASE("Open road and sidewalk get wet where they lie level; walls, cars and meadows do not") {
  static_assert(shared::kClassRoad == classes::kRoad.value &&
                shared::kClassLaneMarking == classes::kLaneMarking.value &&
                shared::kClassSidewalk == classes::kSidewalk.value && shared::kClassKerb == classes::kKerb.value &&
                shared::kClassParking == classes::kParking.value);
  CHECK(shared::isWettable(classes::kRoad.value, 1));
  CHECK(shared::isWettable(classes::kSidewalk.value, 0.98f));
  CHECK_FALSE(shared::isWettable(classes::kKerb.value, 0.1f));
  CHECK_FALSE(shared::isWettable(classes::kTerrain.value, 1));
  CHECK_FALSE(shared::isWettable(classes::kCar.value, 1));
}
