// vru.dart_out: someone on foot runs into the road from behind something.
//
// With `meet` the run begins when it must so that the runner enters the lane of the meeting's point `ttc` before the
// front of the other arrives there: solved before the episode from planned motions, and so true at any speed of a
// sweep. With `when` it begins then. The runner goes straight through the point and on to the far side.
//
//   parameter  unit   default  range      meaning
//   actor      actor  -        -          who runs
//   speed      m/s    3        0.5 … 8    of the run [children 8 to 12 years: 2.8 to 4.4 m/s, Euro NCAP CPNCO: 1.4]
//   meet              -        -          {actor, at, ttc}
//   to         point  beyond   -          where the run ends; where absent as far beyond the point as it began before
//   it
//
//   injectors:
//     dart:
//       use: inj.vru.dart_out
//       with: {actor: pedestrian, speed: 3 m/s, meet: {actor: ego, at: conflict, ttc: 2.0 s}}
#include <cmath>

#include "engine/events/builtin.hpp"

namespace nightfog::events {
namespace {

constexpr double kThere_m = 0.01;
/// A runner who is given nothing but a direction goes on for so far: two lanes and a sidewalk.
constexpr double kFarSide_m = 9;

class DartOut final : public Injector {
 public:
  explicit DartOut(const scenario::Injector& injector) : injector_(injector), values_(injector_) {}

  void start(Stage& stage) override {
    runner_ = stage.find(values_.word("actor"));
    const auto view = stage.world.view(runner_);
    const glm::dvec3 here = view.worldFromActor.translation;
    target_ = goal(here, view.worldFromActor.rotate({1, 0, 0}));
    started_s_ = stage.world.now().seconds();
    stage.world.command(runner_, scenario::Walk{target_, values_.number("speed")});
  }

  bool goOn(Stage& stage) override {
    const auto view = stage.world.view(runner_);
    return glm::length(glm::dvec2(target_ - view.worldFromActor.translation)) > kThere_m;
  }

  std::vector<Claim> claims() const override {
    std::vector<Claim> claims;
    if (const scenario::Meeting* meeting = values_.meeting("meet")) {
      // The step's length is the finest that a start can be met.
      const double late_s = started_s_ - meeting->start.seconds();
      claims.push_back({"sets out at the solved instant, within a step", late_s >= 0 && late_s < 0.05, late_s});
    }
    return claims;
  }

 private:
  glm::dvec3 goal(const glm::dvec3& here, const glm::dvec3& facing) const {
    if (const auto* to = values_.find<scenario::InjectorPlace>("to")) return to->worldFromPlace.translation;
    if (const scenario::Meeting* meeting = values_.meeting("meet")) {
      const glm::dvec2 through = glm::dvec2(meeting->at - here);
      const double length = glm::length(through);
      if (length > kThere_m)
        return here + glm::dvec3(through * (1 + std::max(kFarSide_m - length, length) / length), 0);
    }
    return here + facing * kFarSide_m;
  }

  scenario::Injector injector_;
  InjectorValues values_;
  ObjectId runner_;
  glm::dvec3 target_{0};
  double started_s_ = 0;
};

}  // namespace

std::unique_ptr<Injector> makeDartOut(const scenario::Injector& injector, const scenario::Scenario&) {
  return std::make_unique<DartOut>(injector);
}

}  // namespace nightfog::events
