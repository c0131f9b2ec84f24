#include "engine/road/surface.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "engine/core/error.hpp"
#include "engine/road/junction_surface.hpp"
#include "engine/road/painted_marks.hpp"
#include "engine/road/surface_columns.hpp"

namespace nightfog::road {
namespace {

/// Vertices lie on a grid of 61 µm: relative to a whole metre nearby their coordinates are exact in single precision.
constexpr double kSnap_m = 1.0 / 16384;
constexpr double kLongestStretch_m = 60;
constexpr double kShortestRow_m = 0.02;
constexpr double kSamePoint_m = 1e-3;
/// Linked ends that miss each other by more than this stay apart.
constexpr double kLargestGap_m = 0.25;
constexpr double kLargestStep_m = 0.3;
constexpr double kLargestBend_rad = 0.15;
constexpr int kDeepestSplit = 12;
constexpr double kJunctionVerge_m = 4;
constexpr double kLeastJunctionVerge_m = 0.5;
/// A road that lies higher or lower than this crosses on a bridge.
constexpr double kLargestVergeStep_m = 2;
constexpr size_t kMostPoints = 40'000'000;

glm::dvec3 snapped(const glm::dvec3& p) {
  return glm::round(p / kSnap_m) * kSnap_m;
}

struct Stretch {
  uint32_t road = 0;
  SurfaceColumns columns;
  std::vector<double> rows;  ///< s, ascending
};

/// An end of a stretch at a row that others share.
struct End {
  size_t stretch = 0;
  bool atLast = false;  ///< its last row, not its first
  int sign = 1;         ///< t runs as at the row's first end
};

/// A row that several ends share: each end's columns are some of its points.
struct JointRow {
  std::vector<glm::dvec3> points;
  std::vector<double> places;
};
struct JointEnd {
  size_t row = 0;
  std::vector<uint32_t> pointOf;  ///< by column
};

class Tessellator {
 public:
  Tessellator(const RoadNetwork& network, const SurfaceOptions& options, const std::vector<SurfaceCut>& cuts)
      : network_(network), options_(options), cuts_(cuts), junctionCount_(network.junctions().size()) {
    PaintedMarks painted;
    if (options.marks) painted = paintedMarks(network);
    painted.bounds.resize(network.roads().size());
    bounds_ = std::move(painted.bounds);
    cuts_.insert(cuts_.end(), painted.cuts.begin(), painted.cuts.end());
    cutsOf_.resize(network.roads().size());
    for (size_t i = 0; i < cuts_.size(); ++i) {
      if (cuts_[i].road < cutsOf_.size()) cutsOf_[cuts_[i].road].push_back(i);
    }
    roads_.reserve(network.roads().size());
    for (uint32_t r = 0; r < network.roads().size(); ++r) roads_.emplace_back(network, r, options.beyond_m);
  }

  std::vector<SurfaceStretch> build() {
    for (uint32_t r = 0; r < roads_.size(); ++r) layOut(r);
    joinRows();
    std::vector<SurfaceStretch> surface;
    for (size_t i = 0; i < stretches_.size(); ++i) surface.push_back(emit(i));
    clearJunctions(surface, junctionCount_);
    return surface;
  }

 private:
  /// Grass stops short of other roads' lanes.
  double clearVerge(uint32_t r, double side, double wanted_m) const {
    constexpr double kAlong_m = 5, kAside_m = 1, kKept_m = 1, kNear_m = 0.3;
    if (roads_.size() < 2) return wanted_m;
    const Road& road = roads_[r].road();
    double width = wanted_m;
    const int count = std::clamp(static_cast<int>(road.length_m() / kAlong_m), 1, 2000);
    for (int i = 0; i <= count; ++i) {
      const double s = road.length_m() * i / count;
      const double edge = side > 0 ? road.leftEdge_m(s) : road.rightEdge_m(s);
      for (double aside = kAside_m; aside <= width; aside += kAside_m) {
        const glm::dvec3 place = road.surfacePoint(s, edge + side * aside);
        const std::optional<NetworkPoint> on = network_.locate(place);
        if (!on || on->road == r || on->beyond_m > kNear_m) continue;
        if (std::abs(network_.point(on->road, on->s, on->t).z - place.z) > kLargestVergeStep_m) continue;
        width = std::max(0.05, aside - kKept_m);
      }
    }
    return std::min(width, wanted_m);
  }

