#include "engine/content/import/mesh_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/content/model_builder.hpp"

namespace nightfog::content {
namespace {

struct ClassSize {
  ClassId semantic;
  PlausibleSize size;
};

// Wide on purpose: a wrong unit (inches, centimetres) or a wrong axis falls out, an odd car does not.
constexpr ClassSize kSizes[] = {
    {classes::kCar, {{2.2, 1.2, 0.7}, {6.5, 2.6, 2.4}}},
    {classes::kVan, {{3.2, 1.4, 1.4}, {8, 2.8, 3.4}}},
    {classes::kTruck, {{3.5, 1.6, 1.6}, {26, 3.3, 4.7}}},
    {classes::kBus, {{5, 1.9, 2.2}, {26, 3.2, 4.8}}},
    {classes::kTrailer, {{1.5, 1, 0.5}, {26, 3.3, 4.7}}},
    {classes::kMotorcycle, {{1.2, 0.3, 0.7}, {3, 1.3, 1.8}}},
    {classes::kBicycle, {{1, 0.2, 0.6}, {2.8, 1.0, 1.5}}},
    {classes::kAdult, {{0.1, 0.2, 1.2}, {2.4, 2.4, 2.4}}},
    {classes::kChild, {{0.08, 0.12, 0.5}, {1.7, 1.7, 1.7}}},
    {classes::kCyclist, {{1, 0.3, 1.2}, {2.8, 1.4, 2.4}}},
    {classes::kAnimal, {{0.03, 0.01, 0.02}, {5, 3, 4}}},
    {classes::kTyre, {{0.15, 0.15, 0.1}, {2, 2, 2}}},
    {classes::kDebris, {{0.01, 0.01, 0.005}, {8, 8, 4}}},
    {classes::kCone, {{0.1, 0.1, 0.2}, {0.8, 0.8, 1.3}}},
    {classes::kBarrier, {{0.05, 0.3, 0.3}, {6, 6, 2.5}}},
    {classes::kVegetation, {{0.05, 0.05, 0.05}, {60, 60, 60}}},
    {classes::kPole, {{0.02, 0.02, 0.3}, {12, 12, 40}}},
    {classes::kBuilding, {{1, 1, 1}, {400, 400, 900}}},
    {classes::kStreetFurniture, {{0.05, 0.05, 0.1}, {12, 12, 12}}},
    {classes::kTrafficSign, {{0.005, 0.1, 0.1}, {6, 12, 12}}},
};

bool isVehicle(ClassId c) {
  return c.value >= classes::kCar.value && c.value <= classes::kEgo.value;
}
bool isPerson(ClassId c) {
  return c == classes::kAdult || c == classes::kChild;
}

std::string text(const glm::dvec3& v) {
  return fmt::format("{:.3g} x {:.3g} x {:.3g} m", v.x, v.y, v.z);
}

class MeshChecker {
 public:
  MeshChecker(const catalog::AssetInfo& asset, const Model& model, const SceneContent& content,
              const ImportReport& report)
      : asset_(asset), model_(model), content_(content), report_(report), bounds_(boundsOf(model, content)) {}

  std::vector<MeshFinding> run() {
    checkSize();
    checkAxes();
    checkGround();
    checkBox();
    checkSides();
    checkTopology();
    checkTriangles();
    checkNames();
    checkWheels();
    checkClip();
    for (const std::string& warning : report_.warnings) add(false, "A14", warning, "");
    return std::move(findings_);
  }

 private:
  void add(bool isError, std::string_view code, std::string message, std::string help) {
    findings_.push_back({isError, code, std::move(message), std::move(help)});
  }

