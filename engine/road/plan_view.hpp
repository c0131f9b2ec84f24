// The reference line of a road seen from above: lines, arcs, clothoids and parametric cubics, measured along
// themselves.
#pragma once

#include <array>
#include <glm/glm.hpp>
#include <variant>
#include <vector>

namespace nightfog::road {

/// Where a clothoid leads: displacement in the frame of its start (x ahead, y left) and the heading turned through.
struct ClothoidEnd {
  glm::dvec2 displacement{0};
  double turn_rad = 0;
};

/// Generalised Fresnel integrals: (∫cos φ, ∫sin φ) over 0 … length of φ(s) = k0 s + k' s²/2. `curvature_1pm` is k0,
/// `curvatureRate_1pm2` is k'. Any values, zero and tiny rates too: an 8-point Gauss rule per 1.5 rad of turn, so that
/// the error is that of rounding (10^-15 of the length) where differences of C(x) and S(x) would cancel.
/// @code clothoid(0, kPi, 1).displacement  // (C(1), S(1)) = (0.7798934…, 0.4382591…) @endcode
ClothoidEnd clothoid(double curvature_1pm, double curvatureRate_1pm2, double length_m);

struct LineShape {};
struct ArcShape {
  double curvature_1pm = 0;  ///< positive: turns left
};
/// Curvature linear in s.
struct SpiralShape {
  double startCurvature_1pm = 0;
  double endCurvature_1pm = 0;
};
/// u(p), v(p) in the frame of the piece's start; coefficients of p^0 … p^3.
struct ParamPoly3Shape {
  std::array<double, 4> u{0, 1, 0, 0};
  std::array<double, 4> v{0, 0, 0, 0};
  double lastP = 1;  ///< p at the end: 1 where normalised, else the length
};
/// v(u) = a + b u + c u² + d u³ with u along the start's heading, as long as stated: poly3 of OpenDRIVE. Throws Error
/// where it is no curve of that length.
ParamPoly3Shape poly3(const std::array<double, 4>& v, double length_m);

using PlanShape = std::variant<LineShape, ArcShape, SpiralShape, ParamPoly3Shape>;

/// One piece of a reference line.
struct PlanPiece {
  glm::dvec2 start{0};
  double heading_rad = 0;
  double length_m = 0;
  PlanShape shape;
};

struct PlanPoint {
  glm::dvec2 position{0};
  double heading_rad = 0;
  double curvature_1pm = 0;
  double stretch =
      1;  ///< true metres per metre of s: not 1 where a parametric cubic states another length than its own
};

/// Pieces one after the other; s is the distance along them.
class ReferenceLine {
 public:
  ReferenceLine() = default;
  /// Throws Error for a piece that cannot be: a length that is not positive, numbers that are not finite, a parametric
  /// cubic that stands still or reverses.
  explicit ReferenceLine(std::vector<PlanPiece> pieces);
  /// A line of no length: a place and a heading.
  explicit ReferenceLine(const PlanPoint& place) : place_(place), pieceStart_{0} {}

  double length_m() const { return pieceStart_.empty() ? 0 : pieceStart_.back(); }
  /// s is clamped to the line; at a joint the later piece counts.
  PlanPoint at(double s) const;
  const std::vector<PlanPiece>& pieces() const { return pieces_; }
  /// s at which piece i begins; one more entry than pieces, the last is the length.
  const std::vector<double>& pieceStart() const { return pieceStart_; }
  /// Places between which the line turns by at most `turn_rad` and runs at most `longest_m`; first 0, last the length.
  std::vector<double> stations(double turn_rad, double longest_m) const;
  /// True length of piece i over the length it states; 1 but for parametric cubics.
  double lengthRatio(size_t piece) const;

 private:
  /// Arc length of a parametric cubic at equal steps of p: s is looked up in it.
  struct ArcLengthTable {
    std::vector<double> length_m;
  };
  PlanPoint alongPoly(const PlanPiece& piece, const ArcLengthTable& table, double ds) const;

  PlanPoint place_;  ///< where there are no pieces
  std::vector<PlanPiece> pieces_;
  std::vector<double> pieceStart_;
  std::vector<ArcLengthTable> tables_;  ///< one per piece; empty but for parametric cubics
};

}  // namespace nightfog::road
