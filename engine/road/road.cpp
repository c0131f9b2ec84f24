#include "engine/road/road.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"

namespace nightfog::road {
namespace {

constexpr double kLongestChord_m = 50;

[[noreturn]] void refuse(const RoadData& road, const std::string& what, std::string help) {
  throw Error(ExitCode::kDiagnostics, fmt::format("Road '{}': {}.", road.id, what), std::move(help));
}

void requireSections(RoadData& road) {
  const double length = road.line.length_m();
  if (road.sections.empty()) road.sections.push_back({0, length, {}, {}, {}});
  double last = 0;
  for (const LaneSection& section : road.sections) {
    if (section.first_s != last || !(section.last_s >= section.first_s)) {
      refuse(road,
             fmt::format("a lane section begins at {} m where the one before ends at {} m", section.first_s, last),
             "sections follow each other without gaps");
    }
    last = section.last_s;
    for (const bool isLeft : {true, false}) {
      const std::vector<Lane>& lanes = isLeft ? section.left : section.right;
      for (size_t i = 0; i < lanes.size(); ++i) {
        const int wanted = (isLeft ? 1 : -1) * static_cast<int>(i + 1);
        if (lanes[i].id != wanted) {
          refuse(road, fmt::format("lane {} where lane {} belongs", lanes[i].id, wanted),
                 "lanes are numbered from the centre line outwards without gaps");
        }
      }
    }
  }
  if (last != length) refuse(road, fmt::format("its lanes end at {} m of {} m", last, length), "cover all of it");
}

/// From a lane's heights at s: what counts there.
template <class T>
const T* validAt(const std::vector<T>& entries, double s) {
  const T* found = nullptr;
  for (const T& entry : entries) {
    if (entry.s <= s || found == nullptr) found = &entry;
  }
  return found;
}

double widthAt(const Lane& lane, double s) {
  return std::max(0.0, lane.width.value(s));
}

}  // namespace

bool isDrivable(LaneKind kind) {
  switch (kind) {
    case LaneKind::kDriving:
    case LaneKind::kBus:
    case LaneKind::kEntry:
    case LaneKind::kExit:
    case LaneKind::kOnRamp:
    case LaneKind::kOffRamp:
    case LaneKind::kConnectingRamp:
    case LaneKind::kBidirectional:
      return true;
    default:
      return false;
  }
}

const Lane* LaneSection::find(int id) const {
  if (id == 0) return &centre;
  const std::vector<Lane>& lanes = id > 0 ? left : right;
  const auto index = static_cast<size_t>(std::abs(static_cast<int64_t>(id)) - 1);
  return index < lanes.size() ? &lanes[index] : nullptr;
}

Road::Road(RoadData data) : data_(std::move(data)) {
  requireSections(data_);
  index();
}

void Road::index() {
  const std::vector<double> stations = data_.line.stations(kChordTurn_rad, kLongestChord_m);
  const std::vector<double>& starts = data_.line.pieceStart();
  uint32_t piece = 0;
  for (size_t i = 0; i + 1 < stations.size(); ++i) {
    while (piece + 2 < starts.size() && stations[i] >= starts[piece + 1]) ++piece;
    const Chord chord{stations[i], stations[i + 1], piece};
    PlanBox box;
    box.include(plan(chord.first_s).position);
    box.include(plan(chord.last_s).position);
    // A curve that turns by a leaves its chord by about a/8 of its length; a/4 also holds where it turns unevenly.
    box.grow(0.25 * kChordTurn_rad * (chord.last_s - chord.first_s) + 1e-6);
    chords_.push_back(chord);
    chordBoxes_.push_back(box);
  }
  tree_ = BoxTree(chordBoxes_);
  hasRelief_ = !data_.crossfallLeft.isZero() || !data_.crossfallRight.isZero() || !data_.shapes.empty();
  for (const LaneSection& section : data_.sections) {
    for (const std::vector<Lane>* lanes : {&section.left, &section.right}) {
      for (const Lane& lane : *lanes) hasRelief_ = hasRelief_ || (lane.isLevel && !data_.superelevation.isZero());
    }
  }
  for (const LaneSection& section : data_.sections) {
    // Widths are cubic: sampled finely enough that what lies between adds a few centimetres at most, then grown.
    constexpr int kSamples = 32;
    for (int i = 0; i <= kSamples; ++i) {
      const double s = section.first_s + (section.last_s - section.first_s) * i / kSamples;
      const double left = borders(section, static_cast<int>(section.left.size()), s).outer;
      const double right = borders(section, -static_cast<int>(section.right.size()), s).outer;
      leftReach_m_ = std::max(leftReach_m_, left);
      rightReach_m_ = std::max(rightReach_m_, -right);
    }
  }
}

double Road::clampedS(double s) const {
  return std::clamp(s, 0.0, length_m());
}

Road::CrossSection Road::crossSection(double s) const {
  s = clampedS(s);
  const PlanPoint at = plan(s);
  const double roll = data_.superelevation.value(s);
  // t lies across the line, level or banked; it is not tilted by the grade.
  const double c = std::cos(roll), sn = std::sin(roll);
  const glm::dvec3 across(-std::sin(at.heading_rad), std::cos(at.heading_rad), 0);
  return {glm::dvec3(at.position, data_.elevation.value(s)), across * c + glm::dvec3(0, 0, sn),
          across * -sn + glm::dvec3(0, 0, c)};
}

glm::dvec2 Road::slicePlace(const LaneSection& section, double s, double t) const {
  s = clampedS(s);
  const double roll = data_.superelevation.value(s), h = height_m(section, s, t);
  const double c = std::cos(roll), sn = std::sin(roll);
  return {t * c - h * sn, data_.elevation.value(s) + t * sn + h * c};
}

RigidTransform Road::pose(double s, double t, double h) const {
  s = clampedS(s);
  const double pitch = data_.elevation.isEmpty() ? 0 : -std::atan(data_.elevation.slope(s));
  return RigidTransform::fromYawPitchRoll(crossSection(s).at(t, h), plan(s).heading_rad, pitch,
                                          data_.superelevation.value(s));
}

glm::dvec3 Road::surfacePoint(double s, double t) const {
  return crossSection(s).at(t, height_m(s, t));
}

double Road::footOn(const glm::dvec2& point, const Chord& chord) const {
  const PlanPiece& piece = data_.line.pieces()[chord.piece];
  const auto* arc = std::get_if<ArcShape>(&piece.shape);
  const bool isLine = std::holds_alternative<LineShape>(piece.shape) || (arc != nullptr && arc->curvature_1pm == 0);
  if (!isLine && arc == nullptr) return footBetween(point, chord.first_s, chord.last_s);
  const double start = data_.line.pieceStart()[chord.piece];
  const glm::dvec2 forward(std::cos(piece.heading_rad), std::sin(piece.heading_rad));
  const glm::dvec2 left(-forward.y, forward.x);
  const glm::dvec2 offset = point - piece.start;
  if (isLine) return std::clamp(start + glm::dot(offset, forward), chord.first_s, chord.last_s);
  // Seen from the arc's centre, the foot of the perpendicular lies at the point's own bearing: here against that of the
  // chord's middle, so that what is nearer to it than half a turn is unambiguous.
  const double side = arc->curvature_1pm > 0 ? 1.0 : -1.0;
  const double radius = 1.0 / std::abs(arc->curvature_1pm);
  const glm::dvec2 fromCentre = offset - left * (side * radius);
  const double bearing = std::atan2(glm::dot(fromCentre, forward), -side * glm::dot(fromCentre, left));
  const double middle = 0.5 * (chord.first_s + chord.last_s) - start;
  const double turn = std::remainder(bearing - middle / radius, 2 * kPi);
  return std::clamp(start + middle + turn * radius, chord.first_s, chord.last_s);
}

double Road::footBetween(const glm::dvec2& point, double first_s, double last_s) const {
  // (P - r(s)) · T(s) falls through zero at the foot.
  const auto ahead = [&](const PlanPoint& at) {
    const glm::dvec2 offset = point - at.position;
    return offset.x * std::cos(at.heading_rad) + offset.y * std::sin(at.heading_rad);
  };
  const PlanPoint first = plan(first_s), last = plan(last_s);
  const double before = ahead(first);
  const double after = ahead(last);
  if (!(before > 0 && after < 0)) {
    return glm::length(point - first.position) <= glm::length(point - last.position) ? first_s : last_s;
  }
  double low = first_s, high = last_s;
  double s = first_s + (last_s - first_s) * before / (before - after);
  for (int i = 0; i < 60; ++i) {
    const PlanPoint at = plan(s);
    const double f = ahead(at);
    (f > 0 ? low : high) = s;
    const glm::dvec2 offset = point - at.position;
    const double t = offset.y * std::cos(at.heading_rad) - offset.x * std::sin(at.heading_rad);
    const double slope = at.curvature_1pm * t - 1;
    double next = slope < -1e-3 ? s - f / slope : 0.5 * (low + high);
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (std::abs(next - s) < 1e-13 * (1 + s)) return next;
    s = next;
  }
  return s;
}

RoadPoint Road::pointAt(double s, const glm::dvec2& world) const {
  const PlanPoint at = plan(s);
  const glm::dvec2 offset = world - at.position;
  const double lateral = offset.y * std::cos(at.heading_rad) - offset.x * std::sin(at.heading_rad);
  return {s, lateral / std::cos(data_.superelevation.value(s))};
}

RoadPoint Road::project(const glm::dvec3& world) const {
  const glm::dvec2 point(world);
  double best_s = 0, best = 1e300;
  tree_.visitNear(point, best, [&](uint32_t i) {
    if (chordBoxes_[i].distance(point) >= best) return best;
    const double s = footOn(point, chords_[i]);
    const double distance = glm::length(point - plan(s).position);
    if (distance < best) best = distance, best_s = s;
    return best;
  });
  return pointAt(best_s, point);
}

size_t Road::sectionIndex(double s) const {
  const auto after = std::upper_bound(data_.sections.begin(), data_.sections.end(), s,
                                      [](double place, const LaneSection& section) { return place < section.first_s; });
  return after == data_.sections.begin() ? 0 : static_cast<size_t>(after - data_.sections.begin()) - 1;
}

Road::Borders Road::borders(const LaneSection& section, int lane, double s) const {
  const double offset = data_.laneOffset.value(s);
  Borders at{offset, offset};
  const double side = lane > 0 ? 1 : -1;
  for (const Lane& other : lane > 0 ? section.left : section.right) {
    if (lane == 0) break;
    at.inner = at.outer;
    at.outer += side * widthAt(other, s);
    if (other.id == lane) break;
  }
  return at;
}

double Road::leftEdge_m(double s) const {
  const LaneSection& at = section(s);
  return borders(at, static_cast<int>(at.left.size()), clampedS(s)).outer;
}

double Road::rightEdge_m(double s) const {
  const LaneSection& at = section(s);
  return borders(at, -static_cast<int>(at.right.size()), clampedS(s)).outer;
}

const Lane* Road::laneAt(double s, double t) const {
  s = clampedS(s);
  const LaneSection& at = section(s);
  const double centre = data_.laneOffset.value(s);
  const double side = t >= centre ? 1 : -1;
  double edge = 0;
  for (const Lane& lane : side > 0 ? at.left : at.right) {
    edge += widthAt(lane, s);
    if (side * (t - centre) <= edge) return &lane;
  }
  return nullptr;
}

double Road::height_m(const LaneSection& at, double s, double t) const {
  s = clampedS(s);
  const double centre = data_.laneOffset.value(s);
  const double side = t >= centre ? 1 : -1;
  const double beyond = side * (t - centre);
  double edge = 0, height = 0;
  for (const Lane& lane : side > 0 ? at.left : at.right) {
    const double width = widthAt(lane, s);
    const LaneHeight* heights = validAt(lane.heights, s);
    const double inner = heights != nullptr ? heights->inner_m : 0;
    const double outer = heights != nullptr ? heights->outer_m : 0;
    if (beyond < edge + width)
      return relief_m(at, s, t) + (width > 0 ? inner + (outer - inner) * (beyond - edge) / width : inner);
    height = outer;
    edge += width;
  }
  return relief_m(at, s, t) + height;
}

double Road::crossRelief_m(double s, double t) const {
  double height = -std::abs(t) * std::tan((t > 0 ? data_.crossfallLeft : data_.crossfallRight).value(s));
  if (data_.shapes.empty()) return height;
  const auto after = std::upper_bound(data_.shapes.begin(), data_.shapes.end(), s,
                                      [](double place, const CrossShape& shape) { return place < shape.s; });
  const CrossShape& before = after == data_.shapes.begin() ? *after : *(after - 1);
  const CrossShape& next = after == data_.shapes.end() ? before : *after;
  const double share = next.s > before.s ? std::clamp((s - before.s) / (next.s - before.s), 0.0, 1.0) : 0;
  return height + (1 - share) * before.height.value(t) + share * next.height.value(t);
}

double Road::relief_m(const LaneSection& section, double s, double t) const {
  if (!hasRelief_) return 0;
  s = clampedS(s);
  const double centre = data_.laneOffset.value(s);
  const double side = t >= centre ? 1 : -1;
  const double level = -std::tan(data_.superelevation.value(s));
  // From the centre line outwards: a level lane goes on level from its inner border, and what lies beyond follows it.
  double edge = centre, moved = 0;
  for (const Lane& lane : side > 0 ? section.left : section.right) {
    if (side * (t - edge) <= 0) break;
    const double outer = edge + side * widthAt(lane, s);
    const double until = side * (t - outer) < 0 ? t : outer;
    if (lane.isLevel) moved += level * (until - edge) - (crossRelief_m(s, until) - crossRelief_m(s, edge));
    edge = outer;
  }
  return crossRelief_m(s, t) + moved;
}

RoadType Road::type(double s) const {
  const RoadType* found = validAt(data_.types, s);
  return found != nullptr ? *found : RoadType{};
}

bool Road::isUniform() const {
  const auto isConstant = [](const Profile& profile) {
    return profile.isEmpty() || (profile.pieces().size() == 1 && profile.pieces()[0].b == 0 &&
                                 profile.pieces()[0].c == 0 && profile.pieces()[0].d == 0);
  };
  const auto areUniform = [&](const std::vector<Lane>& lanes) {
    return std::all_of(lanes.begin(), lanes.end(),
                       [&](const Lane& lane) { return isConstant(lane.width) && lane.heights.size() <= 1; });
  };
  const std::vector<PlanPiece>& pieces = data_.line.pieces();
  return data_.sections.size() == 1 && !hasRelief_ && isConstant(data_.laneOffset) &&
         areUniform(data_.sections[0].left) && areUniform(data_.sections[0].right) &&
         std::all_of(pieces.begin(), pieces.end(), [](const PlanPiece& piece) {
           return std::holds_alternative<LineShape>(piece.shape) || std::holds_alternative<ArcShape>(piece.shape);
         });
}

}  // namespace nightfog::road
