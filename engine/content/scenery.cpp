#include "engine/content/scenery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "engine/content/curve.hpp"
#include "engine/content/materials.hpp"
#include "engine/content/shapes.hpp"
#include "engine/content/street/backdrop.hpp"
#include "engine/content/street/furniture.hpp"
#include "engine/content/street/house.hpp"
#include "engine/content/street/land_use.hpp"
#include "engine/content/street/map_furniture.hpp"
#include "engine/content/street/surface.hpp"
#include "engine/content/street/tree.hpp"
#include "engine/core/random.hpp"

namespace nightfog::content {
namespace {

/// A convex footprint on the ground.
struct Footprint {
  glm::dvec2 corners[4];
};

/// Separating axes: do two rectangles share ground?
bool overlap(const Footprint& a, const Footprint& b) {
  for (const Footprint* from : {&a, &b}) {
    for (size_t i = 0; i < 2; ++i) {
      const glm::dvec2 edge = from->corners[i + 1] - from->corners[i];
      const glm::dvec2 axis(-edge.y, edge.x);
      double lowA = 1e300, highA = -1e300, lowB = 1e300, highB = -1e300;
      for (size_t k = 0; k < 4; ++k) {
        lowA = std::min(lowA, glm::dot(axis, a.corners[k])), highA = std::max(highA, glm::dot(axis, a.corners[k]));
        lowB = std::min(lowB, glm::dot(axis, b.corners[k])), highB = std::max(highB, glm::dot(axis, b.corners[k]));
      }
      if (highA < lowB || highB < lowA) return false;
    }
  }
  return true;
}

class StreetScenery {
 public:
  StreetScenery(const road::RoadNetwork& network, const SceneryParameters& parameters, SceneContent& content)
      : map_(network, kStreetBeyondEnds_m), terrain_(map_, parameters), parameters_(parameters), content_(content) {}

  void build() {
    buildStreetSurface(map_, parameters_, kStreetBeyondEnds_m, content_);
    terrain_.build(content_);
    buildMapFurniture(map_.network(), parameters_.seed, content_);
    // Each kind along all roads before the next: houses claim their ground first.
    if (parameters_.houses) placeHouses();
    // A map that says where its lamps stand has them all.
    const std::vector<road::MapObject>& objects = map_.network().furniture().objects;
    const bool hasLamps = std::any_of(objects.begin(), objects.end(), [](const road::MapObject& object) {
      return object.kind == road::ObjectKind::kStreetLamp;
    });
    if (parameters_.lampSpacing_m > 0 && !hasLamps) placeLamps();
    if (parameters_.treeSpacing_m > 0) placeTrees();
    if (parameters_.furniture) placeFurniture();
    if (parameters_.furniture) placeIronware();
    if (parameters_.furniture && parameters_.treeSpacing_m > 0) placeLitter();
    if (parameters_.houses || parameters_.treeSpacing_m > 0) buildBackdrop(map_, parameters_, content_);
  }

 private:
  template <class Place>
  void alongRoads(Place&& place) {
    for (uint32_t r = 0; r < map_.roads().size(); ++r) {
      if (map_.roads()[r].road().data().junction >= 0) continue;
      road_ = r;
      line_.emplace(map_, r);
      place();
    }
  }

  /// Adding a road moves nothing along the others.
  RandomSource source(std::string_view what, double side, int index) const {
    const char* name = side > 0 ? "left" : "right";
    return RandomSource(parameters_.seed, 0,
                        road_ == 0 ? fmt::format("scenery/{}/{}/{}", what, name, index)
                                   : fmt::format("scenery/{}/{}/{}/{}", road_, what, name, index));
  }

  const LandUse& landUseAt(double s) const { return landUse(map_.network(), road_, s); }

  /// |t| where posts stand on a side: just behind the kerb, or a step beside a road without sidewalk.
  double postPlace(double s, double side) const {
    bool isRaised = false;
    const double kerb = line_->kerb(s, side, isRaised);
    return kerb + (isRaised ? 0.55 : 1.2);
  }

