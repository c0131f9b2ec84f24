#version 460
#extension GL_GOOGLE_include_directive : require
#include "engine/shared/kernels.glsl"
#include "engine/trace/compute_bvh/traversal.glsl"

layout(local_size_x = 64) in;
layout(push_constant, scalar) uniform PushBlock { TracePush push; };

void main() {
  BvhTable table = BvhTableRef(push.table).table;  // while every lane is awake, one load serves them all
  uint i = globalIndex();
  if (i >= push.count) return;
  HitArray(push.hits).at[i] = traceRay(table, loadRay(push.rays, i), false);
}
