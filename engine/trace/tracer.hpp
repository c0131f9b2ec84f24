// Rays in, hits out. A tracer knows nothing of sensors, materials' looks or labels.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "engine/content/scene.hpp"
#include "engine/core/jobs.hpp"
#include "engine/gpu/device.hpp"
#include "engine/shared/geometry.h"

namespace nightfog::trace {

/// What a mesh fills, in its own frame; a shape of something that bends, what all its shapes fill. An empty mesh has
/// low > high.
struct MeshBounds {
  glm::vec3 low{0};
  glm::vec3 high{0};
  float radius_m = 0;  ///< of the farthest corner from the mesh's origin, about which pose keys turn it
};

/// The scene in device buffers: what every tracer and every shading kernel reads.
///
/// Scenery is flattened at construction into tiles (meshes appended after the content's own); each tile is an unmoving
/// instance, and so is scenery that is an object of its own, or too large for the budget. Instances of a frame are
/// these first, then the snapshot's, so Hit::instance - tileCount() indexes SceneSnapshot::instances. A triangle across
/// a border between tiles is in both, so nothing leaks there.
///
/// Corners that are NaN, infinite or beyond 1e9 m make their triangles degenerate: never hit. Indices out of range,
/// arrays of unequal length and poses that are not finite throw Error.
class SceneBuffers {
 public:
  struct Options {
    double tileSize_m = 256;                      ///< edge of a scenery tile
    size_t flattenBudgetBytes = size_t{1} << 27;  ///< what is largest of the scenery beyond this stays instanced
  };
  SceneBuffers(gpu::Device& device, const content::SceneContent& content, const Options& options);
  SceneBuffers(gpu::Device& device, const content::SceneContent& content);
  ~SceneBuffers();

  /// Instances and pose keys of one exposure, in floats relative to `origin` (world). Cost grows with what moves, not
  /// with the scene.
  void setFrame(const content::SceneSnapshot& snapshot, const glm::dvec3& origin);

  /// Addresses and counts for kernels; valid until the next setFrame().
  shared::SceneTable table() const;
  glm::dvec3 origin() const;
  /// Instances that come before the snapshot's: tiles and standing scenery.
  uint32_t tileCount() const;

  /// The same arrays for CPU readers, in the host's memory.
  struct HostView {
    std::span<const glm::vec3> positions;
    std::span<const glm::vec3> normals;
    std::span<const glm::vec2> uvs;
    std::span<const glm::uvec3> triangles;
    std::span<const uint32_t> surfaceOfTriangle;
    std::span<const shared::Surface> surfaces;
    std::span<const shared::MaterialData> materials;
    std::span<const shared::TextureData> textures;
    std::span<const uint32_t> texels;
    std::span<const shared::MeshRange> meshes;
    std::span<const MeshBounds> meshBounds;
    std::span<const shared::Instance> instances;
    std::span<const shared::PoseKey> poseKeys;
    float keyStep_s = 0;
  };
  HostView host() const;
  /// table() with host pointers for addresses: for kernels that run as C++.
  shared::SceneTable hostTable() const;
  gpu::Device& device() const;

 private:
  void checkShapes(const content::SceneSnapshot& snapshot, size_t instance) const;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A batch of rays and a place for their hits, in kDevice buffers (shared::Ray[count], shared::Hit[count]).
/// `isCoherent` is a hint: neighbours go similar ways, as a camera's do.
struct RayBatch {
  const gpu::Buffer& rays;
  const gpu::Buffer& hits;
  uint32_t count = 0;
  bool isCoherent = false;
};

/// The contract, which tests/trace holds every implementation to:
/// - one thread at a time; the SceneBuffers outlive the tracer;
/// - build() once after construction of the SceneBuffers, update() after every setFrame();
/// - results depend on the rays and the scene only: not on threads, batch order or earlier calls;
/// - a ray that is not shared::isTraceable() (NaN, zero direction, zero mask …) hits nothing; t in [tMin, tMax]; both
/// sides of a triangle are hit; shared edges do not leak (of rays
///   aimed exactly at a corner Embree lets about 1 in 8,000 pass; the others none);
/// - alpha-tested triangles are missed where the texel under the hit is not shared::isOpaqueTexel().
class Tracer {
 public:
  virtual ~Tracer() = default;
  virtual std::string_view name() const = 0;
  virtual void build() = 0;
  virtual void update() = 0;
  /// Writes the closest hit of each ray.
  virtual void closestHit(gpu::Stream& stream, const RayBatch& batch) = 0;
  /// Writes Hit::instance of any hit, or kNoHit; the other fields are undefined. Faster than closestHit().
  virtual void anyHit(gpu::Stream& stream, const RayBatch& batch) = 0;
};

enum class TracerKind { kAuto, kComputeBvh, kEmbree, kBruteForce };

/// kAuto is a function of the device's type alone: Embree on a CPU device, else compute_bvh. Throws Error (usage) when
/// Embree is asked for on a device whose buffers the host cannot see.
std::unique_ptr<Tracer> makeTracer(TracerKind kind, SceneBuffers& scene, Jobs& jobs);
TracerKind tracerKindFromName(std::string_view name);

}  // namespace nightfog::trace
