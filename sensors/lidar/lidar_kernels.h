// What each kernel of the LiDAR does for its item, in C++ and GLSL: the .comp files call these on a device,
// lidar_host.cpp on a CPU. Whoever includes this has declared the arrays they reach memory through:
// engine/trace/scene.glsl and lidar_arrays.glsl, or lidar_arrays.hpp.
#ifndef NIGHTFOG_LIDAR_KERNELS_H
#define NIGHTFOG_LIDAR_KERNELS_H
#include "engine/shared/lidar_detour.h"
#include "engine/shared/lidar_fog.h"
#include "engine/shared/lidar_return.h"
#include "engine/shared/lidar_waveform.h"
#include "engine/shared/shape.h"
#include "sensors/lidar/lidar_banks.h"
NF_SHARED_BEGIN

/// Where the sensor is at a time after the first pose key.
NF_FN PoseKey lidarPoseAt(LidarRaysPush push, float time_s) {
  PoseKeyArray keys = PoseKeyArray(push.sensorKeys);
  float fraction;
  uint segment = poseSegment(time_s, push.keyStep_s, push.keyCount, fraction);
  PoseKey pose = keys.at[segment];
  if (push.keyCount > 1u) pose = interpolatePose(pose, keys.at[segment + 1u], fraction);
  return pose;
}

/// By how much a beam is bent: tangents left and up.
NF_FN vec2 lidarBent(LidarRaysPush push, uint beam) {
  if (push.deflections == uint64_t(0)) return vec2(0.0f, 0.0f);
  return Vec2Array(push.deflections).at[beam];
}

/// The first ray of a beam, its axis.
NF_FN Ray lidarAxisRay(LidarRaysPush push, LidarRing ring, LidarColumn column, PoseKey pose, uint beam) {
  float time_s = lidarFiringTime(ring, column, push.sweepStart_ns);
  vec3 direction = lidarBentDirection(ring, column, lidarBent(push, beam));
  return lidarRay(lidarOrigin(ring, column), direction, pose, time_s, push.maxRange_m, beam);
}

/// The rays of a beam; beyond the last column, rays that see nothing.
NF_FN void lidarWriteRay(LidarRaysPush push, uint ringIndex, uint columnIndex) {
  uint known = min(columnIndex, push.window.columnCount - 1u);
  LidarRing ring = RingArray(push.rings).at[ringIndex];
  LidarColumn column = ColumnArray(push.columns).at[known];
  float time_s = lidarFiringTime(ring, column, push.sweepStart_ns);
  PoseKey pose = lidarPoseAt(push, time_s);
  uint beam = known * push.window.ringCount + ringIndex;
  uint mask = columnIndex == known ? 0xffffffffu : 0u;
  uint first = lidarFirstRay(push.window, ringIndex, columnIndex);
  Ray ray = lidarAxisRay(push, ring, column, pose, beam);
  ray.mask = mask;
  RaySink(push.rays).at[first] = ray;
  vec2 bent = lidarBent(push, beam);
  vec3 origin = lidarOrigin(ring, column);
  for (uint i = 1u; i < push.window.subRayCount; ++i) {
    vec3 direction = lidarDirectionAside(ring, column, lidarAside(ring, SubRayArray(push.subRays).at[i], bent));
    ray = lidarRay(origin, direction, pose, time_s, push.maxRange_m, beam);
    ray.mask = mask;
    RaySink(push.rays).at[first + i] = ray;
  }
}

/// What a ray met.
struct LidarMeeting {
  LidarSurfacePoint point;
  LidarMaterial material;
  float extinction_1pm;  ///< mean on the way
  vec3 normal;           ///< of the face, world axes; only where light goes on from it
};

NF_FN LidarMeeting lidarNoMeeting() {
  LidarMeeting met;
  met.point.range_m = 0.0f;
  met.point.incidenceCosine = 0.0f;
  met.point.velocity_mps = vec3(0.0f);
  met.point.object = 0u;
  met.point.part = 0u;
  met.point.semantic = 0u;
  met.point.material = 0u;
  met.material.reflectance = 0.0f;
  met.material.roughness = 1.0f;
  met.material.metallic = 0.0f;
  met.material.transmission = 0.0f;
  met.material.retroreflectance = 0.0f;
  met.material.film = 0.0f;
  met.extinction_1pm = 0.0f;
  met.normal = vec3(0.0f);
  return met;
}

/// Unit normal of a triangle whose corners are in a body's frame; 0 where it has none.
NF_FN vec3 lidarFaceNormal(vec4 rotation, vec3 a, vec3 b, vec3 c) {
  NF_PRECISE vec3 normal = cross(b - a, c - a);
  NF_PRECISE float length2 = dot(normal, normal);
  if (!(length2 > 0.0f)) return vec3(0.0f);
  NF_PRECISE vec3 unit = normal / sqrt(length2);
  return rotateBy(rotation, unit);
}

