// What tracers and shading kernels exchange: rays, hits, poses, and the tables of a scene. Scalar block layout; a test
// compares the SPIR-V offsets of every struct here with C++.
#ifndef NIGHTFOG_SHARED_GEOMETRY_H
#define NIGHTFOG_SHARED_GEOMETRY_H
#include "engine/shared/language.h"
NF_SHARED_BEGIN

NF_CONST uint kNoHit = 0xffffffffu;      ///< Hit::instance when nothing was hit
NF_CONST uint kAnyTarget = 0xffffffffu;  ///< Ray::target: the whole scene
NF_CONST uint kNoTexture = 0xffffffffu;

/// A ray, in metres in the frame's coordinates (world axes, origin at SceneBuffers::origin()). Direction has unit
/// length.
struct Ray {
  vec3 origin;
  float tMin;
  vec3 direction;
  float tMax;
  float time_s;  ///< since the snapshot's first pose key
  uint target;   ///< kAnyTarget, or an object id: then only that object's instances are seen
  uint mask;     ///< an instance is seen if (mask & Instance::mask) != 0
  uint beam;     ///< whose ray this is; tracers pass it by
};

/// Whether a tracer follows the ray at all. NaN anywhere, a zero or infinite direction, an infinite origin, an empty
/// interval and an empty mask hit nothing. A negative tMin counts as 0.
NF_FN bool isTraceable(Ray ray) {
  vec3 d = ray.direction;
  vec3 o = ray.origin;
  float largest = max(max(abs(d.x), abs(d.y)), abs(d.z));  // comparisons are false for NaN; the sums carry one along
  float sum = abs(d.x) + abs(d.y) + abs(d.z) + abs(o.x) + abs(o.y) + abs(o.z) + abs(ray.time_s);
  return largest > 0.0f && sum < 1e18f && ray.tMax >= max(ray.tMin, 0.0f) && ray.tMin >= -1e30f && ray.mask != 0u;
}

/// Closest hit. u, v are the barycentric weights of the triangle's second and third corner.
struct Hit {
  float t;         ///< metres along the ray; tMax where there is no hit
  uint instance;   ///< index into the snapshot's instances, or kNoHit
  uint primitive;  ///< triangle within the instance's mesh
  float u;
  float v;
};

/// A pose at one world step: unit quaternion (x, y, z, w) and translation, frame from part. What bends is also in a
/// shape: `shape` counts those of Instance::mesh, whole numbers are at one of them, and it runs on past the last to the
/// first.
struct PoseKey {
  vec4 rotation;
  vec3 translation;
  float shape;  ///< at least 0; 0 of what does not bend
};

/// Something placed in the frame. keyCount is 1 for what does not move; else neighbours among the keys are interpolated
/// at the ray's own time by interpolatePose() (pose.h).
struct Instance {
  uint mesh;
  uint object;    ///< object id that labels speak of, 0: none (then the surface's own)
  uint firstKey;  ///< into SceneTable::poseKeys
  uint keyCount;
  uint mask;
  float emission;   ///< share of MaterialData::emission that its lamps give now: 0 off, 1 on
  uint part;        ///< which part of its object: what moves as one
  uint shapeCount;  ///< meshes mesh … mesh + shapeCount - 1 are the shapes of something that bends; 1: it does not
};

/// Where a mesh's arrays begin in the scene's big arrays.
struct MeshRange {
  uint firstVertex;
  uint vertexCount;
  uint firstTriangle;
  uint triangleCount;
  uint nextVertex;  ///< firstVertex of the shape that it bends into; its own where it does not
};

/// What a triangle is made of and what it is called.
struct Surface {
  uint material;
  uint semantic;  ///< class id of the taxonomy
  uint object;    ///< object id for scenery that is labelled although it is flattened; 0: none
};

NF_CONST uint kBandRed = 0u, kBandGreen = 1u, kBandBlue = 2u, kBand905 = 3u, kBand1550 = 4u, kBandCount = 5u;

/// Five-band material; reflectance is the diffuse (Lambertian) albedo at normal incidence unless metallic.
struct MaterialData {
  float reflectance[5];    ///< R, G, B, 905 nm, 1550 nm
  float roughness;         ///< perceptual; GGX alpha is its square
  float metallic;          ///< 0 … 1
  float transmission;      ///< share of light that passes (glass)
  float retroreflectance;  ///< rho_eq = pi R_A of the retroreflective lobe; 0: none
  uint alphaTexture;       ///< texture whose alpha < 0.5 lets rays through, or kNoTexture
  uint colourTexture;      ///< texture whose RGB (sRGB code) multiplies the visible bands, or kNoTexture
  uint detail;             ///< what wear a camera sees on it, kDetail…
  float emission[3];       ///< cd/m^2, linear Rec. 709, when its instance's lamps are on
};

NF_CONST uint kDetailNone = 0u;
NF_CONST uint kDetailAsphalt = 1u;   ///< aggregate, wear, oil, cracks
NF_CONST uint kDetailConcrete = 2u;  ///< slabs, kerbs, render: blotches
NF_CONST uint kDetailGrass = 3u;
NF_CONST uint kDetailLeaf = 4u;      ///< leaf by leaf
NF_CONST uint kDetailMarking = 5u;   ///< paint worn off in places
NF_CONST uint kDetailPaint = 6u;     ///< car paint: dust low down
NF_CONST uint kDetailBrick = 7u;     ///< brickwork: running bond, mortar, each brick its own tint
NF_CONST uint kDetailTiles = 8u;     ///< roof tiles in courses
NF_CONST uint kDetailSlab = 9u;      ///< pavement slabs with joints
NF_CONST uint kDetailHedge = 10u;    ///< a clipped wall of leaves with gaps between them

/// A texture as buffer texels: RGBA8, rows from v = 0, wrapping. First texel of row 0 at firstTexel.
struct TextureData {
  uint firstTexel;
  uint width;
  uint height;
};

/// Buffer addresses and counts of a scene, by value in push constants or a buffer.
struct SceneTable {
  uint64_t positions;          ///< vec3[]
  uint64_t normals;            ///< vec3[], unit
  uint64_t uvs;                ///< vec2[]
  uint64_t triangles;          ///< uvec3[], vertex indices relative to MeshRange::firstVertex
  uint64_t surfaceOfTriangle;  ///< uint[], into surfaces
  uint64_t surfaces;           ///< Surface[]
  uint64_t materials;          ///< MaterialData[]
  uint64_t textures;           ///< TextureData[]
  uint64_t texels;             ///< uint[] RGBA8
  uint64_t meshes;             ///< MeshRange[]
  uint64_t instances;          ///< Instance[]
  uint64_t poseKeys;           ///< PoseKey[]
  uint instanceCount;
  float keyStep_s;  ///< seconds between pose keys
};

NF_SHARED_END
#endif
