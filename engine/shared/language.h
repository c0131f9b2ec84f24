// What makes one header both C++20 and GLSL: type names, `NF_FN` for functions (`NF_RARE_FN`: kept out of line, for
// what few frames need), a namespace in C++.
//
// A shared header includes this first and ends its code with NF_SHARED_END. GLSL needs GL_EXT_scalar_block_layout,
// GL_EXT_shader_explicit_arithmetic_types_int64 and GL_GOOGLE_include_directive (kernels.glsl turns them on).
// Every float expression whose bits matter is `precise` through NF_PRECISE: no contraction to fused multiply-add; C++
// is compiled with -ffp-contract=off.
#ifndef NIGHTFOG_SHARED_LANGUAGE_H
#define NIGHTFOG_SHARED_LANGUAGE_H

#ifdef __cplusplus
#include <cmath>
#include <cstdint>
#include <cstring>
#include <glm/glm.hpp>
#define NF_SHARED_BEGIN namespace nightfog::shared {
#define NF_SHARED_END }
#define NF_FN inline
#define NF_RARE_FN [[gnu::noinline, gnu::cold]] inline
#define NF_PRECISE
#define NF_IN(type) const type&
#define NF_OUT(type) type&
#define NF_INOUT(type) type&
#define NF_CONST inline constexpr
namespace nightfog::shared {
using uint = uint32_t;
using vec2 = glm::vec2;
using vec3 = glm::vec3;
using vec4 = glm::vec4;
using uvec2 = glm::uvec2;
using uvec3 = glm::uvec3;
using uvec4 = glm::uvec4;
using ivec2 = glm::ivec2;
using glm::abs;
using glm::clamp;
using glm::cross;
using glm::dot;
using glm::floor;
using glm::fract;
using glm::length;
using glm::max;
using glm::min;
using glm::mix;
using glm::normalize;
using glm::sqrt;
inline float uintBitsToFloat(uint u) {
  float f;
  std::memcpy(&f, &u, 4);
  return f;
}
inline uint floatBitsToUint(float f) {
  uint u;
  std::memcpy(&u, &f, 4);
  return u;
}
}  // namespace nightfog::shared
#else
#define NF_SHARED_BEGIN
#define NF_SHARED_END
#define NF_FN
#define NF_RARE_FN
#define NF_PRECISE precise
#define NF_IN(type) type
#define NF_OUT(type) out type
#define NF_INOUT(type) inout type
#define NF_CONST const
#endif

#endif
