// What the host and the kernels of a LiDAR exchange. Scalar block layout. A beam is (ring, column):
// rays and hits lie ring by ring (index = (ring * columnCount + column) * subRayCount + sub-ray), so that a tracer's
// packets hold neighbouring azimuths; slots and outcomes lie column by column (index = column * ringCount + ring, each
// with its returns), in the order of the record.
#ifndef NIGHTFOG_SHARED_LIDAR_DATA_H
#define NIGHTFOG_SHARED_LIDAR_DATA_H
#include "engine/shared/fog.h"
#include "engine/shared/fog_bank.h"
#include "engine/shared/geometry.h"
NF_SHARED_BEGIN

NF_CONST float kLidarHousing_m =
    0.05f;  ///< a ray begins this far from the sensor's origin: what lies within is the sensor itself

/// One channel; sines and cosines are rounded from host doubles.
struct LidarRing {
  float cosElevation;
  float sinElevation;
  float cosAzimuth;  ///< of the channel's own azimuth: its offset, and how far the head turns until it fires
  float sinAzimuth;
  float azimuth_rad;
  int time_ns;       ///< firing time after the cycle's start
  vec3 origin_m;     ///< where the beam begins, in axes that turn with the head
  float gain;        ///< of the signal, beside LidarModel::snrScale
  float spreadLeft;  ///< of the beam's footprint, beside the sub-rays'
  float spreadUp;
};

/// One firing cycle of the sweep.
struct LidarColumn {
  float cosAzimuth;  ///< of the head at the cycle's start
  float sinAzimuth;
  float azimuth_rad;
  int time_ns;         ///< cycle's start after the sweep's start
  float cosElevation;  ///< how far prisms lift the beams; a head that turns does not
  float sinElevation;
};

/// One ray of a beam's bundle: tangents of its angles from the beam's axis, to the left and up, and the share of the
/// pulse's energy it stands for. The first of a bundle is the axis.
struct LidarSubRay {
  float left;
  float up;
  float weight;
};

// Which echoes of a pulse become returns.
NF_CONST uint kLidarStrongest = 0u;
NF_CONST uint kLidarFirst = 1u;
NF_CONST uint kLidarLast = 2u;
NF_CONST uint kLidarSecondStrongest = 3u;  ///< the only one where there is but one
NF_CONST uint kLidarDual = 4u;             ///< the strongest and the last; where they are one, the second strongest

// What the sensor reports as intensity; what each is: lidarIntensity().
NF_CONST uint kLidarScaleVelodyne = 0u;
NF_CONST uint kLidarScaleHesai = 1u;
NF_CONST uint kLidarScaleOuster = 2u;
NF_CONST uint kLidarScaleOusterSignal = 3u;
NF_CONST uint kLidarScaleLivox = 4u;
NF_CONST uint kLidarScaleWaymo = 5u;

/// Optics and detector of a LiDAR for one frame.
struct LidarModel {
  float snrScale;            ///< SNR = snrScale * effectiveReflectance * exp(-2 extinction R) / R^2
  float detectionThreshold;  ///< in units of the noise; see lidar_return.h
  float minRange_m;
  float maxRange_m;
  float rangeNoise_m;       ///< 1 sigma at high SNR
  float rangeResolution_m;  ///< 0: no quantisation
  float extinction_1pm;     ///< one way, the mean along the beam
  uint band;                ///< kBand905 or kBand1550
  uint useThreshold;        ///< 0: every surface within range is detected
  uint useNoise;            ///< 0: measured range and intensity are the true ones
  float pulseLength_m;      ///< c tau_h: what of the range a pulse of half-power width tau_h takes
  uint echoes;              ///< kLidarStrongest ...
  uint frame;
  uint keyLow;  ///< 64-bit random key of (seed, run, sensor)
  uint keyHigh;
  uint intensityScale;  ///< kLidarScaleVelodyne …
  float signalFull;     ///< kLidarScaleOusterSignal: reflectivity at 1 m that fills its 16 bits
  uint measuresWidth;   ///< 1: LidarSlot::elongation_m is measured
  float lost;  ///< share of this beam's power that a fault takes, both ways together; snrScale is then less by it
};

NF_CONST uint kLidarFogCells = 64u;

