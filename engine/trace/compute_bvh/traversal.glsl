// Through the instances' tree and the meshes' trees in one loop, so that lanes at different levels still walk together.
#include "engine/shared/triangle.h"
#include "engine/trace/compute_bvh/bvh.h"
#include "engine/trace/scene.glsl"

layout(buffer_reference, scalar, buffer_reference_align = 16) readonly buffer BvhNodeArray { BvhNode at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 16) readonly buffer LeafTriangleArray { LeafTriangle at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer ObjectInstanceArray { ObjectInstance at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer MeshBvhArray { MeshBvh at[]; };
layout(buffer_reference, scalar, buffer_reference_align = 8) readonly buffer BvhTableRef { BvhTable table; };

/// 1 / d that is finite where d is 0, so that (b - o) * inverse is never NaN: a ray along an axis lies between two planes or it does not.
vec3 finiteInverse(vec3 d) {
  const float kSmallest = 1e-30;
  vec3 kept = mix(d, mix(vec3(kSmallest), vec3(-kSmallest), lessThan(d, vec3(0.0))), lessThan(abs(d), vec3(kSmallest)));
  return 1.0 / kept;
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

  uint stack[kTopStack + kMeshStack];
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
    uint entered = kNoHit;  // instance to go into now
    if (current == kEmptyChild) {
      if (inBody && top == bodyTop) {  // back to the frame
        inBody = false;
        origin = ray.origin;
        inverse = finiteInverse(ray.direction);
        nodes = table.topNodes;
      }
      if (top > 0u) {
        current = stack[--top];
      } else if (entry < table.objectInstanceCount && entries.at[entry].object == ray.target) {
        entered = entries.at[entry].instance;
        ++entry;
      } else {
        break;
      }
    }
    if ((current & kLeafBit) == 0u) {
      BvhNode node = BvhNodeArray(nodes).at[current];
      vec4 ax = (node.lowX - origin.x) * inverse.x;
      vec4 bx = (node.highX - origin.x) * inverse.x;
      vec4 ay = (node.lowY - origin.y) * inverse.y;
      vec4 by = (node.highY - origin.y) * inverse.y;
      vec4 az = (node.lowZ - origin.z) * inverse.z;
      vec4 bz = (node.highZ - origin.z) * inverse.z;
      vec4 near = max(max(min(ax, bx), min(ay, by)), max(min(az, bz), vec4(tMin)));
      vec4 far = min(min(max(ax, bx), max(ay, by)), min(max(az, bz), vec4(best.t))) * kWiden;
      current = kEmptyChild;
      float nearest = 0.0;
      [[unroll]] for (int i = 0; i < 4; ++i) {
        uint child = node.children[i];
        if (child == kEmptyChild || !(near[i] <= far[i])) continue;
        if (current == kEmptyChild) {
          current = child;
          nearest = near[i];
        } else if (near[i] < nearest) {
          stack[top++] = current;
          current = child;
          nearest = near[i];
        } else {
          stack[top++] = child;
        }
      }
      continue;
    }
    if (current != kEmptyChild) {
      uint first = current & kLeafFirstMask;
      uint count = ((current >> kLeafCountShift) & 7u) + 1u;
      current = kEmptyChild;
      if (inBody) {
        for (uint i = 0u; i < count; ++i) {
          LeafTriangle triangle = LeafTriangleArray(triangles).at[first + i];
          vec3 hit;
          if (!intersectTriangle(shear, triangle.a, triangle.b, triangle.c, tMin, best.t, hit)) continue;
          uint primitive = triangle.primitive & ~kAlphaTestBit;
          // Of equals the first counts, in the order of instances and triangles, not of the tree.
          bool isLater = instance > best.instance || (instance == best.instance && primitive > best.primitive);
          if (hit.x == best.t && best.instance != kNoHit && isLater) continue;
          if ((triangle.primitive & kAlphaTestBit) != 0u && !isOpaqueAt(table.scene, mesh, primitive, hit.yz)) continue;
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
