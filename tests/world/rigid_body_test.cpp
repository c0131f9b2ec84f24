// Rolling, sliding, bouncing and precessing bodies against the closed forms of mechanics. Unless a case says otherwise
// the forms are those of rigid-body textbooks [Goldstein2002, chapters 4 and 5; Routh1905, articles 241 to 244].
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <glm/gtx/quaternion.hpp>
#include <vector>

#include "engine/core/random.hpp"
#include "tests/world/fixture.hpp"

using namespace nightfog;
using namespace nightfog::world;
using namespace nightfog::world::test;

namespace {

constexpr double kRadius = 0.32, kWidth = 0.2, kMass = 9;
constexpr double kBore = 0.64;                       // of a tyre without a rim of its own
constexpr double kTyre = 0.5 * (1 + kBore * kBore);  // its I / (m r^2): a ring's
constexpr double kResistance = 0.015;                // rolling, of a tyre

SimTime ms(double v) {
  return SimTime::fromSeconds(1e-3 * v);
}

/// About the centre of mass; axes of the actor. y is a tyre's axle.
glm::dvec3 tyreInertia(double mass) {
  const double squares = kRadius * kRadius * (1 + kBore * kBore);
  const double across = mass * (3 * squares + kWidth * kWidth) / 12;
  return {across, mass * squares / 2, across};
}

catalog::AssetInfo tyre(double friction, double restitution = 0) {
  catalog::AssetInfo asset = tyreAsset(kRadius, kWidth, kMass);
  asset.friction = friction;
  asset.restitution = restitution;
  return asset;
}

/// A solid disc that rolls without loss; its axle is its z axis.
catalog::AssetInfo disc(double radius, double thickness) {
  catalog::AssetInfo asset = boxAsset({2 * radius, 2 * radius, thickness}, 5);
  asset.builder = "cylinder";
  asset.boxCentre = asset.centreOfMass = {0, 0, 0};
  asset.friction = 2;
  asset.restitution = 0;
  return asset;
}

struct Motion {
  glm::dvec3 centre{0}, velocity{0}, spin{0};
  glm::dquat rotation{1, 0, 0, 0};
};

/// Of the centre of mass, at the world's now.
Motion motionOf(const World& world, ObjectId id) {
  const ActorView view = world.view(id);
  const glm::dvec3 lever = view.worldFromActor.rotate(view.asset.centreOfMass);
  return {view.worldFromActor.translation + lever, view.velocity_mps + glm::cross(view.angularVelocity_radps, lever),
          view.angularVelocity_radps, view.worldFromActor.rotation};
}

double energyOf(const Motion& motion, double mass, const glm::dvec3& inertia) {
  const glm::dvec3 spin = glm::conjugate(motion.rotation) * motion.spin;
  return 0.5 * mass * glm::dot(motion.velocity, motion.velocity) + 0.5 * glm::dot(inertia * spin, spin) +
         mass * kGravity * motion.centre.z;
}

/// The pose in which an asset's centre of mass is at a place.
RigidTransform centredAt(const glm::dvec3& place, const glm::dquat& rotation, const glm::dvec3& centreOfMass) {
  return {rotation, place - rotation * centreOfMass};
}

/// Steady rolling in a circle, counter-clockwise seen from above, of a wheel that leans inwards: contact at its inner
/// rim. In the frame that turns with it the angular momentum stands still, so Omega z x L is the torque of the
/// ground's force about the centre of mass [Routh1905, article 244]; spin and precession are tied by rolling.
struct SteadyCircle {
  glm::dvec3 velocity, spin;
  glm::dvec3 axle;  ///< to the left of the way it goes
  double rate_radps = 0;
  double height_m = 0;  ///< of the centre of mass
};
SteadyCircle steadyCircle(double lean, double circleRadius, double radius, double width, double aboutAxle,
                          double acrossAxle, double mass) {
  const glm::dvec3 up(0, 0, 1), outward(1, 0, 0), ahead(0, 1, 0);  // where it starts
  const glm::dvec3 axle = -std::cos(lean) * outward - std::sin(lean) * up;
  const glm::dvec3 rise = std::cos(lean) * up - std::sin(lean) * outward;  // in the wheel's plane
  const glm::dvec3 contact = -radius * rise + 0.5 * width * axle;
  // For a precession of 1 rad/s: v + (z + s axle) x contact = 0 along the way gives s.
  const double s =
      -glm::dot(circleRadius * ahead + glm::cross(up, contact), ahead) / glm::dot(glm::cross(axle, contact), ahead);
  const glm::dvec3 spin = up + s * axle;
  const glm::dvec3 about = glm::dot(spin, axle) * axle;
  const glm::dvec3 momentum = aboutAxle * about + acrossAxle * (spin - about);
  const double change = glm::dot(glm::cross(up, momentum), ahead);
  const double weight = glm::dot(glm::cross(contact, mass * kGravity * up), ahead);
  const double centripetal = glm::dot(glm::cross(contact, -mass * circleRadius * outward), ahead);
  SteadyCircle steady;
  steady.rate_radps = std::sqrt(weight / (change - centripetal));
  steady.velocity = steady.rate_radps * circleRadius * ahead;
  steady.spin = steady.rate_radps * spin;
  steady.axle = axle;
  steady.height_m = -contact.z;
  return steady;
}

}  // namespace

