// From each beam's hit to its labelled slot and its outcome.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/shared/lidar_return.h"

layout(local_size_x = 64) in;
layout(buffer_reference, scalar) readonly buffer Rings { LidarRing at[]; };
layout(buffer_reference, scalar) readonly buffer Columns { LidarColumn at[]; };
layout(buffer_reference, scalar) readonly buffer Model { LidarModel value; };
layout(buffer_reference, scalar) readonly buffer Rays { Ray at[]; };
layout(buffer_reference, scalar) readonly buffer Hits { Hit at[]; };
layout(buffer_reference, scalar) writeonly buffer Slots { LidarSlot at[]; };
layout(buffer_reference, scalar) writeonly buffer Outcomes { uint at[]; };
layout(buffer_reference, scalar) readonly buffer Scene { SceneTable table; };
layout(buffer_reference, scalar) readonly buffer Points { vec3 at[]; };
layout(buffer_reference, scalar) readonly buffer Triangles { uvec3 at[]; };
layout(buffer_reference, scalar) readonly buffer Words { uint at[]; };
layout(buffer_reference, scalar) readonly buffer Surfaces { Surface at[]; };
layout(buffer_reference, scalar) readonly buffer Materials { MaterialData at[]; };
layout(buffer_reference, scalar) readonly buffer Meshes { MeshRange at[]; };
layout(buffer_reference, scalar) readonly buffer Instances { Instance at[]; };
layout(buffer_reference, scalar) readonly buffer PoseKeys { PoseKey at[]; };
layout(push_constant, scalar) uniform Push { LidarReturnsPush push; };

void main() {
  uint columnIndex = gl_GlobalInvocationID.x;
  uint ringIndex = gl_GlobalInvocationID.y;
  if (columnIndex >= push.columnCount || ringIndex >= push.ringCount) return;
  uint rayIndex = ringIndex * push.columnCount + columnIndex;
  uint beam = columnIndex * push.ringCount + ringIndex;
  LidarRing ring = Rings(push.rings).at[ringIndex];
  LidarColumn column = Columns(push.columns).at[columnIndex];
  Hit hit = Hits(push.hits).at[rayIndex];
  Model model = Model(push.model);

  LidarSlot slot;
  if (hit.instance == kNoHit) {
    slot = lidarNothing(ring, column, ringIndex, columnIndex, model.value.maxRange_m);
  } else {
    Scene scene = Scene(push.sceneTable);
    Ray ray = Rays(push.rays).at[rayIndex];
    Instance instance = Instances(scene.table.instances).at[hit.instance];
    MeshRange mesh = Meshes(scene.table.meshes).at[instance.mesh];
    uint triangleIndex = mesh.firstTriangle + hit.primitive;
    uvec3 triangle = Triangles(scene.table.triangles).at[triangleIndex] + mesh.firstVertex;
    Points positions = Points(scene.table.positions);
    Surface surface = Surfaces(scene.table.surfaces).at[Words(scene.table.surfaceOfTriangle).at[triangleIndex]];
    PoseKeys keys = PoseKeys(scene.table.poseKeys);
    float fraction;
    uint segment = poseSegment(ray.time_s, scene.table.keyStep_s, instance.keyCount, fraction);
    PoseKey before = keys.at[instance.firstKey + segment];
    PoseKey after = keys.at[instance.firstKey + min(segment + 1u, instance.keyCount - 1u)];
    LidarSurfacePoint point =
        lidarSurfacePoint(ray, hit, before, after, fraction, scene.table.keyStep_s, instance.keyCount > 1u, positions.at[triangle.x],
                          positions.at[triangle.y], positions.at[triangle.z]);
    point.object = instance.object != 0u ? instance.object : surface.object;
    point.semantic = surface.semantic;
    point.material = surface.material;
    Materials materials = Materials(scene.table.materials);
    LidarMaterial material;
    material.reflectance = materials.at[surface.material].reflectance[model.value.band];
    material.roughness = materials.at[surface.material].roughness;
    material.metallic = materials.at[surface.material].metallic;
    material.transmission = materials.at[surface.material].transmission;
    material.retroreflectance = materials.at[surface.material].retroreflectance;
    slot = lidarReturn(model.value, ring, column, ringIndex, columnIndex, beam, point, material);
  }
  Slots(push.slots).at[beam] = slot;
  Outcomes(push.outcomes).at[beam] = slot.returnCause >> 8u;
}
