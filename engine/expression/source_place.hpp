// From a byte of an expression to its place in the file.
#pragma once

#include "engine/config/document.hpp"

namespace nightfog::expression {

/// `range` counts bytes of node.text. Text with escapes, and blocks, are shown as a whole.
config::Place placeOf(const config::Node& node, config::TextRange range);

}  // namespace nightfog::expression
