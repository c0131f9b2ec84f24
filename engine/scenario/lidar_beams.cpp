#include "engine/scenario/lidar_beams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

#include "engine/config/document.hpp"
#include "engine/config/quantity.hpp"
#include "engine/config/suggest.hpp"
#include "engine/core/transform.hpp"

namespace nightfog::scenario {

using namespace config;

namespace {

constexpr size_t kMostBeams = 512;
constexpr double kDegree = kPi / 180;

/// A column of the table: what it is called, its unit in SI, what is allowed, and where it goes.
struct BeamColumn {
  const char* name;
  double toSi;
  double low;  ///< as written
  double high;
  void (*set)(LidarChannel&, double si);
};

constexpr std::array<BeamColumn, 11> kBeamColumns{{
    {"elevation_deg", kDegree, -90, 90, [](LidarChannel& c, double v) { c.elevation_rad = v; }},
    {"azimuth_offset_deg", kDegree, -180, 180, [](LidarChannel& c, double v) { c.azimuthOffset_rad = v; }},
    {"firing_offset_us", 1e-6, 0, 1e4, [](LidarChannel& c, double v) { c.firingOffset_s = v; }},
    {"origin_forward_mm", 1e-3, -1000, 1000, [](LidarChannel& c, double v) { c.originForward_m = v; }},
    {"origin_left_mm", 1e-3, -1000, 1000, [](LidarChannel& c, double v) { c.originLeft_m = v; }},
    {"origin_up_mm", 1e-3, -1000, 1000, [](LidarChannel& c, double v) { c.originUp_m = v; }},
    {"range_10_percent_m", 1, 0.1, 1000, [](LidarChannel& c, double v) { c.range10_m = v; }},
    {"divergence_horizontal_mrad", 1e-3, 0, 200, [](LidarChannel& c, double v) { c.divergenceH_rad = v; }},
    {"divergence_vertical_mrad", 1e-3, 0, 200, [](LidarChannel& c, double v) { c.divergenceV_rad = v; }},
    {"Elevation", kDegree, -90, 90, [](LidarChannel& c, double v) { c.elevation_rad = v; }},
    {"Azimuth", -kDegree, -180, 180, [](LidarChannel& c, double v) { c.azimuthOffset_rad = v; }},
}};
constexpr const char* kHesaiChannel = "Channel";

struct BeamCell {
  std::string text;
  TextRange range;
};

std::vector<BeamCell> cellsOf(const SourceText& source, TextRange line) {
  std::vector<BeamCell> out;
  const std::string_view text = source.text();
  const uint32_t hash =
      static_cast<uint32_t>(std::min<size_t>(text.substr(0, line.end).find('#', line.begin), line.end));
  for (uint32_t begin = line.begin; begin <= hash;) {
    const auto end = static_cast<uint32_t>(std::min<size_t>(text.substr(0, hash).find(',', begin), hash));
    TextRange range{begin, end};
    const auto isBlank = [&](uint32_t at) { return text[at] == ' ' || text[at] == '\t' || text[at] == '\r'; };
    while (range.begin < range.end && isBlank(range.begin)) ++range.begin;
    while (range.begin < range.end && isBlank(range.end - 1)) --range.end;
    out.push_back({std::string(text.substr(range.begin, range.end - range.begin)), range});
    begin = end + 1;
  }
  return out;
}

/// What the profile says of a channel where it has as many.
LidarChannel channelBefore(const LidarProfile& profile, size_t index, size_t count) {
  return profile.channels.size() == count ? profile.channels[index] : LidarChannel{};
}

class BeamTable {
 public:
  BeamTable(const SourceText& source, Diagnostics& diagnostics) : source_(source), diagnostics_(diagnostics) {}

  bool read(LidarProfile& profile) {
    bool isFirst = true;
    std::vector<std::vector<BeamCell>> rows;
    for (size_t i = 0; i < source_.lineCount(); ++i) {
      std::vector<BeamCell> cells = cellsOf(source_, source_.line(i));
      if (cells.size() == 1 && cells[0].text.empty()) continue;
      if (isFirst && !readHeader(cells)) return false;
      if (!isFirst) rows.push_back(std::move(cells));
      isFirst = false;
    }
    if (rows.empty() || rows.size() > kMostBeams) {
      diagnostics_.error("E0214", source_.place({}), fmt::format("{} beams", rows.size()))
          .withHelp(fmt::format("a header line, then one line for each of 1 to {} beams", kMostBeams));
      return false;
    }
    std::vector<LidarChannel> channels;
    bool ok = true;
    for (size_t i = 0; i < rows.size(); ++i) {
      channels.push_back(channelBefore(profile, i, rows.size()));
      ok = readRow(rows[i], i, channels.back()) && ok;
    }
    if (ok) profile.channels = std::move(channels);
    return ok;
  }

 private:
  bool refuse(const BeamCell& cell, const char* code, std::string message, std::string help) {
    diagnostics_.error(code, source_.place(cell.range), std::move(message)).withHelp(std::move(help));
    return false;
  }

