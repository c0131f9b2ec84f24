#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::content;

namespace {

using road::LaneKind;

road::Road curvedRoad() {
  return road::Road({{10, 5}, 0.4, {{60, 0}, {70, 1.0 / 60}, {40, 0}, {50, -1.0 / 80}}},
                    {{"oncoming"}, {"left_walk", LaneKind::kSidewalk, 2.5}},
                    {{"ego_lane"}, {"parking", LaneKind::kParking, 2.2}, {"right_walk", LaneKind::kSidewalk, 2.5}});
}

SceneContent street(const road::Road& road, uint64_t seed) {
  SceneContent content = withMaterials();
  SceneryParameters parameters;
  parameters.seed = seed;
  buildScenery(road, parameters, content);
  return content;
}

/// Finds what lies under points by a grid over the plan of every upward face: an oracle that knows triangles only.
class GroundFinder {
 public:
  explicit GroundFinder(const SceneContent& content) {
    for (const StaticPlacement& placement : content.scenery) {
      const Mesh& mesh = content.meshes[placement.mesh.value];
      for (size_t f = 0; f < mesh.triangles.size(); ++f) {
        const ClassId semantic = mesh.surfaces[mesh.surfaceOfTriangle[f]].semantic;
        if (semantic > classes::kParking) continue;
        Face face;
        face.semantic = semantic;
        for (glm::length_t k = 0; k < 3; ++k)
          face.p[static_cast<size_t>(k)] = placement.worldFromMesh * glm::dvec3(mesh.positions[mesh.triangles[f][k]]);
        const auto index = static_cast<uint32_t>(faces_.size());
        faces_.push_back(face);
        const glm::dvec3 low = glm::min(glm::min(face.p[0], face.p[1]), face.p[2]);
        const glm::dvec3 high = glm::max(glm::max(face.p[0], face.p[1]), face.p[2]);
        if (glm::max(high.x - low.x, high.y - low.y) > kWide_m) {
          wide_.push_back(index);
          continue;
        }
        for (int x = cell(low.x); x <= cell(high.x); ++x) {
          for (int y = cell(low.y); y <= cell(high.y); ++y) cells_[{x, y}].push_back(index);
        }
      }
    }
  }
  struct Found {
    double z = -1e9;
    ClassId semantic;
  };
  Found under(double x, double y) const {
    Found best;
    const auto found = cells_.find({cell(x), cell(y)});
    if (found != cells_.end()) lookAt(found->second, x, y, best);
    lookAt(wide_, x, y, best);
    return best;
  }

 private:
  struct Face {
    std::array<glm::dvec3, 3> p;
    ClassId semantic;
  };
  void lookAt(const std::vector<uint32_t>& indices, double x, double y, Found& best) const {
    for (const uint32_t index : indices) {
      const Face& f = faces_[index];
      const auto side = [&](const glm::dvec3& a, const glm::dvec3& b) {
        return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
      };
      const double w0 = side(f.p[1], f.p[2]), w1 = side(f.p[2], f.p[0]), w2 = side(f.p[0], f.p[1]);
      const double sum = w0 + w1 + w2;
      if (sum <= 0 || w0 < 0 || w1 < 0 || w2 < 0) continue;
      const double z = (w0 * f.p[0].z + w1 * f.p[1].z + w2 * f.p[2].z) / sum;
      if (z > best.z) best = {z, f.semantic};
    }
  }
  /// The far ground's faces would lie in a million cells.
  static constexpr double kWide_m = 40;
  static int cell(double x) { return static_cast<int>(std::floor(x / 2)); }
  std::vector<Face> faces_;
  std::map<std::pair<int, int>, std::vector<uint32_t>> cells_;
  std::vector<uint32_t> wide_;
};

}  // namespace

TEST_CASE("Scenery meshes are sound, and the same seed gives the same bytes") {
  const road::Road road = curvedRoad();
  const SceneContent content = street(road, 3);
  for (const Mesh& mesh : content.meshes) CHECK_MESSAGE(faultsOf(mesh, content) == "", mesh.name);
  CHECK(hashOf(content) == hashOf(street(road, 3)));
  CHECK(hashOf(content) != hashOf(street(road, 4)));
}

