#include <assimp/GltfMaterial.h>
#include <assimp/material.h>
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <map>

#include "engine/mesh_file/reader/image_reader.hpp"
#include "engine/mesh_file/reader/scene_reader.hpp"

namespace nightfog::mesh_file {
namespace {

/// sRGB code to linear light, IEC 61966-2-1.
float linearFromSrgb(float code) {
  return code <= 0.04045f ? code / 12.92f : std::pow((code + 0.055f) / 1.055f, 2.4f);
}

class MaterialReader {
 public:
  MaterialReader(const aiScene& scene, const std::filesystem::path& file, const RootedFiles& files,
                 const Limits& limits, MeshFile& out)
      : scene_(scene), folder_(file.parent_path()), files_(files), limits_(limits), out_(out) {}

  FileMaterial read(const aiMaterial& from) {
    FileMaterial to;
    aiString name;
    if (from.Get(AI_MATKEY_NAME, name) == AI_SUCCESS) to.name = name.C_Str();
    readColour(from, to);
    from.Get(AI_MATKEY_OPACITY, to.opacity);
    from.Get(AI_MATKEY_METALLIC_FACTOR, to.metallic);
    from.Get(AI_MATKEY_ROUGHNESS_FACTOR, to.roughness);
    from.Get(AI_MATKEY_SHININESS, to.shininess);
    aiColor3D emission(0, 0, 0);
    if (from.Get(AI_MATKEY_COLOR_EMISSIVE, emission) == AI_SUCCESS) to.emission = {emission.r, emission.g, emission.b};
    int twoSided = 0;
    if (from.Get(AI_MATKEY_TWOSIDED, twoSided) == AI_SUCCESS) to.isTwoSided = twoSided != 0;
    readAlphaMode(from, to);
    readTexture(from, to);
    return to;
  }

 private:
  /// Physically based materials state linear factors (glTF 2.0 §3.9.2); colours of the older kind were picked on
  /// screens and are taken for sRGB.
  static void readColour(const aiMaterial& from, FileMaterial& to) {
    aiColor4D colour(0.8f, 0.8f, 0.8f, 1);
    float metallic = 0;
    const bool isPhysical = from.Get(AI_MATKEY_METALLIC_FACTOR, metallic) == AI_SUCCESS;
    if (isPhysical && from.Get(AI_MATKEY_BASE_COLOR, colour) == AI_SUCCESS) {
      to.baseColour = {colour.r, colour.g, colour.b};
      return;
    }
    if (from.Get(AI_MATKEY_COLOR_DIFFUSE, colour) != AI_SUCCESS) return;
    to.baseColour = {linearFromSrgb(colour.r), linearFromSrgb(colour.g), linearFromSrgb(colour.b)};
  }

  static void readAlphaMode(const aiMaterial& from, FileMaterial& to) {
    aiString mode;
    if (from.Get(AI_MATKEY_GLTF_ALPHAMODE, mode) != AI_SUCCESS) return;
    const std::string word = mode.C_Str();
    if (word == "OPAQUE") to.alphaMode = AlphaMode::kOpaque;
    if (word == "MASK") to.alphaMode = AlphaMode::kMask;
    if (word == "BLEND") to.alphaMode = AlphaMode::kBlend;
    from.Get(AI_MATKEY_GLTF_ALPHACUTOFF, to.alphaCutoff);
  }

  void readTexture(const aiMaterial& from, FileMaterial& to) {
    aiString path;
    for (const aiTextureType type : {aiTextureType_BASE_COLOR, aiTextureType_DIFFUSE}) {
      if (from.GetTexture(type, 0, &path) != AI_SUCCESS || path.length == 0) continue;
      to.texture = path.C_Str();
      to.baseImage = image(to.texture);
      return;
    }
  }

  uint32_t image(const std::string& named) {
    const auto [known, isNew] = known_.try_emplace(named, kNoImage);
    if (!isNew) return known->second;
    std::optional<Image> found = load(named);
    if (!found || out_.images.size() >= limits_.images) {
      out_.missingTextures.push_back(named);
      return kNoImage;
    }
    texels_ += found->texels.size();
    if (texels_ > limits_.imageTexels) throw Refusal{"its pictures are larger than the limit of all together"};
    known->second = static_cast<uint32_t>(out_.images.size());
    out_.images.push_back(std::move(*found));
    return known->second;
  }

  std::optional<Image> load(const std::string& named) {
    if (const aiTexture* embedded = scene_.GetEmbeddedTexture(named.c_str())) return decodeEmbedded(*embedded, named);
    const auto path = files_.findPicture(folder_, named);
    if (!path) return std::nullopt;
    std::ifstream stream(*path, std::ios::binary);
    const std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    return decodeImage(bytes, path->filename().string(), limits_.imageSize);
  }

  std::optional<Image> decodeEmbedded(const aiTexture& texture, const std::string& name) const {
    if (texture.mHeight == 0) {
      return decodeImage({reinterpret_cast<const uint8_t*>(texture.pcData), texture.mWidth}, name, limits_.imageSize);
    }
    if (texture.mWidth == 0 || texture.mWidth > limits_.imageSize || texture.mHeight > limits_.imageSize)
      return std::nullopt;
    Image image;
    image.name = name;
    image.width = texture.mWidth;
    image.height = texture.mHeight;
    image.texels.resize(size_t{image.width} * image.height);
    for (uint32_t y = 0; y < image.height; ++y) {
      for (uint32_t x = 0; x < image.width; ++x) {
        const aiTexel& t = texture.pcData[size_t{y} * image.width + x];
        image.texels[size_t{image.height - 1 - y} * image.width + x] =
            t.r | t.g << 8 | t.b << 16 | static_cast<uint32_t>(t.a) << 24;
      }
    }
    return image;
  }

  const aiScene& scene_;
  std::filesystem::path folder_;
  const RootedFiles& files_;
  const Limits& limits_;
  MeshFile& out_;
  std::map<std::string, uint32_t> known_;
  uint64_t texels_ = 0;
};

}  // namespace

void readMaterials(const aiScene& scene, const std::filesystem::path& file, const RootedFiles& files,
                   const Limits& limits, MeshFile& out) {
  MaterialReader reader(scene, file, files, limits, out);
  for (unsigned m = 0; m < scene.mNumMaterials; ++m) out.materials.push_back(reader.read(*scene.mMaterials[m]));
  if (out.materials.empty()) out.materials.emplace_back();
  for (const FileMesh& mesh : out.meshes) {
    if (mesh.material >= out.materials.size()) throw Refusal{"a mesh names a material that is not there"};
  }
}

}  // namespace nightfog::mesh_file
