// Rides against closed forms: a car whose front axle goes round a circle, straight on, over to the next lane, and
// stands.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/core/transform.hpp"
#include "engine/fcd/ride.hpp"

using namespace nightfog;
using namespace nightfog::fcd;

namespace {

constexpr Figure kCar{2.7, 3.6};
constexpr Figure kBus{6.0, 8.6};

double rounded(double value) {
  return std::round(100 * value) / 100;
}

/// A front bumper's place by the way driven; SUMO's angle is the chord from the rear bumper, `length_m` behind.
using PlaceAt = std::function<glm::dvec2(double)>;
std::vector<Sample> drive(const PlaceAt& at, double speed_mps, double step_s, double last_s, double length_m = 4.6) {
  std::vector<Sample> samples;
  for (double t = 0; t < last_s + 1e-9; t += step_s) {
    const glm::dvec2 front = at(speed_mps * t), rear = at(speed_mps * t - length_m);
    Sample sample;
    sample.time_s = t;
    sample.position = {rounded(front.x), rounded(front.y), 0};
    sample.heading_rad = std::atan2(front.y - rear.y, front.x - rear.x);
    sample.speed_mps = rounded(speed_mps);
    sample.edge = 1;
    sample.lane = 0;
    samples.push_back(sample);
  }
  return samples;
}

/// How far the rear axle has slipped sideways in all, summed up in small steps; with sign, and without.
struct Slip {
  double most_m = 0;    ///< the furthest from where it began
  double most_mps = 0;  ///< averaged over a tenth of a second
};
Slip slipOf(const Ride& ride) {
  Slip slip;
  double sum = 0;
  constexpr double kStep_s = 0.001;
  std::vector<double> sums;
  for (double t = ride.begin_s(); t + kStep_s < ride.end_s(); t += kStep_s) {
    const RideState a = ride.at(t), b = ride.at(t + kStep_s);
    const double heading = a.heading_rad + 0.5 * wrapAngle(b.heading_rad - a.heading_rad);
    const glm::dvec2 moved = glm::dvec2(b.position) - glm::dvec2(a.position);
    sum += glm::dot(moved, glm::dvec2(-std::sin(heading), std::cos(heading)));
    sums.push_back(sum);
    slip.most_m = std::max(slip.most_m, std::abs(sum));
    if (sums.size() > 100) slip.most_mps = std::max(slip.most_mps, std::abs(sum - sums[sums.size() - 101]) / 0.1);
  }
  return slip;
}

}  // namespace

TEST_CASE("On a circle the heading is that of the circle within a degree, and the rear axle does not slip") {
  for (const Figure& figure : {kCar, kBus}) {
    for (const double radius : {12.0, 25.0, 90.0}) {
      for (const double step : {0.5, 1.0}) {
        CAPTURE(radius);
        CAPTURE(step);
        CAPTURE(figure.wheelbase_m);
        const double speed = std::sqrt(2 * radius);  // 2 m/s^2 sideways
        const double last = 2 * kPi * radius / speed;
        const Ride ride(
            drive([&](double way) { return radius * glm::dvec2(std::cos(way / radius), std::sin(way / radius)); },
                  speed, step, last, figure.front_m + 1),
            figure, {});
        double worst_rad = 0, worst_m = 0;
        // A car that begins straight is as good as round after five wheelbases.
        for (double t = 6 * figure.wheelbase_m / speed; t < last - step; t += 0.05) {
          const RideState now = ride.at(t);
          const double way = speed * t - (figure.front_m - figure.wheelbase_m);
          const double truth = way / radius + 0.5 * kPi - std::asin(figure.wheelbase_m / radius);
          worst_rad = std::max(worst_rad, std::abs(wrapAngle(now.heading_rad - truth)));
          const double rear = std::sqrt(radius * radius - figure.wheelbase_m * figure.wheelbase_m);
          worst_m = std::max(worst_m, std::abs(glm::length(glm::dvec2(now.position)) - rear));
          CHECK(now.curvature_1pm == doctest::Approx(1 / rear).epsilon(0.12));
          CHECK(std::abs(now.speed_mps - speed * rear / radius) < 0.03 * speed);
        }
        MESSAGE("radius " << radius << " m, wheelbase " << figure.wheelbase_m << " m, steps of " << step
                          << " s: heading within " << worst_rad * 180 / kPi << " deg, rear axle within "
                          << 1000 * worst_m << " mm");
        CHECK(worst_rad * 180 / kPi < 1);
        CHECK(worst_m < 0.03);
        const Slip slip = slipOf(ride);
        CHECK(slip.most_m < 0.02);
        CHECK(slip.most_mps < 0.05);
      }
    }
  }
}