  /// Cuts a road where its columns change, and into pieces of bounded length.
  void layOut(uint32_t r) {
    const ExtendedRoad& extended = roads_[r];
    const Road& road = extended.road();
    firstStretch_.push_back(stretches_.size());
    if (!(extended.lastS() > extended.firstS())) return;
    const bool isInside = road.data().junction >= 0;
    // Within a junction there is grass beside the sidewalk round a corner, and where nobody else drives beside.
    const auto vergeBeside = [&](double side) {
      if (!isInside) return clearVerge(r, side, vergeWidth(road, side, options_.verge_m));
      const std::vector<Lane>& lanes = side > 0 ? road.sections()[0].left : road.sections()[0].right;
      if (!lanes.empty() && lanes.back().kind == LaneKind::kSidewalk)
        return vergeWidth(road, side, std::min(options_.verge_m, kJunctionVerge_m));
      const double clear = clearVerge(r, side, vergeWidth(road, side, options_.verge_m));
      return clear > kLeastJunctionVerge_m ? clear : 0.0;
    };
    const double leftVerge = vergeBeside(1), rightVerge = vergeBeside(-1);
    const auto& sections = road.sections();
    for (size_t i = 0; i < sections.size(); ++i) {
      const LaneSection& section = sections[i];
      const double first = i == 0 ? extended.firstS() : section.first_s;
      const double last = i + 1 == sections.size() ? extended.lastS() : section.last_s;
      std::vector<double> bounds{first, last};
      if (i == 0) bounds.push_back(0);
      if (i + 1 == sections.size()) bounds.push_back(road.length_m());
      const auto addLane = [&](const Lane& lane) {
        for (const Cubic& piece : lane.width.pieces()) bounds.push_back(piece.start);
        for (const LaneHeight& height : lane.heights) {
          bounds.push_back(height.s);
          bounds.push_back(height.s - 0.1);  // the surface steps within this
        }
        for (const RoadMark& mark : lane.marks) bounds.push_back(mark.s);
      };
      bounds.insert(bounds.end(), bounds_[r].begin(), bounds_[r].end());
      for (const CrossShape& shape : road.data().shapes) bounds.push_back(shape.s);
      addLane(section.centre);
      for (const Lane& lane : section.left) addLane(lane);
      for (const Lane& lane : section.right) addLane(lane);
      tidy(bounds, first, last);
      for (size_t b = 0; b + 1 < bounds.size(); ++b) {
        const int pieces = std::max(1, static_cast<int>(std::ceil((bounds[b + 1] - bounds[b]) / kLongestStretch_m)));
        for (int k = 0; k < pieces; ++k) {
          const double from = k == 0 ? bounds[b] : bounds[b] + (bounds[b + 1] - bounds[b]) * k / pieces;
          const double to =
              k + 1 == pieces ? bounds[b + 1] : bounds[b] + (bounds[b + 1] - bounds[b]) * (k + 1) / pieces;
          addStretch(r, section, from, to, leftVerge, rightVerge);
        }
      }
    }
  }

  void addStretch(uint32_t r, const LaneSection& section, double from, double to, double leftVerge, double rightVerge) {
    std::vector<const SurfaceCut*> cuts;
    std::vector<int> indices;
    for (const size_t i : cutsOf_[r]) {
      if (cuts_[i].first_s >= to || cuts_[i].last_s <= from) continue;
      cuts.push_back(&cuts_[i]);
      indices.push_back(static_cast<int>(i));
    }
    Stretch stretch{
        r, SurfaceColumns(roads_[r], section, from, to, options_, leftVerge, rightVerge, cuts, indices), {}};
    if (stretch.columns.count() < 2) return;
    std::vector<double> rows = stretch.columns.breaks();
    rows.push_back(from);
    rows.push_back(to);
    tidy(rows, from, to);
    stretch.rows.push_back(from);
    for (size_t i = 0; i + 1 < rows.size(); ++i) {
      refine(stretch, rows[i], rows[i + 1], stretch.columns.points(rows[i]), stretch.columns.points(rows[i + 1]), 0);
    }
    pointCount_ += stretch.rows.size() * stretch.columns.count();
    if (pointCount_ > kMostPoints) {
      throw Error(ExitCode::kDiagnostics, "The map's surface would have more than 40 million points.",
                  "Cut the map up, or paint fewer and longer dashes.");
    }
    stretches_.push_back(std::move(stretch));
  }

  /// Sorted, within the bounds, no two nearer than the shortest row; the bounds themselves stay.
  static void tidy(std::vector<double>& places, double first, double last) {
    std::sort(places.begin(), places.end());
    std::vector<double> kept{first};
    for (const double place : places) {
      if (place - kept.back() >= kShortestRow_m && last - place >= kShortestRow_m) kept.push_back(place);
    }
    kept.push_back(last);
    places = std::move(kept);
  }

