// Where roads are cut, and how fast lanes are.
#include <algorithm>
#include <cmath>

#include "engine/sumo/network.hpp"

namespace nightfog::sumo {
namespace {

using road::LaneGraph;
using road::LaneIndex;
using road::LaneKind;

/// As traffic does: narrower lanes have just opened, or are about to close.
constexpr double kLeastWidth_m = 2.4;
constexpr double kLeastCycleWidth_m = 0.9;
constexpr double kLeastSidewalk_m = 0.5;
/// Where nothing is stated: out of town, and what is advised on motorways, in Germany.
constexpr double kDefault_mps = 100 / 3.6;
constexpr double kMotorway_mps = 130 / 3.6;
/// How fast bends are taken: sideways acceleration.
constexpr double kSideways_mps2 = 2.0;
/// Speeds within one piece differ by less.
constexpr double kBand_mps = 10 / 3.6;
constexpr double kShortestPiece_m = 12;

double leastWidth(Users users) {
  return users == Users::kCyclists      ? kLeastCycleWidth_m
         : users == Users::kPedestrians ? kLeastSidewalk_m
                                        : kLeastWidth_m;
}

double speedAt(const LaneGraph& lanes, LaneIndex lane, const road::LanePath::Sample& sample) {
  const road::LanePose pose = lanes.path(lane).at(sample.distance_m);
  double speed = lanes.speedLimit_mps(lane, sample.distance_m);
  if (!(speed > 0)) {
    const road::Road& road = lanes.map().road(lanes.lane(lane).key.road);
    speed = road.type(sample.s).kind == road::RoadKind::kMotorway ? kMotorway_mps : kDefault_mps;
  }
  const double curvature = std::abs(pose.curvature_1pm);
  return curvature > 0 ? std::min(speed, std::max(1.0, std::sqrt(kSideways_mps2 / curvature))) : speed;
}

}  // namespace

bool usersOf(LaneKind kind, Users& users) {
  switch (kind) {
    case LaneKind::kBus:
      users = Users::kBuses;
      return true;
    case LaneKind::kTram:
      users = Users::kTrams;
      return true;
    case LaneKind::kRail:
      users = Users::kTrains;
      return true;
    case LaneKind::kBiking:
      users = Users::kCyclists;
      return true;
    case LaneKind::kSidewalk:
      users = Users::kPedestrians;
      return true;
    default:
      users = Users::kVehicles;
      return road::isDrivable(kind);
  }
}

bool isWideEnough(const LaneGraph& lanes, LaneIndex lane, double from_s, double to_s) {
  Users users = Users::kVehicles;
  if (!usersOf(lanes.lane(lane).kind, users)) return false;
  const auto& samples = lanes.path(lane).samples();
  double first = INFINITY, last = -INFINITY;
  for (const auto& sample : samples) {
    if (sample.width_m < leastWidth(users)) continue;
    first = std::min(first, sample.s);
    last = std::max(last, sample.s);
  }
  constexpr double kAlmost_m = 0.01;
  return first <= from_s + kAlmost_m && last >= to_s - kAlmost_m;
}

double speedOn(const LaneGraph& lanes, LaneIndex lane, double from_m, double to_m) {
  double speed = INFINITY;
  const auto& samples = lanes.path(lane).samples();
  for (size_t i = 0; i < samples.size(); ++i) {
    // Those within, and the neighbours of both ends where none is.
    const bool isIn = samples[i].distance_m >= from_m && samples[i].distance_m <= to_m;
    const bool isBeside =
        i + 1 < samples.size() && samples[i].distance_m <= from_m && samples[i + 1].distance_m >= to_m;
    if (isIn || isBeside) speed = std::min(speed, speedAt(lanes, lane, samples[i]));
  }
  return std::isfinite(speed) ? speed : kDefault_mps;
}

std::vector<double> cutsOf(const LaneGraph& lanes, uint32_t roadIndex) {
  const road::Road& road = lanes.map().road(roadIndex);
  std::vector<double> cuts{0};
  for (uint32_t k = 0; k < road.sections().size(); ++k) {
    const road::LaneSection& section = road.sections()[k];
    // Where lanes become wide enough, or too narrow: these have to be.
    std::vector<double> must;
    std::vector<LaneIndex> driven;
    for (const auto* side : {&section.left, &section.right}) {
      for (const road::Lane& lane : *side) {
        Users users = Users::kVehicles;
        if (!usersOf(lane.kind, users)) continue;
        const LaneIndex index = lanes.find({roadIndex, k, lane.id});
        if (users == Users::kVehicles || users == Users::kBuses) driven.push_back(index);
        double first = INFINITY, last = -INFINITY;
        for (const auto& sample : lanes.path(index).samples()) {
          if (sample.width_m < leastWidth(users)) continue;
          first = std::min(first, sample.s);
          last = std::max(last, sample.s);
        }
        for (const double s : {first, last}) {
          if (std::isfinite(s) && s > section.first_s && s < section.last_s) must.push_back(s);
        }
      }
    }
    // Where speeds change by a band: these are left out where pieces become too short.
    std::vector<double> wanted;
    for (const LaneIndex index : driven) {
      const auto& samples = lanes.path(index).samples();
      double band = -1;
      for (const auto& sample : samples) {
        const double now = std::round(speedAt(lanes, index, sample) / kBand_mps);
        if (band >= 0 && now != band) wanted.push_back(sample.s);
        band = now;
      }
    }
    std::sort(must.begin(), must.end());
    std::sort(wanted.begin(), wanted.end());
    std::vector<double> inside;
    for (const double s : must) {
      if (inside.empty() || s - inside.back() > 0.5) inside.push_back(s);
    }
    const auto isClear = [&](double s) {
      if (s - section.first_s < kShortestPiece_m || section.last_s - s < kShortestPiece_m) return false;
      return std::all_of(inside.begin(), inside.end(),
                         [&](double other) { return std::abs(s - other) >= kShortestPiece_m; });
    };
    for (const double s : wanted) {
      if (isClear(s)) inside.push_back(s);
    }
    std::sort(inside.begin(), inside.end());
    cuts.insert(cuts.end(), inside.begin(), inside.end());
    cuts.push_back(section.last_s);
  }
  return cuts;
}

}  // namespace nightfog::sumo
