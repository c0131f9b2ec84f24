#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <map>

#include "engine/content/import/triangle_soup.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::content {
namespace {

constexpr int kSize = 256;
constexpr uint32_t kNone = 0xffffffffu;

/// Towards the viewer. Nobody looks from below: a car without a floor shows the inside of its roof there.
std::vector<glm::vec3> viewDirections() {
  std::vector<glm::vec3> directions;
  for (const double elevation : {0.12, 0.75}) {
    for (int i = 0; i < 8; ++i) {
      const double azimuth = (i + 0.5 * (elevation > 0.5 ? 1 : 0)) * kPi / 4 + 0.05;
      directions.emplace_back(std::cos(azimuth) * std::cos(elevation), std::sin(azimuth) * std::cos(elevation),
                              std::sin(elevation));
    }
  }
  directions.emplace_back(0.01f, 0.007f, 0.99992f);
  return directions;
}

struct Pixel {
  float depth = -std::numeric_limits<float>::infinity();  ///< towards the viewer
  uint32_t triangle = kNone;
  uint32_t covered = kNone;  ///< the triangle on whose back the nearest lies
  bool isFront = false;
};

/// An orthographic picture of the nearest triangles.
class View {
 public:
  View(const TriangleSoup& soup, const glm::vec3& towards, const glm::vec3& centre, float radius)
      : soup_(soup), towards_(towards), centre_(centre), scale_(0.5f * kSize / radius), sameDepth_(1e-4f * radius) {
    right_ = glm::normalize(glm::cross(glm::vec3(0, 0, 1), towards));
    up_ = glm::cross(towards, right_);
    for (size_t t = 0; t < soup.triangles.size(); ++t) draw(static_cast<uint32_t>(t));
  }
  const std::vector<Pixel>& pixels() const { return pixels_; }

 private:
  glm::vec3 onScreen(uint32_t vertex) const {
    const glm::vec3 p = soup_.positions[vertex] - centre_;
    return {0.5f * kSize + scale_ * glm::dot(p, right_), 0.5f * kSize + scale_ * glm::dot(p, up_),
            glm::dot(p, towards_)};
  }

  void draw(uint32_t triangle) {
    const glm::uvec3& t = soup_.triangles[triangle];
    const glm::vec3 a = onScreen(t.x), b = onScreen(t.y), c = onScreen(t.z);
    const float area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
    if (std::abs(area) < 1e-9f) return;
    const auto first = [](float f) { return std::clamp(static_cast<int>(std::ceil(f - 0.5f)), 0, kSize); };
    const int x0 = first(std::min({a.x, b.x, c.x})), x1 = first(std::max({a.x, b.x, c.x}));
    const int y0 = first(std::min({a.y, b.y, c.y})), y1 = first(std::max({a.y, b.y, c.y}));
    for (int y = y0; y < y1; ++y) {
      for (int x = x0; x < x1; ++x) {
        const float px = static_cast<float>(x) + 0.5f, py = static_cast<float>(y) + 0.5f;
        const float u = ((b.x - px) * (c.y - py) - (c.x - px) * (b.y - py)) / area;
        const float v = ((c.x - px) * (a.y - py) - (a.x - px) * (c.y - py)) / area;
        const float w = 1 - u - v;
        if (u < 0 || v < 0 || w < 0) continue;
        put(pixels_[static_cast<size_t>(y) * kSize + static_cast<size_t>(x)], u * a.z + v * b.z + w * c.z, triangle,
            area > 0);
      }
    }
  }

  /// Of two faces back to back the one that looks at the viewer is seen, and covers the other.
  void put(Pixel& pixel, float depth, uint32_t triangle, bool isFront) const {
    const float gain = depth - pixel.depth;
    if (std::abs(gain) > sameDepth_ || pixel.triangle == kNone) {
      if (gain > 0) pixel = {depth, triangle, kNone, isFront};
      return;
    }
    if (isFront == pixel.isFront) return;
    const uint32_t front = isFront ? triangle : pixel.triangle;
    const uint32_t back = isFront ? pixel.triangle : triangle;
    pixel = {std::max(depth, pixel.depth), front, isSkinOf(front, back) ? back : kNone, true};
  }

  /// Within some 15 degrees of lying flat on it; at an edge the faces of a body meet as well.
  bool isSkinOf(uint32_t front, uint32_t back) const {
    const glm::vec3 a = faceNormal(front), b = faceNormal(back);
    return glm::dot(a, b) < -0.96f * glm::length(a) * glm::length(b);
  }
  glm::vec3 faceNormal(uint32_t triangle) const {
    const glm::uvec3& t = soup_.triangles[triangle];
    const glm::vec3 a = soup_.positions[t.x];
    return glm::cross(soup_.positions[t.y] - a, soup_.positions[t.z] - a);
  }

  const TriangleSoup& soup_;
  glm::vec3 towards_, right_{1, 0, 0}, up_{0, 0, 1}, centre_;
  float scale_ = 1;
  float sameDepth_ = 0;
  std::vector<Pixel> pixels_ = std::vector<Pixel>(size_t{kSize} * kSize);
};

}  // namespace