  /// Rows until chords of the edges and the middle keep to the surface.
  void refine(Stretch& stretch, double from, double to, const std::vector<glm::dvec3>& first,
              const std::vector<glm::dvec3>& last, int depth) {
    const double middle_s = 0.5 * (from + to);
    const std::vector<glm::dvec3> middle = stretch.columns.points(middle_s);
    double worst = 0;
    for (const size_t c : {size_t{0}, middle.size() / 2, middle.size() - 1}) {
      worst = std::max(worst, glm::length(middle[c] - 0.5 * (first[c] + last[c])));
    }
    const bool isShort = to - from < 2 * kShortestRow_m || depth >= kDeepestSplit;
    if (!isShort && (worst > options_.chordError_m || to - from > options_.longest_m)) {
      refine(stretch, from, middle_s, first, middle, depth + 1);
      refine(stretch, middle_s, to, middle, last, depth + 1);
      return;
    }
    stretch.rows.push_back(to);
  }

  // -- shared rows
  size_t stretchCount(uint32_t r) const {
    const size_t end = r + 1 < firstStretch_.size() ? firstStretch_[r + 1] : stretches_.size();
    return end - firstStretch_[r];
  }

  void joinRows() {
    ends_.resize(2 * stretches_.size());
    for (uint32_t r = 0; r < roads_.size(); ++r) {
      for (size_t i = 0; i + 1 < stretchCount(r); ++i) {
        const size_t before = firstStretch_[r] + i;
        join({{before, true, 1}, {before + 1, false, 1}});
      }
    }
    for (const std::vector<uint32_t>& contact : contacts()) {
      std::vector<End> ends;
      for (const uint32_t roadEnd : contact) {
        const uint32_t r = roadEnd / 2;
        const bool atEnd = roadEnd % 2 == 1;
        if (stretchCount(r) == 0) continue;
        const size_t stretch = firstStretch_[r] + (atEnd ? stretchCount(r) - 1 : 0);
        const int sign = ends.empty() || ends.front().atLast != atEnd ? 1 : -1;
        const End end{stretch, atEnd, sign};
        if (ends.empty() || doMeet(ends.front(), end)) {
          ends.push_back(end);
        } else {
          join({{stretch, atEnd, 1}});
        }
      }
      if (!ends.empty()) join(ends);
    }
  }

  /// Road ends (2 r: start, 2 r + 1: end) that links tie together; each end is in one list, alone where it meets
  /// nothing.
  std::vector<std::vector<uint32_t>> contacts() const {
    std::vector<uint32_t> root(2 * roads_.size());
    std::iota(root.begin(), root.end(), 0u);
    const auto find = [&](uint32_t e) {
      while (root[e] != e) e = root[e] = root[root[e]];
      return e;
    };
    for (uint32_t r = 0; r < roads_.size(); ++r) {
      const RoadData& data = roads_[r].road().data();
      for (const bool atEnd : {false, true}) {
        const RoadLink& link = atEnd ? data.successor : data.predecessor;
        if (link.to != RoadLink::To::kRoad) continue;
        const uint32_t a = find(2 * r + (atEnd ? 1u : 0u)), b = find(2 * link.index + (link.atEnd ? 1u : 0u));
        root[std::max(a, b)] = std::min(a, b);
      }
    }
    std::map<uint32_t, std::vector<uint32_t>> groups;
    for (uint32_t e = 0; e < root.size(); ++e) groups[find(e)].push_back(e);
    std::vector<std::vector<uint32_t>> lists;
    for (auto& [first, group] : groups) lists.push_back(std::move(group));
    return lists;
  }

  double rowPlace(const End& end) const {
    const std::vector<double>& rows = stretches_[end.stretch].rows;
    return end.atLast ? rows.back() : rows.front();
  }

  bool doMeet(const End& a, const End& b) const {
    const RigidTransform poseA = roads_[stretches_[a.stretch].road].pose(rowPlace(a));
    const RigidTransform poseB = roads_[stretches_[b.stretch].road].pose(rowPlace(b));
    // The reference lines may lie apart, but in one slice.
    const glm::dvec3 apart = poseA.inverse() * poseB.translation;
    const double turn = wrapAngle(poseA.yaw_rad() - poseB.yaw_rad() + (b.sign > 0 ? 0 : kPi));
    return std::abs(apart.x) < kLargestGap_m && std::abs(apart.z) < kLargestStep_m && std::abs(apart.y) < 100 &&
           std::abs(turn) < kLargestBend_rad;
  }

  JointEnd& endOf(const End& end) { return ends_[2 * end.stretch + (end.atLast ? 1 : 0)]; }