/// Soft returns of beams that rise alike through the fog (lidar_fog.h). With kLidarFogWaveform cell k is the echo
/// range firstRange_m + k step_m; with kLidarFogHahner it is the fog before a surface at that range.
struct LidarFogRow {
  float firstRange_m;
  float step_m;
  float crossed[64];    ///< probability that the waveform has crossed the threshold in cells 0 … k; Hahner: 0
  float amplitude[64];  ///< largest of cells k on, behind the receiver's gain; Hahner: per rho_eff
  float range_m[64];    ///< Hahner: where the fog's peak is
};

NF_CONST uint kLidarNoFog = 0u;
NF_CONST uint kLidarFogWaveform = 1u;
NF_CONST uint kLidarFogHahner = 2u;  ///< Hahner et al., ICCV 2021

/// What the returns kernel reads of a frame beside its push constants.
struct LidarFrame {
  SceneTable scene;
  uint64_t rings;     ///< LidarRing[ringCount]
  uint64_t columns;   ///< LidarColumn[columnCount]
  uint64_t subRays;   ///< LidarSubRay[subRayCount]
  uint64_t fogRows;   ///< LidarFogRow[fogRowCount]
  uint64_t banks;     ///< FogBank[bankCount]
  uint64_t blooms;    ///< LidarBloom of each item of the list of beams that are made anew; 0: none
  vec3 sunDirection;  ///< towards it, frame axes
  float glare_rad2;   ///< variance that the sun adds, times the square of the angle to it; 0: it is not seen
  uint falseAlarms;   ///< 1: noise that crosses the threshold by itself is reported
  uint fogRowCount;
  uint fogModel;        ///< kLidarNoFog …
  float fullGain_m;     ///< nearer than this the receiver's gain falls as R^2
  float roadWetness;    ///< 0 dry … 1 a film of water everywhere
  uint64_t beamLosses;  ///< float[columnCount * ringCount], LidarModel::lost of each beam; 0: none is lost
  uint fogLosses;       ///< how many losses the rows are made for, each fogRowCount rows; 0 or 1: none
  LidarModel model;
  FogLayer fog;
  float fogFirst_m;  ///< where the receiver begins to see the beam
  float lidarRatio_sr;
  uint bankCount;
};

/// The surface point a ray met.
struct LidarSurfacePoint {
  float range_m;
  float incidenceCosine;  ///< |cos| between ray and geometric normal
  vec3 velocity_mps;      ///< world axes
  uint object;
  uint part;
  uint semantic;
  uint material;
};

/// A material in the sensor's band.
struct LidarMaterial {
  float reflectance;
  float roughness;
  float metallic;
  float transmission;
  float retroreflectance;
  float film;  ///< share under water (wet_ground.h)
};

/// One beam's result: the bytes of record::LidarPoint. For a beam without a return the range fields and labels still
/// say what was met (true range = the ray's end where nothing was).
struct LidarSlot {
  vec3 position_m;
  float range_m;
  float intensity;
  float azimuth_rad;
  int time_ns;
  float trueRange_m;
  float incidenceCosine;
  vec3 velocity_mps;
  uint object;
  uint semanticMaterial;  ///< semantic | material << 16
  uint ringColumn;        ///< ring | column << 16
  uint returnCause;       ///< return index | cause << 8 | part << 16
  float fill;             ///< share of the beam's energy that met the object
  uint seenVia;           ///< object whose pane or mirror light went by first; 0: none; kLidarSceneryPane
  float reflectance;      ///< effective, of what it met: what multiplies the pulse, free of air, range and noise
  float elongation_m;     ///< half-power width of the echo, less the pulse's own
};

NF_CONST uint kLidarSceneryPane = 0xffffffffu;

/// A beam's way on from a mirror or pane (lidar_detour.h), before it is traced.
struct LidarDetour {
  float travelled_m;  ///< to where it begins
  float share;        ///< of the light, one way
  float depth;        ///< optical depth of the fog on the way
  float weight;       ///< of the beam's rays that go this way
  uint via;           ///< object of the first pane or mirror, or kLidarSceneryPane
  uint kind;          ///< kLidarNoDetour, kLidarSeenThrough or, once mirrored, kLidarMirrored
};

