#include "engine/scenario/lidar_spec.hpp"

#include <algorithm>
#include <cmath>

#include "engine/config/descriptor.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

constexpr double kMostColumns = 65'535;
constexpr double kMostBeamsPerTurn = 1 << 24;
/// Figures rounded to a few digits may overlap by that much.
constexpr double kOverlapSlack = 1e-3;
/// 90 deg, whatever the last bit of its conversion.
constexpr double kSteepest_rad = kPi / 2 * (1 + 1e-12);

/// Nanometres are kept as the decimal number that was written.
Codec<double> nanometres(Range range_m) {
  Codec<double> inner = quantity(Dimension::kLength, range_m);
  Codec<double> codec = inner;
  codec.read = [read = inner.read](const Node& node, double& out, ReadContext& context) {
    double metres = 0;
    if (!read(node, metres, context)) return false;
    out = std::round(metres * 1e15) / 1e6;
    return true;
  };
  codec.write = [](const double& nm) { return YamlValue::raw(formatNumber(nm) + " nm"); };
  return codec;
}

constexpr std::pair<const char*, LidarIntensityScale> kScales[] = {
    {"velodyne", LidarIntensityScale::kVelodyne}, {"hesai", LidarIntensityScale::kHesai},
    {"ouster", LidarIntensityScale::kOuster},     {"ouster_signal", LidarIntensityScale::kOusterSignal},
    {"livox", LidarIntensityScale::kLivox},       {"waymo", LidarIntensityScale::kWaymo},
};

Codec<LidarIntensityScale> scaleCodec() {
  return choice<LidarIntensityScale>(
      std::vector<std::pair<std::string, LidarIntensityScale>>(std::begin(kScales), std::end(kScales)));
}

const Descriptor<LidarChannel>& channelDescriptor() {
  const Codec<double> offset = quantity(Dimension::kLength, {-1, 1});
  static const auto d = Descriptor<LidarChannel>("channel", "One laser and its receiver.")
                            .required("elevation", &LidarChannel::elevation_rad,
                                      quantity(Dimension::kAngle, {-kSteepest_rad, kSteepest_rad}), "above the horizon")
                            .optional("azimuth_offset", &LidarChannel::azimuthOffset_rad,
                                      quantity(Dimension::kAngle, {-2 * kPi, 2 * kPi}),
                                      "added to the head's azimuth, counter-clockwise seen from above")
                            .optional("firing_offset", &LidarChannel::firingOffset_s,
                                      quantity(Dimension::kTime, {-1e-2, 1e-2}), "after the cycle's start")
                            .optional("origin_forward", &LidarChannel::originForward_m, offset,
                                      "where the beam begins, in axes that turn with the head")
                            .optional("origin_left", &LidarChannel::originLeft_m, offset, "likewise")
                            .optional("origin_up", &LidarChannel::originUp_m, offset, "likewise")
                            .optional("range_10_percent", &LidarChannel::range10_m,
                                      quantity(Dimension::kLength, {0.1, 1000}), "none: the profile's")
                            .optional("divergence_horizontal", &LidarChannel::divergenceH_rad,
                                      quantity(Dimension::kAngle, {0, 0.2}), "full angle; none: the profile's")
                            .optional("divergence_vertical", &LidarChannel::divergenceV_rad,
                                      quantity(Dimension::kAngle, {0, 0.2}), "full angle; none: the profile's");
  return d;
}

const Descriptor<LidarPrism>& prismDescriptor() {
  static const auto d =
      Descriptor<LidarPrism>("prism", "A wedge of glass that turns about the optical axis.")
          .required("wedge", &LidarPrism::wedge_rad, quantity(Dimension::kAngle, {0, 0.7}), "between its faces")
          .required("rotation", &LidarPrism::rotation_hz, quantity(Dimension::kFrequency, {-1e4, 1e4}),
                    "turns per second, counter-clockwise seen along the beam")
          .optional("phase", &LidarPrism::phase_rad, quantity(Dimension::kAngle, {-2 * kPi, 2 * kPi}),
                    "at the episode's start");
  return d;
}

