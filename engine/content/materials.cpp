#include "engine/content/materials.hpp"

#include <fmt/format.h>

#include "engine/config/descriptor.hpp"

namespace nightfog::content {
namespace {

using namespace config;

/// shared::kDetail…
enum class Detail : uint32_t {
  kNone,
  kAsphalt,
  kConcrete,
  kGrass,
  kLeaf,
  kMarking,
  kPaint,
  kBrick,
  kTiles,
  kSlab,
  kHedge
};

/// As the file has it.
struct MaterialEntry {
  std::vector<float> bands;
  float roughness = 0.8f;
  float metallic = 0;
  float transmission = 0;
  float retro = 0;
  std::string alpha;
  Detail detail = Detail::kNone;
  std::vector<float> emission;
  std::string source;
};

struct MaterialFile {
  Named<Located<MaterialEntry>> materials;
};

const Descriptor<MaterialEntry>& materialDescriptor() {
  static const auto d =
      Descriptor<MaterialEntry>("material", "How a surface reflects.")
          .required("bands", &MaterialEntry::bands, listOf(number<float>({0, 1}), 5, 5),
                    "reflectance: R, G, B, 905 nm, 1550 nm")
          .optional("roughness", &MaterialEntry::roughness, number<float>({0, 1}), "0 a mirror, 1 matt")
          .optional("metallic", &MaterialEntry::metallic, number<float>({0, 1}), "share that reflects as metal does")
          .optional("transmission", &MaterialEntry::transmission, number<float>({0, 1}), "share of light that passes")
          .optional("retro", &MaterialEntry::retro, number<float>({0, 1e4}),
                    "rho_eq = pi R_A of the retroreflective lobe")
          .optional("alpha", &MaterialEntry::alpha, text(), "texture whose alpha below one half lets rays through")
          .optional("detail", &MaterialEntry::detail,
                    choice<Detail>({{"none", Detail::kNone},
                                    {"asphalt", Detail::kAsphalt},
                                    {"concrete", Detail::kConcrete},
                                    {"grass", Detail::kGrass},
                                    {"leaf", Detail::kLeaf},
                                    {"marking", Detail::kMarking},
                                    {"paint", Detail::kPaint},
                                    {"brick", Detail::kBrick},
                                    {"tiles", Detail::kTiles},
                                    {"slab", Detail::kSlab},
                                    {"hedge", Detail::kHedge}}),
                    "wear and variation that a camera sees")
          .optional("emission", &MaterialEntry::emission, listOf(number<float>({0, 1e8}), 3, 3),
                    "cd/m2, linear Rec. 709, when its lamps are on")
          .required("source", &MaterialEntry::source, text(), "where the figures come from");
  return d;
}

const Descriptor<MaterialFile>& fileDescriptor() {
  static const auto d =
      Descriptor<MaterialFile>("material table", "Every material by name.")
          .header("materials/1")
          .required("materials", &MaterialFile::materials, mapOf(located(object(materialDescriptor()))), "by name");
  return d;
}

TextureId findOrMakeTexture(SceneContent& content, const std::string& name) {
  for (size_t i = 0; i < content.textures.size(); ++i) {
    if (content.textures[i].name == name) return TextureId(static_cast<uint32_t>(i));
  }
  return content.add(makeTexture(name));
}

}  // namespace

void loadMaterials(const std::filesystem::path& file, SceneContent& content) {
  Diagnostics diagnostics;
  MaterialFile table;
  const std::shared_ptr<const Document> document = loadDocument(file, diagnostics);
  if (document != nullptr) {
    ReadContext context{diagnostics};
    fileDescriptor().read(document->root(), table, context);
  }
  diagnostics.throwIfErrors();
  for (const auto& [name, located] : table.materials) {
    const MaterialEntry& entry = located.value;
    Material material;
    material.name = name;
    std::copy(entry.bands.begin(), entry.bands.end(), material.reflectance.begin());
    material.roughness = entry.roughness;
    material.metallic = entry.metallic;
    material.transmission = entry.transmission;
    material.retroreflectance = entry.retro;
    material.detail = static_cast<uint32_t>(entry.detail);
    if (entry.emission.size() == 3) std::copy(entry.emission.begin(), entry.emission.end(), material.emission.begin());
    material.source = entry.source;
    if (!entry.alpha.empty()) {
      const auto known = textureNames();
      if (std::find(known.begin(), known.end(), entry.alpha) == known.end()) {
        const std::vector<std::string> names(known.begin(), known.end());
        diagnostics
            .error("E0210", located.node->find("alpha")->place(), fmt::format("there is no texture '{}'", entry.alpha))
            .withHelp(suggestionHelp(entry.alpha, names));
        continue;
      }
      material.alphaTexture = findOrMakeTexture(content, entry.alpha);
    }
    content.add(std::move(material));
  }
  diagnostics.throwIfErrors();
}

MaterialId findMaterial(const SceneContent& content, std::string_view name) {
  for (size_t i = 0; i < content.materials.size(); ++i) {
    if (content.materials[i].name == name) return MaterialId(static_cast<uint32_t>(i));
  }
  throw Error(ExitCode::kDiagnostics, fmt::format("There is no material '{}'.", name),
              "The materials are those of assets/materials.yaml; they must be loaded before anything is built.");
}

}  // namespace nightfog::content