  struct Contribution {
    double place = 0;
    size_t end = 0;
    uint32_t column = 0;
    glm::dvec3 point{0};
  };

  /// One row of all the ends' points: those that coincide are one; each lies on the highest of the ends' surfaces
  /// there.
  void join(const std::vector<End>& ends) {
    const double s = rowPlace(ends.front());
    const Road::CrossSection slice = roads_[stretches_[ends.front().stretch].road].crossSection(s);
    std::vector<Contribution> all;
    std::vector<std::vector<Contribution>> byEnd(ends.size());
    for (size_t e = 0; e < ends.size(); ++e) {
      const std::vector<glm::dvec3> points = stretches_[ends[e].stretch].columns.points(rowPlace(ends[e]));
      for (uint32_t c = 0; c < points.size(); ++c) {
        byEnd[e].push_back({glm::dot(points[c] - slice.origin, slice.left), e, c, points[c]});
      }
      // Of one end the columns keep their order, whatever the projection rounds.
      double last = -1e300;
      if (ends[e].sign < 0) std::reverse(byEnd[e].begin(), byEnd[e].end());
      for (Contribution& c : byEnd[e]) c.place = last = std::max(last, c.place);
      all.insert(all.end(), byEnd[e].begin(), byEnd[e].end());
      endOf(ends[e]).row = rows_.size();
      endOf(ends[e]).pointOf.resize(points.size());
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Contribution& a, const Contribution& b) { return a.place < b.place; });
    JointRow row;
    for (size_t i = 0; i < all.size();) {
      size_t canonical = i, j = i;
      for (; j < all.size() && all[j].place - all[i].place <= kSamePoint_m; ++j) {
        if (all[j].end < all[canonical].end) canonical = j;
        endOf(ends[all[j].end]).pointOf[all[j].column] = static_cast<uint32_t>(row.points.size());
      }
      glm::dvec3 point = all[canonical].point;
      for (const std::vector<Contribution>& other : byEnd)
        point.z = std::max(point.z, heightOn(other, all[canonical].place, point.z));
      row.points.push_back(snapped(point));
      row.places.push_back(all[canonical].place);
      i = j;
    }
    rows_.push_back(std::move(row));
  }

  /// z of an end's row at a place across; `otherwise` beside it.
  static double heightOn(const std::vector<Contribution>& row, double place, double otherwise) {
    for (size_t i = 0; i + 1 < row.size(); ++i) {
      const double from = row[i].place, to = row[i + 1].place;
      // Strictly inside, so that a point of the row is itself and not its neighbour across a step.
      if (!(place > from + kSamePoint_m && place < to - kSamePoint_m)) continue;
      return glm::mix(row[i].point.z, row[i + 1].point.z, (place - from) / (to - from));
    }
    return otherwise;
  }

  // -- triangles
  struct Chain {
    std::vector<uint32_t> first;  ///< by column: its point in the stretch
    std::vector<double> places;   ///< by point of the row
    uint32_t base = 0;
    int direction = 1;  ///< points between columns ascend or descend
  };

  /// Adds a row's points to a stretch; columns are found by `first`, points in between belong to neighbours.
  Chain addRow(size_t index, size_t r, SurfaceStretch& out) {
    const Stretch& stretch = stretches_[index];
    Chain chain;
    chain.base = static_cast<uint32_t>(out.points.size());
    const bool isFirst = r == 0, isLast = r + 1 == stretch.rows.size();
    if (!isFirst && !isLast) {
      for (const glm::dvec3& point : stretch.columns.points(stretch.rows[r])) {
        chain.first.push_back(static_cast<uint32_t>(chain.places.size()));
        chain.places.push_back(static_cast<double>(chain.places.size()));
        out.points.push_back(snapped(point));
      }
      return chain;
    }
    const JointEnd& end = ends_[2 * index + (isLast ? 1 : 0)];
    const JointRow& row = rows_[end.row];
    const auto [low, high] = std::minmax(end.pointOf.front(), end.pointOf.back());
    chain.direction = end.pointOf.front() <= end.pointOf.back() ? 1 : -1;
    for (uint32_t i = low; i <= high; ++i) {
      out.points.push_back(row.points[i]);
      chain.places.push_back(row.places[i]);
    }
    for (const uint32_t point : end.pointOf) chain.first.push_back(point - low);
    return chain;
  }

