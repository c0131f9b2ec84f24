#include "engine/content/street/backdrop.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/content/curve.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/shapes.hpp"
#include "engine/core/random.hpp"

namespace nightfog::content {
namespace {

/// Smooth noise round a circle, -1 … 1.
class Ripple {
 public:
  Ripple(RandomSource rng, int first, int last) : first_(first) {
    for (int i = first; i <= last; ++i) phases_.push_back(rng.uniform(0, 2 * kPi));
  }
  double operator()(double angle) const {
    double sum = 0, weight = 0;
    for (size_t i = 0; i < phases_.size(); ++i) {
      const double w = 1 / std::sqrt(1.0 + static_cast<double>(i));
      sum += w * std::sin((first_ + static_cast<double>(i)) * angle + phases_[i]);
      weight += w;
    }
    return 1.8 * sum / weight;
  }

 private:
  int first_ = 1;
  std::vector<double> phases_;
};

class Backdrop {
 public:
  Backdrop(const StreetMap& map, const SceneryParameters& parameters, SceneContent& content)
      : parameters_(parameters), content_(content) {
    Bounds bounds;
    for (uint32_t road = 0; road < map.roads().size(); ++road) {
      const StreetLine line(map, road);
      const int count = static_cast<int>(std::ceil((line.lastS() - line.firstS()) / 10));
      for (int i = 0; i <= count; ++i) {
        const double s = std::min(line.firstS() + 10.0 * i, line.lastS());
        bounds.include(line.pose(s, 0).translation);
      }
    }
    // Where a map has hills the country beyond begins at its lowest road.
    height_m_ = bounds.min.z;
    centre_ = glm::round(glm::dvec2(bounds.centre()));
    half_ = 0.5 * glm::dvec2(bounds.size()) + parameters.terrain_m;
  }

  void build() {
    addFields();
    addWoodsEdge();
    addHills(700, 34, "backdrop.hills.near", 3, 40);
    addHills(1700, 110, "backdrop.hills.far", 2, 30);
    addVillage();
  }

 private:
  /// On a rounded rectangle round the terrain, `beyond` outside it.
  glm::dvec2 around(double angle, double beyond) const {
    const glm::dvec2 radii = half_ + beyond;
    const double c = std::cos(angle), s = std::sin(angle);
    const double reach = std::pow(std::pow(std::abs(c), 6) + std::pow(std::abs(s), 6), -1.0 / 6);
    return {radii.x * c * reach, radii.y * s * reach};
  }
  RandomSource source(std::string_view what) const {
    return RandomSource(parameters_.seed, 0, std::string("scenery/backdrop/") + std::string(what));
  }
  void put(MeshBuilder& mesh) {
    content_.scenery.push_back(
        {content_.add(mesh.finish()), RigidTransform::fromTranslation(glm::dvec3(centre_, height_m_)), {}});
  }

  /// A skirt that begins below the terrain's rim and rises gently.
  void addFields() {
    MeshBuilder mesh("backdrop.fields", 1.0);
    const Ripple swell(source("fields"), 2, 9);
    constexpr int kAround = 72;
    constexpr double kBeyond[] = {-14, 30, 140, 420, 1000, 2400};
    constexpr double kRise[] = {-2.2, -0.4, 1.0, 5, 12, 25};
    addGrid(
        mesh, static_cast<int>(std::size(kBeyond)), kAround + 1,
        [&](int r, int c) {
          const double angle = 2 * kPi * c / kAround;
          const glm::dvec2 p = around(angle, kBeyond[r]);
          return glm::dvec3(p, kRise[r] * (1 + 0.5 * swell(angle)));
        },
        [&](int r, int c) {
          const bool isMown = (c / 3 + r) % 3 == 0;
          mesh.surface(findMaterial(content_, isMown ? "field" : "grass"), classes::kTerrain);
          return true;
        });
    // Seen from above: rows run outwards, columns counter-clockwise.
    put(mesh);
  }

  /// Crowns of one height and many shapes, in two staggered rows.
  void addWoodsEdge() {
    MeshBuilder mesh("backdrop.woods", 1.0);
    mesh.surface(findMaterial(content_, "treeline"), classes::kVegetation);
    RandomSource rng = source("woods");
    const Ripple stand(source("stand"), 2, 7);
    for (int row = 0; row < 2; ++row) {
      const double beyond = 35 + 14 * row;
      const double length = 2 * kPi * std::max(half_.x, half_.y);
      const int crowns = std::min(240, static_cast<int>(length / 9));
      for (int i = 0; i < crowns; ++i) {
        const double angle = 2 * kPi * (i + 0.5 * (row % 2) + rng.uniform(-0.3, 0.3)) / crowns;
        const double offset = rng.uniform(-5, 5);
        const double tall = rng.uniform(8, 14) + 2 * row;
        const double wide = rng.uniform(4.2, 6.6);
        const double depth = rng.uniform(3.0, 4.5);
        const double density = stand(angle);
        const glm::dvec2 p = around(angle, beyond + offset);
        // Gaps where the country opens.
        if (density < -0.55) continue;
        addCrown(mesh, rng, {p, -0.5}, tall, wide, depth);
      }
    }
    put(mesh);
  }

