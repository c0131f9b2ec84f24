// A scene's arrays for kernels, by address (shared/geometry.h, SceneTable).
#ifndef NIGHTFOG_TRACE_SCENE_GLSL
#define NIGHTFOG_TRACE_SCENE_GLSL
#include "engine/shared/geometry.h"
#include "engine/shared/pose.h"
#include "engine/shared/texel.h"

layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer RayArray { Ray at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer HitArray { Hit at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Vec2Array { vec2 at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Vec3Array { vec3 at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer UintArray { uint at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Uvec3Array { uvec3 at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer SurfaceArray { Surface at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer MaterialArray { MaterialData at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer TextureArray { TextureData at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer MeshArray { MeshRange at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer InstanceArray { Instance at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer PoseKeyArray { PoseKey at[]; };

/// Whether the material's alpha texture is not cut out where the mesh's triangle was hit.
bool isOpaqueAt(SceneTable scene, uint mesh, uint primitive, vec2 weights) {
  MeshRange range = MeshArray(scene.meshes).at[mesh];
  uint triangle = range.firstTriangle + primitive;
  uint surface = UintArray(scene.surfaceOfTriangle).at[triangle];
  uint material = SurfaceArray(scene.surfaces).at[surface].material;
  uint texture = MaterialArray(scene.materials).at[material].alphaTexture;
  if (texture == kNoTexture) return true;
  uvec3 corners = Uvec3Array(scene.triangles).at[triangle] + range.firstVertex;
  Vec2Array uvs = Vec2Array(scene.uvs);
  vec2 uv = interpolateUv(uvs.at[corners.x], uvs.at[corners.y], uvs.at[corners.z], weights.x, weights.y);
  return isOpaqueTexel(UintArray(scene.texels).at[nearestTexel(TextureArray(scene.textures).at[texture], uv)]);
}

#endif
