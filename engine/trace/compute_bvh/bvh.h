// The acceleration structure as the kernels read it. Trees of four boxes a node, one over each mesh, one over the
// frame's instances.
#ifndef NIGHTFOG_TRACE_BVH_H
#define NIGHTFOG_TRACE_BVH_H
#include "engine/shared/geometry.h"
NF_SHARED_BEGIN

NF_CONST uint kEmptyChild = 0xffffffffu;
NF_CONST uint kLeafBit = 0x80000000u;
NF_CONST uint kLeafCountShift = 28u;         ///< three bits: items in the leaf, less one
NF_CONST uint kLeafFirstMask = 0x0fffffffu;  ///< first item
NF_CONST uint kAlphaTestBit = 0x80000000u;   ///< in LeafTriangle::primitive
NF_CONST uint kMeshStack =
    60u;  ///< entries that a mesh's tree may need (bvh_builder.hpp proves that it does not need more)
NF_CONST uint kTopStack = 36u;  ///< and the tree over the instances
NF_CONST uint kTraceGroupSize = 64u;

/// Four boxes side by side, and what is in each: another node, a leaf (kLeafBit, count, first item) or nothing
/// (kEmptyChild).
struct BvhNode {
  vec4 lowX;
  vec4 highX;
  vec4 lowY;
  vec4 highY;
  vec4 lowZ;
  vec4 highZ;
  uvec4 children;
};

/// A triangle as it lies in a leaf; `primitive` is its index within the mesh, kAlphaTestBit set if its material has an
/// alpha texture.
struct LeafTriangle {
  vec3 a;
  uint primitive;
  vec3 b;
  uint unusedB;
  vec3 c;
  uint unusedC;
};

/// The tree over a mesh; root is a child word.
struct MeshBvh {
  uint64_t nodes;      ///< BvhNode[]
  uint64_t triangles;  ///< LeafTriangle[]
  uint root;
  uint unused;
};

/// An instance of an object, in ascending order of object: what rays with a target look up.
struct ObjectInstance {
  uint object;
  uint instance;
};

/// All that the kernels read, in a buffer of its own.
struct BvhTable {
  SceneTable scene;
  uint64_t meshes;           ///< MeshBvh[], by mesh
  uint64_t topNodes;         ///< BvhNode[]; items are topInstances
  uint64_t topInstances;     ///< uint[]
  uint64_t objectInstances;  ///< ObjectInstance[]
  uint topRoot;
  uint objectInstanceCount;
};

struct TracePush {
  uint64_t table;  ///< BvhTable
  uint64_t rays;
  uint64_t hits;
  uint count;
};

NF_SHARED_END
#endif