  void checkSize() {
    const PlausibleSize plausible = plausibleSize(asset_.semantic);
    const glm::dvec3 size = bounds_.size();
    if (plausible.most.x == 0) return;
    const bool isSmall = size.x < plausible.least.x || size.y < plausible.least.y || size.z < plausible.least.z;
    const bool isLarge = size.x > plausible.most.x || size.y > plausible.most.y || size.z > plausible.most.z;
    if (!isSmall && !isLarge) return;
    const double factor = size.x > 0 ? std::sqrt(plausible.least.x * plausible.most.x) / size.x : 1;
    add(true, "A01",
        fmt::format("scale: it is {}; a {} is {} to {}", text(size), classInfo(asset_.semantic).name,
                    text(plausible.least), text(plausible.most)),
        fmt::format("state its true_length, or a scale near {:.2g} (now {:.4g})", report_.scale * factor,
                    report_.scale));
  }

  void checkAxes() {
    const glm::dvec3 size = bounds_.size();
    if (isVehicle(asset_.semantic) && size.y > size.x) {
      add(true, "A02", fmt::format("axes: wider ({:.3g} m) than long ({:.3g} m)", size.y, size.x),
          "axes.forward names the wrong axis of the file");
    }
    if (isVehicle(asset_.semantic) && asset_.semantic != classes::kMotorcycle && asset_.semantic != classes::kBicycle &&
        size.z > 2.2 * size.y) {
      add(true, "A02", fmt::format("axes: {:.3g} m high on {:.3g} m of width", size.z, size.y),
          "axes.up names the wrong axis of the file");
    }
    if (isPerson(asset_.semantic) && size.z < std::max(size.x, 0.75 * size.y)) {
      add(true, "A02", fmt::format("axes: lying, {}", text(size)), "axes.up names the wrong axis of the file");
    }
  }

  void checkGround() {
    const double tolerance = std::max(0.03, 0.02 * bounds_.size().z);
    if (std::abs(bounds_.min.z) <= tolerance || asset_.semantic == classes::kTrafficSign) return;
    add(true, "A03",
        fmt::format("ground: its lowest point lies {:.3f} m {} the ground", std::abs(bounds_.min.z),
                    bounds_.min.z > 0 ? "above" : "below"),
        "mend ground_offset, or the height in offset");
  }

  void checkBox() {
    const glm::dvec3 low = asset_.boxCentre - 0.5 * asset_.boxSize;
    const glm::dvec3 high = asset_.boxCentre + 0.5 * asset_.boxSize;
    const glm::dvec3 worst = glm::max(glm::abs(bounds_.min - low), glm::abs(bounds_.max - high));
    const glm::dvec3 tolerance = glm::max(glm::dvec3(0.03), 0.02 * bounds_.size());
    if (!glm::any(glm::greaterThan(worst, tolerance))) return;
    const glm::dvec3 size = bounds_.size();
    const glm::dvec3 centre = bounds_.centre();
    add(true, "A04",
        fmt::format("box: the stated box differs from the geometry by up to {:.3f} m",
                    std::max({worst.x, worst.y, worst.z})),
        fmt::format("box: {{size: [{:.3f} m, {:.3f} m, {:.3f} m], centre: [{:.3f} m, {:.3f} m, {:.3f} m]}}", size.x,
                    size.y, size.z, centre.x, centre.y, centre.z));
  }

  void checkSides() {
    if (report_.backShare < 0.08) return;
    add(report_.backShare > 0.25, "A05",
        fmt::format("sides: {:.0f} % of what is seen from outside shows the back of a face", 100 * report_.backShare),
        asset_.mesh->faces == catalog::FaceSides::kOutward ? "look at it: `nightfog asset view` draws backs in magenta"
                                                           : "set faces: outward");
  }

  void checkTopology() {
    const auto share = [this](size_t n) {
      return report_.edges == 0 ? 0 : 100.0 * static_cast<double>(n) / static_cast<double>(report_.edges);
    };
    if (report_.openEdges > 0) {
      add(false, "A06",
          fmt::format("holes: {} of {} edges ({:.1f} %) belong to one triangle only", report_.openEdges, report_.edges,
                      share(report_.openEdges)),
          "fine for sheets; in a body light and lasers come in");
    }
    if (report_.crowdedEdges > 0) {
      add(false, "A07",
          fmt::format("not a surface: {} edges ({:.1f} %) belong to three or more triangles", report_.crowdedEdges,
                      share(report_.crowdedEdges)),
          "");
    }
    if (report_.contraryEdges > 0) {
      add(false, "A08",
          fmt::format("sides: {} pairs of neighbours ({:.1f} %) face opposite sides", report_.contraryEdges,
                      share(report_.contraryEdges)),
          "");
    }
  }

