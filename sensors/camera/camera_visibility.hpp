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
    std::span<const uint32_t> instance;  ///< the truth plane
  };
  /// Chooses for every object the rectangle of pixels that it may cover. The carrier is left out.
  void plan(const Frame& frame);
  /// Batches of aims of at most `capacity` rays; each aim's firstRay counts within its batch.
  struct Batch {
    std::vector<shared::CameraAim> aims;
    uint32_t rayCount = 0;
  };
  std::vector<Batch> batches(uint32_t capacity) const;
  /// Takes in what a batch's rays met; call for each batch in order.
  void take(const Frame& frame, const Batch& batch, std::span<const shared::Hit> hits);
  std::vector<record::CameraObjectVisibility> finish(const Frame& frame);

 private:
  struct Object {
    ObjectId id;
    uint32_t left = 0, top = 0, width = 0, height = 0;
    record::CameraObjectVisibility result;
    std::vector<std::pair<uint32_t, uint32_t>> hiddenBy;  ///< (object, pixels), ascending
  };
  Object* find(uint32_t id);
  std::vector<Object> objects_;
};

}  // namespace nightfog::camera
