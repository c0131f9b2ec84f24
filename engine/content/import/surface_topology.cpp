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

SurfaceTopology examine(const TriangleSoup& soup) {
  const std::vector<uint32_t> places = placesOf(soup);
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
  SurfaceTopology topology;
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

}  // namespace nightfog::content
