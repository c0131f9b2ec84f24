// "Did you mean": the nearest name of the kind that is expected at a place.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nightfog::config {

/// Edits (insert, delete, replace, swap neighbours) between two words: the restricted Damerau-Levenshtein distance.
size_t editDistance(std::string_view a, std::string_view b);

/// The candidate a user probably meant: equal but for case, hyphen and underscore; else the name this language uses for
/// a foreign one
/// ("targetSpeed" is "speed"); else the last part of a dotted name; else within 2 edits or a third of the length.
/// Deterministic: among equals the first.
std::optional<std::string> suggest(std::string_view word, std::span<const std::string> candidates);

/// "did you mean 'speed'?" or "one of: a, b, c" (at most 12 named) or "" when there are no candidates.
std::string suggestionHelp(std::string_view word, std::span<const std::string> candidates);

}  // namespace nightfog::config
