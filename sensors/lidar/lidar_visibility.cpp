#include "sensors/lidar/lidar_visibility.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "engine/core/error.hpp"
#include "sensors/lidar/swept_ball.hpp"

namespace nightfog::lidar {
namespace {

using content::SnapshotObject;

/// Walks the beams of one pass column by column, as slots lie in memory.
template <class Visit>
void forEachBeam(std::span<const RingColumns> pass, Visit&& visit) {
  uint32_t begin = std::numeric_limits<uint32_t>::max();
  uint32_t end = 0;
  for (const RingColumns& r : pass) {
    begin = std::min(begin, r.begin);
    end = std::max(end, r.end);
  }
  for (uint32_t column = begin; column < end; ++column) {
    for (const RingColumns& r : pass) {
      if (column >= r.begin && column < r.end) visit(r.ring, column);
    }
  }
}

/// Whether one of the beam's returns is from the object: from the rays around the axis, or a later echo.
bool returnsFrom(const BeamResults& beams, size_t beam, uint32_t object) {
  for (uint32_t k = 0; k < beams.returns(beam); ++k) {
    const shared::LidarSlot& slot = beams.slots[beam * beams.slotCount + k];
    if (slot.object == object && !isDisplaced(slot)) return true;
  }
  return false;
}

/// What the first hits say about one object, and which beams have to be traced again.
void planObject(const LidarVisibility::Frame& frame, uint32_t object, std::span<const uint32_t> instances,
                std::span<const trace::MeshBounds> meshBounds, uint32_t& possible,
                std::vector<shared::LidarAim>& aims) {
  const content::SceneSnapshot& snapshot = frame.snapshot;
  const size_t ringCount = frame.tables.rings.size();
  const size_t segments = std::max<size_t>(snapshot.keyCount, 2) - 1;
  const int64_t start_ns = (frame.sweepStart - snapshot.firstKey).ns;
  for (size_t segment = 0; segment < segments; ++segment) {
    // The first and the last segment hold whatever lies before and after: poses stand still there.
    const int64_t from_ns = segment == 0 ? 0 : static_cast<int64_t>(segment) * snapshot.keyStep.ns - start_ns;
    const int64_t to_ns = segment + 1 == segments ? std::numeric_limits<int32_t>::max()
                                                  : static_cast<int64_t>(segment + 1) * snapshot.keyStep.ns - start_ns;
    if (to_ns <= 0) continue;
    SweptBall ball = sweptBall(snapshot, instances, meshBounds, frame.track.keys(), segment);
    if (ball.radius < 0) continue;
    const double centre_m = glm::length(ball.centre);
    ball.radius += frame.aside_m + frame.aside_rad * (centre_m + ball.radius);
    if (centre_m - ball.radius > frame.maxRange_m) continue;
    const auto farSide_m = static_cast<float>(centre_m + ball.radius);
    for (const std::vector<RingColumns>& pass : beamsThatCanMeet(ball, frame.tables, from_ns, to_ns)) {
      forEachBeam(pass, [&](uint32_t ring, uint32_t column) {
        const size_t beam = column * ringCount + ring;
        const shared::LidarAxis& axis = frame.beams.axes[beam];
        if (axis.object == object) {
          const bool isWithin = axis.range_m >= frame.minRange_m && axis.range_m <= frame.maxRange_m;
          possible += isWithin || returnsFrom(frame.beams, beam, object) ? 1 : 0;
        } else if (returnsFrom(frame.beams, beam, object)) {
          ++possible;
        } else if (axis.range_m < farSide_m && axis.range_m < frame.maxRange_m) {
          aims.push_back({static_cast<uint32_t>(beam), object});
        }
      });
    }
  }
}

}  // namespace

void LidarVisibility::plan(const Frame& frame, std::span<const trace::MeshBounds> meshBounds, Jobs& jobs) {
  const std::vector<SnapshotObject>& objects = frame.snapshot.objects;
  instancesOf_.resize(objects.size());
  for (std::vector<uint32_t>& list : instancesOf_) list.clear();
  for (uint32_t i = 0; i < frame.snapshot.instances.size(); ++i) {
    const ObjectId id = frame.snapshot.instances[i].object;
    if (!id.isObject()) continue;
    const auto found = std::lower_bound(objects.begin(), objects.end(), id,
                                        [](const SnapshotObject& o, ObjectId wanted) { return o.id < wanted; });
    if (found != objects.end() && found->id == id)
      instancesOf_[static_cast<size_t>(found - objects.begin())].push_back(i);
  }
  perObject_.resize(objects.size());
  const ObjectId carrier = frame.track.carrier().id;
  jobs.parallelFor(objects.size(), 1, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      perObject_[i].possible = 0;
      perObject_[i].aims.clear();
      if (objects[i].id == carrier || instancesOf_[i].empty()) continue;
      planObject(frame, objects[i].id.value, instancesOf_[i], meshBounds, perObject_[i].possible, perObject_[i].aims);
    }
  });
  aims_.clear();
  for (const PerObject& object : perObject_) aims_.insert(aims_.end(), object.aims.begin(), object.aims.end());
}

std::vector<record::LidarObjectVisibility> LidarVisibility::finish(const Frame& frame,
                                                                   std::span<const shared::Hit> aimedHits,
                                                                   const ObjectHits& hits) const {
  NF_ASSERT(aimedHits.size() == aims_.size(), "{} aims, {} hits", aims_.size(), aimedHits.size());
  std::vector<record::LidarObjectVisibility> result;
  size_t next = 0;
  for (size_t i = 0; i < perObject_.size(); ++i) {
    record::LidarObjectVisibility visibility;
    visibility.object = frame.snapshot.objects[i].id;
    visibility.hits = hits.hits[i];
    visibility.clearHits = hits.clearHits[i];
    visibility.possibleHits = perObject_[i].possible;
    std::map<uint32_t, uint32_t> takenBy;
    for (size_t n = 0; n < perObject_[i].aims.size(); ++n, ++next) {
      const shared::Hit& hit = aimedHits[next];
      if (hit.instance == shared::kNoHit || hit.t < frame.minRange_m) continue;
      ++takenBy[frame.beams.axes[aims_[next].beam].object];
      ++visibility.possibleHits;
      ++visibility.occludedBeams;
    }
    // Ascending ids and a strict comparison: of two that took as many, the lower id.
    uint32_t most = 0;
    for (const auto& [object, beams] : takenBy) {
      if (beams > most) {
        most = beams;
        visibility.occluder = ObjectId{object};
      }
    }
    if (visibility.object != frame.track.carrier().id) result.push_back(visibility);
  }
  return result;
}

}  // namespace nightfog::lidar
