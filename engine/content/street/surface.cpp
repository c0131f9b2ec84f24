#include "engine/content/street/surface.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/content/curve.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/shapes.hpp"
#include "engine/core/random.hpp"
#include "engine/road/surface.hpp"

namespace nightfog::content {
namespace {

using road::LaneKind;
using road::SurfacePart;

/// The verge's outer edge dips this far, into the terrain.
constexpr double kVergeSink_m = 0.25;

/// Ground vertices lie on a grid of 61 µm around a whole metre: their coordinates relative to it are exact in single
/// precision within a kilometre, so that neighbouring meshes with different origins share their edges to the bit,
/// wherever on earth the road lies.
constexpr double kSnap_m = 1.0 / 16384;
glm::dvec3 snapped(const glm::dvec3& p) {
  return glm::round(p / kSnap_m) * kSnap_m;
}
glm::dvec3 wholeMetre(const glm::dvec3& p) {
  return glm::round(glm::dvec3(p.x, p.y, 0));
}

/// A rectangle of other asphalt: a trench filled in, a stretch resurfaced.
struct Patches {
  std::vector<road::SurfaceCut> cuts;
  std::vector<bool> isFresh;
};

/// In the lanes beside the centre line of streets in town, drawn along the road.
void drawPatches(const StreetMap& map, uint32_t index, const SceneryParameters& parameters, Patches& patches) {
  const road::ExtendedRoad& extended = map.roads()[index];
  const road::Road& road = extended.road();
  if (road.type(0).kind != road::RoadKind::kTown || road.data().junction >= 0) return;
  // Adding a road moves no other road's patches.
  RandomSource rng(parameters.seed, 0, index == 0 ? "scenery/patches" : fmt::format("scenery/patches/{}", index));
  const double length = extended.lastS() - extended.firstS();
  for (int i = 0; i < static_cast<int>(length / 13); ++i) {
    const double side = rng.bernoulli(0.5) ? 1.0 : -1.0;
    const double s = rng.uniform(extended.firstS() + 2, extended.lastS() - 20);
    const bool isStretch = rng.bernoulli(0.3);
    const double longM = isStretch ? rng.uniform(8, 18) : rng.uniform(0.8, 5);
    const double inset = rng.uniform(0.3, 0.9);
    const double wide = rng.uniform(0.6, 1.5);
    const bool isFresh = !rng.bernoulli(0.4);
    const road::LaneSection& section = road.section(s);
    const road::Lane* lane = section.find(static_cast<int>(side));
    if (lane == nullptr || !road::isDrivable(lane->kind)) continue;
    const road::Road::Borders borders = road.borders(section, lane->id, std::clamp(s, 0.0, road.length_m()));
    const double width = std::abs(borders.outer - borders.inner);
    const double near = isStretch ? 0.0 : inset;
    const double far = isStretch ? width : std::min(inset + wide, width - 0.2);
    if (far - near < 0.3) continue;
    const double a = borders.inner + side * near, b = borders.inner + side * far;
    patches.cuts.push_back({index, s, s + longM, std::min(a, b), std::max(a, b)});
    patches.isFresh.push_back(!isFresh);
  }
}

/// Material and class of what a triangle is.
class Paving {
 public:
  Paving(const Patches& patches, const SceneContent& content) : patches_(patches) {
    const auto material = [&](std::string_view name) { return findMaterial(content, name); };
    asphalt_ = material("asphalt"), worn_ = material("asphalt.worn"), patch_ = material("asphalt.patch");
    fresh_ = material("asphalt.fresh"), white_ = material("marking.white"), yellow_ = material("marking.yellow");
    kerb_ = material("kerb.stone"), slab_ = material("sidewalk.slab"), grass_ = material("grass");
  }

  void choose(MeshBuilder& mesh, const road::SurfaceKind& kind) const {
    switch (kind.part) {
      case SurfacePart::kVerge:
        return mesh.surface(grass_, classes::kTerrain);
      case SurfacePart::kKerb:
        return mesh.surface(kerb_, classes::kKerb);
      case SurfacePart::kMark: {
        const bool isYellow = kind.colour == road::MarkColour::kYellow || kind.colour == road::MarkColour::kOrange;
        return mesh.surface(isYellow ? yellow_ : white_, classes::kLaneMarking);
      }
      case SurfacePart::kLane:
        break;
    }
    switch (kind.lane) {
      case LaneKind::kVerge:
      case LaneKind::kMedian:
        return mesh.surface(grass_, classes::kTerrain);
      case LaneKind::kSidewalk:
        return mesh.surface(slab_, classes::kSidewalk);
      case LaneKind::kCurb:
        return mesh.surface(kerb_, classes::kKerb);
      default:
        break;
    }
    const ClassId ground = kind.lane == LaneKind::kParking ? classes::kParking : classes::kRoad;
    if (kind.cut >= 0) return mesh.surface(patches_.isFresh[static_cast<size_t>(kind.cut)] ? fresh_ : patch_, ground);
    mesh.surface(kind.isWheelTrack ? worn_ : asphalt_, ground);
  }

