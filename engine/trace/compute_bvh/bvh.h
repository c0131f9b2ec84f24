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

/// Four boxes side by side in 48 bytes. A plane lies at origin + byte * scale, computed in float; byte i of each word
/// is child i's. Children that are nodes lie one behind the other from firstNode, items of children that are leaves
/// from firstItem. Three texels.
struct BvhNode {
  vec3 origin;
  uint
      kinds;  ///< child i's in bits 3 i: 0 nothing, 1 a node, n + 1 a leaf of n items; scale of axis a in bits 12 + 6 a
  uint lowX;
  uint highX;
  uint lowY;
  uint highY;
  uint lowZ;
  uint highZ;
  uint firstNode;
  uint firstItem;
};
NF_CONST uint kBvhNodeTexels = 3u;
NF_CONST uint kMostItemsPerLeaf = 6u;
NF_CONST uint kLeastScaleExponent = 127u - 36u;  ///< biased exponent of scale 0: 2^-36 m; the largest is 2^27 m

NF_FN uint kindOfChild(uint kinds, uint child) {
  return (kinds >> (3u * child)) & 7u;
}

/// Scale along an axis: a power of two, so that byte * scale is exact.
NF_FN float scaleOfNode(uint kinds, uint axis) {
  return uintBitsToFloat((((kinds >> (12u + 6u * axis)) & 63u) + kLeastScaleExponent) << 23u);
}

/// Child words, in which a traversal keeps what it has yet to visit.
NF_FN uint leafWord(uint count, uint first) {
  return kLeafBit | ((count - 1u) << kLeafCountShift) | first;
}

/// A triangle as it lies in a leaf, three texels, and of a mesh that bends behind it the same triangle in the shape
/// that it bends into; `primitive` is its index within the mesh, or, if its material has an alpha texture,
/// kAlphaTestBit and its place among the mesh's AlphaTriangles.
struct LeafTriangle {
  vec3 a;
  vec3 b;
  vec3 c;
  uint primitive;
  uint unused[2];
};
NF_CONST uint kLeafTriangleTexels = 3u;

/// What the alpha test of a triangle needs, in one place: three texels.
struct AlphaTriangle {
  vec2 uvA;
  vec2 uvB;
  vec2 uvC;
  uint primitive;
  TextureData texture;
  uint unused[2];
};
NF_CONST uint kAlphaTriangleTexels = 3u;

/// An instance as a leaf of the upper tree refers to it, two texels: all that it takes to go into its mesh.
struct TopInstance {
  uint nodes;           ///< texel where its mesh's BvhNode[] begin
  uint triangles;       ///< LeafTriangle[]
  uint alphaTriangles;  ///< AlphaTriangle[]
  uint root;            ///< child word of its mesh's root
  uint mask;
  uint instance;  ///< index that hits name
  uint firstKey;  ///< texel of its first pose key
  uint keyCount;
};
NF_CONST uint kTopInstanceTexels = 2u;
/// In TopInstance::keyCount: it bends; `nodes` is then the texel where the ShapeTree[] of its shapes begin and
/// `triangles` their number.
NF_CONST uint kBendsBit = 0x80000000u;

/// The tree over one shape of something that bends, around all that lies between it and the next: one texel.
struct ShapeTree {
  uint nodes;
  uint triangles;
  uint alphaTriangles;
  uint root;
};

NF_CONST uint kPoseKeyTexels = 2u;  ///< of a PoseKey

/// An instance of an object, in ascending order of object: what rays with a target look up.
struct ObjectInstance {
  uint object;
  uint topInstance;
};

/// All that the kernels read, in a buffer of its own.
struct BvhTable {
  uint64_t objectInstances;  ///< ObjectInstance[]
  uint64_t texels;           ///< uint[] RGBA8
  uint topNodes;             ///< texel where the BvhNode[] over the instances begin; items are topInstances
  uint topInstances;         ///< TopInstance[]
  uint topRoot;
  uint objectInstanceCount;
  float keyStep_s;
  uint unused;
};

struct TracePush {
  uint64_t table;  ///< BvhTable
  uint64_t rays;
  uint64_t hits;
  uint count;
};

NF_SHARED_END
#endif
