// What can be seen: meshes, materials, textures, and models made of moving parts. Plain data, metres, ISO 8855 axes.
#pragma once

#include <array>
#include <cstdint>
#include <glm/glm.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/ids.hpp"
#include "engine/core/transform.hpp"
#include "engine/record/taxonomy.hpp"

namespace nightfog::content {

/// RGBA8 texels (little-endian: red lowest), row 0 at v = 0.
struct Texture {
  std::string name;
  uint32_t width = 0;
  uint32_t height = 0;
  std::vector<uint32_t> texels;
};

/// Reflectance per band, and how light leaves. `source` cites where the figures come from.
struct Material {
  std::string name;
  std::array<float, 5> reflectance{0.2f, 0.2f, 0.2f, 0.2f, 0.2f};  ///< R, G, B, 905 nm, 1550 nm; diffuse albedo
  float roughness = 0.8f;
  float metallic = 0.0f;
  float transmission = 0.0f;
  float retroreflectance = 0.0f;           ///< rho_eq = pi R_A
  TextureId alphaTexture;                  ///< alpha < 0.5 lets rays through
  TextureId colourTexture;                 ///< RGB multiplies the visible bands
  uint32_t detail = 0;                     ///< shared::kDetail…: wear that a camera sees
  std::array<float, 3> emission{0, 0, 0};  ///< cd/m^2, linear Rec. 709, when its instance's lamps are on
  std::string source;
};

/// Material and class of some of a mesh's triangles.
struct MeshSurface {
  MaterialId material;
  ClassId semantic;
};

/// An indexed triangle mesh in its own frame. normals and uvs are per vertex (uvs may be empty: all zero).
/// Front faces are counter-clockwise.
struct Mesh {
  std::string name;
  std::vector<glm::vec3> positions;
  std::vector<glm::vec3> normals;
  std::vector<glm::vec2> uvs;
  std::vector<glm::uvec3> triangles;
  std::vector<uint32_t> surfaceOfTriangle;  ///< index into surfaces
  std::vector<MeshSurface> surfaces;
  /// Of a shape of something that bends: the shape that it bends into, corner by corner, with the same triangles. A
  /// ring of them is a cycle.
  MeshId nextShape{};
};

/// How a part moves against its parent.
enum class Joint {
  kFixed,
  kWheel,       ///< spins about its y axis (rolling forward: positive); front wheels also steer about z
  kSteerWheel,  ///< a wheel that steers
  kHinge,       ///< limb: rotates about its y axis (positive: downward limb swings backward), driven by the gait
};

/// A rigid piece of a model. Part 0 is the body; parents come before children.
struct ModelPart {
  std::string name;  ///< "body", "wheel.front_left", "thigh.left" …
  MeshId mesh;       ///< invalid: a joint without geometry
  int parent = -1;
  RigidTransform parentFromPart;  ///< at rest
  Joint joint = Joint::kFixed;
  float radius_m = 0;  ///< wheels
  /// Of a part that bends in its model's clip: its mesh at each of the clip's samples, one behind the other and linked
  /// by Mesh::nextShape. `mesh` is the first.
  std::vector<MeshId> meshOfSample{};
  /// Of a part that the clip moves as a whole: parentFromPart at each sample.
  std::vector<RigidTransform> poseOfSample{};
};

/// A movement over and over, as evenly spaced samples of one cycle; after the last comes the first again.
struct ModelClip {
  uint32_t samples = 0;
  double period_s = 1;  ///< of a cycle, where stride_m is 0
  double stride_m = 0;  ///< distance travelled in a cycle
  glm::dvec3 low{0};    ///< what the model fills over the cycle, in its own frame
  glm::dvec3 high{0};
};

/// How a lamp's light is spread; values are those of shared/light.h.
enum class LampPattern : uint32_t { kIsotropic = 0, kStreet = 1, kLowBeam = 2, kHighBeam = 3, kTail = 4, kWindow = 5 };

/// A source of light on a model or in the scenery. Its x axis points along the beam, z up across it (a street lamp's x
/// points down).
struct Lamp {
  RigidTransform partFromLamp;
  LampPattern pattern = LampPattern::kIsotropic;
  float intensity_cd = 0;     ///< the pattern's greatest
  glm::vec3 colour{1, 1, 1};  ///< linear Rec. 709 of luminance 1
  float radius_m = 0.05f;     ///< of the luminous face
};

/// A lamp of a model's part.
struct ModelLamp {
  uint32_t part = 0;
  Lamp lamp;
};

/// An asset ready to be placed. The origin is the catalogue's: for vehicles the middle of the rear axle on the ground,
/// for people the ground between the feet.
struct Model {
  std::string asset;  ///< catalogue id
  std::vector<ModelPart> parts;
  std::vector<ModelLamp> lamps;
  std::optional<ModelClip> clip{};
};

}  // namespace nightfog::content
