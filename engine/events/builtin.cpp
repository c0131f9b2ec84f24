#include "engine/events/builtin.hpp"

#include <algorithm>
#include <array>

namespace nightfog::events {

std::unique_ptr<Injector> makeRollingTyre(const scenario::Injector& injector, const scenario::Scenario& scenario);
std::unique_ptr<Injector> makeDartOut(const scenario::Injector& injector, const scenario::Scenario& scenario);
std::unique_ptr<Injector> makeLensDirt(const scenario::Injector& injector, const scenario::Scenario& scenario);

std::span<const InjectorType> builtinInjectors() {
  static constexpr std::array<InjectorType, 3> kTypes{{
      {"debris.rolling_tyre", makeRollingTyre},
      {"vru.dart_out", makeDartOut},
      {"sensor.lens_dirt", makeLensDirt},
  }};
  return kTypes;
}

const InjectorType* findInjector(std::string_view name) {
  const auto types = builtinInjectors();
  const auto found =
      std::find_if(types.begin(), types.end(), [&](const InjectorType& type) { return name == type.name; });
  return found == types.end() ? nullptr : &*found;
}

}  // namespace nightfog::events
