// data[i] = data[i] * factor + addend, for checks of dispatch, order and indexing.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
layout(local_size_x = 64) in;
layout(constant_id = 0) const uint kAddend = 0;
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Words { uint at[]; };
layout(push_constant, scalar) uniform Push {
  Words data;
  uint n;
  uint factor;
} push;

void main() {
  const uint i = globalIndex();
  if (i < push.n) push.data.at[i] = push.data.at[i] * push.factor + kAddend;
}
