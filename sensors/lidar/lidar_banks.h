// What banks of fog do to a beam: they differ from beam to beam, so nothing of them can be tabulated. Each beam walks
// its own way in half pulses, as the rows of lidar_fog.h are made, through the layer and the banks together.
#ifndef NIGHTFOG_LIDAR_BANKS_H
#define NIGHTFOG_LIDAR_BANKS_H
#include "engine/shared/lidar_fog.h"
#include "engine/shared/lidar_return.h"
#include "engine/shared/lidar_waveform.h"
NF_SHARED_BEGIN

/// Echo of fog of this extinction as the rows of lidar_fog.h have it, behind the gain: a pulse of length L whose square
/// of a sine has the mean 1/2 gives pi alpha / S L / 2.
NF_FN float lidarFogEcho(float snrScale, float cell_m, float lidarRatio_sr, float extinction_1pm, float range_m,
                         float fullGain_m, float depth) {
  NF_PRECISE float scale = snrScale * kPiFloat * cell_m / lidarRatio_sr;
  NF_PRECISE float result =
      scale * extinction_1pm * lidarGain(range_m, fullGain_m) / (range_m * range_m) * expOf(-2.0f * depth);
  return result;
}

/// Chance that a waveform that missed so far misses this cell too.
NF_FN float lidarMissed(float missed, float threshold, float amplitude) {
  NF_PRECISE float result =
      missed * (1.0f - max(lidarUpperTail(threshold - amplitude) - lidarUpperTail(threshold), 0.0f));
  return result;
}

NF_FN vec3 lidarPlaceOn(Ray ray, float range_m) {
  NF_PRECISE vec3 place = ray.origin + ray.direction * range_m;
  return place;
}

/// Extinction, 1/m, of the layer and the banks at a place.
NF_FN float lidarExtinctionAt(uint64_t frame, vec3 place, float time_s) {
  FogLayer layer = FrameConstants(frame).value.fog;
  float share = 1.0f;
  if (fogHasTop(layer)) share = fogShareAt(layer, place.z);
  float sum = lidarSumOf(0.0f, layer.extinction_1pm, share);
  uint count = FrameConstants(frame).value.bankCount;
  for (uint i = 0u; i < count; ++i) {
    FogBank bank = FogBankArray(FrameConstants(frame).value.banks).at[i];
    sum = lidarSumOf(sum, bank.extinction_1pm, fogBankShareAt(bank, place, time_s));
  }
  return sum;
}

/// Optical depth of the banks on a ray's way.
NF_FN float lidarBanksDepth(uint64_t frame, Ray ray, float length_m) {
  float depth = 0.0f;
  uint count = FrameConstants(frame).value.bankCount;
  for (uint i = 0u; i < count; ++i) {
    FogBank bank = FogBankArray(FrameConstants(frame).value.banks).at[i];
    depth = lidarSumOf(depth, 1.0f, fogBankDepth(bank, ray.origin, ray.direction, length_m, ray.time_s));
  }
  return depth;
}

/// Mean extinction, 1/m, on a ray's way, of the banks beside what it is without them.
NF_RARE_FN float lidarBankedExtinction(uint64_t frame, Ray ray, float length_m, float extinction_1pm) {
  return lidarSumOf(extinction_1pm, lidarBanksDepth(frame, ray, length_m), 1.0f / max(length_m, 1e-3f));
}

/// One too many is harmless, one too few is not.
NF_FN uint lidarCellsBefore(float begin_m, float first_m, float step_m) {
  NF_PRECISE float cells = (begin_m - first_m) / step_m - 1.0f;
  return uint(clamp(cells, 0.0f, 1e6f));
}

