#include <doctest/doctest.h>

#include <limits>

#include "engine/core/transform.hpp"
#include "engine/shared/pose.h"
#include "engine/shared/texel.h"
#include "engine/shared/triangle.h"
#include "tests/trace/shapes.hpp"

using namespace nightfog;
using namespace nightfog::trace::test;

namespace {

shared::PoseKey keyOf(const RigidTransform& pose) {
  const glm::dquat& q = pose.rotation;
  return {glm::vec4(q.x, q.y, q.z, q.w), glm::vec3(pose.translation), 0};
}

/// Angle by which two rotations differ.
double angleBetween(const glm::vec4& a, const glm::dquat& b) {
  const glm::dvec4 exact(b.x, b.y, b.z, b.w);
  const glm::dvec4 d = glm::dot(glm::dvec4(a), exact) < 0 ? glm::dvec4(a) + exact : glm::dvec4(a) - exact;
  return 4 * std::asin(std::min(1.0, glm::length(d) / 2));
}

double worstSlerpError(double angle_rad, const char* path) {
  RandomSource random(0, 0, path);
  double worst = 0;
  for (int i = 0; i < 20000; ++i) {
    const RigidTransform a{randomRotation(random), randomPoint(random, 10)};
    const glm::dvec3 axis = randomDirection(random);
    const RigidTransform b{glm::angleAxis(angle_rad, axis) * a.rotation, randomPoint(random, 10)};
    const double fraction = random.uniform();
    const shared::PoseKey pose = shared::interpolatePose(keyOf(a), keyOf(b), static_cast<float>(fraction));
    const RigidTransform exact{glm::angleAxis(angle_rad * double(float(fraction)), axis) * a.rotation,
                               glm::mix(a.translation, b.translation, fraction)};
    worst = std::max(worst, angleBetween(pose.rotation, exact.rotation));
    CHECK(std::abs(glm::length(glm::dvec4(pose.rotation)) - 1) < 3e-7);
    CHECK(glm::length(glm::dvec3(pose.translation) - exact.translation) < 1e-5);
  }
  return worst;
}

}  // namespace

TEST_CASE("Interpolated rotations are within 1e-6 rad of the exact turn for keys up to 90 degrees apart") {
  // Float quaternions carry 6e-8 in each of four parts, twice that as an angle.
  for (const double angle : {0.0, 1e-4, 0.01, 0.45, 1.0, kPi / 2}) {
    const double worst = worstSlerpError(angle, "pose/slerp");
    MESSAGE("keys " << angle << " rad apart: error at most " << worst << " rad");
    CHECK(worst < 1e-6);
  }
}

TEST_CASE("Interpolated rotations stay rotations up to 180 degrees, within 1e-5 rad of the exact turn") {
  for (const double angle : {2.0, 2.5, 3.0, 3.14}) {
    const double worst = worstSlerpError(angle, "pose/slerp-wide");
    MESSAGE("keys " << angle << " rad apart: error at most " << worst << " rad");
    CHECK(worst < 1e-5);
  }
}

TEST_CASE("A ray's time chooses the keys around it and stays at the ends") {
  float fraction = -1;
  CHECK(shared::poseSegment(0.034f, 0.01f, 11, fraction) == 3);
  CHECK(fraction == doctest::Approx(0.4).epsilon(1e-5));
  CHECK(shared::poseSegment(-1.0f, 0.01f, 11, fraction) == 0);
  CHECK(fraction == 0.0f);
  CHECK(shared::poseSegment(9.0f, 0.01f, 11, fraction) == 9);
  CHECK(fraction == 1.0f);
  CHECK(shared::poseSegment(9.0f, 0.01f, 1, fraction) == 0);
}

TEST_CASE("A point goes into the body and back") {
  RandomSource random(0, 0, "pose/points");
  for (int i = 0; i < 1000; ++i) {
    const RigidTransform pose{randomRotation(random), randomPoint(random, 100)};
    const glm::dvec3 point = randomPoint(random, 100);
    const glm::vec3 there = shared::pointToBody(keyOf(pose), point);
    CHECK(glm::length(glm::dvec3(there) - pose.inverse() * glm::dvec3(glm::vec3(point))) < 1e-4);
    CHECK(glm::length(glm::dvec3(shared::pointToFrame(keyOf(pose), there)) - point) < 1e-4);
  }
}

