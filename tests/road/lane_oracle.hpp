// Lane centres by dense numeric integration of what a map states: curvature to heading to place, widths added up,
// polynomials evaluated here. Shares the numbers with the code under test and none of its functions.
#pragma once

#include <cmath>
#include <functional>
#include <variant>
#include <vector>

#include "engine/road/network.hpp"

namespace nightfog::road {

class LaneOracle {
 public:
  explicit LaneOracle(const RoadData& road) : road_(road) {}

  /// Calls `check(s, section, lane, place)` for every lane's centre about every `step_m`.
  void walk(double step_m,
            const std::function<void(double, const LaneSection&, const Lane&, const glm::dvec3&)>& check) const {
    double first_s = 0;
    for (const PlanPiece& piece : road_.line.pieces()) {
      const int stops = std::max(1, static_cast<int>(std::ceil(piece.length_m / step_m)));
      State state{piece.start.x, piece.start.y, piece.heading_rad, 0};
      for (int i = 0; i < stops; ++i) {
        // Strictly inside the piece: at joints another section or piece may be meant.
        const double from = piece.length_m * (i == 0 ? 0 : (i - 0.5)) / stops;
        const double to = piece.length_m * (i + 0.5) / stops;
        state = integrate(piece, state, from, to);
        checkLanes(first_s + to, state, check);
      }
      first_s += piece.length_m;
    }
  }

 private:
  struct State {
    double x, y, heading, p;
  };

  static double cubic(const std::array<double, 4>& k, double p) {
    return k[0] + k[1] * p + k[2] * p * p + k[3] * p * p * p;
  }
  static double slope(const std::array<double, 4>& k, double p) { return k[1] + 2 * k[2] * p + 3 * k[3] * p * p; }

  /// Fourth-order Runge-Kutta, steps of at most 5 cm.
  static State integrate(const PlanPiece& piece, State state, double from, double to) {
    const int steps = std::max(1, static_cast<int>(std::ceil((to - from) / 0.05)));
    const double h = (to - from) / steps;
    if (const auto* poly = std::get_if<ParamPoly3Shape>(&piece.shape)) {
      double whole = 0;
      constexpr int kCells = 20'000;
      for (int i = 0; i < kCells; ++i) {
        const double p = poly->lastP * (i + 0.5) / kCells;
        whole += std::hypot(slope(poly->u, p), slope(poly->v, p)) * poly->lastP / kCells;
      }
      const double ratio = whole / piece.length_m;
      const auto rate = [&](double p) { return ratio / std::hypot(slope(poly->u, p), slope(poly->v, p)); };
      for (int i = 0; i < steps; ++i) {
        const double a = rate(state.p), b = rate(state.p + 0.5 * h * a), c = rate(state.p + 0.5 * h * b),
                     d = rate(state.p + h * c);
        state.p += h * (a + 2 * b + 2 * c + d) / 6;
      }
      const double u = cubic(poly->u, state.p), v = cubic(poly->v, state.p);
      const double ch = std::cos(piece.heading_rad), sh = std::sin(piece.heading_rad);
      state.x = piece.start.x + ch * u - sh * v;
      state.y = piece.start.y + sh * u + ch * v;
      state.heading = piece.heading_rad + std::atan2(slope(poly->v, state.p), slope(poly->u, state.p));
      return state;
    }
    const auto curvature = [&](double s) {
      if (const auto* arc = std::get_if<ArcShape>(&piece.shape)) return arc->curvature_1pm;
      if (const auto* spiral = std::get_if<SpiralShape>(&piece.shape)) {
        return spiral->startCurvature_1pm +
               (spiral->endCurvature_1pm - spiral->startCurvature_1pm) * s / piece.length_m;
      }
      return 0.0;
    };
    for (int i = 0; i < steps; ++i) {
      const double s = from + i * h;
      const double k0 = curvature(s), k1 = curvature(s + 0.5 * h), k2 = curvature(s + h);
      const double middle = state.heading + h * (5 * k0 + 8 * k1 - k2) / 24;
      const double end = state.heading + h * (k0 + 4 * k1 + k2) / 6;
      state.x += h * (std::cos(state.heading) + 4 * std::cos(middle) + std::cos(end)) / 6;
      state.y += h * (std::sin(state.heading) + 4 * std::sin(middle) + std::sin(end)) / 6;
      state.heading = end;
    }
    return state;
  }

  static double valueAt(const Profile& profile, double s) {
    const Cubic* valid = nullptr;
    for (const Cubic& piece : profile.pieces()) {
      if (piece.start <= s || valid == nullptr) valid = &piece;
    }
    if (valid == nullptr) return 0;
    const double ds = s - valid->start;
    return valid->a + valid->b * ds + valid->c * ds * ds + valid->d * ds * ds * ds;
  }

  void checkLanes(double s, const State& state,
                  const std::function<void(double, const LaneSection&, const Lane&, const glm::dvec3&)>& check) const {
    for (const LaneSection& section : road_.sections) {
      if (s <= section.first_s || s >= section.last_s) continue;
      for (const std::vector<Lane>* lanes : {&section.left, &section.right}) {
        double t = valueAt(road_.laneOffset, s);
        for (const Lane& lane : *lanes) {
          const double width = std::max(0.0, valueAt(lane.width, s));
          const double side = lane.id > 0 ? 1 : -1;
          const double centre = t + side * 0.5 * width;
          t += side * width;
          double height = 0;
          for (const LaneHeight& h : lane.heights) {
            if (h.s <= s) height = 0.5 * (h.inner_m + h.outer_m);
          }
          const double roll = valueAt(road_.superelevation, s);
          const double across = centre * std::cos(roll) - height * std::sin(roll);
          check(s, section, lane,
                {state.x - std::sin(state.heading) * across, state.y + std::cos(state.heading) * across,
                 valueAt(road_.elevation, s) + centre * std::sin(roll) + height * std::cos(roll)});
        }
      }
    }
  }

  const RoadData& road_;
};

}  // namespace nightfog::road