/// Cells of clear air before the first bank that a ray meets, in a frame without other fog: they hold nothing.
NF_FN uint lidarClearCells(uint64_t frame, Ray ray, float first_m, float step_m) {
  if (FrameConstants(frame).value.fog.extinction_1pm > 0.0f) return 0u;
  float begin_m = 1e9f;
  uint count = FrameConstants(frame).value.bankCount;
  for (uint i = 0u; i < count; ++i) {
    FogBank bank = FogBankArray(FrameConstants(frame).value.banks).at[i];
    begin_m = min(begin_m, fogBankBegin(bank, ray.origin, ray.direction, ray.time_s));
  }
  return lidarCellsBefore(begin_m, first_m, step_m);
}

/// The soft return of a ray that meets something at reach_m, with the model of its beam: cells, chances and words as
/// lidarSoftReturn() has them.
NF_RARE_FN LidarFogReturn lidarBankReturn(uint64_t frame, Ray ray, float reach_m, LidarModel model, uvec4 bits) {
  FogLayer layer = FrameConstants(frame).value.fog;
  float fullGain_m = FrameConstants(frame).value.fullGain_m;
  float lidarRatio_sr = FrameConstants(frame).value.lidarRatio_sr;
  float first_m = FrameConstants(frame).value.fogFirst_m;
  float step = 0.5f * model.pulseLength_m;
  uint begin = lidarClearCells(frame, ray, first_m, step);
  float from_m = lidarFogCellRange(first_m, step, begin, 0.0f);
  uint cells = lidarFogCells(from_m, step, reach_m);
  float draw = unitFloat(bits.z);
  LidarFogReturn soft = lidarNoSoftReturn();
  if (cells == 0u) return soft;
  vec3 place = lidarPlaceOn(ray, from_m);
  float depth = lidarSumOf(fogDepth(layer, ray.origin.z, place.z, from_m), 1.0f, lidarBanksDepth(frame, ray, from_m));
  float before = lidarExtinctionAt(frame, place, ray.time_s);
  float missed = 1.0f;
  float end_m = 0.0f;
  float amplitudeBefore = 0.0f;
  for (uint k = begin; k < begin + cells; ++k) {
    float echo = lidarFogCellRange(first_m, step, k, 0.0f);
    float here = before;
    if (k > begin) {
      here = lidarExtinctionAt(frame, lidarPlaceOn(ray, echo), ray.time_s);
      depth = lidarSumOf(depth, 0.5f * step, before + here);
      before = here;
    }
    // The first cell's pulse lies half before where the receiver sees the beam.
    float seen = k == 0u ? 0.5f * here : here;
    float amplitude = lidarFogEcho(model.snrScale, step, lidarRatio_sr, seen, echo, fullGain_m, depth);
    if (soft.range_m < 0.0f && here > 0.0f && echo >= model.minRange_m && echo <= model.maxRange_m) {
      missed = lidarMissed(missed, model.detectionThreshold, amplitude);
      if (1.0f - missed > draw) {  // of a cell that begins before the window only what lies within it is seen
        float from = max(lidarFogCellRange(first_m, step, k, -0.5f), model.minRange_m);
        float to = max(lidarFogCellRange(first_m, step, k, 0.5f), model.minRange_m);
        soft.range_m = lidarBetween(from, to, lidarLowByte(bits.w));
      }
    }
    if (soft.range_m >= 0.0f) {
      soft.amplitude = max(soft.amplitude, amplitude);
      float halved = 0.5f * soft.amplitude;
      if (amplitude >= halved) {
        end_m = min(echo + step, reach_m);
      } else if (amplitudeBefore >= halved) {
        end_m = min(lidarFallWithin(echo, step, amplitudeBefore, amplitude, halved), reach_m);
      }
      amplitudeBefore = amplitude;
    }
  }
  if (model.measuresWidth != 0u) soft.depth_m = max(end_m - soft.range_m, 0.0f);
  if (soft.range_m >= 0.0f)
    soft.amplitude = lidarCrossingAmplitude(soft.amplitude, model.detectionThreshold, lidarLowByte(bits.z));
  return soft;
}

NF_SHARED_END
#endif
