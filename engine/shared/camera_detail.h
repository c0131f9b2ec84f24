// Wear, patches, dirt and leaves' tints that no mesh carries: noise by place, the same in every frame and for every
// ray.
#ifndef NIGHTFOG_SHARED_CAMERA_DETAIL_H
#define NIGHTFOG_SHARED_CAMERA_DETAIL_H
#include "engine/shared/language.h"
NF_SHARED_BEGIN

/// 32 mixed bits of a lattice point [Jarzynski and Olano, "Hash functions for GPU rendering", JCGT 9(3), 2020: pcg].
NF_FN uint latticeHash(uint x, uint y, uint z) {
  uint state = x * 747796405u + 2891336453u;
  state = (state ^ (y * 277803737u)) * 747796405u + 2891336453u;
  state = (state ^ (z * 2654435769u)) * 747796405u + 2891336453u;
  uint word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

NF_FN float latticeValue(int x, int y, uint layer) {
  return float(latticeHash(uint(x), uint(y), layer) >> 8u) * 5.9604645e-8f;
}

/// Smooth noise of a plane, 0 … 1, features of size 1.
NF_FN float planeNoise(vec2 p, uint layer) {
  vec2 cell = floor(p);
  vec2 f = p - cell;
  f = f * f * (vec2(3.0f) - 2.0f * f);
  int x = int(cell.x);
  int y = int(cell.y);
  float low = mix(latticeValue(x, y, layer), latticeValue(x + 1, y, layer), f.x);
  float high = mix(latticeValue(x, y + 1, layer), latticeValue(x + 1, y + 1, layer), f.x);
  return mix(low, high, f.y);
}

/// Four octaves, 0 … 1, mean one half.
NF_FN float cloudNoise(vec2 p, uint layer) {
  float sum = 0.5f * planeNoise(p, layer) + 0.25f * planeNoise(p * 2.03f, layer + 1u) +
              0.125f * planeNoise(p * 4.01f, layer + 2u) + 0.0625f * planeNoise(p * 8.05f, layer + 3u);
  return sum * (1.0f / 0.9375f);
}

NF_SHARED_END
#endif
