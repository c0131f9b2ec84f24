// What each kernel of the LiDAR does for its item, in C++ and GLSL: the .comp files call these on a device,
// lidar_host.cpp on a CPU. Whoever includes this has declared the arrays they reach memory through:
// engine/trace/scene.glsl and lidar_arrays.glsl, or lidar_arrays.hpp.
#ifndef NIGHTFOG_LIDAR_KERNELS_H
#define NIGHTFOG_LIDAR_KERNELS_H
#include "engine/shared/lidar_return.h"
#include "engine/shared/lidar_waveform.h"
#include "engine/shared/shape.h"
NF_SHARED_BEGIN

/// The rays of a beam.
NF_FN void lidarWriteRay(LidarRaysPush push, uint ringIndex, uint columnIndex) {
  LidarRing ring = RingArray(push.rings).at[ringIndex];
  LidarColumn column = ColumnArray(push.columns).at[columnIndex];
  float time_s = lidarFiringTime(ring, column, push.sweepStart_ns);
  PoseKeyArray keys = PoseKeyArray(push.sensorKeys);
  float fraction;
  uint segment = poseSegment(time_s, push.keyStep_s, push.keyCount, fraction);
  PoseKey pose = keys.at[segment];
  if (push.keyCount > 1u) pose = interpolatePose(pose, keys.at[segment + 1u], fraction);
  uint first = (ringIndex * push.columnCount + columnIndex) * push.subRayCount;
  uint beam = columnIndex * push.ringCount + ringIndex;
  RaySink(push.rays).at[first] = lidarRay(lidarDirection(ring, column), pose, time_s, push.maxRange_m, beam);
  for (uint i = 1u; i < push.subRayCount; ++i) {
    vec3 direction = lidarSubDirection(ring, column, SubRayArray(push.subRays).at[i]);
    RaySink(push.rays).at[first + i] = lidarRay(direction, pose, time_s, push.maxRange_m, beam);
  }
}

/// What a ray met.
struct LidarMeeting {
  LidarSurfacePoint point;
  LidarMaterial material;
  float extinction_1pm;  ///< mean on the way
};

NF_FN LidarMeeting lidarMeeting(LidarReturnsPush push, Ray ray, Hit hit) {
  SceneTable scene = FrameConstants(push.frame).value.scene;
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
  LidarMeeting met;
  met.point = lidarSurfacePoint(ray, hit, before, after, fraction, scene.keyStep_s, moves, a, b, c);
  if (bends) {
    vec3 inBody = bendingVelocity(bending, before.shape, after.shape, scene.keyStep_s);
    met.point.velocity_mps += rotateBy(interpolatePose(before, after, fraction).rotation, inBody);
  }
  met.point.object = instance.object != 0u ? instance.object : surface.object;
  met.point.part = instance.part;
  met.point.semantic = surface.semantic;
  met.point.material = surface.material;
  MaterialArray materials = MaterialArray(scene.materials);
  met.material.reflectance = materials.at[surface.material].reflectance[FrameConstants(push.frame).value.model.band];
  met.material.roughness = materials.at[surface.material].roughness;
  met.material.metallic = materials.at[surface.material].metallic;
  met.material.transmission = materials.at[surface.material].transmission;
  met.material.retroreflectance = materials.at[surface.material].retroreflectance;
  met.material.film = 0.0f;
  float wetness = FrameConstants(push.frame).value.roadWetness;
  if (wetness > 0.0f) {
    vec3 normal = rotateBy(keys.at[key].rotation, cross(b - a, c - a));
    float upward = normal.z / max(sqrt(dot(normal, normal)), 1e-12f);
    if (isWettable(surface.semantic, normal.z * ray.direction.z > 0.0f ? -upward : upward)) met.material.film = wetness;
  }
  met.extinction_1pm =
      fogMeanExtinction(FrameConstants(push.frame).value.fog, ray.origin.z, ray.origin.z + ray.direction.z * hit.t);
  return met;
}

