#include "engine/content/street/surface.hpp"

#include <algorithm>
#include <cmath>

#include "engine/content/curve.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/shapes.hpp"
#include "engine/core/random.hpp"

namespace nightfog::content {
namespace {

using road::Lane;
using road::LaneKind;

constexpr double kVerge_m = 8;
constexpr double kMarkingWidth_m =
    0.12;                      ///< RMS, Richtlinien für die Markierung von Straßen: narrow line on urban roads
constexpr double kDash_m = 3;  ///< RMS: guide line in towns, 3 m line and 6 m gap
constexpr double kDashPeriod_m = 9;
constexpr double kBay_m = 6;
constexpr double kKerbTop_m = 0.15;
constexpr double kKerbBatter_m = 0.02;

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

enum class Stroke { kSolid, kDashed };

/// A line along the road.
struct Stripe {
  double t0 = 0, t1 = 0;
  Stroke stroke = Stroke::kSolid;
};

/// A rectangle of other asphalt: a trench filled in, a stretch resurfaced.
struct Patch {
  double s0 = 0, s1 = 0, t0 = 0, t1 = 0;
  MaterialId material;
};

/// What lies across the road between two breaks.
struct Column {
  const Lane* lane = nullptr;  ///< nullptr: verge
  bool isKerb = false;
  bool isWheelTrack = false;
  bool isBay = false;
};

class StreetSurface {
 public:
  StreetSurface(const StreetLine& line, const SceneryParameters& parameters, SceneContent& content)
      : line_(line), parameters_(parameters), content_(content) {
    layOut(1);
    layOut(-1);
    addCentreLine();
    addPatches();
    makeBreaks();
  }

  void build() {
    // Stretches of bounded length: their boxes stay tight. Neighbours share their last and first row exactly.
    constexpr size_t kRowsPerMesh = 48;
    for (size_t first = 0; first + 1 < sBreaks_.size(); first += kRowsPerMesh) {
      const size_t last = std::min(first + kRowsPerMesh, sBreaks_.size() - 1);
      MeshBuilder mesh("street", 0.5);
      const size_t columns = tBreaks_.size();
      const glm::dvec3 origin = wholeMetre(line_.pose(sBreaks_[first], 0).translation);
      // Columns run to the right, so that faces look up.
      addGrid(
          mesh, static_cast<int>(last - first + 1), static_cast<int>(tBreaks_.size()),
          [&](int r, int c) {
            return position(first + static_cast<size_t>(r), columns - 1 - static_cast<size_t>(c)) - origin;
          },
          [&](int r, int c) {
            choose(mesh, first + static_cast<size_t>(r), columns - 2 - static_cast<size_t>(c));
            return true;
          });
      content_.scenery.push_back({content_.add(mesh.finish()), RigidTransform::fromTranslation(origin), {}});
    }
  }

 private:
  MaterialId material(std::string_view name) const { return findMaterial(content_, name); }

  void layOut(double side) {
    const std::vector<Lane>& lanes = side > 0 ? line_.road().left() : line_.road().right();
    double edge = 0;
    bool wasRaised = false;
    for (size_t i = 0; i < lanes.size(); ++i) {
      const Lane& lane = lanes[i];
      const double outer = edge + lane.width_m;
      const bool isRaised = lane.kind == LaneKind::kSidewalk || lane.kind == LaneKind::kVerge;
      addBreak(side * edge);
      addBreak(side * outer);
      if (isRaised && !wasRaised && line_.road().kerbHeight_m() > 0) {
        kerbs_.push_back({side, edge});
        addBreak(side * (edge + kKerbBatter_m));
        addBreak(side * (edge + kKerbTop_m));
      }
      if (lane.kind == LaneKind::kDriving) {
        if (lane.width_m >= 2.6) {
          for (const double track : {-0.80, 0.80}) {
            const double middle = edge + 0.5 * lane.width_m + track;
            tracks_.push_back({side * middle - 0.28, side * middle + 0.28, Stroke::kSolid});
            addBreak(side * middle - 0.28);
            addBreak(side * middle + 0.28);
          }
        }
        const LaneKind next = i + 1 < lanes.size() ? lanes[i + 1].kind : LaneKind::kVerge;
        if (next == LaneKind::kDriving) addStripe(side * outer, Stroke::kDashed);
        if (next == LaneKind::kParking || next == LaneKind::kShoulder) addStripe(side * outer, Stroke::kSolid);
        if (i + 1 == lanes.size()) addStripe(side * (outer - 0.2), Stroke::kSolid);
      }
      wasRaised = wasRaised || isRaised;
      edge = outer;
    }
    const double verge = vergeWidth(line_, side);
    for (const double share : {0.0, 0.25, 0.6, 1.0}) addBreak(side * (edge + share * verge));
  }

