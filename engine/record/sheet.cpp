#include "engine/record/sheet.hpp"

#include <fmt/format.h>

#include "engine/record/point_colour.hpp"

namespace nightfog::record {

void drawSheetHead(Image& sheet, const EpisodeInfo& episode, const std::string& shown) {
  sheet.text({kSheetMargin, 50}, episode.title.empty() ? episode.scenarioId : episode.title, 20, kInk);
  const std::string weather =
      episode.fogVisibility_m ? fmt::format("fog, visibility {:.0f} m", *episode.fogVisibility_m) : "clear air";
  sheet.text({kSheetMargin, 80}, fmt::format("{}  |  {}", shown, weather), 10, kFaintInk);
  const auto rightAligned = [&](float baseline, const std::string& text) {
    sheet.text({kSheetWidth - kSheetMargin - Image::textWidth(text, 10), baseline}, text, 10, kFaintInk);
  };
  rightAligned(46, fmt::format("nightfog {}  |  synthetic data", episode.engineVersion));
  rightAligned(80, fmt::format("{}  |  seed {}  |  run {}", episode.scenarioId, episode.seed, episode.run));
}

}  // namespace nightfog::record
