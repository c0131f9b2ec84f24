// Where a moving body is at a ray's own time: the one function that every tracer, and the labels, interpolate poses
// with. No built-in transcendental: Vulkan allows sin() an error of 2^-11.
#ifndef NIGHTFOG_SHARED_POSE_H
#define NIGHTFOG_SHARED_POSE_H
#include "engine/shared/geometry.h"
NF_SHARED_BEGIN

/// sin(t a) / (t sin a) for t in [0, 1], a in [0, pi/2], given y = (1 - cos a) / 2: the hypergeometric series 2F1(1 -
/// t, 1 + t; 3/2; y), whose terms have the ratio ((k+1)^2 - t^2) / ((k+1)(k+3/2)) y [Abramowitz and Stegun 15.1.16].
/// Twelve terms in Horner's form and a geometric tail: rounding is all that is left of the error up to a = 1.25, 3e-6
/// at pi/2.
NF_FN float slerpSeries(float t, float y) {
  NF_PRECISE float tt = t * t;
  NF_PRECISE float sum = 1.0f + y * (1.0f + y);
  sum = 1.0f + (0.96000000f - 0.006666667f * tt) * y * sum;  // k = 11
  sum = 1.0f + (0.95652174f - 0.007905138f * tt) * y * sum;
  sum = 1.0f + (0.95238095f - 0.009523810f * tt) * y * sum;
  sum = 1.0f + (0.94736842f - 0.011695906f * tt) * y * sum;
  sum = 1.0f + (0.94117647f - 0.014705882f * tt) * y * sum;
  sum = 1.0f + (0.93333333f - 0.019047619f * tt) * y * sum;
  sum = 1.0f + (0.92307692f - 0.025641026f * tt) * y * sum;
  sum = 1.0f + (0.90909091f - 0.036363636f * tt) * y * sum;
  sum = 1.0f + (0.88888889f - 0.055555556f * tt) * y * sum;
  sum = 1.0f + (0.85714286f - 0.095238095f * tt) * y * sum;
  sum = 1.0f + (0.80000000f - 0.2f * tt) * y * sum;
  sum = 1.0f + (0.66666667f - 0.66666667f * tt) * y * sum;  // k = 0
  return sum;
}

/// Between the shapes of two poses.
NF_FN float interpolateShape(float a, float b, float fraction) {
  NF_PRECISE float shape = (1.0f - fraction) * a + fraction * b;
  return shape;
}

/// Between two poses, fraction in [0, 1]: translation linear, rotation by the shorter great arc at constant rate
/// (slerp), unit length to rounding, shape linear. Within 1e-6 rad of the exact turn for keys up to 90 degrees apart,
/// 1e-5 rad up to 180, where the way round is undefined: choose pose keys closer than that (a wheel at 45 rad/s turns
/// 90 degrees in 35 ms).
NF_FN PoseKey interpolatePose(PoseKey a, PoseKey b, float fraction) {
  NF_PRECISE float cosine = a.rotation.x * b.rotation.x + a.rotation.y * b.rotation.y + a.rotation.z * b.rotation.z +
                            a.rotation.w * b.rotation.w;
  float side = cosine < 0.0f ? -1.0f : 1.0f;  // q and -q are one rotation: take the nearer
  NF_PRECISE float dx = side * b.rotation.x - a.rotation.x;
  NF_PRECISE float dy = side * b.rotation.y - a.rotation.y;
  NF_PRECISE float dz = side * b.rotation.z - a.rotation.z;
  NF_PRECISE float dw = side * b.rotation.w - a.rotation.w;
  NF_PRECISE float y = 0.25f * (dx * dx + dy * dy + dz * dz + dw * dw);  // (1 - cos) / 2, without cancellation
  float rest = 1.0f - fraction;
  NF_PRECISE float weightA = rest * slerpSeries(rest, y);
  NF_PRECISE float weightB = side * (fraction * slerpSeries(fraction, y));
  NF_PRECISE float qx = weightA * a.rotation.x + weightB * b.rotation.x;
  NF_PRECISE float qy = weightA * a.rotation.y + weightB * b.rotation.y;
  NF_PRECISE float qz = weightA * a.rotation.z + weightB * b.rotation.z;
  NF_PRECISE float qw = weightA * a.rotation.w + weightB * b.rotation.w;
  NF_PRECISE float scale = 1.0f / sqrt(qx * qx + qy * qy + qz * qz + qw * qw);
  NF_PRECISE float tx = rest * a.translation.x + fraction * b.translation.x;
  NF_PRECISE float ty = rest * a.translation.y + fraction * b.translation.y;
  NF_PRECISE float tz = rest * a.translation.z + fraction * b.translation.z;
  PoseKey pose;
  pose.rotation = vec4(qx * scale, qy * scale, qz * scale, qw * scale);
  pose.translation = vec3(tx, ty, tz);
  pose.shape = interpolateShape(a.shape, b.shape, fraction);
  return pose;
}

/// Which pair of keys a time falls between, as the index of the first, and how far between them it is, 0 … 1. Times
/// before the first and after the last key stay at that key.
NF_FN uint poseSegment(float time_s, float keyStep_s, uint keyCount, NF_OUT(float) fraction) {
  if (keyCount < 2u) {
    fraction = 0.0f;
    return 0u;
  }
  NF_PRECISE float position = min(max(time_s / keyStep_s, 0.0f), float(keyCount - 1u));
  uint segment = min(uint(position), keyCount - 2u);
  fraction = position - float(segment);
  return segment;
}

/// v turned by the unit quaternion q = (x, y, z, w).
NF_FN vec3 rotateBy(vec4 q, vec3 v) {
  NF_PRECISE float tx = 2.0f * (q.y * v.z - q.z * v.y);
  NF_PRECISE float ty = 2.0f * (q.z * v.x - q.x * v.z);
  NF_PRECISE float tz = 2.0f * (q.x * v.y - q.y * v.x);
  NF_PRECISE float x = v.x + (q.w * tx + (q.y * tz - q.z * ty));
  NF_PRECISE float y = v.y + (q.w * ty + (q.z * tx - q.x * tz));
  NF_PRECISE float z = v.z + (q.w * tz + (q.x * ty - q.y * tx));
  return vec3(x, y, z);
}

/// v turned back by q: from the frame into the body.
NF_FN vec3 rotateBack(vec4 q, vec3 v) {
  return rotateBy(vec4(-q.x, -q.y, -q.z, q.w), v);
}

/// A point of the body in the frame.
NF_FN vec3 pointToFrame(PoseKey frameFromBody, vec3 point) {
  return rotateBy(frameFromBody.rotation, point) + frameFromBody.translation;
}

/// A point of the frame in the body.
NF_FN vec3 pointToBody(PoseKey frameFromBody, vec3 point) {
  return rotateBack(frameFromBody.rotation, point - frameFromBody.translation);
}

NF_SHARED_END
#endif
