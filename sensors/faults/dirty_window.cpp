#include "sensors/faults/dirty_window.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"
#include "engine/core/transform.hpp"
#include "sensors/faults/lens_dirt.hpp"

namespace nightfog::faults {
namespace {

constexpr double kCell_m = 0.75e-3;
constexpr int kBlobs = 90;

struct WindowPattern {
  double radius_m;  ///< median of a blob before it is scaled to the coverage
  double spread;    ///< standard deviation of ln radius
  double opacity;   ///< one way
};

WindowPattern patternOf(content::DirtPattern pattern) {
  switch (pattern) {
    case content::DirtPattern::kInsects:
      return {2e-3, 0.35, 0.9};
    case content::DirtPattern::kSaltFilm:
      return {9e-3, 0.5, 0.55};
    case content::DirtPattern::kMudSplash:
      break;
  }
  return {3e-3, 0.9, 0.995};
}

struct WindowBlob {
  double along = 0, up = 0, radius = 0;
};

/// The window unrolled: how far each cell keeps light off, one way.
struct Unrolled {
  size_t width = 0, height = 0;
  double cell_m = 0;  ///< along; a whole number goes round
  double low_m = 0;   ///< of the lowest cell's middle
  std::vector<float> kept;

  void paint(const std::vector<WindowBlob>& blobs, double scale, double opacity) {
    std::fill(kept.begin(), kept.end(), 0.0f);
    const double round_m = static_cast<double>(width) * cell_m;
    for (const WindowBlob& blob : blobs) {
      const double radius = std::min(blob.radius * scale, 0.45 * round_m);
      const auto reach = static_cast<int64_t>(std::ceil(radius / cell_m));
      const auto column = static_cast<int64_t>(std::floor(blob.along / cell_m));
      for (int64_t dx = -reach; dx <= reach; ++dx) {
        const auto x = static_cast<size_t>(((column + dx) % static_cast<int64_t>(width) + static_cast<int64_t>(width)) %
                                           static_cast<int64_t>(width));
        const double across = (static_cast<double>(column + dx) + 0.5) * cell_m - blob.along;
        for (size_t y = 0; y < height; ++y) {
          const double away = low_m + static_cast<double>(y) * kCell_m - blob.up;
          // Over one cell's width, so that what is kept off grows evenly with the scale.
          const double edge = (radius - std::hypot(across, away)) / kCell_m + 0.5;
          if (edge <= 0) continue;
          float& cell = kept[y * width + x];
          cell = std::max(cell, static_cast<float>(opacity * std::min(edge, 1.0)));
        }
      }
    }
  }
  double mean() const {
    double sum = 0;
    for (const float cell : kept) sum += double{cell};
    return sum / static_cast<double>(kept.size());
  }
};

}  // namespace

void applyDirtyWindow(const content::LensDirt& fault, const LidarWindow& window, const LidarBeams& beams,
                      BeamFaults& out) {
  if (!(fault.coverage >= 0 && fault.coverage <= kMostDirt))
    throw Error(ExitCode::kDiagnostics, fmt::format("a LiDAR's window {} covered with dirt", fault.coverage),
                fmt::format("0 … {}", kMostDirt));
  if (fault.coverage == 0 || beams.count() == 0) return;
  const auto [lowest, highest] = std::minmax_element(beams.ringElevation_rad.begin(), beams.ringElevation_rad.end());
  const double spot_m = 0.5 * window.aperture_m;
  const auto heightOf = [&](double elevation) { return window.radius_m * std::tan(std::clamp(elevation, -1.2, 1.2)); };
  Unrolled dirt;
  const double round_m = 2 * kPi * window.radius_m;
  dirt.width = static_cast<size_t>(std::ceil(round_m / kCell_m));
  dirt.cell_m = round_m / static_cast<double>(dirt.width);
  dirt.low_m = heightOf(*lowest) - spot_m;
  dirt.height = static_cast<size_t>(std::ceil((heightOf(*highest) + spot_m - dirt.low_m) / kCell_m)) + 1;
  dirt.kept.resize(dirt.width * dirt.height);

  const WindowPattern pattern = patternOf(fault.pattern);
  RandomSource random(fault.seed, 0, "dirty window");
  std::vector<WindowBlob> blobs;
  for (int i = 0; i < kBlobs; ++i) {
    WindowBlob blob;
    blob.along = random.uniform(0, round_m);
    blob.up = dirt.low_m + random.uniform() * static_cast<double>(dirt.height) * kCell_m;
    blob.radius = pattern.radius_m * std::exp(pattern.spread * random.normal());
    blobs.push_back(blob);
  }
  double small = 0, large = 1;
  while (dirt.paint(blobs, large, pattern.opacity), dirt.mean() < std::min(fault.coverage, 0.98 * pattern.opacity))
    large *= 2;
  for (int i = 0; i < 24; ++i) {
    const double middle = 0.5 * (small + large);
    dirt.paint(blobs, middle, pattern.opacity);
    (dirt.mean() < fault.coverage ? small : large) = middle;
  }
  dirt.paint(blobs, large, pattern.opacity);

  std::vector<std::pair<int64_t, int64_t>> spot;
  const auto reach = static_cast<int64_t>(std::ceil(spot_m / kCell_m));
  for (int64_t y = -reach; y <= reach; ++y) {
    for (int64_t x = -reach; x <= reach; ++x) {
      if (std::hypot(static_cast<double>(x), static_cast<double>(y)) * kCell_m <= spot_m) spot.emplace_back(x, y);
    }
  }
  const auto width = static_cast<int64_t>(dirt.width);
  const auto top = static_cast<int64_t>(dirt.height) - 1;
  for (size_t ring = 0; ring < beams.rings(); ++ring) {
    const auto row =
        static_cast<int64_t>(std::lround((heightOf(beams.ringElevation_rad[ring]) - dirt.low_m) / kCell_m));
    for (size_t column = 0; column < beams.columnAzimuth_rad.size(); ++column) {
      const double azimuth = beams.columnAzimuth_rad[column] + beams.ringAzimuth_rad[ring];
      const auto at = static_cast<int64_t>(std::floor(azimuth * window.radius_m / dirt.cell_m));
      double kept = 0;
      for (const auto& [dx, dy] : spot) {
        const int64_t x = ((at + dx) % width + width) % width;
        const int64_t y = std::clamp<int64_t>(row + dy, 0, top);
        kept += double{dirt.kept[static_cast<size_t>(y * width + x)]};
      }
      const double clear = 1 - kept / static_cast<double>(spot.size());
      out.leave(column * beams.rings() + ring, beams.count(), clear * clear, kBeamDirt);
    }
  }
}

}  // namespace nightfog::faults