TEST_CASE("A tyre that slides begins to roll when and where, and as fast as, friction's two laws say") {
  // Sliding friction slows the centre by mu g and speeds the tread up by (mu - c) g / k, c being what turning costs:
  // they meet after (v0 - r w0) / (g (mu + (mu - c) / k)). Backspin is first stopped, in k r |w0| / (g (mu + c)).
  for (const double spin_radps : {0.0, 8.0, -10.0}) {
    constexpr double kSpeed = 6, kFriction = 0.6;
    Stage stage;
    const ObjectId id = stage.add(tyre(kFriction), at(0, 0), scenario::FreeBody{{kSpeed, 0, 0}, {0, spin_radps, 0}});
    stage.scenario.step = SimTime::fromMs(1);
    World world = stage.world();
    const double back = kTyre * kRadius * std::max(0.0, -spin_radps) / (kGravity * (kFriction + kResistance));
    const double onset = back + (kSpeed - kFriction * kGravity * back - kRadius * std::max(0.0, spin_radps)) /
                                    (kGravity * (kFriction + (kFriction - kResistance) / kTyre));
    double rollsFrom = 0, way = 0, speed = 0;
    for (int i = 1; i < 1000 && rollsFrom == 0; ++i) {
      world.advanceTo(SimTime::fromMs(i));
      const Motion now = motionOf(world, id);
      if (now.velocity.x - kRadius * now.spin.y > 0.01) continue;
      rollsFrom = 1e-3 * i;
      way = now.centre.x;
      speed = now.velocity.x;
    }
    CAPTURE(spin_radps);
    CHECK(rollsFrom == doctest::Approx(onset).epsilon(0.01));
    CHECK(way == doctest::Approx(kSpeed * onset - 0.5 * kFriction * kGravity * onset * onset).epsilon(0.01));
    CHECK(speed == doctest::Approx(kSpeed - kFriction * kGravity * onset).epsilon(0.01));
    // Momentum about the line of contacts: (v0 + k r w0) / (1 + k), but for c.
    CHECK(speed == doctest::Approx((kSpeed + kTyre * kRadius * spin_radps) / (1 + kTyre)).epsilon(0.02));
  }
}

