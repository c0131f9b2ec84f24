#include "engine/content/street/house.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/content/materials.hpp"
#include "engine/content/shapes.hpp"
#include "engine/content/street/house_dress.hpp"

namespace nightfog::content {
namespace {

enum class Opening { kWindow, kDoor, kBalconyDoor };

struct Hole {
  double x0 = 0, x1 = 0, z0 = 0, z1 = 0;
  Opening kind = Opening::kWindow;
  MaterialId leaf{};   ///< of a door; behind a window's middle
  MaterialId drape{};  ///< at its sides, or above; invalid: none
  double sides = 0;    ///< share of the width that each side's curtain takes
  double above = 0;    ///< share of the height that a blind takes
};

/// What can be behind a window. `weight`: out of 100.
struct WindowLook {
  std::string_view leaf, drape;
  double sides = 0, above = 0;
  int weight = 0;
};
// In the evening a third of the rooms are lit, few of them alike.
constexpr WindowLook kWindowLooks[] = {
    {"window.pane", "", 0, 0, 22},
    {"window.pane", "window.curtain", 0.20, 0, 18},
    {"window.pane", "window.curtain", 0.28, 0.10, 6},
    {"window.pane", "window.blind", 0, 0.45, 7},
    {"window.pane", "window.blind", 0, 0.20, 5},
    {"window.curtain", "", 0, 0, 9},
    {"window.blind", "", 0, 0, 3},
    {"window.curtain.lit", "", 0, 0, 5},
    {"window.curtain.red", "", 0, 0, 2},
    {"window.room", "window.curtain.lit", 0.24, 0, 6},
    {"window.room", "", 0, 0, 3},
    {"window.room", "window.blind", 0, 0.55, 3},
    {"window.room.dim", "window.curtain", 0.20, 0, 5},
    {"window.room.dim", "", 0, 0, 2},
    {"window.room.cool", "", 0, 0.12, 2},
    {"window.room.tv", "window.curtain", 0.18, 0, 2},
};

struct HouseDesign {
  double width = 10, depth = 9, storeyHeight = 2.8, plinth = 0.5;
  int storeys = 2;
  bool isBlock = false;
  bool isHip = false;
  double pitch = 0.7;  ///< rise over run
  double bay = 2.6;    ///< from window to window
  double windowWidth = 1.1, windowHeight = 1.35;
  bool hasCourse = false;  ///< a band between the storeys
  HouseDress dress;
  MaterialId wall, plinthStone, roof, frame, pane, door, gutter;
  std::vector<std::pair<MaterialId, MaterialId>> looks;  ///< as kWindowLooks: leaf, drape
};

class HouseBuilder {
 public:
  HouseBuilder(const HouseDesign& design, RandomSource& rng, std::string name)
      : d_(design), rng_(rng), decor_(0, 0, "content/house_decor/" + name), mesh_(std::move(name), 0.6) {}

  Mesh build() {
    const double top = d_.plinth + d_.storeys * d_.storeyHeight;
    struct Side {
      double x, y, yaw, length;
      bool isFront, isBack;
    };
    const Side sides[] = {{0, 0, 0, d_.width, true, false},
                          {d_.width, 0, kPi / 2, d_.depth, false, false},
                          {d_.width, d_.depth, kPi, d_.width, false, true},
                          {0, d_.depth, -kPi / 2, d_.depth, false, false}};
    for (const Side& side : sides) {
      const FrameScope scope(mesh_, RigidTransform::fromYawPitchRoll({side.x, side.y, 0}, side.yaw));
      addWall(side.length, top, holesOf(side.length, side.isFront, side.isBack));
      if (d_.hasCourse) {
        use(d_.dress.band);
        for (int storey = 1; storey < d_.storeys; ++storey) {
          const double z = d_.plinth + storey * d_.storeyHeight;
          addBox(mesh_, {0.5 * side.length, -0.02, z}, {side.length + 0.06, 0.06, 0.16});
        }
      }
      if (side.isFront && decor_.bernoulli(0.5))
        addDish(mesh_, d_.dress, {decor_.uniform(0.5, d_.width - 0.5), -0.30, top - 0.55});
    }
    d_.isBlock ? addFlatRoof(top) : d_.isHip ? addHipRoof(top) : addGableRoof(top);
    return mesh_.finish();
  }

 private:
  void use(MaterialId material) { mesh_.surface(material, classes::kBuilding); }

