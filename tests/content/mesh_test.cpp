#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>

#include "engine/content/curve.hpp"
#include "engine/content/shapes.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::content;

namespace {

struct Shape {
  const char* name;
  double volume;     // closed form
  double tolerance;  // relative: what the facets cut off
  void (*add)(MeshBuilder&);
};

// A polygon of n corners inscribed in a circle has the share sin(2π/n)/(2π/n) of its area.
double polygonShare(int n) {
  return std::sin(2 * kPi / n) / (2 * kPi / n);
}

}  // namespace

TEST_CASE("Closed shapes are closed, face outwards and have the volume geometry gives them") {
  const Shape shapes[] = {
      {"box", 2.0 * 3 * 4, 1e-6,
       [](MeshBuilder& m) {
         addBox(m, {1, 2, 3}, {2, 3, 4});
       }},
      {"cylinder", kPi * 0.25 * 2 * polygonShare(48), 1e-6,
       [](MeshBuilder& m) {
         addCylinder(m, {5, 0, 0}, Axis::kX, 0.5, 2, 48);
       }},
      {"sphere", 4.0 / 3 * kPi, 0.01,
       [](MeshBuilder& m) {
         addEllipsoid(m, {0, 0, 7}, {1, 1, 1}, 48, 96);
       }},
      {"ellipsoid", 4.0 / 3 * kPi * 1 * 2 * 3, 0.01,
       [](MeshBuilder& m) {
         addEllipsoid(m, {0, 0, 0}, {1, 2, 3}, 48, 96);
       }},
      {"prism", 2.0, 1e-6,
       [](MeshBuilder& m) {
         const glm::dvec2 outline[] = {{0, 0}, {2, 0}, {1, 1}};
         addPrism(m, outline, -1, 1);
       }},
      {"tube", kPi * 0.01 * 3 * polygonShare(32), 1e-6,
       [](MeshBuilder& m) {
         const TubePoint path[] = {
             {{0, 0, 0}, 0.1}, {{1, 1, 1}, 0.1}, {{std::sqrt(3.0), std::sqrt(3.0), std::sqrt(3.0)}, 0.1}};
         addTube(m, path, 32);
       }},
      // Box of the inner core, six slabs, twelve quarter cylinders, eight octants.
      {"rounded box",
       (1.8 * 2.8 * 3.8) + 2 * 0.1 * (1.8 * 2.8 + 1.8 * 3.8 + 2.8 * 3.8) + kPi * 0.01 * (1.8 + 2.8 + 3.8) +
           4.0 / 3 * kPi * 0.001,
       0.001,
       [](MeshBuilder& m) {
         addRoundedBox(m, {0, 0, 0}, {2, 3, 4}, 0.1, 8);
       }},
      // Pappus: area of the section times the path of its middle.
      {"ring", 0.04 * 2 * kPi * 1.0, 0.003,
       [](MeshBuilder& m) {
         const ProfilePoint section[] = {{0.9, -0.1}, {1.1, -0.1}, {1.1, 0.1}, {0.9, 0.1}};
         addLathe(m, {0, 0, 0}, Axis::kY, section, 96, true);
       }},
  };
  SceneContent content;
  const MaterialId material = content.add(Material{});
  for (const Shape& shape : shapes) {
    CAPTURE(shape.name);
    MeshBuilder builder(shape.name);
    builder.surface(material, classes::kLabTarget);
    shape.add(builder);
    const Mesh mesh = builder.finish();
    CHECK(faultsOf(mesh, content) == "");
    CHECK(openEdges(mesh) == 0);
    CHECK(signedVolume6(mesh) / 6 == doctest::Approx(shape.volume).epsilon(shape.tolerance));
  }
}

TEST_CASE("Normals of a fine sphere point away from its middle; those of a box are its sides'") {
  SceneContent content;
  const MaterialId material = content.add(Material{});
  MeshBuilder sphere("sphere");
  sphere.surface(material, classes::kLabTarget);
  addEllipsoid(sphere, {0, 0, 0}, {1, 1, 1}, 64, 128);
  const Mesh ball = sphere.finish();
  for (size_t v = 0; v < ball.positions.size(); ++v)
    REQUIRE(glm::dot(ball.normals[v], glm::normalize(ball.positions[v])) > 0.9995f);

  MeshBuilder box("box");
  box.surface(material, classes::kLabTarget);
  addBox(box, {0, 0, 0}, {1, 1, 1});
  const Mesh cube = box.finish();
  CHECK(cube.positions.size() == 24);
  for (const glm::vec3& normal : cube.normals)
    CHECK(std::max({std::abs(normal.x), std::abs(normal.y), std::abs(normal.z)}) == 1.0f);
}

TEST_CASE("The crease angle decides which edges are smooth") {
  SceneContent content;
  const MaterialId material = content.add(Material{});
  // Two squares folded by 30 degrees.
  for (const auto& [crease, vertices] : {std::pair{0.6, 6}, std::pair{0.4, 8}}) {
    MeshBuilder fold("fold", crease);
    fold.surface(material, classes::kLabTarget);
    addGrid(fold, 2, 3, [](int r, int c) {
      return glm::dvec3(c == 2 ? 1 + std::cos(kPi / 6) : c, r, c == 2 ? std::sin(kPi / 6) : 0);
    });
    CHECK(fold.finish().positions.size() == static_cast<size_t>(vertices));
  }
}

TEST_CASE("A curve passes through its points and never beyond them") {
  const Curve curve{{0, 0}, {1, 1}, {2, 1}, {4, -2}, {5, 3}};
  CHECK(curve(1) == doctest::Approx(1));
  CHECK(curve(4) == doctest::Approx(-2));
  CHECK(curve(-7) == 0);
  CHECK(curve(9) == 3);
  for (double x = 1; x <= 2; x += 0.01) CHECK(curve(x) == doctest::Approx(1));
  for (double x = 0; x < 5; x += 0.001) {
    REQUIRE(curve(x) <= 3);
    REQUIRE(curve(x) >= -2);
  }
}
