// Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
#ifndef NIGHTFOG_SHARED_PHILOX_H
#define NIGHTFOG_SHARED_PHILOX_H
#include "engine/shared/language.h"
NF_SHARED_BEGIN

NF_FN uvec2 mulHiLo(uint a, uint b) {  // (high, low) 32 bits of the 64-bit product
#ifdef __cplusplus
  const uint64_t product = static_cast<uint64_t>(a) * b;
  return uvec2(static_cast<uint>(product >> 32), static_cast<uint>(product));
#else
  uint high, low;
  umulExtended(a, b, high, low);
  return uvec2(high, low);
#endif
}

/// 128 random bits for a 128-bit counter and a 64-bit key.
NF_FN uvec4 philox4x32(uvec4 counter, uvec2 key) {
  for (int round = 0; round < 10; ++round) {
    uvec2 p0 = mulHiLo(0xD2511F53u, counter.x);
    uvec2 p1 = mulHiLo(0xCD9E8D57u, counter.z);
    counter = uvec4(p1.x ^ counter.y ^ key.x, p1.y, p0.x ^ counter.w ^ key.y, p0.y);
    key = uvec2(key.x + 0x9E3779B9u, key.y + 0xBB67AE85u);
  }
  return counter;
}

/// 24 random bits as a float in [0, 1).
NF_FN float unitFloat(uint bits) { return float(bits >> 8) * 5.9604644775390625e-8f; }

NF_SHARED_END
#endif
