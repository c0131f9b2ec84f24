#include <doctest/doctest.h>

#include <algorithm>

#include "engine/trace/compute_bvh/bvh_builder.hpp"
#include "tests/trace/shapes.hpp"

using namespace nightfog;
using namespace nightfog::trace;
using namespace nightfog::trace::test;

namespace {

/// Walks the tree as the kernel does, without culling, checking that boxes hold what is below them. Returns the deepest
/// stack.
struct Walk {
  const Bvh& bvh;
  std::span<const Box> boxes;
  std::vector<int> visits;
  size_t outside = 0;
  size_t deepest = 0;

  void run() {
    visits.assign(boxes.size(), 0);
    if (bvh.root != shared::kEmptyChild) visit(bvh.root, {glm::vec3(-1e38f), glm::vec3(1e38f)}, 0);
  }
  void visit(uint32_t word, const Box& within, size_t stack) {
    deepest = std::max(deepest, stack);
    if ((word & shared::kLeafBit) != 0) {
      const uint32_t count = (word >> shared::kLeafCountShift & 7u) + 1;
      for (uint32_t i = 0; i < count; ++i) {
        const uint32_t item = bvh.items[(word & shared::kLeafFirstMask) + i];
        ++visits[item];
        for (int a = 0; a < 3; ++a)
          outside += boxes[item].low[a] < within.low[a] || boxes[item].high[a] > within.high[a];
      }
      return;
    }
    const shared::BvhNode& node = bvh.nodes[word];
    uint32_t nextNode = node.firstNode;
    uint32_t nextItem = node.firstItem;
    size_t children = 0;
    for (uint32_t i = 0; i < 4; ++i) children += shared::kindOfChild(node.kinds, i) != 0;
    for (uint32_t i = 0; i < 4; ++i) {
      const uint32_t kind = shared::kindOfChild(node.kinds, i);
      if (kind == 0) continue;
      const auto plane = [&](uint32_t bytes, uint32_t axis) {
        return node.origin[static_cast<glm::length_t>(axis)] +
               float(bytes >> (8 * i) & 255u) * shared::scaleOfNode(node.kinds, axis);
      };
      const Box box{{plane(node.lowX, 0), plane(node.lowY, 1), plane(node.lowZ, 2)},
                    {plane(node.highX, 0), plane(node.highY, 1), plane(node.highZ, 2)}};
      visit(kind == 1 ? nextNode : shared::leafWord(kind - 1, nextItem), box, stack + children - 1);
      nextNode += kind == 1 ? 1 : 0;
      nextItem += kind - 1;
    }
  }
};

void check(std::span<const Box> boxes, uint32_t itemsPerLeaf, uint32_t stackLimit) {
  const Bvh bvh = buildBvh(boxes, itemsPerLeaf, stackLimit, *std::make_unique<Jobs>(2));
  Walk walk{bvh, boxes, {}};
  walk.run();
  for (size_t i = 0; i < boxes.size(); ++i) CHECK(walk.visits[i] == (boxes[i].isEmpty() ? 0 : 1));
  CHECK(walk.outside == 0);
  CHECK(walk.deepest <= bvh.stackNeed);
  CHECK(bvh.stackNeed <= stackLimit);
}

}  // namespace

TEST_CASE("A tree holds each item once, in boxes that hold it, for every size and shape of scene") {
  RandomSource random(0, 0, "bvh/random");
  for (const uint32_t count : {0u, 1u, 2u, 3u, 4u, 5u, 17u, 1000u, 20000u}) {
    for (const double scale : {1e-6, 1.0, 1e6}) {
      std::vector<Box> boxes;
      for (uint32_t i = 0; i < count; ++i) {
        const glm::vec3 low = randomPoint(random, 100 * scale);
        boxes.push_back({low, low + glm::abs(glm::vec3(randomPoint(random, scale)))});
        if (i % 7 == 3) boxes.back() = {glm::vec3(1), glm::vec3(-1)};  // empty
      }
      check(boxes, 1 + count % 4, shared::kMeshStack);
    }
  }
}

TEST_CASE("Scenes made to grow deep trees stay within the stack") {
  std::vector<Box> nested;  // each half the size of the last, in the same corner
  for (int i = 0; i < 120; ++i) nested.push_back({glm::vec3(0), glm::vec3(std::ldexp(1e9f, -i / 2))});
  check(nested, 1, shared::kTopStack);
  std::vector<Box> geometric;  // a thousand chains of ever smaller neighbours
  for (int chain = 0; chain < 200; ++chain) {
    for (int i = 0; i < 100; ++i) {
      const float at = std::ldexp(1000.0f, -i);
      geometric.push_back({glm::vec3(at, float(chain), at), glm::vec3(at * 1.01f, float(chain), at * 1.01f)});
    }
  }
  check(geometric, 1, shared::kTopStack);
  check(std::vector<Box>(5000, Box{glm::vec3(1), glm::vec3(2)}), 2, shared::kTopStack);  // all in one place
  check(std::vector<Box>(3000, Box{glm::vec3(3), glm::vec3(3)}), 2, shared::kTopStack);  // and points
}
