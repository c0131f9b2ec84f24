// Wear, patches, dirt and leaves' tints that no mesh carries: noise by place, the same in every frame and for every
// ray.
#ifndef NIGHTFOG_SHARED_CAMERA_DETAIL_H
#define NIGHTFOG_SHARED_CAMERA_DETAIL_H
#include "engine/shared/geometry.h"
#include "engine/shared/light.h"
#include "engine/shared/sky.h"
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

/// How much of detail of a size is resolved by a pixel that covers `footprint_m`.
NF_FN float resolvedShare(float size_m, float footprint_m) { return clamp(1.5f - footprint_m / size_m, 0.0f, 1.0f); }

/// Share of a joint of a width in a pixel at a distance from its middle: sharp when resolved, spread out when not.
NF_FN float jointShare(float fromMiddle_m, float width_m, float footprint_m) {
  float blur = max(footprint_m, 0.3f * width_m);
  float inside = clamp((0.5f * width_m + 0.5f * blur - abs(fromMiddle_m)) / blur, 0.0f, 1.0f);
  return inside * min(1.0f, width_m / blur + 0.3f);
}

/// A number in [0, 1) of one brick, tile or slab.
NF_FN float pieceTint(float column, float row, uint layer) { return latticeValue(int(column), int(row), layer); }

/// Along a wall, level, and up it (or up a roof's slope): metres.
NF_FN vec2 wallPlace(vec3 place, vec3 normal) {
  float across = sqrt(max(normal.x * normal.x + normal.y * normal.y, 1e-6f));
  return vec2((place.y * normal.x - place.x * normal.y) / across, place.z / across);
}

/// Pieces of a size with joints, every row shifted by `shift` of a piece against the one below: factor on the colour.
NF_FN vec3 laidPieces(vec2 q, vec2 size, float shift, float joint_m, vec3 joint, float variation, uint layer, float footprint_m) {
  float resolved = resolvedShare(size.y, footprint_m);
  if (resolved <= 0.0f) return vec3(1.0f);
  float row = floor(q.y / size.y);
  float along = q.x / size.x + shift * row;
  float column = floor(along);
  float fromRow = (q.y / size.y - row - 0.5f) * size.y;
  float fromColumn = (along - column - 0.5f) * size.x;
  float line = max(jointShare(0.5f * size.y - abs(fromRow), joint_m, footprint_m),
                   jointShare(0.5f * size.x - abs(fromColumn), joint_m, footprint_m));
  float tint = 1.0f + variation * (pieceTint(column, row, layer) - 0.5f);
  vec3 warm = vec3(1.0f, 1.0f + 0.12f * variation * (pieceTint(column, row, layer + 1u) - 0.5f), 1.0f - 0.2f * variation * (pieceTint(column, row, layer + 1u) - 0.5f));
  return mix(vec3(1.0f), mix(tint * warm, joint, line), resolved);
}

