#include "engine/events/builtin.hpp"

#include <algorithm>
#include <array>

namespace nightfog::events {

std::unique_ptr<Injector> makeRollingTyre(const scenario::Injector& injector, const scenario::Scenario& scenario);
std::unique_ptr<Injector> makeDartOut(const scenario::Injector& injector, const scenario::Scenario& scenario);
std::unique_ptr<Injector> makeLensDirt(const scenario::Injector& injector, const scenario::Scenario& scenario);
std::unique_ptr<Injector> makeChannelDead(const scenario::Injector& injector, const scenario::Scenario& scenario);
std::unique_ptr<Injector> makeBlockedSector(const scenario::Injector& injector, const scenario::Scenario& scenario);
std::unique_ptr<Injector> makePacketLoss(const scenario::Injector& injector, const scenario::Scenario& scenario);
std::unique_ptr<Injector> makeWaterFilm(const scenario::Injector& injector, const scenario::Scenario& scenario);
std::unique_ptr<Injector> makeMisalignment(const scenario::Injector& injector, const scenario::Scenario& scenario);
std::unique_ptr<Injector> makeVibration(const scenario::Injector& injector, const scenario::Scenario& scenario);
std::unique_ptr<Injector> makeClockSkew(const scenario::Injector& injector, const scenario::Scenario& scenario);

std::span<const InjectorType> builtinInjectors() {
  static constexpr std::array<InjectorType, 10> kTypes{{
      {"debris.rolling_tyre", makeRollingTyre},
      {"vru.dart_out", makeDartOut},
      {"sensor.lens_dirt", makeLensDirt},
      {"lidar.channel_dead", makeChannelDead},
      {"lidar.blocked_sector", makeBlockedSector},
      {"lidar.packet_loss", makePacketLoss},
      {"sensor.water_film", makeWaterFilm},
      {"sensor.misalignment", makeMisalignment},
      {"sensor.vibration", makeVibration},
      {"sensor.clock_skew", makeClockSkew},
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