  std::vector<Hole> holesOf(double length, bool isFront, bool isBack) {
    std::vector<Hole> holes;
    const int bays = std::max(1, static_cast<int>((length - 1.0) / d_.bay));
    const double pitch = length / bays;
    const int doorBay = isFront ? static_cast<int>(rng_.below(static_cast<uint64_t>(bays))) : -1;
    for (int bay = 0; bay < bays; ++bay) {
      const double middle = pitch * (bay + 0.5);
      for (int storey = 0; storey < d_.storeys; ++storey) {
        const double floor = d_.plinth + storey * d_.storeyHeight;
        if (bay == doorBay && storey == 0) {
          holes.push_back({middle - 0.55, middle + 0.55, d_.plinth + 0.02, d_.plinth + 2.15, Opening::kDoor, d_.door});
          continue;
        }
        if (!isFront && !isBack && rng_.bernoulli(0.45)) continue;
        const bool isBalcony = d_.isBlock && (isFront || isBack) && storey > 0 && bay % 2 == 1;
        const double half = isBalcony ? 0.95 : 0.5 * d_.windowWidth;
        const double low = isBalcony ? floor + 0.05 : floor + 0.9;
        const double high =
            isBalcony ? floor + 2.2 : std::min(floor + 0.9 + d_.windowHeight, floor + d_.storeyHeight - 0.25);
        holes.push_back(
            {middle - half, middle + half, low, high, isBalcony ? Opening::kBalconyDoor : Opening::kWindow});
        furnish(holes.back());
      }
    }
    return holes;
  }

  void furnish(Hole& hole) {
    auto draw = static_cast<int>(rng_.below(100));
    for (size_t i = 0; i < std::size(kWindowLooks); ++i) {
      const WindowLook& look = kWindowLooks[i];
      draw -= look.weight;
      if (draw >= 0) continue;
      hole.leaf = d_.looks[i].first;
      hole.drape = d_.looks[i].second;
      // Nobody draws curtains twice alike.
      hole.sides = look.sides * rng_.uniform(0.6, 1.4);
      hole.above = look.above * rng_.uniform(0.4, 1.6);
      return;
    }
  }

  /// Grid over an opening's pane: the room, curtains at its sides, a blind from above.
  void addPane(const Hole& hole, double y) {
    std::vector<double> xs = {hole.x0, hole.x1};
    std::vector<double> zs = {hole.z0, hole.z1};
    const double side = hole.sides * (hole.x1 - hole.x0);
    const double blind = hole.z1 - hole.above * (hole.z1 - hole.z0);
    if (hole.sides > 0) xs = {hole.x0, hole.x0 + side, hole.x1 - 0.85 * side, hole.x1};
    if (hole.above > 0) zs = {hole.z0, blind, hole.z1};
    addGrid(
        mesh_, static_cast<int>(zs.size()), static_cast<int>(xs.size()),
        [&](int r, int c) { return glm::dvec3(xs[static_cast<size_t>(c)], y, zs[static_cast<size_t>(r)]); },
        [&](int r, int c) {
          const bool isDraped = (hole.sides > 0 && c != 1) || (hole.above > 0 && r == 1);
          use(isDraped && hole.drape.isValid() ? hole.drape : hole.leaf);
          return true;
        });
  }

  /// A wall on y = 0 that looks to -y, with openings cut into it.
  void addWall(double length, double top, const std::vector<Hole>& holes) {
    std::vector<double> xs = {0, length};
    std::vector<double> zs = {-1.5, d_.plinth, top};
    for (const Hole& hole : holes) {
      xs.insert(xs.end(), {hole.x0, hole.x1});
      zs.insert(zs.end(), {hole.z0, hole.z1});
    }
    for (std::vector<double>* breaks : {&xs, &zs}) {
      std::sort(breaks->begin(), breaks->end());
      breaks->erase(std::unique(breaks->begin(), breaks->end(), [](double a, double b) { return b - a < 1e-6; }),
                    breaks->end());
    }
    addGrid(
        mesh_, static_cast<int>(zs.size()), static_cast<int>(xs.size()),
        [&](int r, int c) { return glm::dvec3(xs[static_cast<size_t>(c)], 0, zs[static_cast<size_t>(r)]); },
        [&](int r, int c) {
          const double x = 0.5 * (xs[static_cast<size_t>(c)] + xs[static_cast<size_t>(c) + 1]);
          const double z = 0.5 * (zs[static_cast<size_t>(r)] + zs[static_cast<size_t>(r) + 1]);
          use(z < d_.plinth ? d_.plinthStone : d_.wall);
          return std::none_of(holes.begin(), holes.end(),
                              [&](const Hole& h) { return x > h.x0 && x < h.x1 && z > h.z0 && z < h.z1; });
        });
    for (const Hole& hole : holes) addOpening(hole);
  }