  void addCentreLine() {
    const bool hasLeft = !line_.road().left().empty() && line_.road().left().front().kind == LaneKind::kDriving;
    const bool hasRight = !line_.road().right().empty() && line_.road().right().front().kind == LaneKind::kDriving;
    if (hasLeft && hasRight) addStripe(0, Stroke::kDashed);
  }

  void addStripe(double t, Stroke stroke) {
    stripes_.push_back({t - 0.5 * kMarkingWidth_m, t + 0.5 * kMarkingWidth_m, stroke});
    addBreak(stripes_.back().t0);
    addBreak(stripes_.back().t1);
  }

  void addBreak(double t) { tBreaks_.push_back(t); }

  /// Trenches and resurfaced stretches, drawn along the street.
  void addPatches() {
    RandomSource rng(parameters_.seed, 0, "scenery/patches");
    const double length = line_.lastS() - line_.firstS();
    for (int i = 0; i < static_cast<int>(length / 28); ++i) {
      const bool isLeft = rng.bernoulli(0.5);
      const std::vector<Lane>& lanes = isLeft ? line_.road().left() : line_.road().right();
      const double s = rng.uniform(line_.firstS() + 2, line_.lastS() - 20);
      const bool isStretch = rng.bernoulli(0.3);
      const double longM = isStretch ? rng.uniform(8, 18) : rng.uniform(0.8, 5);
      const double inset = rng.uniform(0.3, 0.9);
      const double wide = rng.uniform(0.6, 1.5);
      const MaterialId patch = material(rng.bernoulli(0.4) ? "asphalt.fresh" : "asphalt.patch");
      if (lanes.empty() || lanes.front().kind != LaneKind::kDriving) continue;
      const double side = isLeft ? 1.0 : -1.0;
      const double near = isStretch ? 0.0 : inset;
      const double far = isStretch ? lanes.front().width_m : std::min(inset + wide, lanes.front().width_m - 0.2);
      if (far - near < 0.3) continue;
      patches_.push_back({s, s + longM, std::min(side * near, side * far), std::max(side * near, side * far), patch});
      addBreak(side * near);
      addBreak(side * far);
    }
  }

  /// Sorted, without near-duplicates; the larger of two near ones goes.
  static void tidy(std::vector<double>& breaks, double nearest) {
    std::sort(breaks.begin(), breaks.end());
    std::vector<double> kept;
    for (const double b : breaks) {
      if (kept.empty() || b - kept.back() > nearest) kept.push_back(b);
    }
    breaks = std::move(kept);
  }

