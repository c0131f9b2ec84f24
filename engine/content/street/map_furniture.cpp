#include "engine/content/street/map_furniture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "engine/content/materials.hpp"
#include "engine/content/shapes.hpp"
#include "engine/content/street/furniture.hpp"
#include "engine/content/street/tree.hpp"
#include "engine/core/random.hpp"

namespace nightfog::content {
namespace {

using road::ObjectKind;
using road::SignalKind;

/// EN 12368: lenses of 200 mm, 300 mm apart.
constexpr double kLens_m = 0.10;
constexpr double kLensApart_m = 0.30;
constexpr double kHousing_m = 0.32;
/// Lower edge of a sign's plate as makeSign() puts it.
constexpr double kSignAbove_m = 2.2;
/// Inner height of a tunnel, and how thick its shell is.
constexpr double kTunnelHeight_m = 5.0;
constexpr double kShell_m = 0.4;
constexpr double kTunnelStep_m = 4;
/// Earth over a tunnel, how far it reaches beyond its shell on top, and how flat its sides are.
constexpr double kCover_m = 0.8;
constexpr double kBerm_m = 1.5;
constexpr double kSlope = 2;
/// Its foot reaches below the land beside the road, which waves.
constexpr double kFoot_m = -1.5;

std::vector<glm::dvec3> circle(double x, double radius, double z, int count) {
  std::vector<glm::dvec3> ring;
  for (int i = 0; i < count; ++i) {
    const double angle = 2 * kPi * i / count;
    ring.emplace_back(x, radius * std::cos(angle), z + radius * std::sin(angle));
  }
  return ring;
}

class Furnisher {
 public:
  Furnisher(const road::RoadNetwork& map, uint64_t seed, SceneContent& content)
      : map_(map), seed_(seed), content_(content) {}

  void build() {
    const road::RoadFurniture& furniture = map_.furniture();
    for (uint32_t i = 0; i < furniture.signals.size(); ++i) placeSignal(furniture.signals[i], i);
    if (!furniture.objects.empty()) {
      for (const road::PlacedObject& placed : placedObjects(map_)) placeObject(placed);
    }
    for (const road::Tunnel& tunnel : furniture.tunnels) placeTunnel(tunnel);
  }

 private:
  void put(MeshId mesh, const RigidTransform& worldFromMesh) { content_.scenery.push_back({mesh, worldFromMesh, {}}); }
  MaterialId material(std::string_view name) const { return findMaterial(content_, name); }

  /// One mesh for all things of a kind and size.
  template <class Make>
  MeshId once(const std::string& name, Make&& make) {
    const auto known = meshes_.find(name);
    if (known != meshes_.end()) return known->second;
    return meshes_.emplace(name, make()).first->second;
  }

  // -- signals
  void placeSignal(const road::Signal& signal, uint32_t index) {
    if (isPainted(signal.kind)) return;
    const RigidTransform foot = signalPose(map_, signal);
    const bool isPedestrians = signal.kind == SignalKind::kPedestrianLight;
    if (signal.kind == SignalKind::kTrafficLight || isPedestrians)
      return placeLight(foot, signal, index, isPedestrians);
    // What has no height of its own and no number is painted, or nothing that one could show.
    if (signal.kind == SignalKind::kOther && signal.height_m < 0.1) return;
    const double above = std::clamp(signal.above_m > 0.1 ? signal.above_m : kSignAbove_m, 0.5, 12.0);
    const RigidTransform raised = foot * RigidTransform::fromTranslation({0, 0, above - kSignAbove_m});
    put(signMesh(signal), raised);
    if (above > kSignAbove_m + 0.2) put(postMesh(above, 0.03), foot * RigidTransform::fromTranslation({-0.05, 0, 0}));
  }

