#include "engine/road/surface.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "engine/core/random.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::road;

namespace {

/// Finds what lies under points: a grid over the plan of every triangle that looks up. An oracle that knows triangles
/// only.
class Ground {
 public:
  explicit Ground(const std::vector<SurfaceStretch>& surface) {
    for (const SurfaceStretch& stretch : surface) {
      for (const SurfaceTriangle& triangle : stretch.triangles) {
        Face face{
            {stretch.points[triangle.points.x], stretch.points[triangle.points.y], stretch.points[triangle.points.z]},
            &triangle.kind,
            stretch.road};
        const glm::dvec3 low = glm::min(glm::min(face.p[0], face.p[1]), face.p[2]);
        const glm::dvec3 high = glm::max(glm::max(face.p[0], face.p[1]), face.p[2]);
        const auto index = static_cast<uint32_t>(faces_.size());
        faces_.push_back(face);
        for (int x = cell(low.x); x <= cell(high.x); ++x) {
          for (int y = cell(low.y); y <= cell(high.y); ++y) cells_[{x, y}].push_back(index);
        }
      }
    }
  }
  struct Found {
    double z = -1e9;
    const SurfaceKind* kind = nullptr;
    int layers = 0;  ///< triangles met strictly inside
  };
  Found under(const glm::dvec3& at) const {
    Found best;
    const auto found = cells_.find({cell(at.x), cell(at.y)});
    if (found == cells_.end()) return best;
    for (const uint32_t index : found->second) {
      const Face& f = faces_[index];
      const auto side = [&](const glm::dvec3& a, const glm::dvec3& b) {
        return (b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x);
      };
      const double w0 = side(f.p[1], f.p[2]), w1 = side(f.p[2], f.p[0]), w2 = side(f.p[0], f.p[1]);
      const double sum = w0 + w1 + w2;
      if (sum <= 0 || w0 < 0 || w1 < 0 || w2 < 0) continue;
      const double z = (w0 * f.p[0].z + w1 * f.p[1].z + w2 * f.p[2].z) / sum;
      best.layers += w0 > 1e-9 && w1 > 1e-9 && w2 > 1e-9;
      if (z > best.z) best.z = z, best.kind = f.kind;
    }
    return best;
  }
  size_t count() const { return faces_.size(); }

 private:
  struct Face {
    std::array<glm::dvec3, 3> p;
    const SurfaceKind* kind;
    uint32_t road;
  };
  static int cell(double x) { return static_cast<int>(std::floor(x / 3)); }
  std::vector<Face> faces_;
  std::map<std::pair<int, int>, std::vector<uint32_t>> cells_;
};

using Point = std::array<double, 3>;
Point keyOf(const glm::dvec3& p) {
  return {p.x, p.y, p.z};
}

/// Edges that only one triangle has, by the exact coordinates of their ends: the outline, and every crack.
std::vector<std::pair<glm::dvec3, glm::dvec3>> openEdges(const std::vector<SurfaceStretch>& surface) {
  std::map<std::pair<Point, Point>, int> uses;
  for (const SurfaceStretch& stretch : surface) {
    for (const SurfaceTriangle& t : stretch.triangles) {
      for (glm::length_t k = 0; k < 3; ++k) {
        const Point a = keyOf(stretch.points[t.points[k]]), b = keyOf(stretch.points[t.points[(k + 1) % 3]]);
        // An edge and its reverse cancel.
        if (a < b) ++uses[{a, b}];
        if (b < a) --uses[{b, a}];
      }
    }
  }
  std::vector<std::pair<glm::dvec3, glm::dvec3>> open;
  for (const auto& [edge, count] : uses) {
    if (count != 0)
      open.emplace_back(glm::dvec3(edge.first[0], edge.first[1], edge.first[2]),
                        glm::dvec3(edge.second[0], edge.second[1], edge.second[2]));
  }
  return open;
}

}  // namespace

