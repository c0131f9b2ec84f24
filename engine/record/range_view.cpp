#include <algorithm>
#include <cmath>
#include <complex>
#include <numeric>

#include "engine/record/point_colour.hpp"

namespace nightfog::record {
namespace {

/// How far a ring's beam is turned against the head, counter-clockwise; 0 where the calibration does not say.
double ringAzimuth(const LidarCalibration& calibration, uint32_t ring) {
  return ring < calibration.beams.size() ? calibration.beams[ring].azimuthOffset_rad : 0;
}

/// Where a column looks: azimuth = sign * 2 pi column / columns + offset + the ring's own, found from the points,
/// whichever way the head turns.
struct Turn {
  double sign = -1;
  double offset_rad = 0;
};

Turn findTurn(const LidarSweep& sweep, const LidarCalibration& calibration) {
  std::complex<double> forward = 0;
  std::complex<double> backward = 0;
  for (const LidarPoint& p : sweep.points) {
    if (!std::isfinite(p.azimuth_rad)) continue;
    const double turned = 2 * kPi * p.column / sweep.columnCount;
    const double head = p.azimuth_rad - ringAzimuth(calibration, p.ring);
    forward += std::polar(1.0, head - turned);
    backward += std::polar(1.0, head + turned);
  }
  if (std::abs(forward) > std::abs(backward)) return {1, std::arg(forward)};
  return {-1, std::arg(backward)};
}

/// Rings, highest first.
std::vector<uint32_t> ringOrder(const LidarSweep& sweep, const LidarCalibration& calibration) {
  std::vector<uint32_t> order(sweep.ringCount);
  std::iota(order.begin(), order.end(), 0);
  if (calibration.beams.size() == order.size()) {
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return calibration.beams[a].elevation_rad > calibration.beams[b].elevation_rad;
    });
  }
  return order;
}

uint32_t rowHeight(uint32_t rings) {
  return rings == 0 ? 1 : std::clamp((110 + rings - 1) / rings, 1u, 8u);
}

}  // namespace

Image rangeView(const LidarFrame& frame, const LidarCalibration& calibration, const RangeViewOptions& options) {
  const LidarSweep& sweep = frame.sweep;
  const uint32_t row_px = options.row_px > 0 ? options.row_px : rowHeight(sweep.ringCount);
  Image image(options.width_px, std::clamp(sweep.ringCount * row_px, 1u, 4096u), kPanel);
  if (sweep.columnCount == 0) return image;
  constexpr uint32_t kNone = 0xffffffffu;
  std::vector<uint32_t> primary(sweep.beamOutcomes.size(), kNone);
  for (uint32_t i = 0; i < sweep.points.size(); ++i) {
    const LidarPoint& p = sweep.points[i];
    uint32_t& slot = primary[size_t{p.column} * sweep.ringCount + p.ring];
    if (slot == kNone || p.returnIndex < sweep.points[slot].returnIndex) slot = i;
  }
  const double maxRange_m = calibration.maxRange_m > 0 ? calibration.maxRange_m : 100;
  const auto colourOf = [&](size_t beam) -> Colour {
    if (options.colour == ColourBy::kCause) {
      const CauseInfo* cause = findCause(sweep.beamOutcomes[beam]);
      return cause != nullptr ? cause->colour_rgb : kInk;
    }
    if (primary[beam] == kNone) return kPanel;
    const LidarPoint& p = sweep.points[primary[beam]];
    const Colour colour = pointColour(p, options.colour, maxRange_m);
    if (options.colour != ColourBy::kClass && options.colour != ColourBy::kInstance) return colour;
    // Faces seen at a slant are darker: the shape shows.
    const float shade = std::isfinite(p.incidenceCosine) ? std::clamp(p.incidenceCosine, 0.0F, 1.0F) : 1;
    return mix(kPanel, colour, 0.6F + 0.4F * shade);
  };

  const Turn turn = findTurn(sweep, calibration);
  const std::vector<uint32_t> rings = ringOrder(sweep, calibration);
  const auto columns = static_cast<double>(sweep.columnCount);
  for (uint32_t x = 0; x < options.width_px; ++x) {
    // The columns that this pixel covers; of several, the nearest return is shown: what is thin must not vanish.
    const double perPixel = columns / options.width_px;
    const double azimuth = kPi * (1 - 2 * (x + 0.5) / options.width_px);
    for (uint32_t row = 0; row < sweep.ringCount; ++row) {
      const double head = azimuth - turn.offset_rad - ringAzimuth(calibration, rings[row]);
      const double middle = turn.sign * head / (2 * kPi) * columns;
      const auto first = static_cast<int64_t>(std::floor(middle - perPixel / 2 + 0.5));
      const auto last = std::max(first, static_cast<int64_t>(std::ceil(middle + perPixel / 2 + 0.5)) - 1);
      size_t best = 0;
      float nearest = INFINITY;
      for (int64_t c = first; c <= last; ++c) {
        const int64_t wrapped = (c % sweep.columnCount + sweep.columnCount) % sweep.columnCount;
        const size_t beam = static_cast<size_t>(wrapped) * sweep.ringCount + rings[row];
        const float range = primary[beam] == kNone ? 1e9F : sweep.points[primary[beam]].range_m;
        if (c == first || range < nearest) {
          best = beam;
          nearest = range;
        }
      }
      image.fill(static_cast<int>(x), static_cast<int>(row * row_px), 1, static_cast<int>(row_px), colourOf(best));
    }
  }
  return image;
}

}  // namespace nightfog::record