TEST_CASE("Whatever falls flat bounces to e squared of its height: tyre on its tread, tyre on its side, plate, drum") {
  struct Fall {
    const char* name;
    catalog::AssetInfo asset;
    glm::dquat rotation{1, 0, 0, 0};
    double lowest = 0;  ///< below the centre of mass
  };
  const glm::dquat onSide = glm::angleAxis(0.5 * kPi, glm::dvec3(1, 0, 0));
  auto drum = disc(0.25, 0.6);
  for (const double e : {0.4, 0.7}) {
    std::vector<Fall> falls = {{"tread", tyre(0.9, e), {1, 0, 0, 0}, kRadius},
                               {"side", tyre(0.9, e), onSide, 0.5 * kWidth},
                               {"plate", boxAsset({0.8, 0.5, 0.04}, 3), {1, 0, 0, 0}, 0.02},
                               {"drum", drum, onSide, 0.25}};
    for (Fall& fall : falls) {
      fall.asset.restitution = e;
      constexpr double kFall_m = 3;
      Stage stage;
      stage.scenario.step = SimTime::fromMs(1);
      const ObjectId id =
          stage.add(fall.asset, centredAt({0, 0, kFall_m + fall.lowest}, fall.rotation, fall.asset.centreOfMass),
                    scenario::FreeBody{{3, 0, 0}, fall.rotation * glm::dvec3(0, 0, 0)});
      World world = stage.world();
      double top = 0, lowest = 1e9;
      bool hasBounced = false;
      for (int i = 1; i < 1700; ++i) {
        world.advanceTo(SimTime::fromMs(i));
        const Motion now = motionOf(world, id);
        if (hasBounced && now.velocity.z < 0) break;
        hasBounced = hasBounced || now.velocity.z > 0.5;
        if (hasBounced) top = std::max(top, now.centre.z - fall.lowest);
        lowest = std::min(lowest, now.centre.z - fall.lowest);
      }
      CAPTURE(fall.name);
      CAPTURE(e);
      REQUIRE(hasBounced);
      CHECK(top / kFall_m == doctest::Approx(e * e).epsilon(0.01));
      CHECK(lowest > -0.008);  // v dt
    }
  }
}

TEST_CASE("A tyre that bounces on its tread as it rolls keeps speed and spin: nothing slips") {
  constexpr double kSpeed = 5;
  Stage stage;
  const ObjectId id =
      stage.add(tyre(0.9, 0.5), at(0, 0, 1), scenario::FreeBody{{kSpeed, 0, 0}, {0, kSpeed / kRadius, 0}});
  World world = stage.world();
  world.advanceTo(SimTime::fromMs(700));  // fallen after 452 ms; up again for 452 ms
  const Motion now = motionOf(world, id);
  CHECK(now.centre.z > kRadius + 0.1);
  // Rolling resistance takes c times the bounce's impulse, (1 + e) m v, at the tread.
  const double lost = kResistance * 1.5 * std::sqrt(2 * kGravity * 1);
  CHECK(now.spin.y * kRadius == doctest::Approx(kSpeed - lost / kTyre).epsilon(0.01));
  CHECK(now.velocity.x == doctest::Approx(kSpeed).epsilon(0.01));
}

TEST_CASE("A tyre on its side, a plate and a drum on end slide v^2 / (2 mu g) far") {
  const glm::dquat onSide = glm::angleAxis(0.5 * kPi, glm::dvec3(1, 0, 0));
  for (const double friction : {0.35, 0.8}) {
    for (int kind = 0; kind < 3; ++kind) {
      catalog::AssetInfo asset = kind == 0   ? tyre(friction)
                                 : kind == 1 ? boxAsset({0.8, 0.5, 0.04}, 3)
                                             : disc(0.25, 0.2);
      asset.friction = friction;
      asset.restitution = 0;
      const glm::dquat rotation = kind == 0 ? onSide : glm::dquat(1, 0, 0, 0);
      const double lowest = kind == 0 ? 0.5 * kWidth : kind == 1 ? 0.02 : 0.1;
      constexpr double kSpeed = 7;
      Stage stage;
      const ObjectId id = stage.add(asset, centredAt({0, 0, lowest}, rotation, asset.centreOfMass),
                                    scenario::FreeBody{{kSpeed, 0, 0}, {}});
      World world = stage.world();
      world.advanceTo(SimTime::fromMs(5000));
      const Motion end = motionOf(world, id);
      CAPTURE(kind);
      CAPTURE(friction);
      CHECK(end.centre.x == doctest::Approx(kSpeed * kSpeed / (2 * friction * kGravity)).epsilon(0.01));
      CHECK(std::abs(end.centre.y) < 0.01);
      CHECK(glm::length(end.velocity) < 1e-3);
    }
  }
}

