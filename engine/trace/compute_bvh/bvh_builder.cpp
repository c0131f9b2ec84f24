#include "engine/trace/compute_bvh/bvh_builder.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "engine/core/error.hpp"

namespace nightfog::trace {

namespace {

constexpr int kBins = 16;
constexpr uint32_t kSubtreeItems = 8192;  ///< subtrees of at most this many items are built side by side
constexpr float kNone = std::numeric_limits<float>::max();

struct Item {
  Box box;
  uint32_t index = 0;
  float centre(int axis) const { return 0.5f * (box.low[axis] + box.high[axis]); }
};

/// A node of the binary tree. A leaf has left < 0.
struct BinaryNode {
  Box box;
  int left = -1;
  int right = -1;
  uint32_t first = 0;
  uint32_t count = 0;
};

Box emptyBox() {
  return {glm::vec3(kNone), glm::vec3(-kNone)};
}
void grow(Box& box, const Box& by) {
  box.low = glm::min(box.low, by.low);
  box.high = glm::max(box.high, by.high);
}
float halfArea(const Box& box) {
  if (box.isEmpty()) return 0;
  const glm::vec3 size = box.high - box.low;
  return size.x * size.y + size.y * size.z + size.z * size.x;
}

class Builder {
 public:
  Builder(std::vector<Item>& items, uint32_t itemsPerLeaf, bool byHalves)
      : items_(items), itemsPerLeaf_(itemsPerLeaf), byHalves_(byHalves) {}

  /// The binary tree over all items: its top one node at a time, the subtrees below in parallel, then put in order.
  std::vector<BinaryNode> build(Jobs& jobs) {
    std::vector<BinaryNode> nodes;
    std::vector<int> subtrees;
    const auto count = static_cast<uint32_t>(items_.size());
    splitDown(nodes, addNode(nodes, 0, count), std::max(kSubtreeItems, itemsPerLeaf_), &subtrees);
    std::vector<std::vector<BinaryNode>> built(subtrees.size());
    jobs.parallelFor(subtrees.size(), 1, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        const BinaryNode& root = nodes[static_cast<size_t>(subtrees[i])];
        splitDown(built[i], addNode(built[i], root.first, root.count), itemsPerLeaf_, nullptr);
      }
    });
    for (size_t i = 0; i < subtrees.size(); ++i) {
      const int offset = static_cast<int>(nodes.size()) - 1;  // node 0 of the subtree takes the place it hangs at
      for (BinaryNode& node : built[i]) {
        if (node.left < 0) continue;
        node.left += offset;
        node.right += offset;
      }
      nodes[static_cast<size_t>(subtrees[i])] = built[i][0];
      nodes.insert(nodes.end(), built[i].begin() + 1, built[i].end());
    }
    return nodes;
  }

 private:
  int addNode(std::vector<BinaryNode>& nodes, uint32_t first, uint32_t count) const {
    BinaryNode node{emptyBox(), -1, -1, first, count};
    for (uint32_t i = first; i < first + count; ++i) grow(node.box, items_[i].box);
    nodes.push_back(node);
    return static_cast<int>(nodes.size()) - 1;
  }

  /// Splits until nodes hold at most `enough` items; those are listed in `unsplit` when they are to be split further
  /// elsewhere.
  void splitDown(std::vector<BinaryNode>& nodes, int root, uint32_t enough, std::vector<int>* unsplit) {
    std::vector<int> open{root};
    while (!open.empty()) {
      const int at = open.back();
      open.pop_back();
      const uint32_t first = nodes[static_cast<size_t>(at)].first;
      const uint32_t count = nodes[static_cast<size_t>(at)].count;
      if (count <= enough) {
        if (unsplit != nullptr && count > itemsPerLeaf_) unsplit->push_back(at);
        continue;
      }
      const uint32_t middle = split(nodes[static_cast<size_t>(at)]);
      const int left = addNode(nodes, first, middle - first);
      const int right = addNode(nodes, middle, first + count - middle);
      nodes[static_cast<size_t>(at)].left = left;
      nodes[static_cast<size_t>(at)].right = right;
      open.push_back(right);
      open.push_back(left);
    }
  }

  /// Puts the node's items into two groups; returns where the second begins.
  uint32_t split(const BinaryNode& node) {
    glm::vec3 low(kNone);
    glm::vec3 high(-kNone);
    for (uint32_t i = node.first; i < node.first + node.count; ++i) {
      const glm::vec3 centre(items_[i].centre(0), items_[i].centre(1), items_[i].centre(2));
      low = glm::min(low, centre);
      high = glm::max(high, centre);
    }
    const glm::vec3 size = high - low;
    const int widest = size.x >= size.y && size.x >= size.z ? 0 : (size.y >= size.z ? 1 : 2);
    if (byHalves_) return halve(node, widest);
    float bestCost = kNone;
    int bestAxis = -1;
    int bestBin = 0;
    for (int axis = 0; axis < 3; ++axis) {
      if (!(size[axis] > 0.0f)) continue;
      std::array<Box, kBins> boxes;
      std::array<uint32_t, kBins> counts{};
      boxes.fill(emptyBox());
      for (uint32_t i = node.first; i < node.first + node.count; ++i) {
        const int bin = binOf(items_[i], axis, low[axis], size[axis]);
        grow(boxes[static_cast<size_t>(bin)], items_[i].box);
        ++counts[static_cast<size_t>(bin)];
      }
      std::array<float, kBins> rightCost{};
      Box right = emptyBox();
      uint32_t rightCount = 0;
      for (int bin = kBins - 1; bin > 0; --bin) {
        grow(right, boxes[static_cast<size_t>(bin)]);
        rightCount += counts[static_cast<size_t>(bin)];
        rightCost[static_cast<size_t>(bin)] = halfArea(right) * static_cast<float>(rightCount);
      }
      Box left = emptyBox();
      uint32_t leftCount = 0;
      for (int bin = 1; bin < kBins; ++bin) {
        grow(left, boxes[static_cast<size_t>(bin) - 1]);
        leftCount += counts[static_cast<size_t>(bin) - 1];
        if (leftCount == 0 || leftCount == node.count) continue;
        const float cost = halfArea(left) * static_cast<float>(leftCount) + rightCost[static_cast<size_t>(bin)];
        if (cost < bestCost) {
          bestCost = cost;
          bestAxis = axis;
          bestBin = bin;
        }
      }
    }
    if (bestAxis < 0) return halve(node, widest);  // all centres in one place
    const auto begin = items_.begin() + node.first;
    const auto middle = std::partition(begin, begin + node.count, [&](const Item& item) {
      return binOf(item, bestAxis, low[bestAxis], size[bestAxis]) < bestBin;
    });
    return static_cast<uint32_t>(middle - items_.begin());
  }

