// Ways through junctions, and where bodies that drive them would meet. Private to this module.
//
// A crossing is one way through one junction, with the lanes before and after it. On it a vehicle is known by one
// number, x: how far its front bumper is beyond the junction's beginning (negative before). For two vehicles on two
// crossings `Meeting` answers one question: while the first is at x, how far may the second come without standing on
// ground that the first has yet to sweep? It is found by laying the two rectangles on each other, step by step, so it
// holds for lorries that swing out as well as for cars that cross, join, part or just follow.
#pragma once

#include <limits>
#include <map>
#include <unordered_map>
#include <vector>

#include "engine/road/lane_graph.hpp"
#include "engine/traffic/traffic.hpp"

namespace nightfog::traffic {

struct Crossing {
  std::vector<road::LaneIndex> ways;  ///< through the junction, in order
  int junction = -1;
  road::LaneIndex before = road::kNoLane;
  road::LaneIndex after = road::kNoLane;  ///< none: the map ends inside
  double length_m = 0;
  bool turnsAcross = false;  ///< across the oncoming way (left, where traffic keeps right)
};

inline constexpr double kNever_m = std::numeric_limits<double>::infinity();

class Meeting {
 public:
  /// For x of the first: the second's front may come this far; infinite when nothing is left to meet.
  double limit_m(double firstX) const;
  bool isAny() const { return !limits_.empty(); }
  /// From this x of the first on nothing is left to meet.
  double clear_m() const;
  road::RightOfWay goesFirst = road::RightOfWay::kNobody;  ///< of the two, by signs, priorities and sides

 private:
  friend class Crossings;
  std::vector<float> limits_;  ///< for x = -kApproach_m, 1 m on, ...; ascending; until nothing is left
};

class Crossings {
 public:
  /// Borrows the lanes.
  Crossings(const road::LaneGraph& lanes, const std::vector<Shape>& kinds) : lanes_(&lanes), kinds_(kinds) {}

  /// `path[first, last)` leads through the junction; what lies before and behind is looked at as far as needed.
  uint32_t intern(const std::vector<road::LaneIndex>& path, size_t first, size_t last);
  const Crossing& operator[](uint32_t crossing) const { return crossings_[crossing].crossing; }
  /// The longest of the kinds.
  uint32_t longestKind() const;
  const Meeting& meeting(uint32_t first, uint32_t firstKind, uint32_t second, uint32_t secondKind);

  /// Before a junction's beginning bodies are looked at from here on.
  static constexpr double kApproach_m = 16;
  /// Past its end a body is looked at for its own length and this.
  static constexpr double kBeyond_m = 3;

 private:
  struct Place {
    glm::dvec3 middle{0};
    glm::dvec2 along{1, 0};
  };
  struct Entry {
    Crossing crossing;
    double lineBegin_m = 0;                  ///< x of the line's first point
    std::vector<glm::dvec3> line;            ///< every kLineStep_m
    std::vector<std::vector<Place>> sweeps;  ///< by kind; at x = -kApproach_m, 1 m on, ...
  };
  const std::vector<Place>& sweepOf(Entry& entry, uint32_t kind);
  Meeting meet(Entry& first, uint32_t firstKind, Entry& second, uint32_t secondKind);
  road::RightOfWay goesFirst(const Crossing& first, const Crossing& second) const;

  const road::LaneGraph* lanes_;
  std::vector<Shape> kinds_;
  std::vector<Entry> crossings_;
  std::map<std::vector<road::LaneIndex>, uint32_t> known_;
  std::unordered_map<uint64_t, Meeting> meetings_;
};

}  // namespace nightfog::traffic