  /// worldFromThing: at (s, side·|t|), on the ground, turned by `yaw` from the direction that faces the road (+x
  /// towards it).
  RigidTransform beside(double s, double side, double t, double yaw_rad) const {
    RigidTransform at = line_->pose(s, side * t);
    at.translation.z = terrain_.groundHeight(at.translation);
    return at * RigidTransform::fromYawPitchRoll({0, 0, 0}, -side * kPi / 2 + yaw_rad);
  }
  /// Do vehicles pass there, of this road or of another that meets it?
  bool isDriven(const glm::dvec3& place) const {
    const std::optional<road::NetworkPoint> on = map_.network().locate(place);
    if (!on || on->beyond_m > 0.3) return false;
    const road::Road& road = map_.network().road(on->road);
    const road::Lane* lane = road.laneAt(on->s, on->t);
    return road.data().junction >= 0 ||
           (lane != nullptr && lane->kind != road::LaneKind::kSidewalk && lane->kind != road::LaneKind::kVerge);
  }
  void put(MeshId mesh, const RigidTransform& worldFromMesh) { content_.scenery.push_back({mesh, worldFromMesh, {}}); }

  /// Is a spot clear of what was claimed, and off the road by `margin`?
  bool claim(const Footprint& footprint, double margin) {
    for (size_t i = 0; i < 4; ++i) {
      for (const double f : {0.0, 0.25, 0.5, 0.75}) {
        const glm::dvec2 p = glm::mix(footprint.corners[i], footprint.corners[(i + 1) % 4], f);
        if (line_->beyondEdge({p, 0}) < margin) return false;
      }
    }
    if (std::any_of(claimed_.begin(), claimed_.end(),
                    [&](const Footprint& other) { return overlap(footprint, other); }))
      return false;
    claimed_.push_back(footprint);
    return true;
  }

  void placeHouses() {
    constexpr int kDesigns = 14;
    std::vector<House> designs;
    for (int i = 0; i < kDesigns; ++i) {
      designs.push_back(makeHouse(RandomSource(parameters_.seed, 0, fmt::format("scenery/house_designs/{}", i)),
                                  content_, fmt::format("house.{}", i)));
    }
    alongRoads([&] {
      for (const double side : {1.0, -1.0}) {
        int lot = 0;
        double boundary = line_->firstS();  // where the plot before ended
        for (double s = line_->firstS() + 2; s < line_->lastS() - 10; ++lot) {
          RandomSource rng = source("houses", side, lot);
          const House& house = designs[rng.below(kDesigns)];
          const LandUse& use = landUseAt(s + 0.5 * house.width_m);
          const double setback = rng.uniform(use.setbackLow_m, use.setbackHigh_m);
          const double gap = rng.uniform(2.5, 6.0);
          const double front = line_->edge(s, side) + setback;
          // x along the front; +y away from the road.
          const double middle = s + 0.5 * house.width_m;
          RigidTransform at = line_->pose(middle, side * front);
          at = at * RigidTransform::fromYawPitchRoll({0, 0, 0}, side > 0 ? 0 : kPi) *
               RigidTransform::fromTranslation({-0.5 * house.width_m, 0, 0});
          at.translation.z = map_.beside(at.translation).edge_m;
          Footprint footprint;
          const glm::dvec2 local[] = {{-0.5, -1.4},
                                      {house.width_m + 0.5, -1.4},
                                      {house.width_m + 0.5, house.depth_m + 0.5},
                                      {-0.5, house.depth_m + 0.5}};
          for (size_t i = 0; i < 4; ++i) footprint.corners[i] = glm::dvec2(at * glm::dvec3(local[i], 0));
          if (rng.bernoulli(use.houseShare) && claim(footprint, 1.0)) {
            put(house.mesh, at);
            // The halves of a post on either side of a boundary, and a hand's width between the neighbours'.
            constexpr double kInset_m = 0.1;
            if (parameters_.furniture && use.isBuiltUp)
              placeFrontGarden(rng, side, boundary + kInset_m, middle, s + house.width_m + 0.5 * gap - kInset_m);
          }
          s += house.width_m + gap;
          boundary = s - 0.5 * gap;
        }
      }
    });
  }

