// sensor.lens_dirt: mud, insects or dried salt on the window before a camera's lens, or on a LiDAR's. The sensor
// carries it out (sensors/faults/lens_dirt.hpp, dirty_window.hpp) and writes how much of each pixel's or beam's light
// is kept off as a truth mask.
//
//   parameter  unit    default     range                            meaning
//   sensor     sensor  -           -                                whose window
//   coverage   %       8           0 … 60                           of the window's light that is kept off
//   pattern            mud_splash  mud_splash, insects, salt_film   what it is
//
//   injectors:
//     lens_dirt:
//       use: inj.sensor.lens_dirt
//       with: {sensor: front, coverage: 8 %, pattern: mud_splash}
//
// The injector's severity scales the coverage: 0 is a clean window.
#include "engine/events/builtin.hpp"

#include "engine/events/sensor_fault_injector.hpp"

namespace nightfog::events {
namespace {

content::DirtPattern patternOf(const std::string& word) {
  if (word == "insects") return content::DirtPattern::kInsects;
  if (word == "salt_film") return content::DirtPattern::kSaltFilm;
  return content::DirtPattern::kMudSplash;
}

}  // namespace

std::unique_ptr<Injector> makeLensDirt(const scenario::Injector& injector, const scenario::Scenario& scenario) {
  const InjectorValues values(injector);
  content::SensorFault fault;
  fault.sensor = values.word("sensor");
  refuseRosette(injector, scenario, fault.sensor);
  fault.kind = content::LensDirt{patternOf(values.word("pattern")), values.number("coverage") * injector.severity,
                                 faultSeed(injector, scenario)};
  return std::make_unique<SensorFaultInjector>(std::move(fault));
}

}  // namespace nightfog::events
