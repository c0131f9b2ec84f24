#include "engine/road/surface_columns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nightfog::road {
namespace {

constexpr int kByPlace = std::numeric_limits<int>::min();  ///< height of the lane that the column turns out to lie in
constexpr double kKerbTop_m = 0.15;
constexpr double kKerbBatter_m = 0.02;
/// A lower step is no kerb.
constexpr double kFlush_m = 0.004;
constexpr double kNearest_m = 0.004;
/// Across a bent surface: what a shape of 4 cm/m² leaves above a chord of this is 1.3 mm.
constexpr double kBentColumn_m = 0.5;
constexpr double kInfluence_m = 200;  ///< shapes this far along count for where columns lie
/// Parking bays along the road, and the line between two.
constexpr double kBay_m = 6;
constexpr double kFirstBay_m = 1;
constexpr double kBayLine_m = 0.12;
/// Tyres of a car run at ±0.80 m of the lane's middle and polish the asphalt.
constexpr double kTrack_m = 0.80;
constexpr double kHalfTrack_m = 0.28;
constexpr double kLeastTrackedLane_m = 2.6;
constexpr double kVergeShares[] = {0.25, 0.6, 1.0};

double clampedTo(const Road& road, double s) {
  return std::clamp(s, 0.0, road.length_m());
}

/// Distance into a repeated pattern.
double phaseOf(double s, double first, double period) {
  const double past = s - first;
  return past - std::floor(past / period) * period;
}

}  // namespace

SurfaceColumns::SurfaceColumns(const ExtendedRoad& road, const LaneSection& section, double first_s, double last_s,
                               const SurfaceOptions& options, double leftVerge_m, double rightVerge_m,
                               const std::vector<const SurfaceCut*>& cuts, const std::vector<int>& cutIndices)
    : road_(road),
      section_(section),
      first_s_(first_s),
      last_s_(last_s),
      options_(options),
      cuts_(cuts),
      cutIndices_(cutIndices) {
  const double middle_s = 0.5 * (first_s + last_s);
  const bool hasLeft = !section.left.empty(), hasRight = !section.right.empty();
  if (hasLeft && hasRight) {
    addKerb(-1, 1, middle_s);
  } else {
    columns_.push_back({0, 0, 0, hasLeft ? 1 : hasRight ? -1 : 0, 0});
  }
  addSide(1, leftVerge_m);
  addSide(-1, rightVerge_m);
  if (options.marks) {
    addMarks(section.centre);
    for (const Lane& lane : section.left) addMarks(lane);
    for (const Lane& lane : section.right) addMarks(lane);
  }
  addCuts();
  addRelief();
  sortColumns(middle_s);
}

void SurfaceColumns::addSide(int side, double verge_m) {
  const std::vector<Lane>& lanes = side > 0 ? section_.left : section_.right;
  const double middle_s = 0.5 * (first_s_ + last_s_);
  for (size_t i = 0; i < lanes.size(); ++i) {
    const Lane& lane = lanes[i];
    if (i + 1 < lanes.size()) {
      addKerb(lane.id, lanes[i + 1].id, middle_s);
    } else {
      columns_.push_back({lane.id, 1, 0, lane.id, 0});
    }
    const double width = std::abs(borderAt(lane.id, middle_s) - columnPlace({lane.id, 0, 0, 0, 0}, middle_s));
    if (!options_.marks || !isDrivable(lane.kind) || width < kLeastTrackedLane_m) continue;
    for (const double track : {-kTrack_m, kTrack_m}) {
      for (const double edge : {-kHalfTrack_m, kHalfTrack_m}) {
        columns_.push_back({lane.id, 0.5, track + edge, lane.id, 0});
      }
    }
  }
  if (!(verge_m > 0)) return;
  const int outermost = side * static_cast<int>(lanes.size());
  for (const double share : kVergeShares) {
    columns_.push_back({outermost, 1, side * share * verge_m, outermost, share == 1.0 ? options_.vergeSink_m : 0});
  }
}

void SurfaceColumns::addKerb(int inner, int outer, double middle_s) {
  // The border is the outer lane's inner one, across the centre line too.
  const SurfaceColumn border{outer, 0, 0, 0, 0};
  const double t = columnPlace(border, middle_s);
  const double innerHeight = laneHeight(inner, middle_s, t);
  const double outerHeight = laneHeight(outer, middle_s, t);
  SurfaceColumn column = border;
  column.heightLane = innerHeight <= outerHeight ? inner : outer;
  columns_.push_back(column);
  if (std::abs(innerHeight - outerHeight) < kFlush_m) return;
  // The face leans into the higher lane, and its top is stone.
  const int higher = innerHeight > outerHeight ? inner : outer;
  const double into = (outer > 0 ? 1.0 : -1.0) * (higher == outer ? 1 : -1);
  kerbs_.push_back({higher, higher == outer || inner * outer < 0 ? 0.0 : 1.0, into});
  for (const double inset : {kKerbBatter_m, kKerbTop_m}) {
    column.offset_m = into * inset;
    column.heightLane = higher;
    columns_.push_back(column);
  }
}

