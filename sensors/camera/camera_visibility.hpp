// How much of each object the camera got: counted on the instance plane, and by rays that see one object alone.
#pragma once

#include <span>
#include <vector>

#include "engine/content/scene.hpp"
#include "engine/record/camera_image.hpp"
#include "engine/sensing/sensor_track.hpp"
#include "engine/shared/camera_data.h"

namespace nightfog::camera {

class CameraVisibility {
 public:
  struct Frame {
    const content::SceneSnapshot& snapshot;
    const sensing::SensorTrack& track;  ///< of the optical axes
    const shared::CameraLens& lens;
    SimTime start;  ///< opening of row 0
    SimTime end;
    SimTime reference;
    uint32_t width = 0;
    uint32_t height = 0;
    std::span<const uint32_t> instance;  ///< the truth planes
    std::span<const float> depth_m;
  };
  /// Counts what is visible, and chooses for every object the pixels where something may hide it. The carrier is left
  /// out.
  void plan(const Frame& frame);
  /// Pixels whose rays are to be traced against one object alone, object by object.
  std::span<const shared::CameraAim> aims() const { return aims_; }
  /// Takes in what the rays of some of the aims met; call for all of them in order.
  void take(const Frame& frame, std::span<const shared::CameraAim> aims, std::span<const shared::Hit> hits);
  std::vector<record::CameraObjectVisibility> finish(const Frame& frame);

 private:
  struct Object {
    ObjectId id;
    record::CameraObjectVisibility result;
    std::vector<std::pair<uint32_t, uint32_t>> hiddenBy;  ///< (object, pixels), ascending
  };
  Object* find(uint32_t id);
  void planAims(const Frame& frame, const content::SnapshotObject& object);
  std::vector<Object> objects_;
  std::vector<shared::CameraAim> aims_;
};

}  // namespace nightfog::camera
