#include "engine/world/lateral.hpp"

#include <algorithm>

#include "engine/world/shape.hpp"

namespace nightfog::world {

const Lateral::Move* Lateral::moveAt(double time_s) const {
  const auto after = std::upper_bound(moves_.begin(), moves_.end(), time_s,
                                      [](double time, const Move& move) { return time < move.start_s; });
  return after == moves_.begin() ? nullptr : &*std::prev(after);
}

Lateral::State Lateral::at(double time_s, double along_m) const {
  State state;
  const Move* move = moveAt(time_s);
  if (move == nullptr) return state;
  if (move->over_s > 0) {
    const double u = (time_s - move->start_s) / move->over_s;
    state.left_m = move->from_m + move->change_m * valueOf(move->shape, u);
    state.rate_mps = move->change_m * slopeOf(move->shape, u) / move->over_s;
    state.acceleration_mps2 = move->change_m * curvatureOf(move->shape, u) / (move->over_s * move->over_s);
  } else if (move->over_m > 0) {
    const double u = (along_m - move->start_m) / move->over_m;
    state.left_m = move->from_m + move->change_m * valueOf(move->shape, u);
    state.slope = move->change_m * slopeOf(move->shape, u) / move->over_m;
    state.bend_1pm = move->change_m * curvatureOf(move->shape, u) / (move->over_m * move->over_m);
  } else {
    state.left_m = move->from_m + move->change_m;
  }
  return state;
}

bool Lateral::isDone(double time_s, double along_m) const {
  const Move* move = moveAt(time_s);
  if (move == nullptr) return true;
  if (move->over_s > 0) return time_s >= move->start_s + move->over_s;
  return !(move->over_m > 0) || along_m >= move->start_m + move->over_m;
}

void Lateral::add(double now_s, Move move) {
  std::erase_if(moves_, [now_s](const Move& old) { return old.start_s >= now_s; });
  moves_.push_back(move);
}

void Lateral::moveInTime(double now_s, double along_m, double to_m, double over_s, scenario::Shape shape) {
  const double from = at(now_s, along_m).left_m;
  add(now_s, {now_s, along_m, from, to_m - from, shape == scenario::Shape::kStep ? 0 : over_s, 0, shape});
}

void Lateral::moveAlong(double now_s, double along_m, double to_m, double over_m, scenario::Shape shape) {
  const double from = at(now_s, along_m).left_m;
  add(now_s, {now_s, along_m, from, to_m - from, 0, shape == scenario::Shape::kStep ? 0 : over_m, shape});
}

void Lateral::rebase(double now_s, double left_m) {
  add(now_s, {now_s, 0, left_m, 0, 0, 0, scenario::Shape::kStep});
}

void Lateral::hold(double now_s, double along_m) {
  rebase(now_s, at(now_s, along_m).left_m);
}

}  // namespace nightfog::world
