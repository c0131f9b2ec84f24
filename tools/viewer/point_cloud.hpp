// A LiDAR's sweep to look at: its points in the scene and as a range image, which of them is under the mouse, and all
// that is known about a beam.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/record/preview.hpp"
#include "tools/viewer/eye.hpp"
#include "tools/viewer/studio.hpp"

namespace nightfog::viewer {

/// The points as a camera sees them, 4 bytes a pixel with alpha, `width` by `height`: nearer ones before farther ones,
/// those behind what `picture` shows faint. No picture: all are plain.
std::vector<uint8_t> paintCloud(const Sweep& sweep, record::ColourBy by, const Pinhole& camera, uint32_t width,
                                uint32_t height, const Picture* picture);

/// The index of the point that is painted nearest to a pixel, of those within `reach_px` the nearest to the camera that
/// is not hidden, else that is; nullopt: none is there.
std::optional<size_t> pointAt(const Sweep& sweep, const Pinhole& camera, const glm::dvec2& size_px,
                              const glm::dvec2& at, double reach_px, const Picture* picture);

/// A sweep unrolled: rings from above, azimuth from behind by way of the left.
struct RangeImage {
  static constexpr uint32_t kNoBeam = ~0U;
  uint32_t width = 0, rows = 0;
  std::vector<uint8_t> rgb;     ///< 3 bytes a pixel
  std::vector<uint32_t> beams;  ///< of each pixel: column * ringCount + ring, or kNoBeam
};
/// Primary returns in their colours; coloured by cause, beams that left none show why.
RangeImage rangeImage(const record::LidarSweep& sweep, record::ColourBy by, uint32_t width, uint32_t rows);

/// Where a beam's returns stand among the points, first and behind the last.
std::pair<size_t, size_t> returnsOf(const record::LidarSweep& sweep, uint32_t beam);
uint32_t beamOf(const record::LidarSweep& sweep, const record::LidarPoint& point);

/// What is told about a beam, heading by heading.
struct BeamFact {
  std::string name, value;  ///< no value: a heading
};
/// `cast` are ids by object id - 1.
std::vector<BeamFact> factsOf(const record::LidarSweep& sweep, uint32_t beam, const std::vector<std::string>& cast);

}  // namespace nightfog::viewer
