// Does a clip move a part as a whole, or does the part bend?
#pragma once

#include <vector>

#include "engine/content/import/triangle_soup.hpp"

namespace nightfog::content {

/// asset = scale · axes · file + shift.
struct Placing {
  glm::dmat3 axes{1.0};
  double scale = 1;
  glm::dvec3 shift{0};
};

/// The corners of one part, collected while the nodes are walked.
class PartMotion {
 public:
  /// Corners first … end of the soup belong to the part; `node` moves them unless bones do.
  void addCorners(uint32_t first, size_t end, bool isRigid, size_t node);

  /// assetFromRest at each sample if one rigid motion, that of the part's first node, takes every corner where it is
  /// at that sample; empty if the part bends or stands still. `poses`: fileFromNode by sample.
  std::vector<RigidTransform> resolve(const TriangleSoup& soup, const std::vector<std::vector<glm::dmat4>>& poses,
                                      const Placing& assetFromFile) const;

 private:
  struct Range {
    uint32_t first = 0;
    uint32_t end = 0;
  };
  std::vector<Range> ranges_;
  size_t node_ = 0;
  bool isCandidate_ = true;
};

/// Whether any corner that a part's triangles use moves.
bool doesPartMove(const TriangleSoup& soup, uint32_t part);

}  // namespace nightfog::content