  SurfaceStretch emit(size_t index) {
    const Stretch& stretch = stretches_[index];
    SurfaceStretch out;
    out.road = stretch.road;
    Chain before = addRow(index, 0, out);
    for (size_t r = 0; r + 1 < stretch.rows.size(); ++r) {
      Chain after = addRow(index, r + 1, out);
      const double middle_s = 0.5 * (stretch.rows[r] + stretch.rows[r + 1]);
      const std::vector<double> places = stretch.columns.places(middle_s);
      for (size_t c = 0; c + 1 < stretch.columns.count(); ++c) {
        zip(before, after, c, stretch.columns.kindAt(c, middle_s, places), out);
      }
      before = std::move(after);
    }
    return out;
  }

  /// Fills the cell between two columns of two rows, each with what neighbours put between them.
  static void zip(const Chain& near, const Chain& far, size_t column, const SurfaceKind& kind, SurfaceStretch& out) {
    struct Walk {
      const Chain& chain;
      uint32_t at, end;
      uint32_t next() const { return static_cast<uint32_t>(static_cast<int64_t>(at) + chain.direction); }
      double share(uint32_t i, uint32_t start) const {
        const double whole = chain.places[end] - chain.places[start];
        return whole == 0 ? 1 : (chain.places[i] - chain.places[start]) / whole;
      }
    };
    Walk a{near, near.first[column], near.first[column + 1]}, b{far, far.first[column], far.first[column + 1]};
    const uint32_t startA = a.at, startB = b.at;
    const auto add = [&](uint32_t i, uint32_t j, uint32_t k) {
      const glm::dvec3 &p = out.points[i], &q = out.points[j], &r = out.points[k];
      if (p == q || q == r || r == p || glm::length(glm::cross(q - p, r - p)) < 1e-9) return;
      out.triangles.push_back({{i, j, k}, kind});
    };
    while (a.at != a.end || b.at != b.end) {
      const bool stepsA = b.at == b.end || (a.at != a.end && a.share(a.next(), startA) <= b.share(b.next(), startB));
      if (stepsA) {
        add(near.base + a.at, far.base + b.at, near.base + a.next());
        a.at = a.next();
      } else {
        add(near.base + a.at, far.base + b.at, far.base + b.next());
        b.at = b.next();
      }
    }
  }

  /// Ways through a junction cross each other on one level: of two surfaces one is enough.
  void clearJunctions(std::vector<SurfaceStretch>& surface, size_t junctionCount) const {
    std::vector<JunctionStretches> junctions(junctionCount);
    for (uint32_t r = 0; r < roads_.size(); ++r) {
      const RoadData& data = roads_[r].road().data();
      const size_t first = firstStretch_[r], count = stretchCount(r);
      if (count == 0) continue;
      if (data.junction >= 0) {
        std::vector<size_t>& ways = junctions[static_cast<size_t>(data.junction)].ways;
        for (size_t i = 0; i < count; ++i) ways.push_back(first + i);
        continue;
      }
      for (const bool atEnd : {false, true}) {
        const RoadLink& link = atEnd ? data.successor : data.predecessor;
        if (link.to != RoadLink::To::kJunction) continue;
        std::vector<size_t>& arms = junctions[link.index].arms;
        const size_t stretch = atEnd ? first + count - 1 : first;
        if (std::find(arms.begin(), arms.end(), stretch) == arms.end()) arms.push_back(stretch);
      }
    }
    for (const JunctionStretches& junction : junctions) joinWays(surface, junction);
  }

  const RoadNetwork& network_;
  const SurfaceOptions& options_;
  std::vector<SurfaceCut> cuts_;             ///< the caller's, then what is painted
  std::vector<std::vector<size_t>> cutsOf_;  ///< by road
  std::vector<std::vector<double>> bounds_;  ///< by road
  size_t junctionCount_ = 0;
  std::vector<ExtendedRoad> roads_;
  std::vector<Stretch> stretches_;
  std::vector<size_t> firstStretch_;  ///< by road
  std::vector<JointRow> rows_;
  std::vector<JointEnd> ends_;  ///< by stretch: its first row, its last row
  size_t pointCount_ = 0;
};

}  // namespace

std::vector<SurfaceStretch> tessellate(const RoadNetwork& network, const SurfaceOptions& options,
                                       const std::vector<SurfaceCut>& cuts) {
  return Tessellator(network, options, cuts).build();
}

double vergeWidth(const Road& road, double side, double wanted_m) {
  double width = wanted_m;
  for (const double s : road.data().line.stations(0.2, 5)) {
    const double curvature = side * road.curvature_1pm(s);
    if (curvature <= 0) continue;
    const double edge = side > 0 ? road.leftEdge_m(s) : -road.rightEdge_m(s);
    width = std::min(width, 0.7 * (1 / curvature - edge));
  }
  return std::max(width, std::min(wanted_m, 0.05));
}

}  // namespace nightfog::road
