#include "engine/road/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/core/error.hpp"

namespace nightfog::road {
namespace {

/// Surfaces this near in height are one level: of roads that cross on a level the nearer line counts.
constexpr double kSameLevel_m = 0.5;

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ExitCode::kDiagnostics, what, "links name roads, junctions and lanes of the same map");
}

}  // namespace

RoadNetwork::RoadNetwork() : built_(std::make_shared<const Built>()) {}

RoadNetwork::RoadNetwork(Road road) {
  for (const LaneSection& section : road.sections()) {
    for (const std::vector<Lane>* lanes : {&section.left, &section.right}) {
      for (const Lane& lane : *lanes) {
        if (!lane.name.empty()) laneNames_[lane.name] = {0, lane.id};
      }
    }
  }
  std::vector<Road> roads;
  roads.push_back(std::move(road));
  built_ = build(std::move(roads), {}, {}, {});
}

RoadNetwork::RoadNetwork(std::vector<Road> roads, std::vector<Junction> junctions, MapHeader header,
                         RoadFurniture furniture)
    : built_(build(std::move(roads), std::move(junctions), std::move(header), std::move(furniture))) {}

std::shared_ptr<const RoadNetwork::Built> RoadNetwork::build(std::vector<Road> roads, std::vector<Junction> junctions,
                                                             MapHeader header, RoadFurniture furniture) {
  const auto requireRoad = [&](uint32_t road) {
    if (road >= roads.size()) refuse("A signal, an object or a tunnel stands on a road that is not there.");
  };
  for (const Signal& signal : furniture.signals) {
    if (signal.places.empty()) refuse(fmt::format("Signal '{}' stands nowhere.", signal.id));
    for (const SignalPlace& place : signal.places) requireRoad(place.road);
  }
  for (const MapObject& object : furniture.objects) requireRoad(object.road);
  for (const Tunnel& tunnel : furniture.tunnels) requireRoad(tunnel.road);
  for (const Bridge& bridge : furniture.bridges) requireRoad(bridge.road);
  for (const Road& road : roads) {
    for (const RoadLink* link : {&road.data_.predecessor, &road.data_.successor}) {
      const bool ok = link->to == RoadLink::To::kNothing ||
                      (link->to == RoadLink::To::kRoad ? link->index < roads.size() : link->index < junctions.size());
      if (!ok) refuse(fmt::format("Road '{}' is linked to something that is not there.", road.id()));
    }
    if (road.data_.junction >= static_cast<int>(junctions.size()))
      refuse(fmt::format("Road '{}' leads through a junction that is not there.", road.id()));
  }
  for (const Junction& junction : junctions) {
    for (const JunctionConnection& connection : junction.connections) {
      if (connection.incomingRoad >= roads.size() || connection.connectingRoad >= roads.size())
        refuse(fmt::format("Junction '{}' connects a road that is not there.", junction.id));
    }
  }
  auto built = std::make_shared<Built>();
  for (uint32_t r = 0; r < roads.size(); ++r) {
    const Road& road = roads[r];
    built->byId.emplace(road.id(), r);
    if (!road.name().empty()) built->byName.emplace(road.name(), r);
    built->isFlat =
        built->isFlat && road.data_.elevation.isZero() && road.data_.superelevation.isZero() && !road.hasRelief_;
    const double reach = std::max(road.leftReach_m(), road.rightReach_m());
    for (uint32_t c = 0; c < road.chords_.size(); ++c) {
      built->chords.push_back({r, c});
      built->boxes.push_back(road.chordBoxes_[c]);
      built->boxes.back().grow(1.05 * reach + 0.1);
    }
  }
  built->tree = BoxTree(built->boxes);
  built->roads = std::move(roads);
  built->junctions = std::move(junctions);
  built->header = std::move(header);
  built->furniture = std::move(furniture);
  return built;
}

std::optional<uint32_t> RoadNetwork::findRoad(const std::string& nameOrId) const {
  if (const auto named = built_->byName.find(nameOrId); named != built_->byName.end()) return named->second;
  if (const auto known = built_->byId.find(nameOrId); known != built_->byId.end()) return known->second;
  return std::nullopt;
}

std::optional<LaneRef> RoadNetwork::findLane(const std::string& name) const {
  if (const auto named = laneNames_.find(name); named != laneNames_.end()) return named->second;
  const size_t slash = name.rfind('/');
  if (slash == std::string::npos) return std::nullopt;
  const std::optional<uint32_t> road = findRoad(name.substr(0, slash));
  int lane = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + slash + 1, end, lane);
  if (!road || parsed.ec != std::errc() || parsed.ptr != end || lane == 0) return std::nullopt;
  for (const LaneSection& section : built_->roads[*road].sections()) {
    if (section.find(lane) != nullptr) return LaneRef{*road, lane};
  }
  return std::nullopt;
}

