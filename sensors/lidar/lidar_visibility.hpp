// How much of each object a sweep could have had: which beams would meet it were nothing in the way, and who took them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/content/scene.hpp"
#include "engine/core/jobs.hpp"
#include "engine/record/lidar_sweep.hpp"
#include "engine/sensing/sensor_track.hpp"
#include "engine/shared/lidar_data.h"
#include "engine/trace/tracer.hpp"
#include "sensors/lidar/lidar_compaction.hpp"
#include "sensors/lidar/lidar_tables.hpp"

namespace nightfog::lidar {

/// Finds, for every object, the beams whose first hit does not already tell whether they would meet it alone.
///
/// A beam is possible for an object when its ray, with nothing else in the scene, meets the object within the range
/// window. Of the beams that can meet the ball around the object (over the pose segment in which they fire, the
/// sensor's own motion included; conservative):
/// - first hit on the object: possible if within the window;
/// - first hit beyond the ball, or none: not possible;
/// - first hit on something else, nearer: has to be traced again with Ray::target = object. These are the aims.
class LidarVisibility {
 public:
  struct Frame {
    const content::SceneSnapshot& snapshot;
    const sensing::SensorTrack& track;
    const LidarTables& tables;
    BeamResults beams;
    SimTime sweepStart;
    float minRange_m = 0;
    float maxRange_m = 0;
    double aside_rad = 0;  ///< faults turn beams from where track and tables point by this at most
    double aside_m = 0;    ///< and shift where they begin
  };

  /// The sensor's carrier gets no aims. `meshBounds` are the scene's (SceneBuffers::host()).
  void plan(const Frame& frame, std::span<const trace::MeshBounds> meshBounds, Jobs& jobs);
  /// All aims, object by object in the snapshot's order.
  std::span<const shared::LidarAim> aims() const { return aims_; }
  /// Takes the hits of the aimed rays, in the order of aims(), and the beams per object; writes every object but the
  /// carrier, ascending id.
  std::vector<record::LidarObjectVisibility> finish(const Frame& frame, std::span<const shared::Hit> aimedHits,
                                                    const ObjectHits& hits) const;

 private:
  struct PerObject {
    uint32_t possible = 0;
    std::vector<shared::LidarAim> aims;
  };

  std::vector<PerObject> perObject_;
  std::vector<std::vector<uint32_t>> instancesOf_;  ///< of each object
  std::vector<shared::LidarAim> aims_;
};

}  // namespace nightfog::lidar
