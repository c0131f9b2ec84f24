// Soft returns against Hahner's tables, brute force, and the statistics of what they are made of.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/shared/cause.h"
#include "engine/shared/lidar_fog.h"
#include "engine/shared/lidar_return.h"
#include "sensors/lidar/lidar_fog.hpp"
#include "tests/lidar/lab.hpp"

using namespace nightfog;
using lab::Lab;
using record::LidarPoint;
using record::LidarSweep;

namespace {

constexpr double kPerMetre = 2 / 299'792'458.0;  // Hahner's integral runs over time

struct HahnerRow {
  double extinction, peak_m, integral, crossover_m;
};
// [Hahner2021], tables of the published code and cross-overs computed from them (sensor_physics 3.3).
constexpr HahnerRow kHahner[] = {
    {0.005, 4.70, 4.568e-9, 259.8}, {0.01, 4.70, 4.493e-9, 150.6}, {0.02, 4.70, 4.347e-9, 86.5},
    {0.03, 4.70, 4.206e-9, 62.4},   {0.06, 4.60, 3.816e-9, 35.6},  {0.10, 4.60, 3.362e-9, 23.6},
    {0.12, 4.60, 3.158e-9, 20.4},   {0.15, 4.60, 2.879e-9, 17.0},  {0.20, 4.50, 2.476e-9, 13.6}};

lidar::FogSetting waveformSetting(double extinction) {
  lidar::FogSetting setting;
  setting.fog = shared::fogLayer(static_cast<float>(extinction), 0, 0);
  setting.model = shared::kLidarFogWaveform;
  setting.fullGain_m = 30;
  setting.snrScale = double{shared::lidarSnrScale(100)};
  setting.threshold = double{shared::kLidarThreshold};
  setting.pulseLength_m = 1.5;
  setting.minRange_m = 0.5;
  setting.maxRange_m = 200;
  return setting;
}

/// The waveform at echo range e of a beam that rises so much a metre, by 20,000 steps.
double waveformAt(const lidar::FogSetting& f, double rise, double e) {
  const double r = e + f.pulseLength_m / 2;
  constexpr int kSteps = 20'000;
  double sum = 0, depth = 0, before = 0;
  const auto share = [&](double s) {
    if (!shared::fogHasTop(f.fog)) return 1.0;
    const double u = std::clamp((f.sensorHeight_m + rise * s - f.fog.fullBelow_m) / f.fog.topDepth_m, 0.0, 1.0);
    return 1 - u * u * (3 - 2 * u);
  };
  for (int i = 0; i < kSteps; ++i) {
    const double s = r * (i + 0.5) / kSteps;
    depth += f.fog.extinction_1pm * 0.5 * (share(s) + before) * r / kSteps;
    before = share(s);
    if (s < f.overlapBegin_m || s < r - f.pulseLength_m) continue;
    const double overlap = std::min((s - f.overlapBegin_m) / (f.overlapFull_m - f.overlapBegin_m), 1.0);
    const double gain = std::pow(std::min(s / f.fullGain_m, 1.0), 2);
    sum += share(s) * overlap * gain / (s * s) * std::exp(-2 * depth) *
           std::pow(std::sin(kPi * (r - s) / f.pulseLength_m), 2) * r / kSteps;
  }
  return f.snrScale * kPi * f.fog.extinction_1pm / f.lidarRatio_sr * sum;
}

/// Level beams that meet nothing.
Lab emptySky(double extinction) {
  Lab lab;
  scenario::LidarSpec spec = lab::exactSpec("hesai.pandar64");
  for (scenario::LidarChannel& channel : spec.profile.channels) channel.elevation_rad = 0;
  spec.threshold = true;
  lab.scenery(lab.plate(1, 1, lab.material(0.5f)), RigidTransform::fromTranslation({0, 0, -400}));
  lab.mount(spec, lab::still({}));
  lab.media.extinction_1pm = extinction;
  return lab;
}

}  // namespace

TEST_CASE("Hahner's integral has the published peaks at the published ranges") {
  for (const HahnerRow& row : kHahner) {
    const lidar::FogPeak peak = lidar::fogPeak(row.extinction, 1e6, double{shared::kHahnerPulseLength_m}, 0.9, 1.0);
    CAPTURE(row.extinction);
    CHECK(peak.value * kPerMetre == doctest::Approx(row.integral).epsilon(0.002));
    CHECK(std::abs(peak.range_m - row.peak_m) < 0.1);  // the tables have steps of 0.1 m
  }
  // Before a near surface: its tables end at the last step before it.
  CHECK(lidar::fogPeak(0.06, 1.9, 5.99585, 0.9, 1.0).value * kPerMetre == doctest::Approx(3.30e-10).epsilon(0.01));
  CHECK(lidar::fogPeak(0.06, 2.9, 5.99585, 0.9, 1.0).value * kPerMetre == doctest::Approx(1.75e-9).epsilon(0.01));
}