  MeshId signMesh(const road::Signal& signal) {
    const auto known = [&](SignKind kind) {
      return once(fmt::format("sign/{}", static_cast<int>(kind)), [&] { return makeSign(kind, content_); });
    };
    switch (signal.kind) {
      case SignalKind::kGiveWay:
        return known(SignKind::kGiveWay);
      case SignalKind::kStop:
        return known(SignKind::kStop);
      case SignalKind::kPriorityRoad:
        return known(SignKind::kPriority);
      case SignalKind::kNoEntry:
        return known(SignKind::kNoEntry);
      case SignalKind::kParking:
        return known(SignKind::kParking);
      case SignalKind::kCrossing:
        return known(SignKind::kCrossing);
      case SignalKind::kSpeedLimit:
        if (std::lround(signal.value) == 30) return known(SignKind::kSpeedLimit);
        return limitMesh(static_cast<int>(std::lround(signal.value)));
      case SignalKind::kRoundabout:
      case SignalKind::kKeepRight:
      case SignalKind::kOneWay:
      case SignalKind::kMotorway:
      case SignalKind::kTunnel:
        return plateMesh("retro.blue", signal, signal.kind == SignalKind::kRoundabout);
      case SignalKind::kWarning:
      case SignalKind::kPriorityOnce:
        return warningMesh();
      case SignalKind::kTown:
        return plateMesh("retro.yellow", signal, false);
      default:
        return plateMesh("retro.white", signal, false);
    }
  }

  /// A post up to the plate, and its back; the plate's middle stands at (0, 0, middle).
  void beginSign(MeshBuilder& mesh, double middle, const std::vector<glm::dvec3>& outline) {
    mesh.surface(material("pole.galvanised"), classes::kPole);
    addCylinder(mesh, {-0.05, 0, -0.3}, Axis::kZ, 0.030, middle + 0.3, 12);
    mesh.surface(material("sign.back"), classes::kTrafficSign);
    addLayer(mesh, outline, -0.012, 0);
  }
  static void addLayer(MeshBuilder& mesh, const std::vector<glm::dvec3>& outline, double back, double front) {
    std::vector<std::vector<glm::dvec3>> rings(2, outline);
    for (glm::dvec3& p : rings[0]) p.x = back;
    for (glm::dvec3& p : rings[1]) p.x = front;
    addLoft(mesh, rings, true, true);
  }
  static std::vector<glm::dvec3> rectangle(double y, double z, double width, double height) {
    const double w = 0.5 * width, h = 0.5 * height;
    return {{0, y - w, z - h}, {0, y + w, z - h}, {0, y + w, z + h}, {0, y - w, z + h}};
  }

  MeshId limitMesh(int limit) {
    return once(fmt::format("limit/{}", limit), [&] {
      MeshBuilder mesh("sign", 0.5);
      const double middle = kSignAbove_m + 0.3;
      beginSign(mesh, middle, circle(0, 0.30, middle, 28));
      mesh.surface(material("retro.red"), classes::kTrafficSign);
      addLayer(mesh, circle(0, 0.30, middle, 28), 0, 0.0015);
      mesh.surface(material("retro.white"), classes::kTrafficSign);
      addLayer(mesh, circle(0, 0.22, middle, 28), 0.0015, 0.003);
      mesh.surface(material("sign.black"), classes::kTrafficSign);
      const std::string digits = std::to_string(std::clamp(limit, 0, 199));
      for (size_t i = 0; i < digits.size(); ++i) {
        const double y = (static_cast<double>(i) - 0.5 * static_cast<double>(digits.size() - 1)) * 0.125;
        addDigit(mesh, digits[i] - '0', y, middle, digits.size() > 2 ? 0.075 : 0.09);
      }
      return content_.add(mesh.finish());
    });
  }
  /// Of seven strokes.
  static void addDigit(MeshBuilder& mesh, int digit, double y, double z, double width) {
    constexpr int kStrokes[10] = {0x77, 0x24, 0x5d, 0x6d, 0x2e, 0x6b, 0x7b, 0x25, 0x7f, 0x6f};
    constexpr double kHeight = 0.10, kLine = 0.022;
    const int strokes = kStrokes[digit];
    const double w = 0.5 * (width - kLine);
    // Bits: top, upper left, upper right, middle, lower left, lower right, bottom. Who reads it has +y on his right.
    const struct {
      double aside, up, wide, high;
    } places[7] = {{0, kHeight, width, kLine},           {-w, 0.5 * kHeight, kLine, kHeight},
                   {w, 0.5 * kHeight, kLine, kHeight},   {0, 0, width, kLine},
                   {-w, -0.5 * kHeight, kLine, kHeight}, {w, -0.5 * kHeight, kLine, kHeight},
                   {0, -kHeight, width, kLine}};
    for (int i = 0; i < 7; ++i) {
      if ((strokes >> i & 1) == 0) continue;
      // Neighbouring strokes lie on layers of their own: none on another.
      const double front = 0.0045 + 0.0003 * i;
      addLayer(mesh, rectangle(y + places[i].aside, z + places[i].up, places[i].wide, places[i].high), 0.003, front);
    }
  }

