// Feeds any bytes to the readers of SUMO's traces and vTypes, and rides what they accept: nothing may crash, hang, or
// come out as something else than a finite number.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/fcd/ride.hpp"
#include "engine/fcd/trace.hpp"

using namespace nightfog;
using namespace nightfog::fcd;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const Trace trace = readTraceText("fuzz.fcd.xml", text, {});
    for (const Mover& mover : trace.movers) {
      NF_ASSERT(!mover.samples.empty(), "a mover without a step");
      for (const double wheelbase : {0.0, 2.7}) {
        const FindLane lane = [](const glm::dvec3& place, double) { return LaneSpot{{place.x, 0, 0}, 0}; };
        const Ride ride(mover.samples, {wheelbase, wheelbase > 0 ? 3.6 : 0}, lane);
        for (int i = -1; i <= 9; ++i) {
          const RideState now = ride.at(ride.begin_s() + (ride.end_s() - ride.begin_s()) * i / 8);
          NF_ASSERT(std::isfinite(now.position.x + now.position.y + now.heading_rad + now.speed_mps +
                                  now.yawRate_radps + now.travelled_m + now.curvature_1pm + now.acceleration_mps2),
                    "a ride to nowhere");
        }
      }
    }
  } catch (const Error&) {
  }
  try {
    (void)readTypesText("fuzz.rou.xml", text);
  } catch (const Error&) {
  }
  return 0;
}
