#include "engine/trace/compute_bvh/bvh_builder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
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

/// Byte of a plane on one axis: the nearest on the grid that is not inside the box.
uint32_t planeByte(float origin, float scale, float plane, bool isHigh) {
  int byte = static_cast<int>((plane - origin) / scale);
  byte = std::clamp(byte, 0, 255);
  const auto at = [&](int b) { return origin + static_cast<float>(b) * scale; };
  if (isHigh) {
    while (byte < 255 && at(byte) < plane) ++byte;
  } else {
    while (byte > 0 && at(byte) > plane) --byte;
  }
  return static_cast<uint32_t>(byte);
}

/// Smallest scale (in steps from kLeastScaleExponent) whose 255th multiple reaches from low to high.
uint32_t scaleStep(float low, float high) {
  constexpr int kLeast = static_cast<int>(shared::kLeastScaleExponent) - 127;
  int exponent = kLeast;
  if (high > low) std::frexp((high - low) / 255.0f, &exponent);
  auto step = static_cast<uint32_t>(std::clamp(exponent - 1 - kLeast, 0, 63));
  while (step < 63 && low + 255.0f * shared::scaleOfNode(step << 12, 0) < high) ++step;
  return step;
}

/// The boxes of up to four children within that of their parent.
shared::BvhNode packBoxes(const Box& parent, std::span<const Box> boxes) {
  shared::BvhNode node{};
  node.origin = parent.low;
  for (uint32_t axis = 0; axis < 3; ++axis) {
    const auto a = static_cast<glm::length_t>(axis);
    node.kinds |= scaleStep(parent.low[a], parent.high[a]) << (12 + 6 * axis);
    const float scale = shared::scaleOfNode(node.kinds, axis);
    uint32_t& low = axis == 0 ? node.lowX : (axis == 1 ? node.lowY : node.lowZ);
    uint32_t& high = axis == 0 ? node.highX : (axis == 1 ? node.highY : node.highZ);
    for (size_t i = 0; i < boxes.size(); ++i) {
      low |= planeByte(parent.low[a], scale, boxes[i].low[a], false) << (8 * i);
      high |= planeByte(parent.low[a], scale, boxes[i].high[a], true) << (8 * i);
    }
  }
  return node;
}

/// Gathers binary nodes into nodes of four.
class Widener {
 public:
  Widener(const std::vector<BinaryNode>& binary, std::span<const Item> items, bool byHalves, Bvh& bvh)
      : binary_(binary), items_(items), byHalves_(byHalves), bvh_(bvh) {}

  void run() {
    if (at(0).left < 0) {
      bvh_.root = shared::leafWord(at(0).count, 0);
      addItems(at(0));
      return;
    }
    bvh_.root = 0;
    bvh_.nodes.emplace_back();
    bvh_.stackNeed = widen(0, 0);
  }

 private:
  const BinaryNode& at(int index) const { return binary_[static_cast<size_t>(index)]; }

  void addItems(const BinaryNode& leaf) {
    for (uint32_t i = leaf.first; i < leaf.first + leaf.count; ++i) bvh_.items.push_back(items_[i].index);
  }

  /// Opens the child that is most likely to be entered until there are four; by halves: the fullest, which keeps the
  /// tree even.
  std::vector<int> childrenOf(const BinaryNode& node) const {
    std::vector<int> children{node.left, node.right};
    while (children.size() < 4) {
      size_t widest = children.size();
      float most = -1;
      for (size_t i = 0; i < children.size(); ++i) {
        const BinaryNode& child = at(children[i]);
        const float weight = byHalves_ ? static_cast<float>(child.count) : halfArea(child.box);
        if (child.left < 0 || !(weight > most)) continue;
        most = weight;
        widest = i;
      }
      if (widest == children.size()) break;
      const BinaryNode& opened = at(children[widest]);
      children[widest] = opened.left;
      children.push_back(opened.right);
    }
    return children;
  }

  /// Fills the node at `place` and all below it; returns the stack entries that a traversal of it needs. Recursion is
  /// as deep as the tree: a few hundred levels at most, since floats run out of halvings.
  uint32_t widen(int index, uint32_t place) {
    const std::vector<int> children = childrenOf(at(index));
    std::array<Box, 4> boxes;
    for (size_t i = 0; i < children.size(); ++i) boxes[i] = at(children[i]).box;
    shared::BvhNode wide = packBoxes(at(index).box, std::span(boxes).first(children.size()));
    wide.firstNode = static_cast<uint32_t>(bvh_.nodes.size());
    wide.firstItem = static_cast<uint32_t>(bvh_.items.size());
    std::vector<int> inner;
    for (size_t i = 0; i < children.size(); ++i) {
      const BinaryNode& child = at(children[i]);
      const bool isLeaf = child.left < 0;
      wide.kinds |= (isLeaf ? child.count + 1 : 1u) << (3 * i);
      if (isLeaf) {
        addItems(child);
      } else {
        inner.push_back(children[i]);
      }
    }
    bvh_.nodes[place] = wide;
    bvh_.nodes.resize(bvh_.nodes.size() + inner.size());
    uint32_t deepest = 0;
    for (size_t i = 0; i < inner.size(); ++i) {
      deepest = std::max(deepest, widen(inner[i], wide.firstNode + static_cast<uint32_t>(i)));
    }
    return static_cast<uint32_t>(children.size()) - 1 + deepest;
  }

  const std::vector<BinaryNode>& binary_;
  std::span<const Item> items_;
  bool byHalves_;
  Bvh& bvh_;
};

}  // namespace

Bvh buildBvh(std::span<const Box> boxes, uint32_t itemsPerLeaf, uint32_t stackLimit, Jobs& jobs) {
  NF_ASSERT(itemsPerLeaf >= 1 && itemsPerLeaf <= shared::kMostItemsPerLeaf, "{} items a leaf", itemsPerLeaf);
  NF_ASSERT(boxes.size() < shared::kLeafFirstMask, "{} boxes", boxes.size());
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
    bvh.items.reserve(items.size());
    Widener(binary, items, byHalves, bvh).run();
    if (bvh.stackNeed <= stackLimit) break;
  }
  NF_ASSERT(bvh.stackNeed <= stackLimit, "a tree over {} items needs {} stack entries", items.size(), bvh.stackNeed);
  return bvh;
}

}  // namespace nightfog::trace
