// The arrays of scene.glsl and lidar_arrays.glsl for kernels that run as C++: an address is a host pointer.
#pragma once

#include <cstdint>

#include "engine/shared/lidar_data.h"

namespace nightfog::shared {

template <class T>
struct HostArray {
  T* at;
  explicit HostArray(uint64_t address) : at(reinterpret_cast<T*>(address)) {}
};

struct FrameConstants {
  const LidarFrame& value;
  explicit FrameConstants(uint64_t address) : value(*reinterpret_cast<const LidarFrame*>(address)) {}
};

using RayArray = HostArray<const Ray>;
using HitArray = HostArray<const Hit>;
using FloatArray = HostArray<const float>;
using Vec2Array = HostArray<const vec2>;
using Vec3Array = HostArray<const vec3>;
using UintArray = HostArray<const uint>;
using Uvec3Array = HostArray<const uvec3>;
using SurfaceArray = HostArray<const Surface>;
using MaterialArray = HostArray<const MaterialData>;
using MeshArray = HostArray<const MeshRange>;
using InstanceArray = HostArray<const Instance>;
using PoseKeyArray = HostArray<const PoseKey>;
using RingArray = HostArray<const LidarRing>;
using ColumnArray = HostArray<const LidarColumn>;
using AimArray = HostArray<const LidarAim>;
using SubRayArray = HostArray<const LidarSubRay>;
using FogRowArray = HostArray<const LidarFogRow>;
using FogBankArray = HostArray<const FogBank>;
using OutcomeArray = HostArray<const uint>;
using BloomArray = HostArray<const LidarBloom>;
using DetourArray = HostArray<LidarDetour>;
using RaySink = HostArray<Ray>;
using SlotSink = HostArray<LidarSlot>;
using OutcomeSink = HostArray<uint>;
using AxisSink = HostArray<LidarAxis>;

}  // namespace nightfog::shared