  void addOpening(const Hole& hole) {
    const double deep = 0.14;
    const double w = hole.x1 - hole.x0;
    const double h = hole.z1 - hole.z0;
    const double x = 0.5 * (hole.x0 + hole.x1);
    const double z = 0.5 * (hole.z0 + hole.z1);
    // The reveal, seen from outside the hole.
    use(d_.wall);
    const glm::dvec3 corner[] = {
        {hole.x0, 0, hole.z0}, {hole.x1, 0, hole.z0}, {hole.x1, 0, hole.z1}, {hole.x0, 0, hole.z1}};
    for (size_t i = 0; i < 4; ++i) {
      const glm::dvec3 a = corner[i];
      const glm::dvec3 b = corner[(i + 1) % 4];
      const glm::dvec3 in(0, deep, 0);
      mesh_.quad(mesh_.point(a), mesh_.point(b), mesh_.point(b + in), mesh_.point(a + in));
    }
    addPane(hole, deep);
    if (hole.kind == Opening::kDoor) {
      use(d_.frame);
      addBox(mesh_, {x, deep - 0.02, hole.z1 - 0.22}, {w - 0.1, 0.03, 0.32});
      use(d_.gutter);
      addBox(mesh_, {x + 0.36 * w, deep - 0.04, d_.plinth + 1.05}, {0.03, 0.08, 0.14});
      use(d_.plinthStone);
      for (int step = 0; step < 3; ++step) {
        const double rise = d_.plinth * (3 - step) / 3;
        addBox(mesh_, {x, -0.15 - 0.28 * step, 0.5 * rise - 0.2}, {w + 0.5, 0.30, rise + 0.4});
      }
      use(d_.gutter);
      addBox(mesh_, {x, -0.45, hole.z1 + 0.25}, {w + 0.7, 0.9, 0.07});
      dressDoor(mesh_, d_.dress, x, w, d_.plinth);
      return;
    }
    use(d_.frame);
    const double bar = 0.06;
    for (const double side : {-1.0, 1.0}) {
      addBox(mesh_, {x + side * 0.5 * (w - bar), deep - 0.03, z}, {bar, 0.06, h});
      addBox(mesh_, {x, deep - 0.03, z + side * 0.5 * (h - bar)}, {w - 2 * bar, 0.06, bar});
    }
    if (w > 0.9) addBox(mesh_, {x, deep - 0.03, z}, {bar, 0.05, h - 2 * bar});
    if (hole.kind == Opening::kWindow) {
      use(d_.plinthStone);
      // A little lower than the reveal, which would else lie in one plane with it.
      addBox(mesh_, {x, -0.04, hole.z0 - 0.032}, {w + 0.16, 0.16, 0.06});
      dressWindow(mesh_, d_.dress, decor_, {hole.x0, hole.z0}, {hole.x1, hole.z1});
      return;
    }
    // A balcony before it: slab, posts, rail.
    use(d_.plinthStone);
    addBox(mesh_, {x, -0.65, hole.z0 - 0.10}, {w + 0.9, 1.3, 0.16});
    use(d_.gutter);
    const double rail = hole.z0 + 1.0;
    addBox(mesh_, {x, -1.26, rail}, {w + 0.9, 0.05, 0.05});
    for (const double side : {-1.0, 1.0})
      addBox(mesh_, {x + side * 0.5 * (w + 0.85), -0.625, rail}, {0.05, 1.22, 0.05});
    const int posts = 12;
    for (int i = 0; i <= posts; ++i)
      addBox(mesh_, {x - 0.5 * (w + 0.86) + (w + 0.86) * i / posts, -1.26, rail - 0.52}, {0.025, 0.025, 1.0});
  }

