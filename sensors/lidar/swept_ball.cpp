#include "sensors/lidar/swept_ball.hpp"

#include <algorithm>
#include <cmath>

#include "engine/shared/lidar_beam.h"

namespace nightfog::lidar {
namespace {

struct Ball {
  glm::dvec3 centre{0};
  double radius = -1;
};

double rotationBetween_rad(const glm::dquat& a, const glm::dquat& b) {
  return 2 * std::acos(std::min(1.0, std::abs(glm::dot(a, b))));
}

const RigidTransform& poseAtKey(const content::SceneSnapshot& snapshot, const content::SnapshotInstance& instance,
                                size_t key) {
  return snapshot.poses[instance.firstKey + (instance.keyCount > 1 ? key : 0)];
}

/// All parts at one pose key: the balls of their meshes' boxes, and a ball around those.
Ball ballAtKey(const content::SceneSnapshot& snapshot, std::span<const uint32_t> instances,
               std::span<const trace::MeshBounds> bounds, size_t key) {
  glm::dvec3 low(1e300);
  glm::dvec3 high(-1e300);
  const auto partBall = [&](uint32_t i) {
    const content::SnapshotInstance& instance = snapshot.instances[i];
    const trace::MeshBounds& box = bounds[instance.mesh.value];
    if (box.low.x > box.high.x) return Ball{};
    const glm::dvec3 centre = (glm::dvec3(box.low) + glm::dvec3(box.high)) * 0.5;
    return Ball{poseAtKey(snapshot, instance, key) * centre,
                0.5 * glm::length(glm::dvec3(box.high) - glm::dvec3(box.low))};
  };
  for (uint32_t i : instances) {
    const Ball part = partBall(i);
    if (part.radius < 0) continue;
    low = glm::min(low, part.centre - part.radius);
    high = glm::max(high, part.centre + part.radius);
  }
  if (low.x > high.x) return {};
  Ball all{(low + high) * 0.5, 0};
  for (uint32_t i : instances) {
    const Ball part = partBall(i);
    if (part.radius >= 0) all.radius = std::max(all.radius, glm::length(part.centre - all.centre) + part.radius);
  }
  return all;
}

/// How far a part's box leaves the straight line between its places at two keys, because it turns about its origin:
/// sagitta of the box centre's arc.
double turningSlack(const content::SceneSnapshot& snapshot, std::span<const uint32_t> instances,
                    std::span<const trace::MeshBounds> bounds, size_t segment) {
  double slack = 0;
  for (uint32_t i : instances) {
    const content::SnapshotInstance& instance = snapshot.instances[i];
    const trace::MeshBounds& box = bounds[instance.mesh.value];
    if (instance.keyCount < 2 || box.low.x > box.high.x) continue;
    const double angle = rotationBetween_rad(poseAtKey(snapshot, instance, segment).rotation,
                                             poseAtKey(snapshot, instance, segment + 1).rotation);
    const double arm = glm::length((glm::dvec3(box.low) + glm::dvec3(box.high)) * 0.5);
    slack = std::max(slack, arm * (1 - std::cos(angle / 2)));
  }
  return slack;
}

}  // namespace

SweptBall sweptBall(const content::SceneSnapshot& snapshot, std::span<const uint32_t> instances,
                    std::span<const trace::MeshBounds> meshBounds, std::span<const RigidTransform> sensorKeys,
                    size_t segment) {
  const size_t next = std::min<size_t>(segment + 1, snapshot.keyCount - 1);
  const Ball a = ballAtKey(snapshot, instances, meshBounds, segment);
  const Ball b = ballAtKey(snapshot, instances, meshBounds, next);
  if (a.radius < 0) return {};
  const RigidTransform& sensorA = sensorKeys[std::min(segment, sensorKeys.size() - 1)];
  const RigidTransform& sensorB = sensorKeys[std::min(next, sensorKeys.size() - 1)];
  const glm::dvec3 pa = sensorA.inverse() * a.centre;
  const glm::dvec3 pb = sensorB.inverse() * b.centre;
  // In between, C - S moves in a straight line and the sensor turns by theta: the seen centre leaves its chord by at
  // most theta |change| / 4 to first order and theta^2 d / 2 to second.
  const double theta = rotationBetween_rad(sensorA.rotation, sensorB.rotation);
  const double change = glm::length((b.centre - sensorB.translation) - (a.centre - sensorA.translation));
  const double distance = std::max(glm::length(pa), glm::length(pb));
  const double slack = (next > segment ? turningSlack(snapshot, instances, meshBounds, segment) : 0) +
                       theta * change / 4 + theta * theta * distance / 2 + 1e-3 + 1e-5 * distance;
  return {(pa + pb) * 0.5, std::max(a.radius, b.radius) + 0.5 * glm::length(pb - pa) + slack};
}

namespace {

/// First column of a ring that fires at or after this time.
uint32_t firedFrom(const LidarTables& tables, uint32_t ring, int64_t time_ns) {
  const int64_t wanted = time_ns - tables.rings[ring].time_ns;
  const auto found = std::lower_bound(tables.columns.begin(), tables.columns.end(), wanted,
                                      [](const shared::LidarColumn& c, int64_t t) { return c.time_ns < t; });
  return static_cast<uint32_t>(found - tables.columns.begin());
}

/// Of a rosette: beam by beam, in runs of neighbours.
std::vector<std::vector<RingColumns>> rosetteBeams(const SweptBall& ball, const LidarTables& tables, int64_t from_ns,
                                                   int64_t to_ns) {
  std::vector<std::vector<RingColumns>> passes;
  const double distance = glm::length(ball.centre);
  const bool inside = distance <= ball.radius;
  const double half = inside ? kPi : std::asin(ball.radius / distance) + 1e-5;
  const double least = half >= kPi ? -2 : std::cos(half);
  for (uint32_t ring = 0; ring < tables.rings.size(); ++ring) {
    const uint32_t last = firedFrom(tables, ring, to_ns);
    bool isOpen = false;
    for (uint32_t column = firedFrom(tables, ring, from_ns); column < last; ++column) {
      const glm::dvec3 direction(shared::lidarDirection(tables.rings[ring], tables.columns[column]));
      const bool meets = inside || glm::dot(direction, ball.centre) >= least * distance;
      if (meets && isOpen) passes.back().back().end = column + 1;
      if (meets && !isOpen) passes.push_back({{ring, column, column + 1}});
      isOpen = meets;
    }
  }
  return passes;
}

}  // namespace

std::vector<std::vector<RingColumns>> beamsThatCanMeet(const SweptBall& seen, const LidarTables& tables,
                                                       int64_t from_ns, int64_t to_ns) {
  std::vector<std::vector<RingColumns>> passes;
  if (seen.radius < 0) return passes;
  // From where its beam begins a channel sees the ball displaced by no more than that.
  const SweptBall ball{seen.centre, seen.radius + tables.farthestOrigin_m};
  if (tables.isRosette()) return rosetteBeams(ball, tables, from_ns, to_ns);
  constexpr double kMargin_rad = 1e-5;  // float directions are off by less than 1e-6
  const double distance = glm::length(ball.centre);
  const double ground = std::hypot(ball.centre.x, ball.centre.y);
  const bool inside = distance <= ball.radius;
  const double elevation = std::atan2(ball.centre.z, ground);
  const double elevationHalf = inside ? kPi : std::asin(ball.radius / distance) + kMargin_rad;
  // Beams through the ball lie in its shadow cone; seen from above, that is within asin(r / ground) of its azimuth,
  // unless the cone holds the zenith.
  const double azimuthHalf = ground <= ball.radius ? kPi : std::asin(ball.radius / ground) + kMargin_rad;
  const double azimuth = std::atan2(ball.centre.y, ball.centre.x);
  const double sign = tables.headRate_radps < 0 ? -1 : 1;
  const double step = std::abs(tables.headRate_radps) * tables.cycle_s;
  const double count = static_cast<double>(tables.columns.size());
  const bool everywhere = azimuthHalf >= kPi;

  // Over a turn, a ring's angle past the ball's azimuth runs from u0 in (-pi, pi] to u0 + 2 pi: it is near a multiple k
  // of 2 pi for k = 0 and 1.
  for (int k = 0; k <= (everywhere ? 0 : 1); ++k) {
    std::vector<RingColumns> pass;
    for (uint32_t ring = 0; ring < tables.rings.size(); ++ring) {
      if (std::abs(tables.ringElevation_rad[ring] - elevation) > elevationHalf) continue;
      double begin = 0;
      double end = count;
      if (!everywhere) {
        const double u0 = wrapAngle(sign * (tables.startAzimuth_rad + tables.ringAzimuth_rad[ring] - azimuth));
        begin = std::clamp(std::ceil((2 * kPi * k - azimuthHalf - u0) / step), 0.0, count);
        end = std::clamp(std::floor((2 * kPi * k + azimuthHalf - u0) / step) + 1, 0.0, count);
      }
      const uint32_t first = std::max(static_cast<uint32_t>(begin), firedFrom(tables, ring, from_ns));
      const uint32_t last = std::min(static_cast<uint32_t>(end), firedFrom(tables, ring, to_ns));
      if (first < last) pass.push_back({ring, first, last});
    }
    if (!pass.empty()) passes.push_back(std::move(pass));
  }
  return passes;
}

}  // namespace nightfog::lidar
