// Radiometry of a LiDAR return: from the surface point a beam met to a labelled point, or to the reason why there is
// none.
//
// Received power of a beam-filling target: P_r = P_t (rho cos(theta) / pi) (A_r / R^2) eta exp(-2 alpha R). All but
// rho, theta, R and alpha is one constant per sensor, fixed by the datasheet: a 10 % Lambertian target met head-on at
// R10 in clear air is detected with P_d = 0.9. Detection is Gaussian in amplitude: the pulse is found when SNR + n > T,
// n ~ N(0, 1), hence P_fa = Q(T) and P_d = Q(T - SNR). The field's usual P_fa = 1e-6 gives T = 4.7534, and P_d = 0.9
// needs SNR = T + 1.2816.
#ifndef NIGHTFOG_SHARED_LIDAR_RETURN_H
#define NIGHTFOG_SHARED_LIDAR_RETURN_H
#include "engine/shared/cause.h"
#include "engine/shared/geometry.h"
#include "engine/shared/lidar_beam.h"
#include "engine/shared/math.h"
#include "engine/shared/philox.h"
#include "engine/shared/wet_ground.h"
NF_SHARED_BEGIN

NF_CONST float kLidarThreshold = 4.753424f;     ///< Q^-1(1e-6)
NF_CONST float kLidarSnrAtRange10 = 6.034976f;  ///< kLidarThreshold + Q^-1(0.1)
NF_CONST float kLidarRangeSigma0_m = 0.09f;     ///< sigma_R = sigma_0 / sqrt(2 P / P_min): LISA (Kilic et al. 2021)
NF_CONST float kLidarFullScale = 2.55f;  ///< reflectivity at intensity 1: 100 counts of 255 are 100 % (Velodyne, Hesai)
NF_CONST float kLidarRetroLog = 6.907755f;  ///< ln 1000
NF_CONST uint kLidarPurposeDetection = 1u;
NF_CONST uint kLidarPurposeStray = 2u;
NF_CONST float kLidarGlareEnd_rad = 0.2618f;  ///< 15 deg

/// LidarModel::snrScale of a sensor that sees 10 % at range10_m.
NF_FN float lidarSnrScale(float range10_m) {
  return kLidarSnrAtRange10 * range10_m * range10_m * 10.0f;
}

/// The share of a retroreflective sheet, rho_eq = pi R_A met head-on: rho_eq cos(theta) exp(-2 sin^2(theta)). A filled
/// beam lights 1 / cos(theta) more of the sheet, so R_A falls to 0.45 at 30 degrees and 0.18 at 45: sheeting of ASTM
/// D4956 has 0.4 to 0.6 of its figure at -4 degrees left at 30.
NF_FN float lidarRetroreflectance(LidarMaterial material, float cosine) {
  if (material.retroreflectance <= 0.0f) return 0.0f;
  NF_PRECISE float sine2 = max(1.0f - cosine * cosine, 0.0f);
  NF_PRECISE float result = material.retroreflectance * (1.0f - material.film) * cosine * expOf(-2.0f * sine2);
  return result;
}

/// pi f cos(theta) of a material seen along the beam (view = light): what multiplies the pulse as rho cos(theta) does
/// for a Lambertian surface. The diffuse share is Lambertian; a metal reflects by GGX, D(h = n) V F0 at l = v, with F0
/// its reflectance; a retroreflective sheet adds its own (lidarRetroreflectance). Water on the ground lets the beam
/// through twice, and drowns a retroreflector's beads.
NF_FN float lidarReflectance(LidarMaterial material, float cosine) {
  NF_PRECISE float reflectance = material.reflectance;
  if (material.film > 0.0f) reflectance = wetBeamReflectance(reflectance, cosine, material.film);
  NF_PRECISE float diffuse = (1.0f - material.metallic) * reflectance * cosine;
  NF_PRECISE float metal = 0.0f;
  if (material.metallic > 0.0f && cosine > 0.0f) {
    NF_PRECISE float alpha = material.roughness * material.roughness;
    NF_PRECISE float a2 = alpha * alpha;
    a2 = max(a2, 1e-6f);
    NF_PRECISE float c2 = cosine * cosine;
    NF_PRECISE float d = (a2 - 1.0f) * c2 + 1.0f;
    metal = material.metallic * material.reflectance * a2 / (4.0f * d * d * sqrt(a2 + (1.0f - a2) * c2));
  }
  NF_PRECISE float result = diffuse + metal + lidarRetroreflectance(material, cosine);
  return result;
}