NF_FN LidarMeeting lidarMeetingIn(uint64_t frame, Ray ray, Hit hit) {
  SceneTable scene = FrameConstants(frame).value.scene;
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
  met.material.reflectance = materials.at[surface.material].reflectance[FrameConstants(frame).value.model.band];
  met.material.roughness = materials.at[surface.material].roughness;
  met.material.metallic = materials.at[surface.material].metallic;
  met.material.transmission = materials.at[surface.material].transmission;
  met.material.retroreflectance = materials.at[surface.material].retroreflectance;
  met.material.film = 0.0f;
  float wetness = FrameConstants(frame).value.roadWetness;
  if (wetness > 0.0f) {
    vec3 normal = rotateBy(keys.at[key].rotation, cross(b - a, c - a));
    float upward = normal.z / max(sqrt(dot(normal, normal)), 1e-12f);
    if (isWettable(surface.semantic, normal.z * ray.direction.z > 0.0f ? -upward : upward)) met.material.film = wetness;
  }
  met.normal = vec3(0.0f);
  if (met.material.transmission > 0.0f || met.material.metallic > 0.0f || met.material.film > 0.0f) {
    vec4 rotation = before.rotation;
    if (moves) rotation = interpolatePose(before, after, fraction).rotation;
    met.normal = lidarFaceNormal(rotation, a, b, c);
  }
  met.extinction_1pm =
      fogMeanExtinction(FrameConstants(frame).value.fog, ray.origin.z, ray.origin.z + ray.direction.z * hit.t);
  if (FrameConstants(frame).value.bankCount > 0u)
    met.extinction_1pm = lidarBankedExtinction(frame, ray, hit.t, met.extinction_1pm);
  return met;
}

NF_FN LidarMeeting lidarMeeting(LidarReturnsPush push, Ray ray, Hit hit) {
  return lidarMeetingIn(push.frame, ray, hit);
}

/// The model of a beam's receiver: its channel's, under the noise that the sun makes in it, less what faults take.
NF_FN LidarModel lidarModelAt(LidarReturnsPush push, LidarRing ring, vec3 direction, uint beam) {
  float noise = lidarSunNoise(FrameConstants(push.frame).value.glare_rad2, direction,
                              FrameConstants(push.frame).value.sunDirection);
  float lost = 0.0f;
  uint64_t losses = FrameConstants(push.frame).value.beamLosses;
  if (losses != uint64_t(0)) lost = FloatArray(losses).at[beam];
  return lidarModelLess(lidarModelOf(FrameConstants(push.frame).value.model, ring, noise), lost);
}

/// Makes a beam without a return one of the noise's, where that crossed the threshold.
NF_FN void lidarTakeStray(NF_INOUT(LidarSlot) slot, LidarReturnsPush push, LidarModel model, LidarRing ring,
                          LidarColumn column, uint ringIndex, uint columnIndex, uint beam) {
  if (isReturn((slot.returnCause >> 8u) & 0xffu)) return;
  LidarModel dark = lidarModelOf(FrameConstants(push.frame).value.model, ring, 1.0f);
  LidarStray stray = lidarStray(model, dark, beam, FrameConstants(push.frame).value.falseAlarms);
  if (stray.range_m < 0.0f) return;
  slot = lidarNothing(ring, column, ringIndex, columnIndex, stray.range_m);
  lidarReport(slot, model, ring, column, stray.range_m, stray.amplitude, vec2(0.0f, 0.0f), stray.cause);
}

/// Notes a retroreflector that a ray met: with what the beam's other rays met of it, or where it outshines those.
NF_FN void lidarNoteGlow(NF_INOUT(LidarAxis) axis, NF_IN(LidarMeeting) met, float range_m, float weight,
                         float pulseLength_m) {
  if (met.material.retroreflectance <= 0.0f) return;
  float retro = lidarRetroreflectance(met.material, met.point.incidenceCosine);
  float glow = lidarShareOf(weight, lidarSnr(1.0f, retro, range_m, met.extinction_1pm));
  if (axis.glow > 0.0f && axis.glowObject == met.point.object && abs(range_m - axis.glowRange_m) < pulseLength_m) {
    axis.glow = lidarSum(axis.glow, glow);
    return;
  }
  if (glow <= axis.glow) return;
  axis.glow = glow;
  axis.glowRange_m = range_m;
  axis.glowObject = met.point.object;
  axis.glowSemanticMaterial = (met.point.semantic & 0xffffu) | (met.point.material << 16u);
}

NF_FN LidarAxis lidarNoAxis(float range_m) {
  LidarAxis axis;
  axis.object = 0u;
  axis.range_m = range_m;
  axis.clearObject = 0u;
  axis.glow = 0.0f;
  axis.glowRange_m = 0.0f;
  axis.glowObject = 0u;
  axis.glowSemanticMaterial = 0u;
  return axis;
}