TEST_CASE("On a straight lane of the map a ride is exact, and off all lanes as straight as rounding lets it be") {
  const double heading = 0.3;
  const glm::dvec2 ahead(std::cos(heading), std::sin(heading));
  const auto samples = drive([&](double way) { return way * ahead; }, 13.7, 0.5, 20);
  const FindLane lane = [&](const glm::dvec3& place, double) -> std::optional<LaneSpot> {
    return LaneSpot{glm::dvec3(glm::dot(glm::dvec2(place), ahead) * ahead, 0), heading};
  };
  const Ride on(samples, kCar, lane), off(samples, kCar, {});
  for (double t = 0; t <= 20; t += 0.01) {
    const RideState a = on.at(t), b = off.at(t);
    CHECK(std::abs(wrapAngle(a.heading_rad - heading)) < 1e-9);
    CHECK(std::abs(a.yawRate_radps) < 1e-8);
    CHECK(std::abs(-ahead.y * a.position.x + ahead.x * a.position.y) < 1e-9);
    CHECK(std::abs(a.speed_mps - 13.7) < 0.05);
    // The front bumper is where the trace says.
    const glm::dvec2 front = glm::dvec2(a.position) + kCar.front_m * ahead;
    CHECK(glm::distance(front, 13.7 * t * ahead) < 0.02);
    CHECK(std::abs(wrapAngle(b.heading_rad - heading)) * 180 / kPi < 0.2);
  }
}

TEST_CASE("Who stands does not move at all, whatever the rounding, and turns as it did before when it drives on") {
  std::vector<Sample> samples;
  for (int k = 0; k <= 80; ++k) {
    const double t = 0.5 * k;
    // 10 m/s, 2 s of braking, 20 s at the light, and off again.
    const double way = t < 8    ? 10 * t
                       : t < 12 ? 80 + 10 * (t - 8) - 1.25 * (t - 8) * (t - 8)
                       : t < 32 ? 100
                                : 100 + 0.75 * (t - 32) * (t - 32);
    Sample sample;
    sample.time_s = t;
    sample.position = {rounded(way * 0.8), rounded(way * 0.6), 0};
    sample.heading_rad = std::atan2(0.6, 0.8) + (k % 2 == 0 ? 0.02 : -0.02);  // its angle is noise
    samples.push_back(sample);
  }
  const Ride ride(samples, kCar, {});
  const RideState stands = ride.at(13);
  for (double t = 12.5; t < 31.5; t += 0.1) {
    const RideState now = ride.at(t);
    CHECK(now.position == stands.position);
    CHECK(now.heading_rad == stands.heading_rad);
    CHECK(now.speed_mps == 0);
    CHECK(now.yawRate_radps == 0);
  }
  for (double t = 0; t < 40; t += 0.05) {
    CHECK(std::abs(wrapAngle(ride.at(t).heading_rad - std::atan2(0.6, 0.8))) * 180 / kPi < 0.25);
    CHECK(ride.at(t).speed_mps < (t < 36 ? 10.2 : 12.2));
    CHECK(std::abs(ride.at(t).acceleration_mps2) < 4);
  }
}

