// When sensors look: known from what they are, before any of them is built.
#pragma once

#include <cstdint>

#include "engine/core/sim_time.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::sensing {

/// When a frame is taken. t_ref, the middle, is where boxes are stated.
struct Exposure {
  SimTime start;
  SimTime end;
  /// The snapshot must reach this far (0: to `end`): a camera with optical flow needs to know the next frame's poses.
  SimTime lookAhead{};
  SimTime reference() const { return SimTime{start.ns + (end.ns - start.ns) / 2}; }
  SimTime knownUntil() const { return lookAhead > end ? lookAhead : end; }
};

/// Frame `frame` of a mounted sensor. A LiDAR's turns follow each other without a gap; a camera opens its first row at
/// frame / rate and closes its last when the readout and the longest exposure are over.
Exposure exposureOf(const scenario::SensorMount& mount, uint32_t frame);

/// True for sensors whose frames depend on earlier ones: a camera with automatic exposure that makes images.
bool remembersFrames(const scenario::SensorMount& mount, bool labelsOnly);

}  // namespace nightfog::sensing
