// sensor.lens_dirt: mud, insects or dried salt on the window before a camera's lens. The camera carries it out
// (sensors/faults/lens_dirt.hpp) and writes how much of each pixel's light is kept off as a truth mask.
//
//   parameter  unit    default     range                            meaning
//   sensor     sensor  -           -                                whose window
//   coverage   %       8           0 … 60                           of the image's light that is kept off
//   pattern            mud_splash  mud_splash, insects, salt_film   what it is
//
//   injectors:
//     lens_dirt:
//       use: inj.sensor.lens_dirt
//       with: {sensor: front, coverage: 8 %, pattern: mud_splash}
//
// The injector's severity scales the coverage: 0 is a clean window.
#include "engine/events/builtin.hpp"

#include "engine/core/hash.hpp"

namespace nightfog::events {
namespace {

content::DirtPattern patternOf(const std::string& word) {
  if (word == "insects") return content::DirtPattern::kInsects;
  if (word == "salt_film") return content::DirtPattern::kSaltFilm;
  return content::DirtPattern::kMudSplash;
}

class LensDirt final : public Injector {
 public:
  LensDirt(const scenario::Injector& injector, const scenario::Scenario& scenario)
      : injector_(injector), values_(injector_), seed_(hashCombine(scenario.seed, scenario.run)) {}

  void start(Stage& stage) override {
    content::SensorFault fault;
    fault.sensor = values_.word("sensor");
    fault.kind = content::LensDirt{patternOf(values_.word("pattern")), values_.number("coverage") * injector_.severity,
                                   hashCombine(seed_, hash64(injector_.id))};
    fault_ = stage.world.breakSensor(fault);
  }
  bool goOn(Stage&) override { return true; }  // it does not go away by itself
  void stop(Stage& stage) override { stage.world.repair(fault_); }

 private:
  scenario::Injector injector_;
  InjectorValues values_;
  uint64_t seed_ = 0;
  size_t fault_ = 0;
};

}  // namespace

std::unique_ptr<Injector> makeLensDirt(const scenario::Injector& injector, const scenario::Scenario& scenario) {
  return std::make_unique<LensDirt>(injector, scenario);
}

}  // namespace nightfog::events