void SurfaceColumns::addMarks(const Lane& lane) {
  for (size_t i = 0; i < lane.marks.size(); ++i) {
    const double first = lane.marks[i].s <= section_.first_s + 1e-9 ? -1e300 : lane.marks[i].s;
    const double last = i + 1 < lane.marks.size() ? lane.marks[i + 1].s : 1e300;
    if (first >= last_s_ || last <= first_s_) continue;
    for (const MarkLine& line : lane.marks[i].lines) {
      stripes_.push_back({lane.id, &line, lane.marks[i].colour, first, last});
      for (const double edge : {-0.5, 0.5}) {
        columns_.push_back({lane.id, lane.id == 0 ? 0.0 : 1.0, line.offset_m + edge * line.width_m, kByPlace, 0});
      }
    }
  }
}

void SurfaceColumns::addCuts() {
  const double offset = columnPlace({0, 0, 0, 0, 0}, 0.5 * (first_s_ + last_s_));
  for (const SurfaceCut* cut : cuts_) {
    for (const double t : {cut->low_t, cut->high_t}) columns_.push_back({0, 0, t - offset, kByPlace, 0});
  }
}

double SurfaceColumns::borderAt(int lane, double s) const {
  return road_.road().borders(section_, lane, clampedTo(road_.road(), s)).outer;
}

double SurfaceColumns::columnPlace(const SurfaceColumn& column, double s) const {
  const Road::Borders at = road_.road().borders(section_, column.lane, clampedTo(road_.road(), s));
  return at.inner + (at.outer - at.inner) * column.share + column.offset_m;
}

double SurfaceColumns::laneHeight(int id, double s, double t) const {
  const double relief = road_.road().relief_m(section_, clampedTo(road_.road(), s), t);
  const Lane* lane = id == 0 ? nullptr : section_.find(id);
  if (lane == nullptr || lane->heights.empty()) return relief;
  const LaneHeight* heights = &lane->heights.front();
  for (const LaneHeight& h : lane->heights) {
    if (h.s <= s) heights = &h;
  }
  const Road::Borders at = road_.road().borders(section_, id, clampedTo(road_.road(), s));
  const double width = at.outer - at.inner;
  const double share = width == 0 ? 0 : std::clamp((t - at.inner) / width, 0.0, 1.0);
  return relief + heights->inner_m + (heights->outer_m - heights->inner_m) * share;
}

/// Where the surface is bent across, columns close together and at every fold.
void SurfaceColumns::addRelief() {
  const Road& road = road_.road();
  if (!road.hasRelief()) return;
  const double middle_s = 0.5 * (first_s_ + last_s_);
  const double centre = columnPlace({0, 0, 0, 0, 0}, middle_s);
  const double low = columnPlace({-static_cast<int>(section_.right.size()), 1, 0, 0, 0}, middle_s);
  const double high = columnPlace({static_cast<int>(section_.left.size()), 1, 0, 0, 0}, middle_s);
  std::vector<double> places{0};  // crossfall folds at the line
  for (const CrossShape& shape : road.data().shapes) {
    if (shape.s > last_s_ + kInfluence_m || shape.s < first_s_ - kInfluence_m) continue;
    for (const Cubic& piece : shape.height.pieces()) places.push_back(piece.start);
  }
  if (!road.data().shapes.empty()) {
    for (double t = low + kBentColumn_m; t < high; t += kBentColumn_m) places.push_back(t);
  }
  for (const double t : places) {
    if (t > low && t < high) columns_.push_back({0, 0, t - centre, kByPlace, 0});
  }
}

void SurfaceColumns::sortColumns(double middle_s) {
  struct Placed {
    SurfaceColumn column;
    double first, middle, last;
  };
  std::vector<Placed> placed;
  for (const SurfaceColumn& column : columns_) {
    placed.push_back(
        {column, columnPlace(column, first_s_), columnPlace(column, middle_s), columnPlace(column, last_s_)});
  }
  std::stable_sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) { return a.middle < b.middle; });
  const auto near = [](const Placed& a, const Placed& b) {
    return std::abs(a.first - b.first) < kNearest_m && std::abs(a.middle - b.middle) < kNearest_m &&
           std::abs(a.last - b.last) < kNearest_m;
  };
  columns_.clear();
  const Placed* before = nullptr;
  for (Placed& next : placed) {
    const bool isFree = next.column.heightLane == kByPlace;
    if (before != nullptr && near(*before, next)) {
      // A border outranks what is merely cut at it.
      if (before->column.heightLane == kByPlace && !isFree) {
        columns_.back() = next.column;
        before = &next;
      }
      continue;
    }
    columns_.push_back(next.column);
    before = &next;
  }
  for (SurfaceColumn& column : columns_) {
    if (column.heightLane != kByPlace) continue;
    const double t = columnPlace(column, middle_s);
    const double centre = columnPlace({0, 0, 0, 0, 0}, middle_s);
    const std::vector<Lane>& lanes = t > centre ? section_.left : section_.right;
    column.heightLane = lanes.empty() ? 0 : lanes.back().id;
    for (const Lane& lane : lanes) {
      if (std::abs(t - centre) > std::abs(borderAt(lane.id, middle_s) - centre)) continue;
      column.heightLane = lane.id;
      break;
    }
  }
}

