#include "sensors/lidar/lidar_compaction.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "engine/core/error.hpp"
#include "engine/shared/cause.h"

namespace nightfog::lidar {
namespace {

using record::LidarPoint;
using shared::LidarSlot;

// A slot's bytes are a point's bytes (little-endian), so that compaction is copying.
static_assert(sizeof(LidarSlot) == sizeof(LidarPoint));
static_assert(offsetof(LidarSlot, position_m) == offsetof(LidarPoint, x));
static_assert(offsetof(LidarSlot, range_m) == offsetof(LidarPoint, range_m));
static_assert(offsetof(LidarSlot, intensity) == offsetof(LidarPoint, intensity));
static_assert(offsetof(LidarSlot, azimuth_rad) == offsetof(LidarPoint, azimuth_rad));
static_assert(offsetof(LidarSlot, time_ns) == offsetof(LidarPoint, timeOffset_ns));
static_assert(offsetof(LidarSlot, trueRange_m) == offsetof(LidarPoint, trueRange_m));
static_assert(offsetof(LidarSlot, incidenceCosine) == offsetof(LidarPoint, incidenceCosine));
static_assert(offsetof(LidarSlot, velocity_mps) == offsetof(LidarPoint, vx));
static_assert(offsetof(LidarSlot, object) == offsetof(LidarPoint, instance));
static_assert(offsetof(LidarSlot, semanticMaterial) == offsetof(LidarPoint, semantic));
static_assert(offsetof(LidarSlot, ringColumn) == offsetof(LidarPoint, ring));
static_assert(offsetof(LidarSlot, returnCause) == offsetof(LidarPoint, returnIndex));
static_assert(offsetof(LidarSlot, returnCause) + 2 == offsetof(LidarPoint, part));
static_assert(offsetof(LidarSlot, fill) == offsetof(LidarPoint, fill));
static_assert(offsetof(LidarSlot, seenVia) == offsetof(LidarPoint, seenVia));
static_assert(offsetof(LidarSlot, reflectance) == offsetof(LidarPoint, reflectance));
static_assert(offsetof(LidarSlot, elongation_m) == offsetof(LidarPoint, elongation_m));
static_assert(shared::kLidarSceneryPane == record::kSceneryPane);

constexpr size_t kBlock = 8192;  // beams; half a megabyte of slots

/// Adds one to the count of each slot's object; neighbours mostly belong to one object, so the last one found is
/// remembered.
class HitCounter {
 public:
  HitCounter(std::span<const content::SnapshotObject> objects, uint32_t* counts) : objects_(objects), counts_(counts) {}
  void add(uint32_t object) {
    if (object == 0) return;
    if (object != last_) {
      const auto found =
          std::lower_bound(objects_.begin(), objects_.end(), object,
                           [](const content::SnapshotObject& o, uint32_t id) { return o.id.value < id; });
      last_ = object;
      place_ = found != objects_.end() && found->id.value == object ? counts_ + (found - objects_.begin()) : nullptr;
    }
    if (place_ != nullptr) ++*place_;
  }

 private:
  std::span<const content::SnapshotObject> objects_;
  uint32_t* counts_;
  uint32_t last_ = 0;
  uint32_t* place_ = nullptr;
};

}  // namespace

bool isDisplaced(const LidarSlot& slot) {
  const uint32_t cause = slot.returnCause >> 8u & 0xffu;
  return cause == shared::kCauseGhost || cause == shared::kCauseBloom;
}

void LidarCompaction::run(const BeamResults& beams, std::span<const content::SnapshotObject> objects, Jobs& jobs,
                          record::LidarSweep& sweep, ObjectHits& hits) {
  const size_t count = beams.outcomes.size();
  NF_ASSERT(beams.slots.size() == count * beams.slotCount, "{} slots, {} outcomes", beams.slots.size(), count);
  const size_t blocks = (count + kBlock - 1) / kBlock;
  blockStart_.assign(blocks + 1, 0);
  sweep.beamOutcomes.resize(count);
  jobs.parallelFor(blocks, 1, [&](size_t begin, size_t end) {
    for (size_t block = begin; block < end; ++block) {
      size_t returns = 0;
      const size_t last = std::min(count, (block + 1) * kBlock);
      for (size_t i = block * kBlock; i < last; ++i) {
        sweep.beamOutcomes[i] = beams.outcome(i);
        returns += beams.returns(i);
      }
      blockStart_[block + 1] = returns;
    }
  });
  for (size_t block = 0; block < blocks; ++block) blockStart_[block + 1] += blockStart_[block];

  sweep.points.resize(blockStart_[blocks]);
  blockHits_.assign(2 * blocks * objects.size(), 0);
  jobs.parallelFor(blocks, 1, [&](size_t begin, size_t end) {
    for (size_t block = begin; block < end; ++block) {
      HitCounter counter(objects, blockHits_.data() + 2 * block * objects.size());
      HitCounter clear(objects, blockHits_.data() + (2 * block + 1) * objects.size());
      LidarPoint* out = sweep.points.data() + blockStart_[block];
      const size_t last = std::min(count, (block + 1) * kBlock);
      for (size_t i = block * kBlock; i < last; ++i) {
        const LidarSlot* slots = &beams.slots[i * beams.slotCount];
        if (!beams.isLost(i)) clear.add(beams.axes[i].clearObject);
        for (uint32_t k = 0; k < beams.returns(i); ++k) {
          std::memcpy(static_cast<void*>(out++), &slots[k], sizeof(LidarPoint));
          if (isDisplaced(slots[k])) continue;  // of what stands elsewhere
          if (k == 0 || slots[k].object != slots[0].object || isDisplaced(slots[0])) counter.add(slots[k].object);
        }
      }
    }
  });
  hits.hits.assign(objects.size(), 0);
  hits.clearHits.assign(objects.size(), 0);
  for (size_t block = 0; block < blocks; ++block) {
    for (size_t object = 0; object < objects.size(); ++object) {
      hits.hits[object] += blockHits_[2 * block * objects.size() + object];
      hits.clearHits[object] += blockHits_[(2 * block + 1) * objects.size() + object];
    }
  }
}

}  // namespace nightfog::lidar
