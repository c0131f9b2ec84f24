#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "engine/content/import/triangle_soup.hpp"

namespace nightfog::content {
namespace {

/// Vertices at the same place get the same number. The grid is a millionth of the size: what artists duplicate along
/// seams of texture and shading coincides.
std::vector<uint32_t> placesOf(const TriangleSoup& soup) {
  glm::vec3 low(0);
  glm::vec3 high(0);
  if (!soup.positions.empty()) low = high = soup.positions.front();
  for (const glm::vec3& p : soup.positions) {
    low = glm::min(low, p);
    high = glm::max(high, p);
  }
  const double cell = std::max(1e-9, 1e-6 * static_cast<double>(glm::length(high - low)));
  struct Key {
    int64_t x, y, z;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    size_t operator()(const Key& k) const {
      uint64_t h = 0;
      for (const int64_t v : {k.x, k.y, k.z}) h = (h ^ static_cast<uint64_t>(v)) * 0x9E3779B97F4A7C15ull;
      return static_cast<size_t>(h ^ (h >> 32));
    }
  };
  std::unordered_map<Key, uint32_t, Hash> known;  // looked up only
  std::vector<uint32_t> places(soup.positions.size());
  for (size_t i = 0; i < places.size(); ++i) {
    const glm::dvec3 p(soup.positions[i] - low);
    const Key key{std::llround(p.x / cell), std::llround(p.y / cell), std::llround(p.z / cell)};
    places[i] = known.try_emplace(key, static_cast<uint32_t>(i)).first->second;
  }
  return places;
}

struct Edge {
  uint32_t low, high;
  uint32_t triangle;
  bool isForward;  ///< walked from low to high
  bool operator<(const Edge& o) const { return std::tie(low, high, triangle) < std::tie(o.low, o.high, o.triangle); }
};

class UnionFind {
 public:
  explicit UnionFind(size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0u); }
  uint32_t find(uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(uint32_t a, uint32_t b) {
    a = find(a);
    b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<uint32_t> parent_;
};

}  // namespace

size_t TriangleSoup::keepOnly(const std::vector<bool>& isKept) {
  const size_t before = triangles.size();
  size_t kept = 0;
  for (size_t t = 0; t < before; ++t) {
    if (!isKept[t]) continue;
    triangles[kept] = triangles[t];
    materialOfTriangle[kept] = materialOfTriangle[t];
    partOfTriangle[kept++] = partOfTriangle[t];
  }
  triangles.resize(kept);
  materialOfTriangle.resize(kept);
  partOfTriangle.resize(kept);
  return before - kept;
}

SurfaceTopology examine(const TriangleSoup& soup) {
  SurfaceTopology topology;
  topology.placeOfVertex = placesOf(soup);
  const std::vector<uint32_t>& places = topology.placeOfVertex;
  std::vector<Edge> edges;
  edges.reserve(3 * soup.triangles.size());
  for (size_t t = 0; t < soup.triangles.size(); ++t) {
    for (glm::length_t k = 0; k < 3; ++k) {
      const uint32_t a = places[soup.triangles[t][k]];
      const uint32_t b = places[soup.triangles[t][(k + 1) % 3]];
      if (a != b) edges.push_back({std::min(a, b), std::max(a, b), static_cast<uint32_t>(t), a < b});
    }
  }
  std::sort(edges.begin(), edges.end());
  UnionFind pieces(soup.triangles.size());
  for (size_t first = 0, last = 0; first < edges.size(); first = last) {
    while (last < edges.size() && edges[last].low == edges[first].low && edges[last].high == edges[first].high) ++last;
    ++topology.edges;
    const size_t count = last - first;
    if (count == 1) ++topology.openEdges;
    if (count > 2) ++topology.crowdedEdges;
    if (count != 2) continue;
    if (edges[first].isForward != edges[first + 1].isForward) {
      pieces.join(edges[first].triangle, edges[first + 1].triangle);
    } else {
      ++topology.contraryEdges;
    }
  }
  topology.pieceOfTriangle.resize(soup.triangles.size());
  for (size_t t = 0; t < soup.triangles.size(); ++t) {
    const uint32_t root = pieces.find(static_cast<uint32_t>(t));  // the piece's first triangle
    topology.pieceOfTriangle[t] = root == t ? topology.pieces++ : topology.pieceOfTriangle[root];
  }
  return topology;
}

size_t dropDoubles(TriangleSoup& soup, const SurfaceTopology& topology, const OutsideView& view) {
  struct Corners {
    std::array<uint32_t, 3> places;  // ascending
    uint32_t triangle;
    bool isEven;  // of the permutation that sorts them: tells the side
  };
  std::vector<Corners> all(soup.triangles.size());
  for (uint32_t t = 0; t < all.size(); ++t) {
    const glm::uvec3& v = soup.triangles[t];
    std::array<uint32_t, 3> p{topology.placeOfVertex[v.x], topology.placeOfVertex[v.y], topology.placeOfVertex[v.z]};
    const bool isEven = ((p[0] > p[1]) + (p[0] > p[2]) + (p[1] > p[2])) % 2 == 0;
    std::sort(p.begin(), p.end());
    all[t] = {p, t, isEven};
  }
  std::sort(all.begin(), all.end(), [](const Corners& a, const Corners& b) {
    return std::tie(a.places, a.triangle) < std::tie(b.places, b.triangle);
  });
  std::vector<bool> isKept(soup.triangles.size(), true);
  for (size_t i = 1, first = 0; i < all.size(); ++i) {
    if (all[i].places != all[first].places) {
      first = i;
      continue;
    }
    const uint32_t a = all[first].triangle;
    const uint32_t b = all[i].triangle;
    const bool isOtherSide = all[i].isEven != all[first].isEven;
    if (!isOtherSide && soup.materialOfTriangle[a] != soup.materialOfTriangle[b]) continue;
    const bool isSecondSeen = isOtherSide && view.frontOfTriangle[b] > view.frontOfTriangle[a];
    isKept[isSecondSeen ? a : b] = false;
    if (isSecondSeen) first = i;
  }
  for (size_t t = 0; t < isKept.size(); ++t) {
    const uint32_t seen = std::max(view.frontOfTriangle[t], view.backOfTriangle[t]);
    if (view.coveredOfTriangle[t] > 1 && view.coveredOfTriangle[t] > seen) isKept[t] = false;
  }
  return soup.keepOnly(isKept);
}

}  // namespace nightfog::content
