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
void forEachBeam(const shared::LidarWindow& window, uint32_t columnCount, Jobs& jobs, Body&& body) {
  const uint32_t end = std::min(columnCount, window.firstColumn + window.stride);
  const uint32_t tiles = (end - window.firstColumn + kTileColumns - 1) / kTileColumns;
  jobs.parallelFor(tiles, 1, [&](size_t firstTile, size_t lastTile) {
    for (size_t tile = firstTile; tile < lastTile; ++tile) {
      const uint32_t begin = window.firstColumn + static_cast<uint32_t>(tile) * kTileColumns;
      for (uint32_t ring = 0; ring < window.ringCount; ++ring) {
        for (uint32_t column = begin; column < std::min(begin + kTileColumns, end); ++column) body(ring, column);
      }
    }
  });
}

template <class Body>
void forEachItem(uint32_t first, uint32_t last, Jobs& jobs, Body&& body) {
  jobs.parallelFor(last - first, kDetourGrain, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) body(first + static_cast<uint32_t>(i));
  });
}

}  // namespace

void hostRays(const shared::LidarRaysPush& push, Jobs& jobs) {
  forEachBeam(push.window, push.window.firstColumn + push.window.stride, jobs,
              [&](uint32_t ring, uint32_t column) { shared::lidarWriteRay(push, ring, column); });
}

void hostReturns(const shared::LidarReturnsPush& push, Jobs& jobs) {
  forEachBeam(push.window, push.window.columnCount, jobs,
              [&](uint32_t ring, uint32_t column) { shared::lidarWriteReturn(push, ring, column); });
}

void hostEchoes(const shared::LidarReturnsPush& push, Jobs& jobs) {
  forEachBeam(push.window, push.window.columnCount, jobs,
              [&](uint32_t ring, uint32_t column) { shared::lidarWriteEchoes(push, ring, column, 0); });
}

void hostDetours(const shared::LidarDetourPush& push, Jobs& jobs) {
  forEachItem(push.detourFirst, push.detourEnd, jobs, [&](uint32_t item) { shared::lidarWriteDetour(push, item); });
}

void hostDetourReturns(const shared::LidarReturnsPush& push, Jobs& jobs) {
  forEachItem(push.detourFirst, push.detourEnd, jobs,
              [&](uint32_t item) { shared::lidarWriteDetourReturns(push, item); });
}

void hostAims(const shared::LidarAimPush& push) {
  for (uint32_t i = 0; i < push.count; ++i) shared::lidarWriteAim(push, i);
}

}  // namespace nightfog::lidar
