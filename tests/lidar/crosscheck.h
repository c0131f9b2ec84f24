// One case for C++ and GLSL alike: everything the LiDAR's shared functions are given, and everything they say.
#ifndef NIGHTFOG_TESTS_LIDAR_CROSSCHECK_H
#define NIGHTFOG_TESTS_LIDAR_CROSSCHECK_H
#include "engine/shared/lidar_fog.h"
#include "engine/shared/lidar_return.h"
#include "engine/shared/lidar_waveform.h"
NF_SHARED_BEGIN

struct LidarCase {
  LidarModel model;
  LidarRing ring;
  LidarColumn column;
  LidarMaterial material;
  PoseKey before;
  PoseKey after;
  vec3 corner0;
  vec3 corner1;
  vec3 corner2;
  float t;
  float fraction;
  uint beam;
  uint bits;
};

struct LidarAnswer {
  Ray ray;
  LidarSlot slot;
  LidarSlot nothing;
  vec3 subDirection;
  LidarEcho echo;
  LidarChoice choice;
  uint echoCount;
  float elongation;
  float gain;
  float crossing;
  uint fogRow;
  uint fogCells;
  float sine;
  float cosine;
  float logarithm;
  float exponential;
  float angle;
  vec2 normals;
};

struct CrosscheckPush {
  uint64_t cases;
  uint64_t answers;
  uint count;
};

NF_FN LidarAnswer answerOf(LidarCase given) {
  LidarAnswer answer;
  PoseKey pose = interpolatePose(given.before, given.after, given.fraction);
  answer.ray = lidarRay(lidarOrigin(given.ring, given.column), lidarDirection(given.ring, given.column), pose,
                        lidarFiringTime(given.ring, given.column, 1234567), 200.0f, given.beam);
  Hit hit;
  hit.t = given.t;
  hit.instance = 0u;
  hit.primitive = 0u;
  hit.u = 0.25f;
  hit.v = 0.25f;
  LidarSurfacePoint point = lidarSurfacePoint(answer.ray, hit, given.before, given.after, given.fraction, 0.01f,
                                              (given.bits & 1u) != 0u, given.corner0, given.corner1, given.corner2);
  point.object = given.bits >> 4u;
  point.semantic = given.bits & 0xffffu;
  point.material = given.bits >> 20u;
  answer.slot = lidarReturn(given.model, given.ring, given.column, 3u, 77u, given.beam, point, given.material);
  answer.nothing = lidarNothing(given.ring, given.column, 3u, 77u, 200.0f);
  float sine;
  float cosine;
  sinCos(given.t, sine, cosine);
  answer.sine = sine;
  answer.cosine = cosine;
  answer.logarithm = logOf(given.t);
  answer.exponential = expOf(-given.t);
  answer.angle = upperAngle(given.t, given.corner0.x);
  answer.normals = normalPair(given.bits, given.beam * 2654435769u);
  LidarSubRay subRay;
  subRay.left = given.fraction * 2e-3f;
  subRay.up = -given.fraction * 1e-3f;
  subRay.weight = 0.1f;
  answer.subDirection = lidarSubDirection(given.ring, given.column, subRay);
  LidarWaveform waveform;
  waveform.count = 0u;
  uint parts = 1u + given.bits % kLidarMostSubRays;
  for (uint i = 0u; i < parts; ++i) {
    uvec4 words = philox4x32(uvec4(given.beam, i, 0u, 0u), uvec2(given.bits, 1u));
    lidarAddPart(waveform, given.t + 4.0f * unitFloat(words.x), unitFloat(words.y), i);
  }
  LidarEchoes echoes = lidarEchoes(waveform, 1.5f);
  LidarFound found = lidarFoundNothing();
  for (uint i = 0u; i < echoes.count; ++i) lidarFind(found, i, echoes.at[i].amplitude);
  answer.choice = lidarChoose(found, kLidarDual);
  answer.echo = echoes.at[answer.choice.primary];
  answer.echoCount = echoes.count;
  answer.elongation = lidarElongation(waveform, answer.echo, 1.5f);
  answer.gain = lidarGain(given.t, 31.6f);
  answer.crossing = lidarCrossingAmplitude(given.fraction * 8.0f, 4.75f, unitFloat(given.bits));
  answer.fogRow = lidarFogRowOf(given.corner0.x * 0.2f, 65u, given.fraction);
  answer.fogCells = lidarFogCells(0.9f, 0.75f, given.t);
  return answer;
}

NF_SHARED_END
#endif
