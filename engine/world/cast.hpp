// One of the cast: what moves it, how its parts lie, and the states it went through.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/scenario/action.hpp"
#include "engine/world/motion.hpp"
#include "engine/world/physics.hpp"
#include "engine/world/rig.hpp"

namespace nightfog::world {

/// Which lamps somebody switched, and where nobody did, what drivers do (nullopt).
struct LampSwitches {
  std::optional<scenario::Beam> beam;
  std::optional<scenario::Indicator> indicator;
  bool brake = false;
  bool rearFog = false;
};

struct ActorState {
  MotionState motion;
  std::vector<RigidTransform> worldFromPart;  ///< of the rig's drawn parts
  LampSwitches lamps;
};

/// Keeping a distance behind somebody.
struct Following {
  ObjectId leader;
  scenario::KeepGap order;
};

/// Having the speed that another one's says.
struct Matching {
  ObjectId leader;
  double factor = 1;
  double more_mps = 0;
};

/// Coming to a place when somebody comes to another.
struct Meeting {
  ObjectId other;
  scenario::ArriveWith order;
};

/// What somebody does along its way, or across it.
struct Activity {
  uint64_t serial = 0;  ///< counts what it was told
  double end_s = 0;     ///< over by then; infinite: when something else says so
  bool untilWayEnds = false;
  bool untilBeside = false;  ///< until it has moved sideways
};

class Player {
 public:
  ObjectId id;
  std::string name;
  catalog::AssetInfo asset;
  BodyKind kind = BodyKind::kParked;
  bool isPresent = true;
  bool isMoving = false;           ///< false: it has been in its first state all along
  std::unique_ptr<Motion> motion;  ///< nullptr for who was never driven
  std::unique_ptr<Rig> rig;
  size_t body = 0;                              ///< in Physics, while it is present
  bool hasBody = true;                          ///< false: of the background, and far from all that it could meet
  std::optional<size_t> background;             ///< its place in the Background
  uint32_t trip = 0;                            ///< of that
  std::optional<size_t> driver;                 ///< drives as traffic does: its number in the Background
  std::optional<size_t> joins;                  ///< the same, from the background's next step on
  std::optional<scenario::Drive> wantsToDrive;  ///< from then on, or from where it may
  LampSwitches lamps;
  bool areLampsOrdered = false;  ///< brake lamps and indicators: its driver leaves them alone
  std::optional<Following> following;
  std::optional<Matching> matching;
  std::optional<Meeting> meeting;
  Activity longitudinal, lateral;
  bool stopsAtEnd = false;                      ///< where the road ends
  std::vector<uint32_t> route;                  ///< roads that it is to take, in their order
  bool isOnTrajectory = false;                  ///< at its end it drives on along the road
  double standsSince_s = 0;                     ///< below 1 cm/s
  double offRoadSince_s = 0, atEndSince_s = 0;  ///< infinite: it is not
  double travelled_m = 0;
  glm::dvec3 lastVelocity_mps{0};
  double acceleration_mps2 = 0;  ///< along its heading, over the last step

  /// What it is like now: by its motion, or where physics has put it.
  ActorState evaluate(const Physics& physics, double time_s) const;
  /// Step n; before it entered, where it would have come from.
  ActorState at(int64_t n, double step_s) const;
  const ActorState& last() const { return history_.empty() ? first_ : history_.back(); }
  /// True if the snapshot of these steps has it.
  bool isThereIn(int64_t first, int64_t last) const {
    return (isPresent || left_) && entered_ <= last && (!left_ || first < *left_);
  }

  /// Its first state, at step n; from there on it is present.
  void appear(int64_t n, ActorState state);
  /// It is gone from step n on; its states before that are remembered until it appears anew.
  void leave(int64_t n);
  /// It stood still until step n; from there on its states are recorded.
  void startMoving(int64_t n);
  void record(ActorState state) { history_.push_back(std::move(state)); }
  void forgetBefore(int64_t n);

 private:
  ActorState first_;
  int64_t entered_ = 0;
  std::optional<int64_t> left_;
  int64_t firstStep_ = 0;           ///< of the history
  std::deque<ActorState> history_;  ///< empty unless it is moving
};

}  // namespace nightfog::world
