// What the host and the kernels of a camera exchange. Scalar block layout. Pixels lie row by row.
#ifndef NIGHTFOG_SHARED_CAMERA_DATA_H
#define NIGHTFOG_SHARED_CAMERA_DATA_H
#include "engine/shared/camera.h"
#include "engine/shared/geometry.h"
#include "engine/shared/tonemap.h"
NF_SHARED_BEGIN

NF_CONST float kCameraHousing_m = 0.02f;  ///< a ray begins this far from the pinhole
NF_CONST float kCameraFar_m = 5000.0f;
NF_CONST float kGlossyRoughness = 0.34f;  ///< smoother surfaces get a reflection ray of their own

NF_CONST float kLuminaire_cdpm2 = 500.0f;  ///< surfaces brighter than this are lamps that SceneSnapshot::lamps and SceneContent::lamps hold too

NF_CONST uint kPurposeLensSample = 1u;
NF_CONST uint kPurposeLightSample = 2u;
NF_CONST uint kPurposeBounce = 3u;
NF_CONST uint kPurposeBounceLight = 4u;
NF_CONST uint kPurposeGlow = 5u;

/// Lamps near a place: the grid is horizontal, square cells around the frame's origin.
NF_CONST uint kLampGridSize = 48u;
NF_CONST float kLampCell_m = 6.0f;
NF_CONST uint kLampsPerCell = 16u;
struct LampCell {
  uint count;
  uint lamps[16];
};

/// Sun, sky, fog and lamps of a frame.
struct CameraLight {
  uint64_t skyTable;    ///< vec3[kSkyTableHeight * kSkyTableWidth], cd/m^2
  uint64_t lamps;       ///< LampData[lampCount], brightest first
  uint64_t lampCells;   ///< LampCell[kLampGridSize^2]
  vec3 sunDirection;    ///< unit, frame axes
  vec3 sunIrradiance;   ///< lx on a plane facing it, at the ground, under the fog
  vec3 skyIrradiance;   ///< lx on a horizontal plane, under the fog
  vec3 airlight;        ///< cd/m^2 of fog without end, by day
  vec2 sunAzimuth;
  vec2 cloudDrift;      ///< place of the clouds' pattern
  float cloudCover;
  float extinction_1pm;
  uint lampCount;
  uint glowLampCount;   ///< of these, as many as light the fog visibly
};

/// A pixel's surface, for the light that comes by a detour.
struct CameraPoint {
  vec3 position;     ///< frame
  float distance_m;  ///< along the view ray; negative: no surface (sky)
  vec3 normal;       ///< unit, towards the viewer
  uint roughness;    ///< bits of the perceptual roughness; glossy when below kGlossyRoughness
  vec3 diffuse;      ///< multiplies radiance gathered over the hemisphere; includes fog
  vec3 specular;     ///< multiplies the reflected radiance; includes fog
};

/// Ray of a detour: what it brings, and what its light sample adds if nothing is in the way.
struct CameraDetour {
  vec3 radiance;
  vec3 pending;
};

/// Everything of a frame that kernels read, behind one address.
struct CameraFrame {
  SceneTable scene;
  CameraLight light;
  uint64_t sensorKeys;     ///< PoseKey[keyCount], frame from optical axes
  uint64_t rays;           ///< Ray[pixels]
  uint64_t hits;           ///< Hit[pixels]
  uint64_t shadowRays;     ///< Ray[pixels]
  uint64_t shadowHits;     ///< Hit[pixels]
  uint64_t pending;        ///< vec3[pixels], light that the shadow ray decides on
  uint64_t radiance;       ///< vec3[pixels], cd/m^2, of the sample being made
  uint64_t points;         ///< CameraPoint[pixels]
  uint64_t detourRays;     ///< Ray[gathered + glossy]
  uint64_t detourHits;
  uint64_t detourShadowRays;
  uint64_t detourShadowHits;
  uint64_t detours;        ///< CameraDetour[gathered + glossy]
  uint64_t gathered;       ///< vec3[gathered], radiance over the hemisphere
  uint64_t gatheredNext;   ///< the filter's other side
  uint64_t glossyPixels;   ///< uint[1 + pixels]: count, then pixel of each reflection ray
  uint64_t glow;           ///< vec4[glowWidth * glowHeight]: light of lamps in fog, and the distance it stands for
  uint64_t sum;            ///< vec3[pixels], mean radiance of all samples
  uint64_t glare;          ///< vec3[4 * glareWidth * glareHeight]
  uint64_t image;          ///< uint[pixels], RGBA8
  uint64_t truthRays;      ///< Ray[pixels]
  uint64_t truthHits;      ///< Hit[pixels]
  uint64_t depth;          ///< float[pixels]
  uint64_t semantic;       ///< uint[pixels]
  uint64_t instance;       ///< uint[pixels]
  uint64_t normals;        ///< uint[pixels]
  uint64_t flow;           ///< vec2[pixels]
  uint64_t flowState;      ///< uint[pixels]
  CameraLens lens;
  CameraShutter shutter;
  CameraShutter nextShutter;  ///< of the next frame
  SensorModel sensor;
  uint width;
  uint height;
  uint keyCount;
  float keyStep_s;
  uint gatherScale;        ///< 1: every pixel has a bounce ray; 2: one pixel of four
  uint gatherWidth;
  uint gatherHeight;
  uint glowWidth;          ///< a quarter of the image
  uint glowHeight;
  uint glareWidth;         ///< an eighth
  uint glareHeight;
  uint tileCount;          ///< instances below it stand still in the world
  vec2 detailOrigin;       ///< the frame's origin in the world, horizontally, modulo 4096 m
  uint samples;
};

struct CameraPush {
  uint64_t frame;   ///< CameraFrame
  uint sampleIndex;
  uint pass;        ///< iteration of a stage that has several
  uint count;       ///< items, where they are not the pixels
  uint padding;
};

/// A rectangle of pixels whose rays are traced again against one object alone; pixels that show the object already are left out.
struct CameraAim {
  uint object;
  uint firstRay;
  uint left;
  uint top;
  uint width;
  uint height;
};

struct CameraAimPush {
  uint64_t frame;
  uint64_t aims;    ///< CameraAim[aimCount], ascending firstRay
  uint64_t rays;    ///< out: Ray[rayCount]
  uint aimCount;
  uint rayCount;
};

NF_SHARED_END
#endif
