#include "sensors/faults/lens_dirt.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"

namespace nightfog::faults {
namespace {

using content::DirtPattern;

constexpr double kPi = 3.14159265358979323846;
constexpr double kPrecision = 1e-3;
constexpr uint32_t kRasterWidth = 480;
constexpr int kHarmonics = 5;

struct PatternFigures {
  std::string_view name;
  DirtPattern pattern;
  double radius_m;   ///< median of a blob, at the coverage where it covers a tenth of the window alone
  double spread;     ///< standard deviation of ln radius
  double roughness;  ///< of the outline, share of the radius
  int satellites;    ///< droplets thrown out around a large blob, at most
  double opacity;    ///< of the middle of a blob
  double edge;       ///< share of the radius over which it thins out
  float scattered;   ///< share of the mean radiance that comes through
};
constexpr std::array<PatternFigures, 3> kPatterns{{
    {"mud_splash", DirtPattern::kMudSplash, 0.45e-3, 0.75, 0.16, 7, 0.985, 0.25, 0.05f},
    {"insects", DirtPattern::kInsects, 0.7e-3, 0.35, 0.35, 3, 0.9, 0.5, 0.12f},
    {"salt_film", DirtPattern::kSaltFilm, 1.6e-3, 0.5, 0.12, 0, 0.55, 0.95, 0.75f},
}};

const PatternFigures& figuresOf(DirtPattern pattern) {
  return *std::find_if(kPatterns.begin(), kPatterns.end(), [&](const auto& entry) { return entry.pattern == pattern; });
}

/// A blob on the window: metres from the optical axis.
struct Blob {
  double x = 0, y = 0, radius = 0;
  std::array<double, kHarmonics> amplitude{}, phase{};

