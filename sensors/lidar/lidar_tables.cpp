#include "sensors/lidar/lidar_tables.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/transform.hpp"
#include "sensors/lidar/risley.hpp"

namespace nightfog::lidar {
namespace {

using scenario::LidarScanner;

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
  if (p.scanner == LidarScanner::kMirror) {
    require(positive(p.firingCycle_s) && p.facets > 0 && positive(p.fieldOfView_rad) && p.fieldOfView_rad <= 2 * kPi, p,
            "a mirror without firing cycle, facets or field of view");
  }
  require(p.scanner != LidarScanner::kRosette || !p.prisms.empty(), p, "a rosette without prisms");
  const double columns = p.exactColumns();
  require(columns >= 1 && columns <= 65535, p, fmt::format("{} columns a turn; 1 to 65535 are allowed", columns));
  require(columns * double(p.channels.size()) <= 4'000'000, p,
          fmt::format("{} beams a turn; at most 4 million are allowed", columns * double(p.channels.size())));
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

float spreadOf(const std::optional<double>& own_rad, double profile_rad) {
  return own_rad && profile_rad > 0 ? static_cast<float>(*own_rad / profile_rad) : 1;
}

int32_t nanoseconds(double seconds) {
  return static_cast<int32_t>(std::llround(seconds * 1e9));
}

}  // namespace

LidarTables::LidarTables(const scenario::LidarProfile& profile) {
  validate(profile);
  cycle_s = profile.cycle_s();
  headRate_radps = (profile.clockwise ? -1 : 1) * profile.columnStep_rad() / cycle_s;
  rings.reserve(profile.channels.size());
  for (const scenario::LidarChannel& channel : profile.channels) {
    const double turned = headRate_radps * channel.firingOffset_s;
    const double azimuth = wrapAngle(channel.azimuthOffset_rad + turned);
    ringAzimuth_rad.push_back(azimuth);
    ringElevation_rad.push_back(channel.elevation_rad);
    const glm::dvec3 origin(channel.originForward_m * std::cos(turned) - channel.originLeft_m * std::sin(turned),
                            channel.originForward_m * std::sin(turned) + channel.originLeft_m * std::cos(turned),
                            channel.originUp_m);
    farthestOrigin_m = std::max(farthestOrigin_m, glm::length(origin));
    shared::LidarRing ring{};
    ring.cosElevation = static_cast<float>(std::cos(channel.elevation_rad));
    ring.sinElevation = static_cast<float>(std::sin(channel.elevation_rad));
    ring.cosAzimuth = static_cast<float>(std::cos(azimuth));
    ring.sinAzimuth = static_cast<float>(std::sin(azimuth));
    ring.azimuth_rad = static_cast<float>(azimuth);
    ring.time_ns = nanoseconds(channel.firingOffset_s);
    ring.origin_m = glm::vec3(origin);
    const double reach = channel.range10_m.value_or(profile.range10_m) / profile.range10_m;
    ring.gain = static_cast<float>(reach * reach);
    ring.spreadLeft = spreadOf(channel.divergenceH_rad, profile.divergenceH_rad);
    ring.spreadUp = spreadOf(channel.divergenceV_rad, profile.divergenceV_rad);
    rings.push_back(ring);
  }
  const uint32_t count = profile.columns();
  // A head's first column looks along x; a mirror's columns lie evenly about it.
  const double start_rad = profile.scanner == LidarScanner::kMirror ? -0.5 * headRate_radps * cycle_s * (count - 1) : 0;
  columns.reserve(count);
  for (uint32_t c = 0; c < count; ++c) {
    const double azimuth = wrapAngle(start_rad + headRate_radps * cycle_s * c);
    columns.push_back({static_cast<float>(std::cos(azimuth)), static_cast<float>(std::sin(azimuth)),
                       static_cast<float>(azimuth), nanoseconds(cycle_s * c), 1, 0});
  }
  startAzimuth_rad = wrapAngle(start_rad);
  if (profile.scanner == LidarScanner::kRosette) {
    prisms = profile.prisms;
    refractiveIndex = profile.refractiveIndex;
    sweep_s = 1 / profile.rotationRate_hz;
    setFrame(0);
  }
}

bool LidarTables::setFrame(uint32_t frame) {
  if (prisms.empty()) return false;
  for (size_t c = 0; c < columns.size(); ++c) {
    const glm::dvec3 direction = risleyDirection(prisms, refractiveIndex, frame * sweep_s + c * cycle_s);
    const double ground = std::hypot(direction.x, direction.y);
    shared::LidarColumn& column = columns[c];
    column.cosAzimuth = static_cast<float>(direction.x / ground);
    column.sinAzimuth = static_cast<float>(direction.y / ground);
    column.azimuth_rad = static_cast<float>(std::atan2(direction.y, direction.x));
    column.cosElevation = static_cast<float>(ground);
    column.sinElevation = static_cast<float>(direction.z);
  }
  return true;
}

bool LidarTables::canLookAt(const glm::dquat& worldFromSensor, const glm::dvec3& direction, double within_rad) const {
  if (isRosette()) return true;
  const glm::dvec3 seen = glm::inverse(worldFromSensor) * direction;
  const double elevation = std::asin(std::clamp(seen.z, -1.0, 1.0));
  return std::any_of(ringElevation_rad.begin(), ringElevation_rad.end(),
                     [&](double ring) { return std::abs(ring - elevation) <= within_rad; });
}

}  // namespace nightfog::lidar