  MeshId plateMesh(const char* colour, const road::Signal& signal, bool isRound) {
    const double width = std::clamp(signal.width_m > 0.05 ? signal.width_m : 0.6, 0.1, 12.0);
    const double height = std::clamp(signal.height_m > 0.05 ? signal.height_m : 0.6, 0.1, 8.0);
    return once(fmt::format("plate/{}/{:.2f}/{:.2f}/{}", colour, width, height, isRound), [&] {
      MeshBuilder mesh("sign", 0.5);
      const double middle = kSignAbove_m + 0.5 * height;
      const auto outline = isRound ? circle(0, 0.5 * width, middle, 28) : rectangle(0, middle, width, height);
      beginSign(mesh, middle, outline);
      mesh.surface(material(colour), classes::kTrafficSign);
      addLayer(mesh, outline, 0, 0.0015);
      return content_.add(mesh.finish());
    });
  }

  MeshId warningMesh() {
    return once("warning", [&] {
      MeshBuilder mesh("sign", 0.5);
      const double low = kSignAbove_m, high = low + 0.78, middle = low + 0.26;
      const auto triangle = [&](double share) {
        const auto at = [&](double y, double z) { return glm::dvec3(0, share * y, middle + share * (z - middle)); };
        return std::vector<glm::dvec3>{at(-0.45, low), at(0.45, low), at(0, high)};
      };
      beginSign(mesh, middle, triangle(1));
      mesh.surface(material("retro.red"), classes::kTrafficSign);
      addLayer(mesh, triangle(1), 0, 0.0015);
      mesh.surface(material("retro.white"), classes::kTrafficSign);
      addLayer(mesh, triangle(0.68), 0.0015, 0.003);
      return content_.add(mesh.finish());
    });
  }

  MeshId postMesh(double height, double radius) {
    return once(fmt::format("post/{:.2f}/{:.3f}", height, radius), [&] {
      MeshBuilder mesh("post");
      mesh.surface(material("pole.galvanised"), classes::kPole);
      addCylinder(mesh, {0, 0, -0.3}, Axis::kZ, radius, height + 0.3, 12);
      return content_.add(mesh.finish());
    });
  }

