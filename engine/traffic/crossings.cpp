#include "engine/traffic/crossings.hpp"

#include <algorithm>
#include <cmath>

namespace nightfog::traffic {
namespace {

constexpr double kLineStep_m = 0.5;
constexpr double kStep_m = 1;
/// The longest body there may be hangs back this far from its front bumper.
constexpr double kBack_m = 30;
constexpr double kSameLevel_m = 2.5;
/// Rectangles are tried at whole metres of both: half a metre may be missed on each side. And half a hand beside.
constexpr double kMoreLength_m = 0.5;
constexpr double kMoreWidth_m = 0.15;

}  // namespace

double Meeting::limit_m(double firstX) const {
  const double k = std::floor((firstX + Crossings::kApproach_m) / kStep_m);
  if (k >= static_cast<double>(limits_.size())) return kNever_m;
  return limits_[static_cast<size_t>(std::max(k, 0.0))];
}

double Meeting::clear_m() const {
  return static_cast<double>(limits_.size()) * kStep_m - Crossings::kApproach_m;
}

uint32_t Crossings::intern(const std::vector<road::LaneIndex>& path, size_t first, size_t last) {
  size_t from = first, to = last;
  double before = 0, after = 0;
  while (from > 0 && before < kApproach_m) before += lanes_->lane(path[--from]).length_m;
  const size_t nearFrom = from;
  while (from > 0 && before < kApproach_m + kBack_m) before += lanes_->lane(path[--from]).length_m;
  while (to < path.size() && after < kBack_m + kBeyond_m) after += lanes_->lane(path[to++]).length_m;
  // Known by where it comes from, through and to; what lies further back matters but for a long tail.
  std::vector<road::LaneIndex> key(path.begin() + static_cast<std::ptrdiff_t>(nearFrom),
                                   path.begin() + static_cast<std::ptrdiff_t>(to));
  key.push_back(static_cast<road::LaneIndex>(first - nearFrom));
  key.push_back(static_cast<road::LaneIndex>(last - nearFrom));
  const auto [found, isNew] = known_.emplace(std::move(key), static_cast<uint32_t>(crossings_.size()));
  if (!isNew) return found->second;

  Entry entry;
  Crossing& crossing = entry.crossing;
  crossing.ways.assign(path.begin() + static_cast<std::ptrdiff_t>(first),
                       path.begin() + static_cast<std::ptrdiff_t>(last));
  crossing.junction = lanes_->lane(path[first]).junction;
  if (first > 0) crossing.before = path[first - 1];
  if (last < path.size()) crossing.after = path[last];
  const bool keepsLeft = lanes_->map().road(lanes_->lane(path[first]).key.road).data().keepsLeft;
  for (const road::LaneIndex way : crossing.ways) {
    crossing.length_m += lanes_->lane(way).length_m;
    const road::Turn turn = lanes_->lane(way).turn;
    if (turn == road::Turn::kBack || turn == (keepsLeft ? road::Turn::kRight : road::Turn::kLeft))
      crossing.turnsAcross = true;
  }
  // The line, straight on beyond what is known.
  const double begin = -kApproach_m - kBack_m, end = crossing.length_m + kBack_m + kBeyond_m;
  entry.lineBegin_m = begin;
  size_t at = from;
  double base = -before;
  for (double x = begin; x <= end; x += kLineStep_m) {
    while (at + 1 < to && x > base + lanes_->lane(path[at]).length_m) base += lanes_->lane(path[at++]).length_m;
    const double distance = x - base, length = lanes_->lane(path[at]).length_m;
    const RigidTransform pose = lanes_->path(path[at]).at(std::clamp(distance, 0.0, length)).worldFromLane;
    const double beyond = distance - std::clamp(distance, 0.0, length);
    entry.line.push_back(pose.translation + pose.rotation * glm::dvec3(beyond, 0, 0));
  }
  entry.sweeps.resize(kinds_.size());
  crossings_.push_back(std::move(entry));
  return found->second;
}

const std::vector<Crossings::Place>& Crossings::sweepOf(Entry& entry, uint32_t kind) {
  std::vector<Place>& sweep = entry.sweeps[kind];
  if (!sweep.empty()) return sweep;
  const Shape& shape = kinds_[kind];
  const auto pointAt = [&](double x) {
    const double k = std::clamp((x - entry.lineBegin_m) / kLineStep_m, 0.0, static_cast<double>(entry.line.size() - 2));
    const auto i = static_cast<size_t>(k);
    return glm::mix(entry.line[i], entry.line[i + 1], k - static_cast<double>(i));
  };
  const double end = entry.crossing.length_m + shape.length_m + kBeyond_m;
  for (double x = -kApproach_m; x <= end; x += kStep_m) {
    const glm::dvec3 rear = pointAt(x - shape.length_m + shape.rear_m);
    const glm::dvec3 front = pointAt(x - shape.length_m + shape.rear_m + shape.wheelbase_m);
    const glm::dvec2 along = glm::normalize(glm::dvec2(front - rear));
    const glm::dvec2 middle = glm::dvec2(rear) + along * (0.5 * shape.length_m - shape.rear_m);
    sweep.push_back({glm::dvec3(middle, rear.z), along});
  }
  return sweep;
}

Meeting Crossings::meet(Entry& first, uint32_t firstKind, Entry& second, uint32_t secondKind) {
  const std::vector<Place>&a = sweepOf(first, firstKind), &b = sweepOf(second, secondKind);
  const double aLong = 0.5 * kinds_[firstKind].length_m + kMoreLength_m,
               aWide = 0.5 * kinds_[firstKind].width_m + kMoreWidth_m;
  const double bLong = 0.5 * kinds_[secondKind].length_m + kMoreLength_m,
               bWide = 0.5 * kinds_[secondKind].width_m + kMoreWidth_m;
  const double reach = std::hypot(aLong, aWide) + std::hypot(bLong, bWide);
  const auto doOverlap = [&](const Place& p, const Place& q) {
    if (std::abs(p.middle.z - q.middle.z) > kSameLevel_m) return false;
    const glm::dvec2 apart = glm::dvec2(q.middle) - glm::dvec2(p.middle);
    const double cosine = std::abs(glm::dot(p.along, q.along));
    const double sine = std::abs(p.along.x * q.along.y - p.along.y * q.along.x);
    const auto across = [](const glm::dvec2& v, const glm::dvec2& axis) {
      return std::abs(axis.x * v.y - axis.y * v.x);
    };
    return std::abs(glm::dot(apart, p.along)) < aLong + cosine * bLong + sine * bWide &&
           across(apart, p.along) < aWide + sine * bLong + cosine * bWide &&
           std::abs(glm::dot(apart, q.along)) < bLong + cosine * aLong + sine * aWide &&
           across(apart, q.along) < bWide + sine * aLong + cosine * aWide;
  };
  Meeting meeting;
  std::vector<float> touch(a.size(), std::numeric_limits<float>::infinity());
  size_t last = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t k = 0; k < b.size();) {
      const double apart = glm::length(glm::dvec2(a[i].middle) - glm::dvec2(b[k].middle));
      if (apart >= reach) {
        // A body's middle moves by no more than its front does, but for the chord's turn.
        k += static_cast<size_t>(std::max(1.0, std::floor(0.8 * (apart - reach) / kStep_m)));
        continue;
      }
      if (doOverlap(a[i], b[k])) {
        // Not even this far: the place before it is the last that is free.
        touch[i] = static_cast<float>((static_cast<double>(k) - 1) * kStep_m - kApproach_m);
        last = i + 1;
        break;
      }
      ++k;
    }
  }
  touch.resize(last);
  for (size_t i = last; i-- > 1;) touch[i - 1] = std::min(touch[i - 1], touch[i]);
  meeting.limits_ = std::move(touch);
  meeting.goesFirst = goesFirst(first.crossing, second.crossing);
  return meeting;
}