/// Factor on the base colour. `place` is in the world (modulo 4096 m) for what stands, in the mesh's frame for what moves.
NF_FN vec3 surfaceDetail(uint detail, vec3 place, vec3 normal, uint triangle, float footprint_m) {
  vec2 p = vec2(place.x, place.y);
  if (detail == kDetailAsphalt) {
    float wear = cloudNoise(p * 0.13f, 11u) - 0.5f;                       // repairs, dust, traffic: metres
    float stain = smoothStep(0.60f, 0.76f, cloudNoise(p * 0.55f, 23u));   // oil and rubber
    float value = 1.0f + 0.70f * wear - 0.30f * stain;
    float mid = resolvedShare(0.15f, footprint_m);
    if (mid > 0.0f) {
      // Binder and stones in clumps; what drips from standing engines.
      value += mid * (0.26f * (planeNoise(p * 9.0f, 61u) - 0.5f) + 0.16f * (planeNoise(p * 3.4f, 63u) - 0.5f));
      value -= mid * 0.34f * smoothStep(0.84f, 0.92f, planeNoise(p * 1.7f, 67u)) * smoothStep(0.3f, 0.6f, planeNoise(p * 8.0f, 69u));
    }
    float grains = resolvedShare(0.012f, footprint_m);
    if (grains > 0.0f) value += 0.42f * grains * (planeNoise(p * 85.0f, 53u) + planeNoise(p * 190.0f, 59u) - 1.0f);
    float crack = 0.0f;
    float fine = resolvedShare(0.08f, footprint_m);
    if (fine > 0.0f) {
      // Cracks are the lines where noise crosses its mean; some are sealed with bitumen, bands of a hand's width.
      if (planeNoise(p * 0.09f, 41u) > 0.45f) {
        float ridge = abs(cloudNoise(p * 0.31f, 37u) - 0.5f) * 3.5f;  // metres from the line, about
        crack = fine * jointShare(ridge, 0.012f, footprint_m) * smoothStep(0.45f, 0.60f, planeNoise(p * 0.09f, 41u));
      }
      float seal = fine * (1.0f - smoothStep(0.006f, 0.011f, abs(cloudNoise(p * 0.085f, 43u) - 0.52f))) *
                   smoothStep(0.44f, 0.52f, planeNoise(p * 0.05f, 47u));
      crack = max(crack, 0.8f * seal);
    }
    return vec3(max(value, 0.3f) * (1.0f - 0.55f * crack)) * vec3(1.0f, 0.995f, 0.985f);
  }
  if (detail == kDetailMarking) {
    // Tyres take the paint off in flakes; what is left has their rubber on it.
    float worn = 0.65f * smoothStep(0.46f, 0.66f, cloudNoise(p * 2.1f, 71u)) * (0.4f + 0.6f * smoothStep(0.35f, 0.6f, planeNoise(p * 17.0f, 75u))) +
                 0.25f * smoothStep(0.5f, 0.9f, planeNoise(p * 31.0f, 73u));
    return vec3(1.0f - min(worn, 0.9f) * 0.78f);
  }
  if (detail == kDetailConcrete) {
    // On walls the plane is that of the wall, with stains that run down.
    bool wall = abs(normal.z) < 0.5f;
    vec2 q = wall ? vec2((place.x + place.y) * 1.0f, place.z) : p;
    float blotch = cloudNoise(q * vec2(0.45f, wall ? 0.22f : 0.45f), 83u) - 0.5f;
    float streak = wall ? smoothStep(0.55f, 0.85f, cloudNoise(q * vec2(2.3f, 0.14f), 89u)) : 0.0f;
    float grain = resolvedShare(0.02f, footprint_m) * (planeNoise(q * 47.0f, 97u) - 0.5f);
    return vec3(1.0f + 0.42f * blotch - (wall ? 0.24f : 0.16f) * streak + 0.14f * grain) * (1.0f - vec3(0.0f, 0.02f, 0.06f) * streak);
  }
  if (detail == kDetailBrick) {
    // Normal format: 240 x 71 mm with joints of 10 and 12 mm (DIN 4172); mortar paler and greyer than the brick.
    vec2 q = wallPlace(place, normal);
    float blotch = cloudNoise(q * vec2(0.45f, 0.25f), 83u) - 0.5f;
    float streak = smoothStep(0.55f, 0.85f, cloudNoise(q * vec2(2.3f, 0.14f), 89u));
    vec3 bricks = laidPieces(q, vec2(0.25f, 0.08333f), 0.5f, 0.011f, vec3(1.15f, 1.7f, 2.1f), 0.55f, 211u, footprint_m);
    return bricks * (1.0f + 0.22f * blotch - 0.14f * streak);
  }
  if (detail == kDetailTiles) {
    // Interlocking clay tiles, 0.34 m a course, 0.22 m wide: the lower edge of each course throws a line of shade.
    vec2 q = wallPlace(place, normal);
    float course = q.y / 0.34f - floor(q.y / 0.34f);
    float shade = resolvedShare(0.12f, footprint_m) * (0.20f * (1.0f - smoothStep(0.0f, 0.16f, course)) - 0.06f * course);
    float moss = smoothStep(0.55f, 0.80f, cloudNoise(q * 0.55f, 227u));
    vec3 tiles = laidPieces(q, vec2(0.22f, 0.34f), 0.0f, 0.018f, vec3(0.55f), 0.38f, 223u, footprint_m);
    return mix(tiles, vec3(0.55f, 0.75f, 0.7f), 0.45f * moss) * (1.0f - shade + 0.25f * (cloudNoise(q * 0.35f, 229u) - 0.5f));
  }
  if (detail == kDetailSlab) {
    // Concrete slabs of 40 cm in running bond; on upright faces plain concrete.
    float blotch = cloudNoise(p * 0.45f, 83u) - 0.5f;
    float grain = resolvedShare(0.02f, footprint_m) * (planeNoise(p * 47.0f, 97u) - 0.5f);
    float gum = resolvedShare(0.05f, footprint_m) * smoothStep(0.80f, 0.86f, planeNoise(p * 7.0f, 233u));
    vec3 slabs = abs(normal.z) < 0.5f ? vec3(1.0f) : laidPieces(p, vec2(0.4f, 0.4f), 0.5f, 0.007f, vec3(0.50f), 0.20f, 239u, footprint_m);
    return slabs * (1.0f + 0.30f * blotch + 0.14f * grain - 0.30f * gum);
  }
  if (detail == kDetailGrass) {
    float parched = cloudNoise(p * 0.4f, 101u);
    float blade = resolvedShare(0.03f, footprint_m) * (planeNoise(p * vec2(60.0f, 60.0f), 103u) - 0.5f);
    vec3 dry = mix(vec3(0.85f, 0.95f, 0.8f), vec3(1.6f, 1.25f, 1.1f), smoothStep(0.45f, 0.8f, parched));
    return dry * (0.85f + 0.5f * (cloudNoise(p * 2.7f, 107u) - 0.5f) + 0.9f * blade);
  }
  if (detail == kDetailLeaf) {
    float leaf = float(latticeHash(triangle, 7u, 1u) >> 8u) * 5.9604645e-8f;
    float age = float(latticeHash(triangle, 11u, 2u) >> 8u) * 5.9604645e-8f;
    return mix(vec3(0.75f, 0.8f, 0.75f), vec3(1.35f, 1.2f, 0.95f), leaf) * (0.8f + 0.4f * age);
  }
  if (detail == kDetailHedge) {
    // Leaves of 3 to 6 cm with dark gaps, in clumps; from afar their mean.
    vec2 q = abs(normal.z) < 0.5f ? wallPlace(place, normal) : p;
    float clump = cloudNoise(q * 1.3f, 251u) - 0.5f;
    float leaves = 0.0f;
    float fine = resolvedShare(0.07f, footprint_m);
    if (fine > 0.0f) leaves = fine * (smoothStep(0.32f, 0.72f, 0.62f * planeNoise(q * 17.0f, 257u) + 0.38f * planeNoise(q * 39.0f, 263u)) - 0.42f);
    float lit = max(1.0f + 0.7f * clump + 1.5f * leaves, 0.2f);
    return lit * mix(vec3(0.85f, 0.95f, 0.9f), vec3(1.25f, 1.1f, 0.9f), clamp(0.5f + leaves + clump, 0.0f, 1.0f));
  }
  if (detail == kDetailPaint) {
    float dust = 0.35f * smoothStep(0.75f, 0.15f, place.z + 0.25f * (cloudNoise(p * 3.0f, 109u) - 0.5f));
    return vec3(1.0f - 0.4f * dust);
  }
  return vec3(1.0f);
}