TEST_CASE("Under every point of road and sidewalk there is ground, of the lane's class and height") {
  const road::Road road = curvedRoad();
  const SceneContent content = street(road, 3);
  const GroundFinder ground(content);
  int markings = 0, total = 0;
  for (double s = 0.37; s < road.length_m(); s += 0.731) {
    for (double t = road.rightEdge_m(s) + 0.011; t < road.leftEdge_m(s); t += 0.0531) {
      const glm::dvec3 p = road.pose(s, t).translation;
      const GroundFinder::Found found = ground.under(p.x, p.y);
      CAPTURE(s);
      CAPTURE(t);
      ++total;
      // Chords of curves leave the arc by up to 4 mm, so that within as much of an edge the neighbour may lie.
      const double low = std::min(road.height_m(s, t - 0.03), road.height_m(s, t + 0.03));
      const double high = std::max(road.height_m(s, t - 0.03), road.height_m(s, t + 0.03));
      REQUIRE(found.z >= low - 1e-4);
      REQUIRE(found.z <= high + 0.06);  // planters and their soil stand proud of the sidewalk
      markings += found.semantic == classes::kLaneMarking;
      if (std::abs(std::abs(t) - 1.6) < 1.2)
        REQUIRE((found.semantic == classes::kRoad || found.semantic == classes::kLaneMarking));
    }
  }
  // Lines of 12 cm: a third of the centre line, all of the parking line, and one across each bay of 6 m.
  const double width = road.leftEdge_m(0) - road.rightEdge_m(0);
  const double expected = (0.12 / 3 + 0.12 + 2.2 * 0.12 / 6) / width;
  CHECK(static_cast<double>(markings) / total == doctest::Approx(expected).epsilon(0.15));
}

