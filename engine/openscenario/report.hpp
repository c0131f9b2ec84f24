// What became of each element of an OpenSCENARIO file.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nightfog::openscenario {

/// Supported: it means the same here. Approximated: it means nearly the same, the note says what differs. Refused: it
/// is left out, and the scenario is another one without it.
enum class Outcome : uint8_t { kSupported, kApproximated, kRefused };

struct Entry {
  Outcome outcome = Outcome::kSupported;
  std::string element;  ///< "LaneChangeAction"
  std::string file;
  uint32_t line = 0;  ///< 1-based
  std::string note;   ///< empty: nothing to say
};

struct Report {
  std::vector<Entry> entries;
  /// Actors whose speed or place a controller of their own sets (ACC, a driver at the keyboard): here nobody does.
  std::vector<std::string> controlled;
  /// Actors who are told what to do by conditions on such actors, or relative to them.
  std::vector<std::string> dependent;
  /// Actors, and the events from which on a controller of this engine's own steers them: keep_gap, arrive_with.
  std::vector<std::pair<std::string, std::string>> closedLoop;
  bool endsByTime = false;  ///< the storyboard ends at an instant that is known

  size_t count(Outcome outcome) const;
};

/// One line an entry, refused ones first; what is merely supported is counted by element.
std::string toText(const Report& report);
std::string toJson(const Report& report);

}  // namespace nightfog::openscenario
