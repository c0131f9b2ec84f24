#include "engine/fcd/path.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/transform.hpp"

namespace nightfog::fcd {
namespace {

constexpr double kOnLane_m = 0.10;    ///< so near to a lane's middle a step lies on it
constexpr double kRounding_m = 0.03;  ///< and so near it is its middle, but for rounding
/// Sideways steps that are no driving: on one edge, and between edges.
constexpr double kJump_m = 0.6, kJumpBetween_m = 1.5;
/// A change of lanes takes so long in all, and so much of the way at least.
constexpr double kChange_s = 4, kChange_m = 12;
constexpr double kStation_m = 0.25;
constexpr double kStanding_m = 0.005;

glm::dvec2 along(double heading_rad) {
  return {std::cos(heading_rad), std::sin(heading_rad)};
}
double headingOf(const glm::dvec2& v) {
  return std::atan2(v.y, v.x);
}
double cross(const glm::dvec2& a, const glm::dvec2& b) {
  return a.x * b.y - a.y * b.x;
}

double smoothstep(double x) {
  x = std::clamp(x, 0.0, 1.0);
  return x * x * (3 - 2 * x);
}
double smoothstepSlope(double x) {
  return x <= 0 || x >= 1 ? 0 : 6 * x * (1 - x);
}

/// How far to the left a step is moved so that changes of lanes are driven; and how steeply that grows.
struct Shift {
  double left_m = 0, slope = 0;
};
/// Of the jumps from `first` on whose stretch a step lies in; others have no part in it. `jumpAfter`: by jump, the step
/// before it.
Shift shiftAt(const std::vector<LaneJump>& jumps, size_t& first, double way_m, size_t step,
              const std::vector<size_t>& jumpAfter) {
  while (first < jumps.size() && jumps[first].to_m < way_m) ++first;
  Shift shift;
  for (size_t j = first; j < jumps.size() && jumps[j].from_m <= way_m; ++j) {
    const LaneJump& jump = jumps[j];
    const double span = jump.to_m - jump.from_m;
    if (!(span > 0)) break;
    const double x = (way_m - jump.from_m) / span;
    shift.left_m += jump.left_m * (smoothstep(x) - (step > jumpAfter[j] ? 1 : 0));
    shift.slope += jump.left_m * smoothstepSlope(x) / span;
  }
  return shift;
}

}  // namespace

Way wayOf(std::span<const Sample> samples, const Figure& figure, const FindLane& findLane) {
  const size_t count = samples.size();
  const bool isVehicle = figure.wheelbase_m > 0;
  std::vector<std::optional<LaneSpot>> lanes(count);
  std::vector<glm::dvec3> places(count);
  std::vector<double> headings(count);
  for (size_t i = 0; i < count; ++i) {
    places[i] = samples[i].position;
    headings[i] = samples[i].heading_rad;
    if (!isVehicle || !findLane) continue;
    lanes[i] = findLane(samples[i].position, samples[i].heading_rad);
    if (!lanes[i]) continue;
    const double apart = glm::distance(glm::dvec2(lanes[i]->position), glm::dvec2(places[i]));
    places[i].z = lanes[i]->position.z;
    if (apart > kOnLane_m) {
      lanes[i].reset();
      continue;
    }
    if (apart < kRounding_m) places[i] = lanes[i]->position;
    headings[i] = lanes[i]->heading_rad;
  }

  Way way;
  std::vector<size_t> jumpAfter;  // by jump: the step before it
  std::vector<double> speeds;
  double driven = 0;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) {
      const glm::dvec2 step = glm::dvec2(places[i]) - glm::dvec2(places[i - 1]);
      const glm::dvec2 ahead = along(headings[i - 1] + 0.5 * wrapAngle(headings[i] - headings[i - 1]));
      const double left = cross(ahead, step);
      const Sample &a = samples[i - 1], &b = samples[i];
      const bool isOneEdge = a.lane >= 0 && b.lane >= 0 && a.edge == b.edge;
      bool isJump = isVehicle && isOneEdge && a.lane != b.lane && std::abs(left) > kJump_m;
      isJump |= isVehicle && !isOneEdge && lanes[i - 1] && lanes[i] && std::abs(left) > kJumpBetween_m;
      if (isJump) {
        const double forward = std::max(0.0, glm::dot(ahead, step));
        way.jumps.push_back({driven + 0.5 * forward, left, 0, 0});
        jumpAfter.push_back(i - 1);
        speeds.push_back(std::max(a.speed_mps, b.speed_mps));
        driven += forward;
      } else {
        const double length = glm::length(step);
        if (length > kStanding_m)
          driven += length;
        else
          places[i] = places[i - 1];
      }
    }
    way.steps.push_back({samples[i].time_s, driven, places[i], std::nullopt, samples[i].heading_rad});
  }
  // Each change of lanes has the way to the middle between it and the next one for itself.
  for (size_t j = 0; j < way.jumps.size(); ++j) {
    LaneJump& jump = way.jumps[j];
    const double half = 0.5 * std::max(kChange_m, kChange_s * speeds[j]);
    const double first = j == 0 ? 0 : 0.5 * (way.jumps[j - 1].at_m + jump.at_m);
    const double last = j + 1 == way.jumps.size() ? driven : 0.5 * (jump.at_m + way.jumps[j + 1].at_m);
    jump.from_m = std::max(first, jump.at_m - half);
    jump.to_m = std::min(last, jump.at_m + half);
  }
  size_t firstJump = 0;
  for (size_t i = 0; i < count; ++i) {
    Way::Step& step = way.steps[i];
    const Shift shift = shiftAt(way.jumps, firstJump, step.way_m, i, jumpAfter);
    const glm::dvec2 ahead = along(headings[i]);
    step.position += shift.left_m * glm::dvec3(-ahead.y, ahead.x, 0);
    // A lane's direction is that of the way where those before and after are on lanes too.
    const bool isOn = lanes[i] && (i == 0 || lanes[i - 1]) && (i + 1 == count || lanes[i + 1]);
    if (isOn) step.heading_rad = wrapAngle(headings[i] + std::atan(shift.slope));
  }
  return way;
}

