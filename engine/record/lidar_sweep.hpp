// One LiDAR frame as data: points, what became of every beam, and how visible every object was.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/ids.hpp"
#include "engine/core/sim_time.hpp"
#include "engine/core/transform.hpp"
#include "engine/record/taxonomy.hpp"

namespace nightfog::record {

#pragma pack(push, 1)
/// A labelled return, 80 bytes little-endian. These are the bytes of the record: the PointCloud message's data is an
/// array of them.
struct LidarPoint {
  float x = 0, y = 0, z = 0;  ///< m, sensor frame at the point's own time (motion-distorted, as a driver delivers it)
  float range_m = 0;          ///< measured
  float intensity = 0;        ///< 0 … 1 of the sensor's reported scale
  float azimuth_rad = 0;      ///< of the beam, counter-clockwise from x
  int32_t timeOffset_ns = 0;  ///< firing time after the sweep's start
  float trueRange_m = 0;      ///< without noise
  float incidenceCosine = 0;  ///< |cos| of the angle between beam and surface normal
  float vx = 0, vy = 0, vz = 0;  ///< m/s, world axes: velocity of the surface point hit
  uint32_t instance = 0;         ///< object id, 0: none
  uint16_t semantic = 0;         ///< ClassId
  uint16_t material = 0;         ///< index into the episode's material table
  uint16_t ring = 0;             ///< channel, in the profile's order
  uint16_t column = 0;           ///< firing of the turn; beam = ring + ringCount * column
  uint8_t returnIndex = 0;       ///< 0: primary
  uint8_t cause = 0;             ///< shared/cause.h
  uint16_t part = 0;             ///< which part of the object: ObjectMotion::parts; 0 where there is no object
  float fill = 0;          ///< share of the beam's energy that met the object, 0 … 1; over a beam's returns at most 1
  uint32_t seenVia = 0;    ///< object whose pane or mirror light went by first; 0: none; kSceneryPane
  float reflectance = 0;   ///< true, along the beam: rho cos(theta) of a matt surface; 0 of what is no surface
  float elongation_m = 0;  ///< half-power width of the echo less the pulse's own; 0 of sensors that do not measure it
};
#pragma pack(pop)
static_assert(sizeof(LidarPoint) == 80);

/// LidarPoint::seenVia of a pane or mirror that belongs to no object: a window of a house, a wet road.
inline constexpr uint32_t kSceneryPane = 0xffffffffu;

/// How much of an object a LiDAR got.
struct LidarObjectVisibility {
  ObjectId object;
  uint32_t hits = 0;           ///< beams that return from it
  uint32_t possibleHits = 0;   ///< beams that return from it, or whose axis would meet it were nothing in the way
  ObjectId occluder;           ///< the object that took most of its beams; 0: none, or scenery
  uint32_t occludedBeams = 0;  ///< beams aimed at it that something nearer took
  uint32_t clearHits = 0;      ///< beams whose primary return would be from it in clear air and on dry ground
};

/// What is wrong with the sensor during a frame, which neither its points nor its calibration know. The same beams
/// without it are the run's twin (`render --twin faults`).
struct LidarFaultTruth {
  std::vector<uint8_t>
      beamMask;  ///< [column * ringCount + ring]: 1 dead, 2 weak, 4 sector, 8 dirt, 16 water, 32 packet; empty: none
  std::vector<uint8_t> beamLost;   ///< likewise, share of the power taken both ways, of 255; empty: none
  RigidTransform nominalFromTrue;  ///< the sensor's frame where it should be from where it is, at `reference`
  SimTime clockError;              ///< shown less true time at `reference`; the points' times are shown ones
};

struct LidarSweep {
  std::string sensor;  ///< "top"
  uint32_t frame = 0;
  SimTime start;      ///< first firing
  SimTime end;        ///< one turn later
  SimTime reference;  ///< t_ref, the middle: boxes are stated at this time
  uint32_t ringCount = 0;
  uint32_t columnCount = 0;
  RigidTransform worldFromSensor;                 ///< at `reference`
  RigidTransform worldFromVehicle;                ///< ego at `reference`
  std::vector<LidarPoint> points;                 ///< ascending column, then ring, then return
  std::vector<uint8_t> beamOutcomes;              ///< shared/cause.h, [column * ringCount + ring]
  std::vector<LidarObjectVisibility> visibility;  ///< ascending object id, every labelled object
  std::optional<LidarFaultTruth> faults;          ///< none: a sound sensor
};

/// Ground truth of one object at a frame's reference time.
struct ObjectTruth {
  ObjectId id;
  std::string name;  ///< actor id
  std::string asset;
  ClassId semantic;
  RigidTransform worldFromBox;  ///< box centre, axes of the object
  glm::dvec3 size{0};           ///< length, width, height
  glm::dvec3 velocity_mps{0};   ///< of the box centre, world axes
  glm::dvec3 angularVelocity_radps{0};
};

}  // namespace nightfog::record