 private:
  const Patches& patches_;
  MaterialId asphalt_, worn_, patch_, fresh_, white_, yellow_, kerb_, slab_, grass_;
};

}  // namespace

void buildStreetSurface(const StreetMap& map, const SceneryParameters& parameters, double beyond_m,
                        SceneContent& content) {
  Patches patches;
  for (uint32_t r = 0; r < map.roads().size(); ++r) drawPatches(map, r, parameters, patches);
  road::SurfaceOptions options;
  options.verge_m = kVerge_m;
  options.vergeSink_m = kVergeSink_m;
  options.beyond_m = beyond_m;
  const Paving paving(patches, content);
  for (const road::SurfaceStretch& stretch : tessellate(map.network(), options, patches.cuts)) {
    if (stretch.triangles.empty()) continue;
    MeshBuilder mesh("street", 0.5);
    const glm::dvec3 origin = wholeMetre(stretch.points.front());
    for (const glm::dvec3& point : stretch.points) mesh.point(point - origin);
    for (const road::SurfaceTriangle& triangle : stretch.triangles) {
      paving.choose(mesh, triangle.kind);
      mesh.triangle(triangle.points.x, triangle.points.y, triangle.points.z);
    }
    content.scenery.push_back({content.add(mesh.finish()), RigidTransform::fromTranslation(origin), {}});
  }
}

Terrain::Terrain(const StreetMap& map, const SceneryParameters& parameters) : map_(map), parameters_(parameters) {
  RandomSource rng(parameters.seed, 0, "scenery/terrain");
  for (int i = 0; i < 5; ++i) {
    const double bearing = rng.uniform(0, 2 * kPi);
    const double wavelength = rng.uniform(25, 90);
    const double phase = rng.uniform(0, 2 * kPi);
    waves_.push_back({2 * kPi / wavelength * glm::dvec2(std::cos(bearing), std::sin(bearing)), phase, wavelength / 90});
  }
  constexpr double kApart_m = 20;
  for (const road::ExtendedRoad& road : map.roads()) {
    const double length = road.lastS() - road.firstS();
    const int count = std::max(1, static_cast<int>(length / kApart_m));
    for (int i = 0; i <= count; ++i) samples_.push_back(road.crossSection(road.firstS() + length * i / count).origin);
  }
}

// Shepard's mean with the fourth power of the distance: near a road its own height, far from all their mean.
double Terrain::farHeight(const glm::dvec2& world) const {
  if (map_.network().isFlat() || samples_.empty()) return 0;
  double sum = 0, weights = 0;
  for (const glm::dvec3& sample : samples_) {
    const glm::dvec2 apart = glm::dvec2(sample) - world;
    const double d2 = glm::dot(apart, apart) + 100;
    const double weight = 1 / (d2 * d2);
    sum += weight * sample.z;
    weights += weight;
  }
  return sum / weights;
}

// Gentle waves, none under the road; a third of a metre down until past the verge, which lies on top.
double Terrain::heightAt(const glm::dvec2& world, const StreetMap::Beside& beside) const {
  double waves = 0;
  for (const Wave& wave : waves_)
    waves += wave.height_m * std::sin(glm::dot(wave.waveNumber_radpm, world) + wave.phase_rad);
  const double beyond = beside.beyond_m;
  const double sunk = std::min(beside.surface_m, beside.edge_m) - 0.35;
  if (beyond < 6.5) return sunk;
  double level = beside.edge_m;
  if (!map_.network().isFlat()) level = mix(level, farHeight(world), smoothStep(12, 60, beyond));
  const double natural = level + 0.02 + 0.35 * waves * smoothStep(10, 60, beyond);
  return mix(sunk, natural, smoothStep(6.5, 9.5, beyond));
}

double Terrain::height(const glm::dvec2& world) const {
  return heightAt(world, map_.beside(glm::dvec3(world, 0)));
}

double Terrain::groundHeight(const glm::dvec3& world) const {
  const StreetMap::Beside beside = map_.beside(world);
  const double terrain = heightAt(glm::dvec2(world), beside);
  if (beside.beyond_m >= beside.verge_m) return terrain;
  // The outer two fifths of the verge dip.
  const double dip =
      beside.verge_m > 0 ? kVergeSink_m * std::clamp((beside.beyond_m / beside.verge_m - 0.6) / 0.4, 0.0, 1.0) : 0;
  return std::max(beside.surface_m - dip, terrain);
}

void Terrain::build(SceneContent& content) const {
  Bounds bounds;
  for (const glm::dvec3& sample : samples_) bounds.include(sample);
  if (samples_.empty()) return;
  constexpr double kCell_m = 5;
  const glm::dvec2 low = glm::dvec2(bounds.min) - parameters_.terrain_m;
  const glm::dvec2 size = glm::dvec2(bounds.max) + parameters_.terrain_m - low;
  const int columns = static_cast<int>(std::ceil(size.x / kCell_m)) + 1;
  const int rows = static_cast<int>(std::ceil(size.y / kCell_m)) + 1;
  std::vector<double> heights(static_cast<size_t>(rows) * static_cast<size_t>(columns));
  const auto place = [&](int r, int c) { return low + kCell_m * glm::dvec2(c, r); };
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) heights[static_cast<size_t>(r * columns + c)] = height(place(r, c));
  }
  const MaterialId grass = findMaterial(content, "grass");
  constexpr int kTile = 24;
  for (int r0 = 0; r0 + 1 < rows; r0 += kTile) {
    for (int c0 = 0; c0 + 1 < columns; c0 += kTile) {
      MeshBuilder mesh("terrain", 1.0);
      mesh.surface(grass, classes::kTerrain);
      const glm::dvec3 origin = wholeMetre({place(r0, c0), 0});
      addGrid(mesh, std::min(kTile + 1, rows - r0), std::min(kTile + 1, columns - c0), [&](int r, int c) {
        return snapped({place(r0 + r, c0 + c), heights[static_cast<size_t>((r0 + r) * columns + c0 + c)]}) - origin;
      });
      content.scenery.push_back({content.add(mesh.finish()), RigidTransform::fromTranslation(origin), {}});
    }
  }
}

}  // namespace nightfog::content
