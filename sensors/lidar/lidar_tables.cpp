#include "sensors/lidar/lidar_tables.hpp"

#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::lidar {
namespace {

void require(bool condition, const scenario::LidarProfile& profile, const std::string& what) {
  if (!condition) {
    throw Error(ExitCode::kDiagnostics, fmt::format("LiDAR profile '{}': {}", profile.id, what),
                "correct the profile; sensors/profiles has examples");
  }
}

void validate(const scenario::LidarProfile& p) {
  const auto positive = [](double v) { return std::isfinite(v) && v > 0; };
  require(!p.channels.empty() && p.channels.size() <= 1024, p,
          fmt::format("{} channels; 1 to 1024 are allowed", p.channels.size()));
  require(p.rotationRate_hz >= 0.5 && p.rotationRate_hz <= 1000, p,
          fmt::format("rotation rate {} Hz; 0.5 to 1000 are allowed", p.rotationRate_hz));
  require(p.columnsPerTurn != 0 || positive(p.firingCycle_s), p, "neither a firing cycle nor columns per turn");
  require(p.firingCycle_s >= 0 && std::isfinite(p.firingCycle_s), p, fmt::format("firing cycle {} s", p.firingCycle_s));
  require(p.columnsPerTurn != 0 || 1.0 / (p.rotationRate_hz * p.firingCycle_s) < 65536.0, p,
          "more than 65535 columns a turn");
  const uint32_t columns = p.columns();
  require(columns >= 1 && columns <= 65535, p, fmt::format("{} columns a turn; 1 to 65535 are allowed", columns));
  require(columns * p.channels.size() <= 4'000'000, p,
          fmt::format("{} beams a turn; at most 4 million are allowed", columns * p.channels.size()));
  require(columns * p.cycle_s() * p.rotationRate_hz < 1 + 1e-6, p, "columns x firing cycle is longer than a turn");
  require(p.minRange_m >= 0 && p.maxRange_m > p.minRange_m && p.maxRange_m <= 10'000, p,
          fmt::format("range window {} … {} m", p.minRange_m, p.maxRange_m));
  require(positive(p.range10_m) && p.range10_m <= 10'000, p, fmt::format("range at 10 % {} m", p.range10_m));
  require(p.rangeNoise_m >= 0 && std::isfinite(p.rangeNoise_m), p, fmt::format("range noise {} m", p.rangeNoise_m));
  require(p.rangeResolution_m >= 0 && std::isfinite(p.rangeResolution_m), p,
          fmt::format("range resolution {} m", p.rangeResolution_m));
  for (size_t r = 0; r < p.channels.size(); ++r) {
    const scenario::LidarChannel& c = p.channels[r];
    require(std::abs(c.elevation_rad) <= kPi / 2 && std::isfinite(c.azimuthOffset_rad) &&
                std::abs(c.azimuthOffset_rad) <= kPi && c.firingOffset_s >= 0 &&
                c.firingOffset_s * p.rotationRate_hz <= 1,
            p,
            fmt::format("channel {}: elevation within ±90°, azimuth offset within ±180°, firing offset from 0 to one "
                        "turn are allowed",
                        r));
  }
}

int32_t nanoseconds(double seconds) {
  return static_cast<int32_t>(std::llround(seconds * 1e9));
}

}  // namespace

LidarTables::LidarTables(const scenario::LidarProfile& profile) {
  validate(profile);
  cycle_s = profile.cycle_s();
  headRate_radps = (profile.clockwise ? -1 : 1) * 2 * kPi * profile.rotationRate_hz;
  rings.reserve(profile.channels.size());
  for (const scenario::LidarChannel& channel : profile.channels) {
    const double azimuth = wrapAngle(channel.azimuthOffset_rad + headRate_radps * channel.firingOffset_s);
    ringAzimuth_rad.push_back(azimuth);
    ringElevation_rad.push_back(channel.elevation_rad);
    rings.push_back({static_cast<float>(std::cos(channel.elevation_rad)),
                     static_cast<float>(std::sin(channel.elevation_rad)), static_cast<float>(std::cos(azimuth)),
                     static_cast<float>(std::sin(azimuth)), static_cast<float>(azimuth),
                     nanoseconds(channel.firingOffset_s)});
  }
  const uint32_t count = profile.columns();
  columns.reserve(count);
  for (uint32_t c = 0; c < count; ++c) {
    const double azimuth = wrapAngle(headRate_radps * cycle_s * c);
    columns.push_back({static_cast<float>(std::cos(azimuth)), static_cast<float>(std::sin(azimuth)),
                       static_cast<float>(azimuth), nanoseconds(cycle_s * c)});
  }
}

SimTime sweepStart(double rate_hz, uint32_t frame) {
  return SimTime::fromSeconds(frame / rate_hz);
}

}  // namespace nightfog::lidar