/// The slot, the outcome and the axis of a beam of one ray, from its hit.
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
    LidarMeeting met = lidarMeeting(push, RayArray(push.rays).at[rayIndex], hit);
    model.extinction_1pm = met.extinction_1pm;
    slot = lidarReturn(model, ring, column, ringIndex, columnIndex, beam, met.point, met.material);
  }
  SlotSink(push.slots).at[beam] = slot;
  uint outcome = (slot.returnCause >> 8u) & 0xffu;
  OutcomeSink(push.outcomes).at[beam] = outcome | (isReturn(outcome) ? 0x100u : 0u);
  LidarAxis axis;
  axis.object = slot.object;
  axis.range_m = slot.trueRange_m;
  AxisSink(push.axes).at[beam] = axis;
}

/// The same of a beam of several rays, or of one whose receiver looks for several echoes.
NF_FN void lidarWriteEchoes(LidarReturnsPush push, uint ringIndex, uint columnIndex) {
  uint firstRay = (ringIndex * push.columnCount + columnIndex) * push.subRayCount;
  uint beam = columnIndex * push.ringCount + ringIndex;
  LidarRing ring = RingArray(push.rings).at[ringIndex];
  LidarColumn column = ColumnArray(push.columns).at[columnIndex];
  LidarModel model = FrameConstants(push.frame).value.model;

  LidarSlot slot = lidarNothing(ring, column, ringIndex, columnIndex, model.maxRange_m);
  LidarAxis axis;
  axis.object = 0u;
  axis.range_m = model.maxRange_m;
  LidarWaveform waveform;
  waveform.count = 0u;
  float most = -1.0f;
  for (uint i = 0u; i < push.subRayCount; ++i) {
    Hit hit = HitArray(push.hits).at[firstRay + i];
    if (hit.instance == kNoHit) continue;
    LidarMeeting met = lidarMeeting(push, RayArray(push.rays).at[firstRay + i], hit);
    if (i == 0u) {
      slot = lidarMet(ring, column, ringIndex, columnIndex, met.point);
      axis.object = met.point.object;
      axis.range_m = met.point.range_m;
    }
    if (hit.t < model.minRange_m || hit.t > model.maxRange_m) continue;
    float effective = lidarReflectance(met.material, met.point.incidenceCosine);
    float snr = lidarSnr(model.snrScale, effective, hit.t, met.extinction_1pm);
    float amplitude = lidarShareOf(SubRayArray(push.subRays).at[i].weight, snr);
    if (amplitude > most) {  // what is said of a beam without a return
      most = amplitude;
      slot = lidarMet(ring, column, ringIndex, columnIndex, met.point);
      lidarSetCause(slot, lidarLossCause(met.point, met.material));
    }
    if (amplitude > 0.0f || model.useThreshold == 0u) lidarAddPart(waveform, hit.t, amplitude, i);
  }
  LidarEchoes echoes = lidarEchoes(waveform, model.pulseLength_m);
  LidarFound found = lidarFoundNothing();
  for (uint i = 0u; i < echoes.count; ++i) {
    vec2 noise = lidarNoise(model, beam, i);
    float amplitude = echoes.at[i].amplitude;
    if (lidarDetects(model, amplitude, noise)) lidarFind(found, i, amplitude + noise.x);
  }
  LidarChoice choice = lidarChoose(found, model.echoes);
  uint returns = 0u;
  for (uint k = 0u; k < push.slotCount; ++k) {
    uint chosen = k == 0u ? choice.primary : choice.second;
    if (chosen == kLidarNoEcho) continue;
    LidarEcho echo = echoes.at[chosen];
    uint rayIndex = firstRay + echo.source;
    LidarMeeting met = lidarMeeting(push, RayArray(push.rays).at[rayIndex], HitArray(push.hits).at[rayIndex]);
    LidarSlot reported = lidarMet(ring, column, ringIndex, columnIndex, met.point);
    lidarReport(reported, model, lidarDirection(ring, column), echo.range_m, echo.amplitude,
                lidarNoise(model, beam, chosen), kCauseSurface);
    reported.returnCause |= k;
    SlotSink(push.slots).at[beam * push.slotCount + k] = reported;
    if (k == 0u) slot = reported;
    ++returns;
  }
  if (returns == 0u) SlotSink(push.slots).at[beam * push.slotCount] = slot;
  OutcomeSink(push.outcomes).at[beam] = ((slot.returnCause >> 8u) & 0xffu) | (returns << 8u);
  AxisSink(push.axes).at[beam] = axis;
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
