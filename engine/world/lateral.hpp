// How far to the left of its way a traveller is at any instant: moves of a stated shape, in time or along the way.
#pragma once

#include <vector>

#include "engine/scenario/action.hpp"

namespace nightfog::world {

/// Left of the way (m), and how it changes. What lies before `now` is never changed.
class Lateral {
 public:
  /// From `now_s` on, where it has come `along_m` of its way: to `to_m` within `over_s`, or over the next `over_m`.
  void moveInTime(double now_s, double along_m, double to_m, double over_s, scenario::Shape shape);
  void moveAlong(double now_s, double along_m, double to_m, double over_m, scenario::Shape shape);
  /// From `now_s` on the way is another one, and it is this far to the left of that.
  void rebase(double now_s, double left_m);
  /// From `now_s` on it stays as far to the left as it is.
  void hold(double now_s, double along_m);

  struct State {
    double left_m = 0;
    double rate_mps = 0;  ///< of moves in time
    double acceleration_mps2 = 0;
    double slope = 0;  ///< of moves along the way: metres to the left per metre of it
    double bend_1pm = 0;
  };
  State at(double time_s, double along_m) const;
  bool isIdle() const { return moves_.empty(); }
  /// When the last move in time ends; of one along the way: where.
  double end_s() const { return moves_.empty() ? 0 : moves_.back().start_s + moves_.back().over_s; }
  bool isDone(double time_s, double along_m) const;

 private:
  struct Move {
    double start_s = 0, start_m = 0;
    double from_m = 0, change_m = 0;
    double over_s = 0, over_m = 0;  ///< one of them, or neither: at once
    scenario::Shape shape = scenario::Shape::kLinear;
  };
  void add(double now_s, Move move);
  const Move* moveAt(double time_s) const;

  std::vector<Move> moves_;  ///< ascending
};

}  // namespace nightfog::world
