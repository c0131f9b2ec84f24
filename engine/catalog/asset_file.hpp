// The table of `*.asset.yaml` files: a family's common values and its assets.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/asset_info.hpp"
#include "engine/config/descriptor.hpp"

namespace nightfog::catalog {

struct BoxEntry {
  glm::dvec3 size{1};
  glm::dvec3 centre{0};
};

/// A folder outside ours from which a pack's meshes come.
struct RootEntry {
  config::Located<std::string> folder;
  std::string package;
};

struct AxesEntry {
  FileAxis forward = FileAxis::kPlusX;
  FileAxis up = FileAxis::kPlusZ;
};

struct MeshEntry {
  std::optional<config::Located<std::string>> root;
  config::Located<std::string> file;
  AxesEntry axes;
  std::optional<double> scale;
  std::optional<double> trueLength_m;
  std::optional<glm::dvec3> offset;
  double groundOffset_m = 0;
  FaceSides faces = FaceSides::kAsIs;
  std::vector<std::string> leaveOut;
  std::vector<PartMatch> parts;
  std::vector<MaterialMatch> materials;
  std::optional<WheelFill> wheels;
  std::optional<ClipSource> animation;
};

/// What a file says of an asset, or of all its assets at once; what is absent in the asset is the family's.
struct AssetEntry {
  std::optional<std::string> title;
  std::optional<config::Located<std::string>> semantic;
  std::optional<std::string> builder;
  std::optional<config::Located<MeshEntry>> mesh;
  std::optional<BoxEntry> box;
  std::optional<double> mass_kg;
  std::optional<double> friction;
  std::optional<double> restitution;
  std::optional<glm::dvec3> centreOfMass;
  std::optional<std::vector<WheelInfo>> wheels;
  std::optional<std::vector<std::string>> parts;
  std::map<std::string, double> parameters;
  std::map<std::string, std::string> materials;
  std::optional<std::string> licence;
  std::optional<std::string> origin;
};

struct AssetFamily : AssetEntry {
  config::Named<RootEntry> roots;
  config::Named<config::Located<AssetEntry>> assets;
};

const config::Descriptor<AssetFamily>& assetFamilyDescriptor();

}  // namespace nightfog::catalog
