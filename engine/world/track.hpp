// A curve of straight lines and circular arcs, measured along itself: what vehicles drive and people walk on. All
// closed forms.
#pragma once

#include <glm/glm.hpp>
#include <span>
#include <vector>

#include "engine/road/network.hpp"

namespace nightfog::world {

struct TrackPoint {
  glm::dvec3 position{0};
  glm::dvec3 tangent{1, 0, 0};   ///< unit
  double heading_rad = 0;        ///< of whoever travels here, about z
  double headingRate_radpm = 0;  ///< change of heading per metre travelled
};

/// Position and heading as functions of the distance travelled (m). Before 0 and beyond the length the ends hold.
/// @code Track track = Track::throughPoints(points, 0.5); track.at(12.5).position; @endcode
class Track {
 public:
  /// Along the road at a place's (s, t), keeping its distance from the middle of the lane it lies in: from section to
  /// section and road to road as the lanes are linked, straightest where there is a choice, and beyond a dead end
  /// straight on for ever. `z`: height of who travels, where the map is level; on hills it follows the surface. Along
  /// straights and arcs of a level road with lanes of constant width it is exact, and distances are true ones on the
  /// offset curve: 1 m at t inside a bend covers more than 1 m of s; elsewhere it goes through samples every metre.
  /// `endsThere`: at a dead end it ends. Throws Error when t lies beyond a bend's centre.
  static Track alongRoad(const road::RoadNetwork& map, const road::NetworkPoint& from, bool againstS, double z,
                         bool endsThere = false);
  /// Through points in space by straight lines; corners are rounded by the arc of this radius that touches both lines,
  /// or by a tighter one where a line is too short (an arc takes at most half of either line). A reversal (turn within
  /// 1 degree of 180) is a cusp.
  static Track throughPoints(std::span<const glm::dvec3> points, double cornerRadius_m);

  /// Through points of a smooth curve that lie close together, by an arc between each two: from a lane's centre line
  /// sampled every metre, the track is nowhere further than about a tenth of a millimetre from it. At least two points.
  static Track throughSamples(std::span<const glm::dvec3> samples);

  /// From `at_m` on it moves `left_m` to the left (negative: to the right) over the next `over_m` metres of the way,
  /// and keeps that distance. Sideways it goes like a smoothstep, so that it neither jerks nor overshoots.
  void shift(double at_m, double left_m, double over_m);

  /// Infinite along a road.
  double length_m() const { return length_m_; }
  TrackPoint at(double travelled_m) const;

  /// The traveller faces `heading` at the start and turns to the track's own over the first `turnLength` metres; cusps
  /// are turned over the same length.
  void turnFrom(double heading_rad, double turnLength_m);

  /// Mean curvature (1/m, left positive) over the next `length` metres: what a vehicle of that wheelbase steers.
  double meanCurvature(double travelled_m, double length_m) const;
  /// How far a wheel at (x, y) of the traveller's frame has rolled when the origin has travelled this far: outer wheels
  /// roll further.
  double rolled_m(double travelled_m, const glm::dvec2& wheel) const;

 private:
  struct Piece {
    glm::dvec3 start{0};
    glm::dvec3 tangent{1, 0, 0};
    glm::dvec3 normal{0, 1, 0};  ///< towards the arc's centre when curvature > 0
    double curvature_1pm = 0;
    double first_m = 0;  ///< travelled at its start
    double length_m = 0;

    glm::dvec3 positionAt(double along) const;
    glm::dvec3 tangentAt(double along) const;
    /// Curvature seen from above, left positive.
    double signedCurvature() const;
  };
  struct HeadingJump {
    double at_m = 0;
    double angle_rad = 0;
  };

  static Track alongArcs(const road::Road& road, double s, double t, bool againstS, double z, bool endsThere);
  static Track alongLanes(const road::RoadNetwork& map, const road::NetworkPoint& from, bool againstS, bool endsThere);
  void append(Piece piece);
  /// Straight on for ever.
  void appendTail(const glm::dvec3& start, const glm::dvec3& direction);
  void appendSamples(std::span<const glm::dvec3> samples);
  /// Of the piece from `along` on, moved to the left.
  static Piece offset(const Piece& piece, double along, double left_m);
  const Piece& pieceAt(double travelled_m) const;
  double trackHeading(double travelled_m) const;

  std::vector<Piece> pieces_;
  std::vector<HeadingJump> jumps_;
  double turnLength_m_ = 0;
  double length_m_ = 0;
};

}  // namespace nightfog::world