TEST_CASE("Stretches of street share their edges to the bit, a thousand kilometres from the origin too") {
  for (const glm::dvec2 start : {glm::dvec2(0, 0), glm::dvec2(399'871.3, 5'820'431.7)}) {
    const road::Road road({start, 0.3, {{120, 0}, {60, 0.01}}}, {{"oncoming"}},
                          {{"ego_lane"}, {"walk", LaneKind::kSidewalk, 2}});
    SceneContent content = withMaterials();
    SceneryParameters bare;
    bare.houses = bare.furniture = false;
    bare.treeSpacing_m = bare.lampSpacing_m = 0;
    buildScenery(road, bare, content);
    std::vector<std::set<std::array<double, 3>>> stretches;
    for (const StaticPlacement& placement : content.scenery) {
      const Mesh& mesh = content.meshes[placement.mesh.value];
      if (mesh.name != "street") continue;
      std::set<std::array<double, 3>>& points = stretches.emplace_back();
      for (const glm::vec3& position : mesh.positions) {
        // Single precision holds them to well under a millimetre only because they are near their own origin.
        CHECK(glm::length(position) < 1000);
        const glm::dvec3 p = placement.worldFromMesh * glm::dvec3(position);
        points.insert({p.x, p.y, p.z});
      }
    }
    REQUIRE(stretches.size() >= 2);
    for (size_t i = 0; i + 1 < stretches.size(); ++i) {
      std::vector<std::array<double, 3>> shared;
      std::set_intersection(stretches[i].begin(), stretches[i].end(), stretches[i + 1].begin(), stretches[i + 1].end(),
                            std::back_inserter(shared));
      // A row across: two lanes, a sidewalk, verges, a centre line, wheel tracks, a kerb.
      CHECK(shared.size() >= 18);
    }
  }
}

TEST_CASE("The ground reaches a hundred metres beyond the street on every side") {
  const road::Road road = curvedRoad();
  const GroundFinder ground(street(road, 3));
  for (double s = 0; s <= road.length_m(); s += 9.7) {
    for (double t = -108; t <= 108; t += 7.3) {
      const glm::dvec3 p = road.pose(s, t).translation;
      REQUIRE(ground.under(p.x, p.y).z > -2);
    }
  }
  for (double ahead = 0; ahead <= 108; ahead += 4.1) {
    const RigidTransform end = road.pose(road.length_m());
    const glm::dvec3 p = end * glm::dvec3(ahead, 1, 0);
    REQUIRE(ground.under(p.x, p.y).z > -1);
  }
}

TEST_CASE("Nothing stands where vehicles drive or park") {
  const road::Road road = curvedRoad();
  for (const uint64_t seed : {3u, 11u}) {
    const SceneContent content = street(road, seed);
    std::set<std::string> intruders;
    for (const StaticPlacement& placement : content.scenery) {
      const Mesh& mesh = content.meshes[placement.mesh.value];
      for (size_t f = 0; f < mesh.triangles.size(); ++f) {
        if (mesh.surfaces[mesh.surfaceOfTriangle[f]].semantic <= classes::kParking) continue;
        for (glm::length_t k = 0; k < 3; ++k) {
          const glm::dvec3 p = placement.worldFromMesh * glm::dvec3(mesh.positions[mesh.triangles[f][k]]);
          if (p.z > 2.4) continue;  // crowns and lamps reach over the road, above a van
          const road::RoadPoint at = road.project(p);
          const double t = at.t;
          // The street runs on for 90 m; what lies beyond is not beside a lane.
          if (glm::length(p - road.pose(at.s, t).translation) > 100) continue;
          if (t < 3.25 && t > -(3.25 + 2.2)) intruders.insert(mesh.name);
        }
      }
    }
    for (const std::string& intruder : intruders) FAIL_CHECK(intruder, " stands in a lane");
  }
}

TEST_CASE("No two fences stand in one another, neighbours' included") {
  // Two rectangles in plan do not overlap if an edge of one has all of the other on its far side.
  struct Run {
    std::array<glm::dvec2, 4> corners;
  };
  const auto isApart = [](const Run& a, const Run& b) {
    for (size_t i = 0; i < 4; ++i) {
      const glm::dvec2 edge = a.corners[(i + 1) % 4] - a.corners[i];
      const bool allOutside = std::all_of(b.corners.begin(), b.corners.end(), [&](const glm::dvec2& p) {
        return edge.x * (p.y - a.corners[i].y) - edge.y * (p.x - a.corners[i].x) < 0;
      });
      if (allOutside) return true;
    }
    return false;
  };
  for (const bool isBench : {false, true}) {
    SceneContent content = withMaterials();
    SceneryParameters parameters = benchScenery();
    if (!isBench) parameters.seed = 3;
    buildScenery(isBench ? benchRoad() : curvedRoad(), parameters, content);
    std::vector<Run> runs;
    for (const StaticPlacement& placement : content.scenery) {
      const Mesh& mesh = content.meshes[placement.mesh.value];
      if (mesh.name != "fence") continue;  // hedges may grow together
      glm::vec3 low = mesh.positions[0];
      glm::vec3 high = low;
      for (const glm::vec3& p : mesh.positions) low = glm::min(low, p), high = glm::max(high, p);
      const auto at = [&](float x, float y) { return glm::dvec2(placement.worldFromMesh * glm::dvec3(x, y, 0)); };
      runs.push_back({{at(low.x, low.y), at(high.x, low.y), at(high.x, high.y), at(low.x, high.y)}});
    }
    CHECK(runs.size() > 4);
    size_t overlaps = 0;
    for (size_t i = 0; i < runs.size(); ++i) {
      for (size_t k = 0; k < i; ++k) overlaps += !isApart(runs[i], runs[k]) && !isApart(runs[k], runs[i]);
    }
    CHECK(overlaps == 0);
  }
}

TEST_CASE("The street has every kind of thing, each with its class") {
  const SceneContent content = street(benchRoad(), 5);
  std::map<uint16_t, size_t> triangles;
  for (const StaticPlacement& placement : content.scenery) {
    const Mesh& mesh = content.meshes[placement.mesh.value];
    for (const uint32_t surface : mesh.surfaceOfTriangle) ++triangles[mesh.surfaces[surface].semantic.value];
  }
  for (const ClassId semantic :
       {classes::kRoad, classes::kLaneMarking, classes::kSidewalk, classes::kKerb, classes::kTerrain, classes::kParking,
        classes::kBuilding, classes::kFence, classes::kVegetation, classes::kTrunk, classes::kPole,
        classes::kStreetLamp, classes::kTrafficSign, classes::kStreetFurniture}) {
    CAPTURE(semantic.value);
    CHECK(triangles[semantic.value] > 0);
  }
}

TEST_CASE("What is not asked for is not there, and adding it moves nothing else") {
  const road::Road road = curvedRoad();
  SceneryParameters bare;
  bare.houses = bare.furniture = false;
  bare.treeSpacing_m = bare.lampSpacing_m = 0;
  SceneContent content = withMaterials();
  buildScenery(road, bare, content);
  for (const Mesh& mesh : content.meshes) CHECK((mesh.name == "street" || mesh.name == "terrain"));

  const auto lampsOf = [&](bool hasHouses) {
    SceneryParameters parameters;
    parameters.houses = hasHouses;
    SceneContent built = withMaterials();
    buildScenery(road, parameters, built);
    std::vector<glm::dvec3> places;
    for (const StaticPlacement& p : built.scenery) {
      if (built.meshes[p.mesh.value].name == "street_lamp") places.push_back(p.worldFromMesh.translation);
    }
    return places;
  };
  CHECK(lampsOf(true) == lampsOf(false));
}

TEST_CASE("The bench street has at least half a million triangles, the ordinary one fits a laptop") {
  const auto count = [](const SceneryParameters& parameters) {
    SceneContent content = withMaterials();
    buildScenery(benchRoad(), parameters, content);
    size_t triangles = 0;
    for (const StaticPlacement& p : content.scenery) triangles += content.meshes[p.mesh.value].triangles.size();
    return triangles;
  };
  const size_t bench = count(benchScenery());
  MESSAGE("bench street: ", bench, " triangles");
  CHECK(bench >= 500'000);
  CHECK(bench <= 1'000'000);
  CHECK(count({}) <= 800'000);
}

TEST_CASE("Wherever one looks along the ground from the street, something closes the view") {
  const SceneContent content = street(benchRoad(), 5);
  const glm::dvec3 eye = benchRoad().pose(120, -1.6).translation + glm::dvec3(0, 0, 1.4);
  // Highest thing in each degree of azimuth, of what stands further off than the street's own trees and houses.
  std::vector<double> highest(360, -1);
  for (const StaticPlacement& placement : content.scenery) {
    const Mesh& mesh = content.meshes[placement.mesh.value];
    if (mesh.name.rfind("backdrop.", 0) != 0) continue;
    for (const glm::uvec3& triangle : mesh.triangles) {
      // A triangle's edges cover every degree between its corners.
      for (glm::length_t k = 0; k < 3; ++k) {
        const glm::dvec3 a = placement.worldFromMesh * glm::dvec3(mesh.positions[triangle[k]]) - eye;
        const glm::dvec3 b = placement.worldFromMesh * glm::dvec3(mesh.positions[triangle[(k + 1) % 3]]) - eye;
        for (int i = 0; i <= 16; ++i) {
          const glm::dvec3 p = glm::mix(a, b, i / 16.0);
          const double azimuth = std::atan2(p.y, p.x) * 180 / kPi;
          double& high = highest[static_cast<size_t>(std::floor(azimuth + 360)) % 360];
          high = std::max(high, std::atan2(p.z, std::hypot(p.x, p.y)) * 180 / kPi);
        }
      }
    }
  }
  for (size_t degree = 0; degree < highest.size(); ++degree) {
    CAPTURE(degree);
    CHECK(highest[degree] > 0.5);
  }
}

TEST_CASE("By night about a third of the windows is lit, and not all alike") {
  const SceneContent content = street(benchRoad(), 5);
  std::map<std::string, double> area;
  double lit = 0, all = 0;
  for (const StaticPlacement& placement : content.scenery) {
    const Mesh& mesh = content.meshes[placement.mesh.value];
    if (mesh.name.rfind("house", 0) != 0) continue;
    for (size_t f = 0; f < mesh.triangles.size(); ++f) {
      const Material& material = content.materials[mesh.surfaces[mesh.surfaceOfTriangle[f]].material.value];
      if (material.name.rfind("window.", 0) != 0 || material.name == "window.frame") continue;
      const glm::uvec3 t = mesh.triangles[f];
      const double size = 0.5 * glm::length(glm::cross(mesh.positions[t.y] - mesh.positions[t.x],
                                                       mesh.positions[t.z] - mesh.positions[t.x]));
      all += size;
      if (material.emission[0] <= 0) continue;
      lit += size;
      area[material.name] += size;
    }
  }
  // The weights of the lit looks sum to 30 of 95; curtains cover some of the rooms.
  CHECK(lit / all > 0.18);
  CHECK(lit / all < 0.40);
  CHECK(area.size() >= 5);
  for (const auto& [name, size] : area) CHECK_MESSAGE(size < 0.6 * lit, name);
}

TEST_CASE("Every traffic sign's face shines back, its rear does not") {
  const SceneContent content = street(benchRoad(), 5);
  std::set<uint32_t> seen;
  for (const StaticPlacement& placement : content.scenery) {
    const Mesh& mesh = content.meshes[placement.mesh.value];
    if (mesh.name != "sign" || !seen.insert(placement.mesh.value).second) continue;
    double retro = 0, face = 0, rearRetro = 0;
    for (size_t f = 0; f < mesh.triangles.size(); ++f) {
      const MeshSurface& surface = mesh.surfaces[mesh.surfaceOfTriangle[f]];
      if (surface.semantic != classes::kTrafficSign) continue;
      const glm::uvec3 t = mesh.triangles[f];
      const glm::dvec3 area = 0.5 * glm::dvec3(glm::cross(mesh.positions[t.y] - mesh.positions[t.x],
                                                          mesh.positions[t.z] - mesh.positions[t.x]));
      const bool shines = content.materials[surface.material.value].retroreflectance > 50;
      if (area.x > 0) face = std::max(face, static_cast<double>(mesh.positions[t.x].x));
      if (area.x > 0 && shines) retro += area.x;
      if (area.x < 0 && shines && mesh.positions[t.x].x < 0) rearRetro += -area.x;
    }
    CHECK(retro > 0.25);  // the smallest plate has 0.28 m2
    CHECK(rearRetro == 0);
  }
  CHECK(seen.size() >= 2);
}

TEST_CASE("A road without lanes, sidewalks or length still has ground") {
  for (const road::Road& road :
       {road::Road({{0, 0}, 0, {{50, 0}}}, {}, {}), road::Road({{0, 0}, 0, {}}, {{"l"}}, {{"r"}}),
        road::Road({{0, 0}, 0, {{31, 0.1}}}, {{"l"}}, {{"r"}})}) {
    const SceneContent content = street(road, 0);
    const GroundFinder ground(content);
    CHECK(ground.under(0.3, 0.2).z > -0.5);
    CHECK(ground.under(0.3, 30.2).z > -2);
    for (const Mesh& mesh : content.meshes) CHECK_MESSAGE(faultsOf(mesh, content) == "", mesh.name);
  }
}

TEST_CASE("The laboratory's floor is flat, level and Lambertian 20 %") {
  SceneContent content = withMaterials();
  buildLabGround(250, content);
  REQUIRE(content.scenery.size() == 1);
  const Mesh& mesh = content.meshes[content.scenery[0].mesh.value];
  CHECK(faultsOf(mesh, content) == "");
  const Bounds bounds = boundsOf(mesh);
  CHECK(bounds.min == glm::dvec3(-250, -250, 0));
  CHECK(bounds.max == glm::dvec3(250, 250, 0));
  for (const glm::vec3& normal : mesh.normals) CHECK(normal == glm::vec3(0, 0, 1));
  CHECK(content.materials[mesh.surfaces[0].material.value].reflectance ==
        std::array<float, 5>{0.2f, 0.2f, 0.2f, 0.2f, 0.2f});
}