  void placeLight(const RigidTransform& foot, const road::Signal& signal, uint32_t index, bool isPedestrians) {
    const int lenses = isPedestrians ? 2 : 3;
    const double above = std::clamp(signal.above_m > 0.5 ? signal.above_m : 2.3, 0.5, 12.0);
    const double height = lenses * kLensApart_m;
    const MeshId housing = once(fmt::format("light/{}/{:.2f}", lenses, above), [&] {
      MeshBuilder mesh("traffic_light", 0.5);
      mesh.surface(material("pole.galvanised"), classes::kPole);
      addCylinder(mesh, {-0.17, 0, -0.3}, Axis::kZ, 0.055, above + height + 0.35, 16);
      mesh.surface(material("plastic.black"), classes::kTrafficLight);
      addBox(mesh, {0, 0, above + 0.5 * height}, {0.20, kHousing_m, height + 0.04});
      for (int i = 0; i < lenses; ++i) {
        const double z = above + (i + 0.5) * kLensApart_m;
        mesh.surface(material("sign.black"), classes::kTrafficLight);
        addLayer(mesh, circle(0, kLens_m + 0.01, z, 24), 0.10, 0.104);
        mesh.surface(material("plastic.black"), classes::kTrafficLight);
        addBox(mesh, {0.18, 0, z + kLens_m + 0.015}, {0.16, 0.22, 0.012});
      }
      return content_.add(mesh.finish());
    });
    put(housing, foot);
    const SignalLamp::Colour colours[3] = {SignalLamp::Colour::kGreen,
                                           isPedestrians ? SignalLamp::Colour::kRed : SignalLamp::Colour::kAmber,
                                           SignalLamp::Colour::kRed};
    const char* names[3] = {"signal.red", "signal.amber", "signal.green"};
    for (int i = 0; i < lenses; ++i) {
      const char* name = names[static_cast<int>(colours[i])];
      const MeshId lens = once(name, [&] {
        MeshBuilder mesh(name, 0.5);
        mesh.surface(material(name), classes::kTrafficLight);
        addLayer(mesh, circle(0, kLens_m, 0, 24), 0, 0.004);
        return content_.add(mesh.finish());
      });
      const glm::dvec3 at(0.105, 0, above + (i + 0.5) * kLensApart_m);
      content_.signalLamps.push_back({lens, foot * RigidTransform::fromTranslation(at), index, colours[i]});
    }
  }

  // -- objects
  void placeObject(const road::PlacedObject& placed) {
    const road::MapObject& object = map_.furniture().objects[placed.object];
    const auto sized = [](double stated, double otherwise, double low, double high) {
      return std::clamp(stated > 0 ? stated : otherwise, low, high);
    };
    switch (object.kind) {
      case ObjectKind::kCrosswalk:
      case ObjectKind::kParkingSpace:
      case ObjectKind::kRoadMark:
        return;  // painted
      case ObjectKind::kTree:
        return placeTree(placed);
      case ObjectKind::kStreetLamp: {
        const MeshId lamp = once("lamp", [&] { return makeStreetLamp(content_); });
        put(lamp, placed.worldFromObject);
        content_.lamps.push_back(streetLampLight(placed.worldFromObject));
        return;
      }
      case ObjectKind::kPole:
      case ObjectKind::kGuidePost:
        if (placed.isStrip) return placeStrip(placed, "pole.galvanised", classes::kFence);
        return put(postMesh(sized(placed.height_m, 1, 0.1, 40), sized(placed.radius_m, 0.5 * placed.width_m, 0.03, 1)),
                   placed.worldFromObject);
      case ObjectKind::kBarrier:
        return placeSolid(placed, "pole.galvanised", classes::kFence);
      case ObjectKind::kRailing:
        return placeSolid(placed, "pole.galvanised", classes::kFence);
      case ObjectKind::kVegetation:
        return placeSolid(placed, "hedge", classes::kVegetation);
      case ObjectKind::kBuilding:
        return placeSolid(placed, "render.grey", classes::kBuilding);
      case ObjectKind::kTrafficIsland:
        return placeSolid(placed, "kerb.stone", classes::kKerb);
      case ObjectKind::kGantry:
        return placeSolid(placed, "pole.galvanised", classes::kPole);
      case ObjectKind::kObstacle:
      case ObjectKind::kOther:
        return placeSolid(placed, "steel.painted", classes::kStreetFurniture);
    }
  }

  void placeTree(const road::PlacedObject& placed) {
    const int design = static_cast<int>(trees_++ % 4);
    const MeshId tree = once(fmt::format("tree/{}", design), [&] {
      return makeTree(design == 3 ? TreeKind::kTall : TreeKind::kRound,
                      RandomSource(seed_, 0, fmt::format("scenery/map_trees/{}", design)), 1.0, content_,
                      fmt::format("map_tree.{}", design));
    });
    put(tree, placed.worldFromObject);
  }

