#include "engine/content/import/part_motion.hpp"

#include <cmath>
#include <optional>

namespace nightfog::content {
namespace {

/// Corners are floats: what lies nearer than this is the same place, m.
double nearness(const glm::vec3& p) {
  return 1e-4 + 1e-5 * static_cast<double>(glm::length(p));
}

/// nothing if the matrix does more than turn and shift.
std::optional<RigidTransform> rigidFrom(const glm::dmat3& linear, const glm::dvec3& shift) {
  const glm::dmat3 excess = glm::transpose(linear) * linear - glm::dmat3(1.0);
  for (glm::length_t i = 0; i < 3; ++i) {
    if (!(glm::length(excess[i]) < 1e-4)) return std::nullopt;  // false for NaN
  }
  if (glm::determinant(linear) < 0) return std::nullopt;
  RigidTransform out;
  out.rotation = glm::normalize(glm::quat_cast(linear));
  out.translation = shift;
  return out;
}

}  // namespace

void PartMotion::addCorners(uint32_t first, size_t end, bool isRigid, size_t node) {
  if (ranges_.empty()) node_ = node;
  isCandidate_ = isCandidate_ && isRigid;
  ranges_.push_back({first, static_cast<uint32_t>(end)});
}

std::vector<RigidTransform> PartMotion::resolve(const TriangleSoup& soup,
                                                const std::vector<std::vector<glm::dmat4>>& poses,
                                                const Placing& assetFromFile) const {
  if (ranges_.empty() || !isCandidate_) return {};
  const glm::dmat4& atRest = poses.front()[node_];
  if (!(std::abs(glm::determinant(glm::dmat3(atRest))) > 1e-12)) return {};
  const glm::dmat4 nodeFromFile = glm::inverse(atRest);
  std::vector<RigidTransform> motion;
  bool moves = false;
  for (size_t k = 0; k < poses.size(); ++k) {
    const glm::dmat4 fileFromRest = poses[k][node_] * nodeFromFile;
    const glm::dmat3 linear = assetFromFile.axes * glm::dmat3(fileFromRest) * glm::transpose(assetFromFile.axes);
    const glm::dvec3 shift = assetFromFile.scale * (assetFromFile.axes * glm::dvec3(fileFromRest[3])) +
                             assetFromFile.shift - linear * assetFromFile.shift;
    const auto assetFromRest = rigidFrom(linear, shift);
    if (!assetFromRest) return {};
    motion.push_back(*assetFromRest);
    if (k == 0) continue;
    const CornerSample& sample = soup.laterSamples[k - 1];
    for (const Range& range : ranges_) {
      for (uint32_t i = range.first; i < range.end; ++i) {
        const glm::dvec3 expected = *assetFromRest * glm::dvec3(soup.positions[i]);
        if (!(glm::length(expected - glm::dvec3(sample.positions[i])) < nearness(soup.positions[i]))) return {};
        moves = moves || sample.positions[i] != soup.positions[i];
      }
    }
  }
  return moves ? motion : std::vector<RigidTransform>{};
}

bool doesPartMove(const TriangleSoup& soup, uint32_t part) {
  for (size_t t = 0; t < soup.triangles.size(); ++t) {
    if (soup.partOfTriangle[t] != part) continue;
    for (glm::length_t k = 0; k < 3; ++k) {
      const uint32_t corner = soup.triangles[t][k];
      for (const CornerSample& sample : soup.laterSamples) {
        if (sample.positions[corner] != soup.positions[corner]) return true;
      }
    }
  }
  return false;
}

}  // namespace nightfog::content
