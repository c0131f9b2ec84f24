#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/shared/philox.h"
layout(local_size_x = 64) in;
struct Input {
  uvec4 counter;
  uvec2 key;
};
layout(buffer_reference, scalar) readonly buffer Inputs { Input at[]; };
layout(buffer_reference, scalar) writeonly buffer Outputs { uvec4 at[]; };
layout(push_constant, scalar) uniform Push {
  Inputs inputs;
  Outputs outputs;
  uint n;
} push;

void main() {
  const uint i = globalIndex();
  if (i < push.n) push.outputs.at[i] = philox4x32(push.inputs.at[i].counter, push.inputs.at[i].key);
}
