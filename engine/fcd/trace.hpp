// A floating-car-data trace of SUMO (`sumo --fcd-output`, plain or gzip): who was where, step by step.
//
// Use it to let traffic that SUMO has simulated be the background of an episode. The file is read as a stream: what is
// outside the window is dropped at once, and steps are thinned to two a second.
// @code
//   Trace trace = readTrace("town.fcd.xml.gz", {.from_s = 300, .for_s = 20});
//   for (const Mover& mover : trace.movers) …
// @endcode
#pragma once

#include <filesystem>
#include <glm/glm.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightfog::fcd {

/// Where somebody was: a vehicle's middle of the front bumper, a person. Coordinates and directions are ours.
struct Sample {
  double time_s = 0;  ///< since the window's beginning
  glm::dvec3 position{0};
  double heading_rad = 0;  ///< SUMO's: a chord between bumpers
  double speed_mps = 0;
  uint64_t edge = 0;  ///< hash of its id; 0: not stated
  int lane = -1;      ///< index within the edge; -1: not stated
  /// vehicle signals, where the trace has them (`--fcd-output.signals`): 1 right, 2 left, 8 brakes; -1: not stated.
  int signals = -1;
};

/// One vehicle or person without a break: who leaves the window and comes back is another one, and so is who is
/// teleported.
struct Mover {
  std::string id;     ///< as in the trace
  uint32_t part = 0;  ///< counts the breaks before it
  std::string type;   ///< the vType's id; empty: not stated
  bool isPerson = false;
  std::vector<Sample> samples;  ///< ascending in time, not empty
};

struct Window {
  double from_s = 0;        ///< of the trace's clock: the episode's beginning
  double for_s = 1e9;       ///< the episode's length
  glm::dvec2 netOffset{0};  ///< SUMO's coordinates less these are ours
  struct Region {
    glm::dvec2 centre{0};
    double radius_m = 0;
  };
  std::optional<Region> region;
  std::vector<std::string> without;  ///< ids that are left out
};

struct Trace {
  std::vector<Mover> movers;       ///< in the order of their first step, then of the file
  double first_s = 0, last_s = 0;  ///< of the file's clock: what it spans; last_s is looked for up to the window's end
  bool isEmpty = true;             ///< not one step
  std::vector<std::string> notFound;  ///< of `without`
};

/// Throws Error, with the line, for what is no such trace; IoError where it cannot be read. At most 20,000 movers and
/// 20 million of their samples in the window.
Trace readTrace(const std::filesystem::path& path, const Window& window);
/// The same from memory, for tests; never compressed.
Trace readTraceText(const std::string& name, std::string_view text, const Window& window);

/// A vehicle's kind and size.
struct VehicleType {
  std::string vClass = "passenger";
  double length_m = 0, width_m = 0;  ///< 0: the class's
};
/// The vTypes of a route or additional file. Throws as readTrace does.
std::map<std::string, VehicleType> readTypes(const std::filesystem::path& path);
std::map<std::string, VehicleType> readTypesText(const std::string& name, std::string_view text);
/// What SUMO takes a type for that no file says: a class's name is that class, SUMO's own defaults are theirs.
std::optional<VehicleType> knownType(std::string_view id);
/// With the class's length and width where it states none [SUMO's manual, "Vehicle Classes"]; nullopt: no such class.
std::optional<VehicleType> withSize(VehicleType type);

}  // namespace nightfog::fcd