  void makeBreaks() {
    tidy(tBreaks_, 0.004);
    const double first = line_.firstS();
    const double last = line_.lastS();
    for (double s = first; s < last - 1; s += 5) sBreaks_.push_back(s);
    sBreaks_.push_back(last);
    // Curves are chords; a chord of 1.5 m on a radius of 20 m sags 14 mm.
    double start = 0;
    for (const road::Segment& segment : line_.road().line().segments) {
      if (segment.curvature_1pm != 0) {
        const double step = std::clamp(std::sqrt(8 * 0.004 / std::abs(segment.curvature_1pm)), 0.3, 5.0);
        const int count = static_cast<int>(std::ceil(segment.length_m / step));
        for (int i = 0; i <= count; ++i) sBreaks_.push_back(start + segment.length_m * i / count);
      }
      start += segment.length_m;
    }
    for (double s = std::ceil(first / kDashPeriod_m) * kDashPeriod_m; s + kDash_m < last; s += kDashPeriod_m) {
      sBreaks_.push_back(s);
      sBreaks_.push_back(s + kDash_m);
    }
    hasBays_ = false;
    for (const std::vector<Lane>* lanes : {&line_.road().left(), &line_.road().right()}) {
      for (const Lane& lane : *lanes) hasBays_ = hasBays_ || lane.kind == LaneKind::kParking;
    }
    if (hasBays_) {
      for (double s = std::ceil(first / kBay_m) * kBay_m + 1; s < last - 1; s += kBay_m) {
        sBreaks_.push_back(s - 0.5 * kMarkingWidth_m);
        sBreaks_.push_back(s + 0.5 * kMarkingWidth_m);
      }
    }
    for (const Patch& patch : patches_) {
      sBreaks_.push_back(patch.s0);
      sBreaks_.push_back(patch.s1);
    }
    tidy(sBreaks_, 0.02);
    for (size_t c = 0; c + 1 < tBreaks_.size(); ++c)
      columns_.push_back(columnAt(0.5 * (tBreaks_[c] + tBreaks_[c + 1])));
  }

  Column columnAt(double t) const {
    Column column;
    double edge = 0;
    for (const Lane& lane : t > 0 ? line_.road().left() : line_.road().right()) {
      if (std::abs(t) > edge && std::abs(t) < edge + lane.width_m) column.lane = &lane;
      edge += lane.width_m;
    }
    for (const auto& [side, kerb] : kerbs_) {
      if (side * t > kerb && side * t < kerb + kKerbTop_m) column.isKerb = true;
    }
    for (const Stripe& track : tracks_) column.isWheelTrack = column.isWheelTrack || (t > track.t0 && t < track.t1);
    column.isBay = column.lane != nullptr && column.lane->kind == LaneKind::kParking;
    return column;
  }

  double heightAt(double t) const {
    for (const auto& [side, kerb] : kerbs_) {
      if (side * t > kerb + 0.5 * kKerbBatter_m) return line_.road().kerbHeight_m();
      if (side * t > 0) return 0;
    }
    return 0;
  }

  glm::dvec3 position(size_t r, size_t c) const {
    glm::dvec3 p = line_.pose(sBreaks_[r], tBreaks_[c]).translation;
    p.z = heightAt(tBreaks_[c]);
    return snapped(p);
  }

  void choose(MeshBuilder& mesh, size_t r, size_t c) const {
    const double s = 0.5 * (sBreaks_[r] + sBreaks_[r + 1]);
    const double t = 0.5 * (tBreaks_[c] + tBreaks_[c + 1]);
    const Column& column = columns_[c];
    if (column.lane == nullptr) return mesh.surface(grass_, classes::kTerrain);
    if (column.isKerb) return mesh.surface(kerb_, classes::kKerb);
    switch (column.lane->kind) {
      case LaneKind::kSidewalk:
        return mesh.surface(slab_, classes::kSidewalk);
      case LaneKind::kVerge:
        return mesh.surface(grass_, classes::kTerrain);
      case LaneKind::kDriving:
      case LaneKind::kParking:
      case LaneKind::kShoulder:
        break;
    }
    if (isMarked(s, t, column)) return mesh.surface(marking_, classes::kLaneMarking);
    const ClassId ground = column.isBay ? classes::kParking : classes::kRoad;
    for (const Patch& patch : patches_) {
      if (s > patch.s0 && s < patch.s1 && t > patch.t0 && t < patch.t1) return mesh.surface(patch.material, ground);
    }
    mesh.surface(column.isWheelTrack ? worn_ : asphalt_, ground);
  }

  bool isMarked(double s, double t, const Column& column) const {
    for (const Stripe& stripe : stripes_) {
      if (t < stripe.t0 || t > stripe.t1) continue;
      if (stripe.stroke == Stroke::kSolid) return true;
      const double phase = s - std::floor(s / kDashPeriod_m) * kDashPeriod_m;
      return phase < kDash_m;
    }
    if (!column.isBay) return false;
    const double phase = s - 1 - std::floor((s - 1) / kBay_m) * kBay_m;
    return std::min(phase, kBay_m - phase) < 0.5 * kMarkingWidth_m;
  }