  void checkTriangles() {
    const size_t all = report_.triangles + report_.doubles + report_.degenerate;
    if (report_.degenerate > 0) {
      add(10 * report_.degenerate > all, "A09",
          fmt::format("{} of {} triangles have no area and were left out", report_.degenerate, all), "");
    }
    if (report_.notNumbers > 0) {
      add(true, "A10", fmt::format("{} triangles have corners that are no numbers or absurdly far", report_.notNumbers),
          "export the file again");
    }
    if (report_.triangles > 500'000) {
      add(false, "A15", fmt::format("{} triangles: more than sensors of any range resolve", report_.triangles),
          "a lighter mesh renders sooner");
    }
  }

  void checkNames() {
    for (const std::string& texture : report_.missingTextures) {
      add(true, "A11", fmt::format("picture '{}' is not there or cannot be read", texture),
          "it is looked for where the mesh names it, beside the mesh, and in a folder textures; PNG, JPEG, TGA, BMP, "
          "GIF, PSD, PNM, SGI");
    }
    for (const std::string& pattern : report_.unusedPatterns) {
      add(true, "A12", fmt::format("pattern '{}' fits nothing in the file", pattern),
          "`nightfog asset measure` lists its nodes and materials");
    }
    for (const std::string& part : report_.emptyParts) {
      add(true, "A13", fmt::format("part '{}' has no geometry", part),
          "match nodes to it, or give `wheels` to fill in");
    }
  }

  void checkClip() {
    if (!model_.clip) return;
    if (report_.movingParts + report_.bendingParts == 0) {
      add(true, "A17", "the clip moves nothing that is left in", "`nightfog asset measure` lists the file's clips");
    }
    if (report_.drift_m > 0.5 * std::max(bounds_.size().x, bounds_.size().y)) {
      add(false, "A18", fmt::format("the clip carries it {:.2f} m over the ground and back at once", report_.drift_m),
          "export the clip in place; `stride` says how far one cycle goes");
    }
  }

  /// A wheel of the file turns about the middle of its geometry.
  void checkWheels() {
    for (const ModelPart& part : model_.parts) {
      const bool isWheel = part.joint == Joint::kWheel || part.joint == Joint::kSteerWheel;
      if (!isWheel || !part.mesh.isValid() || asset_.mesh->wheels) continue;
      const Bounds wheel = boundsOf(content_.meshes[part.mesh.value]);
      const glm::dvec3 centre = wheel.centre();
      const double radius = 0.25 * (wheel.size().x + wheel.size().z);
      if (std::max(std::abs(centre.x), std::abs(centre.z)) < 0.05 &&
          std::abs(radius - static_cast<double>(part.radius_m)) < 0.03 + 0.1 * radius)
        continue;
      const glm::dvec3 inAsset = part.parentFromPart.translation + centre;
      add(true, "A16", fmt::format("wheel '{}' does not turn about its middle, or has another radius", part.name),
          fmt::format("centre: [{:.3f} m, {:.3f} m, {:.3f} m], radius: {:.3f} m", inAsset.x, inAsset.y, inAsset.z,
                      radius));
    }
  }

  const catalog::AssetInfo& asset_;
  const Model& model_;
  const SceneContent& content_;
  const ImportReport& report_;
  Bounds bounds_;
  std::vector<MeshFinding> findings_;
};

}  // namespace

PlausibleSize plausibleSize(ClassId semantic) {
  for (const ClassSize& entry : kSizes) {
    if (entry.semantic == semantic) return entry.size;
  }
  return {};
}

std::vector<MeshFinding> checkMesh(const catalog::AssetInfo& asset, const Model& model, const SceneContent& content,
                                   const ImportReport& report) {
  return MeshChecker(asset, model, content, report).run();
}

}  // namespace nightfog::content
