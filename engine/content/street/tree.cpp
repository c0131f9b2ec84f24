#include "engine/content/street/tree.hpp"

#include <algorithm>
#include <cmath>

#include "engine/content/curve.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

glm::dvec3 anyDirection(RandomSource& rng) {
  const double z = rng.uniform(-1, 1);
  const double azimuth = rng.uniform(0, 2 * kPi);
  const double across = std::sqrt(1 - z * z);
  return {across * std::cos(azimuth), across * std::sin(azimuth), z};
}

/// A leaf card that grows from `root` towards `along`, turned about it at random.
void addLeafCard(MeshBuilder& mesh, RandomSource& rng, const glm::dvec3& root, const glm::dvec3& along, double size) {
  const glm::dvec3 across = glm::normalize(glm::cross(along, anyDirection(rng) + glm::dvec3(1e-3, 0, 0)));
  addCard(mesh, root + 0.5 * size * along, 0.5 * size * across, 0.5 * size * along);
}

class TreeBuilder {
 public:
  TreeBuilder(TreeKind kind, RandomSource rng, double foliage, SceneContent& content, const std::string& name)
      : kind_(kind), rng_(rng), foliage_(foliage), mesh_(name, 1.0), bark_(findMaterial(content, "bark")) {
    for (const char* leaf : {"leaf.light", "leaf.mid", "leaf.mid", "leaf.dark"})
      leaves_.push_back(findMaterial(content, leaf));
    needle_ = findMaterial(content, "needle");
  }

  Mesh build() {
    kind_ == TreeKind::kConifer ? growConifer() : growBroadleaf();
    return mesh_.finish();
  }

 private:
  void growBroadleaf() {
    const bool isTall = kind_ == TreeKind::kTall;
    const double height = isTall ? rng_.uniform(10, 13) : rng_.uniform(7.5, 10);
    const double crown = isTall ? rng_.uniform(1.6, 2.0) : rng_.uniform(2.3, 3.0);  // radius
    const double clear = rng_.uniform(2.5, 2.9);
    const double girth = rng_.uniform(0.13, 0.18);
    const glm::dvec2 lean(rng_.uniform(-0.03, 0.03), rng_.uniform(-0.03, 0.03));
    std::vector<TubePoint> trunk;
    const double top = 0.82 * height;
    for (int i = 0; i <= 8; ++i) {
      const double f = i / 8.0;
      const double wobble = 0.06 * std::sin(5 * f + lean.x * 100);
      trunk.push_back({{lean.x * f * height + wobble, lean.y * f * height - 0.7 * wobble, f * top - (i == 0 ? 0.4 : 0)},
                       girth * mix(1.0, 0.22, std::pow(f, 0.8)) *
                           (i == 0   ? 1.5
                            : i == 1 ? 1.05
                                     : 1)});
    }
    mesh_.surface(bark_, classes::kTrunk);
    addTube(mesh_, trunk, isFar() ? 6 : 10);

    const double middle = 0.5 * (clear + height) + 0.2;
    const double half = 0.5 * (height - clear);
    std::vector<std::pair<glm::dvec3, glm::dvec3>> shoots;  // where leaves grow, and which way
    const int boughs = isTall ? 13 : 11;
    for (int i = 0; i < boughs; ++i) {
      const double f = (i + rng_.uniform(0.1, 0.9)) / boughs;
      const double z = mix(clear - 0.2, 0.93 * top, f);
      const glm::dvec3 root = alongTrunk(trunk, z);
      const double azimuth = 2.39996 * i + rng_.uniform(-0.4, 0.4);  // the golden angle keeps boughs apart
      const double rise = mix(0.35, 1.1, f) * (isTall ? 1.6 : 1.0);
      const glm::dvec3 out = glm::normalize(glm::dvec3(std::cos(azimuth), std::sin(azimuth), rise));
      const double reach = crown * std::sqrt(std::max(0.15, 1 - std::pow((z + 0.5 - middle) / (1.1 * half), 2))) *
                           rng_.uniform(0.75, 1.0);
      growBough(root, out, reach, girth * mix(0.42, 0.2, f), shoots, true);
    }
    shoots.push_back({alongTrunk(trunk, top), {0, 0, 1}});
    // Fill the crown's outside between the boughs.
    for (int i = 0; i < 60; ++i) {
      const glm::dvec3 direction = anyDirection(rng_);
      const double depth = rng_.uniform(0.72, 1.0);
      shoots.push_back({{lean.x * middle + crown * depth * direction.x, lean.y * middle + crown * depth * direction.y,
                         middle + half * depth * direction.z},
                        direction});
    }
    const auto cards = static_cast<size_t>(1300 * foliage_);
    for (size_t i = 0; i < cards; ++i) {
      const auto& [place, direction] = shoots[i % shoots.size()];
      const glm::dvec3 root = place + rng_.uniform(0.0, 0.55) * anyDirection(rng_);
      const glm::dvec3 along = glm::normalize(direction + 1.1 * anyDirection(rng_));
      const double size = rng_.uniform(0.42, 0.68) * std::pow(foliage_, -0.35);
      if (root.z - 0.5 * size < clear) continue;
      // Deeper leaves are darker; the outermost catch the light.
      const double outness = glm::length(glm::dvec2(root) / crown) + 0.3 * (root.z - middle) / half;
      mesh_.surface(outness > 0.95 ? leaves_[rng_.below(2)] : leaves_[1 + rng_.below(3)], classes::kVegetation);
      addLeafCard(mesh_, rng_, root, along, size);
    }
  }

  bool isFar() const { return foliage_ < 0.5; }