double OutsideView::backShare() const {
  double fronts = 0;
  double backs = 0;
  for (const uint32_t n : front) fronts += n;
  for (const uint32_t n : back) backs += n;
  return fronts + backs > 0 ? backs / (fronts + backs) : 0;
}

OutsideView lookFromOutside(const TriangleSoup& soup, const SurfaceTopology& topology,
                            const std::vector<bool>& isTwoSided) {
  OutsideView seen;
  seen.front.resize(topology.pieces);
  seen.back.resize(topology.pieces);
  seen.frontOfTriangle.resize(soup.triangles.size());
  seen.backOfTriangle.resize(soup.triangles.size());
  seen.coveredOfTriangle.resize(soup.triangles.size());
  if (soup.triangles.empty()) return seen;
  glm::vec3 low(std::numeric_limits<float>::max());
  glm::vec3 high(std::numeric_limits<float>::lowest());
  for (const glm::uvec3& t : soup.triangles) {
    for (glm::length_t k = 0; k < 3; ++k) {
      low = glm::min(low, soup.positions[t[k]]);
      high = glm::max(high, soup.positions[t[k]]);
    }
  }
  const float radius = std::max(1e-6f, 0.5f * glm::length(high - low));
  for (const glm::vec3& towards : viewDirections()) {
    const View view(soup, towards, 0.5f * (low + high), radius);
    for (const Pixel& pixel : view.pixels()) {
      if (pixel.triangle == kNone) continue;
      ++(pixel.isFront ? seen.frontOfTriangle : seen.backOfTriangle)[pixel.triangle];
      if (pixel.covered != kNone) ++seen.coveredOfTriangle[pixel.covered];
      if (isTwoSided[soup.materialOfTriangle[pixel.triangle]]) continue;
      ++(pixel.isFront ? seen.front : seen.back)[topology.pieceOfTriangle[pixel.triangle]];
    }
  }
  return seen;
}

size_t turnOutward(TriangleSoup& soup, const SurfaceTopology& topology, const OutsideView& view) {
  size_t turned = 0;
  for (uint32_t piece = 0; piece < topology.pieces; ++piece) turned += view.back[piece] > view.front[piece] ? 1 : 0;
  for (size_t t = 0; t < soup.triangles.size(); ++t) {
    const uint32_t piece = topology.pieceOfTriangle[t];
    if (view.back[piece] > view.front[piece]) std::swap(soup.triangles[t].y, soup.triangles[t].z);
  }
  return turned;
}

namespace {

void makeUnit(std::vector<glm::vec3>& normals) {
  for (glm::vec3& normal : normals) {
    const float length = glm::length(normal);
    normal = length > 1e-6f && std::isfinite(length) ? normal / length : glm::vec3(0);
  }
}

/// What is done to a corner of the first sample is done to it in another.
void appendMended(CornerSample& sample, const glm::uvec3& triangle, glm::length_t k, bool isTurned) {
  const glm::vec3 position = sample.positions[triangle[k]];
  const glm::vec3 given = sample.normals[triangle[k]];
  const glm::vec3 a = sample.positions[triangle.x];
  const glm::vec3 cross = glm::cross(sample.positions[triangle.y] - a, sample.positions[triangle.z] - a);
  const float twiceArea = glm::length(cross);
  sample.positions.push_back(position);
  sample.normals.push_back(isTurned ? -given : twiceArea > 0 ? cross / twiceArea : given);
}

}  // namespace

void mendNormals(TriangleSoup& soup) {
  makeUnit(soup.normals);
  for (CornerSample& sample : soup.laterSamples) makeUnit(sample.normals);
  // A vertex whose normal suits one of its faces and not another becomes two.
  std::map<std::array<uint32_t, 4>, uint32_t> mended;
  for (glm::uvec3& t : soup.triangles) {
    const glm::vec3 a = soup.positions[t.x];
    const glm::vec3 cross = glm::cross(soup.positions[t.y] - a, soup.positions[t.z] - a);
    const float twiceArea = glm::length(cross);
    if (!(twiceArea > 0)) continue;
    const glm::vec3 face = cross / twiceArea;
    for (glm::length_t k = 0; k < 3; ++k) {
      const glm::vec3 given = soup.normals[t[k]];
      const float cosine = glm::dot(given, face);
      if (cosine > 0.02f) continue;
      const glm::vec3 normal = cosine < -0.5f ? -given : face;
      const std::array<uint32_t, 4> key{t[k], std::bit_cast<uint32_t>(normal.x), std::bit_cast<uint32_t>(normal.y),
                                        std::bit_cast<uint32_t>(normal.z)};
      const auto [known, isNew] = mended.try_emplace(key, static_cast<uint32_t>(soup.positions.size()));
      if (isNew) {
        const glm::vec3 position = soup.positions[t[k]];  // copies: the vectors may move
        const glm::vec2 uv = soup.uvs[t[k]];
        soup.positions.push_back(position);
        soup.normals.push_back(normal);
        soup.uvs.push_back(uv);
        for (CornerSample& sample : soup.laterSamples) appendMended(sample, t, k, cosine < -0.5f);
      }
      t[k] = known->second;
    }
  }
}

}  // namespace nightfog::content
