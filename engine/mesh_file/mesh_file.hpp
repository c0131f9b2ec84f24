// Mesh files as their artists made them: any format Assimp knows, in the file's own units and axes. What becomes of
// them in a scene is decided in engine/content/import.
#pragma once

#include <cstdint>
#include <filesystem>
#include <glm/glm.hpp>
#include <glm/gtc/quaternion.hpp>
#include <string>
#include <vector>

#include "engine/core/error.hpp"

namespace nightfog::mesh_file {

/// A decoded picture: RGBA8 (little-endian: red lowest), its bottom row first, so that row 0 is at v = 0.
struct Image {
  std::string name;  ///< the file's name, or "embedded 3"
  uint32_t width = 0;
  uint32_t height = 0;
  std::vector<uint32_t> texels;
};

inline constexpr uint32_t kNoImage = 0xffffffffu;

enum class AlphaMode : uint32_t {
  kOpaque,   ///< alpha means nothing
  kMask,     ///< below the cut-off there is a hole
  kBlend,    ///< see-through by degrees
  kUnknown,  ///< the format does not say
};

/// A material as the file states it.
struct FileMaterial {
  std::string name;
  std::string texture;         ///< how the file names its base colour picture; empty: none
  glm::vec3 baseColour{0.8f};  ///< linear Rec. 709; factor of the picture when there is one
  float opacity = 1;
  float metallic = 0;
  float roughness = -1;  ///< perceptual; < 0: the file has none
  float shininess = 0;   ///< Blinn-Phong exponent; 0: the file has none
  glm::vec3 emission{0};
  AlphaMode alphaMode = AlphaMode::kUnknown;
  float alphaCutoff = 0.5f;
  uint32_t baseImage = kNoImage;
  bool isTwoSided = false;
};

/// How much a bone takes a vertex along.
struct BoneWeight {
  uint32_t vertex = 0;
  float weight = 0;
};

/// A node that takes vertices of a mesh along.
struct FileBone {
  uint32_t node = 0;
  glm::dmat4 boneFromMesh{1.0};  ///< as the mesh was bound
  std::vector<BoneWeight> weights;
};

/// Triangles of one material in the frame of the nodes that use them. Front faces are counter-clockwise. A mesh with
/// bones hangs on node 0 and is where its bones take it: skin() of pose.hpp.
struct FileMesh {
  std::string name;
  uint32_t material = 0;
  std::vector<glm::vec3> positions;
  std::vector<glm::vec3> normals;  ///< as many as positions; not always of unit length
  std::vector<glm::vec2> uvs;      ///< as many as positions, or none
  std::vector<glm::uvec3> triangles;
  std::vector<FileBone> bones;
};

/// Parents come before children; node 0 is the root.
struct FileNode {
  std::string name;
  uint32_t parent = 0;
  glm::dmat4 parentFromNode{1.0};
  std::vector<uint32_t> meshes;
};

struct VectorKey {
  double time_s = 0;
  glm::dvec3 value{0};
};
struct RotationKey {
  double time_s = 0;
  glm::dquat value{1, 0, 0, 0};
};

/// How a clip moves a node against its parent. What has no keys stays as it rests.
struct FileChannel {
  uint32_t node = 0;
  std::vector<VectorKey> translations;
  std::vector<RotationKey> rotations;
  std::vector<VectorKey> scales;
};

/// An animation: nodes over time. Morphing meshes are not read.
struct FileClip {
  std::string name;
  double duration_s = 0;
  std::vector<FileChannel> channels;
};

/// What a file holds. Indices are in range, numbers may be anything (NaN too).
struct MeshFile {
  std::string format;  ///< Assimp's name of it
  std::vector<FileNode> nodes;
  std::vector<FileMesh> meshes;
  std::vector<FileMaterial> materials;
  std::vector<Image> images;
  std::vector<FileClip> clips;
  std::vector<std::string> missingTextures;
  std::vector<std::string> warnings;

  size_t triangleCount() const;
};

struct Limits {
  uint64_t fileBytes = uint64_t{512} << 20;
  uint64_t triangles = 20'000'000;
  uint32_t imageSize = 16'384;  ///< texels a side
  uint32_t images = 1'024;
  uint64_t imageTexels = uint64_t{1} << 29;  ///< of all images together
  uint32_t nodes = 1'000'000;
  uint32_t seconds = 120;  ///< of processor time; three times that by the clock
  uint64_t addressBytes = uint64_t{12} << 30;
};

/// The file cannot be used, and why; `wasCrash` says that the reader died of it.
class MeshFileError : public Error {
 public:
  MeshFileError(const std::string& what, std::string help, bool wasCrash = false)
      : Error(ExitCode::kDiagnostics, what, std::move(help)), wasCrash_(wasCrash) {}
  bool wasCrash() const { return wasCrash_; }

 private:
  bool wasCrash_ = false;
};

/// Reads a mesh file and the pictures it names. The file is hostile: it is parsed by `nightfog-mesh-reader`, a process
/// with limits on time and memory that opens nothing outside `root` (empty: the file's folder) and that may die without
/// harm; what it sends back is checked. Throws MeshFileError, or IoError when the file cannot be opened or the program
/// is not installed beside this one.
/// @code MeshFile duck = readMeshFile("models/duck.dae"); @endcode
MeshFile readMeshFile(const std::filesystem::path& file, const std::filesystem::path& root = {},
                      const Limits& limits = {});

}  // namespace nightfog::mesh_file
