#include "engine/road/box_tree.hpp"

#include <algorithm>
#include <numeric>

namespace nightfog::road {
namespace {
constexpr uint32_t kLeaf = 4;
}

BoxTree::BoxTree(const std::vector<PlanBox>& boxes) : order_(boxes.size()) {
  if (boxes.empty()) return;
  std::iota(order_.begin(), order_.end(), 0u);
  nodes_.reserve(boxes.size());
  nodes_.emplace_back();
  split(0, 0, static_cast<uint32_t>(boxes.size()), boxes);
}

// Halves by the median, so that the depth is the logarithm of the number: the look-up's stack cannot overflow.
void BoxTree::split(uint32_t node, uint32_t first, uint32_t count, const std::vector<PlanBox>& boxes) {
  PlanBox box, middles;
  for (uint32_t i = first; i < first + count; ++i) {
    box.include(boxes[order_[i]].min);
    box.include(boxes[order_[i]].max);
    middles.include(0.5 * (boxes[order_[i]].min + boxes[order_[i]].max));
  }
  nodes_[node].box = box;
  if (count <= kLeaf) {
    nodes_[node].first = first;
    nodes_[node].count = count;
    return;
  }
  const glm::dvec2 size = middles.max - middles.min;
  const glm::length_t axis = size.x >= size.y ? 0 : 1;
  const auto begin = order_.begin() + first;
  std::nth_element(begin, begin + count / 2, begin + count, [&](uint32_t a, uint32_t b) {
    const double ma = boxes[a].min[axis] + boxes[a].max[axis], mb = boxes[b].min[axis] + boxes[b].max[axis];
    return ma != mb ? ma < mb : a < b;
  });
  const auto child = static_cast<uint32_t>(nodes_.size());
  nodes_[node].first = child;
  nodes_.emplace_back();
  nodes_.emplace_back();
  split(child, first, count / 2, boxes);
  split(child + 1, first + count / 2, count - count / 2, boxes);
}

}  // namespace nightfog::road