  /// A wall along an outline, a closed outline's block, a strip, or the stated box.
  void placeSolid(const road::PlacedObject& placed, const char* colour, ClassId semantic) {
    if (placed.isStrip) return placeStrip(placed, colour, semantic);
    bool isBuilt = false;
    for (const std::vector<road::OutlineCorner>& outline : placed.outlines) {
      isBuilt = placeBlock(outline, placed.worldFromObject, colour, semantic) || isBuilt;
    }
    if (isBuilt) return;
    const double height = placed.height_m;
    if (!(height > 0.02)) return;
    const double length = placed.length_m > 0 ? placed.length_m : std::max(2 * placed.radius_m, 0.3);
    const double width = placed.width_m > 0 ? placed.width_m : std::max(2 * placed.radius_m, 0.3);
    if (std::max({length, width, height}) > 500) return;
    const MeshId box = once(fmt::format("box/{}/{:.2f}/{:.2f}/{:.2f}", colour, length, width, height), [&] {
      MeshBuilder mesh("object");
      mesh.surface(material(colour), semantic);
      addBox(mesh, {0, 0, 0.5 * height}, {length, width, height});
      return content_.add(mesh.finish());
    });
    put(box, placed.worldFromObject);
  }

  /// Walls round a closed outline with its own heights, and a flat top where it is convex.
  bool placeBlock(const std::vector<road::OutlineCorner>& outline, const RigidTransform& worldFromObject,
                  const char* colour, ClassId semantic) {
    double highest = 0;
    for (const road::OutlineCorner& corner : outline) highest = std::max(highest, corner.height_m);
    if (outline.size() < 3 || highest < 0.02) return false;
    MeshBuilder mesh("object");
    mesh.surface(material(colour), semantic);
    const glm::dvec3 origin = worldFromObject.translation;
    double area = 0;
    for (size_t i = 0; i + 1 < outline.size(); ++i) {
      const glm::dvec3 a = outline[i].base - outline[0].base, b = outline[i + 1].base - outline[0].base;
      area += a.x * b.y - b.x * a.y;
    }
    const bool isReversed = area < 0;
    for (size_t i = 0; i + 1 < outline.size(); ++i) {
      const road::OutlineCorner& a = outline[isReversed ? i + 1 : i];
      const road::OutlineCorner& b = outline[isReversed ? i : i + 1];
      const auto at = [&](const road::OutlineCorner& c, double h) { return c.base + glm::dvec3(0, 0, h) - origin; };
      mesh.quad(mesh.point(at(a, -0.3)), mesh.point(at(b, -0.3)), mesh.point(at(b, b.height_m)),
                mesh.point(at(a, a.height_m)));
    }
    for (size_t i = 1; i + 2 < outline.size(); ++i) {
      const auto top = [&](size_t k) {
        return mesh.point(outline[k].base + glm::dvec3(0, 0, outline[k].height_m) - origin);
      };
      const uint32_t a = top(0), b = top(isReversed ? i + 1 : i), c = top(isReversed ? i : i + 1);
      mesh.triangle(a, b, c);
    }
    put(content_.add(mesh.finish()), RigidTransform::fromTranslation(origin));
    return true;
  }