  /// A fence, a hedge or nothing between sidewalk and garden, with a gap for the path to the middle of the house.
  void placeFrontGarden(RandomSource& rng, double side, double from, double middle, double to) {
    const double kind = rng.uniform();
    if (kind > 0.75) return;
    const bool isFence = kind < 0.35;
    const bool isWhite = isFence && rng.bernoulli(0.5);
    const double height = isFence ? 0 : rng.uniform(0.8, 1.5);
    constexpr double kHalfPath_m = 0.9;
    for (const auto& [start, end] : {std::pair(from, middle - kHalfPath_m), std::pair(middle + kHalfPath_m, to)}) {
      const double length = end - start;
      if (length < 1) continue;
      const MeshId mesh = isFence ? fence(length, isWhite) : hedge(length, height);
      // On a bend a straight run would cut the corner: follow the chord.
      const glm::dvec3 a = line_->pose(start, side * (line_->edge(start, side) + 0.45)).translation;
      const glm::dvec3 b = line_->pose(start + length, side * (line_->edge(start, side) + 0.45)).translation;
      const glm::dvec3 along = b - a;
      const double yaw = std::atan2(along.y, along.x);
      const double z = map_.beside(0.5 * (a + b)).edge_m;
      if (line_->beyondEdge(0.5 * (a + b)) < 0.25) continue;
      if (isFence) {
        // The pickets look to the road.
        put(mesh, side > 0 ? RigidTransform::fromYawPitchRoll({a.x, a.y, z}, yaw)
                           : RigidTransform::fromYawPitchRoll({b.x, b.y, z}, yaw + kPi));
      } else {
        put(mesh, RigidTransform::fromYawPitchRoll(glm::dvec3(0.5 * glm::dvec2(a + b), z), yaw));
      }
    }
  }

  /// Lengths are rounded to half a metre, so that meshes are shared.
  MeshId fence(double length, bool isWhite) {
    const int halves = std::max(2, static_cast<int>(length * 2));
    MeshId& mesh = fences_[{halves, isWhite}];
    if (!mesh.isValid()) mesh = makeFence(0.5 * halves, isWhite ? "fence.white" : "wood.fence", content_);
    return mesh;
  }
  MeshId hedge(double length, double height) {
    const int halves = std::max(2, static_cast<int>(length * 2));
    const int tenths = static_cast<int>(height * 5) * 2;
    MeshId& mesh = hedges_[{halves, tenths}];
    if (!mesh.isValid()) {
      mesh = makeHedge(0.5 * halves, 0.1 * tenths,
                       RandomSource(parameters_.seed, 0, fmt::format("scenery/hedge/{}/{}", halves, tenths)), content_,
                       "hedge");
    }
    return mesh;
  }

  void placeLamps() {
    const MeshId lamp = makeStreetLamp(content_);
    // Alternating sides, half a spacing apart.
    alongRoads([&] {
      for (const double side : {1.0, -1.0}) {
        int index = 0;
        std::optional<glm::dvec3> fedFrom;
        for (double s = line_->firstS() + (side > 0 ? 0.25 : 0.75) * parameters_.lampSpacing_m; s < line_->lastS();
             s += parameters_.lampSpacing_m) {
          if (!landUseAt(s).isBuiltUp) {
            ++index;
            continue;
          }
          lampsAt_.push_back({road_, s, side});
          const RigidTransform place =
              beside(s, side, postPlace(s, side), source("lamps", side, index++).uniform(-0.02, 0.02));
          if (isDriven(place.translation)) continue;
          put(lamp, place);
          content_.lamps.push_back(streetLampLight(place));
          // One side's lamps are fed over the pavement, from mast to mast.
          const glm::dvec3 top = place * glm::dvec3(0, 0, 6.9);
          if (parameters_.furniture && side > 0 && fedFrom && glm::length(top - *fedFrom) < 60)
            put(makeCable(top - *fedFrom, 0.35, content_), RigidTransform::fromTranslation(*fedFrom));
          fedFrom = top;
        }
      }
    });
  }