bool checkProfile(LidarProfile& p, const Node& node, ReadContext& context) {
  const auto refuse = [&](const char* key, const std::string& message, const std::string& help) {
    const Node* child = node.find(key);
    context.diagnostics.error("E0214", child != nullptr ? child->keyPlace() : node.place(), message).withHelp(help);
    return false;
  };
  if (node.find("firing_cycle") == nullptr && !context.isPartial) p.firingCycle_s = 0;
  if (p.firingCycle_s <= 0 && (p.columnsPerTurn == 0 || p.scanner == LidarScanner::kMirror)) {
    return refuse("rotation_rate", "neither `firing_cycle` nor `columns_per_turn` is given",
                  "one of them says how far apart the columns are; a mirror needs `firing_cycle`");
  }
  const bool isMirror = p.scanner == LidarScanner::kMirror;
  if (isMirror && (p.facets == 0 || p.fieldOfView_rad <= 0)) {
    return refuse("scanner", "a mirror without `facets` or `field_of_view`",
                  "how many faces it has, and how wide each of them sweeps");
  }
  if (p.scanner == LidarScanner::kRosette && p.prisms.empty())
    return refuse("scanner", "a rosette without `prisms`", "two of them, as a rule, that turn against each other");
  if (p.scanner == LidarScanner::kColumn) {
    const bool atOnce =
        std::all_of(p.channels.begin(), p.channels.end(), [](const LidarChannel& c) { return c.firingOffset_s == 0; });
    if (p.columnsPerTurn == 0 || !atOnce) {
      return refuse("scanner", "a column scanner fires its channels at once, `columns_per_turn` times",
                    "give columns_per_turn and no firing_offset, or `scanner: rotating`");
    }
  }
  const bool hasOwnDivergence = std::any_of(p.channels.begin(), p.channels.end(), [](const LidarChannel& c) {
    return c.divergenceH_rad.has_value() || c.divergenceV_rad.has_value();
  });
  if (hasOwnDivergence && (p.divergenceH_rad <= 0 || p.divergenceV_rad <= 0))
    return refuse("channels", "a channel's own divergence beside a profile's of 0", "give the profile's too");
  const double columns = p.exactColumns();
  if (!(columns >= 1) || columns > kMostColumns ||
      columns * static_cast<double>(p.channels.size()) > kMostBeamsPerTurn) {
    return refuse("channels", fmt::format("{} columns of {} channels a turn", formatNumber(columns), p.channels.size()),
                  fmt::format("at most {} columns and {} beams a turn", kMostColumns, kMostBeamsPerTurn));
  }
  const bool overlaps = p.firingCycle_s * p.rotationRate_hz * columns > 1 + kOverlapSlack;
  if (overlaps) {
    return refuse(isMirror ? "field_of_view" : "columns_per_turn", "so many cycles do not fit into a turn",
                  "columns × firing_cycle × rotation_rate ≤ 1");
  }
  if (p.overlapBegin_m >= p.overlapFull_m) {
    return refuse("overlap_begin", "overlap_begin is not less than overlap_full",
                  "the receiver comes to see the beam over some way");
  }
  if (p.minRange_m >= p.maxRange_m) return refuse("min_range", "min_range is not less than max_range", "swap them");
  return true;
}

}  // namespace

const char* nameOf(LidarIntensityScale scale) {
  for (const auto& [name, value] : kScales) {
    if (value == scale) return name;
  }
  return "velodyne";
}

