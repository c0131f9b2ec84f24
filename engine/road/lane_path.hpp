// The middle of a lane within one section, in its driving direction, measured along itself.
//
// Use it to drive: a vehicle knows how far it has come, not its s. 1 m of a lane inside a bend covers more than 1 m of
// s, outside less; hills and banks count. Nothing is sampled away: places between samples are computed, not
// interpolated.
// @code
//   const LanePath path(map, {road, section, -1});
//   const LanePose at = path.at(12.5);                    // 12.5 m from where the lane is entered
//   const double d = path.distanceAt(at_s);               // and back
// @endcode
#pragma once

#include <vector>

#include "engine/road/network.hpp"

namespace nightfog::road {

class LanePath {
 public:
  /// Borrows the network. The lane must exist.
  LanePath(const RoadNetwork& map, const LaneKey& lane);
  /// The same, where the road's stations() are known already.
  LanePath(const RoadNetwork& map, const LaneKey& lane, const std::vector<double>& stations);
  static std::vector<double> stations(const Road& road);

  struct Sample {
    double distance_m = 0;  ///< from where the lane is entered
    double s = 0;
    glm::dvec3 position{0};  ///< on the surface
    double heading_rad = 0;  ///< of the driving direction
    double width_m = 0;
  };
  /// First the entry, last the end; at most 2 m and 0.1 rad of the road's turn apart, and at each place where a
  /// polynomial begins. Ascending distance.
  const std::vector<Sample>& samples() const { return samples_; }
  /// Along the lane's middle in space; Gauss' rule between samples: to a micrometre on 100 m.
  double length_m() const { return samples_.back().distance_m; }
  const LaneKey& lane() const { return lane_; }

  /// s at a distance, clamped to the lane.
  double sAt(double distance_m) const;
  /// Distance at an s, clamped to the section.
  double distanceAt(double s) const;
  LanePose at(double distance_m) const { return map_->lanePose(lane_, sAt(distance_m)); }
  /// The place on the path that is nearest seen from above.
  struct Foot {
    double distance_m = 0;
    double left_m = 0;   ///< of the place, left of the path
    double apart_m = 0;  ///< between the two, from above
  };
  Foot foot(const glm::dvec3& world) const { return foot(world, 0, samples_.size() - 1); }
  /// The same, begun from the chords between two samples.
  Foot foot(const glm::dvec3& world, size_t first, size_t last) const;

 private:
  /// Metres along the lane per metre of s.
  double speedAt(double s) const;
  double lengthBetween(double from_s, double to_s) const;

  const RoadNetwork* map_;
  LaneKey lane_;
  std::vector<Sample> samples_;
};

}  // namespace nightfog::road
