// words[i] = component i % 4 of texel texelOf[i / 4] of the first buffer, plus the same of the second.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
layout(local_size_x = 64) in;
layout(set = 0, binding = 0) uniform usamplerBuffer first;
layout(set = 0, binding = 1) uniform usamplerBuffer second;
layout(buffer_reference, scalar, buffer_reference_align = 4) buffer Words { uint at[]; };
layout(push_constant, scalar) uniform Push {
  Words words;
  Words texelOf;
  uint n;
} push;

void main() {
  const uint i = globalIndex();
  if (i >= push.n) return;
  const int texel = int(push.texelOf.at[i / 4]);
  push.words.at[i] = texelFetch(first, texel)[i % 4] + texelFetch(second, texel)[i % 4];
}
