// Along a track at a pace, beside it as somebody commands; other tracks may be taken on the way.
#pragma once

#include <vector>

#include "engine/world/lateral.hpp"
#include "engine/world/motion.hpp"

namespace nightfog::world {

/// The pace is that of the actor itself: while it moves sideways it comes less far along its track. How far is summed
/// up in steps of 5 ms, on a grid that begins with the move, so that it depends on nothing but time.
class TrackMotion final : public Motion {
 public:
  /// Before `start` it stands as placed. On hills of `map` it leans with the road.
  TrackMotion(Track track, const RigidTransform& placed, double speed_mps, SimTime start, double wheelbase_m,
              road::RoadNetwork map = {});

  MotionState at(double time_s) const override;
  double rolled_m(double travelled_m, const glm::dvec2& wheel) const override;
  double wayLength_m() const override;
  double cruiseSpeed_mps() const override { return cruiseSpeed_mps_; }
  glm::dvec3 place(double travelled_m) const override;
  Pace* pace() override { return &pace_; }
  Track* track() override { return &legs_.back().track; }
  TrackMotion* onTrack() override { return this; }

  /// Along its tracks, all of them.
  double progress_m(double time_s) const;
  /// On the track that it is on: from its start.
  double along_m(double time_s) const { return progress_m(time_s) - legs_.back().first_m; }
  bool isAtEnd(double time_s) const { return along_m(time_s) >= legs_.back().track.length_m(); }
  const Lateral& lateral() const { return lateral_; }
  /// From `now_s` on along another track, whose start lies beside where it is, and `left_m` to the left of it.
  void take(double now_s, Track track, double left_m);
  void moveInTime(double now_s, double to_m, double over_s, scenario::Shape shape);
  void moveAlong(double now_s, double to_m, double over_m, scenario::Shape shape);
  void hold(double now_s);
  void setCruiseSpeed(double speed_mps) { cruiseSpeed_mps_ = speed_mps; }
  void lieDown(double roll_rad) { roll_rad_ = roll_rad; }

 private:
  struct Leg {
    Track track;
    double start_s = 0;
    double first_m = 0;  ///< of the way, at its start
  };
  /// Where the sum stands.
  struct Mark {
    double time_s = 0;
    double progress_m = 0;
  };
  const Leg& legAt(double time_s) const;
  const Leg& legOf(double travelled_m) const;
  double progressRate(double time_s, double progress_m) const;
  void beginSum(double now_s);

  std::vector<Leg> legs_;
  Lateral lateral_;
  mutable std::vector<Mark> marks_;  ///< ascending; the first of the last move sideways begins its grid
  size_t gridStart_ = 0;
  road::RoadNetwork map_;
  Pace pace_;
  RigidTransform placed_;
  double cruiseSpeed_mps_ = 0;
  double start_s_ = 0;
  double wheelbase_m_ = 0;
  double roll_rad_ = 0;
};

}  // namespace nightfog::world
