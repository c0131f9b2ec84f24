// What each kernel of the LiDAR does for its item, in C++ and GLSL: the .comp files call these on a device,
// lidar_host.cpp on a CPU. Whoever includes this has declared the arrays they reach memory through:
// engine/trace/scene.glsl and lidar_arrays.glsl, or lidar_arrays.hpp.
#ifndef NIGHTFOG_LIDAR_KERNELS_H
#define NIGHTFOG_LIDAR_KERNELS_H
#include "engine/shared/lidar_return.h"
NF_SHARED_BEGIN

/// The ray of a beam.
NF_FN void lidarWriteRay(LidarRaysPush push, uint ringIndex, uint columnIndex) {
  LidarRing ring = RingArray(push.rings).at[ringIndex];
  LidarColumn column = ColumnArray(push.columns).at[columnIndex];
  float time_s = lidarFiringTime(ring, column, push.sweepStart_ns);
  PoseKeyArray keys = PoseKeyArray(push.sensorKeys);
  float fraction;
  uint segment = poseSegment(time_s, push.keyStep_s, push.keyCount, fraction);
  PoseKey pose = keys.at[segment];
  if (push.keyCount > 1u) pose = interpolatePose(pose, keys.at[segment + 1u], fraction);
  RaySink(push.rays).at[ringIndex * push.columnCount + columnIndex] =
      lidarRay(ring, column, pose, time_s, push.maxRange_m, columnIndex * push.ringCount + ringIndex);
}

/// The slot and the outcome of a beam, from its hit.
NF_FN void lidarWriteReturn(LidarReturnsPush push, uint ringIndex, uint columnIndex) {
  uint rayIndex = ringIndex * push.columnCount + columnIndex;
  uint beam = columnIndex * push.ringCount + ringIndex;
  LidarRing ring = RingArray(push.rings).at[ringIndex];
  LidarColumn column = ColumnArray(push.columns).at[columnIndex];
  Hit hit = HitArray(push.hits).at[rayIndex];
  LidarModel model = FrameConstants(push.frame).value.model;
  LidarSlot slot;
  if (hit.instance == kNoHit) {
    slot = lidarNothing(ring, column, ringIndex, columnIndex, model.maxRange_m);
  } else {
    SceneTable scene = FrameConstants(push.frame).value.scene;
    Ray ray = RayArray(push.rays).at[rayIndex];
    Instance instance = InstanceArray(scene.instances).at[hit.instance];
    MeshRange mesh = MeshArray(scene.meshes).at[instance.mesh];
    uint triangle = mesh.firstTriangle + hit.primitive;
    uvec3 corners = Uvec3Array(scene.triangles).at[triangle] + mesh.firstVertex;
    Vec3Array positions = Vec3Array(scene.positions);
    Surface surface = SurfaceArray(scene.surfaces).at[UintArray(scene.surfaceOfTriangle).at[triangle]];
    PoseKeyArray keys = PoseKeyArray(scene.poseKeys);
    bool moves = instance.keyCount > 1u;
    float fraction;
    uint key = instance.firstKey + poseSegment(ray.time_s, scene.keyStep_s, instance.keyCount, fraction);
    LidarSurfacePoint point =
        lidarSurfacePoint(ray, hit, keys.at[key], keys.at[moves ? key + 1u : key], fraction, scene.keyStep_s, moves,
                          positions.at[corners.x], positions.at[corners.y], positions.at[corners.z]);
    point.object = instance.object != 0u ? instance.object : surface.object;
    point.part = instance.part;
    point.semantic = surface.semantic;
    point.material = surface.material;
    MaterialArray materials = MaterialArray(scene.materials);
    LidarMaterial material;
    material.reflectance = materials.at[surface.material].reflectance[model.band];
    material.roughness = materials.at[surface.material].roughness;
    material.metallic = materials.at[surface.material].metallic;
    material.transmission = materials.at[surface.material].transmission;
    material.retroreflectance = materials.at[surface.material].retroreflectance;
    material.film = 0.0f;
    float wetness = FrameConstants(push.frame).value.roadWetness;
    if (wetness > 0.0f) {
      vec3 normal = cross(positions.at[corners.y] - positions.at[corners.x],
                          positions.at[corners.z] - positions.at[corners.x]);
      normal = rotateBy(keys.at[key].rotation, normal);
      float upward = normal.z / max(sqrt(dot(normal, normal)), 1e-12f);
      if (isWettable(surface.semantic, normal.z * ray.direction.z > 0.0f ? -upward : upward)) material.film = wetness;
    }
    model.extinction_1pm =
        fogMeanExtinction(FrameConstants(push.frame).value.fog, ray.origin.z, ray.origin.z + ray.direction.z * hit.t);
    slot = lidarReturn(model, ring, column, ringIndex, columnIndex, beam, point, material);
  }
  SlotSink(push.slots).at[beam] = slot;
  OutcomeSink(push.outcomes).at[beam] = (slot.returnCause >> 8u) & 0xffu;
}

/// The ray of an aim: a beam's, but seeing one object alone.
NF_FN void lidarWriteAim(LidarAimPush push, uint index) {
  LidarAim aim = AimArray(push.aims).at[index];
  Ray ray = RayArray(push.rays).at[aim.ray];
  ray.target = aim.object;
  RaySink(push.aimed).at[index] = ray;
}

NF_SHARED_END
#endif
