// The scenario as text.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/openscenario/importer.hpp"

namespace nightfog::openscenario {
namespace {

std::string inQuotes(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20)
      out += ' ';
    else if (c == '"' || c == '\\')
      (out += '\\') += c;
    else
      out += c;
  }
  return out + "\"";
}

/// On one line of a comment.
std::string comment(const std::string& text) {
  std::string out;
  for (const char c : text.substr(0, 300)) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return out;
}

}  // namespace

std::string Importer::writeActors() {
  std::string out = "\nactors:\n";
  bool isEmpty = true;
  for (const Entity& actor : entities_) {
    if (actor.asset.empty()) continue;
    isEmpty = false;
    out += fmt::format("  {}:  # {}\n    asset: {}\n", actor.id, comment(actor.assetNote), actor.asset);
    Spot origin;
    const auto by = std::find_if(entities_.begin(), entities_.end(),
                                 [&](const Entity& other) { return other.id == actor.towedBy; });
    if (by != entities_.end() && !by->asset.empty()) {
      Spot behind;
      behind.pose = startOf(actor);
      out += fmt::format("    place: {}\n", placeText(behind));
      out += fmt::format("    behavior: {{towed: {{by: {}, hitch: {}, coupler: {}}}}}\n", actor.towedBy,
                         metres(*by->hitch_m), metres(*actor.coupler_m));
      continue;
    }
    out += fmt::format("    place: {}\n", placeText(actor.start.value_or(origin)));
    if (actor.type == "miscellaneous" && actor.speed_mps == 0)
      out += "    behavior: parked\n";
    else if (made_.map)
      out += fmt::format("    behavior: {{follow_lane: {{speed: {}, at_end: stop}}}}\n", speed(actor.speed_mps));
    else if (actor.speed_mps > 0) {
      const glm::dvec3 ahead = actor.start.value_or(origin).pose * glm::dvec3(10'000, 0, 0);
      out += fmt::format("    behavior: {{follow_path: {{points: [[{}, {}, {}]], speed: {}}}}}\n", metres(ahead.x),
                         metres(ahead.y), metres(ahead.z), speed(actor.speed_mps));
    } else
      out += "    behavior: parked\n";
  }
  if (isEmpty) out.insert(out.size() - 1, " {}");
  return out;
}

std::string Importer::write() {
  const std::string actors = writeActors();  // first: it names lanes
  std::string out = "format: scenario/1\n";
  out += fmt::format("id: {}\ntitle: {}\n", made_.id, inQuotes(comment(title_)));
  out += fmt::format("# Imported from OpenSCENARIO: {}. What became of each element is in {}.import.txt.\n",
                     comment(file_.filename().string()), made_.id);
  for (const Entry& entry : made_.report.entries) {
    if (entry.outcome == Outcome::kSupported) continue;
    out += fmt::format("# {} line {}: {} {}: {}\n", comment(entry.file), entry.line,
                       entry.outcome == Outcome::kRefused ? "REFUSED" : "approximated", entry.element,
                       comment(entry.note));
  }
  out += "\nworld:\n";
  if (made_.map) {
    out += fmt::format("  map: {}\n", inQuotes(mapName_));
    if (!lanes_.empty()) {
      out += "  lanes:\n";
      for (const auto& [name, lane] : lanes_) out += fmt::format("    {}: {}\n", name, inQuotes(lane));
    }
  } else {
    out += "  ground: plane\n";
  }
  if (timeOfDay_s_) {
    const int minutes = static_cast<int>(std::lround(*timeOfDay_s_ / 60));
    out += fmt::format("  time_of_day: \"{:02}:{:02}\"\n", minutes / 60, minutes % 60);
  }
  out += fmt::format("  duration: {}\n", seconds(duration_s_));
  out += actors;
  if (!points_.empty()) {
    out += "\npoints:\n";
    for (const auto& [name, text] : points_) out += fmt::format("  {}: {}\n", name, text);
  }
  if (!weather_.empty()) {
    out += "\nweather:\n";
    for (const auto& [unused, keyframe] : weather_) out += fmt::format("  - {}\n", keyframe);
  }
  if (density_pkm_) out += fmt::format("\ntraffic: {{density: {} 1/km}}\n", numberText(*density_pkm_));
  if (!events_.empty()) out += "\nevents:\n";
  for (const Happening& event : events_) {
    out += fmt::format("  - id: {}{}\n", event.id, event.comment.empty() ? "" : "  # " + comment(event.comment));
    out += fmt::format("    when: {}\n", inQuotes(event.when));
    if (event.delay_s > 0) out += fmt::format("    delay: {}\n", seconds(event.delay_s));
    if (event.repeats) out += "    repeat: {min_gap: 1 ms}\n";
    if (!event.stops.empty()) out += fmt::format("    stops: [{}]\n", fmt::join(event.stops, ", "));
    if (!event.until.empty()) out += fmt::format("    until: {}\n", inQuotes(event.until));
    if (event.commands.empty()) {
      out += "    do: {}\n";
      continue;
    }
    out += "    do:\n";
    std::vector<std::string> done;
    for (const auto& [actor, unused] : event.commands) {
      if (std::find(done.begin(), done.end(), actor) != done.end()) continue;
      done.push_back(actor);
      out += fmt::format("      {}:\n", actor);
      for (const auto& [other, commands] : event.commands) {
        if (other != actor) continue;
        for (const std::string& command : commands) out += fmt::format("        {}\n", command);
      }
    }
  }
  return out;
}

}  // namespace nightfog::openscenario