  bool isNearLamp(double s, double side, double within) const {
    return std::any_of(lampsAt_.begin(), lampsAt_.end(), [&](const LampPlace& lamp) {
      return lamp.road == road_ && lamp.side == side && std::abs(lamp.s - s) < within;
    });
  }

  void placeTrees() {
    constexpr int kPerKind = 4;
    std::vector<MeshId> round, tall, farRound, farTall, farConifers;
    for (int i = 0; i < kPerKind; ++i) {
      const auto grow = [&](TreeKind kind, const char* name, double foliage) {
        const std::string path = fmt::format("scenery/tree_designs/{}/{}", name, i);
        return makeTree(kind, RandomSource(parameters_.seed, 0, path), foliage, content_,
                        fmt::format("tree.{}.{}", name, i));
      };
      round.push_back(grow(TreeKind::kRound, "round", parameters_.foliage));
      tall.push_back(grow(TreeKind::kTall, "tall", parameters_.foliage));
      const double far = 0.2 * parameters_.foliage;
      farRound.push_back(grow(TreeKind::kRound, "far_round", far));
      farTall.push_back(grow(TreeKind::kTall, "far_tall", far));
      farConifers.push_back(grow(TreeKind::kConifer, "conifer", far));
    }
    const auto planter = makePlanter();
    alongRoads([&] {
      for (const double side : {1.0, -1.0}) {
        int index = 0;
        for (double s = line_->firstS() + 4; s < line_->lastS() - 4; s += parameters_.treeSpacing_m, ++index) {
          RandomSource rng = source("trees", side, index);
          const double at = s + rng.uniform(-1.5, 1.5);
          const bool isTall = rng.bernoulli(0.25);
          const double yaw = rng.uniform(0, 2 * kPi);
          const size_t which = rng.below(kPerKind);
          const LandUse& use = landUseAt(at);
          if (rng.bernoulli(1 - use.treeShare) || isNearLamp(at, side, 2.5)) continue;
          const bool isInPavement = use.treeBeyondHigh_m <= 0;
          const double t = isInPavement
                               ? postPlace(at, side) + 0.25
                               : line_->edge(at, side) + rng.uniform(use.treeBeyondLow_m, use.treeBeyondHigh_m);
          const RigidTransform place = beside(at, side, t, 0);
          if (isDriven(place.translation) || (!isInPavement && isBuiltUpon(glm::dvec2(place.translation), 2.5)))
            continue;
          put(isTall ? tall[which] : round[which], place * RigidTransform::fromYawPitchRoll({0, 0, 0}, yaw));
          if (isInPavement) put(planter, place);
        }
        // Behind the houses and up to the horizon.
        const int far = static_cast<int>((line_->lastS() - line_->firstS()) / 7);
        for (int i = 0; i < far; ++i) {
          RandomSource rng = source("far_trees", side, i);
          const double at = rng.uniform(line_->firstS(), line_->lastS());
          const double beyond = 20 + 75 * std::sqrt(rng.uniform());
          const size_t which = rng.below(kPerKind);
          const double yaw = rng.uniform(0, 2 * kPi);
          const double kind = rng.uniform();
          const RigidTransform place = beside(at, side, line_->edge(at, side) + beyond, yaw);
          if (line_->beyondEdge(place.translation) < 18 || isBuiltUpon(glm::dvec2(place.translation), 2.5)) continue;
          put(kind < 0.35 ? farConifers[which] : kind < 0.6 ? farTall[which] : farRound[which], place);
        }
      }
    });
  }

  bool isBuiltUpon(const glm::dvec2& p, double radius) const {
    const Footprint spot{{p + glm::dvec2(-radius, -radius), p + glm::dvec2(radius, -radius),
                          p + glm::dvec2(radius, radius), p + glm::dvec2(-radius, radius)}};
    return std::any_of(claimed_.begin(), claimed_.end(), [&](const Footprint& other) { return overlap(spot, other); });
  }

