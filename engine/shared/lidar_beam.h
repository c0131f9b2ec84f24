// Where and when a beam of a rotating LiDAR starts, and where it points.
//
// The head turns all the time: channel r of column c fires at t = c T + t_r after the sweep's start, at azimuth +-2 pi
// f (c T + t_r) + offset_r. The two parts, of the column and of the channel, are tables of host doubles; the sum of
// angles is taken by the addition theorem, with no transcendental.
#ifndef NIGHTFOG_SHARED_LIDAR_BEAM_H
#define NIGHTFOG_SHARED_LIDAR_BEAM_H
#include "engine/shared/geometry.h"
#include "engine/shared/lidar_data.h"
#include "engine/shared/pose.h"
NF_SHARED_BEGIN

/// Direction of a beam in the sensor's frame.
NF_FN vec3 lidarDirection(LidarRing ring, LidarColumn column) {
  NF_PRECISE float c = column.cosAzimuth * ring.cosAzimuth - column.sinAzimuth * ring.sinAzimuth;
  NF_PRECISE float s = column.sinAzimuth * ring.cosAzimuth + column.cosAzimuth * ring.sinAzimuth;
  NF_PRECISE vec3 direction = vec3(ring.cosElevation * c, ring.cosElevation * s, ring.sinElevation);
  return direction;
}

/// Direction of one ray of the beam's bundle.
NF_FN vec3 lidarSubDirection(LidarRing ring, LidarColumn column, LidarSubRay subRay) {
  NF_PRECISE float c = column.cosAzimuth * ring.cosAzimuth - column.sinAzimuth * ring.sinAzimuth;
  NF_PRECISE float s = column.sinAzimuth * ring.cosAzimuth + column.cosAzimuth * ring.sinAzimuth;
  NF_PRECISE vec3 axis = vec3(ring.cosElevation * c, ring.cosElevation * s, ring.sinElevation);
  NF_PRECISE vec3 left = vec3(-s, c, 0.0f);
  NF_PRECISE vec3 up = vec3(-ring.sinElevation * c, -ring.sinElevation * s, ring.cosElevation);
  NF_PRECISE vec3 sum = axis + left * subRay.left + up * subRay.up;
  NF_PRECISE float length2 = 1.0f + subRay.left * subRay.left + subRay.up * subRay.up;
  NF_PRECISE vec3 direction = sum / sqrt(length2);
  return direction;
}

/// Time of a firing after the first pose key.
NF_FN float lidarFiringTime(LidarRing ring, LidarColumn column, int sweepStart_ns) {
  NF_PRECISE float seconds = float(sweepStart_ns + column.time_ns + ring.time_ns) * 1e-9f;
  return seconds;
}

/// A ray of the beam, from the sensor's pose at the firing's own time (frame from sensor).
NF_FN Ray lidarRay(vec3 direction, PoseKey frameFromSensor, float time_s, float maxRange_m, uint beam) {
  Ray ray;
  ray.origin = frameFromSensor.translation;
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
