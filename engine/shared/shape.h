// What a body that bends looks like at a ray's own time: between two of its mesh's shapes, corner by corner.
#ifndef NIGHTFOG_SHARED_SHAPE_H
#define NIGHTFOG_SHARED_SHAPE_H
#include "engine/shared/geometry.h"
NF_SHARED_BEGIN

/// Which of a body's shapes it has left, and how far it is on the way to the next, 0 … 1.
NF_FN uint shapeSegment(float shape, uint shapeCount, NF_OUT(float) fraction) {
  NF_PRECISE float whole = floor(shape);
  fraction = shape - whole;
  return uint(whole) % shapeCount;
}

/// A corner on its straight way from one shape to the next.
NF_FN vec3 cornerBetween(vec3 here, vec3 next, float fraction) {
  NF_PRECISE vec3 corner = here + (next - here) * fraction;
  return corner;
}

/// Velocity in its body's frame of a point that goes `way` from one shape to the next, between two pose keys.
NF_FN vec3 bendingVelocity(vec3 way, float shapeBefore, float shapeAfter, float keyStep_s) {
  NF_PRECISE vec3 velocity = way * ((shapeAfter - shapeBefore) / keyStep_s);
  return velocity;
}

NF_SHARED_END
#endif