/// Signal to noise, in amplitude, of a surface of this effective reflectance.
NF_FN float lidarSnr(float snrScale, float effectiveReflectance, float range_m, float extinction_1pm) {
  float transmitted = extinction_1pm > 0.0f ? expOf(-2.0f * extinction_1pm * range_m) : 1.0f;
  NF_PRECISE float result = snrScale * effectiveReflectance * transmitted / (range_m * range_m);
  return result;
}

/// A ray's share of the beam's signal.
NF_FN float lidarShareOf(float weight, float snr) {
  NF_PRECISE float result = weight * snr;
  return result;
}

/// 1 sigma of the measured range: the datasheet's, or what a weak pulse leaves, whichever is more. SNR below the
/// threshold counts as the threshold.
NF_FN float lidarRangeSigma(float datasheet_m, float snr, float threshold) {
  NF_PRECISE float weak = kLidarRangeSigma0_m / sqrt(2.0f * max(snr / threshold, 1.0f));
  return max(datasheet_m, weak);
}

NF_FN float lidarQuantise(float value, float step) {
  if (step <= 0.0f) return value;
  NF_PRECISE float result = floor(value / step + 0.5f) * step;
  return result;
}

/// Counts of 255 for a retroreflector, from what a white surface has up to one a thousand times as bright, by its
/// logarithm: makers state the ends alone.
NF_FN float lidarRetroCounts(float white, float apparentReflectance) {
  NF_PRECISE float counts = white + (255.0f - white) * logOf(apparentReflectance) / kLidarRetroLog;
  return min(counts, 255.0f) / 255.0f;
}

/// Reported intensity, 0 … 1 of the scale's full range, of the reflectivity that a Lambertian target met head-on in
/// clear air would need for the same pulse:
///   Velodyne, Hesai: percent as counts of 255. What is brighter, up to 255 %, is a retroreflector's; beyond it
///   saturates. Ouster: percent as counts up to 100, then retroreflectors up to 255. Livox: 0 … 100 % as 0 … 150, then
///   likewise. Ouster's signal: photons as they come, 16 bits, not made good for range. Waymo: its unbounded return
///   strength, taken as the reflectivity, through tanh as its users do.
NF_FN float lidarIntensity(LidarModel model, float apparentReflectance, float echo_m) {
  float shown = apparentReflectance / kLidarFullScale;
  if (model.intensityScale >= kLidarScaleOuster) {
    bool livox = model.intensityScale == kLidarScaleLivox;
    if (livox) shown = apparentReflectance * (150.0f / 255.0f);
    if (model.intensityScale == kLidarScaleOusterSignal) {
      NF_PRECISE float signal = apparentReflectance / (echo_m * echo_m * model.signalFull);
      shown = signal;
    } else if (model.intensityScale == kLidarScaleWaymo) {
      NF_PRECISE float left = expOf(-2.0f * apparentReflectance);
      NF_PRECISE float tanhOf = (1.0f - left) / (1.0f + left);
      shown = tanhOf;
    } else if (apparentReflectance > 1.0f) {
      shown = lidarRetroCounts(livox ? 150.0f : 100.0f, apparentReflectance);
    }
  }
  return clamp(shown, 0.0f, 1.0f);
}

/// The same in the steps of its bits; Waymo's is a floating-point number.
NF_FN float lidarIntensityInSteps(LidarModel model, float intensity) {
  if (model.intensityScale == kLidarScaleWaymo) return intensity;
  float most = model.intensityScale == kLidarScaleOusterSignal ? 65535.0f : 255.0f;
  return floor(intensity * most + 0.5f) / most;
}

