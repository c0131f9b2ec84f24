// Where and when a beam of a LiDAR starts, and where it points.
//
// The head turns all the time: channel r of column c fires at t = c T + t_r after the sweep's start, at azimuth +-2 pi
// f (c T + t_r) + offset_r. The two parts, of the column and of the channel, are tables of host doubles; the sum of
// angles is taken by the addition theorem, with no transcendental. Of a rosette the columns differ in elevation too, by
// what its prisms do to the beam at their time.
#ifndef NIGHTFOG_SHARED_LIDAR_BEAM_H
#define NIGHTFOG_SHARED_LIDAR_BEAM_H
#include "engine/shared/geometry.h"
#include "engine/shared/lidar_data.h"
#include "engine/shared/math.h"
#include "engine/shared/pose.h"
NF_SHARED_BEGIN

/// The beam's axis in the sensor's frame: azimuth's cosine and sine, and elevation's. Prisms lift it first.
struct LidarAngles {
  float cosAzimuth;
  float sinAzimuth;
  float cosElevation;
  float sinElevation;
};

NF_FN LidarAngles lidarAngles(LidarRing ring, LidarColumn column) {
  NF_PRECISE float ringCosine = ring.cosAzimuth;
  NF_PRECISE float ringSine = ring.sinAzimuth;
  NF_PRECISE float horizontal = ring.cosElevation;
  NF_PRECISE float vertical = ring.sinElevation;
  if (column.sinElevation != 0.0f) {
    NF_PRECISE float forward = horizontal * ringCosine;
    NF_PRECISE float left = horizontal * ringSine;
    NF_PRECISE float lifted = column.cosElevation * forward - column.sinElevation * vertical;
    vertical = column.sinElevation * forward + column.cosElevation * vertical;
    horizontal = sqrt(lifted * lifted + left * left);
    ringCosine = lifted / max(horizontal, 1e-9f);
    ringSine = left / max(horizontal, 1e-9f);
  }
  NF_PRECISE float c = column.cosAzimuth * ringCosine - column.sinAzimuth * ringSine;
  NF_PRECISE float s = column.sinAzimuth * ringCosine + column.cosAzimuth * ringSine;
  LidarAngles angles;
  angles.cosAzimuth = c;
  angles.sinAzimuth = s;
  angles.cosElevation = horizontal;
  angles.sinElevation = vertical;
  return angles;
}

/// Direction of a beam in the sensor's frame.
NF_FN vec3 lidarDirection(LidarRing ring, LidarColumn column) {
  LidarAngles at = lidarAngles(ring, column);
  NF_PRECISE vec3 direction = vec3(at.cosElevation * at.cosAzimuth, at.cosElevation * at.sinAzimuth, at.sinElevation);
  return direction;
}

/// Where it begins, in the sensor's frame.
NF_FN vec3 lidarOrigin(LidarRing ring, LidarColumn column) {
  NF_PRECISE float x = column.cosAzimuth * ring.origin_m.x - column.sinAzimuth * ring.origin_m.y;
  NF_PRECISE float y = column.sinAzimuth * ring.origin_m.x + column.cosAzimuth * ring.origin_m.y;
  return vec3(x, y, ring.origin_m.z);
}

/// Its azimuth, in (-pi, pi].
NF_FN float lidarAzimuth(LidarRing ring, LidarColumn column) {
  if (column.sinElevation != 0.0f) {
    LidarAngles at = lidarAngles(ring, column);
    return at.sinAzimuth >= 0.0f ? upperAngle(at.sinAzimuth, at.cosAzimuth)
                                 : -upperAngle(-at.sinAzimuth, at.cosAzimuth);
  }
  NF_PRECISE float azimuth = column.azimuth_rad + ring.azimuth_rad;
  if (azimuth > kPiFloat) azimuth -= 2.0f * kPiFloat;
  if (azimuth <= -kPiFloat) azimuth += 2.0f * kPiFloat;
  return azimuth;
}

/// Tangents, left and up, by which a ray of the bundle leaves the axis, for a beam that is bent by these tangents
/// itself.
NF_FN vec2 lidarAside(LidarRing ring, LidarSubRay subRay, vec2 bent) {
  NF_PRECISE float toLeft = subRay.left * ring.spreadLeft + bent.x;
  NF_PRECISE float toTop = subRay.up * ring.spreadUp + bent.y;
  return vec2(toLeft, toTop);
}

/// Direction aside of the beam's axis.
NF_FN vec3 lidarDirectionAside(LidarRing ring, LidarColumn column, vec2 aside) {
  LidarAngles at = lidarAngles(ring, column);
  float c = at.cosAzimuth;
  float s = at.sinAzimuth;
  float toLeft = aside.x;
  float toTop = aside.y;
  NF_PRECISE vec3 axis = vec3(at.cosElevation * c, at.cosElevation * s, at.sinElevation);
  NF_PRECISE vec3 left = vec3(-s, c, 0.0f);
  NF_PRECISE vec3 up = vec3(-at.sinElevation * c, -at.sinElevation * s, at.cosElevation);
  NF_PRECISE vec3 sum = axis + left * toLeft + up * toTop;
  NF_PRECISE float length2 = 1.0f + toLeft * toLeft + toTop * toTop;
  NF_PRECISE vec3 direction = sum / sqrt(length2);
  return direction;
}

/// Direction of one ray of the beam's bundle.
NF_FN vec3 lidarSubDirection(LidarRing ring, LidarColumn column, LidarSubRay subRay) {
  return lidarDirectionAside(ring, column, lidarAside(ring, subRay, vec2(0.0f, 0.0f)));
}

/// Direction of the axis of a beam that is bent.
NF_FN vec3 lidarBentDirection(LidarRing ring, LidarColumn column, vec2 bent) {
  if (bent.x == 0.0f && bent.y == 0.0f) return lidarDirection(ring, column);
  return lidarDirectionAside(ring, column, bent);
}

/// Time of a firing after the first pose key.
NF_FN float lidarFiringTime(LidarRing ring, LidarColumn column, int sweepStart_ns) {
  NF_PRECISE float seconds = float(sweepStart_ns + column.time_ns + ring.time_ns) * 1e-9f;
  return seconds;
}

/// A ray of the beam, from the sensor's pose at the firing's own time (frame from sensor).
NF_FN Ray lidarRay(vec3 origin, vec3 direction, PoseKey frameFromSensor, float time_s, float maxRange_m, uint beam) {
  Ray ray;
  ray.origin = frameFromSensor.translation;
  if (dot(origin, origin) > 0.0f) {
    NF_PRECISE vec3 moved = frameFromSensor.translation + rotateBy(frameFromSensor.rotation, origin);
    ray.origin = moved;
  }
  ray.tMin = kLidarHousing_m;
  ray.direction = rotateBy(frameFromSensor.rotation, direction);
  ray.tMax = maxRange_m;
  ray.time_s = time_s;
  ray.target = kAnyTarget;
  ray.mask = 0xffffffffu;
  ray.beam = beam;
  return ray;
}

NF_SHARED_END
#endif
