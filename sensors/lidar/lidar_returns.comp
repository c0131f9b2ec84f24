// From each beam's hit to its labelled slot and its outcome.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/shared/lidar_return.h"
#include "engine/trace/scene.glsl"
#include "sensors/lidar/lidar_arrays.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform Push { LidarReturnsPush push; };

void main() {
  uint columnIndex = gl_GlobalInvocationID.x;
  uint ringIndex = gl_GlobalInvocationID.y;
  if (columnIndex >= push.columnCount || ringIndex >= push.ringCount) return;
  uint rayIndex = ringIndex * push.columnCount + columnIndex;
  uint beam = columnIndex * push.ringCount + ringIndex;
  LidarRing ring = RingArray(push.rings).at[ringIndex];
  LidarColumn column = ColumnArray(push.columns).at[columnIndex];
  Hit hit = HitArray(push.hits).at[rayIndex];
  FrameConstants constants = FrameConstants(push.frame);
  LidarModel model = constants.value.model;

  LidarSlot slot;
  if (hit.instance == kNoHit) {
    slot = lidarNothing(ring, column, ringIndex, columnIndex, model.maxRange_m);
  } else {
    SceneTable scene = constants.value.scene;
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
    point.semantic = surface.semantic;
    point.material = surface.material;
    MaterialArray materials = MaterialArray(scene.materials);
    LidarMaterial material;
    material.reflectance = materials.at[surface.material].reflectance[model.band];
    material.roughness = materials.at[surface.material].roughness;
    material.metallic = materials.at[surface.material].metallic;
    material.transmission = materials.at[surface.material].transmission;
    material.retroreflectance = materials.at[surface.material].retroreflectance;
    slot = lidarReturn(model, ring, column, ringIndex, columnIndex, beam, point, material);
  }
  SlotSink(push.slots).at[beam] = slot;
  OutcomeSink(push.outcomes).at[beam] = slot.returnCause >> 8u;
}
