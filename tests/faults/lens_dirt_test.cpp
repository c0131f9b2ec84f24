#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/error.hpp"
#include "sensors/faults/lens_dirt.hpp"

using namespace nightfog;
using namespace nightfog::faults;

namespace {

LensWindow window() {
  LensWindow w;
  w.width = 480;
  w.height = 270;
  w.fx = w.fy = 300;
  w.cx = 239.5;
  w.cy = 134.5;
  w.pixelPitch_m = 12e-6;  // 3.6 mm
  return w;
}

double mean(const DirtMap& map) {
  return std::accumulate(map.blocked.begin(), map.blocked.end(), 0.0) / static_cast<double>(map.blocked.size());
}

/// Steepest change from pixel to pixel.
float steepest(const DirtMap& map) {
  float most = 0;
  for (uint32_t v = 0; v < map.height; ++v) {
    for (uint32_t u = 1; u < map.width; ++u) {
      const size_t i = size_t{map.width} * v + u;
      most = std::max(most, std::abs(map.blocked[i] - map.blocked[i - 1]));
    }
  }
  return most;
}

}  // namespace

TEST_CASE("A clean lens blocks nothing, exactly") {
  for (const auto pattern : {DirtPattern::kMudSplash, DirtPattern::kInsects, DirtPattern::kSaltFilm}) {
    const DirtMap map = lensDirtMap(window(), {pattern, 0, 5});
    CHECK(std::all_of(map.blocked.begin(), map.blocked.end(), [](float b) { return b == 0; }));
  }
}

TEST_CASE("The share of light that dirt keeps off is the coverage asked for, for every pattern and seed") {
  for (const auto pattern : {DirtPattern::kMudSplash, DirtPattern::kInsects, DirtPattern::kSaltFilm}) {
    for (const uint64_t seed : {0u, 20260611u}) {
      for (const double coverage : {0.01, 0.08, 0.3}) {
        const DirtMap map = lensDirtMap(window(), {pattern, coverage, seed});
        CHECK(std::abs(mean(map) - coverage) < 0.002);
        CHECK(*std::max_element(map.blocked.begin(), map.blocked.end()) <= 1);
        CHECK(*std::min_element(map.blocked.begin(), map.blocked.end()) >= 0);
      }
    }
  }
}

TEST_CASE("More coverage never clears a pixel") {
  DirtMap before = lensDirtMap(window(), {DirtPattern::kMudSplash, 0.02, 3});
  for (const double coverage : {0.05, 0.1, 0.2, 0.4}) {
    const DirtMap after = lensDirtMap(window(), {DirtPattern::kMudSplash, coverage, 3});
    for (size_t i = 0; i < after.blocked.size(); ++i) CHECK(after.blocked[i] >= before.blocked[i] - 1e-6f);
    before = after;
  }
}

TEST_CASE("No edge is sharper than the pupil: the blur is a disc as wide as the aperture seen past the dirt") {
  // A straight edge of opaque dirt, blurred by a disc of radius r, rises at most by 2 / (pi r) a metre; blobs by less.
  for (const double fNumber : {1.4, 2.8}) {
    LensWindow w = window();
    w.fNumber = fNumber;
    const double radius_m = 0.5 * w.fx * w.pixelPitch_m / fNumber;
    const double pixel_m = w.distance_m / w.fx;
    const double steepestAllowed = 2 / (3.14159265 * radius_m) * pixel_m;
    const DirtMap map = lensDirtMap(w, {DirtPattern::kMudSplash, 0.2, 7});
    CHECK(steepest(map) < 1.1 * steepestAllowed);  // a raster cell is a twentieth of the pupil
    CHECK(steepest(map) > 0.3 * steepestAllowed);  // large blobs do reach it
  }
}

TEST_CASE("Equal seeds lie equally, others elsewhere; a coverage that cannot be is refused") {
  const DirtMap a = lensDirtMap(window(), {DirtPattern::kMudSplash, 0.1, 1});
  CHECK(a.blocked == lensDirtMap(window(), {DirtPattern::kMudSplash, 0.1, 1}).blocked);
  CHECK(a.blocked != lensDirtMap(window(), {DirtPattern::kMudSplash, 0.1, 2}).blocked);
  CHECK_THROWS_AS(lensDirtMap(window(), {DirtPattern::kMudSplash, -0.1, 1}), Error);
  CHECK_THROWS_AS(lensDirtMap(window(), {DirtPattern::kMudSplash, 0.7, 1}), Error);
  CHECK_THROWS_AS(lensDirtMap(window(), {DirtPattern::kMudSplash, std::nan(""), 1}), Error);
  CHECK(dirtPattern("mud_splash") == DirtPattern::kMudSplash);
  CHECK_FALSE(dirtPattern("jam").has_value());
}