  /// The square of soil in the sidewalk a tree grows from, in a low frame of stone.
  MeshId makePlanter() {
    MeshBuilder mesh("planter");
    mesh.surface(findMaterial(content_, "soil"), classes::kTerrain);
    addBox(mesh, {0, 0, -0.02}, {0.9, 0.9, 0.07});
    mesh.surface(findMaterial(content_, "kerb.stone"), classes::kKerb);
    for (const double side : {-1.0, 1.0}) {
      addBox(mesh, {side * 0.48, 0, 0.0}, {0.07, 1.03, 0.11});
      addBox(mesh, {0, side * 0.48, 0.0}, {0.89, 0.07, 0.11});
    }
    return content_.add(mesh.finish());
  }

  void placeFurniture() {
    const MeshId bins[] = {makeBin("bin.dark", content_), makeBin("bin.green", content_),
                           makeBin("bin.blue", content_)};
    const MeshId bollard = makeBollard(content_);
    const MeshId bench = makeBench(content_);
    const MeshId cabinet = makeCabinet(content_);
    const MeshId litterBin = makeLitterBin(content_);
    const MeshId postBox = makePostBox(content_);
    const MeshId bicycleStand = makeBicycleStand(content_);
    const MeshId advertColumn = makeAdvertColumn(content_);
    std::vector<MeshId> signs;
    for (const SignKind kind : {SignKind::kSpeedLimit, SignKind::kParking, SignKind::kGiveWay, SignKind::kPriority,
                                SignKind::kStop, SignKind::kCrossing, SignKind::kNoEntry}) {
      signs.push_back(makeSign(kind, content_));
    }
    alongRoads([&] {
      for (const double side : {1.0, -1.0}) {
        int index = 0;
        for (double s = line_->firstS() + 9; s < line_->lastS() - 5; s += 11, ++index) {
          RandomSource rng = source("furniture", side, index);
          const double at = s + rng.uniform(-4, 4);
          const double kind = rng.uniform();
          const double turn = rng.uniform(-0.25, 0.25);
          // No entry never stands beside a street that one drives along.
          const size_t which = rng.below(kSignKinds - 1);
          const double wall = line_->edge(at, side) - 0.5;  // the sidewalk's far side
          if (!landUseAt(at).isBuiltUp) continue;
          if (isNearLamp(at, side, 1.2) || isDriven(beside(at, side, wall, 0).translation)) continue;
          if (kind < 0.30) {
            // Bins wait for collection in twos.
            put(bins[which % 3], beside(at, side, wall, turn));
            if (which > 1) put(bins[(which + 1) % 3], beside(at + 0.75, side, wall, turn - 0.1));
          } else if (kind < 0.45) {
            for (int i = 0; i < 4; ++i) put(bollard, beside(at + 1.5 * i, side, postPlace(at, side) - 0.15, 0));
          } else if (kind < 0.65) {
            // Signs face the traffic of their side: against its direction. A map that has signs has them all.
            if (!map_.network().furniture().signals.empty()) continue;
            put(signs[which], beside(at, side, postPlace(at, side), kPi / 2));
          } else if (kind < 0.75) {
            put(cabinet, beside(at, side, line_->edge(at, side) - 0.25, 0));
          } else if (kind < 0.82) {
            put(bench, beside(at, side, wall + 0.1, 0));
            put(litterBin, beside(at + 1.4, side, wall + 0.1, 0));
          } else if (kind < 0.88) {
            put(litterBin, beside(at, side, postPlace(at, side), kPi));
          } else if (kind < 0.91) {
            put(postBox, beside(at, side, wall + 0.15, 0));
          } else if (kind < 0.95) {
            put(bicycleStand, beside(at, side, wall + 0.05, kPi / 2));
          } else if (kind < 0.97 && postPlace(at, side) + 1.6 < wall) {
            put(advertColumn, beside(at, side, wall - 0.2, 0));
          }
        }
      }
    });
  }

  /// t of the first lane beside the line, if it is driven on.
  std::optional<double> middleOfInnermostLane(double s, double side) const {
    const road::Road& road = line_->road();
    const double on = std::clamp(s, 0.0, road.length_m());
    const road::LaneSection& section = road.section(on);
    const int id = side > 0 ? 1 : -1;
    const road::Lane* lane = section.find(id);
    if (lane == nullptr || !road::isDrivable(lane->kind)) return std::nullopt;
    return road.borders(section, id, on).centre();
  }