TEST_CASE("Down a slope a sphere and a drum roll as g sin a / (1 + k)") {
  road::RoadData data;
  data.id = "slope";
  data.line = road::ReferenceLine({{{0, 0}, 0, 200, road::LineShape{}}});
  data.elevation = road::Profile({{0, 40, -0.2, 0, 0}});
  road::LaneSection section;
  section.last_s = 200;
  road::Lane lane;
  lane.width = road::Profile::constant(5);
  lane.id = 1;
  section.left.push_back(lane);
  data.sections.push_back(section);
  const road::RoadNetwork map{road::Road(data)};
  const double angle = std::atan(0.2);
  for (const bool isSphere : {true, false}) {
    catalog::AssetInfo asset = isSphere ? boxAsset({0.5, 0.5, 0.5}, 4) : disc(0.25, 0.6);
    if (isSphere) asset.builder = "sphere";
    asset.friction = 0.9;
    asset.restitution = 0;
    const glm::dvec3 foot = map.point(0, 20, 2.5);
    const glm::dvec3 normal(std::sin(angle), 0, std::cos(angle));
    const glm::dquat rotation = glm::angleAxis(0.5 * kPi, glm::dvec3(1, 0, 0));
    Stage stage;
    stage.scenario.map = map;
    const ObjectId id =
        stage.add(asset, centredAt(foot + 0.25 * normal, rotation, asset.centreOfMass), scenario::FreeBody{});
    World world = stage.world();
    const glm::dvec3 from = motionOf(world, id).centre;
    world.advanceTo(SimTime::fromMs(4000));
    CAPTURE(isSphere);
    const double acceleration = kGravity * std::sin(angle) / (1 + (isSphere ? 0.4 : 0.5));
    CHECK(glm::length(motionOf(world, id).centre - from) == doctest::Approx(0.5 * acceleration * 16).epsilon(0.005));
    CHECK(std::abs(motionOf(world, id).centre.y - 2.5) < 1e-3);
  }
}

TEST_CASE("A leaning disc precesses towards its lean, once round its circle in the time of steady rolling") {
  for (const double lean : {0.1, 0.25, 0.4}) {
    constexpr double kDisc = 0.3, kThick = 0.01, kCircle = 3;
    const catalog::AssetInfo asset = disc(kDisc, kThick);
    const double about = 0.5 * asset.mass_kg * kDisc * kDisc;
    const double across = asset.mass_kg * (3 * kDisc * kDisc + kThick * kThick) / 12;
    const SteadyCircle steady = steadyCircle(lean, kCircle, kDisc, kThick, about, across, asset.mass_kg);
    Stage stage;
    // The disc's z axis to the axle.
    const glm::dquat rotation = glm::rotation(glm::dvec3(0, 0, 1), steady.axle);
    const ObjectId id = stage.add(asset, centredAt({kCircle, 0, steady.height_m}, rotation, {0, 0, 0}),
                                  scenario::FreeBody{steady.velocity, steady.spin});
    World world = stage.world();
    double angle = 0, last = 0, time = 0, furthest = 0;
    while (angle < 2 * kPi && time < 60) {
      time += 0.01;
      world.advanceTo(ms(1000 * time));
      const Motion now = motionOf(world, id);
      const double at = std::atan2(now.centre.y, now.centre.x);
      angle += wrapAngle(at - last);
      last = at;
      furthest = std::max(furthest, std::abs(std::hypot(now.centre.x, now.centre.y) - kCircle));
    }
    CAPTURE(lean);
    CAPTURE(time);
    CHECK(furthest < 0.01 * kCircle);
    CHECK(angle / time == doctest::Approx(steady.rate_radps).epsilon(0.01));
  }
}