  static int binOf(const Item& item, int axis, float low, float size) {
    return std::clamp(static_cast<int>((item.centre(axis) - low) / size * kBins), 0, kBins - 1);
  }

  uint32_t halve(const BinaryNode& node, int axis) {
    const uint32_t middle = node.first + node.count / 2;
    std::nth_element(items_.begin() + node.first, items_.begin() + middle, items_.begin() + node.first + node.count,
                     [axis](const Item& a, const Item& b) {
                       return a.centre(axis) != b.centre(axis) ? a.centre(axis) < b.centre(axis) : a.index < b.index;
                     });
    return middle;
  }

  std::vector<Item>& items_;
  uint32_t itemsPerLeaf_;
  bool byHalves_;
};

/// Gathers binary nodes into nodes of four.
class Widener {
 public:
  Widener(const std::vector<BinaryNode>& binary, bool byHalves, Bvh& bvh)
      : binary_(binary), byHalves_(byHalves), bvh_(bvh) {}

  void run() { bvh_.root = widen(0, bvh_.stackNeed); }

 private:
  const BinaryNode& at(int index) const { return binary_[static_cast<size_t>(index)]; }

  /// Returns the child word of the binary node; `need` is the stack entries below it. Recursion is as deep as the tree:
  /// at most a few hundred levels, since floats run out of halvings.
  uint32_t widen(int index, uint32_t& need) {
    const BinaryNode& node = at(index);
    need = 0;
    if (node.left < 0) return shared::kLeafBit | ((node.count - 1) << shared::kLeafCountShift) | node.first;
    std::array<int, 4> children{node.left, node.right, -1, -1};
    size_t count = 2;
    while (count <
           4) {  // open the child that is most likely to be entered; by halves: the fullest, which keeps the tree even
      int widest = -1;
      float most = -1;
      for (size_t i = 0; i < count; ++i) {
        const BinaryNode& child = at(children[i]);
        const float weight = byHalves_ ? static_cast<float>(child.count) : halfArea(child.box);
        if (child.left < 0 || weight <= most) continue;
        most = weight;
        widest = static_cast<int>(i);
      }
      if (widest < 0) break;
      const BinaryNode& opened = at(children[static_cast<size_t>(widest)]);
      children[static_cast<size_t>(widest)] = opened.left;
      children[count++] = opened.right;
    }
    const size_t place = bvh_.nodes.size();
    bvh_.nodes.emplace_back();
    shared::BvhNode wide{};
    wide.children = glm::uvec4(shared::kEmptyChild);
    uint32_t deepest = 0;
    for (size_t i = 0; i < count; ++i) {
      const auto lane = static_cast<glm::length_t>(i);
      const Box& box = at(children[i]).box;
      wide.lowX[lane] = box.low.x;
      wide.highX[lane] = box.high.x;
      wide.lowY[lane] = box.low.y;
      wide.highY[lane] = box.high.y;
      wide.lowZ[lane] = box.low.z;
      wide.highZ[lane] = box.high.z;
      uint32_t below = 0;
      wide.children[lane] = widen(children[i], below);
      deepest = std::max(deepest, below);
    }
    bvh_.nodes[place] = wide;
    need = static_cast<uint32_t>(count) - 1 + deepest;
    return static_cast<uint32_t>(place);
  }

  const std::vector<BinaryNode>& binary_;
  bool byHalves_;
  Bvh& bvh_;
};

}  // namespace

Bvh buildBvh(std::span<const Box> boxes, uint32_t itemsPerLeaf, uint32_t stackLimit, Jobs& jobs) {
  NF_ASSERT(itemsPerLeaf >= 1 && itemsPerLeaf <= 8, "{} items a leaf", itemsPerLeaf);
  NF_ASSERT(boxes.size() <= shared::kLeafFirstMask, "{} boxes", boxes.size());
  std::vector<Item> items;
  items.reserve(boxes.size());
  for (uint32_t i = 0; i < boxes.size(); ++i) {
    if (!boxes[i].isEmpty()) items.push_back({boxes[i], i});
  }
  Bvh bvh;
  if (items.empty()) return bvh;
  for (const bool byHalves : {false, true}) {
    bvh = {};
    const std::vector<BinaryNode> binary = Builder(items, itemsPerLeaf, byHalves).build(jobs);
    Widener(binary, byHalves, bvh).run();
    if (bvh.stackNeed <= stackLimit) break;
  }
  NF_ASSERT(bvh.stackNeed <= stackLimit, "a tree over {} items needs {} stack entries", items.size(), bvh.stackNeed);
  bvh.items.reserve(items.size());
  for (const Item& item : items) bvh.items.push_back(item.index);
  return bvh;
}

}  // namespace nightfog::trace