  /// Manholes in the lanes' middles and gullies at the kerbs.
  void placeIronware() {
    const MeshId manhole = makeManhole(content_);
    const MeshId gully = makeGully(content_);
    alongRoads([&] {
      for (const double side : {1.0, -1.0}) {
        int index = 0;
        for (double s = line_->firstS() + 11; s < line_->lastS() - 5; s += 19, ++index) {
          RandomSource rng = source("ironware", side, index);
          const double at = s + rng.uniform(-5, 5);
          const double off = rng.uniform(-0.08, 0.08);
          const double yaw = rng.uniform(0, kPi);
          const bool hasManhole = rng.bernoulli(0.62);
          const std::optional<double> middle = middleOfInnermostLane(at, side);
          if (!middle || !landUseAt(at).isBuiltUp) continue;
          bool isRaised = false;
          const double kerb = line_->kerb(s + 6, side, isRaised);
          const RigidTransform turned = RigidTransform::fromYawPitchRoll({0, 0, 0}, yaw);
          if (hasManhole) put(manhole, line_->pose(at, *middle + off) * turned);
          if (isRaised) put(gully, line_->pose(s + 6, side * (kerb - 0.17)));
        }
      }
    });
  }

  /// Leaves in the gutters of parking lanes, where no wheels carry them off.
  void placeLitter() {
    std::vector<MeshId> designs;
    for (int i = 0; i < 5; ++i)
      designs.push_back(makeLitter(RandomSource(parameters_.seed, 0, fmt::format("scenery/litter/{}", i)), content_));
    alongRoads([&] {
      for (const double side : {1.0, -1.0}) {
        int index = 0;
        for (double s = line_->firstS() + 3; s < line_->lastS() - 3; s += 3.2, ++index) {
          RandomSource rng = source("litter", side, index);
          const size_t which = rng.below(designs.size());
          const double along = s + rng.uniform(-1, 1);
          if (rng.bernoulli(0.3)) continue;
          bool isRaised = false;
          const double kerb = line_->kerb(along, side, isRaised);
          const road::Road& road = line_->road();
          const road::Lane* lane = road.laneAt(std::clamp(along, 0.0, road.length_m()), side * (kerb - 0.3));
          if (!isRaised || lane == nullptr || lane->kind != road::LaneKind::kParking) continue;
          put(designs[which],
              line_->pose(along, side * kerb) * RigidTransform::fromYawPitchRoll({0, 0, 0}, side > 0 ? 0 : kPi));
        }
      }
    });
  }

  StreetMap map_;
  Terrain terrain_;
  uint32_t road_ = 0;
  std::optional<StreetLine> line_;  ///< of the road at hand
  const SceneryParameters& parameters_;
  SceneContent& content_;
  std::vector<Footprint> claimed_;
  struct LampPlace {
    uint32_t road = 0;
    double s = 0;
    double side = 1;
  };
  std::vector<LampPlace> lampsAt_;
  std::map<std::pair<int, bool>, MeshId> fences_;
  std::map<std::pair<int, int>, MeshId> hedges_;
};

}  // namespace

void buildScenery(const road::RoadNetwork& map, const SceneryParameters& parameters, SceneContent& content) {
  StreetScenery(map, parameters, content).build();
}

road::Road benchRoad() {
  using road::LaneKind;
  return road::Road(
      {{0, 0}, 0, {{240, 0}}},
      {{"oncoming"}, {"left_parking", LaneKind::kParking, 2.2}, {"left_walk", LaneKind::kSidewalk, 2.6}},
      {{"ego_lane"}, {"right_parking", LaneKind::kParking, 2.2}, {"right_walk", LaneKind::kSidewalk, 2.6}});
}

SceneryParameters benchScenery() {
  SceneryParameters parameters;
  parameters.treeSpacing_m = 10;
  parameters.seed = 1;
  return parameters;
}

}  // namespace nightfog::content