NF_CONST uint kLidarDetourFlag = 0x10000u;  ///< in a beam's outcome: some of it goes on from a mirror or pane

/// What a beam's axis met, and what weather took, for the visibility of objects.
struct LidarAxis {
  uint object;
  float range_m;     ///< the ray's end where nothing was
  uint clearObject;  ///< what would have returned in clear air and on dry ground: its object; 0: none, or scenery
  float glow;        ///< signal over LidarModel::snrScale of the retroreflector it met
  float glowRange_m;
  uint glowObject;
  uint glowSemanticMaterial;
};

/// What of a retroreflector's light reaches the receiver of a beam that does not meet it.
struct LidarBloom {
  float range_m;
  float signal;  ///< over LidarModel::snrScale; 0: none
  uint object;
  uint semanticMaterial;
};

/// The columns of a sweep whose rays are in memory: all of them, unless memory is short. Rays lie ring by ring; of each
/// ring as many columns as `stride` says, a multiple of kLidarColumnStep: which rays are neighbours does not depend on
/// the window. Beyond the sweep's last column they see nothing.
struct LidarWindow {
  uint ringCount;
  uint columnCount;  ///< of the sweep
  uint firstColumn;
  uint stride;
  uint subRayCount;
};

NF_CONST uint kLidarColumnStep = 8u;  ///< as many rays as a tracer may follow at once

/// Place of a beam's first ray.
NF_FN uint lidarFirstRay(LidarWindow window, uint ringIndex, uint columnIndex) {
  return (ringIndex * window.stride + columnIndex - window.firstColumn) * window.subRayCount;
}

struct LidarRaysPush {
  uint64_t rings;       ///< LidarRing[ringCount]
  uint64_t columns;     ///< LidarColumn[columnCount]
  uint64_t sensorKeys;  ///< PoseKey[keyCount], frame from sensor
  uint64_t subRays;     ///< LidarSubRay[subRayCount]
  uint64_t rays;        ///< out: the window's
  LidarWindow window;
  uint keyCount;
  float keyStep_s;
  int sweepStart_ns;  ///< after the first pose key
  float maxRange_m;
  uint64_t deflections;  ///< vec2[columnCount * ringCount]: tangents left and up by which a beam is bent; 0: none is
};

struct LidarReturnsPush {
  uint64_t frame;  ///< LidarFrame
  uint64_t rays;
  uint64_t hits;
  uint64_t slots;     ///< out: LidarSlot[columnCount * ringCount * slotCount]; without a return the first is filled
  uint64_t outcomes;  ///< out: uint[columnCount * ringCount], outcome | number of returns << 8 | flag
  uint64_t axes;      ///< out: LidarAxis[columnCount * ringCount]
  uint64_t detours;   ///< LidarDetour[kLidarDetourPasses * detourCount]
  uint64_t detourRays;
  uint64_t detourHits;
  uint64_t detourList;  ///< uint[detourCount]: the beams, ascending
  LidarWindow window;
  uint slotCount;    ///< most returns a beam
  uint detourCount;  ///< 0: none are traced yet
  uint detourPasses;
  uint detourFirst;  ///< of the list, those of the window: [detourFirst, detourEnd)
  uint detourEnd;
};

/// One pass of detours: from what the pass before met to new rays.
struct LidarDetourPush {
  uint64_t frame;
  uint64_t rays;  ///< of the window that the items' beams are in; the first pass alone reads them
  uint64_t hits;
  uint64_t outcomes;
  uint64_t detours;     ///< in and out
  uint64_t detourRays;  ///< in and out; of no detour: with an empty mask
  uint64_t detourHits;
  uint64_t detourList;
  LidarWindow window;
  uint detourCount;
  uint detourFirst;
  uint detourEnd;
  uint pass;
};

/// A beam's axis to be traced again against one object alone.
struct LidarAim {
  uint beam;  ///< column * ringCount + ring
  uint object;
};

struct LidarAimPush {
  LidarRaysPush rays;  ///< as the frame's were made; nothing is written there
  uint64_t aims;       ///< LidarAim[count]
  uint64_t aimed;      ///< out: Ray[count]
  uint count;
};

NF_SHARED_END
#endif
