// What lies across a stretch of road: columns of vertices from right to left.
#pragma once

#include <vector>

#include "engine/road/extended_road.hpp"
#include "engine/road/surface.hpp"

namespace nightfog::road {

/// A line of vertices along the road: a share of a lane's width from its inner border, and metres from there to the
/// left.
struct SurfaceColumn {
  int lane = 0;  ///< 0: from the lane offset
  double share = 0;
  double offset_m = 0;
  int heightLane = 0;  ///< the lane that says how high it lies
  double drop_m = 0;   ///< below that
};

/// The columns of one stretch between two places of a section, and what lies between them.
class SurfaceColumns {
 public:
  /// `first_s` and `last_s` lie within the section (or beyond the road's ends, for its first and last).
  SurfaceColumns(const ExtendedRoad& road, const LaneSection& section, double first_s, double last_s,
                 const SurfaceOptions& options, double leftVerge_m, double rightVerge_m,
                 const std::vector<const SurfaceCut*>& cuts, const std::vector<int>& cutIndices);

  size_t count() const { return columns_.size(); }
  /// t of every column at s, ascending; where lanes are too narrow for what is cut into them columns coincide.
  std::vector<double> places(double s) const;
  /// Vertices of every column at s.
  std::vector<glm::dvec3> points(double s) const;
  /// Places between first_s and last_s at which something begins or ends along the road.
  std::vector<double> breaks() const;
  /// What lies between columns c and c + 1, about s.
  SurfaceKind kindAt(size_t column, double s, const std::vector<double>& places) const;

 private:
  struct Stripe {
    int lane = 0;  ///< whose outer border it is painted on
    const MarkLine* line = nullptr;
    MarkColour colour = MarkColour::kWhite;
    double first_s = 0;
    double last_s = 0;
  };

  void addSide(int side, double verge_m);
  void addKerb(int inner, int outer, double middle_s);
  void addMarks(const Lane& lane);
  void addCuts();
  void addRelief();
  void sortColumns(double middle_s);
  double borderAt(int lane, double s) const;
  double columnPlace(const SurfaceColumn& column, double s) const;
  double laneHeight(int lane, double s, double t) const;

  const ExtendedRoad& road_;
  const LaneSection& section_;
  double first_s_ = 0;
  double last_s_ = 0;
  const SurfaceOptions& options_;
  std::vector<const SurfaceCut*> cuts_;
  std::vector<int> cutIndices_;
  std::vector<SurfaceColumn> columns_;
  std::vector<Stripe> stripes_;
  struct Kerb {
    int lane = 0;      ///< the higher one
    double share = 0;  ///< of its width: 0 inner border, 1 outer
    double into = 0;   ///< direction of t from the border into the lane
  };
  std::vector<Kerb> kerbs_;
};

}  // namespace nightfog::road
