#include "tools/viewer/actor_drag.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/config/quantity.hpp"
#include "engine/core/error.hpp"
#include "tools/viewer/source_edit.hpp"

namespace nightfog::viewer {
namespace {

using config::Node;

constexpr double kLeast_m = 5e-4;

/// A value to be replaced.
struct Change {
  config::TextRange range;
  std::string with;
};

double rounded(double si, config::Dimension dimension) {
  const double unit = dimension == config::Dimension::kAngle ? kPi / 1800 : 1e-3;
  return std::round(si / unit) * unit;
}

/// A quantity in a unit, without the noise of having been SI.
std::string written(double si, const config::Unit& unit) {
  const double value = si * unit.divide / unit.multiply;
  return fmt::format("{} {}", config::formatNumber(std::round(value * 1e6) / 1e6), unit.symbol);
}

const config::Unit& unitOf(const Node& node, config::Dimension dimension) {
  const size_t space = node.text.find_first_not_of("+-0123456789.eE ");
  const config::Unit* unit = space == std::string::npos ? nullptr : config::findUnit(node.text.substr(space));
  if (unit == nullptr || unit->dimension != dimension)
    refuseEdit(fmt::format("'{}' is not a value that can be dragged", config::excerpt(node.text)));
  return *unit;
}

/// Moves values of one dimension by a difference, however they are written.
class Shift {
 public:
  Shift(config::Dimension dimension, double by, const std::map<std::string, double>& parameters)
      : dimension_(dimension), by_(by), parameters_(parameters) {}

  void value(const Node& node) {
    if (node.isScalar() && node.text.starts_with("$"))
      parameter(node);
    else if (node.isScalar())
      literal(node);
    else if (node.isMap() && node.children.size() == 1)
      distribution(*node.children.front());
    else
      refuseEdit(fmt::format("'{}' is not a value that can be dragged", node.path()));
  }

  const std::vector<Change>& changes() const { return changes_; }

 private:
  void literal(const Node& node) {
    config::Diagnostics diagnostics;
    const std::optional<double> si = config::readQuantity(node, dimension_, diagnostics);
    if (!si) refuseEdit(fmt::format("'{}' is not a value that can be dragged", config::excerpt(node.text)));
    changes_.push_back({node.range, written(rounded(*si + by_, dimension_), unitOf(node, dimension_))});
  }

  void parameter(const Node& node) {
    const auto known = parameters_.find(node.text.substr(1));
    if (known == parameters_.end()) refuseEdit(fmt::format("what {} is cannot be dragged", node.text));
    const bool isAngle = dimension_ == config::Dimension::kAngle;
    changes_.push_back(
        {node.range, written(rounded(known->second + by_, dimension_), *config::findUnit(isAngle ? "deg" : "m"))});
  }

  void distribution(const Node& node) {
    if (node.key == "uniform" && node.isList()) {
      for (const Node* bound : node.children) literal(*bound);
    } else if (node.key == "normal" && node.isMap() && node.find("mean") != nullptr) {
      literal(*node.find("mean"));
      const Node* clip = node.find("clip");
      for (size_t i = 0; clip != nullptr && i < clip->children.size(); ++i) literal(*clip->children[i]);
    } else {
      refuseEdit(fmt::format("'{}' is drawn by {}, which has no place to move", node.parent->path(), node.key));
    }
  }

  config::Dimension dimension_;
  double by_ = 0;
  const std::map<std::string, double>& parameters_;
  std::vector<Change> changes_;
};

std::string applied(const std::string& text, std::vector<Change> changes) {
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.range.begin > b.range.begin; });
  std::string out = text;
  for (const Change& change : changes)
    out.replace(change.range.begin, change.range.end - change.range.begin, change.with);
  return out;
}

const Node& placeOf(const config::Document& document, const std::string& actor) {
  const Node* place = findNode(document.root(), "actors/" + actor + "/place");
  if (place == nullptr || !place->isMap()) refuseEdit(fmt::format("actor '{}' has no place in this file", actor));
  return *place;
}

/// The value of a field moved; where it is missing it is written as the difference itself.
std::string moved(const std::string& text, const std::string& actor, const std::string& field, double by,
                  config::Dimension dimension, const std::map<std::string, double>& parameters) {
  const bool isAngle = dimension == config::Dimension::kAngle;
  if (std::abs(by) < (isAngle ? 1e-4 : kLeast_m)) return text;
  const auto document = soundSource(text);
  const Node& place = placeOf(*document, actor);
  if (const Node* value = findNode(place, field)) return shiftValue(text, pathTo(*value), by, dimension, parameters);
  return addEntry(text, pathTo(place), field,
                  {written(rounded(by, dimension), *config::findUnit(isAngle ? "deg" : "m"))});
}

