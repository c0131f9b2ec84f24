// Faults of LiDARs as functions: the identity at nothing, closed forms, long runs.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "sensors/faults/blocked_sector.hpp"
#include "sensors/faults/dead_channels.hpp"
#include "sensors/faults/dirty_window.hpp"
#include "sensors/faults/loose_mount.hpp"
#include "sensors/faults/lossy_link.hpp"
#include "sensors/faults/water_film.hpp"

using namespace nightfog;
using namespace nightfog::faults;

namespace {

/// Rings evenly spread over the window's height, columns over the turn.
LidarBeams evenBeams(size_t rings, size_t columns) {
  LidarBeams beams;
  for (size_t r = 0; r < rings; ++r) {
    const double height = -0.02 + 0.04 * static_cast<double>(r) / static_cast<double>(rings - 1);
    beams.ringElevation_rad.push_back(std::atan(height / LidarWindow{}.radius_m));
    beams.ringAzimuth_rad.push_back(0.0);
  }
  for (size_t c = 0; c < columns; ++c)
    beams.columnAzimuth_rad.push_back(wrapAngle(-2 * kPi * static_cast<double>(c) / static_cast<double>(columns)));
  return beams;
}

bool isSound(const BeamFaults& faults) {
  return faults.lost.empty() && faults.deflection.empty() && faults.mask.empty();
}

double meanKept(const BeamFaults& faults) {
  double sum = 0;
  for (const float lost : faults.lost) sum += 1 - std::sqrt(1 - double{lost});
  return faults.lost.empty() ? 0 : sum / static_cast<double>(faults.lost.size());
}

}  // namespace

TEST_CASE("Faults of nothing leave every beam as it is") {
  const LidarBeams beams = evenBeams(8, 360);
  BeamFaults faults;
  applyDeadChannels({0, 0, 3}, beams, faults);
  applyDeadChannels({0.5, 1, 3}, beams, faults);
  applyBlockedSector({1, 0}, {}, beams, faults);
  applyDirtyWindow({content::DirtPattern::kMudSplash, 0, 3}, {}, beams, faults);
  applyWaterFilm({0, 3}, {}, beams, faults);
  CHECK(isSound(faults));
  const auto lost = lostPackets({0, 5, 12, 3}, 7, 1000);
  CHECK(std::count(lost.begin(), lost.end(), true) == 0);
  CHECK(clockError({}, 100).ns == 0);
  const RigidTransform still = misaligned({}, 100) * shaken({0, 25, 3}, 1.3);
  CHECK(still.rotation == glm::dquat(1, 0, 0, 0));
  CHECK(still.translation == glm::dvec3(0));
}

TEST_CASE("A share of the channels dies, and a greater share revives none") {
  std::vector<uint32_t> before;
  for (const double share : {0.1, 0.25, 0.5, 1.0}) {
    const auto dead = deadChannels({share, 0, 11}, 64);
    CHECK(dead.size() == static_cast<size_t>(std::lround(64 * share)));
    CHECK(std::includes(dead.begin(), dead.end(), before.begin(), before.end()));
    before = dead;
  }
  const LidarBeams beams = evenBeams(16, 100);
  BeamFaults faults;
  applyDeadChannels({0.25, 0.3, 11}, beams, faults);
  size_t weak = 0;
  for (size_t beam = 0; beam < beams.count(); ++beam) {
    if (faults.mask[beam] == 0) continue;
    CHECK(faults.mask[beam] == kBeamWeak);
    CHECK(faults.lost[beam] == doctest::Approx(0.7));
    ++weak;
  }
  CHECK(weak == 400);
}

TEST_CASE("A disc's segment is what integration says") {
  for (const double t : {-1.2, -1.0, -0.6, 0.0, 0.3, 0.9, 1.0}) {
    double area = 0;
    constexpr int kSteps = 200'000;
    for (int i = 0; i < kSteps; ++i) {
      const double x = -1 + 2 * (i + 0.5) / kSteps;
      if (x < t) area += 2 * std::sqrt(1 - x * x) * 2 / kSteps;
    }
    CHECK(discBelow(t) == doctest::Approx(area / kPi).epsilon(1e-4));
  }
}

TEST_CASE("A blocked sector takes its width of the turn, and three quarters of a beam on its edge") {
  const LidarBeams beams = evenBeams(2, 7200);
  for (const double width : {0.05, 0.5, 3.0, 6.0}) {
    BeamFaults faults;
    applyBlockedSector({-2.5, width}, {}, beams, faults);
    // The aperture smears the edges and takes nothing more: the mean of what is kept off one way is the width.
    CHECK(meanKept(faults) == doctest::Approx(width / (2 * kPi)).epsilon(1e-3));
    for (const double edge : {-2.5 - 0.5 * width, -2.5 + 0.5 * width}) {
      if (width < 0.3) continue;  // narrower than the aperture
      const auto column = static_cast<size_t>(std::lround(-edge / (2 * kPi) * 7200) + 7200) % 7200;
      CHECK(faults.lost[2 * column] == doctest::Approx(0.75).epsilon(0.02));
    }
  }
  BeamFaults faults;
  applyBlockedSector({0, 2 * kPi}, {}, beams, faults);
  CHECK(*std::min_element(faults.lost.begin(), faults.lost.end()) == 1.0f);
}

