#include "tools/viewer/point_cloud.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/record/cause.hpp"
#include "engine/record/point_colour.hpp"

namespace nightfog::viewer {
namespace {

constexpr double kNearest_m = 0.1;
constexpr double kBehind_m = 0.3, kBehindShare = 0.02;  ///< that a point lies behind a surface to count as hidden
constexpr uint8_t kHiddenAlpha = 60;
constexpr double kNear_m = 12;  ///< points nearer than this are drawn larger
constexpr double kFarthest_m = 120;

/// A pinhole's numbers once for many points.
class Projector {
 public:
  Projector(const Pinhole& camera, const glm::dvec2& size_px)
      : cameraFromWorld_(glm::mat3_cast(glm::conjugate(camera.worldFromCamera.rotation))),
        eye_(camera.worldFromCamera.translation),
        focal_px_(0.5 * size_px.x / camera.halfWidthTangent),
        middle_(0.5 * size_px) {}
  /// Pixel, and metres along the axis; nothing behind the camera.
  std::optional<glm::dvec3> operator()(const glm::dvec3& world) const {
    const glm::dvec3 p = cameraFromWorld_ * (world - eye_);
    if (p.x < kNearest_m) return std::nullopt;
    return glm::dvec3(middle_.x - focal_px_ * p.y / p.x, middle_.y - focal_px_ * p.z / p.x, p.x);
  }

 private:
  glm::dmat3 cameraFromWorld_;
  glm::dvec3 eye_;
  double focal_px_;
  glm::dvec2 middle_;
};

/// Whether something that a picture shows stands before a place.
class Occlusion {
 public:
  explicit Occlusion(const Picture* picture)
      : picture_(picture != nullptr && !picture->depth_m.empty() ? picture : nullptr),
        project_(picture_ != nullptr ? picture_->camera : Pinhole{},
                 picture_ != nullptr ? glm::dvec2(picture_->width, picture_->height) : glm::dvec2(1)) {}
  bool hides(const glm::dvec3& world) const {
    if (picture_ == nullptr) return false;
    const auto at = project_(world);
    if (!at || at->x < 0 || at->y < 0 || at->x >= picture_->width || at->y >= picture_->height) return false;
    const float surface_m =
        picture_->depth_m[static_cast<size_t>(at->y) * picture_->width + static_cast<size_t>(at->x)];
    return surface_m > 0 && at->z > surface_m * (1 + kBehindShare) + kBehind_m;
  }

