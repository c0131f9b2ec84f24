#include "tests/record/street.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/core/hash.hpp"
#include "engine/shared/cause.h"

namespace nightfog::record::test {
namespace {

constexpr double kMaxRange_m = 120;
constexpr double kSensorHeight_m = 1.9;
constexpr double kEgoSpeed_mps = 8;

/// A box or an upright cylinder (size: diameter, diameter, height).
struct Body {
  uint32_t id = 0;  ///< 0: scenery
  ClassId semantic;
  bool isCylinder = false;
  RigidTransform worldFromBody;  ///< centre
  glm::dvec3 size{1};
  glm::dvec3 velocity{0};
  uint16_t material = 0;
  double reflectance = 0.3;
  const char* name = "";
};

Body box(ClassId semantic, glm::dvec3 base, glm::dvec3 size, double yaw, uint16_t material, double reflectance) {
  Body body;
  body.semantic = semantic;
  body.worldFromBody = RigidTransform::fromYawPitchRoll(base + glm::dvec3(0, 0, size.z / 2), yaw);
  body.size = size;
  body.material = material;
  body.reflectance = reflectance;
  return body;
}

Body thing(uint32_t id, const char* name, Body body, glm::dvec3 velocity = glm::dvec3(0)) {
  body.id = id;
  body.name = name;
  body.velocity = velocity;
  return body;
}

Body cylinder(ClassId semantic, glm::dvec3 base, double diameter, double height, uint16_t material,
              double reflectance) {
  Body body = box(semantic, base, {diameter, diameter, height}, 0, material, reflectance);
  body.isCylinder = true;
  return body;
}

/// A number in [0, 1) of a place.
double lottery(uint64_t a, uint64_t b, uint64_t c) {
  return static_cast<double>(hashCombine(hashCombine(a, b), c) >> 11) * 0x1p-53;
}

double egoX(double time_s) {
  return -12 + kEgoSpeed_mps * time_s;
}

std::vector<Body> bodiesAt(double t) {
  std::vector<Body> bodies;
  const auto car = [&](uint32_t id, const char* name, ClassId semantic, double x, double y, double yaw, glm::dvec3 size,
                       glm::dvec3 velocity = glm::dvec3(0)) {
    bodies.push_back(
        thing(id, name, box(semantic, glm::dvec3(x, y, 0.0) + velocity * t, size, yaw, 3, 0.35), velocity));
  };
  bodies.push_back(thing(1, "ego", box(classes::kEgo, {egoX(t) + 1.35, -1.75, 0}, {4.5, 1.82, 1.45}, 0, 3, 0.3),
                         {kEgoSpeed_mps, 0, 0}));
  car(2, "van", classes::kVan, 9, -4.9, 0.0, {5.6, 2.0, 2.5});
  bodies.push_back(
      thing(3, "child", cylinder(classes::kChild, {13.2, -5.6 + 1.6 * t, 0}, 0.42, 1.2, 4, 0.45), {0, 1.6, 0}));
  car(4, "oncoming", classes::kCar, 42, 1.75, kPi, {4.4, 1.8, 1.45}, {-11, 0, 0});
  car(5, "parked_1", classes::kCar, -3, 5.0, 0.02, {4.3, 1.8, 1.5});
  car(6, "parked_2", classes::kCar, 16, 5.0, -0.015, {4.6, 1.85, 1.45});
  car(7, "parked_3", classes::kCar, -20, -4.9, 0.01, {4.2, 1.75, 1.5});
  car(8, "truck", classes::kTruck, 34, -4.8, 0.0, {8.5, 2.5, 3.4});
  bodies.push_back(
      thing(9, "walker", cylinder(classes::kAdult, {2 + 1.3 * t, 7.6, 0.12}, 0.5, 1.75, 4, 0.4), {1.3, 0, 0}));
  bodies.push_back(thing(10, "tyre", cylinder(classes::kTyre, {22, -0.6, 0}, 0.62, 0.2, 5, 0.06)));
  for (int side = -1; side <= 1; side += 2) {
    for (int i = -6; i <= 6; ++i) {
      const double x = i * 17.0 + lottery(i + 100, side + 5, 1) * 3;
      const double depth = 9 + 3 * lottery(i + 100, side + 5, 2);
      const double front = 10.5 + 2.0 * lottery(i + 100, side + 5, 3);
      bodies.push_back(box(classes::kBuilding, {x, side * (front + depth / 2), 0},
                           {12.5 + 2 * lottery(i + 100, side + 5, 4), depth, 7 + 4 * lottery(i + 100, side + 5, 5)}, 0,
                           2, 0.4));
      const double treeX = x + 8.2;
      bodies.push_back(cylinder(classes::kTrunk, {treeX, side * 8.6, 0}, 0.35, 2.6, 6, 0.25));
      bodies.push_back(cylinder(classes::kVegetation, {treeX, side * 8.6, 2.4}, 3.2, 3.4, 6, 0.55));
      bodies.push_back(cylinder(classes::kStreetLamp, {x - 1.5, side * 7.0, 0}, 0.16, 6.5, 3, 0.3));
    }
  }
  return bodies;
}

struct Met {
  double distance = kMaxRange_m * 2;
  glm::dvec3 normal{0, 0, 1};
  const Body* body = nullptr;
  ClassId semantic = classes::kUnlabelled;
  uint16_t material = 0;
  double reflectance = 0;
};

/// Entry distance into a body, or a negative number.
double enter(const Body& body, const glm::dvec3& origin, const glm::dvec3& direction, glm::dvec3& normal) {
  const RigidTransform bodyFromWorld = body.worldFromBody.inverse();
  const glm::dvec3 o = bodyFromWorld * origin;
  const glm::dvec3 d = bodyFromWorld.rotate(direction);
  double tNear = 0;
  double tFar = 1e9;
  glm::dvec3 n{0};
  const auto slab = [&](int axis) {
    if (std::abs(d[axis]) < 1e-12) return std::abs(o[axis]) <= body.size[axis] / 2;
    double a = (-body.size[axis] / 2 - o[axis]) / d[axis];
    double b = (body.size[axis] / 2 - o[axis]) / d[axis];
    if (a > b) std::swap(a, b);
    if (a > tNear) {
      tNear = a;
      n = glm::dvec3(0);
      n[axis] = d[axis] > 0 ? -1 : 1;
    }
    tFar = std::min(tFar, b);
    return true;
  };
  if (!slab(2)) return -1;
  if (body.isCylinder) {
    const double radius = body.size.x / 2;
    const double a = d.x * d.x + d.y * d.y;
    const double b = o.x * d.x + o.y * d.y;
    const double c = o.x * o.x + o.y * o.y - radius * radius;
    const double root = b * b - a * c;
    if (root < 0) return -1;
    const double t = (-b - std::sqrt(root)) / a;
    if (t > tNear) {
      tNear = t;
      n = {(o.x + t * d.x) / radius, (o.y + t * d.y) / radius, 0};
    }
    tFar = std::min(tFar, (-b + std::sqrt(root)) / a);
  } else if (!slab(0) || !slab(1)) {
    return -1;
  }
  if (tNear >= tFar || tNear <= 0) return -1;
  normal = body.worldFromBody.rotate(n);
  return tNear;
}

Met cast(const std::vector<Body>& bodies, const glm::dvec3& origin, const glm::dvec3& direction, uint32_t only = 0) {
  Met met;
  if (direction.z < 0 && only == 0) {
    const double t = -origin.z / direction.z;
    const double x = origin.x + t * direction.x;
    const double y = origin.y + t * direction.y;
    met.distance = t;
    const double side = std::abs(y);
    if (side < 6.1) {
      const bool isDash = side < 0.08 && std::fmod(x + 1000, 9.0) < 3;
      const bool isEdge = std::abs(side - 3.6) < 0.07;
      met.semantic = isDash || isEdge ? classes::kLaneMarking : side < 3.7 ? classes::kRoad : classes::kParking;
      met.reflectance = isDash || isEdge ? 0.7 : 0.13;
      met.material = isDash || isEdge ? 1 : 0;
    } else {
      met.semantic = side < 6.3 ? classes::kKerb : side < 9.6 ? classes::kSidewalk : classes::kTerrain;
      met.reflectance = side < 9.6 ? 0.25 : 0.5;
      met.material = side < 9.6 ? 2 : 6;
    }
  }
  for (const Body& body : bodies) {
    if (body.semantic == classes::kEgo || (only != 0 && body.id != only)) continue;
    glm::dvec3 normal;
    const double t = enter(body, origin, direction, normal);
    if (t <= 0 || t >= met.distance) continue;
    met = {t, normal, &body, body.semantic, body.material, body.reflectance};
  }
  return met;
}

RigidTransform worldFromVehicleAt(double time_s) {
  return RigidTransform::fromTranslation({egoX(time_s), -1.75, 0});
}
RigidTransform vehicleFromSensor() {
  return RigidTransform::fromTranslation({1.2, 0, kSensorHeight_m});
}

double elevation(const StreetOptions& options, uint32_t ring) {
  const double top = 12.0 * kPi / 180;
  const double bottom = -25.0 * kPi / 180;
  return top + (bottom - top) * ring / (options.rings - 1);
}

/// Eleven keys over 0.1 s. Everything has a body; the child has a leg that swings, in numbers that floats hold.
void fillMotion(SimTime start, FrameMotion& motion) {
  motion.firstKey = start;
  motion.keyStep = SimTime::fromMs(10);
  motion.keyCount = 11;
  for (uint32_t k = 0; k < motion.keyCount; ++k) {
    for (const Body& body : bodiesAt((start + motion.keyStep * k).seconds())) {
      if (body.id == 0) continue;
      if (k == 0) {
        ObjectMotion object{ObjectId{body.id}, {}, {{"body", {RigidTransform::identity()}}}};
        if (body.semantic == classes::kChild) object.parts.push_back({"thigh.left", {}});
        motion.objects.push_back(std::move(object));
      }
      ObjectMotion& object = motion.objects[body.id - 1];
      if (k == 0 || body.velocity != glm::dvec3(0)) object.worldFromObject.push_back(body.worldFromBody);
      if (object.parts.size() < 2) continue;
      const auto sine = static_cast<double>(std::sin(0.05f * static_cast<float>(k)));
      const auto cosine = static_cast<double>(std::cos(0.05f * static_cast<float>(k)));
      object.parts[1].objectFromPart.push_back({glm::dquat(cosine, 0, sine, 0), {0, 0.125, 0.625}});
    }
  }
}

}  // namespace

EpisodeInfo streetEpisode(const StreetOptions& options) {
  EpisodeInfo episode;
  episode.scenarioId = "test.street";
  episode.title = options.fogExtinction_1pm > 0 ? "A street in fog" : "A street by day";
  episode.seed = 0;
  episode.run = 3;
  episode.resolvedYaml = "nightfog: 1\nid: test.street\n";
  episode.digest = sha256Hex(episode.resolvedYaml);
  episode.parameters = {{"ego.speed_mps", kEgoSpeed_mps}, {"child.speed_mps", 1.6}};
  episode.engineVersion = "0.0.0-test";
  episode.duration = SimTime::fromMs(3000);
  episode.step = SimTime::fromMs(10);
  episode.timeOfDay_s = 43'200;
  if (options.fogExtinction_1pm > 0) episode.fogVisibility_m = std::log(20.0) / options.fogExtinction_1pm;
  SensorInfo sensor;
  sensor.id = "top";
  sensor.actor = "ego";
  sensor.vehicleFromSensor = vehicleFromSensor();
  sensor.lidar.profileId = "test.scanner";
  sensor.lidar.profileTitle = "A scanner of the tests";
  sensor.lidar.profileSource = "made up";
  sensor.lidar.wavelength_nm = 905;
  sensor.lidar.rotationRate_hz = 10;
  sensor.lidar.firingCycle_s = 0.1 / options.columns;
  sensor.lidar.columnsPerTurn = options.columns;
  sensor.lidar.minRange_m = 0.5;
  sensor.lidar.maxRange_m = kMaxRange_m;
  sensor.lidar.range10_m = 70;
  sensor.lidar.intensityScale = "hesai";
  sensor.lidar.rangeNoise_m = 0.015;
  for (uint32_t ring = 0; ring < options.rings; ++ring) sensor.lidar.beams.push_back({elevation(options, ring), 0, 0});
  episode.sensors.push_back(sensor);
  for (const char* name : {"asphalt", "paint", "plaster", "car_paint", "cloth", "rubber", "leaf"}) {
    episode.materials.push_back({name, {0.1F, 0.2F, 0.3F, 0.4F, 0.5F}, 0.8F, 0, 0, 0, "made up"});
  }
  episode.assets.push_back({"vehicle.van.test", "A van", "Apache-2.0", "written for the tests"});
  return episode;
}

LidarFrame streetFrame(const StreetOptions& options, uint32_t frame) {
  using namespace shared;
  LidarFrame out;
  LidarSweep& sweep = out.sweep;
  sweep.sensor = "top";
  sweep.frame = frame;
  sweep.start = SimTime::fromMs(100) * frame;
  sweep.end = sweep.start + SimTime::fromMs(100);
  sweep.reference = sweep.start + SimTime::fromMs(50);
  sweep.ringCount = options.rings;
  sweep.columnCount = options.columns;
  sweep.worldFromVehicle = worldFromVehicleAt(sweep.reference.seconds());
  sweep.worldFromSensor = sweep.worldFromVehicle * vehicleFromSensor();
  sweep.beamOutcomes.assign(size_t{options.rings} * options.columns, 0);
  std::map<uint32_t, LidarObjectVisibility> seen;
  std::map<uint32_t, std::map<uint32_t, uint32_t>> takenBy;
  for (const Body& body : bodiesAt(sweep.reference.seconds())) {
    if (body.id == 0) continue;
    const char* asset = body.semantic == classes::kVan ? "vehicle.van.test" : "test.thing";
    out.objects.push_back({ObjectId{body.id}, body.name, asset, body.semantic, body.worldFromBody, body.size,
                           body.velocity, glm::dvec3(0, 0, 0.01 * body.id)});
    seen[body.id].object = ObjectId{body.id};
  }
  fillMotion(sweep.start, out.motion);
  for (uint32_t column = 0; column < options.columns; ++column) {
    const double time_s = sweep.start.seconds() + 0.1 * column / options.columns;
    const std::vector<Body> bodies = bodiesAt(time_s);
    const RigidTransform worldFromSensor = worldFromVehicleAt(time_s) * vehicleFromSensor();
    const double azimuth = wrapAngle(kPi - 2 * kPi * column / options.columns);  // clockwise, from behind
    for (uint32_t ring = 0; ring < options.rings; ++ring) {
      const double up = elevation(options, ring);
      const glm::dvec3 direction(std::cos(up) * std::cos(azimuth), std::cos(up) * std::sin(azimuth), std::sin(up));
      const Met met = cast(bodies, worldFromSensor.translation, direction);
      for (const Body& body : bodies) {
        if (body.id < 2) continue;
        glm::dvec3 unused;
        if (enter(body, worldFromSensor.translation, direction, unused) <= 0) continue;
        ++seen[body.id].possibleHits;
        if (met.body != nullptr && met.body->id == body.id) continue;
        ++seen[body.id].occludedBeams;
        if (met.body != nullptr && met.body->id != 0) ++takenBy[body.id][met.body->id];
      }
      LidarPoint point;
      uint8_t& outcome = sweep.beamOutcomes[size_t{column} * options.rings + ring];
      const double cosine = std::max(0.02, std::abs(glm::dot(met.normal, direction)));
      double range = met.distance;
      const double fog = options.fogExtinction_1pm;
      const double draw = lottery(frame, column, ring);
      const double fogAt = fog > 0 ? 1.5 - std::log(1 - lottery(frame + 77, column, ring)) / (2 * fog) : 1e9;
      const double signal = met.reflectance * cosine * std::exp(-2 * fog * range) / (range * range);
      if (fog > 0 && fogAt < std::min(range, 14.0) && draw < 0.35) {
        outcome = kCauseFog;
        range = fogAt;
        point.intensity = static_cast<float>(0.02 + 0.08 * draw);
        point.semantic = classes::kAirborne.value;
      } else if (range > kMaxRange_m) {
        outcome = kCauseOutOfRange;
      } else if (signal < 0.1 / (70.0 * 70.0) * (0.6 + 0.8 * draw)) {
        outcome = kCauseBelowThreshold;
      } else {
        outcome = kCauseSurface;
        point.intensity = static_cast<float>(
            std::min(1.0, met.reflectance * cosine * (0.9 + 0.2 * draw) * std::exp(-2 * fog * range)));
        point.semantic = met.semantic.value;
        point.material = met.material;
        point.instance = met.body != nullptr ? met.body->id : 0;
        point.part = met.semantic == classes::kChild ? 1 : 0;
        point.incidenceCosine = static_cast<float>(cosine);
        point.fill = static_cast<float>(0.5 + 0.5 * draw);
        point.seenVia = draw > 0.9 ? kSceneryPane : 0;
        point.reflectance = static_cast<float>(met.reflectance * cosine);
        point.elongation_m = static_cast<float>(0.1 * draw);
        if (met.body != nullptr) {
          point.vx = static_cast<float>(met.body->velocity.x);
          point.vy = static_cast<float>(met.body->velocity.y);
        }
        if (point.instance != 0) ++seen[point.instance].hits;
      }
      if (!isReturn(outcome)) continue;
      const double measured = range + 0.03 * (draw - 0.5);
      point.x = static_cast<float>(measured * direction.x);
      point.y = static_cast<float>(measured * direction.y);
      point.z = static_cast<float>(measured * direction.z);
      point.range_m = static_cast<float>(measured);
      point.trueRange_m = static_cast<float>(range);
      point.azimuth_rad = static_cast<float>(azimuth);
      point.timeOffset_ns = static_cast<int32_t>(1e8 * column / options.columns);
      point.ring = static_cast<uint16_t>(ring);
      point.column = static_cast<uint16_t>(column);
      point.cause = outcome;
      sweep.points.push_back(point);
    }
  }
  for (auto& [id, visibility] : seen) {
    for (const auto& [by, beams] : takenBy[id]) {
      if (beams > takenBy[id][visibility.occluder.value]) visibility.occluder = ObjectId{by};
    }
    sweep.visibility.push_back(visibility);
  }
  return out;
}

EgoState streetEgo(uint32_t frame) {
  const SimTime at = SimTime::fromMs(100) * frame + SimTime::fromMs(50);
  return {frame, at, worldFromVehicleAt(at.seconds()), {kEgoSpeed_mps, 0, 0}, {0, 0, 0}, {0, 0, 0}};
}

}  // namespace nightfog::record::test
