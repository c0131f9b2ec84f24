#include "tests/lidar/profiles.hpp"

#include "engine/config/descriptor.hpp"

namespace nightfog::lab {
namespace {

using namespace config;
using scenario::LidarChannel;
using scenario::LidarProfile;

const Descriptor<LidarChannel>& channelDescriptor() {
  static const auto d = Descriptor<LidarChannel>("channel")
                            .required("elevation", &LidarChannel::elevation_rad, quantity<double>(Dimension::kAngle), "")
                            .required("azimuth_offset", &LidarChannel::azimuthOffset_rad, quantity<double>(Dimension::kAngle), "")
                            .required("firing_offset", &LidarChannel::firingOffset_s, quantity<double>(Dimension::kTime), "");
  return d;
}

const Descriptor<LidarProfile>& profileDescriptor() {
  static const auto d =
      Descriptor<LidarProfile>("lidar profile")
          .header("lidar_profile/1")
          .required("id", &LidarProfile::id, identifier(true, "a profile's id"), "")
          .required("title", &LidarProfile::title, text(), "")
          .required("source", &LidarProfile::source, text(), "")
          .required("wavelength", &LidarProfile::wavelength_nm, quantity<double>(Dimension::kLength), "")
          .required("rotation_rate", &LidarProfile::rotationRate_hz, quantity<double>(Dimension::kFrequency), "")
          .required("direction", &LidarProfile::clockwise, choice<bool>({{"clockwise", true}, {"counterclockwise", false}}), "")
          .optional("firing_cycle", &LidarProfile::firingCycle_s, quantity<double>(Dimension::kTime), "")
          .optional("columns_per_turn", &LidarProfile::columnsPerTurn, whole<uint32_t>(), "")
          .required("min_range", &LidarProfile::minRange_m, quantity<double>(Dimension::kLength), "")
          .required("max_range", &LidarProfile::maxRange_m, quantity<double>(Dimension::kLength), "")
          .required("range_10_percent", &LidarProfile::range10_m, quantity<double>(Dimension::kLength), "")
          .required("range_noise", &LidarProfile::rangeNoise_m, quantity<double>(Dimension::kLength), "")
          .required("range_resolution", &LidarProfile::rangeResolution_m, quantity<double>(Dimension::kLength), "")
          .required("divergence_horizontal", &LidarProfile::divergenceH_rad, quantity<double>(Dimension::kAngle), "")
          .required("divergence_vertical", &LidarProfile::divergenceV_rad, quantity<double>(Dimension::kAngle), "")
          .required("channels", &LidarProfile::channels, listOf(object(channelDescriptor())), "");
  return d;
}

}  // namespace

LidarProfile loadProfile(const std::string& id) {
  LidarProfile profile = readFileAs(std::string(NIGHTFOG_SOURCE_DIR "/sensors/profiles/") + id + ".yaml", profileDescriptor());
  profile.wavelength_nm *= 1e9;
  if (profile.columnsPerTurn != 0) profile.firingCycle_s = 0;
  return profile;
}

}  // namespace nightfog::lab