 private:
  const Picture* picture_;
  Projector project_;
};

/// The azimuth of each column, of which lost beams know none: their neighbours' of the same firing.
std::vector<double> columnAzimuths(const record::LidarSweep& sweep) {
  std::vector<double> out(sweep.columnCount, 0);
  std::vector<bool> isKnown(sweep.columnCount, false);
  for (const record::LidarPoint& point : sweep.points) {
    if (point.column >= sweep.columnCount || isKnown[point.column]) continue;
    out[point.column] = point.azimuth_rad;
    isKnown[point.column] = true;
  }
  for (size_t i = 1; i < out.size(); ++i) {
    if (!isKnown[i]) out[i] = out[i - 1];
  }
  return out;
}

void fault(const record::LidarSweep& sweep, uint32_t beam, std::vector<BeamFact>& out) {
  if (!sweep.faults) return;
  constexpr const char* kFaults[] = {"dead", "weak", "sector blocked", "dirt", "water", "packet lost"};
  std::string names;
  const auto& faults = *sweep.faults;
  if (beam < faults.beamMask.size()) {
    for (size_t bit = 0; bit < std::size(kFaults); ++bit) {
      if (faults.beamMask[beam] >> bit & 1) names += (names.empty() ? "" : ", ") + std::string(kFaults[bit]);
    }
  }
  if (beam < faults.beamLost.size() && faults.beamLost[beam] > 0)
    names += fmt::format("{}{:.0f} % of the power lost", names.empty() ? "" : ", ", faults.beamLost[beam] / 2.55);
  out.push_back({"fault", names.empty() ? "none on this beam" : names});
}

}  // namespace

std::vector<uint8_t> paintCloud(const Sweep& sweep, record::ColourBy by, const Pinhole& camera, uint32_t width,
                                uint32_t height, const Picture* picture) {
  std::vector<uint8_t> out(size_t{4} * width * height, 0);
  std::vector<float> nearest(size_t{width} * height, INFINITY);
  const Projector project(camera, {width, height});
  const Occlusion occlusion(picture);
  for (size_t i = 0; i < sweep.sweep.points.size(); ++i) {
    const auto at = project(sweep.world[i]);
    if (!at || at->x < 1 || at->y < 1 || at->x >= width - 2 || at->y >= height - 2) continue;
    const bool isHidden = occlusion.hides(sweep.world[i]);
    const record::Colour rgb = record::pointColour(sweep.sweep.points[i], by, kFarthest_m);
    const uint32_t size = at->z < kNear_m && !isHidden ? 3 : 2;
    const auto left = static_cast<uint32_t>(at->x - 0.5 * size + 0.5),
               top = static_cast<uint32_t>(at->y - 0.5 * size + 0.5);
    // What is hidden never covers what is seen.
    const float depth = static_cast<float>(at->z) + (isHidden ? 1e6F : 0.0F);
    for (uint32_t y = top; y < top + size; ++y) {
      for (uint32_t x = left; x < left + size; ++x) {
        const size_t pixel = size_t{y} * width + x;
        if (depth >= nearest[pixel]) continue;
        nearest[pixel] = depth;
        out[4 * pixel] = static_cast<uint8_t>(rgb >> 16);
        out[4 * pixel + 1] = static_cast<uint8_t>(rgb >> 8);
        out[4 * pixel + 2] = static_cast<uint8_t>(rgb);
        out[4 * pixel + 3] = isHidden ? kHiddenAlpha : 255;
      }
    }
  }
  return out;
}

std::optional<size_t> pointAt(const Sweep& sweep, const Pinhole& camera, const glm::dvec2& size_px,
                              const glm::dvec2& at, double reach_px, const Picture* picture) {
  const Projector project(camera, size_px);
  const Occlusion occlusion(picture);
  std::optional<size_t> best;
  double bestDepth = INFINITY;
  for (size_t i = 0; i < sweep.world.size(); ++i) {
    const auto pixel = project(sweep.world[i]);
    if (!pixel || std::hypot(pixel->x - at.x, pixel->y - at.y) > reach_px) continue;
    const double depth = pixel->z + (occlusion.hides(sweep.world[i]) ? 1e6 : 0);
    if (depth >= bestDepth) continue;
    bestDepth = depth;
    best = i;
  }
  return best;
}

RangeImage rangeImage(const record::LidarSweep& sweep, record::ColourBy by, uint32_t width, uint32_t rows) {
  RangeImage out;
  out.width = width;
  out.rows = rows;
  out.rgb.assign(size_t{3} * width * rows, 14);
  out.beams.assign(size_t{width} * rows, RangeImage::kNoBeam);
  if (sweep.ringCount == 0) return out;
  const auto set = [&](double azimuth, uint32_t ring, uint32_t beam, record::Colour rgb) {
    const double turn = 0.5 - azimuth / (2 * kPi);
    const auto x = static_cast<uint32_t>(std::clamp(turn - std::floor(turn), 0.0, 0.999999) * width);
    const uint32_t y0 = ring * rows / sweep.ringCount, y1 = std::max(y0 + 1, (ring + 1) * rows / sweep.ringCount);
    for (uint32_t y = y0; y < y1 && y < rows; ++y) {
      const size_t pixel = size_t{y} * width + x;
      out.beams[pixel] = beam;
      out.rgb[3 * pixel] = static_cast<uint8_t>(rgb >> 16);
      out.rgb[3 * pixel + 1] = static_cast<uint8_t>(rgb >> 8);
      out.rgb[3 * pixel + 2] = static_cast<uint8_t>(rgb);
    }
  };
  const std::vector<double> azimuths = columnAzimuths(sweep);
  for (uint32_t beam = 0; beam < sweep.beamOutcomes.size(); ++beam) {
    const record::CauseInfo* cause = record::findCause(sweep.beamOutcomes[beam]);
    if (cause == nullptr || cause->isReturn) continue;
    const uint32_t column = beam / sweep.ringCount;
    if (column >= azimuths.size()) break;
    set(azimuths[column], beam % sweep.ringCount, beam,
        by == record::ColourBy::kCause ? cause->colour_rgb : record::Colour{0x0e0e0e});
  }
  for (const record::LidarPoint& point : sweep.points) {
    if (point.returnIndex == 0)
      set(point.azimuth_rad, point.ring, beamOf(sweep, point), record::pointColour(point, by, kFarthest_m));
  }
  return out;
}

uint32_t beamOf(const record::LidarSweep& sweep, const record::LidarPoint& point) {
  return uint32_t{point.column} * sweep.ringCount + point.ring;
}

std::pair<size_t, size_t> returnsOf(const record::LidarSweep& sweep, uint32_t beam) {
  const auto [first, last] =
      std::equal_range(sweep.points.begin(), sweep.points.end(), beam, [&](const auto& a, const auto& b) {
        if constexpr (std::is_same_v<std::decay_t<decltype(a)>, uint32_t>)
          return a < beamOf(sweep, b);
        else
          return beamOf(sweep, a) < b;
      });
  return {static_cast<size_t>(first - sweep.points.begin()), static_cast<size_t>(last - sweep.points.begin())};
}

std::vector<BeamFact> factsOf(const record::LidarSweep& sweep, uint32_t beam, const std::vector<std::string>& cast) {
  std::vector<BeamFact> out;
  if (sweep.ringCount == 0 || beam >= sweep.beamOutcomes.size()) return out;
  const auto named = [&](uint32_t object) {
    if (object == record::kSceneryPane) return std::string("a window or a wet road of the scenery");
    return object == 0             ? std::string("nothing")
           : object <= cast.size() ? cast[object - 1]
                                   : fmt::format("object {}", object);
  };
  out.push_back({fmt::format("BEAM: RING {}, COLUMN {}", beam % sweep.ringCount, beam / sweep.ringCount), ""});
  if (const record::CauseInfo* outcome = record::findCause(sweep.beamOutcomes[beam])) {
    out.push_back({"became", std::string(outcome->name)});
    out.push_back({"that is", std::string(outcome->description)});
  }
  fault(sweep, beam, out);
  const auto [first, last] = returnsOf(sweep, beam);
  for (size_t i = first; i < last; ++i) {
    const record::LidarPoint& p = sweep.points[i];
    const record::CauseInfo* cause = record::findCause(p.cause);
    out.push_back({fmt::format("RETURN {} OF {}", i - first + 1, last - first), ""});
    if (cause != nullptr) out.push_back({"cause", std::string(cause->name)});
    out.push_back({"range", fmt::format("{:.3f} m, truly {:.3f} m ({:+.0f} mm)", p.range_m, p.trueRange_m,
                                        1e3 * (p.range_m - p.trueRange_m))});
    out.push_back({"intensity", fmt::format("{:.3f}", p.intensity)});
    out.push_back({"object", p.instance == 0 ? "none" : fmt::format("{}, part {}", named(p.instance), p.part)});
    out.push_back({"class", std::string(classInfo(ClassId{p.semantic}).name)});
    out.push_back({"fill", fmt::format("{:.0f} % of the beam's energy met it", 100 * p.fill)});
    out.push_back({"through", p.seenVia == 0 ? "nothing" : named(p.seenVia)});
    out.push_back({"incidence", fmt::format("{:.0f}\u00b0 from the normal",
                                            std::acos(std::clamp(p.incidenceCosine, 0.0F, 1.0F)) * 180 / kPi)});
    out.push_back({"fired", fmt::format("{:.2f} ms after the sweep's start, at {:.2f}\u00b0", 1e-6 * p.timeOffset_ns,
                                        p.azimuth_rad * 180 / kPi)});
    out.push_back({"place", fmt::format("x {:.2f}, y {:.2f}, z {:.2f} m of the sensor", p.x, p.y, p.z)});
    out.push_back({"moves at", fmt::format("{:.2f} m/s", std::hypot(p.vx, std::hypot(p.vy, p.vz)))});
  }
  return out;
}

}  // namespace nightfog::viewer