TEST_CASE("A change of lanes in no time is driven in four seconds, without slip, from middle to middle") {
  for (const double step : {0.5, 1.0}) {
    for (const double speed : {8.0, 30.0}) {
      CAPTURE(step);
      CAPTURE(speed);
      auto samples = drive([](double way) { return glm::dvec2(way, 0); }, speed, step, 30);
      for (Sample& sample : samples) {
        if (sample.time_s <= 15.2) continue;
        sample.position.y = 3.5;
        sample.lane = 1;
      }
      const FindLane lane = [](const glm::dvec3& place, double) -> std::optional<LaneSpot> {
        return LaneSpot{{place.x, place.y > 1.75 ? 3.5 : 0, 0}, 0};
      };
      const Ride ride(samples, kCar, lane);
      double before = -1, most_rad = 0;
      for (double t = 0; t <= 30; t += 0.05) {
        const RideState now = ride.at(t);
        if (t < 12) CHECK(std::abs(now.position.y) < 1e-6);
        if (t > 19.5) CHECK(std::abs(now.position.y - 3.5) < 0.02);
        CHECK(now.position.y >= before - 0.01);
        before = now.position.y;
        most_rad = std::max(most_rad, std::abs(now.heading_rad));
        CHECK(std::abs(now.speed_mps - speed) < 0.06 * speed);
      }
      // A smoothstep over 4 s is steepest in its middle: 1.5 * 3.5 m over the way; knots 1 s apart bend it somewhat.
      CHECK(most_rad < 1.4 * std::atan(1.5 * 3.5 / (4 * speed)));
      CHECK(slipOf(ride).most_m < 0.02);
      CHECK(ride.at(12).turning_rad > 1);  // it indicates
      CHECK(ride.at(25).turning_rad == doctest::Approx(0).epsilon(0.01));
    }
  }
}

TEST_CASE("From a straight into a bend steps of a second leave the lane by centimetres where lanes say the direction") {
  const double radius = 12, straight = 40;
  const auto place = [&](double way) -> glm::dvec2 {
    if (way < straight) return {way, 0};
    const double angle = std::min((way - straight) / radius, 0.5 * kPi);
    const glm::dvec2 end(straight + radius * std::sin(angle), radius * (1 - std::cos(angle)));
    return end + std::max(0.0, way - straight - 0.5 * kPi * radius) * glm::dvec2(0, 1);
  };
  const auto headingAt = [&](double way) { return std::clamp((way - straight) / radius, 0.0, 0.5 * kPi); };
  const FindLane lane = [&](const glm::dvec3& at, double) -> std::optional<LaneSpot> {
    double best = 0;
    for (double way = 0; way < 120; way += 0.01) {
      if (glm::distance(place(way), glm::dvec2(at)) < glm::distance(place(best), glm::dvec2(at))) best = way;
    }
    return LaneSpot{{place(best), 0}, headingAt(best)};
  };
  const double speed = 5;
  const Ride ride(drive(place, speed, 1, 20), kCar, lane);
  for (double t = 1; t < 19; t += 0.1) {
    const RideState now = ride.at(t);
    const glm::dvec2 axle =
        glm::dvec2(now.position) + kCar.wheelbase_m * glm::dvec2(std::cos(now.heading_rad), std::sin(now.heading_rad));
    double beside = INFINITY;
    for (double way = 0; way < 120; way += 0.05) beside = std::min(beside, glm::distance(place(way), axle));
    CHECK(beside < 0.12);
  }
  CHECK(slipOf(ride).most_m < 0.02);
}

TEST_CASE("People turn to where they walk, and one step alone is a place") {
  std::vector<Sample> samples;
  for (int t = 0; t <= 20; ++t) {
    Sample sample;
    sample.time_s = t;
    sample.position = t <= 10 ? glm::dvec3(1.3 * t, 0, 0) : glm::dvec3(13, 1.3 * (t - 10), 0);
    sample.heading_rad = t <= 10 ? 0 : 0.5 * kPi;
    samples.push_back(sample);
  }
  const Ride walk(samples, {}, {});
  CHECK(std::abs(walk.at(5).heading_rad) < 0.01);
  CHECK(std::abs(walk.at(18).heading_rad - 0.5 * kPi) < 0.05);
  for (double t = 0; t < 20; t += 0.02)
    CHECK(std::abs(wrapAngle(walk.at(t + 0.02).heading_rad - walk.at(t).heading_rad)) < 0.12);
  // Back the way they came.
  for (Sample& sample : samples) {
    if (sample.time_s > 10) sample.position = {13 - 1.3 * (sample.time_s - 10), 0, 0};
  }
  const Ride back(samples, {}, {});
  CHECK(std::abs(wrapAngle(back.at(19).heading_rad - kPi)) < 0.1);
  const Ride one(std::span(samples.data(), 1), kCar, {});
  CHECK(one.at(-5).position == one.at(5).position);
  CHECK(std::isfinite(one.at(0).heading_rad));
}
