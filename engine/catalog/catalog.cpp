#include <fmt/format.h>

#include <algorithm>

#include "engine/catalog/asset_file.hpp"
#include "engine/catalog/asset_info.hpp"
#include "engine/catalog/mesh_source_reader.hpp"
#include "engine/config/suggest.hpp"

namespace nightfog::catalog {
namespace {

using namespace config;

template <class T>
const std::optional<T>& firstOf(const std::optional<T>& own, const std::optional<T>& familys) {
  return own ? own : familys;
}

/// Puts one asset together from its own values and its family's; what neither has and every asset needs is reported.
class AssetReader {
 public:
  AssetReader(const AssetFamily& family, std::filesystem::path folder, Diagnostics& diagnostics)
      : family_(family), folder_(std::move(folder)), diagnostics_(diagnostics) {}

  AssetInfo read(const std::string& id, const Located<AssetEntry>& located) {
    const AssetEntry& own = located.value;
    place_ = located.node->keyPlace();
    id_ = id;
    AssetInfo asset;
    asset.id = id;
    asset.title = firstOf(own.title, family_.title).value_or(id);
    asset.licence = need(own.licence, family_.licence, "licence");
    asset.origin = need(own.origin, family_.origin, "origin");
    const BoxEntry box = need(own.box, family_.box, "box");
    asset.boxSize = box.size;
    asset.boxCentre = box.centre;
    asset.mass_kg = need(own.mass_kg, family_.mass_kg, "mass");
    asset.friction = firstOf(own.friction, family_.friction).value_or(asset.friction);
    asset.restitution = firstOf(own.restitution, family_.restitution).value_or(asset.restitution);
    asset.centreOfMass = firstOf(own.centreOfMass, family_.centreOfMass).value_or(box.centre);
    asset.wheels = firstOf(own.wheels, family_.wheels).value_or(std::vector<WheelInfo>{});
    asset.parts = firstOf(own.parts, family_.parts).value_or(std::vector<std::string>{"body"});
    asset.parameters = own.parameters;
    asset.parameters.insert(family_.parameters.begin(), family_.parameters.end());
    asset.materials = own.materials;
    asset.materials.insert(family_.materials.begin(), family_.materials.end());
    readGeometry(own, asset);
    readClass(need(own.semantic, family_.semantic, "class"), asset);
    checkWheels(asset);
    checkMeshParts(asset);
    return asset;
  }

 private:
  template <class T>
  T need(const std::optional<T>& own, const std::optional<T>& familys, const char* key) {
    const std::optional<T>& chosen = firstOf(own, familys);
    if (!chosen) {
      diagnostics_.error("E0201", place_, fmt::format("asset '{}' has no '{}'", id_, key))
          .withHelp(fmt::format("give it '{}', or give it to the whole file", key));
    }
    return chosen.value_or(T{});
  }

  void readClass(const Located<std::string>& name, AssetInfo& asset) {
    if (name.node == nullptr) return;  // reported
    const std::optional<ClassId> found = classByName(name.value);
    if (found) {
      asset.semantic = *found;
      return;
    }
    std::vector<std::string> names;
    for (const ClassInfo& known : taxonomy()) names.emplace_back(known.name);
    diagnostics_.error("E0210", name.node->place(), fmt::format("there is no class '{}'", name.value))
        .withHelp(suggestionHelp(name.value, names));
  }

  void checkWheels(const AssetInfo& asset) {
    for (const WheelInfo& wheel : asset.wheels) {
      if (std::find(asset.parts.begin(), asset.parts.end(), wheel.part) != asset.parts.end()) continue;
      diagnostics_.error("E0210", place_, fmt::format("wheel '{}' of asset '{}' is none of its parts", wheel.part, id_))
          .withHelp(suggestionHelp(wheel.part, asset.parts));
    }
  }

  void checkMeshParts(const AssetInfo& asset) {
    if (!asset.mesh) return;
    for (const PartMatch& match : asset.mesh->parts) {
      if (std::find(asset.parts.begin(), asset.parts.end(), match.part) != asset.parts.end()) continue;
      diagnostics_.error("E0210", place_, fmt::format("asset '{}' has no part '{}'", id_, match.part))
          .withHelp(suggestionHelp(match.part, asset.parts));
    }
  }

  /// A mesh or a builder; what is the asset's own hides what is its family's.
  void readGeometry(const AssetEntry& own, AssetInfo& asset) {
    if (own.mesh && own.builder) {
      diagnostics_.error("E0214", place_, fmt::format("asset '{}' has both a mesh and a builder", id_))
          .withHelp("its geometry comes from one of them");
    } else if (own.mesh || (!own.builder && family_.mesh)) {
      asset.mesh = MeshSourceReader(family_, folder_, diagnostics_).read(own.mesh ? *own.mesh : *family_.mesh, asset);
    } else {
      asset.builder = need(own.builder, family_.builder, "builder' or 'mesh");
    }
  }

  const AssetFamily& family_;
  std::filesystem::path folder_;
  Diagnostics& diagnostics_;
  Place place_;
  std::string id_;
};

std::vector<std::filesystem::path> assetFiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entries(folder, error);
  for (const auto end = std::filesystem::recursive_directory_iterator(); !error && entries != end;
       entries.increment(error)) {
    const std::filesystem::path& path = entries->path();
    const bool isInPacks = path.parent_path().filename() == "packs" && path.extension() == ".yaml";
    if (isInPacks || path.filename().string().ends_with(".asset.yaml")) files.push_back(path);
  }
  if (error) {
    throw IoError(fmt::format("cannot read the asset folder {}: {}", folder.string(), error.message()),
                  "The built-in assets lie in the folder assets/ of the installation.");
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

void Catalog::add(AssetInfo asset) {
  std::string id = asset.id;
  assets_.insert_or_assign(std::move(id), std::move(asset));
}

const AssetInfo* Catalog::find(const std::string& id) const {
  const auto found = assets_.find(id);
  return found == assets_.end() ? nullptr : &found->second;
}

Catalog loadCatalog(const std::filesystem::path& folder) {
  Catalog catalog;
  Diagnostics diagnostics;
  std::map<std::string, Place> places;
  std::vector<std::shared_ptr<const Document>> documents;  // places point into them
  for (const std::filesystem::path& file : assetFiles(folder)) {
    documents.push_back(loadDocument(file, diagnostics));
    if (documents.back() == nullptr) continue;
    AssetFamily family;
    ReadContext context{diagnostics};
    if (!assetFamilyDescriptor().read(documents.back()->root(), family, context)) continue;
    AssetReader reader(family, std::filesystem::absolute(file).parent_path(), diagnostics);
    checkRoots(family, diagnostics);
    for (const auto& [id, entry] : family.assets) {
      const Place place = entry.node->keyPlace();
      const auto [first, isNew] = places.emplace(id, place);
      if (!isNew) {
        diagnostics.error("E0411", place, fmt::format("there are two assets '{}'", id))
            .withRelated(first->second, "the other one");
        continue;
      }
      catalog.add(reader.read(id, entry));
    }
  }
  diagnostics.throwIfErrors();
  return catalog;
}

}  // namespace nightfog::catalog
