// Watertight ray/triangle test after Woop, Benthin, Wald, "Watertight Ray/Triangle Intersection" (JCGT 2013): the
// triangle is sheared so that the ray runs along an axis, and the test is whether the origin lies in a 2D triangle.
//
// Rays leak through no shared edge or corner: a sheared corner depends on the ray and that corner only, and the edge
// function fl(a) - fl(b) of two rounded products never has the wrong sign, because rounding keeps order; it can only
// become 0, which both neighbours count as inside. So the paper's fallback to doubles is not needed; the price is that
// a ray within a rounding of an edge may hit both neighbours. Needs products that round on their own: NF_PRECISE.
#ifndef NIGHTFOG_SHARED_TRIANGLE_H
#define NIGHTFOG_SHARED_TRIANGLE_H
#include "engine/shared/geometry.h"
NF_SHARED_BEGIN

/// What the test needs of a ray: the axis along which it runs fastest, and the shear that makes it run along that axis
/// alone.
struct RayShear {
  vec3 origin;
  uint axis;
  vec3 shear;
};

/// Cyclic permutation that brings `axis` last.
NF_FN vec3 axisLast(vec3 v, uint axis) {
  return axis == 0u ? vec3(v.y, v.z, v.x) : (axis == 1u ? vec3(v.z, v.x, v.y) : v);
}

NF_FN RayShear makeRayShear(vec3 origin, vec3 direction) {
  vec3 size = abs(direction);
  RayShear ray;
  ray.origin = origin;
  ray.axis = (size.z >= size.x && size.z >= size.y) ? 2u : (size.y >= size.x ? 1u : 0u);
  vec3 d = axisLast(direction, ray.axis);
  NF_PRECISE float inverse = 1.0f / d.z;
  NF_PRECISE float sx = d.x * inverse;
  NF_PRECISE float sy = d.y * inverse;
  ray.shear = vec3(sx, sy, inverse);
  return ray;
}

/// The corner relative to the ray, sheared; z is the way along the axis.
NF_FN vec3 shearCorner(RayShear ray, vec3 corner) {
  vec3 p = axisLast(corner - ray.origin, ray.axis);
  NF_PRECISE float x = p.x - ray.shear.x * p.z;
  NF_PRECISE float y = p.y - ray.shear.y * p.z;
  NF_PRECISE float z = ray.shear.z * p.z;
  return vec3(x, y, z);
}

/// Whether the ray meets the triangle within [tMin, tMax], from either side; hit is (t, u, v), u and v the weights of
/// the corners b and c. A degenerate triangle is never met; nor is one with NaN or infinite corners.
NF_FN bool intersectTriangle(RayShear ray, vec3 a, vec3 b, vec3 c, float tMin, float tMax, NF_OUT(vec3) hit) {
  vec3 pa = shearCorner(ray, a);
  vec3 pb = shearCorner(ray, b);
  vec3 pc = shearCorner(ray, c);
  NF_PRECISE float weightA = pc.x * pb.y - pc.y * pb.x;
  NF_PRECISE float weightB = pa.x * pc.y - pa.y * pc.x;
  NF_PRECISE float weightC = pb.x * pa.y - pb.y * pa.x;
  NF_PRECISE float determinant = weightA + weightB + weightC;
  bool inside = (weightA >= 0.0f && weightB >= 0.0f && weightC >= 0.0f) ||
                (weightA <= 0.0f && weightB <= 0.0f && weightC <= 0.0f);
  NF_PRECISE float inverse = 1.0f / determinant;
  NF_PRECISE float t = (weightA * pa.z + weightB * pb.z + weightC * pc.z) * inverse;
  hit = vec3(t, weightB * inverse, weightC * inverse);
  return inside && determinant != 0.0f && abs(determinant) < 1e37f && t >= tMin && t <= tMax;
}

NF_SHARED_END
#endif
