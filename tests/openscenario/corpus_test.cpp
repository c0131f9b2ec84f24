// Scenario files by others, beside what an established player makes of them. Where their folder is there:
// NIGHTFOG_CORPORA, else ../shared/corpora beside the sources.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>

#include "fixture.hpp"

using namespace nightfog;
namespace fs = std::filesystem;

namespace {

/// How far apart tracks may be, and how late.
constexpr double kFar_m = 0.5;
constexpr double kLate_s = 0.2;
/// Less than this is no comparison.
constexpr double kShortest_s = 1.0;

struct Sample {
  double time_s = 0;
  glm::dvec3 place{0};
};
using Tracks = std::map<std::string, std::vector<Sample>>;

std::string onlyIdentifier(const std::string& name) {
  std::string id;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      id += c;
    else if (!id.empty() && id.back() != '_')
      id += '_';
  }
  while (!id.empty() && id.back() == '_') id.pop_back();
  return id;
}

/// time, id, name, x, y, z, …
Tracks readTracks(const fs::path& file) {
  Tracks tracks;
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<std::string> fields;
    for (size_t begin = 0; begin <= line.size();) {
      const size_t end = std::min(line.find(", ", begin), line.size());
      fields.push_back(line.substr(begin, end - begin));
      begin = end + 2;
    }
    if (fields.size() < 6) continue;
    const std::string name = fields[2].find('+') == std::string::npos ? onlyIdentifier(fields[2]) : fields[2];
    tracks[name].push_back({std::stod(fields[0]), {std::stod(fields[3]), std::stod(fields[4]), std::stod(fields[5])}});
  }
  return tracks;
}

/// From a place to the stretch of the track that is gone within the time allowed.
double distance(const std::vector<Sample>& track, const Sample& to) {
  double nearest = 1e9;
  for (size_t i = 0; i + 1 < track.size(); ++i) {
    if (track[i + 1].time_s < to.time_s - kLate_s || track[i].time_s > to.time_s + kLate_s) continue;
    const glm::dvec2 a(track[i].place), b(track[i + 1].place), p(to.place);
    const double low =
        std::clamp((to.time_s - kLate_s - track[i].time_s) / (track[i + 1].time_s - track[i].time_s), 0.0, 1.0);
    const double high =
        std::clamp((to.time_s + kLate_s - track[i].time_s) / (track[i + 1].time_s - track[i].time_s), 0.0, 1.0);
    const double length2 = glm::dot(b - a, b - a);
    const double u = std::clamp(length2 > 0 ? glm::dot(p - a, b - a) / length2 : 0.0, low, high);
    nearest = std::min(nearest, glm::length(a + u * (b - a) - p));
  }
  return nearest;
}

}  // namespace