  /// Along a line: a band of its height, as thick as it is wide.
  void placeStrip(const road::PlacedObject& placed, const char* colour, ClassId semantic) {
    if (placed.outlines.empty() || placed.outlines.front().size() < 2) return;
    const std::vector<road::OutlineCorner>& line = placed.outlines.front();
    const glm::dvec3 origin = glm::round(line.front().base);
    const double half = 0.5 * std::clamp(placed.width_m > 0 ? placed.width_m : 0.08, 0.02, 20.0);
    std::vector<std::vector<glm::dvec3>> rings;
    for (size_t i = 0; i < line.size(); ++i) {
      const glm::dvec3 along = line[std::min(i + 1, line.size() - 1)].base - line[i > 0 ? i - 1 : 0].base;
      const double length = std::hypot(along.x, along.y);
      if (!(length > 1e-6)) continue;
      const glm::dvec3 left = half * glm::dvec3(-along.y, along.x, 0) / length;
      const glm::dvec3 up(0, 0, std::max(line[i].height_m, 0.02));
      const glm::dvec3 base = line[i].base - origin;
      rings.push_back({base - left, base - left + up, base + left + up, base + left});
      if (rings.size() == 60) {
        addStrip(rings, origin, colour, semantic);
        rings.erase(rings.begin(), rings.end() - 1);
      }
    }
    if (rings.size() >= 2) addStrip(rings, origin, colour, semantic);
  }
  void addStrip(const std::vector<std::vector<glm::dvec3>>& rings, const glm::dvec3& origin, const char* colour,
                ClassId semantic) {
    MeshBuilder mesh("strip", 0.5);
    mesh.surface(material(colour), semantic);
    addLoft(mesh, rings, true, true);
    put(content_.add(mesh.finish()), RigidTransform::fromTranslation(origin));
  }

