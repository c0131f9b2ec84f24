#include "engine/scenario/meeting.hpp"

namespace nightfog::scenario {

MeetingSolution solveMeeting(const MeetingProblem& p) {
  MeetingSolution out;
  if (p.distance_m < 0) {
    out.why = NoMeeting::kActorIsPast;
    return out;
  }
  if (!(p.actorSpeed_mps > 0)) {
    out.why = NoMeeting::kActorStands;
    return out;
  }
  if (!(p.moverSpeed_mps > 0)) {
    out.why = NoMeeting::kMoverStands;
    return out;
  }
  out.entry_s = p.actorStart_s + p.distance_m / p.actorSpeed_mps - p.ttc_s;
  out.start_s = out.entry_s - p.moverDistance_m / p.moverSpeed_mps;
  if (out.start_s < 0) out.why = NoMeeting::kTooLate;
  return out;
}

}  // namespace nightfog::scenario
