// `extends:`: one file laid over another.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/config/document.hpp"

namespace nightfog::config {

/// Whether the map at this path ("actors/van/place") is one thing, and is replaced as a whole rather than merged.
using IsWhole = std::function<bool(const std::string& path)>;

/// `over` laid over `base`: maps merge by key, lists whose elements all have an `id` merge by it, everything else is
/// replaced. Keys of `base` come first, in its order. Every node keeps its place in its own file.
std::shared_ptr<const Document> mergeDocuments(std::shared_ptr<const Document> base,
                                               std::shared_ptr<const Document> over, const IsWhole& isWhole);

/// The document without what stands at these paths ("actors/van", "events/glare"); reports E0418 where there is
/// nothing. `removals` is a list of paths.
std::shared_ptr<const Document> removePaths(std::shared_ptr<const Document> document, const Node& removals,
                                            Diagnostics& diagnostics);

}  // namespace nightfog::config