/// Velocity, in the frame's axes, of the point `atPoint` fixed to a body that moves from pose a to pose b in `step_s`,
/// when the body's origin is at `bodyOrigin`: translation uniform, rotation about the fixed axis of the shorter arc.
NF_FN vec3 lidarPointVelocity(PoseKey a, PoseKey b, float step_s, vec3 bodyOrigin, vec3 atPoint) {
  NF_PRECISE vec3 linear = (b.translation - a.translation) / step_s;
  // q = b a^-1, in the half sphere w >= 0; its vector part is axis * sin(angle / 2).
  vec3 av = vec3(a.rotation.x, a.rotation.y, a.rotation.z);
  vec3 bv = vec3(b.rotation.x, b.rotation.y, b.rotation.z);
  NF_PRECISE float w = b.rotation.w * a.rotation.w + dot(bv, av);
  NF_PRECISE vec3 v = bv * a.rotation.w - av * b.rotation.w - cross(bv, av);
  if (w < 0.0f) {
    w = -w;
    v = -v;
  }
  NF_PRECISE float s = sqrt(dot(v, v));
  // Below 1e-6 the quaternions' rounding is all there is to see.
  NF_PRECISE float rate = s > 1e-6f ? 2.0f * upperAngle(s, w) / (s * step_s) : 0.0f;
  NF_PRECISE vec3 angular = v * rate;
  NF_PRECISE vec3 result = linear + cross(angular, atPoint - bodyOrigin);
  return result;
}

/// Where a ray met a triangle (corners in its body's frame) of a body between two pose keys: range, incidence and
/// velocity; the labels are the caller's to fill.
NF_FN LidarSurfacePoint lidarSurfacePoint(Ray ray, Hit hit, PoseKey before, PoseKey after, float fraction,
                                          float keyStep_s, bool moves, vec3 p0, vec3 p1, vec3 p2) {
  PoseKey pose = before;
  if (moves) pose = interpolatePose(before, after, fraction);
  // The ray's direction goes into the body, so that the normal need not come out.
  vec3 direction = rotateBack(pose.rotation, ray.direction);
  NF_PRECISE vec3 normal = cross(p1 - p0, p2 - p0);
  NF_PRECISE float length2 = dot(normal, normal);
  NF_PRECISE float cosine = length2 > 0.0f ? abs(dot(normal, direction)) / sqrt(length2) : 0.0f;
  LidarSurfacePoint point;
  point.range_m = hit.t;
  point.incidenceCosine = min(cosine, 1.0f);
  point.velocity_mps = vec3(0.0f);
  if (moves) {
    NF_PRECISE vec3 at = ray.origin + ray.direction * hit.t;
    point.velocity_mps = lidarPointVelocity(before, after, keyStep_s, pose.translation, at);
  }
  point.object = 0u;
  point.part = 0u;
  point.semantic = 0u;
  point.material = 0u;
  return point;
}

/// The slot of a beam whose ray met nothing, or something outside the range window.
NF_FN LidarSlot lidarNothing(LidarRing ring, LidarColumn column, uint ringIndex, uint columnIndex, float trueRange_m) {
  LidarSlot slot;
  slot.position_m = vec3(0.0f);
  slot.range_m = 0.0f;
  slot.intensity = 0.0f;
  slot.azimuth_rad = lidarAzimuth(ring, column);
  slot.time_ns = column.time_ns + ring.time_ns;
  slot.trueRange_m = trueRange_m;
  slot.incidenceCosine = 0.0f;
  slot.velocity_mps = vec3(0.0f);
  slot.object = 0u;
  slot.semanticMaterial = 0u;
  slot.ringColumn = ringIndex | (columnIndex << 16u);
  slot.returnCause = kCauseOutOfRange << 8u;
  slot.fill = 0.0f;
  slot.seenVia = 0u;
  slot.reflectance = 0.0f;
  slot.elongation_m = 0.0f;
  return slot;
}

/// The slot of a beam that met this: labels, no return yet.
NF_FN LidarSlot lidarMet(LidarRing ring, LidarColumn column, uint ringIndex, uint columnIndex,
                         LidarSurfacePoint surface) {
  LidarSlot slot = lidarNothing(ring, column, ringIndex, columnIndex, surface.range_m);
  slot.incidenceCosine = surface.incidenceCosine;
  slot.velocity_mps = surface.velocity_mps;
  slot.object = surface.object;
  slot.semanticMaterial = (surface.semantic & 0xffffu) | (surface.material << 16u);
  slot.returnCause |= surface.part << 16u;
  return slot;
}