namespace {

struct Knot {
  size_t step = 0;
  glm::dvec3 position{0};
  double heading_rad = 0;
};

/// Steps that are far enough apart, the first and the last among them.
std::vector<Knot> knotsOf(const Way& way, double apart_m) {
  std::vector<Knot> knots;
  for (size_t i = 0; i < way.steps.size(); ++i) {
    const auto& step = way.steps[i];
    if (!knots.empty() && step.way_m - way.steps[knots.back().step].way_m < apart_m) continue;
    knots.push_back({i, step.position, step.heading_rad.value_or(step.reported_rad)});
  }
  const size_t last = way.steps.size() - 1;
  if (way.steps[last].way_m - way.steps[knots.back().step].way_m > 0) {
    if (knots.size() > 1 && way.steps[last].way_m - way.steps[knots.back().step].way_m < 0.5 * apart_m)
      knots.pop_back();
    knots.push_back(
        {last, way.steps[last].position, way.steps[last].heading_rad.value_or(way.steps[last].reported_rad)});
  }
  return knots;
}

/// Where no lane says it: along the circle through the neighbours.
void findHeadings(const Way& way, std::vector<Knot>& knots) {
  const size_t count = knots.size();
  if (count < 2) return;
  std::vector<double> chords(count - 1), lengths(count - 1);
  for (size_t k = 0; k + 1 < count; ++k) {
    const glm::dvec2 chord = glm::dvec2(knots[k + 1].position) - glm::dvec2(knots[k].position);
    lengths[k] = std::max(glm::length(chord), 1e-9);
    chords[k] = headingOf(chord);
  }
  const auto isSaid = [&](size_t k) { return way.steps[knots[k].step].heading_rad.has_value(); };
  for (size_t k = 1; k + 1 < count; ++k) {
    if (isSaid(k)) continue;
    const double share = lengths[k - 1] / (lengths[k - 1] + lengths[k]);
    knots[k].heading_rad = wrapAngle(chords[k - 1] + share * wrapAngle(chords[k] - chords[k - 1]));
  }
  if (!isSaid(0))
    knots[0].heading_rad = wrapAngle(2 * chords[0] - (count > 2 || isSaid(1) ? knots[1].heading_rad : chords[0]));
  const size_t last = count - 1;
  if (!isSaid(last))
    knots[last].heading_rad =
        wrapAngle(2 * chords[last - 1] - (count > 2 || isSaid(0) ? knots[last - 1].heading_rad : chords[last - 1]));
}

}  // namespace

Line lineOf(const Way& way, double apart_m) {
  Line line;
  std::vector<Knot> knots = knotsOf(way, apart_m);
  findHeadings(way, knots);
  line.stations.push_back({0, knots.front().position, knots.front().heading_rad});
  std::vector<double> knots_m{0};
  for (size_t k = 0; k + 1 < knots.size(); ++k) {
    const Knot &a = knots[k], &b = knots[k + 1];
    const glm::dvec3 chord = b.position - a.position;
    const double length = glm::length(glm::dvec2(chord));
    const double direction = headingOf(glm::dvec2(chord));
    // As long as an arc that turns so much asks for: then an arc comes out as one.
    const double turn =
        0.5 * (std::abs(wrapAngle(a.heading_rad - direction)) + std::abs(wrapAngle(b.heading_rad - direction)));
    const double grip = length / std::pow(std::cos(0.5 * std::min(turn, 2.0)), 2);
    const glm::dvec2 p = glm::dvec2(a.position), q = glm::dvec2(b.position);
    const glm::dvec2 u = grip * along(a.heading_rad), v = grip * along(b.heading_rad);
    const int parts = std::clamp(static_cast<int>(std::ceil(length / kStation_m)), 1, 1000);
    for (int i = 1; i <= parts; ++i) {
      const double t = static_cast<double>(i) / parts, t2 = t * t, t3 = t2 * t;
      const glm::dvec2 at = p * (2 * t3 - 3 * t2 + 1) + q * (3 * t2 - 2 * t3) + u * (t3 - 2 * t2 + t) + v * (t3 - t2);
      const glm::dvec2 slope = (q - p) * (6 * t - 6 * t2) + u * (3 * t2 - 4 * t + 1) + v * (3 * t2 - 2 * t);
      Station station;
      station.position = glm::dvec3(at, a.position.z + t * chord.z);
      const Station& before = line.stations.back();
      station.at_m = before.at_m + glm::distance(glm::dvec2(before.position), at);
      station.heading_rad = glm::length(slope) > 1e-9 ? headingOf(slope) : before.heading_rad;
      line.stations.push_back(station);
    }
    knots_m.push_back(line.stations.back().at_m);
  }
  // Steps between knots lie between them as they do on the way.
  size_t k = 0;
  for (const Way::Step& step : way.steps) {
    while (k + 2 < knots.size() && way.steps[knots[k + 1].step].way_m <= step.way_m) ++k;
    if (knots.size() < 2) {
      line.steps_m.push_back(0);
      continue;
    }
    const double from = way.steps[knots[k].step].way_m, to = way.steps[knots[k + 1].step].way_m;
    const double share = to > from ? std::clamp((step.way_m - from) / (to - from), 0.0, 1.0) : 0;
    line.steps_m.push_back(knots_m[k] + share * (knots_m[k + 1] - knots_m[k]));
  }
  return line;
}

}  // namespace nightfog::fcd
