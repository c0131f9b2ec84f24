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
/// Less than this is no comparison, and who goes less far says nothing.
constexpr double kShortest_s = 1.0;
constexpr double kShortest_m = 1.0;
constexpr double kForever_s = 1e9;

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
    std::string name = onlyIdentifier(fields[2]);
    for (const char c : fields[2]) name += c == '+' ? "_trailer" : "";
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
        const auto& dependent = made.report.dependent;
        const auto isIn = [](const std::vector<std::string>& list, const std::string& id) {
          return std::find(list.begin(), list.end(), id) != list.end();
        };
        const Tracks theirs = readTracks(reference);
        // Nobody who heeds a controller's actor can be compared once that one is elsewhere than the player has it.
        double controlledUntil_s = kForever_s;
        for (const std::string& actor : controlled) {
          const auto own = ours.find(actor);
          const auto track = theirs.find(actor);
          if (own == ours.end() || track == theirs.end()) continue;
          for (const Sample& sample : track->second) {
            if (distance(own->second, sample) <= kFar_m) continue;
            controlledUntil_s = std::min(controlledUntil_s, sample.time_s);
            break;
          }
        }
        bool isAlike = true, isCompared = false;
        ++withTrack;
        for (const auto& [actor, track] : theirs) {
          if (isIn(controlled, actor)) {
            line += fmt::format("\n    {}: a controller steers it", actor);
            continue;
          }
          const auto own = ours.find(actor);
          if (own == ours.end() && refused == 0) {
            line += fmt::format("\n    {}: the file does not name it", actor);  // a controller's helper
            continue;
          }
          if (own == ours.end()) {
            line += fmt::format("\n    {}: is not there", actor);
            isAlike = false;
            continue;
          }
          double worst = 0, from_s = -1, end_s = std::min(track.back().time_s, own->second.back().time_s - kLate_s);
          if (isIn(dependent, actor)) end_s = std::min(end_s, controlledUntil_s - kLate_s);
          for (const auto& [follower, event] : made.report.closedLoop) {
            for (const auto& entry : played.trace) {
              if (follower == actor && entry.id == event && !entry.firings.empty())
                end_s = std::min(end_s, entry.firings[0].seconds());
            }
          }
          double gone_m = 0;
          for (const Sample& sample : track) {
            if (sample.time_s > end_s || (end_s <= track.front().time_s)) break;
            gone_m = std::max(gone_m, glm::length(sample.place - track.front().place));
            const double off = distance(own->second, sample);
            worst = std::max(worst, off);
            if (off > kFar_m && from_s < 0) from_s = sample.time_s;
          }
          isAlike = isAlike && from_s < 0;
          const double span_s = end_s - track.front().time_s;
          isCompared = isCompared || (span_s >= kShortest_s && gone_m >= kShortest_m);
          line += fmt::format("\n    {}: at most {:.3f} m off over {:.1f} of {:.1f} s and {:.0f} m{}", actor, worst,
                              std::max(span_s, 0.0), track.back().time_s - track.front().time_s, gone_m,
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
  CHECK(whole >= 45);
  CHECK(alike >= 30);  // what is reached; README.md says why each other one differs
  CHECK(5 * alike >= 4 * compared);
}
