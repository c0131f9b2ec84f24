// A ball around an object over one pose segment, as the moving sensor sees it, and the beams that can meet it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/content/scene.hpp"
#include "engine/trace/tracer.hpp"
#include "sensors/lidar/lidar_tables.hpp"

namespace nightfog::lidar {

/// In the sensor's frame: everything that belongs to the object at any instant of the segment.
struct SweptBall {
  glm::dvec3 centre{0};
  double radius = -1;  ///< negative: nothing
};

/// The ball of `instances` (of one object) between pose keys `segment` and `segment + 1`. Conservative: covers the
/// interpolation of the parts' and of the sensor's poses, and float rounding. `sensorKeys` are world from sensor.
SweptBall sweptBall(const content::SceneSnapshot& snapshot, std::span<const uint32_t> instances,
                    std::span<const trace::MeshBounds> meshBounds, std::span<const RigidTransform> sensorKeys,
                    size_t segment);

/// Columns [begin, end) of one ring.
struct RingColumns {
  uint32_t ring = 0;
  uint32_t begin = 0;
  uint32_t end = 0;
};

/// Beams fired in [from_ns, to_ns) after the sweep's start whose direction can meet the ball. No beam appears twice
/// within one list; one list for each time the head passes the ball, of a rosette for each run of neighbouring firings.
std::vector<std::vector<RingColumns>> beamsThatCanMeet(const SweptBall& ball, const LidarTables& tables,
                                                       int64_t from_ns, int64_t to_ns);

}  // namespace nightfog::lidar
