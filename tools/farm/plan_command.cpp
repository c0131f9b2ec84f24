#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "engine/core/files.hpp"
#include "tools/farm/exit_codes.hpp"
#include "tools/farm/farm_commands.hpp"
#include "tools/farm/plan.hpp"
#include "tools/farm/program_digest.hpp"
#include "tools/lang/lang_commands.hpp"

namespace nightfog::farm {
namespace fs = std::filesystem;
namespace {

bool parseWhole(std::string_view text, uint32_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::optional<simulation::FrameRange> parseFrames(const std::string& text) {
  if (text.empty()) return std::nullopt;
  simulation::FrameRange range;
  const auto dots = text.find("..");
  if (dots == std::string::npos || !parseWhole(std::string_view(text).substr(0, dots), range.first) ||
      !parseWhole(std::string_view(text).substr(dots + 2), range.last) || range.last < range.first) {
    throw Error(ExitCode::kUsage, fmt::format("--frames {}: not a range of frames", text),
                "write A..B, both included, for example --frames 3..5");
  }
  return range;
}

ExitCode plan(const PlanArguments& arguments) {
  for (const fs::path& file : arguments.scenarios) {
    std::error_code error;
    if (!fs::exists(file, error)) throw Error(kNoInput, fmt::format("{} does not exist", file.string()));
  }
  const PlanRequest request{arguments.scenarios, arguments.runs, arguments.seed, parseFrames(arguments.frames),
                            arguments.labelsOnly};
  const lang::InstalledLibrary library(lang::dataFolder());
  TemplateCache templates(library);
  simulation::EpisodeDigests digests(library.catalog(), library.dataFolder() / "assets", programDigest());
  const Plan made = makePlan(request, templates, digests);
  const fs::path folder = arguments.out.has_parent_path() ? arguments.out.parent_path() : fs::path(".");
  try {
    writeFileAtomically(arguments.out, toJsonLines(made, folder));
  } catch (const IoError& error) {
    throw Error(kCannotCreate, error.what(), error.help());
  }
  uint64_t frames = 0, cost_ms = 0;
  for (const PlannedEpisode& episode : made.episodes) frames += episode.frames, cost_ms += episode.cost_ms;
  fmt::print(stderr, "{}: {} episode{}, about {} frames and {:.1f} hours of the reference machine\n",
             arguments.out.string(), made.episodes.size(), made.episodes.size() == 1 ? "" : "s", frames,
             double(cost_ms) / 3.6e6);
  return ExitCode::kOk;
}

}  // namespace nightfog::farm