std::vector<std::string> RoadNetwork::laneNames() const {
  constexpr size_t kMost = 200;
  std::vector<std::string> names;
  for (const auto& [name, lane] : laneNames_) names.push_back(name);
  if (!names.empty()) return names;
  for (const Road& road : built_->roads) {
    if (road.data_.junction >= 0) continue;
    for (const std::vector<Lane>* lanes : {&road.sections().front().left, &road.sections().front().right}) {
      for (const Lane& lane : *lanes) {
        if (names.size() >= kMost) return names;
        if (lane.kind != LaneKind::kVerge)
          names.push_back(fmt::format("{}/{}", road.name().empty() ? road.id() : road.name(), lane.id));
      }
    }
  }
  return names;
}

bool RoadNetwork::hasLane(LaneRef lane, double s) const {
  return lane.road < built_->roads.size() && lane.lane != 0 &&
         built_->roads[lane.road].section(s).find(lane.lane) != nullptr;
}

std::optional<NetworkPoint> RoadNetwork::locate(const glm::dvec3& world) const {
  if (built_->roads.empty()) return std::nullopt;
  const glm::dvec2 point(world);
  std::optional<NetworkPoint> best;
  double bestLevel = 0;
  double bound = 1e300;
  const auto consider = [&](uint32_t r, double s) {
    const Road& road = built_->roads[r];
    RoadPoint on = road.pointAt(s, point);
    // What lies above a banked plane lies a little aside of it in the plan.
    const double roll = road.data_.superelevation.value(s);
    if (roll != 0) on.t += road.height_m(s, on.t) * std::tan(roll);
    // Beyond an end the line's tangent goes on, but the road does not.
    const PlanPoint at = road.plan(s);
    const glm::dvec2 offset = point - at.position;
    const double ahead = std::abs(offset.x * std::cos(at.heading_rad) + offset.y * std::sin(at.heading_rad));
    const double aside = std::max({0.0, on.t - road.leftEdge_m(s), road.rightEdge_m(s) - on.t});
    const double beyond = std::hypot(ahead > 1e-6 ? ahead : 0.0, aside);
    const double level = std::abs(world.z - road.surfacePoint(s, on.t).z);
    if (best) {
      const bool nearer = beyond < best->beyond_m;
      const bool tied = beyond == best->beyond_m;
      const bool otherLevel = std::abs(level - bestLevel) > kSameLevel_m;
      if (!nearer && !(tied && (otherLevel ? level < bestLevel : std::abs(on.t) < std::abs(best->t)))) return;
    }
    best = NetworkPoint{r, s, on.t, beyond};
    bestLevel = level;
    bound = beyond;
  };
  built_->tree.visitNear(point, bound, [&](uint32_t i) {
    const auto [r, c] = built_->chords[i];
    if (built_->boxes[i].distance(point) > bound) return bound;
    const Road::Chord& chord = built_->roads[r].chords_[c];
    consider(r, built_->roads[r].footOn(point, chord));
    return bound;
  });
  if (!best)
    best = NetworkPoint{0, 0, built_->roads[0].pointAt(0, point).t,
                        glm::length(point - built_->roads[0].plan(0).position)};
  return best;
}

double RoadNetwork::height_m(const glm::dvec3& world) const {
  const std::optional<NetworkPoint> on = locate(world);
  if (!on) return 0;
  const Road& road = built_->roads[on->road];
  // Beyond the edge the surface goes on level with it.
  const double t = std::clamp(on->t, road.rightEdge_m(on->s), road.leftEdge_m(on->s));
  return road.crossSection(on->s).at(t, road.height_m(on->s, on->t)).z;
}

RigidTransform RoadNetwork::standing(const glm::dvec3& world, double heading_rad) const {
  RigidTransform at = RigidTransform::fromYawPitchRoll({world.x, world.y, height_m(world)}, heading_rad);
  const std::optional<NetworkPoint> on = isFlat() ? std::nullopt : locate(world);
  if (!on) return at;
  const Road& road = built_->roads[on->road];
  glm::dvec3 up = road.pose(on->s, on->t).rotate({0, 0, 1});
  if (road.hasRelief_) {
    constexpr double kStep_m = 0.02;
    const LaneSection& section = road.section(on->s);
    const double low = std::max(on->s - kStep_m, 0.0), high = std::min(on->s + kStep_m, road.length_m());
    const glm::dvec3 ahead = road.surfacePoint(high, on->t) - road.surfacePoint(low, on->t);
    const auto across = [&](double t) { return road.crossSection(on->s).at(t, road.relief_m(section, on->s, t)); };
    const glm::dvec3 normal = glm::cross(ahead, across(on->t + kStep_m) - across(on->t - kStep_m));
    if (normal.z > 0) up = glm::normalize(normal);
  }
  const double c = std::cos(heading_rad), sn = std::sin(heading_rad);
  const glm::dvec3 ahead = glm::normalize(glm::dvec3(c, sn, -(c * up.x + sn * up.y) / up.z));
  at.rotation = glm::normalize(glm::quat_cast(glm::dmat3(ahead, glm::cross(up, ahead), up)));
  return at;
}

