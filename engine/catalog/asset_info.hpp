// What assets are, without loading them: enough for placement, labels, physics and static checks.
#pragma once

#include <filesystem>
#include <glm/glm.hpp>
#include <map>
#include <string>
#include <vector>

#include "engine/catalog/mesh_source.hpp"
#include "engine/record/taxonomy.hpp"

namespace nightfog::catalog {

/// A wheel of a vehicle, in the vehicle's frame.
struct WheelInfo {
  std::string part;  ///< "wheel.front_left"
  glm::dvec3 centre{0};
  double radius_m = 0.32;
  bool isSteered = false;
};

/// One entry of the catalogue. The origin of a vehicle is the middle of its rear axle on the ground, of anything else
/// the ground below its middle.
struct AssetInfo {
  std::string id;  ///< "vehicle.sedan.silver"
  std::string title;
  ClassId semantic;
  glm::dvec3 boxSize{1};    ///< length, width, height, m
  glm::dvec3 boxCentre{0};  ///< in the asset's frame
  double mass_kg = 0;
  double friction = 0.7;
  double restitution = 0.1;
  glm::dvec3 centreOfMass{0};
  std::vector<WheelInfo> wheels;
  std::vector<std::string> parts;
  std::optional<MeshSource> mesh;                ///< geometry from a file; or
  std::string builder;                           ///< procedural builder: "saloon", "van", "person", "plate" …
  std::map<std::string, double> parameters;      ///< of the builder, SI
  std::map<std::string, std::string> materials;  ///< slot of the builder to material name
  std::string licence;                           ///< SPDX
  std::string origin;                            ///< who made it, from what
};

/// The assets known to this installation, by id.
class Catalog {
 public:
  void add(AssetInfo asset);
  /// nullptr when there is none.
  const AssetInfo* find(const std::string& id) const;
  const std::map<std::string, AssetInfo>& all() const { return assets_; }

 private:
  std::map<std::string, AssetInfo> assets_;
};

/// Reads every `*.asset.yaml` below `folder`, and the packs: every `*.yaml` in a folder named `packs`. Mesh files are
/// not opened: an asset is known also where its pack's package is not installed. Throws config::DiagnosticsError with
/// places when one is wrong.
Catalog loadCatalog(const std::filesystem::path& folder);

}  // namespace nightfog::catalog