TEST_CASE("By Hahner's model fog replaces a surface beyond the published range, whatever it reflects") {
  for (const HahnerRow& row : kHahner) {
    for (const float reflectance : {0.05f, 0.8f}) {
      for (const double factor : {0.99, 1.01}) {
        Lab lab;
        lab.scenery(lab.plate(60, 60, lab.material(reflectance)),
                    RigidTransform::fromTranslation({row.crossover_m * factor, 0, 0}));
        scenario::LidarSpec spec = lab::exactSpec("velodyne.vlp16");
        spec.profile.maxRange_m = 1000;
        spec.fogModel = scenario::LidarFogModel::kHahner2021;
        lab.mount(spec, lab::still({}));
        lab.media.extinction_1pm = row.extinction;
        size_t count = 0;
        for (const LidarPoint& p : lab.capture().points) {
          if (std::abs(p.azimuth_rad) > 0.005 || (p.ring != 7 && p.ring != 8)) continue;  // a degree from level
          ++count;
          CAPTURE(row.extinction);
          CAPTURE(factor);
          CHECK(p.cause == (factor < 1 ? shared::kCauseSurface : shared::kCauseFog));
          if (factor > 1) CHECK(std::abs(p.range_m - (row.peak_m - 3)) < 0.1);
        }
        CHECK(count > 0);
      }
    }
  }
}

TEST_CASE("The table of soft returns is the waveform that brute force integrates") {
  for (const double extinction : {0.005, 0.03, 0.15}) {
    const lidar::FogSetting setting = waveformSetting(extinction);
    const auto rows = lidar::fogRows(setting);
    REQUIRE(rows.size() == 1);
    double missed = 1;
    float most = 0;
    for (uint32_t k = 0; k < shared::kLidarFogCells; ++k) {
      const double exact = waveformAt(setting, 0, double{rows[0].firstRange_m} + k * double{rows[0].step_m});
      missed *= 1 - (0.5 * std::erfc((setting.threshold - exact) / std::sqrt(2.0)) - 1e-6);
      CHECK(std::abs(rows[0].crossed[k] - (1 - missed)) < 2e-3);
      most = std::max(most, rows[0].amplitude[k]);
      if (k > 4) CHECK(rows[0].amplitude[k] == doctest::Approx(exact).epsilon(2e-3));  // past the peak
    }
    CHECK(rows[0].amplitude[0] == most);
  }
}

TEST_CASE("In a layer the table follows the beam through it") {
  for (const double sensor : {1.0, 6.0}) {
    lidar::FogSetting setting = waveformSetting(0.06);
    setting.fog = shared::fogLayer(0.06f, 0, 4);
    setting.sensorHeight_m = sensor;
    const auto rows = lidar::fogRows(setting);
    REQUIRE(rows.size() == lidar::kLayerRows);
    for (uint32_t row = 0; row < lidar::kLayerRows; row += 7) {
      const double rise = lidar::fogRowRise(row, lidar::kLayerRows);
      float exactMost = 0;
      for (uint32_t k = 0; k < shared::kLidarFogCells; ++k)
        exactMost =
            std::max(exactMost, static_cast<float>(waveformAt(
                                    setting, rise, double{rows[row].firstRange_m} + k * double{rows[row].step_m})));
      CAPTURE(rise);
      CHECK(std::abs(rows[row].amplitude[0] - exactMost) < 5e-3 * std::max(exactMost, 0.1f));
    }
    CHECK(shared::lidarFogRowOf(static_cast<float>(lidar::fogRowRise(20, lidar::kLayerRows)), lidar::kLayerRows,
                                0.5f) == 20);
  }
}

