// The functions of every stage as members of one class: what is global in a kernel (the push constants, the arrays)
// is a member here.
#pragma once

#include <array>
#include <limits>
#include <vector>

#include "sensors/camera/camera_headers.h"

namespace nightfog::shared {

/// An array by address, which is a host pointer.
template <class T>
struct HostArray {
  T* at;
  explicit HostArray(uint64_t address) : at(reinterpret_cast<T*>(address)) {}  // NOLINT(performance-no-int-to-ptr)
};

/// What one block of items appends to the lists.
using ListsOfBlock = std::array<std::vector<uint>, kListCount>;

class CameraProgram {
 public:
  CameraProgram(const CameraPush& constants, ListsOfBlock& lists) : push(constants), lists_(lists) {}

  struct FrameRef {
    const CameraFrame& value;
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    explicit FrameRef(uint64_t address) : value(*reinterpret_cast<const CameraFrame*>(address)) {}
  };
  using Rays = HostArray<Ray>;
  using Hits = HostArray<Hit>;
  using Vec2s = HostArray<vec2>;
  using Vec3s = HostArray<vec3>;
  using Vec4s = HostArray<vec4>;
  using Floats = HostArray<float>;
  using Words = HostArray<uint>;
  using PointsOf = HostArray<CameraPoint>;
  using Guides = HostArray<CameraGuide>;
  using Detours = HostArray<CameraDetour>;
  using Triangles = HostArray<const uvec3>;
  using Surfaces = HostArray<const Surface>;
  using Materials = HostArray<const MaterialData>;
  using Textures = HostArray<const TextureData>;
  using Meshes = HostArray<const MeshRange>;
  using Instances = HostArray<const Instance>;
  using PoseKeys = HostArray<const PoseKey>;
  using Lamps = HostArray<const LampData>;
  using LampCells = HostArray<const LampCell>;
  using Aims = HostArray<const CameraAim>;

#include "sensors/camera/camera_scene.h"
// One stage each.
#include "sensors/camera/camera_aim.h"
#include "sensors/camera/camera_combine.h"
#include "sensors/camera/camera_detour_light.h"
#include "sensors/camera/camera_detours.h"
#include "sensors/camera/camera_develop.h"
#include "sensors/camera/camera_direct.h"
#include "sensors/camera/camera_filter.h"
#include "sensors/camera/camera_flow.h"
#include "sensors/camera/camera_flow_mask.h"
#include "sensors/camera/camera_gather.h"
#include "sensors/camera/camera_glare.h"
#include "sensors/camera/camera_glow.h"
#include "sensors/camera/camera_panes.h"
#include "sensors/camera/camera_rays.h"
#include "sensors/camera/camera_sky.h"
#include "sensors/camera/camera_sort.h"
#include "sensors/camera/camera_surface.h"
#include "sensors/camera/camera_truth.h"

 private:
  void appendTo(uint list, uint item) {
    lists_[list].push_back(item);
  }

  const CameraPush push;
  ListsOfBlock& lists_;
  float cameraTime_s_ = std::numeric_limits<float>::quiet_NaN();  ///< of cameraPose_
  PoseKey cameraPose_{};
};

}  // namespace nightfog::shared
