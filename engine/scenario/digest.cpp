#include <fmt/format.h>

#include <set>

#include "engine/core/hash.hpp"
#include "engine/scenario/build.hpp"

namespace nightfog::scenario {

using config::formatNumber;

namespace {

std::string numbers(const glm::dvec3& v) {
  return fmt::format("{} {} {}", formatNumber(v.x), formatNumber(v.y), formatNumber(v.z));
}

/// Every field of a definition that can change a record, one a line.
std::string assetText(const catalog::AssetInfo& a) {
  std::string out = fmt::format(
      "asset {}\ntitle {}\nclass {}\nbox {} at {}\nmass {} friction {} restitution {} centre {}\nbuilder {}\n", a.id,
      a.title, a.semantic.value, numbers(a.boxSize), numbers(a.boxCentre), formatNumber(a.mass_kg),
      formatNumber(a.friction), formatNumber(a.restitution), numbers(a.centreOfMass), a.builder);
  for (const auto& wheel : a.wheels)
    out += fmt::format("wheel {} at {} radius {} steered {}\n", wheel.part, numbers(wheel.centre),
                       formatNumber(wheel.radius_m), wheel.isSteered);
  for (const auto& part : a.parts) out += fmt::format("part {}\n", part);
  for (const auto& [name, value] : a.parameters) out += fmt::format("parameter {} {}\n", name, formatNumber(value));
  for (const auto& [slot, material] : a.materials) out += fmt::format("material {} {}\n", slot, material);
  return out;
}

}  // namespace

std::string Scenario::runId() const {
  return fmt::format("r{:04}-{}", run, digest.substr(0, 12));
}

std::string scenarioDigest(const Scenario& scenario, const catalog::Catalog& catalog,
                           const std::string& materialsDigest, const std::vector<std::string>& fileDigests) {
  Sha256 hash;
  hash.update(scenario.resolvedYaml);
  hash.update(materialsDigest);
  for (const std::string& file : fileDigests) hash.update(file);
  std::set<std::string> assets;
  for (const Actor& actor : scenario.actors) assets.insert(actor.asset);
  for (const catalog::AssetInfo* asset : assetsOf(scenario.traffic, catalog)) assets.insert(asset->id);
  for (const std::string& id : assets) hash.update(assetText(*catalog.find(id)));
  std::set<std::string> profiles;
  for (const SensorMount& mount : scenario.sensors) {
    const auto* lidar = std::get_if<LidarSpec>(&mount.spec);
    if (lidar == nullptr) continue;  // a camera stands whole in the canonical text
    const std::string definition = config::toYaml(lidarProfileDescriptor().write(lidar->profile));
    if (profiles.insert(definition).second) hash.update(definition);
  }
  return hash.hex();
}

}  // namespace nightfog::scenario
