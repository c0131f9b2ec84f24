// What the host and the kernels of a camera exchange. Scalar block layout. Pixels lie row by row.
#ifndef NIGHTFOG_SHARED_CAMERA_DATA_H
#define NIGHTFOG_SHARED_CAMERA_DATA_H
#include "engine/shared/camera.h"
#include "engine/shared/fog.h"
#include "engine/shared/fog_bank.h"
#include "engine/shared/geometry.h"
#include "engine/shared/tonemap.h"
NF_SHARED_BEGIN

NF_CONST float kCameraHousing_m = 0.02f;  ///< a ray begins this far from the pinhole
NF_CONST float kCameraFar_m = 5000.0f;
NF_CONST float kGlossyRoughness = 0.34f;  ///< smoother surfaces get a reflection ray of their own

/// Of car paint's clear coat in what it mirrors: distinctness of image above 90 [ASTM D5767], order of magnitude.
NF_CONST float kClearCoatRoughness = 0.05f;

/// Surfaces brighter than this (tail lamps: 360; lit windows: 13) are lamps that SceneSnapshot::lamps and
/// SceneContent::lamps hold too.
NF_CONST float kLuminaire_cdpm2 = 100.0f;

NF_CONST uint kPurposeLensSample = 1u;
NF_CONST uint kPurposeLightSample = 2u;
NF_CONST uint kPurposeBounce = 3u;
NF_CONST uint kPurposeBounceLight = 4u;
NF_CONST uint kPurposeReflectedLight = 5u;

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
  vec3 sunDirection;    ///< unit, frame axes; of the moon when the sun is down
  vec3 sunIrradiance;   ///< lx on a plane facing it, at the ground, under the fog
  vec3 sunAbove;        ///< the same above the fog
  vec3 skyIrradiance;   ///< lx on a horizontal plane, under the fog
  vec3 airlight;        ///< cd/m^2 of fog without end, by day, along the horizon
  vec3 airlightRise;    ///< what it gains towards the zenith, times the sine of the climb
  vec2 sunAzimuth;
  vec2 cloudDrift;      ///< place of the clouds' pattern
  float cloudCover;
  FogLayer fog;
  float roadWetness;
  uint lampCount;
  uint glowLampCount;   ///< of these, as many as light the fog visibly
  uint bankCount;
  float bankTime_s;     ///< where light from lamps meets them: the middle of the exposure
  FogBank banks[kMostFogBanks];
};

/// A pixel's surface, for the light that comes by a detour.
struct CameraPoint {
  float distance_m;  ///< along the view ray; negative: no surface (sky)
  vec3 normal;       ///< towards the viewer
  vec3 diffuse;      ///< multiplies radiance gathered over the hemisphere; includes fog
  vec3 specular;     ///< multiplies the reflected radiance; includes fog
  float roughness;   ///< perceptual
};

/// What the filter of gathered light compares.
struct CameraGuide {
  vec3 normal;
  float distance_m;
  float slope;  ///< tangent of the angle between view and normal
};

/// Pixels by what they show: a kernel does one kind of work, because lanes of a device wait for each other.
NF_CONST uint kListSky = 0u;
NF_CONST uint kListStill = 1u;   ///< surfaces of what stands
NF_CONST uint kListMoving = 2u;  ///< surfaces of what has several pose keys
NF_CONST uint kListPanes = 3u;   ///< panes, until what is behind them is known
NF_CONST uint kListGlossy = 4u;  ///< surfaces with a reflection ray of their own
NF_CONST uint kListCount = 5u;
NF_CONST uint kListHead = 8u;    ///< words of counts before the first list
NF_CONST uint kSeenThroughPane = 0x80000000u;  ///< bit of Ray::beam: light of a pane is in radiance and pending already

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
  // Arrays of pixels that are marked so hold the rows of the window alone; the address is that of the picture's first.
  uint64_t rays;           ///< Ray[pixels], window
  uint64_t hits;           ///< Hit[pixels], window
  uint64_t shadowRays;     ///< Ray[pixels]
  uint64_t shadowHits;     ///< Hit[pixels]
  uint64_t pending;        ///< vec3[pixels], window, share of light that panes let through, where there are any
  uint64_t shadowed;       ///< vec3[surfaces], light that the shadow ray decides on
  uint64_t radiance;       ///< vec3[pixels], window, cd/m^2, of the sample being made
  uint64_t points;         ///< CameraPoint[pixels], window
  uint64_t detourRays;     ///< Ray[gathered + glossy]
  uint64_t detourHits;
  uint64_t detourShadowRays;
  uint64_t detourShadowHits;
  uint64_t detours;        ///< CameraDetour[gathered + glossy]
  uint64_t guides;         ///< CameraGuide[gathered], window
  uint64_t gathered;       ///< vec3[gathered], window, radiance over the hemisphere, cd/m^2
  uint64_t gatheredNext;   ///< the filter's other side
  uint64_t lists;          ///< uint[kListHead + kListCount * the window's pixels]: counts, then the pixels of each list
  uint64_t glow;           ///< vec4[a quarter of the width and height, rounded up], window: light of lamps in fog, and the distance it stands for
  uint64_t sum;            ///< vec3[pixels], mean radiance of all samples
  uint64_t glare;          ///< vec3[4 * an eighth of the width and height, rounded up]
  uint64_t image;          ///< uint[pixels], RGBA8
  uint64_t aims;           ///< CameraAim[]; their rays go to detourRays
  uint64_t depth;          ///< float[pixels]
  uint64_t semantic;       ///< uint[pixels]
  uint64_t instance;       ///< uint[pixels]
  uint64_t normals;        ///< uint[pixels]
  uint64_t flow;           ///< vec2[pixels]
  uint64_t flowState;      ///< uint[pixels]
  uint64_t dirt;           ///< float[pixels], share of the light that dirt on the lens keeps off
  CameraLens lens;
  CameraShutter shutter;
  CameraShutter nextShutter;  ///< of the next frame
  SensorModel sensor;
  uint keyCount;
  vec3 detailOrigin;       ///< of the frame in the world, modulo 4096 m: wear stays where it is wherever the frame lies
  uint samples;
  uint hasDirt;            ///< 0: the lens is clean
  float dirtScattered;     ///< share of what dirt keeps off that comes through from all around
};

/// What kernels use most travels with the dispatch: at most 128 bytes, the least that every device grants.
struct CameraPush {
  uint64_t frame;   ///< CameraFrame
  uint sampleIndex;
  uint pass;        ///< iteration of a stage that has several
  uint count;       ///< items
  uint frameNumber;
  uint keyLow;      ///< 64-bit random key of (seed, run, sensor)
  uint keyHigh;
  uint width;
  uint height;
  vec3 sunDirection;
  vec3 sunIrradiance;
  vec3 skyIrradiance;
  FogLayer fog;
  float roadWetness;  ///< 0 dry … 1 a film of water everywhere
  float fx;
  float white_cdpm2;  ///< luminance of diffuse white at this exposure; a guess while metering
  uint gatherScale;
  uint window;        ///< rows under way: the first, and (<< 16) how many
  uint lampCount;
  uint tileCount;
  float keyStep_s;
  float cloudCover;
};

/// A pixel whose ray is traced again, against one object alone.
struct CameraAim {
  uint object;
  uint pixel;
};

NF_SHARED_END
#endif
