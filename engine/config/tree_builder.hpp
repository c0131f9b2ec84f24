// Text to tree: the one place that knows yaml-cpp.
#pragma once

#include <memory>

#include "engine/config/document.hpp"

namespace nightfog::config {

/// nullptr on errors that leave no tree. The source has passed prescan().
std::shared_ptr<const Document> buildTree(std::unique_ptr<const SourceText> source, Diagnostics& diagnostics);

}  // namespace nightfog::config