TEST_CASE("Texels repeat, and no coordinate leaves the texture") {
  const shared::TextureData texture{100, 4, 2};
  CHECK(shared::nearestTexel(texture, {0.0f, 0.0f}) == 100);
  CHECK(shared::nearestTexel(texture, {0.99f, 0.0f}) == 103);
  CHECK(shared::nearestTexel(texture, {0.3f, 0.6f}) == 105);
  CHECK(shared::nearestTexel(texture, {-0.25f, 3.1f}) == 103);
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const float bad : {inf, -inf, nan, 1e38f, -1e-30f}) {
    const uint32_t texel = shared::nearestTexel(texture, {bad, bad});
    CHECK(texel >= 100);
    CHECK(texel < 108);
  }
  CHECK(shared::isOpaqueTexel(0x80000000u));
  CHECK_FALSE(shared::isOpaqueTexel(0x7fffffffu));
}

TEST_CASE("The triangle test gives distance and weights of the closed form") {
  RandomSource random(0, 0, "triangle/closed-form");
  int hits = 0;
  for (int i = 0; i < 20000; ++i) {
    const glm::vec3 a = randomPoint(random, 5);
    const glm::vec3 b = randomPoint(random, 5);
    const glm::vec3 c = randomPoint(random, 5);
    const double u = random.uniform(-0.5, 1.5);
    const double v = random.uniform(-0.5, 1.5);
    const double w = 1 - u - v;
    const glm::dvec3 aim = w * glm::dvec3(a) + u * glm::dvec3(b) + v * glm::dvec3(c);
    const glm::vec3 origin = randomPoint(random, 20);
    const glm::dvec3 way = aim - glm::dvec3(origin);
    const glm::dvec3 normal = glm::cross(glm::dvec3(b) - glm::dvec3(a), glm::dvec3(c) - glm::dvec3(a));
    const double slope = std::abs(glm::dot(glm::normalize(normal), glm::normalize(way)));
    const double edge = std::min({std::abs(u), std::abs(v), std::abs(w)});
    if (slope < 0.05 || edge < 1e-3 || glm::length(normal) < 0.5) continue;  // rounding decides there
    glm::vec3 hit;
    const bool met =
        shared::intersectTriangle(shared::makeRayShear(origin, glm::vec3(glm::normalize(way))), a, b, c, 0, 1e3f, hit);
    CHECK(met == (u > 0 && v > 0 && w > 0));
    if (!met) continue;
    ++hits;
    CHECK(double(hit.x) == doctest::Approx(glm::length(way)).epsilon(2e-5));
    CHECK(std::abs(double(hit.y) - u) < 2e-4);
    CHECK(std::abs(double(hit.z) - v) < 2e-4);
  }
  CHECK(hits > 1500);
}

TEST_CASE("Degenerate and broken triangles are never met") {
  const shared::RayShear down = shared::makeRayShear({0.25f, 0.25f, 1}, {0, 0, -1});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  const glm::vec3 a(0, 0, 0), b(1, 0, 0), c(0, 1, 0);
  glm::vec3 hit;
  CHECK(shared::intersectTriangle(down, a, b, c, 0, 10, hit));
  CHECK_FALSE(shared::intersectTriangle(down, a, a, a, 0, 10, hit));
  CHECK_FALSE(shared::intersectTriangle(down, a, b, b, 0, 10, hit));
  CHECK_FALSE(shared::intersectTriangle(down, a, {0.25f, 0.25f, 0}, {0.5f, 0.5f, 0}, 0, 10, hit));
  for (const float bad : {nan, inf, -inf}) {
    CHECK_FALSE(shared::intersectTriangle(down, {bad, 0, 0}, b, c, 0, 10, hit));
    CHECK_FALSE(shared::intersectTriangle(down, a, {1, bad, 0}, c, 0, 10, hit));
    CHECK_FALSE(shared::intersectTriangle(down, a, b, {0, 1, bad}, 0, 10, hit));
  }
  CHECK_FALSE(shared::intersectTriangle(down, a, b, c, 1.001f, 10, hit));
  CHECK_FALSE(shared::intersectTriangle(down, a, b, c, 0, 0.999f, hit));
}