road::RightOfWay Crossings::goesFirst(const Crossing& first, const Crossing& second) const {
  for (const road::LaneIndex way : first.ways) {
    for (const uint32_t c : lanes_->conflictsOf(way)) {
      const road::LaneConflict& conflict = lanes_->conflicts()[c];
      if (conflict.goesFirst == road::RightOfWay::kNobody) continue;
      const bool isFirst = conflict.first == way;
      const road::LaneIndex other = isFirst ? conflict.second : conflict.first;
      if (std::find(second.ways.begin(), second.ways.end(), other) == second.ways.end()) continue;
      return (conflict.goesFirst == road::RightOfWay::kFirst) == isFirst ? road::RightOfWay::kFirst
                                                                         : road::RightOfWay::kSecond;
    }
  }
  return road::RightOfWay::kNobody;
}

uint32_t Crossings::longestKind() const {
  const auto shorter = [](const Shape& a, const Shape& b) { return a.length_m < b.length_m; };
  return static_cast<uint32_t>(std::max_element(kinds_.begin(), kinds_.end(), shorter) - kinds_.begin());
}

const Meeting& Crossings::meeting(uint32_t first, uint32_t firstKind, uint32_t second, uint32_t secondKind) {
  const uint64_t kinds = kinds_.size();
  const uint64_t key = ((first * kinds + firstKind) << 32) | (second * kinds + secondKind);
  const auto found = meetings_.find(key);
  if (found != meetings_.end()) return found->second;
  return meetings_.emplace(key, meet(crossings_[first], firstKind, crossings_[second], secondKind)).first->second;
}

}  // namespace nightfog::traffic
