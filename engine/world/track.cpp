#include "engine/world/track.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/error.hpp"

namespace nightfog::world {
namespace {

constexpr double kCoincident_m = 1e-9;
constexpr double kStraight_rad = 1e-9;
constexpr double kReversal_rad = kPi - kPi / 180;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

glm::dvec3 leftOf(const glm::dvec3& tangent) {
  return {-tangent.y, tangent.x, 0};
}

}  // namespace

glm::dvec3 Track::Piece::positionAt(double along) const {
  if (curvature_1pm == 0) return start + tangent * along;
  const double angle = curvature_1pm * along;
  const double half = std::sin(angle / 2);
  // 1 - cos(a) as 2 sin^2(a/2): exact for the gentlest bends
  return start + (tangent * std::sin(angle) + normal * (2 * half * half)) / curvature_1pm;
}

glm::dvec3 Track::Piece::tangentAt(double along) const {
  if (curvature_1pm == 0) return tangent;
  const double angle = curvature_1pm * along;
  return tangent * std::cos(angle) + normal * std::sin(angle);
}

// The plane of the arc fixes the cross product: it is the same all along.
double Track::Piece::signedCurvature() const {
  return curvature_1pm * glm::cross(tangent, normal).z;
}

void Track::append(Piece piece) {
  if (!(piece.length_m > 0)) return;
  piece.first_m = length_m_;
  length_m_ += piece.length_m;
  pieces_.push_back(piece);
}

void Track::appendTail(const glm::dvec3& start, const glm::dvec3& direction) {
  Piece tail;
  tail.start = start;
  tail.tangent = direction;
  tail.normal = leftOf(direction);
  tail.length_m = kInfinity;
  append(tail);
}

Track Track::alongRoad(const road::RoadNetwork& map, const road::NetworkPoint& from, bool againstS, double z,
                       bool endsThere) {
  const road::Road& road = map.road(from.road);
  const bool isAlone = map.roads().size() == 1 && road.data().predecessor.to == road::RoadLink::To::kNothing &&
                       road.data().successor.to == road::RoadLink::To::kNothing;
  return isAlone && map.isFlat() && road.isUniform() ? alongArcs(road, from.s, from.t, againstS, z, endsThere)
                                                     : alongLanes(map, from, againstS, endsThere);
}

Track Track::alongArcs(const road::Road& road, double s, double t, bool againstS, double z, bool endsThere) {
  Track track;
  const double direction = againstS ? -1 : 1;
  const double first_s = std::clamp(s, 0.0, road.length_m());
  double lower_s = 0;
  std::vector<Piece> pieces;
  for (const road::PlanPiece& stretch : road.data().line.pieces()) {
    const double upper_s = lower_s + stretch.length_m;
    const double from_s = againstS ? std::min(upper_s, first_s) : std::max(lower_s, first_s);
    const double span_s = againstS ? from_s - lower_s : upper_s - from_s;
    lower_s = upper_s;
    if (!(span_s > 0)) continue;
    const auto* arc = std::get_if<road::ArcShape>(&stretch.shape);
    const double curvature = arc != nullptr ? arc->curvature_1pm : 0;
    const double scale = 1 - curvature * t;  // metres on the offset curve per metre of s
    if (!(scale > 0)) {
      throw Error(ExitCode::kDiagnostics,
                  fmt::format("lateral place t = {} m lies beyond the centre of a bend of radius {} m", t,
                              1 / std::abs(curvature)),
                  "keep nearer to the reference line, or make the bend wider");
    }
    const RigidTransform pose = road.pose(from_s, t);
    Piece piece;
    piece.start = glm::dvec3(pose.translation.x, pose.translation.y, z);
    piece.tangent = pose.rotate({direction, 0, 0});
    piece.normal = leftOf(piece.tangent);
    piece.curvature_1pm = direction * curvature / scale;
    piece.length_m = span_s * scale;
    pieces.push_back(piece);
  }
  if (againstS) std::reverse(pieces.begin(), pieces.end());
  for (const Piece& piece : pieces) track.append(piece);
  const RigidTransform end = road.pose(againstS ? 0 : road.length_m(), t);
  if (!endsThere || track.pieces_.empty()) {
    track.appendTail({end.translation.x, end.translation.y, z}, end.rotate({direction, 0, 0}));
  }
  return track;
}

// Who drives against a lane's direction keeps to it as far as its road goes: no link leads on backwards.
Track Track::alongLanes(const road::RoadNetwork& map, const road::NetworkPoint& from, bool againstS, bool endsThere) {
  constexpr double kSample_m = 1.0;
  constexpr double kNearest_m = 0.3;
  constexpr size_t kMostSamples = 100'000;  // 100 km
  const road::Road* road = &map.road(from.road);
  const road::Lane* lane = road->laneAt(from.s, from.t);
  uint32_t index = from.road;
  int id = lane == nullptr ? 0 : lane->id;
  size_t section = road->sectionIndex(from.s);
  bool against = againstS;
  double left_m = id == 0 ? from.t : (from.t - map.laneCentre_t({index, id}, from.s)) * (againstS ? -1 : 1);
  double s = from.s;
  std::vector<glm::dvec3> samples;
  const auto sample = [&](double at_s) {
    const road::LaneSection& part = road->sections()[section];
    const double centre = id == 0 ? 0 : road->borders(part, id, at_s).centre();
    const double t = centre + (against ? -left_m : left_m);
    const glm::dvec3 place = road->surfacePoint(at_s, t);
    if (samples.empty() || glm::length(place - samples.back()) > kNearest_m) samples.push_back(place);
  };
  while (samples.size() < kMostSamples) {
    const road::LaneSection& part = road->sections()[section];
    const double end_s = against ? part.first_s : part.last_s;
    const int count = static_cast<int>(std::ceil(std::abs(end_s - s) / kSample_m));
    for (int i = 0; i <= count; ++i) sample(count == 0 ? end_s : s + (end_s - s) * i / count);
    if (id == 0 || road->isAgainstS(id) != against) {
      // Beside all lanes, or against the lane's direction: on along this road alone.
      const bool isLast = against ? section == 0 : section + 1 == road->sections().size();
      if (isLast) break;
      section = against ? section - 1 : section + 1;
      if (road->sections()[section].find(id) == nullptr) break;
      s = end_s;
      continue;
    }
    const double heading = map.laneCentre({index, id}, against ? end_s + 1e-6 : end_s - 1e-6).heading_rad;
    const road::LaneKey* best = nullptr;
    double least = kInfinity;
    const std::vector<road::LaneKey> ways = map.successors({index, static_cast<uint32_t>(section), id});
    for (const road::LaneKey& way : ways) {
      // Where it leads, not how it begins: all ways begin straight on.
      const road::Road& other = map.road(way.road);
      const road::LaneSection& ahead = other.sections()[way.section];
      const double far_s = other.isAgainstS(way.lane) ? ahead.first_s + 1e-6 : ahead.last_s - 1e-6;
      const double turn = std::abs(wrapAngle(map.laneCentre({way.road, way.lane}, far_s).heading_rad - heading));
      if (turn < least) least = turn, best = &way;
    }
    if (best == nullptr) break;
    index = best->road;
    road = &map.road(index);
    section = best->section;
    id = best->lane;
    against = road->isAgainstS(id);
    s = against ? road->sections()[section].last_s : road->sections()[section].first_s;
  }
  Track track;
  glm::dvec3 end = samples.front(), onwards = road->pose(s).rotate({against ? -1.0 : 1.0, 0, 0});
  if (samples.size() >= 2) {
    track.appendSamples(samples);
    const Piece& last = track.pieces_.back();
    end = last.positionAt(last.length_m);
    onwards = last.tangentAt(last.length_m);
  }
  if (!endsThere || track.pieces_.empty()) track.appendTail(end, onwards);
  return track;
}

Track Track::throughPoints(std::span<const glm::dvec3> points, double cornerRadius_m) {
  Track track;
  std::vector<glm::dvec3> corners;
  for (const glm::dvec3& point : points) {
    if (corners.empty() || glm::distance(corners.back(), point) > kCoincident_m) corners.push_back(point);
  }
  NF_ASSERT(!corners.empty(), "a track needs a point");
  if (corners.size() == 1) {
    Piece still;
    still.start = corners.front();
    track.pieces_.push_back(still);
    return track;
  }
  glm::dvec3 begin = corners.front();
  for (size_t i = 0; i + 1 < corners.size(); ++i) {
    const glm::dvec3 line = corners[i + 1] - corners[i];
    const double lineLength = glm::length(line);
    const glm::dvec3 direction = line / lineLength;
    Piece straight;
    straight.start = begin;
    straight.tangent = direction;
    straight.normal = leftOf(direction);
    if (i + 2 == corners.size()) {
      straight.length_m = glm::distance(begin, corners[i + 1]);
      track.append(straight);
      break;
    }
    const glm::dvec3 next = corners[i + 2] - corners[i + 1];
    const double nextLength = glm::length(next);
    const glm::dvec3 nextDirection = next / nextLength;
    const double turn =
        std::atan2(glm::length(glm::cross(direction, nextDirection)), glm::dot(direction, nextDirection));
    const bool rounded = turn > kStraight_rad && turn < kReversal_rad && cornerRadius_m > 0;
    const double halfTangent = std::tan(turn / 2);
    const double cut = rounded ? std::min(cornerRadius_m * halfTangent, 0.5 * std::min(lineLength, nextLength)) : 0;
    straight.length_m = glm::distance(begin, corners[i + 1]) - cut;
    track.append(straight);
    if (rounded) {
      Piece arc;
      arc.start = corners[i + 1] - direction * cut;
      arc.tangent = direction;
      arc.normal = glm::normalize(nextDirection - direction * glm::dot(direction, nextDirection));
      arc.curvature_1pm = halfTangent / cut;
      arc.length_m = turn / arc.curvature_1pm;
      track.append(arc);
    } else if (turn > kStraight_rad) {
      const double before = std::atan2(direction.y, direction.x);
      const double after = std::atan2(nextDirection.y, nextDirection.x);
      track.jumps_.push_back({track.length_m_, wrapAngle(after - before)});
    }
    begin = corners[i + 1] + nextDirection * cut;
  }
  return track;
}

void Track::appendSamples(std::span<const glm::dvec3> samples) {
  for (size_t i = 0; i + 1 < samples.size(); ++i) {
    const glm::dvec3 chord = samples[i + 1] - samples[i];
    const double length = glm::length(chord);
    if (!(length > kCoincident_m)) continue;
    const auto turnAt = [&](size_t k) {  // between the chords that meet there
      if (k == 0 || k + 1 >= samples.size()) return 0.0;
      const glm::dvec3 before = samples[k] - samples[k - 1], after = samples[k + 1] - samples[k];
      return std::atan2(before.x * after.y - before.y * after.x, before.x * after.x + before.y * after.y);
    };
    const double first = i > 0 ? turnAt(i) : turnAt(i + 1);
    const double last = i + 2 < samples.size() ? turnAt(i + 1) : turnAt(i);
    const double turn = 0.5 * (first + last);  // of the heading, from end to end of this arc
    const glm::dvec3 along = chord / length;
    const glm::dvec3 left = leftOf(glm::normalize(glm::dvec3(along.x, along.y, 0)));
    Piece piece;
    piece.start = samples[i];
    piece.tangent = along * std::cos(turn / 2) - left * std::sin(turn / 2);
    piece.normal = along * std::sin(turn / 2) + left * std::cos(turn / 2);
    piece.length_m = length;
    if (std::abs(turn) > kStraight_rad) {
      piece.curvature_1pm = 2 * std::sin(turn / 2) / length;
      piece.length_m = turn / piece.curvature_1pm;
    }
    append(piece);
  }
}

Track Track::throughSamples(std::span<const glm::dvec3> samples) {
  NF_ASSERT(samples.size() >= 2, "a track needs two samples");
  Track track;
  track.appendSamples(samples);
  return track;
}

Track::Piece Track::offset(const Piece& piece, double along, double left_m) {
  Piece moved = piece;
  moved.tangent = piece.tangentAt(along);
  const glm::dvec3 left = leftOf(glm::normalize(glm::dvec3(moved.tangent.x, moved.tangent.y, 0)));
  moved.start = piece.positionAt(along) + left * left_m;
  moved.length_m = piece.length_m - along;
  if (piece.curvature_1pm == 0) return moved;
  moved.normal =
      piece.normal * std::cos(piece.curvature_1pm * along) - piece.tangent * std::sin(piece.curvature_1pm * along);
  const double scale = 1 - piece.signedCurvature() * left_m;
  moved.curvature_1pm = piece.curvature_1pm / scale;
  moved.length_m *= scale;
  return moved;
}

void Track::shift(double at_m, double left_m, double over_m) {
  NF_ASSERT(over_m > 0 && at_m >= 0, "a shift of {} m over {} m", left_m, over_m);
  constexpr double kSample_m = 0.5;
  const Track before = *this;
  const double end_m = std::min(at_m + over_m, length_m_);
  pieces_.clear();
  length_m_ = 0;
  for (Piece piece : before.pieces_) {
    if (piece.first_m >= at_m) break;
    piece.length_m = std::min(piece.length_m, at_m - piece.first_m);
    append(piece);
  }
  std::vector<glm::dvec3> samples;
  const int count = std::max(8, static_cast<int>(std::ceil((end_m - at_m) / kSample_m)));
  for (int i = 0; i <= count; ++i) {
    const double along = at_m + (end_m - at_m) * i / count;
    const double u = (along - at_m) / over_m;
    const Piece& piece = before.pieceAt(along);
    const glm::dvec3 tangent = piece.tangentAt(along - piece.first_m);
    const glm::dvec3 left = leftOf(glm::normalize(glm::dvec3(tangent.x, tangent.y, 0)));
    samples.push_back(piece.positionAt(along - piece.first_m) +
                      left * (left_m * u * u * u * (10 - 15 * u + 6 * u * u)));
  }
  appendSamples(samples);
  for (const Piece& piece : before.pieces_) {
    if (piece.first_m + piece.length_m <= end_m) continue;
    append(offset(piece, std::max(end_m - piece.first_m, 0.0), left_m));
  }
}

const Track::Piece& Track::pieceAt(double travelled_m) const {
  const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), travelled_m,
                                      [](double travelled, const Piece& piece) { return travelled < piece.first_m; });
  return after == pieces_.begin() ? pieces_.front() : *(after - 1);
}

