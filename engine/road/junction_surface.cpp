#include "engine/road/junction_surface.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "engine/core/error.hpp"

namespace nightfog::road {
namespace {

constexpr double kSnap_m = 1.0 / 16384;  ///< as the surface's own vertices
/// Vertices this near are one; edges that pass a vertex this near go through it.
constexpr double kWeld_m = 3 * kSnap_m;
/// Smaller pieces are left out: their neighbours close over them.
constexpr double kLeastArea_m2 = 1e-6;
/// Farther apart in height one is a bridge over the other.
constexpr double kLevel_m = 0.5;
constexpr double kLargestIsland_m2 = 40;
constexpr size_t kMostIslandCorners = 400;
constexpr size_t kMostSurfaceCuts = 5'000'000;

using Polygon = std::vector<glm::dvec3>;

double areaOf(const Polygon& p) {
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    const glm::dvec3 &a = p[i], &b = p[(i + 1) % p.size()];
    sum += (a.x - p[0].x) * (b.y - p[0].y) - (b.x - p[0].x) * (a.y - p[0].y);
  }
  return 0.5 * sum;
}

/// Positive to the left of a → b.
double sideOf(const glm::dvec3& a, const glm::dvec3& b, const glm::dvec3& p) {
  return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

/// Cuts a convex polygon along the line a → b.
void split(const Polygon& polygon, const glm::dvec3& a, const glm::dvec3& b, Polygon& left, Polygon& right) {
  left.clear();
  right.clear();
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  const auto distance = [&](const glm::dvec3& p) {
    const double d = sideOf(a, b, p) / length;
    return std::abs(d) < 0.5 * kSnap_m ? 0.0 : d;
  };
  for (size_t i = 0; i < polygon.size(); ++i) {
    const glm::dvec3 &p = polygon[i], &q = polygon[(i + 1) % polygon.size()];
    const double dp = distance(p), dq = distance(q);
    if (dp >= 0) left.push_back(p);
    if (dp <= 0) right.push_back(p);
    if ((dp > 0 && dq < 0) || (dp < 0 && dq > 0)) {
      const glm::dvec3 cut = glm::mix(p, q, dp / (dp - dq));
      left.push_back(cut);
      right.push_back(cut);
    }
  }
}

int rankOf(const SurfaceKind& kind) {
  if (kind.part == SurfacePart::kVerge) return 2;
  return kind.part == SurfacePart::kKerb || kind.lane == LaneKind::kSidewalk || kind.lane == LaneKind::kVerge ? 1 : 0;
}

/// Buckets over a rectangle of the plan; what lies outside falls into those at its edge.
template <class T>
class Grid {
 public:
  Grid(const glm::dvec3& low, const glm::dvec3& high) : low_(low) {
    const double extent = std::max({high.x - low.x, high.y - low.y, kCell_m});
    cell_m_ = std::max(kCell_m, extent / kMostCells);
    columns_ = 1 + static_cast<int>((high.x - low.x) / cell_m_);
    rows_ = 1 + static_cast<int>((high.y - low.y) / cell_m_);
    cells_.resize(static_cast<size_t>(columns_) * static_cast<size_t>(rows_));
  }
  void add(const glm::dvec3& low, const glm::dvec3& high, T value) {
    forEachCell(low, high, [&](size_t cell) { cells_[cell].push_back(value); });
  }
  template <class Use>
  void visit(const glm::dvec3& low, const glm::dvec3& high, Use&& use) const {
    forEachCell(low, high, [&](size_t cell) {
      for (const T& value : cells_[cell]) use(value);
    });
  }

 private:
  static constexpr double kCell_m = 0.5;
  static constexpr int kMostCells = 400;
  template <class Use>
  void forEachCell(const glm::dvec3& low, const glm::dvec3& high, Use&& use) const {
    const auto place = [&](double v, double from, int count) {
      return static_cast<int>(std::clamp(std::floor((v - from) / cell_m_), 0.0, count - 1.0));
    };
    const int x0 = place(low.x, low_.x, columns_), x1 = place(high.x, low_.x, columns_);
    const int y0 = place(low.y, low_.y, rows_), y1 = place(high.y, low_.y, rows_);
    for (int y = y0; y <= y1; ++y) {
      for (int x = x0; x <= x1; ++x)
        use(static_cast<size_t>(y) * static_cast<size_t>(columns_) + static_cast<size_t>(x));
    }
  }
  glm::dvec3 low_{0};
  double cell_m_ = 1;
  int columns_ = 1;
  int rows_ = 1;
  std::vector<std::vector<T>> cells_;
};

/// A piece of ground: a convex polygon of one stretch.
struct Piece {
  size_t stretch = 0;
  SurfaceKind kind;
  Polygon corners;
  bool isCut = false;
  bool isWay = true;
};

class Joiner {
 public:
  Joiner(std::vector<SurfaceStretch>& surface, const JunctionStretches& junction)
      : surface_(surface), junction_(junction), vertexGrid_(bound(surface, junction, low_, high_), high_) {}

  void run() {
    gather();
    cut();
    weld();
    pave();
    write();
  }

 private:
  /// The rectangle that all of it lies in: `low` comes back.
  static glm::dvec3 bound(const std::vector<SurfaceStretch>& surface, const JunctionStretches& junction,
                          glm::dvec3& low, glm::dvec3& high) {
    for (const std::vector<size_t>* list : {&junction.ways, &junction.arms}) {
      for (const size_t index : *list) {
        for (const glm::dvec3& point : surface[index].points) {
          low = glm::min(low, point);
          high = glm::max(high, point);
        }
      }
    }
    if (low.x > high.x) low = high = glm::dvec3(0);
    return low;
  }

  void gather() {
    for (const bool isWay : {true, false}) {
      for (const size_t index : isWay ? junction_.ways : junction_.arms) {
        const SurfaceStretch& stretch = surface_[index];
        for (const SurfaceTriangle& t : stretch.triangles) {
          pieces_.push_back({index,
                             t.kind,
                             {stretch.points[t.points.x], stretch.points[t.points.y], stretch.points[t.points.z]},
                             false,
                             isWay});
        }
      }
    }
  }

  /// Takes from each way's triangles what others cover already.
  void cut() {
    std::vector<size_t> order;
    for (size_t i = 0; i < pieces_.size(); ++i) {
      if (pieces_[i].isWay) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return rankOf(pieces_[a].kind) < rankOf(pieces_[b].kind); });
    struct Cover {
      uint32_t road = 0;
      std::array<glm::dvec3, 3> corners;
    };
    std::vector<Cover> covers;
    Grid<size_t> grid(low_, high_);
    std::vector<Piece> kept;
    Polygon inside, outside;
    size_t cuts = 0;
    for (const size_t index : order) {
      const Piece& piece = pieces_[index];
      const uint32_t road = surface_[piece.stretch].road;
      const glm::dvec3 low = glm::min(glm::min(piece.corners[0], piece.corners[1]), piece.corners[2]);
      const glm::dvec3 high = glm::max(glm::max(piece.corners[0], piece.corners[1]), piece.corners[2]);
      std::vector<size_t> near;
      grid.visit(low, high, [&](size_t c) {
        if (covers[c].road != road) near.push_back(c);
      });
      std::sort(near.begin(), near.end());
      near.erase(std::unique(near.begin(), near.end()), near.end());
      std::vector<Polygon> rest{piece.corners};
      bool isCut = false;
      for (const size_t c : near) {
        std::vector<Polygon> next;
        for (Polygon& polygon : rest) {
          if (!doOverlap(polygon, covers[c].corners)) {
            next.push_back(std::move(polygon));
            continue;
          }
          isCut = true;
          if (++cuts > kMostSurfaceCuts) {
            throw Error(ExitCode::kDiagnostics, "The ways of a junction overlap each other too often.",
                        "Split the junction, or take out ways that lie on each other.");
          }
          inside = polygon;
          for (size_t k = 0; k < 3 && inside.size() >= 3; ++k) {
            Polygon within;
            split(inside, covers[c].corners[k], covers[c].corners[(k + 1) % 3], within, outside);
            if (outside.size() >= 3 && areaOf(outside) > kLeastArea_m2) next.push_back(outside);
            inside = std::move(within);
          }
        }
        rest = std::move(next);
        if (rest.empty()) break;
      }
      covers.push_back({road, {piece.corners[0], piece.corners[1], piece.corners[2]}});
      grid.add(low, high, covers.size() - 1);
      for (Polygon& polygon : rest) kept.push_back({piece.stretch, piece.kind, std::move(polygon), isCut, true});
    }
    for (Piece& piece : pieces_) {
      if (!piece.isWay) kept.push_back(std::move(piece));
    }
    pieces_ = std::move(kept);
  }

  /// Do they share ground, on one level?
  static bool doOverlap(const Polygon& polygon, const std::array<glm::dvec3, 3>& cover) {
    if (sideOf(cover[0], cover[1], cover[2]) <= kLeastArea_m2) return false;
    // Convex: apart where an edge of either has all of the other on its outer side.
    const auto isApart = [](const auto& a, const auto& b) {
      for (size_t i = 0; i < a.size(); ++i) {
        const glm::dvec3 &p = a[i], &q = a[(i + 1) % a.size()];
        const double length = std::hypot(q.x - p.x, q.y - p.y);
        if (length < kSnap_m) continue;
        bool isOutside = true;
        for (const glm::dvec3& corner : b) isOutside = isOutside && sideOf(p, q, corner) <= kWeld_m * length;
        if (isOutside) return true;
      }
      return false;
    };
    if (isApart(polygon, cover) || isApart(cover, polygon)) return false;
    glm::dvec3 middle{0};
    for (const glm::dvec3& corner : polygon) middle += corner / static_cast<double>(polygon.size());
    return std::abs(middle.z - (cover[0].z + cover[1].z + cover[2].z) / 3) < kLevel_m;
  }

  /// The vertex at a place: one that lies there already, or a new one.
  uint32_t vertexAt(const glm::dvec3& p) {
    uint32_t found = 0xffffffffu;
    const glm::dvec3 reach(kWeld_m);
    vertexGrid_.visit(p - reach, p + reach, [&](uint32_t v) {
      const glm::dvec3& q = vertices_[v];
      const bool isNear =
          std::abs(q.x - p.x) <= kWeld_m && std::abs(q.y - p.y) <= kWeld_m && std::abs(q.z - p.z) < 0.01;
      if (isNear && v < found) found = v;
    });
    if (found != 0xffffffffu) return found;
    vertices_.push_back(glm::round(p / kSnap_m) * kSnap_m);
    found = static_cast<uint32_t>(vertices_.size() - 1);
    vertexGrid_.add(vertices_.back(), vertices_.back(), found);
    return found;
  }

  /// Corners become shared vertices; edges go through every vertex that lies on them.
  void weld() {
    // What was there first stays where it was: corners of whole triangles, then those of cut ones.
    corners_.resize(pieces_.size());
    for (const bool isCut : {false, true}) {
      for (size_t i = 0; i < pieces_.size(); ++i) {
        if (pieces_[i].isCut != isCut) continue;
        for (const glm::dvec3& corner : pieces_[i].corners) corners_[i].push_back(vertexAt(corner));
      }
    }
    for (size_t i = 0; i < pieces_.size(); ++i) {
      std::vector<uint32_t> loop;
      const std::vector<uint32_t> corners = corners_[i];
      for (size_t k = 0; k < corners.size(); ++k) {
        const uint32_t a = corners[k], b = corners[(k + 1) % corners.size()];
        if (a == b) continue;
        loop.push_back(a);
        const std::vector<uint32_t> between = verticesOn(a, b);
        loop.insert(loop.end(), between.begin(), between.end());
      }
      corners_[i] = std::move(loop);
    }
  }

  std::vector<uint32_t> verticesOn(uint32_t a, uint32_t b) const {
    const glm::dvec3 p = vertices_[a], q = vertices_[b];
    const glm::dvec2 along(q.x - p.x, q.y - p.y);
    const double length = glm::length(along);
    std::vector<std::pair<double, uint32_t>> found;
    if (length <= 2 * kWeld_m) return {};
    const glm::dvec3 reach(kWeld_m);
    vertexGrid_.visit(glm::min(p, q) - reach, glm::max(p, q) + reach, [&](uint32_t v) {
      if (v == a || v == b) return;
      const glm::dvec3 offset = vertices_[v] - p;
      const double share = (offset.x * along.x + offset.y * along.y) / (length * length);
      const double aside = std::abs(offset.y * along.x - offset.x * along.y) / length;
      if (share * length <= kWeld_m || (1 - share) * length <= kWeld_m || aside > kWeld_m) return;
      if (std::abs(glm::mix(p.z, q.z, share) - vertices_[v].z) > 0.01) return;
      found.emplace_back(share, v);
    });
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::vector<uint32_t> between;
    for (const auto& [share, v] : found) between.push_back(v);
    return between;
  }

  /// Fills what is enclosed: small islands between ways, and slits that snapping left.
  void pave() {
    std::map<std::pair<uint32_t, uint32_t>, int> edges;
    for (size_t i = 0; i < pieces_.size(); ++i) {
      for (size_t k = 0; k < corners_[i].size(); ++k) {
        const uint32_t a = corners_[i][k], b = corners_[i][(k + 1) % corners_[i].size()];
        // An edge and its reverse cancel.
        if (const auto reverse = edges.find({b, a}); reverse != edges.end() && reverse->second > 0) {
          --reverse->second;
        } else {
          ++edges[{a, b}];
        }
      }
    }
    std::map<uint32_t, std::vector<uint32_t>> leads;  // open edges, the ground to their left
    for (const auto& [edge, count] : edges) {
      for (int i = 0; i < count; ++i) leads[edge.first].push_back(edge.second);
    }
    while (!leads.empty()) {
      std::vector<uint32_t> loop{leads.begin()->first};
      uint32_t before = loop.front(), at = take(leads, before, before);
      while (at != loop.front() && at != 0xffffffffu) {
        loop.push_back(at);
        const uint32_t next = take(leads, before, at);
        before = at;
        at = next;
      }
      if (at == loop.front() && loop.size() >= 3 && loop.size() <= kMostIslandCorners) fill(std::move(loop));
    }
  }

  /// Walks on along an open edge from a vertex: where several begin, the one that keeps the hole to the right.
  uint32_t take(std::map<uint32_t, std::vector<uint32_t>>& leads, uint32_t before, uint32_t at) const {
    const auto found = leads.find(at);
    if (found == leads.end()) return 0xffffffffu;
    std::vector<uint32_t>& ways = found->second;
    size_t best = 0;
    if (before != at) {
      double least = 1e300;
      const glm::dvec3 come = vertices_[at] - vertices_[before];
      for (size_t i = 0; i < ways.size(); ++i) {
        const glm::dvec3 go = vertices_[ways[i]] - vertices_[at];
        const double turn = std::atan2(come.x * go.y - come.y * go.x, come.x * go.x + come.y * go.y);
        if (turn < least) least = turn, best = i;
      }
    }
    const uint32_t next = ways[best];
    ways.erase(ways.begin() + static_cast<ptrdiff_t>(best));
    if (ways.empty()) leads.erase(found);
    return next;
  }

  /// A loop that has its hole to the right is paved by cutting off its ears.
  void fill(std::vector<uint32_t> loop) {
    std::reverse(loop.begin(), loop.end());
    Polygon corners;
    for (const uint32_t v : loop) corners.push_back(vertices_[v]);
    const double area = areaOf(corners);
    if (area <= 0 || area > kLargestIsland_m2) return;
    SurfaceKind kind;
    kind.part = SurfacePart::kLane;
    kind.lane = LaneKind::kDriving;
    while (loop.size() > 3) {
      size_t ear = loop.size();
      double bluntest = -1;
      for (size_t i = 0; i < loop.size(); ++i) {
        const size_t h = (i + loop.size() - 1) % loop.size(), j = (i + 1) % loop.size();
        const glm::dvec3 &a = vertices_[loop[h]], &b = vertices_[loop[i]], &c = vertices_[loop[j]];
        const double twice = sideOf(a, b, c);
        if (twice < -kLeastArea_m2 * 1e-3) continue;
        bool isEmpty = true;
        for (size_t k = 0; k < loop.size() && isEmpty; ++k) {
          if (k == h || k == i || k == j) continue;
          const glm::dvec3& p = vertices_[loop[k]];
          isEmpty = !(sideOf(a, b, p) > 0 && sideOf(b, c, p) > 0 && sideOf(c, a, p) > 0);
        }
        const double quality = twice / (glm::dot(c - a, c - a) + 1e-12);
        if (isEmpty && quality > bluntest) bluntest = quality, ear = i;
      }
      if (ear == loop.size()) return;  // crosses itself
      addIsland(loop[(ear + loop.size() - 1) % loop.size()], loop[ear], loop[(ear + 1) % loop.size()], kind);
      loop.erase(loop.begin() + static_cast<ptrdiff_t>(ear));
    }
    addIsland(loop[0], loop[1], loop[2], kind);
  }

  void addIsland(uint32_t a, uint32_t b, uint32_t c, const SurfaceKind& kind) {
    pieces_.push_back({junction_.ways.front(), kind, {}, true, true});
    corners_.push_back({a, b, c});
  }

  void write() {
    std::map<size_t, std::map<uint32_t, uint32_t>> pointOf;  // by stretch, by vertex
    for (const std::vector<size_t>* list : {&junction_.ways, &junction_.arms}) {
      for (const size_t index : *list) {
        surface_[index].triangles.clear();
        surface_[index].points.clear();
      }
    }
    for (size_t i = 0; i < pieces_.size(); ++i) {
      SurfaceStretch& out = surface_[pieces_[i].stretch];
      std::map<uint32_t, uint32_t>& known = pointOf[pieces_[i].stretch];
      const std::vector<uint32_t>& loop = corners_[i];
      if (loop.size() < 3) continue;
      const auto pointAt = [&](uint32_t v) {
        const auto [entry, isNew] = known.emplace(v, static_cast<uint32_t>(out.points.size()));
        if (isNew) out.points.push_back(vertices_[v]);
        return entry->second;
      };
      if (loop.size() == 3) {
        out.triangles.push_back({{pointAt(loop[0]), pointAt(loop[1]), pointAt(loop[2])}, pieces_[i].kind});
        continue;
      }
      // From the middle to every edge: no triangle is flat, however many vertices lie on one line.
      glm::dvec3 middle{0};
      for (const uint32_t v : loop) middle += vertices_[v] / static_cast<double>(loop.size());
      const auto centre = static_cast<uint32_t>(out.points.size());
      out.points.push_back(glm::round(middle / kSnap_m) * kSnap_m);
      for (size_t k = 0; k < loop.size(); ++k) {
        const uint32_t a = pointAt(loop[k]), b = pointAt(loop[(k + 1) % loop.size()]);
        out.triangles.push_back({{centre, a, b}, pieces_[i].kind});
      }
    }
  }

  std::vector<SurfaceStretch>& surface_;
  const JunctionStretches& junction_;
  std::vector<Piece> pieces_;
  std::vector<std::vector<uint32_t>> corners_;  ///< by piece
  std::vector<glm::dvec3> vertices_;
  glm::dvec3 low_{1e300};
  glm::dvec3 high_{-1e300};
  Grid<uint32_t> vertexGrid_;
};

}  // namespace

void joinWays(std::vector<SurfaceStretch>& surface, const JunctionStretches& junction) {
  if (!junction.ways.empty()) Joiner(surface, junction).run();
}

}  // namespace nightfog::road
