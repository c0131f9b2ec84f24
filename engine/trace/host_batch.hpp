// What tracers on the CPU share: a batch's rays and hits in host memory, and the alpha test.
#pragma once

#include <vector>

#include "engine/shared/texel.h"
#include "engine/trace/tracer.hpp"

namespace nightfog::trace {

/// Rays and hits of a batch as spans: the device's own memory where the host sees it, else copies that finish() writes
/// back.
class HostBatch {
 public:
  HostBatch(gpu::Device& device, const gpu::Buffer& rays, const gpu::Buffer& hits, uint32_t count);
  std::span<const shared::Ray> rays() const { return rays_; }
  std::span<shared::Hit> hits() const { return hits_; }
  void finish();

 private:
  gpu::Device& device_;
  const gpu::Buffer& hitBuffer_;
  std::vector<shared::Ray> rayCopy_;
  std::vector<shared::Hit> hitCopy_;
  std::span<const shared::Ray> rays_;
  std::span<shared::Hit> hits_;
};

/// Whether the triangle stops a ray at barycentric (u, v): its material's alpha texture is not cut out there.
inline bool isOpaqueAt(const SceneBuffers::HostView& view, const shared::MeshRange& mesh, uint32_t triangle, float u,
                       float v) {
  const uint32_t index = mesh.firstTriangle + triangle;
  const uint32_t alphaTexture = view.materials[view.surfaces[view.surfaceOfTriangle[index]].material].alphaTexture;
  if (alphaTexture == shared::kNoTexture) return true;
  const glm::uvec3& corners = view.triangles[index];
  const glm::vec2* uvs = &view.uvs[mesh.firstVertex];
  const glm::vec2 uv = shared::interpolateUv(uvs[corners.x], uvs[corners.y], uvs[corners.z], u, v);
  return shared::isOpaqueTexel(view.texels[shared::nearestTexel(view.textures[alphaTexture], uv)]);
}

}  // namespace nightfog::trace