  double reach() const {
    double sum = 1;
    for (double a : amplitude) sum += std::abs(a);
    return radius * sum;
  }
  double outline(double angle) const {
    double r = 1;
    for (int k = 0; k < kHarmonics; ++k) r += amplitude[k] * std::cos((k + 2) * angle + phase[k]);
    return radius * std::max(r, 0.2);
  }
};

/// The window as a raster, a margin of half a pupil around what the pixels look through.
struct Raster {
  uint32_t width = 0, height = 0;
  double cell_m = 0, left_m = 0, top_m = 0;  ///< of the first cell's centre
  std::vector<float> values;
};

Raster emptyRaster(const LensWindow& window, double pupil_m) {
  const double left = (-0.5 - window.cx) / window.fx * window.distance_m - pupil_m;
  const double right = (window.width - 0.5 - window.cx) / window.fx * window.distance_m + pupil_m;
  const double top = (-0.5 - window.cy) / window.fy * window.distance_m - pupil_m;
  const double bottom = (window.height - 0.5 - window.cy) / window.fy * window.distance_m + pupil_m;
  Raster raster;
  raster.width = kRasterWidth;
  raster.cell_m = (right - left) / kRasterWidth;
  raster.height = static_cast<uint32_t>(std::ceil((bottom - top) / raster.cell_m));
  raster.left_m = left + 0.5 * raster.cell_m;
  raster.top_m = top + 0.5 * raster.cell_m;
  raster.values.assign(size_t{raster.width} * raster.height, 0.0f);
  return raster;
}

Blob makeBlob(RandomSource& random, const PatternFigures& figures, double x, double y, double radius) {
  Blob blob{x, y, radius, {}, {}};
  for (int k = 0; k < kHarmonics; ++k) {
    blob.amplitude[k] = figures.roughness * random.normal() / (k + 1);
    blob.phase[k] = random.uniform(0, 2 * kPi);
  }
  return blob;
}

/// The same blobs for every coverage: coverage sets how large they are.
std::vector<Blob> throwDirt(const Raster& raster, const PatternFigures& figures, uint64_t seed) {
  RandomSource random(seed, 0, "lens_dirt");
  const double width = raster.width * raster.cell_m, height = raster.height * raster.cell_m;
  const double mean = kPi * figures.radius_m * figures.radius_m * std::exp(2 * figures.spread * figures.spread);
  const int count = std::clamp(static_cast<int>(std::lround(0.1 * width * height / mean)), 3, 400);
  std::vector<Blob> blobs;
  for (int i = 0; i < count; ++i) {
    const double x = raster.left_m + width * random.uniform();
    const double y = raster.top_m + height * random.uniform();
    const double radius = figures.radius_m * std::exp(figures.spread * random.normal());
    blobs.push_back(makeBlob(random, figures, x, y, radius));
    if (figures.satellites == 0 || radius < figures.radius_m) continue;
    // What splashes flies on in the direction it came from, in ever smaller drops.
    const double heading = random.uniform(0, 2 * kPi);
    const auto drops = random.below(static_cast<uint64_t>(figures.satellites) + 1);
    for (uint64_t k = 0; k < drops; ++k) {
      const double away = radius * (1.3 + 2.5 * random.uniform());
      const double angle = heading + 0.5 * random.normal();
      const double size = radius * (0.08 + 0.25 * random.uniform()) * (1.3 * radius / away + 0.3);
      blobs.push_back(makeBlob(random, figures, x + away * std::cos(angle), y + away * std::sin(angle), size));
    }
  }
  return blobs;
}

/// Overlapping layers let through what each lets through.
void paint(Raster& raster, const std::vector<Blob>& blobs, double scale, const PatternFigures& figures) {
  std::fill(raster.values.begin(), raster.values.end(), 1.0f);
  for (const Blob& blob : blobs) {
    const double reach = blob.reach() * scale;
    const auto cell = [&](double at, double first) { return (at - first) / raster.cell_m; };
    const int x0 = std::max(0, static_cast<int>(std::floor(cell(blob.x - reach, raster.left_m))));
    const int x1 = std::min<int>(raster.width - 1, static_cast<int>(std::ceil(cell(blob.x + reach, raster.left_m))));
    const int y0 = std::max(0, static_cast<int>(std::floor(cell(blob.y - reach, raster.top_m))));
    const int y1 = std::min<int>(raster.height - 1, static_cast<int>(std::ceil(cell(blob.y + reach, raster.top_m))));
    for (int y = y0; y <= y1; ++y) {
      for (int x = x0; x <= x1; ++x) {
        const double dx = raster.left_m + x * raster.cell_m - blob.x, dy = raster.top_m + y * raster.cell_m - blob.y;
        const double outline = blob.outline(std::atan2(dy, dx)) * scale;
        const double inside = (outline - std::hypot(dx, dy)) / std::max(figures.edge * outline, raster.cell_m);
        const double opacity = figures.opacity * std::clamp(inside + 0.5, 0.0, 1.0);
        raster.values[size_t{raster.width} * y + x] *= static_cast<float>(1 - opacity);
      }
    }
  }
  for (float& value : raster.values) value = 1 - value;
}

/// Mean over a disc as wide as the pupil, by running sums along rows.
void blurByPupil(Raster& raster, double pupilRadius_m) {
  const double radius = pupilRadius_m / raster.cell_m;
  const int rows = static_cast<int>(std::floor(radius));
  std::vector<int> half(rows + 1);
  double cells = 0;
  for (int dy = 0; dy <= rows; ++dy) {
    half[dy] = static_cast<int>(std::floor(std::sqrt(radius * radius - dy * dy)));
    cells += (2 * half[dy] + 1) * (dy == 0 ? 1 : 2);
  }
  const size_t stride = raster.width + 1;
  std::vector<double> sums(stride * raster.height, 0);
  for (uint32_t y = 0; y < raster.height; ++y) {
    for (uint32_t x = 0; x < raster.width; ++x) {
      sums[stride * y + x + 1] = sums[stride * y + x] + raster.values[size_t{raster.width} * y + x];
    }
  }
  for (int y = 0; y < static_cast<int>(raster.height); ++y) {
    for (int x = 0; x < static_cast<int>(raster.width); ++x) {
      double sum = 0;
      for (int dy = -rows; dy <= rows; ++dy) {
        const int row = std::clamp<int>(y + dy, 0, raster.height - 1);
        const int reach = half[std::abs(dy)];
        const int from = std::clamp<int>(x - reach, 0, raster.width),
                  to = std::clamp<int>(x + reach + 1, 0, raster.width);
        sum += sums[stride * row + to] - sums[stride * row + from];
      }
      raster.values[size_t{raster.width} * y + x] = static_cast<float>(std::min(sum / cells, 1.0));
    }
  }
}

/// The raster seen through the pixels, bilinearly.
std::vector<float> throughPixels(const Raster& raster, const LensWindow& window) {
  std::vector<float> pixels(size_t{window.width} * window.height);
  const auto at = [&](int x, int y) {
    return raster.values[size_t{raster.width} * std::clamp<int>(y, 0, raster.height - 1) +
                         std::clamp<int>(x, 0, raster.width - 1)];
  };
  for (uint32_t v = 0; v < window.height; ++v) {
    const double y = ((v - window.cy) / window.fy * window.distance_m - raster.top_m) / raster.cell_m;
    const int y0 = static_cast<int>(std::floor(y));
    const auto fy = static_cast<float>(y - y0);
    for (uint32_t u = 0; u < window.width; ++u) {
      const double x = ((u - window.cx) / window.fx * window.distance_m - raster.left_m) / raster.cell_m;
      const int x0 = static_cast<int>(std::floor(x));
      const auto fx = static_cast<float>(x - x0);
      pixels[size_t{window.width} * v + u] = (1 - fy) * ((1 - fx) * at(x0, y0) + fx * at(x0 + 1, y0)) +
                                             fy * ((1 - fx) * at(x0, y0 + 1) + fx * at(x0 + 1, y0 + 1));
    }
  }
  return pixels;
}

/// A view of a few thousand pixels has the mean of the whole one.
LensWindow coarse(const LensWindow& window) {
  LensWindow small = window;
  const double shrink = std::max(1.0, window.width / 96.0);
  small.width = static_cast<uint32_t>(std::lround(window.width / shrink));
  small.height = std::max(1u, static_cast<uint32_t>(std::lround(window.height / shrink)));
  small.fx = window.fx * small.width / window.width;
  small.fy = window.fy * small.height / window.height;
  small.cx = (window.cx + 0.5) * small.width / window.width - 0.5;
  small.cy = (window.cy + 0.5) * small.height / window.height - 0.5;
  return small;
}

double meanOf(const std::vector<float>& values) {
  double sum = 0;
  for (float value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace

std::optional<content::DirtPattern> dirtPattern(std::string_view name) {
  for (const PatternFigures& entry : kPatterns) {
    if (entry.name == name) return entry.pattern;
  }
  return std::nullopt;
}

DirtMap lensDirtMap(const LensWindow& window, const content::LensDirt& dirt) {
  if (!(dirt.coverage >= 0 && dirt.coverage <= kMostDirt)) {
    throw Error(ExitCode::kDiagnostics, fmt::format("lens dirt that covers {}", dirt.coverage), "give 0 to 0.6");
  }
  const PatternFigures& figures = figuresOf(dirt.pattern);
  DirtMap map{window.width, window.height, {}, figures.scattered};
  if (dirt.coverage == 0) {
    map.blocked.assign(size_t{window.width} * window.height, 0.0f);
    return map;
  }
  const double pupilRadius_m = 0.5 * window.fx * window.pixelPitch_m / window.fNumber;
  Raster raster = emptyRaster(window, pupilRadius_m);
  const std::vector<Blob> blobs = throwDirt(raster, figures, dirt.seed);
  const LensWindow small = coarse(window);
  const auto coverageAt = [&](double scale) {
    paint(raster, blobs, scale, figures);
    blurByPupil(raster, pupilRadius_m);
    return meanOf(throughPixels(raster, small));
  };
  double low = 0, high = 1;
  while (coverageAt(high) < dirt.coverage) {
    low = high;
    high *= 2;
  }
  for (int i = 0; i < 20; ++i) {
    const double middle = 0.5 * (low + high);
    const double found = coverageAt(middle);
    if (std::abs(found - dirt.coverage) < kPrecision * dirt.coverage) break;
    (found < dirt.coverage ? low : high) = middle;
  }
  map.blocked = throughPixels(raster, window);
  return map;
}

}  // namespace nightfog::faults