  const StreetLine& line_;
  const SceneryParameters& parameters_;
  SceneContent& content_;
  MaterialId asphalt_ = material("asphalt");
  MaterialId worn_ = material("asphalt.worn");
  MaterialId marking_ = material("marking.white");
  MaterialId kerb_ = material("kerb.stone");
  MaterialId slab_ = material("sidewalk.slab");
  MaterialId grass_ = material("grass");
  std::vector<double> tBreaks_;  ///< ascending
  std::vector<double> sBreaks_;
  std::vector<Column> columns_;
  std::vector<Stripe> stripes_;
  std::vector<Stripe> tracks_;
  std::vector<Patch> patches_;
  std::vector<std::pair<double, double>> kerbs_;  ///< side, |t| of the face
  bool hasBays_ = false;
};

}  // namespace

double vergeWidth(const StreetLine& line, double side) {
  double width = kVerge_m;
  for (const road::Segment& segment : line.road().line().segments) {
    if (side * segment.curvature_1pm <= 0) continue;
    width = std::min(width, 0.7 * (1 / std::abs(segment.curvature_1pm) - line.edge(side)));
  }
  return std::max(width, 0.05);
}

void buildStreetSurface(const StreetLine& line, const SceneryParameters& parameters, SceneContent& content) {
  StreetSurface(line, parameters, content).build();
}

// Gentle waves, none under the road; a third of a metre down until past the verge, which lies on top.
double terrainHeight(const StreetLine& line, const SceneryParameters& parameters, const glm::dvec2& world) {
  RandomSource rng(parameters.seed, 0, "scenery/terrain");
  double waves = 0;
  for (int i = 0; i < 5; ++i) {
    const double bearing = rng.uniform(0, 2 * kPi);
    const double wavelength = rng.uniform(25, 90);
    const double phase = rng.uniform(0, 2 * kPi);
    waves += wavelength / 90 *
             std::sin(2 * kPi / wavelength * (world.x * std::cos(bearing) + world.y * std::sin(bearing)) + phase);
  }
  const road::RoadPoint at = line.road().project({world, 0});
  const double beyond = std::abs(at.t) - line.edge(at.t > 0 ? 1.0 : -1.0);
  const double verge = line.road().height_m(at.t > 0 ? 1e4 : -1e4);
  const double sunk = verge - 0.35;
  const double natural = verge + 0.02 + 0.35 * waves * smoothStep(10, 60, beyond);
  return mix(sunk, natural, smoothStep(6.5, 9.5, beyond));
}

double groundHeight(const StreetLine& line, const SceneryParameters& parameters, const glm::dvec3& world) {
  const road::RoadPoint at = line.road().project(world);
  const double side = at.t > 0 ? 1.0 : -1.0;
  const double beyond = std::abs(at.t) - line.edge(side);
  const double terrain = terrainHeight(line, parameters, glm::dvec2(world));
  return beyond < vergeWidth(line, side) ? std::max(line.road().height_m(at.t), terrain) : terrain;
}

void buildTerrain(const StreetLine& line, const SceneryParameters& parameters, SceneContent& content) {
  Bounds bounds;
  for (double s = line.firstS(); s <= line.lastS() + 9.9; s += 10) {
    bounds.include(line.pose(std::min(s, line.lastS()), 0).translation);
  }
  constexpr double kCell_m = 5;
  const glm::dvec2 low = glm::dvec2(bounds.min) - parameters.terrain_m;
  const glm::dvec2 size = glm::dvec2(bounds.max) + parameters.terrain_m - low;
  const int columns = static_cast<int>(std::ceil(size.x / kCell_m)) + 1;
  const int rows = static_cast<int>(std::ceil(size.y / kCell_m)) + 1;
  std::vector<double> heights(static_cast<size_t>(rows) * static_cast<size_t>(columns));
  const auto place = [&](int r, int c) { return low + kCell_m * glm::dvec2(c, r); };
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      heights[static_cast<size_t>(r * columns + c)] = terrainHeight(line, parameters, place(r, c));
    }
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
