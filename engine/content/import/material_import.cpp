#include "engine/content/import/material_import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/content/import/name_pattern.hpp"
#include "engine/content/materials.hpp"

namespace nightfog::content {
namespace {

/// sRGB code to linear light, IEC 61966-2-1.
float linearFromCode(uint32_t code) {
  const float c = static_cast<float>(code) / 255.0f;
  return c <= 0.04045f ? c / 12.92f : std::pow((c + 0.055f) / 1.055f, 2.4f);
}

uint32_t texelAt(const mesh_file::Image& image, const glm::vec2& uv) {
  const auto wrap = [](float f, uint32_t n) {
    return std::min(static_cast<uint32_t>((f - std::floor(f)) * static_cast<float>(n)), n - 1);
  };
  return image.texels[size_t{wrap(uv.y, image.height)} * image.width + wrap(uv.x, image.width)];
}

/// What a picture shows where triangles use it.
struct PictureUse {
  glm::vec3 mean{1};     ///< linear, of what is not a hole
  double holeShare = 0;  ///< of the area, where alpha is below one half
};

/// Samples by area at the middle of each triangle and halfway to its corners.
PictureUse lookAt(const mesh_file::Image& image, const TriangleSoup& soup, uint32_t material) {
  std::array<float, 256> linear;
  for (uint32_t i = 0; i < 256; ++i) linear[i] = linearFromCode(i);
  glm::dvec3 sum(0);
  double solid = 0;
  double holes = 0;
  constexpr glm::vec3 kSamples[] = {{1 / 3.f, 1 / 3.f, 1 / 3.f},
                                    {2 / 3.f, 1 / 6.f, 1 / 6.f},
                                    {1 / 6.f, 2 / 3.f, 1 / 6.f},
                                    {1 / 6.f, 1 / 6.f, 2 / 3.f}};
  for (size_t i = 0; i < soup.triangles.size(); ++i) {
    if (soup.materialOfTriangle[i] != material) continue;
    const glm::uvec3& t = soup.triangles[i];
    const glm::vec3 a = soup.positions[t.x];
    const double area = glm::length(glm::cross(soup.positions[t.y] - a, soup.positions[t.z] - a));
    for (const glm::vec3& w : kSamples) {
      const uint32_t texel = texelAt(image, w.x * soup.uvs[t.x] + w.y * soup.uvs[t.y] + w.z * soup.uvs[t.z]);
      if ((texel >> 24) < 128) {
        holes += area;
        continue;
      }
      solid += area;
      sum += area * glm::dvec3(linear[texel & 255], linear[texel >> 8 & 255], linear[texel >> 16 & 255]);
    }
  }
  PictureUse use;
  if (solid > 0) use.mean = glm::vec3(sum / solid);
  if (solid + holes > 0) use.holeShare = holes / (solid + holes);
  return use;
}

class MaterialImporter {
 public:
  MaterialImporter(const catalog::AssetInfo& asset, const mesh_file::MeshFile& file, const TriangleSoup& soup,
                   SceneContent& content, ImportReport& report)
      : asset_(asset), file_(file), soup_(soup), content_(content), report_(report) {}

  std::vector<MaterialId> run() {
    std::vector<size_t> uses(file_.materials.size());
    for (const uint32_t material : soup_.materialOfTriangle) ++uses[material];
    std::vector<bool> used(asset_.mesh->materials.size());
    std::vector<MaterialId> ours(file_.materials.size());
    for (uint32_t i = 0; i < file_.materials.size(); ++i) {
      if (uses[i] == 0) continue;
      entry_ = {};
      entry_.fileName = file_.materials[i].name;
      entry_.picture = file_.materials[i].texture;
      entry_.triangles = uses[i];
      ours[i] = import(i, used);
      report_.materials.push_back(entry_);
    }
    for (size_t i = 0; i < used.size(); ++i) {
      if (!used[i]) report_.unusedPatterns.push_back(asset_.mesh->materials[i].match);
    }
    return ours;
  }

 private:
  MaterialId import(uint32_t index, std::vector<bool>& used) {
    const mesh_file::FileMaterial& from = file_.materials[index];
    for (size_t i = 0; i < used.size(); ++i) {
      const catalog::MaterialMatch& match = asset_.mesh->materials[i];
      if (!matchesPattern(match.match, from.name) && !matchesPattern(match.match, from.texture)) continue;
      used[i] = true;
      entry_.ours = match.material;
      const MaterialId ours = findMaterial(content_, match.material);
      entry_.reflectance = content_.materials[ours.value].reflectance;
      return ours;
    }
    return byRule(index, from);
  }