TEST_CASE("Scenario files by others import, and who is not steered by a controller goes where a player has him go") {
  const char* named = std::getenv("NIGHTFOG_CORPORA");
  const fs::path folder =
      (named != nullptr ? fs::path(named) : fs::path(NIGHTFOG_SOURCE_DIR "/../shared/corpora")) / "openscenario";
  if (!fs::exists(folder / "xosc")) {
    MESSAGE("skipped: there is no folder of scenario files by others; NIGHTFOG_CORPORA names one");
    return;
  }
  const char* only = std::getenv("NIGHTFOG_ONLY");
  const char* kept = std::getenv("NIGHTFOG_KEEP");
  const test::Folder scratch;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder / "xosc")) {
    if (entry.path().extension() == ".xosc") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  size_t whole = 0, withTrack = 0, compared = 0, alike = 0;
  for (const fs::path& file : files) {
    const std::string name = file.stem().string();
    if (only != nullptr && name != only) continue;
    CAPTURE(name);
    openscenario::Import made = openscenario::importOpenScenario(file, test::assets());
    const size_t refused = made.report.count(openscenario::Outcome::kRefused);
    whole += refused == 0 ? 1 : 0;
    std::string line = fmt::format("{}: {} supported, {} approximated, {} refused", name,
                                   made.report.count(openscenario::Outcome::kSupported),
                                   made.report.count(openscenario::Outcome::kApproximated), refused);
    for (const auto& entry : made.report.entries) {
      if (entry.outcome == openscenario::Outcome::kRefused)
        line += fmt::format("\n    refused {} line {}: {}", entry.element, entry.line, entry.note);
    }
    const fs::path reference = folder / "trajectories" / (name + ".csv");
    const fs::path target = kept != nullptr ? fs::path(kept) : scratch.path() / name;
    try {
      const auto played =
          test::playImport(made, target, SimTime::fromMs(40'000), SimTime::fromMs(50));  // the player's step
      if (kept != nullptr) writeFileAtomically(target / (name + ".csv"), play::toCsv(played.rows));
      if (fs::exists(reference)) {
        Tracks ours;
        for (const play::Row& row : played.rows) ours[row.name].push_back({row.time_s, row.worldFromActor.translation});
        const auto& controlled = made.report.controlled;
        bool isAlike = true, isCompared = false;
        ++withTrack;
        for (const auto& [actor, track] : readTracks(reference)) {
          if (std::find(controlled.begin(), controlled.end(), actor) != controlled.end()) {
            line += fmt::format("\n    {}: a controller steers it", actor);
            continue;
          }
          const auto own = ours.find(actor);
          if (own == ours.end() && refused == 0 && actor.find('+') == std::string::npos) {
            line += fmt::format("\n    {}: the file does not name it", actor);  // a controller's helper
            continue;
          }
          if (own == ours.end()) {
            line += fmt::format("\n    {}: is not there", actor);
            isAlike = false;
            continue;
          }
          const auto& dependent = made.report.dependent;
          if (std::find(dependent.begin(), dependent.end(), actor) != dependent.end()) {
            line += fmt::format("\n    {}: what it does depends on who is steered by a controller", actor);
            continue;
          }
          double worst = 0, from_s = -1, end_s = own->second.back().time_s - kLate_s;
          for (const auto& [follower, event] : made.report.closedLoop) {
            for (const auto& entry : played.trace) {
              if (follower == actor && entry.id == event && !entry.firings.empty())
                end_s = std::min(end_s, entry.firings[0].seconds());
            }
          }
          for (const Sample& sample : track) {
            if (sample.time_s >= end_s && end_s < own->second.back().time_s - kLate_s) break;
            if (sample.time_s > end_s) break;
            const double off = distance(own->second, sample);
            worst = std::max(worst, off);
            if (off > kFar_m && from_s < 0) from_s = sample.time_s;
          }
          isAlike = isAlike && from_s < 0;
          isCompared = isCompared || end_s - track.front().time_s >= kShortest_s;
          line += fmt::format("\n    {}: at most {:.3f} m off until {:.2f} s{}", actor, worst, end_s,
                              from_s < 0 ? "" : fmt::format(", too far from {:.2f} s on", from_s));
        }
        compared += isCompared || !isAlike ? 1 : 0;
        alike += isAlike && isCompared ? 1 : 0;
        line += !isAlike ? "\n    NOT ALIKE" : isCompared ? "\n    alike" : "\n    nobody is compared";
      }
    } catch (const std::exception& error) {
      line += fmt::format("\n    FAILED {}", error.what());
      if (fs::exists(reference)) ++withTrack, ++compared;
    }
    MESSAGE(line);
  }
  MESSAGE(whole, " of ", files.size(), " files without a refused element; ", withTrack, " with a track, in ", compared,
          " of them somebody is compared, ", alike, " of these alike");
  if (only != nullptr) return;
  CHECK(whole >= 42);
  CHECK(alike >= 20);  // what is reached; README.md says why each other one differs
  WARN(5 * alike >= 4 * compared);
}