  static glm::dvec3 alongTrunk(const std::vector<TubePoint>& trunk, double z) {
    for (size_t i = 1; i < trunk.size(); ++i) {
      if (z > trunk[i].position.z && i + 1 < trunk.size()) continue;
      const double f =
          std::clamp((z - trunk[i - 1].position.z) / (trunk[i].position.z - trunk[i - 1].position.z), 0.0, 1.0);
      return glm::mix(trunk[i - 1].position, trunk[i].position, f);
    }
    return trunk.back().position;
  }

  void growBough(const glm::dvec3& root, const glm::dvec3& direction, double reach, double radius,
                 std::vector<std::pair<glm::dvec3, glm::dvec3>>& shoots, bool hasTwigs) {
    std::vector<TubePoint> path;
    glm::dvec3 at = root;
    glm::dvec3 heading = direction;
    const int steps = isFar() ? 3 : 4;
    for (int i = 0; i <= steps; ++i) {
      path.push_back({at, radius * mix(1.0, 0.25, static_cast<double>(i) / steps)});
      heading = glm::normalize(heading + 0.22 * anyDirection(rng_) + glm::dvec3(0, 0, 0.06));
      at += reach / steps * heading;
      if (i > 1) shoots.push_back({path.back().position, heading});
    }
    mesh_.surface(bark_, classes::kTrunk);
    // Seen from more than 20 m twigs are lost among their leaves.
    if (hasTwigs || !isFar()) addTube(mesh_, path, isFar() ? 3 : hasTwigs ? 5 : 3);
    if (!hasTwigs) return;
    for (int i = 0; i < 3; ++i) {
      const glm::dvec3 from = glm::mix(path[1].position, path.back().position, rng_.uniform(0.2, 0.85));
      growBough(from, glm::normalize(heading + 0.9 * anyDirection(rng_)), 0.5 * reach, 0.45 * radius, shoots, false);
    }
  }

  void growConifer() {
    const double height = rng_.uniform(9, 14);
    const double spread = height * rng_.uniform(0.17, 0.22);
    const TubePoint trunk[] = {
        {{0, 0, -0.4}, 0.22}, {{0, 0, 0.6}, 0.16}, {{0, 0, 0.6 * height}, 0.08}, {{0, 0, height}, 0.02}};
    mesh_.surface(bark_, classes::kTrunk);
    addTube(mesh_, trunk, 9);
    mesh_.surface(needle_, classes::kVegetation);
    const int whorls = 22;
    const double perWhorl = 1300 * foliage_ / whorls;
    for (int w = 0; w < whorls; ++w) {
      const double f = (w + 0.5) / whorls;
      const double z = mix(0.9, height - 0.5, f);
      const double reach = spread * (1 - f) + 0.25;
      const auto boughs = static_cast<size_t>(std::max(5.0, 11 * (1 - f)));
      const auto cards = static_cast<size_t>(perWhorl * 1.9 * (1 - 0.9 * f));
      for (size_t i = 0; i < cards; ++i) {
        const double azimuth = 2 * kPi * static_cast<double>(i % boughs) / static_cast<double>(boughs) + 0.7 * w +
                               rng_.uniform(-0.12, 0.12);
        const glm::dvec3 out(std::cos(azimuth), std::sin(azimuth), -0.28);
        const double at = reach * rng_.uniform(0.1, 0.9);
        const double size = rng_.uniform(0.4, 0.65) * std::pow(foliage_, -0.35);
        addLeafCard(mesh_, rng_, glm::dvec3(0, 0, z + 0.25) + at * out, glm::normalize(out + 0.5 * anyDirection(rng_)),
                    size);
      }
    }
  }

  TreeKind kind_;
  RandomSource rng_;
  double foliage_ = 1;
  MeshBuilder mesh_;
  MaterialId bark_, needle_;
  std::vector<MaterialId> leaves_;  ///< from light to dark
};

}  // namespace

MeshId makeTree(TreeKind kind, RandomSource rng, double foliage, SceneContent& content, const std::string& name) {
  return content.add(TreeBuilder(kind, rng, foliage, content, name).build());
}

MeshId makeHedge(double length_m, double height_m, RandomSource rng, SceneContent& content, const std::string& name) {
  MeshBuilder mesh(name, 1.0);
  mesh.surface(findMaterial(content, "hedge"), classes::kVegetation);
  const double wide = 0.55;
  addRoundedBox(mesh, {0, 0, 0.5 * height_m - 0.1}, {length_m, wide, height_m + 0.1}, 0.12, 2);
  mesh.surface(findMaterial(content, "hedge.leaf"), classes::kVegetation);
  const auto cards = static_cast<int>(45 * length_m * height_m);
  for (int i = 0; i < cards; ++i) {
    // On the two long sides and the top, leaning outwards.
    const double x = rng.uniform(-0.5 * length_m, 0.5 * length_m);
    const double round = rng.uniform(0, 2 * height_m + wide);
    glm::dvec3 root(x, -0.5 * wide, round);
    glm::dvec3 out(0, -1, 0.3);
    if (round > height_m) root = {x, 0.5 * wide, round - height_m}, out = {0, 1, 0.3};
    if (round > 2 * height_m) root = {x, round - 2 * height_m - 0.5 * wide, height_m}, out = {0, 0, 1};
    root -= 0.06 * out;
    addLeafCard(mesh, rng, root, glm::normalize(out + 0.9 * anyDirection(rng)), rng.uniform(0.24, 0.40));
  }
  return content.add(mesh.finish());
}

}  // namespace nightfog::content