  bool readHeader(const std::vector<BeamCell>& cells) {
    std::vector<std::string> known{kHesaiChannel};
    for (const BeamColumn& column : kBeamColumns) known.emplace_back(column.name);
    std::set<std::string> seen;
    for (const BeamCell& cell : cells) {
      const auto found = std::find_if(kBeamColumns.begin(), kBeamColumns.end(),
                                      [&](const BeamColumn& column) { return cell.text == column.name; });
      if (found == kBeamColumns.end() && cell.text != kHesaiChannel) {
        return refuse(cell, "E0202", fmt::format("there is no column '{}'", excerpt(cell.text)),
                      suggestionHelp(cell.text, known));
      }
      if (!seen.insert(cell.text).second)
        return refuse(cell, "E0103", fmt::format("the column '{}' stands here twice", cell.text), "remove one");
      columns_.push_back(found == kBeamColumns.end() ? nullptr : &*found);
    }
    if (seen.contains("elevation_deg") != seen.contains("Elevation")) return true;
    return refuse(cells.front(), "E0201", "the table has no column for the elevation, or two",
                  "`elevation_deg`, or `Elevation` as Hesai writes it");
  }

  bool readRow(const std::vector<BeamCell>& cells, size_t index, LidarChannel& channel) {
    if (cells.size() != columns_.size()) {
      return refuse(cells.back(), "E0214", fmt::format("{} cells under a header of {}", cells.size(), columns_.size()),
                    "as many as columns");
    }
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::optional<double> number = parseNumber(cells[i].text);
      if (!number) {
        return refuse(cells[i], "E0205", fmt::format("'{}' is not a number", excerpt(cells[i].text)),
                      "the unit stands in the column's name");
      }
      if (columns_[i] == nullptr) {
        if (*number != static_cast<double>(index + 1)) {
          return refuse(cells[i], "E0214",
                        fmt::format("channel {} on the line of channel {}", cells[i].text, index + 1),
                        "lines in the order of the channels, from 1");
        }
        continue;
      }
      const BeamColumn& column = *columns_[i];
      if (*number < column.low || *number > column.high) {
        return refuse(cells[i], "E0209", fmt::format("{} is out of range", cells[i].text),
                      fmt::format("{} from {} to {}", column.name, column.low, column.high));
      }
      column.set(channel, *number * column.toSi);
    }
    return true;
  }

  const SourceText& source_;
  Diagnostics& diagnostics_;
  std::vector<const BeamColumn*> columns_;  ///< nullptr: Hesai's Channel
};

/// One number of a laser; nullopt: reported.
std::optional<double> laserNumber(const Node& laser, const char* key, double high, bool isRequired,
                                  Diagnostics& diagnostics) {
  const Node* node = laser.find(key);
  if (node == nullptr && !isRequired) return 0;
  const std::optional<double> number = node != nullptr && node->isScalar() ? parseNumber(node->text) : std::nullopt;
  if (number && std::abs(*number) <= high) return number;
  diagnostics
      .error(node == nullptr ? "E0201" : "E0205", node != nullptr ? node->place() : laser.place(),
             fmt::format("a laser needs `{}`, a number of at most {}", key, high))
      .withHelp("rad and m, as Velodyne's calibration files have them");
  return std::nullopt;
}

bool readVelodyne(const Document& document, LidarProfile& profile, Diagnostics& diagnostics) {
  const Node* lasers = document.root().isMap() ? document.root().find("lasers") : nullptr;
  if (lasers == nullptr || !lasers->isList() || lasers->children.size() != profile.channels.size()) {
    diagnostics
        .error("E0214", lasers != nullptr ? lasers->keyPlace() : document.root().place(),
               fmt::format("not the calibration of a '{}'", profile.id))
        .withHelp(fmt::format("a list `lasers` of {} entries", profile.channels.size()));
    return false;
  }
  std::vector<LidarChannel> channels = profile.channels;
  std::set<size_t> seen;
  for (const Node* laser : lasers->children) {
    const auto id = laserNumber(*laser, "laser_id", static_cast<double>(channels.size()) - 1, true, diagnostics);
    const auto elevation = laserNumber(*laser, "vert_correction", kPi / 2, true, diagnostics);
    const auto azimuth = laserNumber(*laser, "rot_correction", kPi, true, diagnostics);
    const auto vertical = laserNumber(*laser, "vert_offset_correction", 1, false, diagnostics);
    const auto lateral = laserNumber(*laser, "horiz_offset_correction", 1, false, diagnostics);
    if (!id || !elevation || !azimuth || !vertical || !lateral) return false;
    if (*id < 0 || *id != std::floor(*id) || !seen.insert(static_cast<size_t>(*id)).second) {
      diagnostics.error("E0214", laser->find("laser_id")->place(), "laser ids run from 0, each once")
          .withHelp("one entry for each laser");
      return false;
    }
    // Velodyne's offsets are square to the beam, ours lie along the head's axes. Their azimuth is the head's less the
    // correction, clockwise: counter-clockwise it adds.
    LidarChannel& channel = channels[static_cast<size_t>(*id)];
    const double forward = -*vertical * std::sin(*elevation);
    channel.elevation_rad = *elevation;
    channel.azimuthOffset_rad = *azimuth;
    channel.originForward_m = forward * std::cos(*azimuth) - *lateral * std::sin(*azimuth);
    channel.originLeft_m = forward * std::sin(*azimuth) + *lateral * std::cos(*azimuth);
    channel.originUp_m = *vertical * std::cos(*elevation);
  }
  profile.channels = std::move(channels);
  return true;
}

}  // namespace

bool readLidarBeams(const std::string& name, const std::string& text, LidarProfile& profile,
                    config::Diagnostics& diagnostics) {
  if (name.ends_with(".yaml") || name.ends_with(".yml")) {
    const auto document = parseDocument(text, name, diagnostics);
    return document != nullptr && readVelodyne(*document, profile, diagnostics);
  }
  const SourceText source(name, text);
  return BeamTable(source, diagnostics).read(profile);
}

}  // namespace nightfog::scenario
