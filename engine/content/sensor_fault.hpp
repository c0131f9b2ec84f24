// Faults of sensors, as data: what is wrong with which sensor. The sensors carry them out (sensors/faults).
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace nightfog::content {

enum class DirtPattern { kMudSplash, kInsects, kSaltFilm };

/// Dirt on the window in front of a camera's lens.
struct LensDirt {
  DirtPattern pattern = DirtPattern::kMudSplash;
  double coverage = 0.08;  ///< share of the image's light that is kept off
  uint64_t seed = 0;       ///< where and how it lies

  bool operator==(const LensDirt&) const = default;
};

struct SensorFault {
  std::string sensor;  ///< id of the sensor that has it
  std::variant<LensDirt> kind;
};

}  // namespace nightfog::content
