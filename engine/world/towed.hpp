// Trailers.
#pragma once

#include <functional>
#include <vector>

#include "engine/world/motion.hpp"

namespace nightfog::world {

/// The coupler is where the hitch of who pulls is, and the axle does not slip sideways: a tractrix, drawn in steps of
/// 5 ms from the start of the run, so that it depends on nothing but where the hitch was. Over a hitch that jumps it is
/// set straight behind anew.
class TowedMotion final : public Motion {
 public:
  /// Of who pulls, at an instant that is now or not long from now.
  using Leader = std::function<MotionState(double time_s)>;
  /// `placed`: where it is put; it is drawn from there to the hitch at once.
  TowedMotion(Leader leader, double hitch_m, double coupler_m, const RigidTransform& placed, road::RoadNetwork map);

  MotionState at(double time_s) const override;
  double rolled_m(double travelled_m, const glm::dvec2&) const override { return travelled_m; }
  double wayLength_m() const override { return std::numeric_limits<double>::infinity(); }
  double cruiseSpeed_mps() const override { return 0; }
  glm::dvec3 place(double) const override { return glm::dvec3(marks_.back().origin, 0); }

 private:
  struct Mark {
    glm::dvec2 hitch{0};
    glm::dvec2 origin{0};
    double travelled_m = 0;
  };
  glm::dvec2 hitchOf(const MotionState& leader) const;
  Mark drawn(const Mark& from, const MotionState& leader) const;

  Leader leader_;
  double hitch_m_ = 0;
  double coupler_m_ = 1;
  RigidTransform placed_;
  road::RoadNetwork map_;
  mutable std::vector<Mark> marks_;  ///< one every 5 ms
};

}  // namespace nightfog::world
