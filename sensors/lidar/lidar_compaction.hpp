// From the kernels' fixed slots to the record's points: drop the beams without a return, keep the order, count who was
// hit.
#pragma once

#include <span>
#include <vector>

#include "engine/content/scene.hpp"
#include "engine/core/jobs.hpp"
#include "engine/record/lidar_sweep.hpp"
#include "engine/shared/lidar_data.h"

namespace nightfog::lidar {

/// The beams' results in the order of the record, index = column * ringCount + ring.
struct BeamResults {
  std::span<const shared::LidarSlot> slots;  ///< slotCount a beam, its returns first
  std::span<const uint32_t> outcomes;        ///< outcome | number of returns << 8 | shared::kLidarDetourFlag
  std::span<const shared::LidarAxis> axes;
  uint32_t slotCount = 1;

  std::span<const uint8_t> lostCauses =
      {};  ///< why a fault lets nothing of a beam through, 0 where it does; none: no such fault

  uint32_t returns(size_t beam) const { return isLost(beam) ? 0 : outcomes[beam] >> 8 & 0xffu; }
  uint8_t outcome(size_t beam) const {
    return isLost(beam) ? lostCauses[beam] : static_cast<uint8_t>(outcomes[beam] & 0xffu);
  }
  bool isLost(size_t beam) const { return !lostCauses.empty() && lostCauses[beam] != 0; }
};

/// Whether a return lies where the thing it is of is not: it is seen in a mirror, or by stray light.
bool isDisplaced(const shared::LidarSlot& slot);

/// Beams of each object, in the order of the snapshot.
struct ObjectHits {
  std::vector<uint32_t> hits;       ///< that return from it
  std::vector<uint32_t> clearHits;  ///< whose primary return would be from it in clear air and on dry ground
};

/// Keeps its working memory between frames. Results do not depend on the number of threads.
class LidarCompaction {
 public:
  /// Writes sweep.points and sweep.beamOutcomes; hits[i] becomes the number of beams that return from
  /// objects[i] (ascending ids).
  void run(const BeamResults& beams, std::span<const content::SnapshotObject> objects, Jobs& jobs,
           record::LidarSweep& sweep, ObjectHits& hits);

 private:
  std::vector<size_t> blockStart_;   ///< points before each block of beams
  std::vector<uint32_t> blockHits_;  ///< [block][object]: hits, then clear hits
};

}  // namespace nightfog::lidar
