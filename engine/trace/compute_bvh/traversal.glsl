// Through the instances' tree and the meshes' trees in one loop, so that lanes at different levels still walk together.
#include "engine/shared/pose.h"
#include "engine/shared/shape.h"
#include "engine/shared/texel.h"
#include "engine/shared/triangle.h"
#include "engine/trace/compute_bvh/bvh.h"

/// Trees, triangles, instances and poses, by texels of 16 bytes: a CPU device gathers a texel for all its lanes at once, while
/// a load by address costs it a loop over them.
layout(set = 0, binding = 0) uniform usamplerBuffer bvhTexels;
uvec4 bvhTexel(uint index) { return texelFetch(bvhTexels, int(index)); }

layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer Word64Array { uint64_t at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) readonly buffer TexelArray { uint at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 4) writeonly buffer HitArray { Hit at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer ObjectInstanceArray { ObjectInstance at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer BvhTableRef { BvhTable table; };

/// 1 / d that is finite where d is 0, so that (b - o) * inverse is never NaN: a ray along an axis lies between two planes or it does not.
vec3 finiteInverse(vec3 d) {
  const float kSmallest = 1e-20;
  vec3 kept = mix(d, mix(vec3(kSmallest), vec3(-kSmallest), lessThan(d, vec3(0.0))), lessThan(abs(d), vec3(kSmallest)));
  return 1.0 / kept;
}

vec4 bytesOf(uint word) { return vec4(word & 255u, (word >> 8) & 255u, (word >> 16) & 255u, word >> 24); }

/// Narrows near and far, the ways through four boxes, by the boxes' planes on one axis. A plane's distance is byte * step + start;
/// `slack` is more than the rounding of that sum, whose parts may be much larger than it.
void clipAxis(uvec2 bounds, float nodeOrigin, float scale, float origin, float inverse, inout vec4 near, inout vec4 far) {
  float step = scale * inverse;
  float start = (nodeOrigin - origin) * inverse;
  float slack = (abs(start) + 255.0 * abs(step)) * (8.0 / 16777216.0);
  bool isBackwards = inverse < 0.0;
  near = max(near, bytesOf(isBackwards ? bounds.y : bounds.x) * step + (start - slack));
  far = min(far, bytesOf(isBackwards ? bounds.x : bounds.y) * step + (start + slack));
}

/// Whether the triangle stops a ray at these weights; `primitive` becomes its index in the mesh.
bool isOpaqueAt(BvhTable table, uint alphaTriangles, inout uint primitive, vec2 weights) {
  uint at = alphaTriangles + (primitive & ~kAlphaTestBit) * kAlphaTriangleTexels;
  vec4 uvAB = uintBitsToFloat(bvhTexel(at));
  uvec4 uvCAndName = bvhTexel(at + 1u);
  uvec4 size = bvhTexel(at + 2u);
  TextureData texture;
  texture.firstTexel = uvCAndName.w;
  texture.width = size.x;
  texture.height = size.y;
  primitive = uvCAndName.z;
  vec2 uv = interpolateUv(uvAB.xy, uvAB.zw, uintBitsToFloat(uvCAndName.xy), weights.x, weights.y);
  return isOpaqueTexel(TexelArray(table.texels).at[nearestTexel(texture, uv)]);
}

Ray loadRay(uint64_t rays, uint index) {
  Word64Array words = Word64Array(rays + uint64_t(index) * 48u);
  uvec2 zAndMin = unpackUint2x32(words.at[1]);
  Ray ray;
  ray.origin = uintBitsToFloat(uvec3(unpackUint2x32(words.at[0]), zAndMin.x));
  ray.tMin = uintBitsToFloat(zAndMin.y);
  uvec4 way = uvec4(unpackUint2x32(words.at[2]), unpackUint2x32(words.at[3]));
  ray.direction = uintBitsToFloat(way.xyz);
  ray.tMax = uintBitsToFloat(way.w);
  uvec2 timeAndTarget = unpackUint2x32(words.at[4]);
  ray.time_s = uintBitsToFloat(timeAndTarget.x);
  ray.target = timeAndTarget.y;
  uvec2 maskAndBeam = unpackUint2x32(words.at[5]);
  ray.mask = maskAndBeam.x;
  ray.beam = maskAndBeam.y;
  return ray;
}

PoseKey loadPoseKey(uint texel) {
  PoseKey key;
  key.rotation = uintBitsToFloat(bvhTexel(texel));
  vec4 translationAndShape = uintBitsToFloat(bvhTexel(texel + 1u));
  key.translation = translationAndShape.xyz;
  key.shape = translationAndShape.w;
  return key;
}

/// Where a body is at a ray's time.
PoseKey poseAt(float keyStep_s, uint firstKey, uint keyCount, float time_s) {
  float fraction;
  uint key = firstKey + kPoseKeyTexels * poseSegment(time_s, keyStep_s, keyCount, fraction);
  PoseKey pose = loadPoseKey(key);
  if (keyCount > 1u) pose = interpolatePose(pose, loadPoseKey(key + kPoseKeyTexels), fraction);
  return pose;
}

/// The words of a node's four children.
uvec4 childWords(uint kinds, uint node, uint item) {
  uvec4 words;
  [[unroll]] for (uint i = 0u; i < 4u; ++i) {
    uint kind = kindOfChild(kinds, i);
    uint count = max(kind, 1u) - 1u;
    words[i] = kind == 0u ? kEmptyChild : (kind == 1u ? node : leafWord(count, item));
    node += kind == 1u ? 1u : 0u;
    item += count;
  }
  return words;
}

void sortPair(inout float a, inout float b, inout uint childA, inout uint childB) {
  bool swap = b < a;
  float nearer = swap ? b : a;
  uint first = swap ? childB : childA;
  b = swap ? a : b;
  childB = swap ? childA : childB;
  a = nearer;
  childA = first;
}

/// First entry of the object's instances, or the count.
uint firstOfObject(ObjectInstanceArray entries, uint count, uint object) {
  uint low = 0u;
  uint high = count;
  while (low < high) {
    uint middle = (low + high) / 2u;
    if (entries.at[middle].object < object) {
      low = middle + 1u;
    } else {
      high = middle;
    }
  }
  return low;
}

/// The closest hit of the ray, or with `acceptAny` the first that comes.
Hit traceRay(BvhTable table, Ray ray, bool acceptAny) {
  Hit best;
  best.t = ray.tMax;
  best.instance = kNoHit;
  best.primitive = 0u;
  best.u = 0.0;
  best.v = 0.0;
  if (!isTraceable(ray)) return best;
  // Rounding of (b - o) * inverse is at most 4 units in the last place, with Vulkan's division of 2.5 [Ize 2013, eq. 5].
  const float kWiden = 1.0 + 8.0 / 16777216.0;
  float tMin = max(ray.tMin, 0.0);

  uint stack[kTopStack + kMeshStack + 1u];  // one more: pushes are written before they are known to count
  float stackNear[kTopStack + kMeshStack + 1u];
  uint top = 0u;
  uint bodyTop = 0u;       // the stack below belongs to the instances' tree
  bool inBody = false;
  uint instance = kNoHit;  // whose mesh we are in
  vec3 origin = ray.origin;
  vec3 inverse = finiteInverse(ray.direction);
  RayShear shear = makeRayShear(ray.origin, ray.direction);
  uint nodes = table.topNodes;
  uint triangles = 0u;
  uint alphaTriangles = 0u;
  uint triangleTexels = kLeafTriangleTexels;  // of one in a leaf: two shapes of it where it bends
  float bent = 0.0;                           // how far it has bent from one to the other

  ObjectInstanceArray entries = ObjectInstanceArray(table.objectInstances);
  bool isAimed = ray.target != kAnyTarget;
  uint entry = isAimed ? firstOfObject(entries, table.objectInstanceCount, ray.target) : table.objectInstanceCount;
  uint current = isAimed ? kEmptyChild : table.topRoot;

  while (true) {
    // Down to the next leaf of this level. Lanes that are there wait: leaves cost more than nodes and are rarer.
    while ((current & kLeafBit) == 0u) {
      uint at = nodes + current * kBvhNodeTexels;
      uvec4 originKinds = bvhTexel(at);
      uvec4 boundsXY = bvhTexel(at + 1u);
      uvec4 boundsZFirsts = bvhTexel(at + 2u);
      uint kinds = originKinds.w;
      uvec4 children = childWords(kinds, boundsZFirsts.z, boundsZFirsts.w);
      vec4 near = vec4(tMin);
      vec4 far = vec4(best.t);
      clipAxis(boundsXY.xy, uintBitsToFloat(originKinds.x), scaleOfNode(kinds, 0u), origin.x, inverse.x, near, far);
      clipAxis(boundsXY.zw, uintBitsToFloat(originKinds.y), scaleOfNode(kinds, 1u), origin.y, inverse.y, near, far);
      clipAxis(boundsZFirsts.xy, uintBitsToFloat(originKinds.z), scaleOfNode(kinds, 2u), origin.z, inverse.z, near, far);
      far *= kWiden;
      // Near to far by a sorting network, misses last; then without branches, which cost a CPU device more than they save.
      const float kMiss = 3.4e38;
      vec4 order = mix(vec4(kMiss), near, lessThanEqual(near, far));
      order = mix(order, vec4(kMiss), equal(children, uvec4(kEmptyChild)));
      sortPair(order.x, order.y, children.x, children.y);
      sortPair(order.z, order.w, children.z, children.w);
      sortPair(order.x, order.z, children.x, children.z);
      sortPair(order.y, order.w, children.y, children.w);
      sortPair(order.y, order.z, children.y, children.z);
      stack[top] = children.w;
      stackNear[top] = order.w;
      top += order.w < kMiss ? 1u : 0u;
      stack[top] = children.z;
      stackNear[top] = order.z;
      top += order.z < kMiss ? 1u : 0u;
      stack[top] = children.y;
      stackNear[top] = order.y;
      top += order.y < kMiss ? 1u : 0u;
      current = order.x < kMiss ? children.x : kEmptyChild;
      while (current == kEmptyChild && top > bodyTop) {
        --top;
        if (stackNear[top] <= best.t) current = stack[top];
      }
    }
    uint entered = kNoHit;  // instance to go into now
    if (current != kEmptyChild) {
      uint first = current & kLeafFirstMask;
      if (inBody) {
        uint count = ((current >> kLeafCountShift) & 7u) + 1u;
        for (uint i = 0u; i < count; ++i) {
          uint at = triangles + (first + i) * triangleTexels;
          vec4 t0 = uintBitsToFloat(bvhTexel(at));
          vec4 t1 = uintBitsToFloat(bvhTexel(at + 1u));
          uvec4 t2 = bvhTexel(at + 2u);
          vec3 a = t0.xyz;
          vec3 b = vec3(t0.w, t1.xy);
          vec3 c = vec3(t1.zw, uintBitsToFloat(t2.x));
          if (triangleTexels != kLeafTriangleTexels) {
            t0 = uintBitsToFloat(bvhTexel(at + kLeafTriangleTexels));
            t1 = uintBitsToFloat(bvhTexel(at + kLeafTriangleTexels + 1u));
            a = cornerBetween(a, t0.xyz, bent);
            b = cornerBetween(b, vec3(t0.w, t1.xy), bent);
            c = cornerBetween(c, vec3(t1.zw, uintBitsToFloat(bvhTexel(at + kLeafTriangleTexels + 2u).x)), bent);
          }
          vec3 hit;
          if (!intersectTriangle(shear, a, b, c, tMin, best.t, hit)) continue;
          uint primitive = t2.y;
          if ((primitive & kAlphaTestBit) != 0u && !isOpaqueAt(table, alphaTriangles, primitive, hit.yz)) continue;
          // Of equals the first counts, in the order of instances and triangles, not of the tree.
          bool isLater = instance > best.instance || (instance == best.instance && primitive > best.primitive);
          if (hit.x == best.t && best.instance != kNoHit && isLater) continue;
          best.t = hit.x;
          best.instance = instance;
          best.primitive = primitive;
          best.u = hit.y;
          best.v = hit.z;
          if (acceptAny) return best;
        }
      } else {
        entered = first;
      }
      current = kEmptyChild;
    }
    if (entered == kNoHit) {
      if (inBody && top == bodyTop) {  // back to the frame
        inBody = false;
        bodyTop = 0u;
        origin = ray.origin;
        inverse = finiteInverse(ray.direction);
        nodes = table.topNodes;
      }
      while (current == kEmptyChild && top > bodyTop) {
        --top;
        if (stackNear[top] <= best.t) current = stack[top];
      }
      if (current == kEmptyChild && !inBody) {  // nothing left but, for a ray with a target, its object's next part
        if (entry >= table.objectInstanceCount || entries.at[entry].object != ray.target) break;
        entered = entries.at[entry].topInstance;
        ++entry;
      }
    }
    if (entered != kNoHit) {
      uint at = table.topInstances + entered * kTopInstanceTexels;
      uvec4 mesh = bvhTexel(at);
      uvec4 placed = bvhTexel(at + 1u);
      if ((placed.x & ray.mask) != 0u) {
        PoseKey pose = poseAt(table.keyStep_s, placed.z, placed.w & ~kBendsBit, ray.time_s);
        triangleTexels = kLeafTriangleTexels;
        if ((placed.w & kBendsBit) != 0u) {
          mesh = bvhTexel(mesh.x + shapeSegment(pose.shape, mesh.y, bent));
          triangleTexels = 2u * kLeafTriangleTexels;
        }
        vec3 direction = rotateBack(pose.rotation, ray.direction);
        origin = pointToBody(pose, ray.origin);
        inverse = finiteInverse(direction);
        shear = makeRayShear(origin, direction);
        instance = placed.y;
        inBody = true;
        bodyTop = top;
        nodes = mesh.x;
        triangles = mesh.y;
        alphaTriangles = mesh.z;
        current = mesh.w;
      }
    }
  }
  return best;
}