const Descriptor<LidarProfile>& lidarProfileDescriptor() {
  static const auto d =
      Descriptor<LidarProfile>("lidar_profile", "A LiDAR as its datasheet gives it.")
          .header("lidar_profile/1")
          .required("id", &LidarProfile::id, identifier(true, "vendor.model"),
                    "what scenarios call it; the file's name without .yaml")
          .required("title", &LidarProfile::title, text(), "its name for people")
          .required("source", &LidarProfile::source, text(), "where every figure comes from")
          .required("wavelength", &LidarProfile::wavelength_nm, nanometres({400e-9, 2000e-9}), "of the laser")
          .optional("scanner", &LidarProfile::scanner,
                    choice<LidarScanner>({{"rotating", LidarScanner::kRotating},
                                          {"column", LidarScanner::kColumn},
                                          {"mirror", LidarScanner::kMirror},
                                          {"rosette", LidarScanner::kRosette}}),
                    "what turns the beams")
          .required(
              "rotation_rate", &LidarProfile::rotationRate_hz, quantity(Dimension::kFrequency, {0.1, 100}),
              "sweeps per second: turns, passes of a mirror's facet, frames of a rosette; scenarios may override it")
          .optional("facets", &LidarProfile::facets, whole<uint32_t>(0, 64), "of a mirror")
          .optional("field_of_view", &LidarProfile::fieldOfView_rad, quantity(Dimension::kAngle, {0, 2 * kPi}),
                    "of a mirror: how wide a facet sweeps the beams")
          .optional("refractive_index", &LidarProfile::refractiveIndex, number<double>({1, 4}), "of the prisms")
          .optional("prisms", &LidarProfile::prisms, listOf(object(prismDescriptor()), 0, 4),
                    "of a rosette, in the order the light meets them: flat face first, then sloping face first, …")
          .optional("direction", &LidarProfile::clockwise,
                    choice<bool>({{"clockwise", true}, {"counter_clockwise", false}}), "of rotation, seen from above")
          .optional("firing_cycle", &LidarProfile::firingCycle_s, quantity(Dimension::kTime, {0, 1e-2}),
                    "between two columns, at any rotation rate; 0 s: columns_per_turn says it")
          .optional("columns_per_turn", &LidarProfile::columnsPerTurn, whole<uint32_t>(0, 65'535),
                    "fixed at any rotation rate; 0: floor(1 / (rate × cycle))")
          .required("channels", &LidarProfile::channels, listOf(object(channelDescriptor()), 1, 512),
                    "ring r is entry r")
          .required("min_range", &LidarProfile::minRange_m, quantity(Dimension::kLength, {0, 100}),
                    "nearer surfaces give no return")
          .required("max_range", &LidarProfile::maxRange_m, quantity(Dimension::kLength, {1, 1000}),
                    "farther surfaces give no return")
          .required("range_10_percent", &LidarProfile::range10_m, quantity(Dimension::kLength, {1, 1000}),
                    "a 10 % Lambertian target is detected with P = 0.9")
          .required("range_noise", &LidarProfile::rangeNoise_m, quantity(Dimension::kLength, {0, 1}),
                    "1 sigma at high SNR")
          .required("range_resolution", &LidarProfile::rangeResolution_m, quantity(Dimension::kLength, {0, 1}),
                    "quantisation; 0 m: none")
          .required("divergence_horizontal", &LidarProfile::divergenceH_rad, quantity(Dimension::kAngle, {0, 0.2}),
                    "full angle")
          .required("divergence_vertical", &LidarProfile::divergenceV_rad, quantity(Dimension::kAngle, {0, 0.2}),
                    "full angle")
          .optional("pulse_width", &LidarProfile::pulseWidth_s, quantity(Dimension::kTime, {1e-10, 1e-7}),
                    "of the laser's pulse, at half power; none: 5 ns")
          .optional("overlap_begin", &LidarProfile::overlapBegin_m, quantity(Dimension::kLength, {0.01, 100}),
                    "nearer, the receiver sees nothing of the beam's light in the air")
          .optional("overlap_full", &LidarProfile::overlapFull_m, quantity(Dimension::kLength, {0.01, 100}),
                    "from here on it sees all of it")
          .optional("full_gain_range", &LidarProfile::fullGain_m, quantity(Dimension::kLength, {0.01, 1000}),
                    "nearer, the receiver's gain falls as the range squared; none: 0.316 range_10_percent")
          .optional("intensity_scale", &LidarProfile::intensityScale, scaleCodec(),
                    "what it reports as intensity; none: velodyne")
          .optional("signal_photons", &LidarProfile::signalPhotons, number<double>({1, 1e6}),
                    "of ouster_signal: counted from a 10 % target at range_10_percent; none: 60")
          .optional("elongation", &LidarProfile::elongation, boolean(),
                    "it measures how much wider than its pulse an echo is; none: false")
          .optional(
              "bloom_share", &LidarProfile::bloomShare, number<double>({0, 0.1}),
              "of a beam's light that strays into its neighbours' receivers: halos around retroreflectors; none: 1e-4")
          .optional("bloom_angle", &LidarProfile::bloomAngle_rad, quantity(Dimension::kAngle, {1e-4, 0.2}),
                    "half of that light strays less far; none: 0.5 deg")
          .check(checkProfile);
  return d;
}

const Descriptor<LidarProfile>& lidarProfileOverrideDescriptor() {
  static const auto d = lidarProfileDescriptor().partial("profile override",
                                                         "Figures of a LiDAR that differ from its profile's.", {"id"});
  return d;
}

LidarProfile loadLidarProfile(const std::filesystem::path& path) {
  return readFileAs(path, lidarProfileDescriptor());
}

std::vector<LidarProfile> listLidarProfiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
  }
  if (failed) throw IoError(fmt::format("cannot list {}: {}", folder.string(), failed.message()));
  std::sort(paths.begin(), paths.end());
  std::vector<LidarProfile> profiles;
  for (const auto& path : paths) profiles.push_back(loadLidarProfile(path));
  return profiles;
}

}  // namespace nightfog::scenario