  // -- tunnels
  /// A box of concrete round the road: walls beside its lanes, a ceiling, and the same outside; over it a dam of earth,
  /// cut off at the portals by walls.
  void placeTunnel(const road::Tunnel& tunnel) {
    const road::Road& road = map_.road(tunnel.road);
    if (!(tunnel.last_s - tunnel.first_s > 1)) return;
    const int count =
        std::clamp(static_cast<int>(std::ceil((tunnel.last_s - tunnel.first_s) / kTunnelStep_m)), 1, 100'000);
    constexpr int kPerMesh = 15;
    for (int first = 0; first < count; first += kPerMesh) {
      const int last = std::min(first + kPerMesh, count);
      const auto placeOf = [&](int i) { return tunnel.first_s + (tunnel.last_s - tunnel.first_s) * i / count; };
      const glm::dvec3 origin = glm::round(road.surfacePoint(placeOf(first), 0));
      std::vector<std::vector<glm::dvec3>> rings, dams;
      for (int i = first; i <= last; ++i) {
        const double s = placeOf(i);
        const double left = road.leftEdge_m(s), right = road.rightEdge_m(s);
        const auto at = [&](double t, double h) { return road.crossSection(s).at(t, h) - origin; };
        // Inside from the lower left over the ceiling to the lower right, then back outside: a ring seen against s.
        rings.push_back({at(left, -0.3), at(left, kTunnelHeight_m), at(right, kTunnelHeight_m), at(right, -0.3),
                         at(right - kShell_m, -0.3), at(right - kShell_m, kTunnelHeight_m + kShell_m),
                         at(left + kShell_m, kTunnelHeight_m + kShell_m), at(left + kShell_m, -0.3)});
        // From the right foot over the top to the left one.
        const double top = kTunnelHeight_m + kShell_m + kCover_m, out = kShell_m + kBerm_m;
        const double foot = out + kSlope * (top - kFoot_m);
        dams.push_back(
            {at(right - foot, kFoot_m), at(right - out, top), at(left + out, top), at(left + foot, kFoot_m)});
      }
      MeshBuilder mesh("tunnel", 0.5);
      mesh.surface(material("render.grey"), classes::kWall);
      for (size_t i = 0; i + 1 < rings.size(); ++i) {
        for (size_t k = 0; k < 8; ++k) {
          const size_t n = (k + 1) % 8;
          mesh.quad(mesh.point(rings[i][k]), mesh.point(rings[i + 1][k]), mesh.point(rings[i + 1][n]),
                    mesh.point(rings[i][n]));
        }
      }
      // The portals' faces: left wall, lintel, right wall.
      for (const bool atEnd : {false, true}) {
        if (atEnd ? last != count : first != 0) continue;
        const std::vector<glm::dvec3>& ring = atEnd ? rings.back() : rings.front();
        for (const auto& face : {std::array{0, 1, 6, 7}, std::array{1, 2, 5, 6}, std::array{2, 3, 4, 5}}) {
          uint32_t p[4];
          for (size_t k = 0; k < 4; ++k) p[k] = mesh.point(ring[static_cast<size_t>(face[k])]);
          atEnd ? mesh.quad(p[3], p[2], p[1], p[0]) : mesh.quad(p[0], p[1], p[2], p[3]);
        }
        // Before the earth: left of the shell, above it, right of it.
        const std::vector<glm::dvec3>& dam = atEnd ? dams.back() : dams.front();
        const std::array<std::array<glm::dvec3, 4>, 3> walls{{{ring[7], ring[6], dam[2], dam[3]},
                                                              {ring[6], ring[5], dam[1], dam[2]},
                                                              {ring[5], ring[4], dam[0], dam[1]}}};
        for (const auto& wall : walls) {
          uint32_t p[4];
          for (size_t k = 0; k < 4; ++k) p[k] = mesh.point(wall[k]);
          atEnd ? mesh.quad(p[3], p[2], p[1], p[0]) : mesh.quad(p[0], p[1], p[2], p[3]);
        }
      }
      mesh.surface(material("grass"), classes::kTerrain);
      for (size_t i = 0; i + 1 < dams.size(); ++i) {
        for (size_t k = 0; k + 1 < 4; ++k) {
          mesh.quad(mesh.point(dams[i][k]), mesh.point(dams[i + 1][k]), mesh.point(dams[i + 1][k + 1]),
                    mesh.point(dams[i][k + 1]));
        }
      }
      put(content_.add(mesh.finish()), RigidTransform::fromTranslation(origin));
    }
    if (!(tunnel.lighting > 0)) return;
    // A row of luminaires below the ceiling, over the middle.
    const MeshId luminaire = once("tunnel lamp", [&] {
      MeshBuilder mesh("tunnel_lamp");
      mesh.surface(material("lamp.street"), classes::kStreetLamp);
      addBox(mesh, {0, 0, 0}, {1.2, 0.25, 0.08});
      return content_.add(mesh.finish());
    });
    for (double s = tunnel.first_s + 6; s < tunnel.last_s; s += 12) {
      RigidTransform at = road.pose(s, 0.5 * (road.leftEdge_m(s) + road.rightEdge_m(s)), kTunnelHeight_m - 0.05);
      put(luminaire, at);
      Lamp light = streetLampLight(RigidTransform());
      light.partFromLamp.translation = at.translation + glm::dvec3(0, 0, -0.1);
      light.intensity_cd *= static_cast<float>(tunnel.lighting);
      content_.lamps.push_back(light);
    }
  }

  const road::RoadNetwork& map_;
  uint64_t seed_ = 0;
  SceneContent& content_;
  std::map<std::string, MeshId> meshes_;
  size_t trees_ = 0;
};

}  // namespace

void buildMapFurniture(const road::RoadNetwork& map, uint64_t seed, SceneContent& content) {
  Furnisher(map, seed, content).build();
}

void lightSignals(const SceneContent& content, const road::SignalPlan& plan, SimTime at, SceneSnapshot& snapshot) {
  using road::SignalState;
  for (const SignalLamp& lamp : content.signalLamps) {
    const SignalState state = plan.state(lamp.signal, at);
    bool isLit = false;
    switch (lamp.colour) {
      case SignalLamp::Colour::kRed:
        isLit = state == SignalState::kRed || state == SignalState::kRedAmber;
        break;
      case SignalLamp::Colour::kAmber:
        isLit = state == SignalState::kAmber || state == SignalState::kRedAmber;
        break;
      case SignalLamp::Colour::kGreen:
        isLit = state == SignalState::kGreen;
        break;
    }
    SnapshotInstance instance;
    instance.mesh = lamp.mesh;
    instance.firstKey = static_cast<uint32_t>(snapshot.poses.size());
    instance.emission = isLit ? 1.0f : 0.0f;
    snapshot.poses.push_back(lamp.worldFromMesh);
    snapshot.instances.push_back(instance);
  }
}

}  // namespace nightfog::content