TEST_CASE("A grid of rays over every road of every map finds no hole, and the surface where the map says") {
  for (const char* name : kOwnMaps) {
    const RoadNetwork map = ownMap(name);
    SurfaceOptions options;
    const std::vector<SurfaceStretch> surface = tessellate(map, options);
    const Ground ground(surface);
    size_t rays = 0, holes = 0, doubled = 0;
    double worst = 0;
    for (const Road& road : map.roads()) {
      for (double s = 0.013; s < road.length_m(); s += 0.37) {
        const double left = road.leftEdge_m(s), right = road.rightEdge_m(s);
        for (double t = right + 0.011; t < left; t += 0.093) {
          const glm::dvec3 at = road.surfacePoint(s, t);
          const Ground::Found found = ground.under(at);
          ++rays;
          holes += found.kind == nullptr;
          doubled += found.layers > 1;
          // Beside a step either side is right; the chords leave the edge by up to their error.
          const double low = std::min(road.surfacePoint(s, t - 0.17).z, road.surfacePoint(s, t + 0.17).z);
          const double high = std::max(road.surfacePoint(s, t - 0.17).z, road.surfacePoint(s, t + 0.17).z);
          worst = std::max({worst, low - found.z, found.z - high});
        }
      }
    }
    MESSAGE(std::string(name), ": ", ground.count(), " triangles, ", rays, " rays, off by ", 1000 * worst, " mm");
    CHECK(holes == 0);
    CHECK(doubled == 0);
    // Chord error along, and that much of the steepest crossfall across.
    CHECK(worst < 0.01);
  }
}

TEST_CASE("The surface has no crack: every edge but the outline is shared to the bit") {
  for (const char* name : kOwnMaps) {
    const RoadNetwork map = ownMap(name);
    const SurfaceOptions options;
    const std::vector<SurfaceStretch> surface = tessellate(map, options);
    const Road& road = map.road(0);
    for (const auto& [a, b] : openEdges(surface)) {
      const glm::dvec3 middle = 0.5 * (a + b);
      const RoadPoint on = road.project(middle);
      const bool atEnd = on.s < 0.01 || on.s > road.length_m() - 0.01;
      const double verge = on.t > 0 ? vergeWidth(road, 1, options.verge_m) : vergeWidth(road, -1, options.verge_m);
      const double edge = on.t > 0 ? road.leftEdge_m(on.s) : -road.rightEdge_m(on.s);
      const bool atOutline = std::abs(std::abs(on.t) - edge - verge) < 0.05;
      CAPTURE(std::string(name));
      CAPTURE(on.s);
      CAPTURE(on.t);
      CHECK((atEnd || atOutline));
    }
  }
}

TEST_CASE("Chords keep to the true surface: no edge along the road leaves it by more than 1 cm") {
  for (const char* name : kOwnMaps) {
    const RoadNetwork map = ownMap(name);
    const Road& road = map.road(0);
    double worst = 0;
    for (const SurfaceStretch& stretch : tessellate(map, {})) {
      for (const SurfaceTriangle& t : stretch.triangles) {
        if (t.kind.part == SurfacePart::kVerge || t.kind.part == SurfacePart::kKerb) continue;
        for (glm::length_t k = 0; k < 3; ++k) {
          const glm::dvec3 &a = stretch.points[t.points[k]], &b = stretch.points[t.points[(k + 1) % 3]];
          const RoadPoint onA = road.project(a), onB = road.project(b);
          if (std::abs(onA.t - onB.t) > 1e-3) continue;  // along a line of constant t
          for (const double f : {0.25, 0.5, 0.75}) {
            const glm::dvec3 chord = glm::mix(a, b, f);
            const glm::dvec3 truth = road.surfacePoint(glm::mix(onA.s, onB.s, f), glm::mix(onA.t, onB.t, f));
            if (std::abs(truth.z - chord.z) > 0.05) continue;  // on a kerb's border either height is right
            worst = std::max(worst, glm::length(truth - chord));
          }
        }
      }
    }
    CAPTURE(std::string(name));
    MESSAGE(std::string(name), ": chords are off by up to ", 1000 * worst, " mm");
    CHECK(worst < 0.01);
  }
}

TEST_CASE("Marks cover as much of the road as their widths, dashes and gaps say") {
  // 1 km, two lanes: a broken centre line of 12 cm, 3 m in 9; solid edges of 12 cm.
  const Road road({{0, 0}, 0.2, {{900, 0}}}, {{"l", LaneKind::kDriving, 3}, {"p", LaneKind::kShoulder, 1}},
                  {{"r", LaneKind::kDriving, 3}, {"q", LaneKind::kShoulder, 1}});
  double marks = 0, all = 0;
  for (const SurfaceStretch& stretch : tessellate(RoadNetwork(road), {})) {
    for (const SurfaceTriangle& t : stretch.triangles) {
      const glm::dvec3 &a = stretch.points[t.points.x], &b = stretch.points[t.points.y],
                       &c = stretch.points[t.points.z];
      const double area = 0.5 * glm::length(glm::cross(b - a, c - a));
      if (t.kind.part == SurfacePart::kMark) marks += area;
      if (t.kind.part != SurfacePart::kVerge) all += area;
    }
  }
  CHECK(marks == doctest::Approx(900 * 0.12 * (1 / 3.0 + 2)).epsilon(1e-3));
  CHECK(all == doctest::Approx(900 * 8).epsilon(1e-6));
}

