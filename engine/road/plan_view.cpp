#include "engine/road/plan_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::road {
namespace {

/// Gauss-Legendre, 8 points on [-1, 1] [Abramowitz & Stegun, table 25.4]; positive half.
constexpr double kNode[4] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363};
constexpr double kWeight[4] = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763};

/// Integral of f over [from, to].
template <class F>
auto gauss8(double from, double to, F&& f) {
  const double middle = 0.5 * (from + to), half = 0.5 * (to - from);
  auto sum = kWeight[0] * (f(middle - half * kNode[0]) + f(middle + half * kNode[0]));
  for (int i = 1; i < 4; ++i) sum += kWeight[i] * (f(middle - half * kNode[i]) + f(middle + half * kNode[i]));
  return half * sum;
}

/// The integrand e^{iφ} over a phase of 1.5 rad: the rule's error, h^17 (8!)^4 / (17 (16!)^3), is below 10^-19.
constexpr double kPhasePerRule_rad = 1.5;
/// Guards the loop where a caller ignores the reader's limits.
constexpr double kMostRules = 4096;

constexpr size_t kPolySteps = 32;

double cubicAt(const std::array<double, 4>& k, double p) {
  return k[0] + p * (k[1] + p * (k[2] + p * k[3]));
}
double cubicSlope(const std::array<double, 4>& k, double p) {
  return k[1] + p * (2 * k[2] + p * 3 * k[3]);
}
double cubicBend(const std::array<double, 4>& k, double p) {
  return 2 * k[2] + p * 6 * k[3];
}

double speed(const ParamPoly3Shape& poly, double p) {
  return std::hypot(cubicSlope(poly.u, p), cubicSlope(poly.v, p));
}
double polyLength(const ParamPoly3Shape& poly, double from, double to) {
  return gauss8(from, to, [&](double p) { return speed(poly, p); });
}

glm::dvec2 turned(const glm::dvec2& v, double angle_rad) {
  const double c = std::cos(angle_rad), s = std::sin(angle_rad);
  return {c * v.x - s * v.y, s * v.x + c * v.y};
}

[[noreturn]] void refuse(size_t piece, const std::string& what, std::string help) {
  throw Error(ExitCode::kDiagnostics, fmt::format("Piece {} of the reference line {}.", piece, what), std::move(help));
}

void requireFinite(size_t index, const PlanPiece& piece) {
  double sum = piece.start.x + piece.start.y + piece.heading_rad + piece.length_m;
  if (const auto* arc = std::get_if<ArcShape>(&piece.shape)) sum += arc->curvature_1pm;
  if (const auto* spiral = std::get_if<SpiralShape>(&piece.shape))
    sum += spiral->startCurvature_1pm + spiral->endCurvature_1pm;
  if (const auto* poly = std::get_if<ParamPoly3Shape>(&piece.shape)) {
    sum += poly->lastP;
    for (size_t i = 0; i < 4; ++i) sum += poly->u[i] + poly->v[i];
    if (!(poly->lastP > 0)) refuse(index, fmt::format("ends at p = {}", poly->lastP), "p runs from 0 upwards");
  }
  if (!std::isfinite(sum)) refuse(index, "has a number that is not finite", "give numbers");
  if (!(piece.length_m > 0)) {
    refuse(index, fmt::format("is {} m long", piece.length_m), "a piece needs a positive length");
  }
}

}  // namespace

ClothoidEnd clothoid(double curvature_1pm, double curvatureRate_1pm2, double length_m) {
  const auto phase = [&](double s) { return s * (curvature_1pm + 0.5 * curvatureRate_1pm2 * s); };
  ClothoidEnd end;
  end.turn_rad = phase(length_m);
  const double steepest = std::max(std::abs(curvature_1pm), std::abs(curvature_1pm + curvatureRate_1pm2 * length_m));
  const double wanted = std::min(std::ceil(steepest * std::abs(length_m) / kPhasePerRule_rad), kMostRules);
  const int rules = std::max(1, static_cast<int>(wanted));
  for (int i = 0; i < rules; ++i) {
    end.displacement += gauss8(length_m * i / rules, length_m * (i + 1) / rules, [&](double s) {
      const double angle = phase(s);
      return glm::dvec2(std::cos(angle), std::sin(angle));
    });
  }
  return end;
}

