// `${…}` of OpenSCENARIO 1.1 and later.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nightfog::openscenario {

/// Text of a parameter by its name, without `$`; nullopt: there is none.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// What an attribute says once parameters and expressions are put in: `$speed`, `${$speed / 3.6}`, plain text. Knows
/// + - * / %, parentheses, not and or, round floor ceil sqrt pow sign sin cos tan asin acos atan abs max min. An
/// expression that is no formula is text: names in it are replaced. nullopt: a parameter is not there, or a division by
/// zero; `why` says which. Bounded: 32 levels, 4,096 bytes.
std::optional<std::string> substitute(std::string_view text, const Lookup& lookup, std::string& why);

}  // namespace nightfog::openscenario
