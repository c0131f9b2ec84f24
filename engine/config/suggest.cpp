#include "engine/config/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nightfog::config {

namespace {

/// Names from other tools (OpenSCENARIO, CARLA, Scenic, URDF/SDF) and everyday words, folded, with what this language
/// calls them.
constexpr std::pair<std::string_view, std::string_view> kForeignNames[] = {
    {"targetspeed", "speed"},
    {"velocity", "speed"},
    {"initspeed", "speed"},
    {"vel", "speed"},
    {"speed", "velocity"},
    {"angularvelocity", "spin"},
    {"rotation", "spin"},
    {"angularspeed", "spin"},
    {"entities", "actors"},
    {"objects", "actors"},
    {"agents", "actors"},
    {"vehicles", "actors"},
    {"scenarioobject", "actors"},
    {"position", "place"},
    {"pose", "place"},
    {"location", "place"},
    {"spawn", "place"},
    {"transform", "place"},
    {"model", "asset"},
    {"blueprint", "asset"},
    {"catalogreference", "asset"},
    {"mesh", "asset"},
    {"type", "kind"},
    {"behaviour", "behavior"},
    {"action", "behavior"},
    {"controller", "behavior"},
    {"maneuver", "behavior"},
    {"followtrajectoryaction", "follow_path"},
    {"trajectory", "follow_path"},
    {"waypoints", "points"},
    {"vertices", "points"},
    {"static", "parked"},
    {"stationary", "parked"},
    {"stopped", "parked"},
    {"walk", "walk_to"},
    {"drive", "follow_lane"},
    {"destination", "to"},
    {"goal", "to"},
    {"target", "to"},
    {"yaw", "heading"},
    {"orientation", "heading"},
    {"h", "heading"},
    {"front", "ahead"},
    {"ahead_of", "ahead"},
    {"back", "behind"},
    {"left", "lateral"},
    {"visualrange", "visibility"},
    {"density", "visibility"},
    {"timestep", "step"},
    {"dt", "step"},
    {"fixed_delta_seconds", "step"},
    {"length", "duration"},
    {"simulationtime", "duration"},
    {"randomseed", "seed"},
    {"parameters", "params"},
    {"parameterdeclarations", "params"},
    {"frequency", "rate"},
    {"include", "imports"},
};

std::string fold(std::string_view word) {
  std::string out;
  for (char c : word) {
    if (c == '-' || c == '_' || c == ' ') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

}  // namespace

size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> beforeLast(b.size() + 1), last(b.size() + 1), current(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, substitution});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], beforeLast[j - 2] + 1);
    }
    std::swap(beforeLast, last);
    std::swap(last, current);
  }
  return last[b.size()];
}

std::optional<std::string> suggest(std::string_view word, std::span<const std::string> candidates) {
  constexpr size_t kLongestWord = 64;  // nobody mistypes a longer one; keeps the work bounded for hostile input
  if (word.empty() || word.size() > kLongestWord) return std::nullopt;
  const std::string folded = fold(word);
  for (const std::string& candidate : candidates) {
    if (fold(candidate) == folded) return candidate;
  }
  for (const auto& [foreign, ours] : kForeignNames) {
    if (fold(foreign) != folded) continue;
    if (std::find(candidates.begin(), candidates.end(), ours) != candidates.end()) return std::string(ours);
  }
  for (const std::string& candidate : candidates) {
    const size_t dot = candidate.rfind('.');
    if (dot != std::string::npos && fold(std::string_view(candidate).substr(dot + 1)) == folded) return candidate;
  }
  const size_t allowed = word.size() <= 3 ? 1 : std::max<size_t>(2, word.size() / 3);
  std::optional<std::string> best;
  size_t bestDistance = allowed + 1;
  for (const std::string& candidate : candidates) {
    const size_t difference =
        candidate.size() > word.size() ? candidate.size() - word.size() : word.size() - candidate.size();
    if (difference >= bestDistance) continue;
    const size_t distance = editDistance(word, candidate);
    if (distance < bestDistance && distance < candidate.size()) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string suggestionHelp(std::string_view word, std::span<const std::string> candidates) {
  if (const auto near = suggest(word, candidates)) return fmt::format("did you mean '{}'?", *near);
  if (candidates.empty()) return {};
  constexpr size_t kMostNamed = 12;
  std::string list;
  for (size_t i = 0; i < candidates.size() && i < kMostNamed; ++i) list += (i == 0 ? "" : ", ") + candidates[i];
  if (candidates.size() > kMostNamed) list += fmt::format(" … ({} in all)", candidates.size());
  return "one of: " + list;
}

}  // namespace nightfog::config