NF_FN void lidarSetCause(NF_INOUT(LidarSlot) slot, uint cause) {
  slot.returnCause = (slot.returnCause & 0xffff00ffu) | (cause << 8u);
}

/// Why a surface within the range window was not detected.
NF_FN uint lidarLossCause(LidarSurfacePoint surface, LidarMaterial material) {
  bool leads = material.transmission > 0.5f || material.metallic > 0.5f ||
               (material.film > 0.0f && material.film * waterReflectance(surface.incidenceCosine) > 0.5f);
  return leads ? kCauseSpecularAway : kCauseBelowThreshold;
}

/// Random bits of the beam's n-th echo.
NF_FN uvec4 lidarBits(LidarModel model, uint beam, uint echo) {
  return philox4x32(uvec4(beam, model.frame, kLidarPurposeDetection, echo), uvec2(model.keyLow, model.keyHigh));
}

/// Noise of the beam's n-th echo, in amplitude (x) and in range (y), both of sigma 1.
NF_FN vec2 lidarNoise(LidarModel model, uint beam, uint echo) {
  if (model.useThreshold == 0u && model.useNoise == 0u) return vec2(0.0f, 0.0f);
  uvec4 bits = lidarBits(model, beam, echo);
  return normalPair(bits.x, bits.y);
}

NF_FN bool lidarDetects(LidarModel model, float amplitude, vec2 noise) {
  return model.useThreshold == 0u || amplitude + noise.x > model.detectionThreshold;
}

/// A range that noise took out of the window, brought back by as much: cut off, it would gather on the window's edge.
NF_FN float lidarFolded(float range_m, float least_m, float most_m) {
  NF_PRECISE float above = range_m < least_m ? 2.0f * least_m - range_m : range_m;
  NF_PRECISE float below = above > most_m ? 2.0f * most_m - above : above;
  return clamp(below, least_m, most_m);
}

/// Makes the slot a return: what is reported of an echo of this range and amplitude (SNR).
NF_FN void lidarReport(NF_INOUT(LidarSlot) slot, LidarModel model, LidarRing ring, LidarColumn column, float echo_m,
                       float snr, vec2 noise, uint cause) {
  NF_PRECISE float range = echo_m;
  NF_PRECISE float amplitude = snr;
  if (model.useNoise != 0u) {
    range = range + noise.y * lidarRangeSigma(model.rangeNoise_m, snr, model.detectionThreshold);
    range = lidarQuantise(lidarFolded(range, model.minRange_m, model.maxRange_m), model.rangeResolution_m);
    amplitude = max(snr + noise.x, 0.0f);
  }
  slot.range_m = range;
  NF_PRECISE vec3 position = lidarDirection(ring, column) * range + lidarOrigin(ring, column);
  slot.position_m = position;
  NF_PRECISE float apparent = amplitude * echo_m * echo_m * (1.0f - model.lost) / model.snrScale;
  slot.intensity = lidarIntensity(model, apparent, echo_m);
  if (model.useNoise != 0u) slot.intensity = lidarIntensityInSteps(model, slot.intensity);
  lidarSetCause(slot, cause);
}

/// The noise of a receiver that looks past the sun, in units of what it has else: its optics scatter some of the sun's
/// light onto the detector, the less the farther off. 1 beyond kLidarGlareEnd_rad.
NF_FN float lidarSunNoise(float glare_rad2, vec3 direction, vec3 sunDirection) {
  if (glare_rad2 <= 0.0f) return 1.0f;
  NF_PRECISE vec3 apart = direction - sunDirection;
  NF_PRECISE float angle2 = max(dot(apart, apart), 1e-4f);
  if (angle2 > kLidarGlareEnd_rad * kLidarGlareEnd_rad) return 1.0f;
  NF_PRECISE float result = sqrt(1.0f + glare_rad2 / angle2);
  return result;
}

/// The model of one channel under so much noise, in units of it. The receiver's threshold follows the noise half way,
/// as its root: weak pulses are lost, and more noise crosses.
NF_FN LidarModel lidarModelOf(LidarModel model, LidarRing ring, float noise) {
  NF_PRECISE float scale = model.snrScale * ring.gain / noise;
  NF_PRECISE float threshold = model.detectionThreshold / sqrt(noise);
  model.snrScale = scale;
  model.detectionThreshold = threshold;
  return model;
}