  void addCrown(MeshBuilder& mesh, RandomSource& rng, const glm::dvec3& foot, double tall, double wide, double depth) {
    constexpr int kSides = 7;
    constexpr double kUp[] = {0.02, 0.25, 0.52, 0.78, 0.94, 1.0};
    constexpr double kOut[] = {0.55, 0.97, 1.0, 0.74, 0.34, 0.0};
    std::vector<std::vector<glm::dvec3>> rings;
    for (size_t r = 0; r < std::size(kUp); ++r) {
      std::vector<glm::dvec3>& ring = rings.emplace_back();
      for (int k = 0; k < kSides; ++k) {
        const double angle = 2 * kPi * k / kSides;
        const double out = kOut[r] * rng.uniform(0.78, 1.2) + (r + 1 == std::size(kUp) ? 0.04 : 0.0);
        ring.push_back(foot + glm::dvec3(wide * out * std::cos(angle), depth * out * std::sin(angle),
                                         tall * (kUp[r] + (r + 1 < std::size(kUp) ? rng.uniform(-0.03, 0.03) : 0.0))));
      }
    }
    addLoft(mesh, rings, false, true);
  }

  void addHills(double beyond, double height, const char* name, int first, int last) {
    MeshBuilder mesh(name, 1.2);
    mesh.surface(findMaterial(content_, "hill.wood"), classes::kVegetation);
    const Ripple ridge(source(name), first, first + 6);
    const Ripple crowns(source(std::string(name) + "/crowns"), last, last + 60);
    constexpr int kAround = 360;
    // From the foot over the ridge and down behind it.
    constexpr double kDepth[] = {0, 0.35, 0.7, 0.9, 1.0, 1.3};
    constexpr double kShare[] = {-0.1, 0.45, 0.85, 0.97, 1.0, 0.2};
    addGrid(mesh, static_cast<int>(std::size(kDepth)), kAround + 1, [&](int r, int c) {
      const double angle = 2 * kPi * c / kAround;
      const double tall = height * std::max(0.25, 0.62 + 0.55 * ridge(angle));
      const glm::dvec2 p = around(angle, beyond + kDepth[r] * 5 * height);
      return glm::dvec3(p, tall * kShare[r] + (r >= 2 ? 0.012 * beyond / 2.4 * 0.5 * crowns(angle) : 0.0));
    });
    put(mesh);
  }

  /// Roofs and a steeple over the woods, a few hundred metres off.
  void addVillage() {
    if (!parameters_.houses) return;
    MeshBuilder mesh("backdrop.village", 0.6);
    RandomSource rng = source("village");
    const auto house = [&](const glm::dvec2& at, double w, double d, double eaves, double ridge, double yaw,
                           const char* wall, const char* roof) {
      const FrameScope scope(mesh, RigidTransform::fromYawPitchRoll({at, 0}, yaw));
      mesh.surface(findMaterial(content_, wall), classes::kBuilding);
      addBox(mesh, {0, 0, 0.5 * eaves - 2}, {w, d, eaves + 4});
      mesh.surface(findMaterial(content_, roof), classes::kBuilding);
      std::vector<std::vector<glm::dvec3>> rings;
      for (const double x : {-0.5 * w - 0.4, 0.5 * w + 0.4})
        rings.push_back({{x, -0.5 * d - 0.4, eaves}, {x, 0.5 * d + 0.4, eaves}, {x, 0, ridge}});
      addLoft(mesh, rings, true, true);
    };
    constexpr const char* kWalls[] = {"render.white", "render.cream", "render.grey", "brick.red"};
    constexpr const char* kRoofs[] = {"roof.red", "roof.red", "roof.shingle", "roof.slate"};
    for (int i = 0; i < 90; ++i) {
      const double angle = rng.uniform(0, 2 * kPi);
      const double beyond = rng.uniform(95, 330);
      const double w = rng.uniform(9, 16), d = rng.uniform(8, 11);
      const double eaves = rng.uniform(4, 9) + 0.02 * beyond;
      const double yaw = rng.uniform(0, kPi);
      const size_t wall = rng.below(4), roof = rng.below(4);
      house(around(angle, beyond), w, d, eaves, eaves + 0.42 * d, yaw, kWalls[wall], kRoofs[roof]);
    }
    // The church stands where the street's right end points, a little aside.
    const glm::dvec2 church = around(0.13, 240);
    house(church, 26, 12, 13, 21, 0.4, "render.cream", "roof.slate");
    mesh.surface(findMaterial(content_, "render.cream"), classes::kBuilding);
    addBox(mesh, {church.x - 15, church.y - 5, 12}, {7, 7, 28});
    mesh.surface(findMaterial(content_, "roof.slate"), classes::kBuilding);
    const ProfilePoint spire[] = {{0, 26}, {5.2, 26}, {3.0, 31}, {1.2, 42}, {0, 46}};
    addLathe(mesh, {church.x - 15, church.y - 5, 0}, Axis::kZ, spire, 8);
    put(mesh);
  }

  const SceneryParameters& parameters_;
  SceneContent& content_;
  double height_m_ = 0;
  glm::dvec2 centre_{0};
  glm::dvec2 half_{0};
};

}  // namespace

void buildBackdrop(const StreetMap& map, const SceneryParameters& parameters, SceneContent& content) {
  Backdrop(map, parameters, content).build();
}

}  // namespace nightfog::content
