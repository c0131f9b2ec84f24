// What can be said about a file's text before it is parsed.
#pragma once

#include "engine/config/diagnostics.hpp"
#include "engine/config/source_text.hpp"

namespace nightfog::config {

/// Size, encoding, control characters, tabs, directives, absurd nesting. False: do not parse.
bool prescan(const SourceText& source, Diagnostics& diagnostics);

}  // namespace nightfog::config