TEST_CASE("Where ways through a junction overlap there is one ground: no hole, and no second layer") {
  const auto look = [](const std::string& name, const RoadNetwork& map, double step_m) {
    const std::vector<SurfaceStretch> surface = tessellate(map, {});
    const Ground ground(surface);
    size_t rays = 0, holes = 0, doubled = 0;
    double worst = 0;
    for (const Road& road : map.roads()) {
      if (road.data().junction < 0) continue;
      for (double s = 0.013; s < road.length_m(); s += step_m) {
        for (double t = road.rightEdge_m(s) + 0.011; t < road.leftEdge_m(s); t += 0.7 * step_m) {
          const glm::dvec3 at = road.surfacePoint(s, t);
          const Ground::Found found = ground.under(at);
          ++rays;
          holes += found.kind == nullptr;
          doubled += found.layers > 1;
          // Another way's carriageway may take a sidewalk's place, and the other way round.
          if (found.kind != nullptr) worst = std::max(worst, std::abs(found.z - at.z));
        }
      }
    }
    MESSAGE(name, ": ", ground.count(), " triangles, ", rays, " rays in junctions, ", doubled, " doubled, off by ",
            1000 * worst, " mm");
    CHECK(holes == 0);
    // A ray may meet an edge that snapping moved by less than 0.2 mm.
    CHECK(doubled <= rays / 2000);
    CHECK(worst < 0.16);
  };
  for (const char* name : {"signalled_junction", "roundabout", "car_park"}) look(name, ownMap(name), 0.2);
  look("crossing", testMap("crossing"), 0.1);
  look("town", ownMap("town"), 1.3);
}

TEST_CASE("What lies enclosed between the ways of a junction is paved") {
  const RoadNetwork map = ownMap("signalled_junction");
  const Ground ground(tessellate(map, {}));
  RandomSource rng(31, 0, "tests/road/enclosed");
  for (int i = 0; i < 20000; ++i) {
    // Within the kerbs' crossing square everything is asphalt.
    const glm::dvec3 at(rng.uniform(-9, 9), rng.uniform(-9, 9), 0);
    const Ground::Found found = ground.under(at);
    CHECK(found.kind != nullptr);
  }
}

TEST_CASE("A junction's ground has no crack inside: where an edge is open within it, rays beside it find ground") {
  for (const char* name : {"signalled_junction", "car_park"}) {
    const RoadNetwork map = ownMap(name);
    const std::vector<SurfaceStretch> surface = tessellate(map, {});
    const Ground ground(surface);
    size_t open = 0, slivers = 0;
    for (const auto& [a, b] : openEdges(surface)) {
      const glm::dvec3 along = b - a;
      if (glm::length(along) < 1e-3) continue;
      const glm::dvec3 aside = 0.005 * glm::normalize(glm::dvec3(-along.y, along.x, 0));
      const glm::dvec3 middle = 0.5 * (a + b);
      // On an outline one side is nowhere; at a step that another way cut both are, at different heights.
      const Ground::Found left = ground.under(middle + aside), right = ground.under(middle - aside);
      const bool isBoth = left.kind != nullptr && right.kind != nullptr;
      // Verges of neighbouring arms meet as they may.
      if (!isBoth || left.kind->part == SurfacePart::kVerge || right.kind->part == SurfacePart::kVerge) continue;
      if (std::abs(left.z - right.z) >= 0.01) continue;
      // Cut corners that lie a little more than the weld apart leave slivers that overlap, never ones that gape.
      ++slivers;
      for (const double share : {0.1, 0.3, 0.5, 0.7, 0.9}) {
        for (const double beside : {-0.04, -0.01, 0.01, 0.04}) {
          open += ground.under(glm::mix(a, b, share) + beside * aside).kind == nullptr;
        }
      }
    }
    CAPTURE(name);
    MESSAGE(std::string(name), ": ", slivers, " open edges within");
    CHECK(open == 0);
  }
}
