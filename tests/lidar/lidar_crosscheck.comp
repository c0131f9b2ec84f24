// The LiDAR's shared functions on the device.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "tests/lidar/crosscheck.h"

layout(local_size_x = 64) in;
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer Cases { LidarCase at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) writeonly buffer Answers { LidarAnswer at[]; };
layout(push_constant, scalar) uniform Push { CrosscheckPush push; };

void main() {
  if (gl_GlobalInvocationID.x >= push.count) return;
  Answers(push.answers).at[gl_GlobalInvocationID.x] = answerOf(Cases(push.cases).at[gl_GlobalInvocationID.x]);
}
