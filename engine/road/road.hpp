// One road: a reference line with elevation, and lanes beside it. s runs along the line (m), t to its left (m), both in
// the plan; z up. ISO 8855.
//
// Use it to place things by lane, to drive along, and to build the ground. A road comes from a map (opendrive.hpp) or
// is put together from straights and bends.
// @code
//   Road road({{0, 0}, 0, {{100, 0}, {50, 0.01}}}, {{"oncoming"}}, {{"ego_lane"}, {"walk", LaneKind::kSidewalk, 2.5}});
//   RigidTransform worldFromCar = road.pose(40, -1.625);   // x forward along the road, z up from it
// @endcode
#pragma once

#include <string>
#include <vector>

#include "engine/core/transform.hpp"
#include "engine/road/box_tree.hpp"
#include "engine/road/lane.hpp"
#include "engine/road/plan_view.hpp"

namespace nightfog::road {

/// A stretch of constant curvature (0: straight; positive: turns left).
struct Segment {
  double length_m = 0;
  double curvature_1pm = 0;
};

/// A lane of constant width; the order from the line outwards gives its place.
struct LaneSpec {
  std::string name;
  LaneKind kind = LaneKind::kDriving;
  double width_m = 3.25;
};

struct RoadLine {
  glm::dvec2 start{0, 0};
  double heading_rad = 0;
  std::vector<Segment> segments;
};

/// Road coordinates.
struct RoadPoint {
  double s = 0;
  double t = 0;
};

/// Which kind of road it is from `s` on.
enum class RoadKind { kUnknown, kTown, kRural, kMotorway, kLowSpeed, kPedestrian, kBicycle };
struct RoadType {
  double s = 0;
  RoadKind kind = RoadKind::kUnknown;
  double max_mps = 0;  ///< 0: not stated
};

/// What a road's end meets.
struct RoadLink {
  enum class To { kNothing, kRoad, kJunction };
  To to = To::kNothing;
  uint32_t index = 0;  ///< of the road or junction in the network
  bool atEnd = false;  ///< of a road: the end that it meets is that road's end, not its start
};

/// Height above the reference plane as a function of t, at s.
struct CrossShape {
  double s = 0;
  Profile height;
};

/// Everything a road is made of.
struct RoadData {
  std::string id;
  std::string name;
  ReferenceLine line;
  Profile elevation;       ///< z of the line
  Profile superelevation;  ///< rad, positive: the left side is higher
  Profile crossfallLeft;   ///< rad, positive: falls away from the line; on top of the superelevation
  Profile crossfallRight;
  std::vector<CrossShape> shapes;     ///< ascending s; between two the heights go over evenly
  Profile laneOffset;                 ///< t of the centre lane
  std::vector<LaneSection> sections;  ///< ascending, without gaps, from 0 to the length
  std::vector<RoadType> types;
  RoadLink predecessor;
  RoadLink successor;
  int junction = -1;       ///< index of the junction it leads through; -1: none
  bool keepsLeft = false;  ///< traffic keeps to the left
};

class Road {
 public:
  Road() = default;
  /// Throws Error when lanes or sections do not fit together.
  explicit Road(RoadData data);
  /// From straights and bends, with lanes of constant width; sidewalks and verges, and what lies beyond them, are a
  /// kerb higher. Markings are those of a street in town. Traffic keeps to the right. Throws Error when a length or
  /// width is not positive, a number is not finite, or an arc turns more than once round.
  Road(const RoadLine& line, const std::vector<LaneSpec>& left, const std::vector<LaneSpec>& right,
       double kerbHeight_m = 0.12);

  const RoadData& data() const { return data_; }
  const std::string& id() const { return data_.id; }
  const std::string& name() const { return data_.name; }
  double length_m() const { return data_.line.length_m(); }