double Track::trackHeading(double travelled_m) const {
  const Piece& piece = pieceAt(travelled_m);
  const glm::dvec3 tangent = piece.tangentAt(travelled_m - piece.first_m);
  return std::atan2(tangent.y, tangent.x);
}

void Track::turnFrom(double heading_rad, double turnLength_m) {
  turnLength_m_ = turnLength_m;
  if (length_m_ > 0) jumps_.insert(jumps_.begin(), {0, wrapAngle(trackHeading(0) - heading_rad)});
}

TrackPoint Track::at(double travelled_m) const {
  const double travelled = std::clamp(travelled_m, 0.0, length_m_);
  const Piece& piece = pieceAt(travelled);
  const double along = travelled - piece.first_m;
  TrackPoint point;
  point.position = piece.positionAt(along);
  point.tangent = piece.tangentAt(along);
  point.heading_rad = std::atan2(point.tangent.y, point.tangent.x);
  const double horizontal2 = point.tangent.x * point.tangent.x + point.tangent.y * point.tangent.y;
  point.headingRate_radpm = horizontal2 > 1e-12 ? piece.signedCurvature() / horizontal2 : 0;
  for (const HeadingJump& jump : jumps_) {
    // Smoothstep, so that the turn starts and ends at rate zero.
    if (travelled < jump.at_m || travelled >= jump.at_m + turnLength_m_) continue;
    const double u = (travelled - jump.at_m) / turnLength_m_;
    point.heading_rad -= jump.angle_rad * (1 - u * u * (3 - 2 * u));
    point.headingRate_radpm += jump.angle_rad * 6 * u * (1 - u) / turnLength_m_;
  }
  return point;
}

double Track::meanCurvature(double travelled_m, double length_m) const {
  const double from = std::clamp(travelled_m, 0.0, length_m_);
  const double to = std::min(from + length_m, length_m_);
  if (!(to > from)) return 0;
  return wrapAngle(trackHeading(to) - trackHeading(from)) / (to - from);
}

double Track::rolled_m(double travelled_m, const glm::dvec2& wheel) const {
  const double travelled = std::clamp(travelled_m, 0.0, length_m_);
  double rolled = 0;
  for (const Piece& piece : pieces_) {
    if (piece.first_m >= travelled) break;
    const double along = std::min(travelled - piece.first_m, piece.length_m);
    const double curvature = piece.signedCurvature();
    rolled += along * std::hypot(1 - curvature * wheel.y, curvature * wheel.x);
  }
  return rolled;
}

}  // namespace nightfog::world
