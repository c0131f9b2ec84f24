// Patterns for the names that artists give: * any text, ? any letter, letter case does not matter.
#pragma once

#include <string_view>

namespace nightfog::content {

/// @code matchesPattern("*glass*", "Front_Glass_02") @endcode
bool matchesPattern(std::string_view pattern, std::string_view name);

}  // namespace nightfog::content