double RoadNetwork::laneCentre_t(LaneRef lane, double s) const {
  const Road& road = built_->roads[lane.road];
  return road.borders(road.section(s), lane.lane, std::clamp(s, 0.0, road.length_m())).centre();
}

LanePose RoadNetwork::laneCentre(LaneRef lane, double s) const {
  return lanePose(keyAt(lane, std::clamp(s, 0.0, built_->roads[lane.road].length_m())), s);
}

LanePose RoadNetwork::lanePose(const LaneKey& lane, double s) const {
  const Road& road = built_->roads[lane.road];
  const LaneSection& section = road.sections()[lane.section];
  s = std::clamp(s, section.first_s, section.last_s);
  const bool against = road.isAgainstS(lane.lane);
  const auto centre_t = [&](double at) { return road.borders(section, lane.lane, at).centre(); };
  // The lane's direction against the line's: atan(t' / (1 - kappa t)). Central differences of 2 cm.
  constexpr double kStep_m = 0.02;
  const double low = std::max(s - kStep_m, section.first_s), high = std::min(s + kStep_m, section.last_s);
  const auto headingAt = [&](double at) {
    const double a = std::max(at - kStep_m, section.first_s), b = std::min(at + kStep_m, section.last_s);
    const double slope = b > a ? (centre_t(b) - centre_t(a)) / (b - a) : 0;
    const PlanPoint line = road.plan(at);
    return line.heading_rad + std::atan2(slope, line.stretch * (1 - line.curvature_1pm * centre_t(at)));
  };
  const double t = centre_t(s);
  const PlanPoint line = road.plan(s);
  const double slope = high > low ? (centre_t(high) - centre_t(low)) / (high - low) : 0;
  const double along = line.stretch * (1 - line.curvature_1pm * t);
  const double heading = line.heading_rad + std::atan2(slope, along);
  const double metresPerS = std::hypot(along, slope);
  LanePose pose;
  pose.curvature_1pm =
      high > low && metresPerS > 1e-9 ? wrapAngle(headingAt(high) - headingAt(low)) / (high - low) / metresPerS : 0;
  pose.grade = metresPerS > 1e-9 ? road.grade(s) / metresPerS : 0;
  pose.heading_rad = wrapAngle(against ? heading + kPi : heading);
  const Road::Borders borders = road.borders(section, lane.lane, s);
  pose.width_m = std::abs(borders.outer - borders.inner);
  const RigidTransform plane = road.pose(s, t, road.height_m(section, s, t));
  pose.worldFromLane = plane * RigidTransform::fromYawPitchRoll({0, 0, 0}, pose.heading_rad - line.heading_rad);
  if (road.hasRelief_ && metresPerS > 1e-9) {
    // The surface's own slopes, along and across.
    const auto height = [&](double at_s, double at_t) { return road.slicePlace(section, at_s, at_t); };
    const glm::dvec2 ahead = height(high, centre_t(high)) - height(low, centre_t(low));
    pose.grade = high > low ? ahead.y / (high - low) / metresPerS : 0;
    const glm::dvec2 across = height(s, t + kStep_m) - height(s, t - kStep_m);
    const glm::dvec2 leftOfLine(-std::sin(line.heading_rad), std::cos(line.heading_rad));
    const glm::dvec3 side = glm::normalize(glm::dvec3(leftOfLine * across.x, across.y));
    const glm::dvec3 onwards(std::cos(heading), std::sin(heading), pose.grade);
    const glm::dvec3 up = glm::normalize(glm::cross(onwards, side));
    const glm::dvec3 x = glm::normalize(against ? -onwards : onwards);
    pose.worldFromLane.rotation = glm::normalize(glm::quat_cast(glm::dmat3(x, glm::cross(up, x), up)));
  }
  if (against) pose.curvature_1pm = -pose.curvature_1pm, pose.grade = -pose.grade;
  return pose;
}