  MaterialId byRule(uint32_t index, const mesh_file::FileMaterial& from) {
    Material material;
    material.name = fmt::format("{}/{}.{}", asset_.id, index, from.name);
    const glm::vec3 base = glm::clamp(finite(from.baseColour), 0.0f, 1.0f);
    glm::vec3 mean = base;
    entry_.kind = guessKind({from.name, from.texture}, from.metallic);
    if (!from.texture.empty() && from.baseImage == mesh_file::kNoImage) report_.missingTextures.push_back(from.texture);
    if (from.baseImage != mesh_file::kNoImage) {
      const mesh_file::Image& image = file_.images[from.baseImage];
      const PictureUse use = lookAt(image, soup_, index);
      mean *= use.mean;
      material.colourTexture = texture(image, 0.5f);
      const bool mayHaveHoles = from.alphaMode != mesh_file::AlphaMode::kOpaque && use.holeShare > 0.001;
      if (mayHaveHoles && entry_.kind != SurfaceKind::kGlass) {
        const float cutoff = from.alphaMode == mesh_file::AlphaMode::kMask ? from.alphaCutoff : 0.5f;
        material.alphaTexture = texture(image, cutoff);
        entry_.hasHoles = true;
      }
    }
    material.reflectance = entry_.reflectance = bandsOf(entry_.kind, base, mean);
    material.metallic = std::clamp(finite(from.metallic), 0.0f, 1.0f);
    material.roughness = roughness(from);
    const float opacity = std::clamp(finite(from.opacity), 0.0f, 1.0f);
    if (entry_.kind == SurfaceKind::kGlass) {
      material.transmission = 0.85f;
      material.roughness = 0.03f;
    } else if (opacity < 0.99f && from.alphaMode != mesh_file::AlphaMode::kOpaque) {
      material.transmission = 1.0f - opacity;
    }
    material.source = fmt::format("by rule: {} ({})", nameOf(entry_.kind), asset_.mesh->file.filename().string());
    return content_.add(std::move(material));
  }

  static float finite(float v) { return std::isfinite(v) ? v : 0.0f; }
  static glm::vec3 finite(const glm::vec3& v) { return {finite(v.x), finite(v.y), finite(v.z)}; }

  float roughness(const mesh_file::FileMaterial& from) const {
    if (from.roughness >= 0 && std::isfinite(from.roughness)) return std::clamp(from.roughness, 0.03f, 1.0f);
    if (entry_.kind == SurfaceKind::kPaint || entry_.kind == SurfaceKind::kMetal) {
      return from.shininess > 1 && std::isfinite(from.shininess)
                 ? std::clamp(roughnessOfShininess(from.shininess), 0.2f, 1.0f)
                 : 0.6f;
    }
    return 0.9f;
  }

  /// The picture, once for each cut-off: alpha is scaled so that the cut lies at one half.
  TextureId texture(const mesh_file::Image& image, float cutoff) {
    const bool isUsual = !(cutoff > 0 && cutoff < 1) || cutoff == 0.5f;
    std::string name = fmt::format("{}/{}", asset_.id, image.name);
    if (!isUsual) name += fmt::format("@{}", cutoff);
    for (size_t i = 0; i < content_.textures.size(); ++i) {
      if (content_.textures[i].name == name) return TextureId(static_cast<uint32_t>(i));
    }
    Texture out{name, image.width, image.height, image.texels};
    if (!isUsual) {
      for (uint32_t& texel : out.texels) {
        const float alpha = std::min(255.0f, static_cast<float>(texel >> 24) * 0.5f / cutoff);
        texel = (texel & 0xffffffu) | static_cast<uint32_t>(alpha + 0.5f) << 24;
      }
    }
    return content_.add(std::move(out));
  }

  const catalog::AssetInfo& asset_;
  const mesh_file::MeshFile& file_;
  const TriangleSoup& soup_;
  SceneContent& content_;
  ImportReport& report_;
  ImportedMaterial entry_;
};

}  // namespace

std::vector<MaterialId> importMaterials(const catalog::AssetInfo& asset, const mesh_file::MeshFile& file,
                                        const TriangleSoup& soup, SceneContent& content, ImportReport& report) {
  return MaterialImporter(asset, file, soup, content, report).run();
}

}  // namespace nightfog::content