const scenario::Actor* find(const scenario::Scenario& scenario, const std::string& id) {
  const auto at = std::find_if(scenario.actors.begin(), scenario.actors.end(),
                               [&](const scenario::Actor& actor) { return actor.id == id; });
  return at == scenario.actors.end() ? nullptr : &*at;
}

std::string literalText(const Node* node, const scenario::Scenario&) {
  return node != nullptr && node->isScalar() && !node->text.starts_with("$") ? node->text : std::string();
}

}  // namespace

PlaceTerms placeTerms(const std::string& text, const std::string& actor, const scenario::Scenario& scenario) {
  const auto document = soundSource(text);
  const Node& place = placeOf(*document, actor);
  PlaceTerms terms;
  if (place.find("xyz") != nullptr) {
    terms.words = "x and y of the map";
    return terms;
  }
  const scenario::Actor* self = find(scenario, actor);
  const std::string lane = literalText(place.find("lane"), scenario);
  const Node* relative = place.find("relative_to");
  const auto turnTo = [&](double along_rad, double across_rad) {
    terms.along = {std::cos(along_rad), std::sin(along_rad)};
    terms.across = {std::cos(across_rad), std::sin(across_rad)};
  };
  const std::optional<road::LaneRef> ref = lane.empty() ? std::nullopt : scenario.map.findLane(lane);
  if (ref && self != nullptr) {
    const auto at = scenario.map.locate(self->worldFromActor.translation);
    const double s = at && at->road == ref->road ? at->s : 0;
    if (scenario.map.hasLane(*ref, s)) {
      const double driving_rad = scenario.map.laneCentre(*ref, s).heading_rad;
      const glm::dvec3 along_m = scenario.map.point(ref->road, s + 0.5, 0) - scenario.map.point(ref->road, s, 0);
      const double s_rad = std::atan2(along_m.y, along_m.x);
      turnTo(relative != nullptr ? driving_rad : s_rad, driving_rad + kPi / 2);
    }
    terms.words =
        relative != nullptr ? fmt::format("ahead along {}, lateral", lane) : fmt::format("{}: s, offset", lane);
  } else if (relative != nullptr) {
    const scenario::Actor* other = find(scenario, literalText(relative, scenario));
    const double ahead_rad = other != nullptr ? other->worldFromActor.yaw_rad() : 0;
    turnTo(ahead_rad, ahead_rad + kPi / 2);
    terms.words =
        fmt::format("from {}: {}, lateral", relative->text, place.find("behind") != nullptr ? "behind" : "ahead");
  }
  return terms;
}

std::string shiftValue(const std::string& text, const std::string& path, double by, config::Dimension dimension,
                       const std::map<std::string, double>& parameters) {
  const auto document = soundSource(text);
  const Node* value = findNode(document->root(), path);
  if (value == nullptr) refuseEdit(fmt::format("there is no '{}'", path));
  Shift shift(dimension, by, parameters);
  shift.value(*value);
  return applied(text, shift.changes());
}

std::string moveActor(const std::string& text, const std::string& actor, double along_m, double across_m,
                      const std::map<std::string, double>& parameters) {
  const auto document = soundSource(text);
  const Node& place = placeOf(*document, actor);
  const auto length = config::Dimension::kLength;
  if (const Node* xyz = place.find("xyz")) {
    if (!xyz->isList() || xyz->children.size() < 2)
      refuseEdit(fmt::format("the place of '{}' is drawn as a whole", actor));
    std::string out = text;
    if (std::abs(along_m) >= kLeast_m) out = moved(out, actor, "xyz/0", along_m, length, parameters);
    return moved(out, actor, "xyz/1", across_m, length, parameters);
  }
  if (place.find("relative_to") != nullptr) {
    const bool isBehind = place.find("behind") != nullptr;
    const std::string out =
        moved(text, actor, isBehind ? "behind" : "ahead", isBehind ? -along_m : along_m, length, parameters);
    return moved(out, actor, "lateral", across_m, length, parameters);
  }
  return moved(moved(text, actor, "s", along_m, length, parameters), actor, "offset", across_m, length, parameters);
}

std::string turnActor(const std::string& text, const std::string& actor, double angle_rad,
                      const std::map<std::string, double>& parameters) {
  const auto document = soundSource(text);
  const Node& place = placeOf(*document, actor);
  const auto angle = config::Dimension::kAngle;
  if (place.find("xyz") != nullptr) return moved(text, actor, "heading", angle_rad, angle, parameters);
  const Node* facing = place.find("facing");
  if (facing == nullptr) {
    if (std::abs(angle_rad) < 1e-4) return text;
    return addEntry(text, pathTo(place), "facing",
                    {fmt::format("{{heading: {}}}", written(rounded(angle_rad, angle), *config::findUnit("deg")))});
  }
  if (facing->find("heading") == nullptr) refuseEdit(fmt::format("'{}' faces something; it is turned by hand", actor));
  return moved(text, actor, "facing/heading", angle_rad, angle, parameters);
}

}  // namespace nightfog::viewer