  void addGableRoof(double top) {
    const double rise = d_.pitch * 0.5 * d_.depth;
    use(d_.wall);
    for (const bool isRight : {false, true}) {
      const double x = isRight ? d_.width : 0;
      const uint32_t a = mesh_.point({x, 0, top});
      const uint32_t b = mesh_.point({x, d_.depth, top});
      const uint32_t c = mesh_.point({x, 0.5 * d_.depth, top + rise});
      isRight ? mesh_.triangle(a, b, c) : mesh_.triangle(b, a, c);
    }
    const double over = 0.45;
    const double side = 0.35;
    const double thick = 0.20;
    for (const bool isBack : {false, true}) {
      use(d_.roof);
      // A slab from beyond the eaves to the ridge.
      const auto y = [&](double v) { return isBack ? d_.depth - v : v; };
      const double low = top - over * d_.pitch;
      std::vector<std::vector<glm::dvec3>> rings;
      for (const double x : {-side, d_.width + side}) {
        rings.push_back({{x, y(-over), low},
                         {x, y(0.5 * d_.depth), top + rise},
                         {x, y(0.5 * d_.depth), top + rise + thick},
                         {x, y(-over), low + thick}});
        if (!isBack) std::reverse(rings.back().begin(), rings.back().end());
      }
      addLoft(mesh_, rings, true, true);
      use(d_.gutter);
      const TubePoint gutter[] = {{{-side, y(-over - 0.05), low + 0.05}, 0.06},
                                  {{d_.width + side, y(-over - 0.05), low + 0.05}, 0.06}};
      addTube(mesh_, gutter, 8);
      const double px = isBack ? d_.width - 0.25 : 0.25;
      const TubePoint pipe[] = {
          {{px, y(-over - 0.02), low}, 0.045}, {{px, y(-0.08), low - 0.35}, 0.045}, {{px, y(-0.08), 0.05}, 0.045}};
      addTube(mesh_, pipe, 8);
    }
    addChimney(top + rise);
    const bool hasDormer = rng_.bernoulli(0.5);
    if (hasDormer) addDormer(top, rise);
    use(d_.roof);
    const TubePoint ridge[] = {{{-side, 0.5 * d_.depth, top + rise + thick}, 0.11},
                               {{d_.width + side, 0.5 * d_.depth, top + rise + thick}, 0.11}};
    addTube(mesh_, ridge, 6);
    const auto windows = static_cast<int>(decor_.below(3));
    for (int i = 0; i < windows && !hasDormer; ++i)
      addRoofWindow(mesh_, d_.dress, {d_.width * (i + 1) / (windows + 1), 0.20 * d_.depth, top + thick}, d_.pitch);
  }

  void addDormer(double top, double rise) {
    const double x = d_.width * rng_.uniform(0.3, 0.7);
    const double low = top + 0.25 * rise;
    const double front = 0.22 * 0.5 * d_.depth;
    const double high = low + 1.35;
    use(d_.wall);
    addBox(mesh_, {x, front + 1.2, 0.5 * (low + high)}, {1.5, 2.4, high - low});
    use(d_.pane);
    addBox(mesh_, {x, front - 0.01, low + 0.78}, {0.95, 0.05, 0.95});
    use(d_.frame);
    addBox(mesh_, {x, front - 0.03, low + 0.78}, {0.06, 0.06, 0.95});
    use(d_.roof);
    addBox(mesh_, {x, front + 1.1, high + 0.06}, {1.8, 2.8, 0.12});
  }

  void addHipRoof(double top) {
    const double over = 0.5;
    const double run = 0.5 * d_.depth + over;
    const double rise = d_.pitch * run;
    const double ridge = std::max(0.3, d_.width - d_.depth);
    use(d_.roof);
    const double x0 = -over, x1 = d_.width + over, y0 = -over, y1 = d_.depth + over, z = top - 0.05;
    const double mid = 0.5 * d_.width;
    const glm::dvec3 a(x0, y0, z), b(x1, y0, z), c(x1, y1, z), e(x0, y1, z);
    const glm::dvec3 r0(mid - 0.5 * ridge, 0.5 * d_.depth, z + rise), r1(mid + 0.5 * ridge, 0.5 * d_.depth, z + rise);
    const auto face = [&](std::initializer_list<glm::dvec3> points) {
      std::vector<uint32_t> ids;
      for (const glm::dvec3& p : points) ids.push_back(mesh_.point(p));
      for (size_t i = 2; i < ids.size(); ++i) mesh_.triangle(ids[0], ids[i - 1], ids[i]);
    };
    face({a, b, r1, r0});
    face({b, c, r1});
    face({c, e, r0, r1});
    face({e, a, r0});
    use(d_.frame);
    face({a, e, c, b});  // soffit
    use(d_.gutter);
    const glm::dvec3 eaves[] = {a, b, c, e};
    for (size_t i = 0; i < 4; ++i) {
      const TubePoint gutter[] = {{eaves[i], 0.065}, {eaves[(i + 1) % 4], 0.065}};
      addTube(mesh_, gutter, 8);
    }
    const TubePoint pipe[] = {{{0.2, -over, z}, 0.045}, {{0.2, -0.08, z - 0.5}, 0.045}, {{0.2, -0.08, 0.05}, 0.045}};
    addTube(mesh_, pipe, 8);
    addChimney(z + rise);
  }

