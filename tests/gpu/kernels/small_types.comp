// Every narrow type a kernel may store: sums of bytes and half words.
#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
layout(local_size_x = 32) in;
layout(buffer_reference, scalar, buffer_reference_align = 1) buffer Bytes { uint8_t at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 2) buffer Halves { uint16_t at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 8) buffer Longs { uint64_t at[]; };
layout(push_constant, scalar) uniform Push {
  Bytes bytes;
  Halves halves;
  Longs sums;
  uint n;
} push;

void main() {
  const uint i = globalIndex();
  if (i >= push.n) return;
  const uint16_t twice = uint16_t(push.bytes.at[i]) * uint16_t(2);
  push.sums.at[i] = uint64_t(push.bytes.at[i]) + uint64_t(push.halves.at[i]) * 0x100000000ul;
  push.bytes.at[i] = uint8_t(twice);
  push.halves.at[i] = twice;
}