TEST_CASE("A leaning tyre turns towards its lean at the rate of steady rolling, to the left and to the right") {
  for (const double side : {1.0, -1.0}) {
    constexpr double kCircle = 4, kLean = 0.5;
    const glm::dvec3 inertia = tyreInertia(kMass);
    SteadyCircle steady = steadyCircle(kLean, kCircle, kRadius, kWidth, inertia.y, inertia.x, kMass);
    // Mirrored in the plane y z: velocities are, spins and axles turn about.
    const glm::dvec3 place(side * kCircle, 0, steady.height_m);
    const glm::dvec3 spin = side > 0 ? steady.spin : glm::dvec3(steady.spin.x, -steady.spin.y, -steady.spin.z);
    const glm::dvec3 left = side > 0 ? steady.axle : glm::dvec3(steady.axle.x, -steady.axle.y, -steady.axle.z);
    const catalog::AssetInfo asset = tyre(1.2);
    Stage stage;
    const glm::dquat rotation = glm::rotation(glm::dvec3(0, 1, 0), left);
    const ObjectId id =
        stage.add(asset, centredAt(place, rotation, asset.centreOfMass), scenario::FreeBody{steady.velocity, spin});
    World world = stage.world();
    constexpr double kTime = 0.4;
    world.advanceTo(ms(1000 * kTime));
    const Motion now = motionOf(world, id);
    const double heading = std::atan2(-now.velocity.x, now.velocity.y);  // from the way it started, left positive
    CAPTURE(side);
    CAPTURE(steady.rate_radps);
    CHECK(heading == doctest::Approx(side * steady.rate_radps * kTime).epsilon(0.01));
    // What rolling costs, c g / (1 + k), is all that it loses.
    const double slowed = kResistance * kGravity / (1 + kTyre) * kTime;
    CHECK(glm::length(now.velocity) == doctest::Approx(glm::length(steady.velocity) - slowed).epsilon(0.01));
  }
}

