// What each kernel of the LiDAR does for its item, in C++ and GLSL: the .comp files call these on a device,
// lidar_host.cpp on a CPU. Whoever includes this has declared the arrays they reach memory through:
// engine/trace/scene.glsl and lidar_arrays.glsl, or lidar_arrays.hpp.
#ifndef NIGHTFOG_LIDAR_KERNELS_H
#define NIGHTFOG_LIDAR_KERNELS_H
#include "engine/shared/lidar_return.h"
#include "engine/shared/shape.h"
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
    PoseKeyArray keys = PoseKeyArray(scene.poseKeys);
    bool moves = instance.keyCount > 1u;
    float fraction;
    uint key = instance.firstKey + poseSegment(ray.time_s, scene.keyStep_s, instance.keyCount, fraction);
    PoseKey before = keys.at[key];
    PoseKey after = keys.at[moves ? key + 1u : key];
    bool bends = instance.shapeCount > 1u;
    float bent = 0.0f;
    uint shape = 0u;
    if (bends) shape = shapeSegment(interpolateShape(before.shape, after.shape, fraction), instance.shapeCount, bent);
    MeshRange mesh = MeshArray(scene.meshes).at[instance.mesh + shape];
    uint triangle = mesh.firstTriangle + hit.primitive;
    uvec3 corners = Uvec3Array(scene.triangles).at[triangle];
    Vec3Array positions = Vec3Array(scene.positions);
    vec3 a = positions.at[corners.x + mesh.firstVertex];
    vec3 b = positions.at[corners.y + mesh.firstVertex];
    vec3 c = positions.at[corners.z + mesh.firstVertex];
    vec3 bending = vec3(0.0f);  // how the point moves on its body while that goes through one shape
    if (bends) {
      vec3 nextA = positions.at[corners.x + mesh.nextVertex];
      vec3 nextB = positions.at[corners.y + mesh.nextVertex];
      vec3 nextC = positions.at[corners.z + mesh.nextVertex];
      bending = (nextA - a) * (1.0f - hit.u - hit.v) + (nextB - b) * hit.u + (nextC - c) * hit.v;
      a = cornerBetween(a, nextA, bent);
      b = cornerBetween(b, nextB, bent);
      c = cornerBetween(c, nextC, bent);
    }
    Surface surface = SurfaceArray(scene.surfaces).at[UintArray(scene.surfaceOfTriangle).at[triangle]];
    LidarSurfacePoint point = lidarSurfacePoint(ray, hit, before, after, fraction, scene.keyStep_s, moves, a, b, c);
    if (bends) {
      vec3 inBody = bendingVelocity(bending, before.shape, after.shape, scene.keyStep_s);
      point.velocity_mps += rotateBy(interpolatePose(before, after, fraction).rotation, inBody);
    }
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
      vec3 normal = rotateBy(keys.at[key].rotation, cross(b - a, c - a));
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