  /// The line from above at s (clamped to the road).
  PlanPoint plan(double s) const { return data_.line.at(s); }
  double curvature_1pm(double s) const { return plan(s).curvature_1pm; }
  /// Rise per metre along the line.
  double grade(double s) const { return data_.elevation.slope(clampedS(s)); }
  /// A slice through the road: (t, h) lies at origin + t * left + h * up.
  struct CrossSection {
    glm::dvec3 origin{0};
    glm::dvec3 left{0, 1, 0};
    glm::dvec3 up{0, 0, 1};
    glm::dvec3 at(double t, double h) const { return origin + t * left + h * up; }
  };
  CrossSection crossSection(double s) const;
  /// A surface place seen in its slice: x to the left of the line, level; y up, in the world's z.
  glm::dvec2 slicePlace(const LaneSection& section, double s, double t) const;
  /// World pose in the road's reference plane at s (clamped to the road), moved t to the left and h up from the plane;
  /// x along the road, y to its left, z up from it.
  RigidTransform pose(double s, double t = 0, double h = 0) const;
  /// The place on the surface: pose() with the lane's own height.
  glm::dvec3 surfacePoint(double s, double t) const;
  /// The nearest point of the line, seen from above; s clamped to the road. Beyond the ends t is the lateral distance
  /// from the line's tangent.
  RoadPoint project(const glm::dvec3& world) const;

  const std::vector<LaneSection>& sections() const { return data_.sections; }
  /// The section at s (clamped); at a joint the later one. A road without lanes has one empty section.
  const LaneSection& section(double s) const { return data_.sections[sectionIndex(s)]; }
  size_t sectionIndex(double s) const;
  /// t of the outer edge of the outermost lane.
  double leftEdge_m(double s) const;
  double rightEdge_m(double s) const;
  /// The widest the road gets on a side, as a distance from the line ≥ 0.
  double leftReach_m() const { return leftReach_m_; }
  double rightReach_m() const { return rightReach_m_; }

  struct Borders {
    double inner = 0;  ///< t
    double outer = 0;
    double centre() const { return 0.5 * (inner + outer); }
  };
  /// t of a lane's borders at s, in a section: at a joint of sections the caller says which side is meant.
  Borders borders(const LaneSection& section, int lane, double s) const;
  /// Lane at (s, t); nullptr beside all lanes.
  const Lane* laneAt(double s, double t) const;
  /// Height of the surface above the reference plane at a lateral place: relief and kerbs; beyond the outermost lane
  /// that lane's outer height goes on.
  double height_m(double s, double t) const { return height_m(section(s), s, t); }
  double height_m(const LaneSection& section, double s, double t) const;
  /// Height above the reference plane from crossfall, shape and level lanes: what is not kerbs.
  double relief_m(const LaneSection& section, double s, double t) const;
  bool hasRelief() const { return hasRelief_; }
  /// Is the lane driven against s?
  bool isAgainstS(int lane) const { return (lane > 0) != data_.keepsLeft; }
  RoadType type(double s) const;
  /// Are its lanes as wide, as many and as high everywhere, beside straights and arcs?
  bool isUniform() const;

 private:
  /// A short stretch of the line and the box round it.
  struct Chord {
    double first_s = 0;
    double last_s = 0;
    uint32_t piece = 0;  ///< of the reference line
  };
  friend class RoadNetwork;
  static constexpr double kChordTurn_rad = 0.2;

  double clampedS(double s) const;
  void index();
  /// Foot of the perpendicular from a point to the line along a chord; one of its ends where there is none. In closed
  /// form on straights and arcs.
  double footOn(const glm::dvec2& point, const Chord& chord) const;
  double footBetween(const glm::dvec2& point, double first_s, double last_s) const;
  RoadPoint pointAt(double s, const glm::dvec2& world) const;

  RoadData data_;
  std::vector<Chord> chords_;
  std::vector<PlanBox> chordBoxes_;
  BoxTree tree_;
  /// From crossfall and shape alone.
  double crossRelief_m(double s, double t) const;
  bool hasRelief_ = false;
  double leftReach_m_ = 0;
  double rightReach_m_ = 0;
};

}  // namespace nightfog::road