std::vector<double> SurfaceColumns::places(double s) const {
  std::vector<double> ts;
  ts.reserve(columns_.size());
  double last = -1e300;
  for (const SurfaceColumn& column : columns_) {
    last = std::max(last, columnPlace(column, s));
    ts.push_back(last);
  }
  return ts;
}

std::vector<glm::dvec3> SurfaceColumns::points(double s) const {
  const std::vector<double> ts = places(s);
  const Road::CrossSection slice = road_.crossSection(s);
  std::vector<glm::dvec3> points;
  points.reserve(ts.size());
  const double on_s = clampedTo(road_.road(), s);
  for (size_t c = 0; c < ts.size(); ++c) {
    points.push_back(slice.at(ts[c], laneHeight(columns_[c].heightLane, on_s, ts[c]) - columns_[c].drop_m));
  }
  return points;
}

std::vector<double> SurfaceColumns::breaks() const {
  std::vector<double> at;
  const auto add = [&](double s) {
    if (s > first_s_ && s < last_s_) at.push_back(s);
  };
  for (const Stripe& stripe : stripes_) {
    add(stripe.first_s);
    add(stripe.last_s);
    if (!(stripe.line->dash_m > 0)) continue;
    const double period = stripe.line->dash_m + stripe.line->gap_m;
    const double from = std::max(first_s_, stripe.first_s), to = std::min(last_s_, stripe.last_s);
    for (double s = from - phaseOf(from, stripe.line->first_s, period); s < to; s += period) {
      add(s);
      add(s + stripe.line->dash_m);
    }
  }
  for (const std::vector<Lane>* lanes : {&section_.left, &section_.right}) {
    const bool hasBays =
        std::any_of(lanes->begin(), lanes->end(), [](const Lane& l) { return l.kind == LaneKind::kParking; });
    if (!hasBays || !options_.marks) continue;
    for (double s = first_s_ - phaseOf(first_s_, kFirstBay_m, kBay_m); s < last_s_ + kBay_m; s += kBay_m) {
      add(s - 0.5 * kBayLine_m);
      add(s + 0.5 * kBayLine_m);
    }
  }
  for (const SurfaceCut* cut : cuts_) {
    add(cut->first_s);
    add(cut->last_s);
  }
  return at;
}

SurfaceKind SurfaceColumns::kindAt(size_t column, double s, const std::vector<double>& places) const {
  const double t = 0.5 * (places[column] + places[column + 1]);
  SurfaceKind kind;
  const double centre = columnPlace({0, 0, 0, 0, 0}, s);
  const Lane* lane = nullptr;
  Road::Borders borders;
  for (const Lane& other : t > centre ? section_.left : section_.right) {
    borders = road_.road().borders(section_, other.id, clampedTo(road_.road(), s));
    if (std::abs(t - centre) > std::abs(borders.outer - centre)) continue;
    lane = &other;
    break;
  }
  kind.part = lane == nullptr ? SurfacePart::kVerge : SurfacePart::kLane;
  kind.lane = lane == nullptr ? LaneKind::kVerge : lane->kind;
  for (const Kerb& kerb : kerbs_) {
    const double into = kerb.into * (t - columnPlace({kerb.lane, kerb.share, 0, 0, 0}, s));
    if (into <= 0 || into >= kKerbTop_m) continue;
    kind.part = SurfacePart::kKerb;
    return kind;
  }
  if (lane == nullptr || !options_.marks) return kind;
  for (const Stripe& stripe : stripes_) {
    if (s < stripe.first_s || s > stripe.last_s) continue;
    const double middle = borderAt(stripe.lane, s) + stripe.line->offset_m;
    if (std::abs(t - middle) > 0.5 * stripe.line->width_m) continue;
    if (stripe.line->dash_m > 0 &&
        phaseOf(s, stripe.line->first_s, stripe.line->dash_m + stripe.line->gap_m) >= stripe.line->dash_m)
      continue;
    kind.part = SurfacePart::kMark;
    kind.colour = stripe.colour;
    return kind;
  }
  if (lane->kind == LaneKind::kParking) {
    const double phase = phaseOf(s, kFirstBay_m, kBay_m);
    if (std::min(phase, kBay_m - phase) < 0.5 * kBayLine_m) {
      kind.part = SurfacePart::kMark;
      return kind;
    }
  }
  for (size_t i = 0; i < cuts_.size(); ++i) {
    const SurfaceCut& cut = *cuts_[i];
    if (!(s > cut.first_s && s < cut.last_s && t > cut.low_t && t < cut.high_t)) continue;
    if (cut.isMark) {
      kind.part = SurfacePart::kMark;
      return kind;
    }
    kind.cut = cutIndices_[i];
  }
  if (isDrivable(lane->kind) && std::abs(borders.outer - borders.inner) >= kLeastTrackedLane_m) {
    kind.isWheelTrack = std::abs(std::abs(t - borders.centre()) - kTrack_m) < kHalfTrack_m;
  }
  return kind;
}

}  // namespace nightfog::road
