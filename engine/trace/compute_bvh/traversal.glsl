// Through the instances' tree and the meshes' trees in one loop, so that lanes at different levels still walk together.
#include "engine/shared/triangle.h"
#include "engine/trace/compute_bvh/bvh.h"
#include "engine/trace/scene.glsl"

layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer Word64Array { uint64_t at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer ObjectInstanceArray { ObjectInstance at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer MeshBvhArray { MeshBvh at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer BvhTableRef { BvhTable table; };

/// 1 / d that is finite where d is 0, so that (b - o) * inverse is never NaN: a ray along an axis lies between two planes or it does not.
vec3 finiteInverse(vec3 d) {
  const float kSmallest = 1e-30;
  vec3 kept = mix(d, mix(vec3(kSmallest), vec3(-kSmallest), lessThan(d, vec3(0.0))), lessThan(abs(d), vec3(kSmallest)));
  return 1.0 / kept;
}

/// Ray distances of four boxes' low and high planes on one axis. The planes are computed just as the builder checked them.
void planeDistances(uvec2 bounds, float nodeOrigin, float scale, float origin, float inverse, out vec4 low, out vec4 high) {
  vec4 lowBytes = vec4(bounds.x & 255u, (bounds.x >> 8) & 255u, (bounds.x >> 16) & 255u, bounds.x >> 24);
  vec4 highBytes = vec4(bounds.y & 255u, (bounds.y >> 8) & 255u, (bounds.y >> 16) & 255u, bounds.y >> 24);
  low = ((nodeOrigin + lowBytes * scale) - origin) * inverse;
  high = ((nodeOrigin + highBytes * scale) - origin) * inverse;
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
  uint top = 0u;
  uint bodyTop = 0u;       // the stack below belongs to the instances' tree
  bool inBody = false;
  uint instance = kNoHit;  // whose mesh we are in
  uint mesh = 0u;
  vec3 origin = ray.origin;
  vec3 inverse = finiteInverse(ray.direction);
  RayShear shear = makeRayShear(ray.origin, ray.direction);
  uint64_t nodes = table.topNodes;
  uint64_t triangles = 0ul;

  ObjectInstanceArray entries = ObjectInstanceArray(table.objectInstances);
  bool isAimed = ray.target != kAnyTarget;
  uint entry = isAimed ? firstOfObject(entries, table.objectInstanceCount, ray.target) : table.objectInstanceCount;
  uint current = isAimed ? kEmptyChild : table.topRoot;

  while (true) {
    // Down to the next leaf of this level. Lanes that are there wait: leaves cost more than nodes and are rarer.
    while ((current & kLeafBit) == 0u) {
      Word64Array words = Word64Array(nodes + uint64_t(current) * (8u * kBvhNodeWords));
      uvec2 originXY = unpackUint2x32(words.at[0]);
      uvec2 originZScales = unpackUint2x32(words.at[1]);
      uvec2 boundsX = unpackUint2x32(words.at[2]);
      uvec2 boundsY = unpackUint2x32(words.at[3]);
      uvec2 boundsZ = unpackUint2x32(words.at[4]);
      uvec4 children = uvec4(unpackUint2x32(words.at[5]), unpackUint2x32(words.at[6]));
      uint scales = originZScales.y;
      vec4 ax, bx, ay, by, az, bz;
      planeDistances(boundsX, uintBitsToFloat(originXY.x), scaleOfNode(scales, 0u), origin.x, inverse.x, ax, bx);
      planeDistances(boundsY, uintBitsToFloat(originXY.y), scaleOfNode(scales, 1u), origin.y, inverse.y, ay, by);
      planeDistances(boundsZ, uintBitsToFloat(originZScales.x), scaleOfNode(scales, 2u), origin.z, inverse.z, az, bz);
      vec4 near = max(max(min(ax, bx), min(ay, by)), max(min(az, bz), vec4(tMin)));
      vec4 far = min(min(max(ax, bx), max(ay, by)), min(max(az, bz), vec4(best.t))) * kWiden;
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
      top += order.w < kMiss ? 1u : 0u;
      stack[top] = children.z;
      top += order.z < kMiss ? 1u : 0u;
      stack[top] = children.y;
      top += order.y < kMiss ? 1u : 0u;
      bool isPop = order.x >= kMiss;
      bool isDone = isPop && top == bodyTop;
      top -= isPop && !isDone ? 1u : 0u;
      current = isDone ? kEmptyChild : (isPop ? stack[top] : children.x);
    }
    uint entered = kNoHit;  // instance to go into now
    if (current != kEmptyChild) {
      uint first = current & kLeafFirstMask;
      if (inBody) {
        uint count = ((current >> kLeafCountShift) & 7u) + 1u;
        for (uint i = 0u; i < count; ++i) {
          Word64Array words = Word64Array(triangles + uint64_t(first + i) * (8u * kLeafTriangleWords));
          vec2 w0 = uintBitsToFloat(unpackUint2x32(words.at[0]));
          vec2 w1 = uintBitsToFloat(unpackUint2x32(words.at[1]));
          vec2 w2 = uintBitsToFloat(unpackUint2x32(words.at[2]));
          vec2 w3 = uintBitsToFloat(unpackUint2x32(words.at[3]));
          uvec2 w4 = unpackUint2x32(words.at[4]);
          vec3 a = vec3(w0, w1.x);
          vec3 b = vec3(w1.y, w2);
          vec3 c = vec3(w3, uintBitsToFloat(w4.x));
          vec3 hit;
          if (!intersectTriangle(shear, a, b, c, tMin, best.t, hit)) continue;
          uint primitive = w4.y & ~kAlphaTestBit;
          // Of equals the first counts, in the order of instances and triangles, not of the tree.
          bool isLater = instance > best.instance || (instance == best.instance && primitive > best.primitive);
          if (hit.x == best.t && best.instance != kNoHit && isLater) continue;
          if ((w4.y & kAlphaTestBit) != 0u && !isOpaqueAt(table.scene, mesh, primitive, hit.yz)) continue;
          best.t = hit.x;
          best.instance = instance;
          best.primitive = primitive;
          best.u = hit.y;
          best.v = hit.z;
          if (acceptAny) return best;
        }
      } else {
        entered = UintArray(table.topInstances).at[first];
      }
      current = kEmptyChild;
    }
    if (entered == kNoHit) {
      if (top > bodyTop) {
        current = stack[--top];
      } else if (inBody) {  // back to the frame
        inBody = false;
        bodyTop = 0u;
        origin = ray.origin;
        inverse = finiteInverse(ray.direction);
        nodes = table.topNodes;
        if (top > 0u) current = stack[--top];
      }
      if (current == kEmptyChild && top == 0u) {
        if (entry >= table.objectInstanceCount || entries.at[entry].object != ray.target) break;
        entered = entries.at[entry].instance;
        ++entry;
      }
    }
    if (entered != kNoHit) {
      Instance body = InstanceArray(table.scene.instances).at[entered];
      if ((body.mask & ray.mask) != 0u) {
        PoseKey pose = poseOfInstance(table.scene, body, ray.time_s);
        vec3 direction = rotateBack(pose.rotation, ray.direction);
        origin = pointToBody(pose, ray.origin);
        inverse = finiteInverse(direction);
        shear = makeRayShear(origin, direction);
        instance = entered;
        mesh = body.mesh;
        inBody = true;
        bodyTop = top;
        MeshBvh tree = MeshBvhArray(table.meshes).at[body.mesh];
        nodes = tree.nodes;
        triangles = tree.triangles;
        current = tree.root;
      }
    }
  }
  return best;
}
