// First include of every camera kernel: the arrays by address, what travels with the dispatch, and what all stages share.
#ifndef NIGHTFOG_CAMERA_KERNEL_GLSL
#define NIGHTFOG_CAMERA_KERNEL_GLSL
#include "engine/shared/kernels.glsl"
#include "sensors/camera/camera_headers.h"

layout(push_constant, scalar) uniform Push { CameraPush push; };
layout(constant_id = 0) const uint kVariant = 0u;

layout(buffer_reference, scalar) readonly buffer FrameRef { CameraFrame value; };
layout(buffer_reference, scalar) buffer Rays { Ray at[]; };
layout(buffer_reference, scalar) buffer Hits { Hit at[]; };
layout(buffer_reference, scalar) buffer Vec3s { vec3 at[]; };
layout(buffer_reference, scalar) buffer Vec4s { vec4 at[]; };
layout(buffer_reference, scalar) buffer Vec2s { vec2 at[]; };
layout(buffer_reference, scalar) buffer Floats { float at[]; };
layout(buffer_reference, scalar) buffer Words { uint at[]; };
layout(buffer_reference, scalar) buffer PointsOf { CameraPoint at[]; };
layout(buffer_reference, scalar) buffer Guides { CameraGuide at[]; };
layout(buffer_reference, scalar) buffer Detours { CameraDetour at[]; };
layout(buffer_reference, scalar) readonly buffer Triangles { uvec3 at[]; };
layout(buffer_reference, scalar) readonly buffer Surfaces { Surface at[]; };
layout(buffer_reference, scalar) readonly buffer Materials { MaterialData at[]; };
layout(buffer_reference, scalar) readonly buffer Textures { TextureData at[]; };
layout(buffer_reference, scalar) readonly buffer Meshes { MeshRange at[]; };
layout(buffer_reference, scalar) readonly buffer Instances { Instance at[]; };
layout(buffer_reference, scalar) readonly buffer PoseKeys { PoseKey at[]; };
layout(buffer_reference, scalar) readonly buffer Lamps { LampData at[]; };
layout(buffer_reference, scalar) readonly buffer LampCells { LampCell at[]; };
layout(buffer_reference, scalar) readonly buffer Aims { CameraAim at[]; };

/// Puts an item at the end of a list; where in the list does not matter.
void appendTo(uint list, uint item);

#include "sensors/camera/camera_scene.h"

void appendTo(uint list, uint item) {
  Words lists = Words(FrameRef(push.frame).value.lists);
  uint place = atomicAdd(lists.at[list], 1u);
  lists.at[listBegin(list) + place] = item;
}
#endif