TEST_CASE("Beams into foggy air return as often, and from as far, as the waveform crosses the threshold") {
  for (const double extinction : {0.04, 0.08, 0.15}) {
    const Lab lab = emptySky(extinction);
    const auto& spec = std::get<scenario::LidarSpec>(lab.sensorMount().spec);
    lidar::FogSetting setting = waveformSetting(extinction);
    setting.fullGain_m = spec.profile.gainRange_m();
    setting.snrScale = double{shared::lidarSnrScale(static_cast<float>(spec.profile.range10_m))};
    setting.pulseLength_m = 299'792'458 * spec.profile.pulseWidth_s.value_or(scenario::kLidarPulseWidth_s);
    setting.minRange_m = spec.profile.minRange_m;
    const auto row = lidar::fogRows(setting).front();
    const LidarSweep sweep = lab.capture();
    const auto n = static_cast<double>(sweep.beamOutcomes.size());
    const double p = double{row.crossed[shared::kLidarFogCells - 1]};
    REQUIRE(p > 0.01);
    CHECK(std::abs(sweep.points.size() / n - p) < 4 * std::sqrt(p * (1 - p) / n) + 1e-6);
    std::vector<size_t> cells(shared::kLidarFogCells, 0);
    for (const LidarPoint& point : sweep.points) {
      REQUIRE(point.cause == shared::kCauseFog);
      REQUIRE(point.instance == 0);
      REQUIRE(point.range_m == point.trueRange_m);
      REQUIRE(point.intensity > 0);
      ++cells[static_cast<size_t>(std::clamp((point.range_m - row.firstRange_m) / row.step_m + 0.5f, 0.0f, 63.0f))];
    }
    // Kolmogorov and Smirnov at one in a thousand, on the cells.
    double sum = 0, worst = 0;
    for (uint32_t k = 1; k < shared::kLidarFogCells; ++k) {  // what is nearer than min_range is lifted to it
      sum = 0;
      for (uint32_t j = 0; j <= k; ++j) sum += static_cast<double>(cells[j]);
      worst = std::max(worst, std::abs(sum / sweep.points.size() - double{row.crossed[k]} / p));
    }
    CHECK(worst < 1.95 / std::sqrt(static_cast<double>(sweep.points.size())));
  }
}

TEST_CASE("Clear air has no soft returns, and what the fog would be like changes no byte there") {
  Lab lab = emptySky(0);
  lab.scenery(lab.plate(40, 40, lab.material(0.2f)), RigidTransform::fromTranslation({20, 0, 0}));
  const LidarSweep clear = lab.capture();
  lab.media.lidarRatio_sr = 6;
  lab.media.fogHeight_m = 3;
  const LidarSweep other = lab.capture();
  REQUIRE(!clear.points.empty());
  REQUIRE(clear.points.size() == other.points.size());
  CHECK(std::memcmp(clear.points.data(), other.points.data(), clear.points.size() * sizeof(LidarPoint)) == 0);
  CHECK(clear.beamOutcomes == other.beamOutcomes);
}

TEST_CASE("In fog every object's clear hits are the hits of the same frame in clear air") {
  for (const uint32_t subRays : {1u, 7u}) {
    Lab lab;
    lab.ground(-1.7, lab.material(0.2f), classes::kRoad);
    const MeshId box = lab.box({2, 2, 2}, lab.material(0.1f));
    for (int i = 0; i < 6; ++i)
      lab.object(fmt::format("box{}", i), box,
                 lab::still(RigidTransform::fromTranslation({10.0 + 9 * i, 2.0 * i - 5, -0.5})));
    scenario::LidarSpec spec = lab::exactSpec("velodyne.vlp16");
    spec.noise = true;
    spec.threshold = true;
    spec.subRays = subRays;
    lab.mount(spec, lab::still({}));
    const LidarSweep clear = lab.capture();
    lab.media.extinction_1pm = 0.06;
    lab.media.roadWetness = 0.5;
    const LidarSweep foggy = lab.capture();
    REQUIRE(clear.visibility.size() == foggy.visibility.size());
    size_t lost = 0;
    for (size_t i = 0; i < clear.visibility.size(); ++i) {
      CHECK(clear.visibility[i].clearHits == clear.visibility[i].hits);
      if (subRays == 1) CHECK(foggy.visibility[i].clearHits == clear.visibility[i].hits);
      lost += clear.visibility[i].hits - foggy.visibility[i].hits;
    }
    CHECK(lost > 20);
    CHECK(std::count(foggy.beamOutcomes.begin(), foggy.beamOutcomes.end(), shared::kCauseFog) > 100);
    CHECK(std::count(clear.beamOutcomes.begin(), clear.beamOutcomes.end(), shared::kCauseFog) == 0);
  }
}
