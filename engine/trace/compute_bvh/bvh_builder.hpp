// Builds trees of four boxes a node over anything with boxes, on the host.
#pragma once

#include <vector>

#include "engine/core/jobs.hpp"
#include "engine/trace/compute_bvh/bvh.h"
#include "engine/trace/swept_box.hpp"

namespace nightfog::trace {

/// A tree. Leaves refer to places in `items`, which lists the caller's items leaf by leaf.
struct Bvh {
  uint32_t root = shared::kEmptyChild;
  uint32_t stackNeed = 0;  ///< entries a traversal may have on its stack at once, whatever the ray
  std::vector<shared::BvhNode> nodes;
  std::vector<uint32_t> items;
};

/// Splits by binned surface area [Wald 2007]. Should the tree then need more than `stackLimit` entries, which long
/// chains of ever smaller boxes can do, it is built again by halves: 3 ceil(log4 n) entries. Empty boxes are left out.
/// The result does not depend on `jobs`.
Bvh buildBvh(std::span<const Box> boxes, uint32_t itemsPerLeaf, uint32_t stackLimit, Jobs& jobs);

}  // namespace nightfog::trace