ParamPoly3Shape poly3(const std::array<double, 4>& v, double length_m) {
  ParamPoly3Shape shape{{0, 1, 0, 0}, v, length_m};
  // The curve is never shorter than its u: the end lies before u = length. Steps of a cubic's table, then Newton.
  const auto measured = [&](double u) {
    double sum = 0;
    for (size_t k = 0; k < kPolySteps; ++k) {
      const auto at = [&](size_t i) { return u * static_cast<double>(i) / kPolySteps; };
      sum += polyLength(shape, at(k), at(k + 1));
    }
    return sum;
  };
  double low = 0, high = length_m, u = length_m;
  for (int i = 0; i < 100; ++i) {
    const double error = measured(u) - length_m;
    if (!std::isfinite(error)) break;
    if (std::abs(error) < 1e-12 * length_m) {
      shape.lastP = u;
      return shape;
    }
    (error > 0 ? high : low) = u;
    u -= error / speed(shape, u);
    if (!(u > low && u < high)) u = 0.5 * (low + high);
    if (high - low < 1e-14 * length_m) {
      shape.lastP = u;
      return shape;
    }
  }
  throw Error(ExitCode::kDiagnostics, "A poly3 is no curve of the length that it states.", "write it as paramPoly3");
}

ReferenceLine::ReferenceLine(std::vector<PlanPiece> pieces) : pieces_(std::move(pieces)) {
  pieceStart_.push_back(0);
  tables_.resize(pieces_.size());
  for (size_t i = 0; i < pieces_.size(); ++i) {
    requireFinite(i, pieces_[i]);
    pieceStart_.push_back(pieceStart_.back() + pieces_[i].length_m);
    const auto* poly = std::get_if<ParamPoly3Shape>(&pieces_[i].shape);
    if (poly == nullptr) continue;
    std::vector<double>& table = tables_[i].length_m;
    table.push_back(0);
    for (size_t k = 0; k < kPolySteps; ++k) {
      const double from = poly->lastP * static_cast<double>(k) / kPolySteps;
      const double to = poly->lastP * static_cast<double>(k + 1) / kPolySteps;
      const double gained = polyLength(*poly, from, to);
      // A cusp or a standstill would divide by zero; half a millionth of the mean speed is one.
      if (!(speed(*poly, from) * poly->lastP > 1e-6 * pieces_[i].length_m) || !(gained > 0) || !std::isfinite(gained)) {
        refuse(i, "is a parametric cubic that stands still", "its (u, v) has to move on at every p");
      }
      table.push_back(table.back() + gained);
    }
    if (!(speed(*poly, poly->lastP) > 0)) refuse(i, "is a parametric cubic that stands still", "it has to move on");
  }
}

double ReferenceLine::lengthRatio(size_t piece) const {
  return tables_[piece].length_m.empty() ? 1 : tables_[piece].length_m.back() / pieces_[piece].length_m;
}

PlanPoint ReferenceLine::alongPoly(const PlanPiece& piece, const ArcLengthTable& table, double ds) const {
  const auto& poly = std::get<ParamPoly3Shape>(piece.shape);
  const std::vector<double>& lengths = table.length_m;
  // s is what the file says; the curve's own length may differ by what its author rounded.
  const double stretch = lengths.back() / piece.length_m;
  const double wanted = ds * stretch;
  const auto after = std::upper_bound(lengths.begin(), lengths.end(), wanted);
  const auto cell =
      std::min<size_t>(static_cast<size_t>(std::max<ptrdiff_t>(after - lengths.begin() - 1, 0)), kPolySteps - 1);
  const double from = poly.lastP * static_cast<double>(cell) / kPolySteps;
  const double to = poly.lastP * static_cast<double>(cell + 1) / kPolySteps;
  const double rest = wanted - lengths[cell];
  double p = from + (to - from) * rest / (lengths[cell + 1] - lengths[cell]);
  for (int i = 0; i < 8; ++i) {
    const double error = polyLength(poly, from, p) - rest;
    if (std::abs(error) < 1e-12 * piece.length_m) break;
    p = std::clamp(p - error / std::max(speed(poly, p), 1e-300), from, to);
  }
  const double du = cubicSlope(poly.u, p), dv = cubicSlope(poly.v, p);
  const double length = std::max(std::hypot(du, dv), 1e-300);
  PlanPoint point;
  point.position = piece.start + turned({cubicAt(poly.u, p), cubicAt(poly.v, p)}, piece.heading_rad);
  point.heading_rad = piece.heading_rad + std::atan2(dv, du);
  point.curvature_1pm = (du * cubicBend(poly.v, p) - dv * cubicBend(poly.u, p)) / (length * length * length);
  point.stretch = stretch;
  return point;
}