  void addFlatRoof(double top) {
    use(d_.roof);
    addBox(mesh_, {0.5 * d_.width, 0.5 * d_.depth, top + 0.05}, {d_.width, d_.depth, 0.10});
    use(d_.plinthStone);
    const double parapet = 0.55;
    for (const double side : {0.0, 1.0}) {
      addBox(mesh_, {0.5 * d_.width, side * d_.depth, top + 0.5 * parapet}, {d_.width + 0.3, 0.3, parapet});
      addBox(mesh_, {side * d_.width, 0.5 * d_.depth, top + 0.5 * parapet}, {0.3, d_.depth - 0.3, parapet});
    }
    use(d_.gutter);
    addBox(mesh_, {0.3 * d_.width, 0.5 * d_.depth, top + 0.8}, {2.2, 2.4, 1.5});
  }

  void addChimney(double ridge) {
    const double x = d_.width * rng_.uniform(0.2, 0.8);
    use(d_.plinthStone);
    addBox(mesh_, {x, 0.5 * d_.depth + 0.5, ridge - 0.3}, {0.6, 0.5, 1.9});
    use(d_.roof);
    addBox(mesh_, {x, 0.5 * d_.depth + 0.5, ridge + 0.68}, {0.72, 0.62, 0.08});
    if (decor_.bernoulli(0.55)) addAerial(mesh_, d_.dress, {x + 0.33, 0.5 * d_.depth + 0.5, ridge + 0.2});
  }

  const HouseDesign& d_;
  RandomSource& rng_;
  RandomSource decor_;  ///< of what people hang on: the house itself does not depend on it
  MeshBuilder mesh_;
};

template <size_t N>
MaterialId pick(RandomSource& rng, const SceneContent& content, const std::array<std::string_view, N>& names) {
  return findMaterial(content, names[rng.below(N)]);
}

}  // namespace

House makeHouse(RandomSource rng, SceneContent& content, const std::string& name) {
  HouseDesign design;
  design.isBlock = rng.bernoulli(0.25);
  design.isHip = rng.bernoulli(0.35);
  design.width = design.isBlock ? rng.uniform(15, 20) : rng.uniform(9, 13);
  design.depth = design.isBlock ? rng.uniform(10, 12) : rng.uniform(8, 10);
  design.storeys = design.isBlock ? 3 + static_cast<int>(rng.below(2))
                                  : 1 + static_cast<int>(rng.below(2)) + (rng.bernoulli(0.35) ? 1 : 0);
  design.storeyHeight = rng.uniform(2.7, 3.0);
  design.plinth = rng.uniform(0.3, 0.75);
  design.pitch = rng.uniform(0.55, 0.95);
  design.bay = rng.uniform(2.3, 3.0);
  design.windowWidth = rng.uniform(0.95, 1.5);
  design.windowHeight = rng.uniform(1.2, 1.55);
  design.wall = pick(
      rng, content,
      std::array<std::string_view, 10>{"render.white", "render.white", "render.cream", "render.cream", "render.grey",
                                       "render.grey", "render.ochre", "render.rose", "brick.red", "brick.brown"});
  design.plinthStone = findMaterial(content, "plinth");
  design.roof =
      design.isBlock
          ? findMaterial(content, "roof.shingle")
          : pick(rng, content, std::array<std::string_view, 4>{"roof.red", "roof.red", "roof.slate", "roof.shingle"});
  design.frame = findMaterial(content, "window.frame");
  design.pane = findMaterial(content, "window.pane");
  for (const WindowLook& look : kWindowLooks) {
    design.looks.emplace_back(findMaterial(content, look.leaf),
                              look.drape.empty() ? MaterialId{} : findMaterial(content, look.drape));
  }
  design.door = pick(rng, content, std::array<std::string_view, 3>{"door.wood", "door.green", "door.blue"});
  design.gutter = findMaterial(content, "gutter");
  RandomSource style(0, 0, "content/house_style/" + name);
  design.dress.hasSurrounds = !design.isBlock && style.bernoulli(0.45);
  design.dress.hasShutters =
      !design.isBlock && !design.dress.hasSurrounds && design.windowWidth * 1.95 < design.bay && style.bernoulli(0.6);
  design.hasCourse = style.bernoulli(0.35);
  design.dress.band = findMaterial(content, "fence.white");
  design.dress.box = findMaterial(content, style.bernoulli(0.5) ? "door.wood" : "bin.dark");
  design.dress.plant = findMaterial(content, "hedge.leaf");
  design.dress.dark = findMaterial(content, "pole.dark");
  design.dress.metal = design.gutter;
  design.dress.door = design.door;
  design.dress.pane = design.pane;
  Mesh mesh = HouseBuilder(design, rng, name).build();
  return {content.add(std::move(mesh)), design.width, design.depth};
}

}  // namespace nightfog::content
