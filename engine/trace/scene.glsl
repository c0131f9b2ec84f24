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

#endif
