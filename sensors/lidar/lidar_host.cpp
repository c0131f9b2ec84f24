#include "sensors/lidar/lidar_host.hpp"

#include <algorithm>

// In this order: the kernels reach memory through these arrays.
#include "sensors/lidar/lidar_arrays.hpp"

#include "sensors/lidar/lidar_kernels.h"

namespace nightfog::lidar {
namespace {

/// Rays lie ring by ring, slots column by column: tiles of so many columns keep the pages of both at hand.
constexpr uint32_t kTileColumns = 16;
constexpr size_t kDetourGrain = 256;

template <class Body>
void forEachBeam(uint32_t ringCount, uint32_t columnCount, Jobs& jobs, Body&& body) {
  const uint32_t tiles = (columnCount + kTileColumns - 1) / kTileColumns;
  jobs.parallelFor(tiles, 1, [&](size_t begin, size_t end) {
    const auto first = static_cast<uint32_t>(begin) * kTileColumns;
    const uint32_t last = std::min(columnCount, static_cast<uint32_t>(end) * kTileColumns);
    for (uint32_t tile = first; tile < last; tile += kTileColumns) {
      for (uint32_t ring = 0; ring < ringCount; ++ring) {
        for (uint32_t column = tile; column < std::min(tile + kTileColumns, last); ++column) body(ring, column);
      }
    }
  });
}

}  // namespace

void hostRays(const shared::LidarRaysPush& push, Jobs& jobs) {
  forEachBeam(push.ringCount, push.columnCount, jobs,
              [&](uint32_t ring, uint32_t column) { shared::lidarWriteRay(push, ring, column); });
}

void hostReturns(const shared::LidarReturnsPush& push, Jobs& jobs) {
  forEachBeam(push.ringCount, push.columnCount, jobs,
              [&](uint32_t ring, uint32_t column) { shared::lidarWriteReturn(push, ring, column); });
}

void hostEchoes(const shared::LidarReturnsPush& push, Jobs& jobs) {
  forEachBeam(push.ringCount, push.columnCount, jobs,
              [&](uint32_t ring, uint32_t column) { shared::lidarWriteEchoes(push, ring, column, 0); });
}

void hostDetours(const shared::LidarDetourPush& push, Jobs& jobs) {
  jobs.parallelFor(push.detourCount, kDetourGrain, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) shared::lidarWriteDetour(push, static_cast<uint32_t>(i));
  });
}

void hostDetourReturns(const shared::LidarReturnsPush& push, Jobs& jobs) {
  jobs.parallelFor(push.detourCount, kDetourGrain, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) shared::lidarWriteDetourReturns(push, static_cast<uint32_t>(i));
  });
}

void hostAims(const shared::LidarAimPush& push) {
  for (uint32_t i = 0; i < push.count; ++i) shared::lidarWriteAim(push, i);
}

}  // namespace nightfog::lidar
