// Boxes in the plane, found by nearness: a binary tree over them, so that a look-up costs the logarithm of their
// number.
#pragma once

#include <cstdint>
#include <glm/glm.hpp>
#include <vector>

namespace nightfog::road {

struct PlanBox {
  glm::dvec2 min{1e300};
  glm::dvec2 max{-1e300};
  void include(const glm::dvec2& p) { min = glm::min(min, p), max = glm::max(max, p); }
  void grow(double by) { min -= by, max += by; }
  /// Distance of a point from the box; 0 inside.
  double distance(const glm::dvec2& p) const {
    return glm::length(glm::max(glm::max(min - p, p - max), glm::dvec2(0)));
  }
};

class BoxTree {
 public:
  BoxTree() = default;
  explicit BoxTree(const std::vector<PlanBox>& boxes);

  /// Calls `visit(index)` for boxes that are no farther than what `visit` last returned (a distance; start with
  /// `within`), near ones first where that is cheap to know. Every box that could beat the bound is visited.
  template <class Visit>
  void visitNear(const glm::dvec2& point, double within, Visit&& visit) const {
    if (nodes_.empty()) return;
    struct Entry {
      uint32_t node;
      double distance;
    };
    Entry stack[64];
    int depth = 0;
    stack[depth++] = {0, nodes_[0].box.distance(point)};
    while (depth > 0) {
      const Entry entry = stack[--depth];
      if (entry.distance > within) continue;
      const Node& node = nodes_[entry.node];
      if (node.count > 0) {
        for (uint32_t i = 0; i < node.count; ++i) within = visit(order_[node.first + i]);
        continue;
      }
      Entry a{node.first, nodes_[node.first].box.distance(point)};
      Entry b{node.first + 1, nodes_[node.first + 1].box.distance(point)};
      if (a.distance > b.distance) std::swap(a, b);
      stack[depth++] = b;  // the nearer one comes off first
      stack[depth++] = a;
    }
  }

 private:
  struct Node {
    PlanBox box;
    uint32_t first = 0;  ///< leaf: into order_; else the left child, the right one follows
    uint32_t count = 0;  ///< 0: inner node
  };
  void split(uint32_t node, uint32_t first, uint32_t count, const std::vector<PlanBox>& boxes);

  std::vector<Node> nodes_;
  std::vector<uint32_t> order_;
};

}  // namespace nightfog::road
