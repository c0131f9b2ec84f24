// Reflection against the published table, closed forms and conservation of energy.
#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "engine/shared/brdf.h"

namespace {

using namespace nightfog;
using shared::ShadingMaterial;

/// Share of light from direction mu that f sends anywhere: integral of f cos over the hemisphere, by midpoint in the
/// half-vector's angles. The lobe is narrow in theta_h and smooth there.
template <class Lobe>
double albedo(double mu, Lobe lobe, int steps = 400) {
  const glm::dvec3 v(std::sqrt(1 - mu * mu), 0, mu);
  double sum = 0;
  for (int i = 0; i < steps; ++i) {
    // theta = (pi / 2) s^2: fine steps near the normal
    const double s = (i + 0.5) / steps;
    const double theta = 0.5 * M_PI * s * s;
    const double dTheta = 0.5 * M_PI * 2 * s / steps;
    for (int j = 0; j < steps; ++j) {
      const double phi = M_PI * (j + 0.5) / steps;  // the other half is its mirror image
      const glm::dvec3 h(std::sin(theta) * std::cos(phi), std::sin(theta) * std::sin(phi), std::cos(theta));
      const double hv = glm::dot(h, v);
      if (hv <= 0) continue;
      const glm::dvec3 l = 2 * hv * h - v;
      if (l.z <= 0) continue;
      // d(omega_l) = 4 h.v d(omega_h)
      sum +=
          lobe(glm::vec3(v), glm::vec3(l), glm::vec3(h)) * l.z * 4 * hv * std::sin(theta) * dTheta * (2 * M_PI / steps);
    }
  }
  return sum;
}

double ggxAlbedo(double mu, float alpha) {
  return albedo(mu, [&](glm::vec3 v, glm::vec3 l, glm::vec3 h) {
    return static_cast<double>(shared::ggxDistribution(h.z, alpha) * shared::smithVisibility(l.z, v.z, alpha));
  });
}

double totalAlbedo(double mu, const ShadingMaterial& m) {
  return albedo(
      mu,
      [&](glm::vec3 v, glm::vec3 l, glm::vec3) {
        return static_cast<double>(shared::evaluateBrdf(m, {0, 0, 1}, v, l).x);
      },
      220);
}

}  // namespace

TEST_CASE("The bare GGX lobe has the published directional albedo") {
  const double mus[] = {0.10, 0.25, 0.50, 0.75, 1.00};
  const float alphas[] = {0.1f, 0.25f, 0.5f, 0.75f, 1.0f};
  const double table[5][5] = {{.881, .895, .861, .810, .760},
                              {.922, .839, .765, .680, .598},
                              {.970, .857, .698, .565, .451},
                              {.983, .892, .682, .501, .365},
                              {.989, .916, .688, .464, .3069}};
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 5; ++j) {
      INFO("mu " << mus[i] << ", alpha " << alphas[j]);
      CHECK(std::abs(ggxAlbedo(mus[i], alphas[j]) - table[i][j]) < 0.005);
    }
  }
  CHECK(std::abs(ggxAlbedo(1.0, 1.0f) - (1 - std::log(2.0))) < 1e-4);
}

TEST_CASE("No surface returns more light than it receives, from any side") {
  for (const float metallic : {0.0f, 0.5f, 1.0f}) {
    for (const float alpha : {0.05f, 0.1f, 0.25f, 0.5f, 1.0f}) {
      for (const double mu : {0.05, 0.1, 0.2, 0.4, 0.7, 1.0}) {
        INFO("metallic " << metallic << ", alpha " << alpha << ", mu " << mu);
        CHECK(totalAlbedo(mu, {glm::vec3(1), alpha, metallic, 0, 0}) <= 1.0005);
      }
    }
  }
}

TEST_CASE("Light may be sent either way: f(v, l) = f(l, v)") {
  const glm::vec3 n(0, 0, 1);
  const glm::vec3 v = glm::normalize(glm::vec3(0.3f, 0.1f, 0.4f));
  const glm::vec3 l = glm::normalize(glm::vec3(-0.7f, 0.5f, 0.2f));
  const ShadingMaterial m{glm::vec3(0.8f, 0.4f, 0.1f), 0.3f, 0.2f, 0, 0};
  const glm::vec3 there = shared::evaluateBrdf(m, n, v, l);
  const glm::vec3 back = shared::evaluateBrdf(m, n, l, v);
  for (int i = 0; i < 3; ++i) CHECK(there[i] == doctest::Approx(back[i]).epsilon(1e-5));
}

TEST_CASE("Sampling visible normals estimates the same albedo as the integral") {
  // Stratified samples of a smooth integrand: error of the order 1/n.
  for (const float alpha : {0.1f, 0.5f, 1.0f}) {
    for (const double mu : {0.25, 0.75}) {
      const glm::vec3 v(std::sqrt(1 - mu * mu), 0, mu);
      const int n = 300;
      double sum = 0;
      for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
          const glm::vec3 h = shared::sampleVisibleNormal(v, alpha, (i + 0.5f) / n, (j + 0.5f) / n);
          const glm::vec3 l = 2 * glm::dot(h, v) * h - v;
          if (l.z > 0) sum += shared::ggxSampleWeight(l.z, v.z, alpha);
        }
      }
      CHECK(std::abs(sum / (n * n) - ggxAlbedo(mu, alpha)) < 0.005);
    }
  }
}

TEST_CASE("A tangent frame is orthonormal for every normal") {
  for (int i = 0; i < 2000; ++i) {
    const double z = 1 - 2 * (i + 0.5) / 2000;
    const double r = std::sqrt(1 - z * z);
    const glm::vec3 n(r * std::cos(2.4 * i), r * std::sin(2.4 * i), z);
    glm::vec3 t;
    glm::vec3 b;
    shared::tangentFrame(n, t, b);
    CHECK(glm::length(glm::cross(t, b) - n) < 1e-5);
  }
}

TEST_CASE("Glass of index 1.5 reflects 4 percent head-on, a pane 7.7 percent, and everything at grazing") {
  CHECK(shared::fresnelDielectric(1, 1.5f) == doctest::Approx(0.04).epsilon(1e-5));
  CHECK(shared::paneReflectance(1, 1.5f) == doctest::Approx(0.08 / 1.04).epsilon(1e-5));
  CHECK(shared::fresnelDielectric(0, 1.5f) == doctest::Approx(1));
  // Water at 75 and 85 degrees: the unpolarised column of [sensor_physics 3.5].
  CHECK(shared::fresnelDielectric(std::cos(75 * M_PI / 180), 1.33f) == doctest::Approx(0.2113).epsilon(2e-3));
  CHECK(shared::fresnelDielectric(std::cos(85 * M_PI / 180), 1.33f) == doctest::Approx(0.5826).epsilon(2e-3));
}