TEST_CASE("Of a hundred bodies thrown down at random none ever gains energy") {
  // Tyres, drums, plates and balls, far apart. The integrator's speed is half a substep older than its place: taken at
  // the place's time, energy stays to the bit in free fall, and contacts can only take from it. Tumbling, the midpoint
  // rule swings about the true energy by (w dt)^2 of what is in the spin. What rests may be lifted by the contacts'
  // gap.
  constexpr int kBodies = 100;
  Stage stage;
  std::vector<glm::dvec3> inertia;
  for (int i = 0; i < kBodies; ++i) {
    RandomSource rng(7, 0, "drops/" + std::to_string(i));
    catalog::AssetInfo asset;
    double mass = kMass;
    switch (i % 4) {
      case 0:
        asset = tyre(0.9);
        inertia.push_back(tyreInertia(mass));
        break;
      case 1:
        asset = disc(0.2, 0.35);
        mass = asset.mass_kg;
        inertia.push_back(mass * glm::dvec3((3 * 0.04 + 0.35 * 0.35) / 12, (3 * 0.04 + 0.35 * 0.35) / 12, 0.02));
        break;
      case 2:
        asset = boxAsset({0.7, 0.4, 0.1}, mass = 3);
        inertia.push_back(mass / 12 * glm::dvec3(0.16 + 0.01, 0.49 + 0.01, 0.49 + 0.16));
        break;
      default:
        asset = boxAsset({0.24, 0.24, 0.24}, mass = 0.5);
        asset.builder = "sphere";
        inertia.push_back(glm::dvec3(0.4 * mass * 0.0144));
    }
    asset.friction = rng.uniform(0.2, 1.0);
    asset.restitution = rng.uniform(0.0, 0.8);
    const glm::dquat rotation =
        glm::normalize(glm::dquat(rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1)));
    const auto any = [&](double most) {
      return glm::dvec3(rng.uniform(-most, most), rng.uniform(-most, most), rng.uniform(-most, most));
    };
    stage.add(asset, centredAt({500.0 * i, 0, rng.uniform(0.6, 4)}, rotation, asset.centreOfMass),
              scenario::FreeBody{any(8), any(20)});
  }
  World world = stage.world();
  std::vector<double> least(kBodies, 1e300);
  double greatestGain = 0;
  for (int step = 0; step <= 500; ++step) {
    world.advanceTo(SimTime::fromMs(10 * step));
    for (int i = 0; i < kBodies; ++i) {
      const ObjectId id{static_cast<uint32_t>(i + 1)};
      const double mass = world.view(id).asset.mass_kg;
      Motion motion = motionOf(world, id);
      motion.velocity.z -= 0.5 * kGravity * 1e-3;
      const double energy = energyOf(motion, mass, inertia[static_cast<size_t>(i)]) / mass;
      double& lowest = least[static_cast<size_t>(i)];
      const double turn = glm::length(motion.spin) * 1e-3;
      const glm::dvec3 spin = glm::conjugate(motion.rotation) * motion.spin;
      const double swing = turn * turn * 0.5 * glm::dot(inertia[static_cast<size_t>(i)] * spin, spin) / mass;
      if (lowest < 1e300) greatestGain = std::max(greatestGain, energy - lowest - swing);
      lowest = std::min(lowest, energy);
    }
  }
  CHECK(greatestGain < kGravity * 2e-5);
  MESSAGE("greatest gain ", greatestGain, " J/kg");
}

TEST_CASE(
    "Half the step halves the error of a leaning tyre's path; a bouncing one's does not converge, and stays within 1 % "
    "of its way") {
  const auto end = [](int64_t step_us, double drop_m, double lean, double seconds) {
    Stage stage;
    stage.scenario.step = SimTime::fromNs(1000 * step_us);
    const double low = drop_m + 0.5 * kWidth * std::sin(lean);
    const RigidTransform pose = RigidTransform::fromYawPitchRoll({0, 0, low}, 0, 0, -lean);
    const ObjectId id =
        stage.add(tyre(0.9, 0.3), pose, scenario::FreeBody{{4, 0, 0}, pose.rotate({0, 4 / kRadius, 0})});
    World world = stage.world();
    world.advanceTo(SimTime::fromSeconds(seconds));
    return motionOf(world, id).centre;
  };
  const glm::dvec3 leaning = end(62, 0, 0.5, 1.488);
  const auto error = [&](int64_t step_us) { return glm::length(end(step_us, 0, 0.5, 1.488) - leaning); };
  const double coarse = error(992), middle = error(496), fine = error(248);
  MESSAGE("leaning, from the path at 0.062 ms: 1 ms ", coarse, " m, 0.5 ms ", middle, " m, 0.25 ms ", fine, " m");
  // First order: h - h0 with h0 = h / 16 are 15, 7 and 3 parts.
  CHECK(coarse < 0.01);
  CHECK(middle == doctest::Approx(7 / 15.0 * coarse).epsilon(0.2));
  CHECK(fine == doctest::Approx(3 / 15.0 * coarse).epsilon(0.4));
  // What bounces branches: a hop more or less, of those too slow to be thrown back. Within 1 % of the way of 6 m.
  const glm::dvec3 bouncing = end(125, 0.4, 0.12, 1.5);
  for (const int64_t step_us : {1000, 500, 250}) {
    const double off = glm::length(end(step_us, 0.4, 0.12, 1.5) - bouncing);
    MESSAGE("bouncing, from the path at 0.125 ms: ", step_us, " us ", off, " m");
    CHECK(off < 0.06);
  }
}
