#include "exporters/common/sensor_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"

namespace nightfog::exporters {

CameraAndLidar chooseCameraAndLidar(const record::EpisodeInfo& episode, const ExportOptions& options,
                                    const char* format) {
  const auto& sensors = episode.sensors;
  std::string known;
  for (const auto& s : sensors)
    known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", s.id, s.camera ? "camera" : "LiDAR");
  const std::string help = fmt::format("name one of each with `sensors:` or --sensors; the record has {}", known);
  for (const auto& id : options.sensors) {
    if (std::none_of(sensors.begin(), sensors.end(), [&](const auto& s) { return s.id == id; }))
      throw Error(ExitCode::kUsage, fmt::format("the record has no sensor '{}'", id), help);
  }
  CameraAndLidar out;
  size_t cameras = 0, lidars = 0;
  for (const auto& s : sensors) {
    if (!options.sensors.empty() &&
        std::find(options.sensors.begin(), options.sensors.end(), s.id) == options.sensors.end())
      continue;
    (s.camera ? out.camera : out.lidar) = &s;
    ++(s.camera ? cameras : lidars);
  }
  if (cameras != 1 || lidars != 1) {
    throw Error(ExitCode::kUsage,
                fmt::format("{} holds one camera and one LiDAR; here are {} and {}", format, cameras, lidars), help);
  }
  for (const auto* s : {out.camera, out.lidar}) {
    if (!s->actor.empty() && s->actor != sensors.front().actor) {
      throw Error(ExitCode::kUsage,
                  fmt::format("sensor '{}' is mounted on '{}', whose path the record does not hold", s->id, s->actor),
                  fmt::format("export sensors of '{}'", sensors.front().actor));
    }
  }
  if (out.camera->actor != out.lidar->actor) {
    throw Error(ExitCode::kUsage,
                fmt::format("'{}' and '{}' are not mounted on the same thing", out.camera->id, out.lidar->id),
                "their calibration would differ from frame to frame; choose two that are");
  }
  return out;
}

std::vector<size_t> framesAtRate(const std::vector<SimTime>& starts, std::optional<double> rate_hz) {
  std::vector<size_t> kept;
  constexpr double kTolerance_s = 1e-6;  // 30 Hz is 33 333 333 ns: three frames fall short of a tenth by a nanosecond
  std::optional<double> last;
  for (size_t i = 0; i < starts.size(); ++i) {
    if (rate_hz) {
      const double slot = std::floor((starts[i].seconds() + kTolerance_s) * *rate_hz);
      if (last && slot == *last) continue;
      last = slot;
    }
    kept.push_back(i);
  }
  return kept;
}

}  // namespace nightfog::exporters