LaneKey RoadNetwork::keyAt(LaneRef lane, double s) const {
  return {lane.road, static_cast<uint32_t>(built_->roads[lane.road].sectionIndex(s)), lane.lane};
}

std::vector<RoadNetwork::Met> RoadNetwork::beyond(const LaneKey& key, bool pastEnd) const {
  std::vector<Met> found;
  const Road& road = built_->roads[key.road];
  const Lane* lane = road.sections()[key.section].find(key.lane);
  if (lane == nullptr) return found;
  const std::optional<int>& linked = pastEnd ? lane->successor : lane->predecessor;
  const auto add = [&](uint32_t r, bool atEnd, int id) {
    const auto& sections = built_->roads[r].sections();
    const auto index = static_cast<uint32_t>(atEnd ? sections.size() - 1 : 0);
    if (id != 0 && sections[index].find(id) != nullptr) found.push_back({{r, index, id}, atEnd});
  };
  if (pastEnd ? key.section + 1 < road.sections().size() : key.section > 0) {
    const uint32_t next = pastEnd ? key.section + 1 : key.section - 1;
    if (linked && *linked != 0 && road.sections()[next].find(*linked) != nullptr)
      found.push_back({{key.road, next, *linked}, !pastEnd});
    return found;
  }
  const RoadLink& link = pastEnd ? road.data_.successor : road.data_.predecessor;
  if (link.to == RoadLink::To::kRoad && linked) add(link.index, link.atEnd, *linked);
  if (link.to != RoadLink::To::kJunction) return found;
  const Junction& junction = built_->junctions[link.index];
  if (junction.kind == JunctionKind::kDirect) {
    // Written once for both sides. Which end of the incoming road is meant its own link says.
    for (const JunctionConnection& connection : junction.connections) {
      for (const JunctionConnection::Link& through : connection.lanes) {
        if (connection.incomingRoad == key.road && through.from == key.lane)
          add(connection.connectingRoad, connection.atEnd, through.to);
        if (connection.connectingRoad != key.road || connection.atEnd != pastEnd || through.to != key.lane) continue;
        const RoadData& other = built_->roads[connection.incomingRoad].data_;
        for (const bool otherEnd : {false, true}) {
          const RoadLink& meets = otherEnd ? other.successor : other.predecessor;
          if (meets.to == RoadLink::To::kJunction && meets.index == link.index)
            add(connection.incomingRoad, otherEnd, through.from);
        }
      }
    }
    return found;
  }
  for (const JunctionConnection& connection : junction.connections) {
    const RoadData& entered = built_->roads[connection.connectingRoad].data_;
    const RoadLink& entry = connection.atEnd ? entered.successor : entered.predecessor;
    // A road that meets a junction with both of its ends is entered from the one that the way names.
    const bool isThisEnd = entry.to != RoadLink::To::kRoad || entry.index != key.road || entry.atEnd == pastEnd;
    if (connection.incomingRoad == key.road && isThisEnd) {
      for (const JunctionConnection::Link& through : connection.lanes) {
        if (through.from == key.lane) add(connection.connectingRoad, connection.atEnd, through.to);
      }
    }
    // Ways through the junction that lead to this lane: their own links name it.
    const Road& way = built_->roads[connection.connectingRoad];
    for (const bool wayEnd : {false, true}) {
      const RoadLink& meets = wayEnd ? way.data_.successor : way.data_.predecessor;
      if (meets.to != RoadLink::To::kRoad || meets.index != key.road || meets.atEnd != pastEnd) continue;
      const LaneSection& last = wayEnd ? way.sections().back() : way.sections().front();
      for (const std::vector<Lane>* lanes : {&last.left, &last.right}) {
        for (const Lane& other : *lanes) {
          const std::optional<int>& to = wayEnd ? other.successor : other.predecessor;
          if (to && *to == key.lane) add(connection.connectingRoad, wayEnd, other.id);
        }
      }
    }
  }
  return found;
}

// Who drives on enters a lane where it begins for its own traffic, and came from where another one ends for its own.
std::vector<LaneKey> RoadNetwork::meeting(const LaneKey& lane, bool onwards) const {
  const bool pastEnd = built_->roads[lane.road].isAgainstS(lane.lane) != onwards;
  std::vector<LaneKey> keys;
  for (const Met& met : beyond(lane, pastEnd)) {
    if (met.atEnd == (built_->roads[met.key.road].isAgainstS(met.key.lane) == onwards)) keys.push_back(met.key);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::vector<LaneKey> RoadNetwork::successors(const LaneKey& lane) const {
  return meeting(lane, true);
}

std::vector<LaneKey> RoadNetwork::predecessors(const LaneKey& lane) const {
  return meeting(lane, false);
}

}  // namespace nightfog::road