/// Fair-weather clouds in front of a clear sky, seen along `direction` (above the horizon): a layer at 1.5 km.
NF_FN vec3 cloudsOver(vec3 sky, vec3 direction, vec3 sunDirection, vec3 sunIrradiance, vec3 skyIrradiance, vec2 drift, float cover) {
  vec2 place = vec2(direction.x, direction.y) * (1.5f / (direction.z + 0.06f)) + drift;
  float n = cloudNoise(place * 0.9f, 131u) + 0.11f * (cloudNoise(place * 7.3f, 139u) - 0.5f);
  float edge = 0.80f - 0.55f * cover;
  float thickness = smoothStep(edge, edge + 0.22f, n);
  if (thickness <= 0.0f) return sky;
  // Thicker towards the sun: in the cloud's own shade.
  vec2 ahead = vec2(sunDirection.x, sunDirection.y) * 0.22f;
  float shade = smoothStep(edge, edge + 0.5f, cloudNoise((place + ahead) * 0.9f, 131u));
  vec3 lit = (sunIrradiance * mix(0.62f, 0.18f, shade) + skyIrradiance * 0.9f) * (1.0f / kPiFloat);
  float haze = expOf(-0.055f / max(direction.z, 0.01f));
  return mix(sky, lit, thickness * haze * 0.92f);
}

NF_SHARED_END
#endif
