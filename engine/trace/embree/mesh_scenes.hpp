// Embree's structures over meshes, one scene each, built when an instance first needs it.
#pragma once

#include <embree3/rtcore.h>

#include <memory>
#include <vector>

#include "engine/trace/tracer.hpp"

namespace nightfog::trace {

/// Some triangles of a mesh as one Embree geometry. `primitives` maps Embree's primID to the mesh's triangle; empty:
/// they are the same.
struct MeshGeometry {
  const SceneBuffers::HostView* view = nullptr;
  uint32_t mesh = 0;
  std::vector<uint32_t> primitives;
  uint32_t triangleOf(uint32_t primID) const { return primitives.empty() ? primID : primitives[primID]; }
};

/// A mesh: geometry 0 is its opaque triangles, geometry 1 (if there are any) those under the alpha test, which alone
/// pay for a filter.
struct MeshScene {
  RTCScene scene = nullptr;
  bool bends = false;  ///< between this shape, at ray time 0, and the next, at 1
  std::vector<std::unique_ptr<MeshGeometry>> geometries;
};

class MeshScenes {
 public:
  MeshScenes(RTCDevice device, const SceneBuffers& scene);
  ~MeshScenes();
  MeshScenes(const MeshScenes&) = delete;
  MeshScenes& operator=(const MeshScenes&) = delete;

  /// The scene of a mesh, built at the first call. Those of neighbouring meshes lie one behind the other.
  const MeshScene& require(uint32_t mesh);

 private:
  void attach(MeshScene& target, uint32_t mesh, std::vector<uint32_t> primitives, bool isAlphaTested, bool isWhole);

  RTCDevice device_;
  SceneBuffers::HostView view_;  ///< its static arrays only
  std::vector<MeshScene> scenes_;
};

}  // namespace nightfog::trace