PlanPoint ReferenceLine::at(double s) const {
  if (pieces_.empty()) return place_;
  s = std::clamp(s, 0.0, length_m());
  const auto after = std::upper_bound(pieceStart_.begin(), pieceStart_.end(), s);
  const size_t index = std::min(static_cast<size_t>(after - pieceStart_.begin()), pieces_.size()) - 1;
  const PlanPiece& piece = pieces_[index];
  const double ds = std::min(s - pieceStart_[index], piece.length_m);
  if (std::holds_alternative<ParamPoly3Shape>(piece.shape)) return alongPoly(piece, tables_[index], ds);
  PlanPoint point{piece.start, piece.heading_rad, 0};
  if (const auto* spiral = std::get_if<SpiralShape>(&piece.shape)) {
    const double rate = (spiral->endCurvature_1pm - spiral->startCurvature_1pm) / piece.length_m;
    const ClothoidEnd end = clothoid(spiral->startCurvature_1pm, rate, ds);
    point.position += turned(end.displacement, piece.heading_rad);
    point.heading_rad += end.turn_rad;
    point.curvature_1pm = spiral->startCurvature_1pm + rate * ds;
    return point;
  }
  const auto* arc = std::get_if<ArcShape>(&piece.shape);
  const double curvature = arc != nullptr ? arc->curvature_1pm : 0;
  // The chord of an arc of angle a is 2 R sin(a/2) long and points along heading + a/2; sin(x)/x keeps it exact for
  // small curvature.
  const double half = 0.5 * ds * curvature;
  const double chord = half == 0 ? ds : ds * std::sin(half) / half;
  point.position += chord * glm::dvec2(std::cos(piece.heading_rad + half), std::sin(piece.heading_rad + half));
  point.heading_rad += 2 * half;
  point.curvature_1pm = curvature;
  return point;
}

std::vector<double> ReferenceLine::stations(double turn_rad, double longest_m) const {
  std::vector<double> places{0};
  for (size_t i = 0; i < pieces_.size(); ++i) {
    const PlanPiece& piece = pieces_[i];
    double turn = 0;  // an upper bound of the curvature times the length
    if (const auto* arc = std::get_if<ArcShape>(&piece.shape)) turn = std::abs(arc->curvature_1pm) * piece.length_m;
    if (const auto* spiral = std::get_if<SpiralShape>(&piece.shape)) {
      turn = std::max(std::abs(spiral->startCurvature_1pm), std::abs(spiral->endCurvature_1pm)) * piece.length_m;
    }
    if (std::holds_alternative<ParamPoly3Shape>(piece.shape)) {
      for (int k = 0; k <= 32; ++k) {
        const double ds = piece.length_m * k / 32;
        turn = std::max(turn, std::abs(alongPoly(piece, tables_[i], ds).curvature_1pm) * piece.length_m);
      }
    }
    const double pieceCount = std::ceil(std::max({1.0, std::min(turn / turn_rad, 1e5), piece.length_m / longest_m}));
    const int count = static_cast<int>(pieceCount);
    for (int k = 1; k < count; ++k) places.push_back(pieceStart_[i] + piece.length_m * k / count);
    places.push_back(pieceStart_[i + 1]);
  }
  return places;
}

}  // namespace nightfog::road
