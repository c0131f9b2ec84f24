#include "engine/weather/weather.hpp"

#include <cmath>

#include "engine/core/error.hpp"

namespace nightfog::weather {
namespace {

double extinctionFromContrast(double contrast, double distance_m, const char* name) {
  if (!(distance_m > 0) || !std::isfinite(distance_m)) {
    throw Error(ExitCode::kDiagnostics, fmt::format("{} is {} m; it must be a positive length", name, distance_m),
                "leave fog out for clear air");
  }
  return -std::log(contrast) / distance_m;
}

}  // namespace

double extinctionFromMor(double mor_m) {
  return extinctionFromContrast(0.05, mor_m, "the meteorological optical range");
}

double extinctionFromVisualRange(double visualRange_m) {
  return extinctionFromContrast(0.02, visualRange_m, "the visual range");
}

content::Media mediaFor(const scenario::Weather& weather) {
  content::Media media;
  if (weather.fogVisibility_m) media.extinction_1pm = extinctionFromMor(*weather.fogVisibility_m);
  return media;
}

}  // namespace nightfog::weather
