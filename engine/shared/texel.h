// Textures are buffer texels read by these functions, so that a CPU tracer's alpha test and a shader's see the same
// leaf.
#ifndef NIGHTFOG_SHARED_TEXEL_H
#define NIGHTFOG_SHARED_TEXEL_H
#include "engine/shared/geometry.h"
NF_SHARED_BEGIN

/// A value at a hit from those at the triangle's corners; u and v are the weights of the second and third (Hit::u,
/// Hit::v).
NF_FN vec2 interpolateUv(vec2 uv0, vec2 uv1, vec2 uv2, float u, float v) {
  NF_PRECISE float w = 1.0f - u - v;
  NF_PRECISE float x = w * uv0.x + u * uv1.x + v * uv2.x;
  NF_PRECISE float y = w * uv0.y + u * uv1.y + v * uv2.y;
  return vec2(x, y);
}

/// Texel column or row that a coordinate falls into; the texture repeats. NaN and infinity give 0.
NF_FN uint wrapTexel(float coordinate, uint size) {
  NF_PRECISE float within = coordinate - floor(coordinate);
  return within > 0.0f ? min(uint(within * float(size)), size - 1u) : 0u;
}

/// Index into the scene's texels of the texel nearest to uv. The texture must not be empty.
NF_FN uint nearestTexel(TextureData texture, vec2 uv) {
  return texture.firstTexel + wrapTexel(uv.y, texture.height) * texture.width + wrapTexel(uv.x, texture.width);
}

/// Alpha of an RGBA8 texel, 0 … 1.
NF_FN float alphaOfTexel(uint rgba) {
  return float(rgba >> 24) * (1.0f / 255.0f);
}

/// The alpha test: rays pass where the texel's alpha is below one half.
NF_FN bool isOpaqueTexel(uint rgba) {
  return (rgba >> 24) >= 128u;
}

NF_SHARED_END
#endif