/// The model of a beam that a fault has taken this share of.
NF_FN LidarModel lidarModelLess(LidarModel model, float lost) {
  NF_PRECISE float scale = model.snrScale * (1.0f - lost);
  model.snrScale = scale;
  model.lost = lost;
  return model;
}

/// Q(x), x >= 0: Abramowitz and Stegun 26.2.17, relative error below 1e-5.
NF_FN float lidarUpperTail(float x) {
  NF_PRECISE float t = 1.0f / (1.0f + 0.2316419f * x);
  NF_PRECISE float sum =
      t * (0.319381530f + t * (-0.356563782f + t * (1.781477937f + t * (-1.821255978f + t * 1.330274429f))));
  NF_PRECISE float result = 0.39894228f * expOf(-0.5f * x * x) * sum;
  return result;
}

/// Crossings of a threshold by noise of sigma 1 in each of its chances, as the rate of an exponential law.
NF_FN float lidarCrossingRate(float threshold) {
  float q = lidarUpperTail(threshold);
  NF_PRECISE float few = q + 0.5f * q * q;  // 1 - q would lose what is small
  return q < 0.01f ? few : -logOf(1.0f - q);
}

/// Noise that crosses the threshold by itself.
struct LidarStray {
  float range_m;  ///< < 0: none
  float amplitude;
  uint cause;
};

/// Half a pulse is what the noise needs to forget itself: so many chances to cross lie in the range window, and the
/// first crossing (for `last` the last) is where an exponential law has it. `dark` is the model without the sun.
NF_FN LidarStray lidarStray(LidarModel model, LidarModel dark, uint beam, uint falseAlarms) {
  LidarStray stray;
  stray.range_m = -1.0f;
  stray.amplitude = 0.0f;
  stray.cause = kCauseNoise;
  bool sun = model.detectionThreshold < dark.detectionThreshold;
  if (model.useThreshold == 0u || (falseAlarms == 0u && !sun)) return stray;
  uvec4 bits = philox4x32(uvec4(beam, model.frame, kLidarPurposeStray, 0u), uvec2(model.keyLow, model.keyHigh));
  NF_PRECISE float way = -logOf(1.0f - unitFloat(bits.x)) / lidarCrossingRate(model.detectionThreshold);
  NF_PRECISE float range = model.minRange_m + way * 0.5f * model.pulseLength_m;
  if (range > model.maxRange_m) return stray;
  NF_PRECISE float darkShare = lidarCrossingRate(dark.detectionThreshold) / lidarCrossingRate(model.detectionThreshold);
  if (unitFloat(bits.y) >= darkShare) stray.cause = kCauseSun;
  if (stray.cause == kCauseNoise && falseAlarms == 0u) return stray;
  if (model.echoes == kLidarLast) range = model.maxRange_m + model.minRange_m - range;
  stray.range_m = range;
  NF_PRECISE float beyond =
      model.detectionThreshold * model.detectionThreshold - 2.0f * logOf(1.0f - unitFloat(bits.z));
  stray.amplitude = sqrt(beyond);
  return stray;
}

/// What the sensor makes of the surface point a beam of one ray met.
NF_FN LidarSlot lidarReturn(LidarModel model, LidarRing ring, LidarColumn column, uint ringIndex, uint columnIndex,
                            uint beam, LidarSurfacePoint surface, LidarMaterial material) {
  LidarSlot slot = lidarMet(ring, column, ringIndex, columnIndex, surface);
  if (surface.range_m < model.minRange_m || surface.range_m > model.maxRange_m) return slot;
  float effective = lidarReflectance(material, surface.incidenceCosine);
  float snr = lidarSnr(model.snrScale, effective, surface.range_m, model.extinction_1pm);
  vec2 noise = lidarNoise(model, beam, 0u);
  slot.reflectance = effective;
  if (lidarDetects(model, snr, noise)) {
    lidarReport(slot, model, ring, column, surface.range_m, snr, noise, kCauseSurface);
  } else {
    lidarSetCause(slot, lidarLossCause(surface, material));
  }
  return slot;
}

NF_SHARED_END
#endif