TEST_CASE("Dirt keeps off its coverage, and more of it never clears a beam") {
  const LidarBeams beams = evenBeams(33, 720);
  for (const auto pattern :
       {content::DirtPattern::kMudSplash, content::DirtPattern::kInsects, content::DirtPattern::kSaltFilm}) {
    BeamFaults before;
    for (const double coverage : {0.02, 0.08, 0.3}) {
      BeamFaults faults;
      applyDirtyWindow({pattern, coverage, 5}, {}, beams, faults);
      REQUIRE(faults.lost.size() == beams.count());
      // The band's edge counts half as much as its middle: an aperture's radius of 52 mm.
      CHECK(std::abs(meanKept(faults) - coverage) < 0.12 * coverage + 0.005);
      for (size_t i = 0; i < before.lost.size(); ++i) REQUIRE(faults.lost[i] >= before.lost[i] - 1e-6f);
      before = faults;
    }
  }
  BeamFaults faults;
  CHECK_THROWS_AS(applyDirtyWindow({content::DirtPattern::kMudSplash, 0.7, 5}, {}, beams, faults), Error);
}

TEST_CASE("A film's slope is its thickness's, it goes round, and bends beams no more than it says") {
  const content::WaterFilm film{0.5e-3, 9};
  const LidarWindow window;
  for (double azimuth = -3; azimuth < 3; azimuth += 0.37) {
    const double height = 0.01 * std::sin(azimuth);
    constexpr double kStep = 1e-6;
    const double left = (filmAt(film, window, azimuth + kStep / window.radius_m, height).thickness_m -
                         filmAt(film, window, azimuth - kStep / window.radius_m, height).thickness_m) /
                        (2 * kStep);
    const double up = (filmAt(film, window, azimuth, height + kStep).thickness_m -
                       filmAt(film, window, azimuth, height - kStep).thickness_m) /
                      (2 * kStep);
    const FilmPlace place = filmAt(film, window, azimuth, height);
    CHECK(place.slope.x == doctest::Approx(left).epsilon(1e-4));
    CHECK(place.slope.y == doctest::Approx(up).epsilon(1e-4));
    CHECK(place.thickness_m > 0);
    CHECK(filmAt(film, window, azimuth + 2 * kPi, height).thickness_m == doctest::Approx(place.thickness_m));
  }
  const LidarBeams beams = evenBeams(16, 360);
  BeamFaults faults;
  applyWaterFilm(film, window, beams, faults);
  float most = 0;
  for (const glm::vec2& bent : faults.deflection) most = std::max(most, glm::length(bent));
  CHECK(most > 1e-3f);
  CHECK(most < mostDeflection_rad(film));
  // Hale and Querry: 0.07 1/cm at 905 nm, 10.5 1/cm at 1550 nm.
  CHECK(waterAbsorption(905) == doctest::Approx(6.94).epsilon(0.01));
  CHECK(waterAbsorption(1550) == doctest::Approx(1054).epsilon(0.01));
  double sum = 0;
  for (const float lost : faults.lost) sum += std::log(1 - double{lost});
  CHECK(-sum / static_cast<double>(faults.lost.size()) == doctest::Approx(2 * 6.94 * 0.5e-3).epsilon(0.05));
}

TEST_CASE("Packets are lost as often, and as long in a row, as asked") {
  const content::PacketLoss link{0.08, 4, 12, 21};
  size_t packets = 0, lost = 0, bursts = 0;
  for (uint32_t frame = 0; frame < 400; ++frame) {
    const auto of = lostPackets(link, frame, 500);
    for (size_t i = 0; i < of.size(); ++i) {
      ++packets;
      lost += of[i] ? 1 : 0;
      bursts += of[i] && (i == 0 || !of[i - 1]) ? 1 : 0;
    }
  }
  // Losses come in bursts of mean 4: the count's variance is about 2 * 4 that of a Bernoulli's.
  const double sigma = std::sqrt(8 * 0.08 / static_cast<double>(packets));
  CHECK(std::abs(static_cast<double>(lost) / static_cast<double>(packets) - 0.08) < 4 * sigma);
  CHECK(static_cast<double>(lost) / static_cast<double>(bursts) == doctest::Approx(4).epsilon(0.05));
  const auto all = lostPackets({1, 1, 12, 21}, 0, 100);
  CHECK(std::count(all.begin(), all.end(), true) == 100);
}

TEST_CASE("A clock's error grows by its drift") {
  CHECK(clockError({0.02, 1e-4}, 50).ns == doctest::Approx(25e6));
}