/// What of a ray's energy stays with what it met: all of it, less what goes on.
NF_FN float lidarStaying(LidarWayOn way) {
  NF_PRECISE float staying = 1.0f - way.share;
  return way.kind == kLidarNoDetour ? 1.0f : staying;
}

/// Whose pane or mirror it is.
NF_FN uint lidarPaneOf(LidarMeeting met) {
  return met.point.object != 0u ? met.point.object : kLidarSceneryPane;
}

/// The echo of the list that a part answers in: the nearest. Rays that are told apart by it are counted once.
NF_FN uint lidarEchoOf(NF_IN(LidarEchoes) echoes, float range_m) {
  uint nearest = 0u;
  for (uint i = 1u; i < echoes.count; ++i) {
    if (abs(echoes.at[i].range_m - range_m) < abs(echoes.at[nearest].range_m - range_m)) nearest = i;
  }
  return nearest;
}

/// Whether weather may have taken a return from this beam.
NF_FN bool lidarHasWeather(LidarReturnsPush push) {
  return FrameConstants(push.frame).value.fogModel != kLidarNoFog ||
         FrameConstants(push.frame).value.roadWetness > 0.0f;
}

/// Object of the return that the beam would have had in clear air and on dry ground; 0: none, or scenery.
NF_FN uint lidarClearObject(LidarReturnsPush push, uint firstRay, uint beam, LidarModel model) {
  LidarWaveform waveform;
  waveform.count = 0u;
  uint objects[kLidarMostSubRays];
  for (uint i = 0u; i < push.window.subRayCount; ++i) {
    Hit hit = HitArray(push.hits).at[firstRay + i];
    objects[i] = 0u;
    if (hit.instance == kNoHit || hit.t < model.minRange_m || hit.t > model.maxRange_m) continue;
    LidarMeeting met = lidarMeeting(push, RayArray(push.rays).at[firstRay + i], hit);
    met.material.film = 0.0f;
    objects[i] = met.point.object;
    float effective = lidarReflectance(met.material, met.point.incidenceCosine);
    float snr = lidarSnr(model.snrScale, effective, hit.t, 0.0f);
    float amplitude = lidarShareOf(SubRayArray(FrameConstants(push.frame).value.subRays).at[i].weight, snr);
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
  if (choice.primary == kLidarNoEcho) return 0u;
  return objects[echoes.at[choice.primary].source];
}

/// From a soft return in this cell of a row, before something at reach_m, until the waveform has fallen to half.
NF_RARE_FN float lidarSoftDepth(LidarReturnsPush push, uint row, uint cell, float range_m, float reach_m) {
  FogRowArray rows = FogRowArray(FrameConstants(push.frame).value.fogRows);
  float step = rows.at[row].step_m;
  float halved = 0.5f * rows.at[row].amplitude[cell];
  uint k = cell + 1u;
  while (k < kLidarFogCells && rows.at[row].amplitude[k] >= halved) ++k;
  if (k >= kLidarFogCells) return max(reach_m - range_m, 0.0f);
  float end = lidarFallWithin(lidarFogCellRange(rows.at[row].firstRange_m, step, k, 0.0f), step,
                              rows.at[row].amplitude[k - 1u], rows.at[row].amplitude[k], halved);
  // As far as from the cell's middle: where in the cell it lies is chance.
  float from = lidarFogCellRange(rows.at[row].firstRange_m, step, cell, 0.0f);
  return max(min(end - from, reach_m - range_m), 0.0f);
}

/// The soft return of a beam that meets something at reach_m.
NF_FN LidarFogReturn lidarSoftReturn(LidarReturnsPush push, Ray ray, float reach_m, LidarModel model, uvec4 bits) {
  if (FrameConstants(push.frame).value.bankCount > 0u) return lidarBankReturn(push.frame, ray, reach_m, model, bits);
  LidarFogReturn soft = lidarNoSoftReturn();
  FogRowArray rows = FogRowArray(FrameConstants(push.frame).value.fogRows);
  uint rowCount = FrameConstants(push.frame).value.fogRowCount;
  uint row = lidarFogLossOf(model.lost, FrameConstants(push.frame).value.fogLosses) * rowCount +
             lidarFogRowOf(ray.direction.z, rowCount, unitFloat(bits.w));
  float step = rows.at[row].step_m;
  uint cells = lidarFogCells(rows.at[row].firstRange_m, step, reach_m);
  float draw = unitFloat(bits.z);
  if (cells == 0u || draw >= rows.at[row].crossed[cells - 1u]) return soft;
  uint low = 0u;
  uint high = cells - 1u;
  while (low < high) {
    uint middle = (low + high) / 2u;
    if (rows.at[row].crossed[middle] > draw) {
      high = middle;
    } else {
      low = middle + 1u;
    }
  }
  // The words' low bytes are not in their unitFloat.
  // Of a cell that begins before the window only what lies within it is seen.
  float from = max(lidarFogCellRange(rows.at[row].firstRange_m, step, low, -0.5f), model.minRange_m);
  float to = max(lidarFogCellRange(rows.at[row].firstRange_m, step, low, 0.5f), model.minRange_m);
  soft.range_m = lidarBetween(from, to, lidarLowByte(bits.w));
  soft.amplitude = lidarCrossingAmplitude(rows.at[row].amplitude[low], model.detectionThreshold, lidarLowByte(bits.z));
  if (model.measuresWidth != 0u) soft.depth_m = lidarSoftDepth(push, row, low, soft.range_m, reach_m);
  return soft;
}

/// What fog before a surface at reach_m gives by Hahner et al., for a surface of effective reflectance 1.
NF_FN LidarFogReturn lidarHahnerReturn(LidarReturnsPush push, float reach_m) {
  FogRowArray rows = FogRowArray(FrameConstants(push.frame).value.fogRows);
  float place = lidarFogPlace(rows.at[0].firstRange_m, rows.at[0].step_m, reach_m);
  uint low = min(uint(place), kLidarFogCells - 2u);
  LidarFogReturn soft = lidarNoSoftReturn();
  soft.range_m = lidarBetween(rows.at[0].range_m[low], rows.at[0].range_m[low + 1u], place - float(low));
  soft.amplitude = lidarBetween(rows.at[0].amplitude[low], rows.at[0].amplitude[low + 1u], place - float(low));
  return soft;
}

/// The slot of a soft return.
NF_FN LidarSlot lidarSoftSlot(LidarModel model, LidarRing ring, LidarColumn column, uint ringIndex, uint columnIndex,
                              LidarFogReturn soft, float gain, vec2 noise) {
  float range = max(soft.range_m, model.minRange_m);
  LidarSlot slot = lidarNothing(ring, column, ringIndex, columnIndex, range);
  if (model.measuresWidth != 0u) slot.elongation_m = lidarSoftElongation(soft.depth_m, model.pulseLength_m);
  lidarReport(slot, model, ring, column, range, soft.amplitude / gain, noise, kCauseFog);
  return slot;
}

/// The slot of a beam of one ray through fog.
NF_FN LidarSlot lidarReturnInFog(LidarReturnsPush push, LidarRing ring, LidarColumn column, uint ringIndex,
                                 uint columnIndex, uint beam, Ray ray, Hit hit, LidarMeeting met, LidarModel model) {
  uint fogModel = FrameConstants(push.frame).value.fogModel;
  float fullGain_m = FrameConstants(push.frame).value.fullGain_m;
  uvec4 bits = lidarBits(model, beam, 0u);
  vec2 noise = vec2(0.0f, 0.0f);
  if (model.useThreshold != 0u || model.useNoise != 0u) noise = normalPair(bits.x, bits.y);
  LidarSlot slot = lidarNothing(ring, column, ringIndex, columnIndex, model.maxRange_m);
  float snr = 0.0f;
  bool found = false;
  LidarFogReturn soft = lidarNoSoftReturn();
  if (hit.instance != kNoHit) {
    slot = lidarMet(ring, column, ringIndex, columnIndex, met.point);
    if (hit.t >= model.minRange_m && hit.t <= model.maxRange_m) {
      float effective = lidarReflectance(met.material, met.point.incidenceCosine);
      slot.reflectance = effective;
      snr = lidarSnr(model.snrScale, effective, hit.t, met.extinction_1pm);
      if (fogModel == kLidarFogHahner) {
        soft = lidarHahnerReturn(push, hit.t);
        soft.amplitude = lidarShareOf(model.snrScale * effective, soft.amplitude);
        if (soft.amplitude > snr && lidarDetects(model, soft.amplitude, noise))
          return lidarSoftSlot(model, ring, column, ringIndex, columnIndex, soft, 1.0f, noise);
      }
      found = lidarDetects(model, snr, noise);
      if (!found) lidarSetCause(slot, lidarLossCause(met.point, met.material));
    }
  }
  if (fogModel == kLidarFogWaveform && model.useThreshold != 0u) {
    soft = lidarSoftReturn(push, ray, slot.trueRange_m, model, bits);
    if (soft.range_m >= 0.0f) {
      LidarFound echoes = lidarFoundNothing();
      lidarFind(echoes, 0u, soft.amplitude);
      if (found) lidarFind(echoes, 1u, lidarShareOf(lidarGain(hit.t, fullGain_m), snr) + noise.x);
      if (lidarChoose(echoes, model.echoes).primary == 0u) {
        float gain = lidarGain(max(soft.range_m, model.minRange_m), fullGain_m);
        return lidarSoftSlot(model, ring, column, ringIndex, columnIndex, soft, gain, vec2(0.0f, 0.0f));
      }
    }
  }
  if (found) lidarReport(slot, model, ring, column, hit.t, snr, noise, kCauseSurface);
  return slot;
}

/// The slot, the outcome and the axis of a beam of one ray, from its hit.
NF_FN void lidarWriteReturn(LidarReturnsPush push, uint ringIndex, uint columnIndex) {
  uint rayIndex = lidarFirstRay(push.window, ringIndex, columnIndex);
  uint beam = columnIndex * push.window.ringCount + ringIndex;
  LidarRing ring = RingArray(FrameConstants(push.frame).value.rings).at[ringIndex];
  LidarColumn column = ColumnArray(FrameConstants(push.frame).value.columns).at[columnIndex];
  Hit hit = HitArray(push.hits).at[rayIndex];
  LidarModel model = lidarModelAt(push, ring, RayArray(push.rays).at[rayIndex].direction, beam);
  LidarSlot slot;
  LidarAxis axis = lidarNoAxis(model.maxRange_m);
  LidarMeeting met = lidarNoMeeting();
  bool meets = hit.instance != kNoHit;
  LidarWayOn way;
  way.share = 0.0f;
  way.kind = kLidarNoDetour;
  if (meets) {
    met = lidarMeeting(push, RayArray(push.rays).at[rayIndex], hit);
    way = lidarWayOn(met.material, met.point.incidenceCosine);
    axis.object = met.point.object;
    axis.range_m = hit.t;
    if (hit.t >= model.minRange_m) lidarNoteGlow(axis, met, hit.t, 1.0f, model.pulseLength_m);
  }
  if (FrameConstants(push.frame).value.fogModel != kLidarNoFog) {
    Ray ray = RayArray(push.rays).at[rayIndex];
    slot = lidarReturnInFog(push, ring, column, ringIndex, columnIndex, beam, ray, hit, met, model);
  } else if (meets) {
    model.extinction_1pm = met.extinction_1pm;
    slot = lidarReturn(model, ring, column, ringIndex, columnIndex, beam, met.point, met.material);
  } else {
    slot = lidarNothing(ring, column, ringIndex, columnIndex, model.maxRange_m);
  }
  lidarTakeStray(slot, push, model, ring, column, ringIndex, columnIndex, beam);
  uint outcome = (slot.returnCause >> 8u) & 0xffu;
  if (outcome == kCauseSurface) slot.fill = lidarStaying(way);
  SlotSink(push.slots).at[beam] = slot;
  OutcomeSink(push.outcomes).at[beam] =
      outcome | (isReturn(outcome) ? 0x100u : 0u) | (way.kind != kLidarNoDetour ? kLidarDetourFlag : 0u);
  axis.clearObject = outcome == kCauseSurface ? slot.object : 0u;
  if (outcome != kCauseSurface && meets && lidarHasWeather(push))
    axis.clearObject = lidarClearObject(push, rayIndex, beam, model);
  AxisSink(push.axes).at[beam] = axis;
}

/// The same of a beam of several rays, or of one whose receiver looks for several echoes.
NF_FN void lidarWriteEchoes(LidarReturnsPush push, uint ringIndex, uint columnIndex, uint item) {
  uint firstRay = lidarFirstRay(push.window, ringIndex, columnIndex);
  uint beam = columnIndex * push.window.ringCount + ringIndex;
  LidarRing ring = RingArray(FrameConstants(push.frame).value.rings).at[ringIndex];
  LidarColumn column = ColumnArray(FrameConstants(push.frame).value.columns).at[columnIndex];
  LidarModel model = lidarModelAt(push, ring, RayArray(push.rays).at[firstRay].direction, beam);

  LidarSlot slot = lidarNothing(ring, column, ringIndex, columnIndex, model.maxRange_m);
  LidarAxis axis = lidarNoAxis(model.maxRange_m);
  uint fogModel = FrameConstants(push.frame).value.fogModel;
  float fullGain_m = FrameConstants(push.frame).value.fullGain_m;
  LidarFogReturn soft = lidarNoSoftReturn();
  LidarWaveform waveform;
  waveform.count = 0u;
  float most = -1.0f;
  float nearest = model.maxRange_m;
  float reflected = 0.0f;
  bool meets = false;
  LidarSurfacePoint said = lidarNoMeeting().point;  // what is said of a beam without a return: the strongest part's
  uint saidSource = kLidarNoEcho;
  uint lossCause = kCauseOutOfRange;
  uint flag = 0u;
  float partRange_m[kLidarMostParts];  // of the rays and detours, < 0: nothing; whose they are, and of which class
  float partFill[kLidarMostParts];
  uint partObject[kLidarMostParts];
  uint partSemantic[kLidarMostParts];
  float partEffective[kLidarMostParts];
  uint partCount = push.window.subRayCount + push.detourPasses;
  for (uint i = 0u; i < partCount; ++i) partRange_m[i] = -1.0f;
  for (uint i = 0u; i < push.window.subRayCount; ++i) {
    Hit hit = HitArray(push.hits).at[firstRay + i];
    if (hit.instance == kNoHit) continue;
    LidarMeeting met = lidarMeeting(push, RayArray(push.rays).at[firstRay + i], hit);
    if (i == 0u) {
      said = met.point;
      saidSource = 0u;
      axis.object = met.point.object;
      axis.range_m = met.point.range_m;
    }
    meets = true;
    LidarWayOn way = lidarWayOn(met.material, met.point.incidenceCosine);
    if (way.kind != kLidarNoDetour) flag = kLidarDetourFlag;
    partRange_m[i] = hit.t;
    partFill[i] = lidarShareOf(lidarStaying(way), SubRayArray(FrameConstants(push.frame).value.subRays).at[i].weight);
    partObject[i] = met.point.object;
    partSemantic[i] = met.point.semantic;
    nearest = min(nearest, hit.t);
    if (hit.t < model.minRange_m || hit.t > model.maxRange_m) continue;
    lidarNoteGlow(axis, met, hit.t, SubRayArray(FrameConstants(push.frame).value.subRays).at[i].weight,
                  model.pulseLength_m);
    float effective = lidarReflectance(met.material, met.point.incidenceCosine);
    partEffective[i] = effective;
    float snr = lidarSnr(model.snrScale, effective, hit.t, met.extinction_1pm);
    float amplitude = lidarShareOf(SubRayArray(FrameConstants(push.frame).value.subRays).at[i].weight, snr);
    if (amplitude > most) {
      most = amplitude;
      said = met.point;
      saidSource = i;
      lossCause = lidarLossCause(met.point, met.material);
    }
    reflected += lidarShareOf(SubRayArray(FrameConstants(push.frame).value.subRays).at[i].weight, effective);
    if (amplitude > 0.0f || model.useThreshold == 0u) lidarAddPart(waveform, hit.t, amplitude, i);
  }
  if (saidSource != kLidarNoEcho) {
    slot = lidarMet(ring, column, ringIndex, columnIndex, said);
    lidarSetCause(slot, lossCause);
  }
  if (fogModel == kLidarFogHahner && most >= 0.0f) soft = lidarHahnerReturn(push, said.range_m);
  for (uint pass = 0u; pass < push.detourPasses; ++pass) {
    uint at = pass * push.detourCount + item;
    LidarDetour detour = DetourArray(push.detours).at[at];
    Hit hit = HitArray(push.detourHits).at[at];
    if (detour.kind == kLidarNoDetour || hit.instance == kNoHit) continue;
    float range = detour.travelled_m + hit.t;
    if (range < model.minRange_m || range > model.maxRange_m) continue;
    LidarMeeting met = lidarMeeting(push, RayArray(push.detourRays).at[at], hit);
    float effective = lidarReflectance(met.material, met.point.incidenceCosine);
    float amplitude = lidarDetourAmplitude(model.snrScale, detour, effective, range, met.extinction_1pm, hit.t);
    uint part = push.window.subRayCount + pass;
    partRange_m[part] = range;
    partEffective[part] = effective;
    partFill[part] = lidarShareOf(lidarStaying(lidarWayOn(met.material, met.point.incidenceCosine)),
                                  lidarShareOf(detour.weight, detour.share));
    partObject[part] = met.point.object;
    partSemantic[part] = met.point.semantic;
    if (amplitude > 0.0f || model.useThreshold == 0u)
      lidarAddPart(waveform, range, amplitude, push.window.subRayCount + pass);
  }
  LidarBloom bloom;
  bloom.range_m = 0.0f;
  bloom.signal = 0.0f;
  bloom.object = 0u;
  bloom.semanticMaterial = 0u;
  uint bloomPart = push.window.subRayCount + kLidarDetourPasses;
  if (FrameConstants(push.frame).value.blooms != uint64_t(0))
    bloom = BloomArray(FrameConstants(push.frame).value.blooms).at[item];
  if (bloom.signal > 0.0f) {
    float amplitude = lidarShareOf(model.snrScale, bloom.signal);
    lidarAddPart(waveform, bloom.range_m, amplitude, bloomPart);
  }
  LidarEchoes echoes = lidarEchoes(waveform, model.pulseLength_m);
  LidarFound found = lidarFoundNothing();
  uint fogEcho = echoes.count;
  float fogGain = 1.0f;
  if (fogModel == kLidarFogWaveform && model.useThreshold != 0u) {
    soft = lidarSoftReturn(push, RayArray(push.rays).at[firstRay], nearest, model, lidarBits(model, beam, 0u));
    if (soft.range_m >= 0.0f) {
      lidarFind(found, fogEcho, soft.amplitude);
      fogGain = lidarGain(max(soft.range_m, model.minRange_m), fullGain_m);
    }
  }
  float strongest = 0.0f;
  for (uint i = 0u; i < echoes.count; ++i) {
    vec2 noise = lidarNoise(model, beam, i);
    float amplitude = echoes.at[i].amplitude;
    strongest = max(strongest, amplitude);
    if (!lidarDetects(model, amplitude, noise)) continue;
    float gain = fogModel == kLidarFogWaveform ? lidarGain(echoes.at[i].range_m, fullGain_m) : 1.0f;
    lidarFind(found, i, lidarShareOf(gain, amplitude) + noise.x);
  }
  if (fogModel == kLidarFogHahner && most >= 0.0f) {
    soft.amplitude = lidarShareOf(model.snrScale * reflected, soft.amplitude);
    vec2 noise = lidarNoise(model, beam, 0u);
    if (soft.amplitude > strongest && lidarDetects(model, soft.amplitude, noise)) {
      found = lidarFoundNothing();
      lidarFind(found, fogEcho, soft.amplitude);
    }
  }
  LidarChoice choice = lidarChoose(found, model.echoes);
  uint returns = 0u;
  for (uint k = 0u; k < push.slotCount; ++k) {
    uint chosen = k == 0u ? choice.primary : choice.second;
    if (chosen == kLidarNoEcho) continue;
    if (chosen == fogEcho) {
      vec2 noise = fogModel == kLidarFogHahner ? lidarNoise(model, beam, 0u) : vec2(0.0f, 0.0f);
      LidarSlot foggy = lidarSoftSlot(model, ring, column, ringIndex, columnIndex, soft, fogGain, noise);
      foggy.returnCause |= k;
      SlotSink(push.slots).at[beam * push.slotCount + k] = foggy;
      if (k == 0u) slot = foggy;
      ++returns;
      continue;
    }
    LidarEcho echo = echoes.at[chosen];
    LidarSurfacePoint point;
    uint cause = kCauseSurface;
    uint via = 0u;
    if (echo.source == saidSource) {
      point = said;
    } else if (echo.source < push.window.subRayCount) {
      uint rayIndex = firstRay + echo.source;
      point = lidarMeeting(push, RayArray(push.rays).at[rayIndex], HitArray(push.hits).at[rayIndex]).point;
    } else if (echo.source == bloomPart) {
      point = lidarNoMeeting().point;
      point.range_m = bloom.range_m;
      point.object = bloom.object;
      point.semantic = bloom.semanticMaterial & 0xffffu;
      point.material = bloom.semanticMaterial >> 16u;
      cause = kCauseBloom;
    } else {
      uint at = (echo.source - push.window.subRayCount) * push.detourCount + item;
      point = lidarMeeting(push, RayArray(push.detourRays).at[at], HitArray(push.detourHits).at[at]).point;
      point.range_m = point.range_m + DetourArray(push.detours).at[at].travelled_m;
      if (DetourArray(push.detours).at[at].kind == kLidarMirrored) cause = kCauseGhost;
      via = DetourArray(push.detours).at[at].via;
    }
    float fill = 0.0f;  // summed by a function: glslang follows `precise` through this loop for minutes
    for (uint i = 0u; i < partCount; ++i) {
      if (cause == kCauseBloom || partRange_m[i] < 0.0f || partObject[i] != point.object ||
          partSemantic[i] != point.semantic)
        continue;
      if (lidarEchoOf(echoes, partRange_m[i]) == chosen) fill = lidarSum(fill, partFill[i]);
    }
    LidarSlot reported = lidarMet(ring, column, ringIndex, columnIndex, point);
    if (echo.source != bloomPart) reported.reflectance = partEffective[echo.source];
    if (model.measuresWidth != 0u) reported.elongation_m = lidarElongation(waveform, echo, model.pulseLength_m);
    lidarReport(reported, model, ring, column, echo.range_m, echo.amplitude, lidarNoise(model, beam, chosen), cause);
    reported.fill = min(fill, 1.0f);
    reported.seenVia = via;
    reported.returnCause |= k;
    SlotSink(push.slots).at[beam * push.slotCount + k] = reported;
    if (k == 0u) slot = reported;
    ++returns;
  }
  if (returns == 0u) {
    lidarTakeStray(slot, push, model, ring, column, ringIndex, columnIndex, beam);
    if (isReturn((slot.returnCause >> 8u) & 0xffu)) returns = 1u;
    SlotSink(push.slots).at[beam * push.slotCount] = slot;
  }
  OutcomeSink(push.outcomes).at[beam] = ((slot.returnCause >> 8u) & 0xffu) | (returns << 8u) | flag;
  uint outcome = (slot.returnCause >> 8u) & 0xffu;
  axis.clearObject = outcome == kCauseSurface ? slot.object : 0u;
  if (outcome != kCauseSurface && meets && lidarHasWeather(push))
    axis.clearObject = lidarClearObject(push, firstRay, beam, model);
  AxisSink(push.axes).at[beam] = axis;
}

/// A beam whose detours are traced, again.
NF_FN void lidarWriteDetourReturns(LidarReturnsPush push, uint item) {
  uint beam = UintArray(push.detourList).at[item];
  bool blooms = FrameConstants(push.frame).value.blooms != uint64_t(0);
  if (!blooms && (OutcomeArray(push.outcomes).at[beam] & kLidarDetourFlag) == 0u) return;
  lidarWriteEchoes(push, beam % push.window.ringCount, beam / push.window.ringCount, item);
}

NF_FN LidarDetour lidarNoDetour() {
  LidarDetour detour;
  detour.travelled_m = 0.0f;
  detour.share = 0.0f;
  detour.depth = 0.0f;
  detour.weight = 0.0f;
  detour.via = 0u;
  detour.kind = kLidarNoDetour;
  return detour;
}

/// The way on from where `before` met something; what cannot go on is no detour.
NF_FN LidarDetour lidarGoOn(LidarDetour before, LidarMeeting met, LidarWayOn way, float length_m) {
  LidarDetour detour = lidarNoDetour();
  NF_PRECISE float share = before.share * way.share;
  if (way.kind == kLidarNoDetour || share < kLidarLeastShare || dot(met.normal, met.normal) == 0.0f) return detour;
  NF_PRECISE float travelled = before.travelled_m + length_m;
  NF_PRECISE float depth = before.depth + met.extinction_1pm * length_m;
  detour.travelled_m = travelled;
  detour.share = share;
  detour.depth = depth;
  detour.weight = before.weight;
  detour.via = before.via != 0u ? before.via : lidarPaneOf(met);
  detour.kind = max(before.kind, way.kind);
  return detour;
}

/// One pass of one beam's detour.
NF_FN void lidarWriteDetour(LidarDetourPush push, uint item) {
  uint beam = UintArray(push.detourList).at[item];
  uint at = push.pass * push.detourCount + item;
  LidarDetour before = lidarNoDetour();
  LidarDetour detour = before;
  Ray ray;
  Hit hit;
  hit.instance = kNoHit;
  LidarMeeting met = lidarNoMeeting();
  LidarWayOn way;
  way.share = 0.0f;
  way.kind = kLidarNoDetour;
  if (push.pass > 0u) {
    before = DetourArray(push.detours).at[at - push.detourCount];
    ray = RayArray(push.detourRays).at[at - push.detourCount];
    hit = HitArray(push.detourHits).at[at - push.detourCount];
    if (before.kind == kLidarNoDetour) hit.instance = kNoHit;
    if (hit.instance != kNoHit) {
      met = lidarMeetingIn(push.frame, ray, hit);
      way = lidarWayOn(met.material, met.point.incidenceCosine);
    }
  } else {
    before.share = 1.0f;
    uint firstRay = lidarFirstRay(push.window, beam % push.window.ringCount, beam / push.window.ringCount);
    ray = RayArray(push.rays).at[firstRay];
    bool goesOn = (OutcomeArray(push.outcomes).at[beam] & kLidarDetourFlag) != 0u;
    for (uint i = 0u; i < (goesOn ? push.window.subRayCount : 0u); ++i) {
      Hit other = HitArray(push.hits).at[firstRay + i];
      if (other.instance == kNoHit) continue;
      Ray otherRay = RayArray(push.rays).at[firstRay + i];
      LidarMeeting otherMet = lidarMeetingIn(push.frame, otherRay, other);
      LidarWayOn otherWay = lidarWayOn(otherMet.material, otherMet.point.incidenceCosine);
      if (otherWay.kind == kLidarNoDetour) continue;
      // The rays of a beam that go on go one way: the first one's.
      if (hit.instance == kNoHit) {
        hit = other;
        ray = otherRay;
        met = otherMet;
        way = otherWay;
      }
      before.weight = lidarSum(before.weight, SubRayArray(FrameConstants(push.frame).value.subRays).at[i].weight);
    }
  }
  if (hit.instance != kNoHit) detour = lidarGoOn(before, met, way, hit.t);
  if (detour.kind != kLidarNoDetour) {
    ray.origin = lidarPointOn(ray.origin, ray.direction, hit.t);
    if (way.kind == kLidarMirrored) ray.direction = lidarMirroredDirection(ray.direction, met.normal);
    ray.tMin = 1e-3f + 1e-5f * detour.travelled_m;
    ray.tMax = max(FrameConstants(push.frame).value.model.maxRange_m - detour.travelled_m, 0.0f);
    ray.mask = 0xffffffffu;
  } else {
    ray.mask = 0u;
  }
  DetourArray(push.detours).at[at] = detour;
  RaySink(push.detourRays).at[at] = ray;
}

/// The ray of an aim: a beam's, but seeing one object alone.
NF_FN void lidarWriteAim(LidarAimPush push, uint index) {
  LidarAim aim = AimArray(push.aims).at[index];
  LidarRing ring = RingArray(push.rays.rings).at[aim.beam % push.rays.window.ringCount];
  LidarColumn column = ColumnArray(push.rays.columns).at[aim.beam / push.rays.window.ringCount];
  PoseKey pose = lidarPoseAt(push.rays, lidarFiringTime(ring, column, push.rays.sweepStart_ns));
  Ray ray = lidarAxisRay(push.rays, ring, column, pose, aim.beam);
  ray.target = aim.object;
  RaySink(push.aimed).at[index] = ray;
}

NF_SHARED_END
#endif
