#include "engine/content/builders/bicycle.hpp"

#include <cmath>

#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

void tube(MeshBuilder& mesh, const glm::dvec3& from, const glm::dvec3& to, double radius, int sides = 10) {
  const TubePoint path[] = {{from, radius}, {to, radius}};
  addTube(mesh, path, sides);
}

/// Over a wheel from one angle to another (0 ahead, 90 degrees above).
void addMudguard(MeshBuilder& mesh, double x, double z, double radius, double from_rad, double to_rad) {
  std::vector<std::vector<glm::dvec3>> rings;
  constexpr int kSteps = 18;
  for (int i = 0; i <= kSteps; ++i) {
    const double angle = from_rad + (to_rad - from_rad) * i / kSteps;
    const auto p = [&](double r, double y) { return glm::dvec3(x + r * std::cos(angle), y, z + r * std::sin(angle)); };
    rings.push_back({p(radius, -0.024), p(radius + 0.012, 0), p(radius, 0.024), p(radius + 0.009, 0)});
  }
  addLoft(mesh, rings, true, true);
}

}  // namespace

void addBicycleFrame(MeshBuilder& mesh, const BuildContext& context, const BicycleShape& shape) {
  const ClassId semantic = context.asset().semantic;
  const auto use = [&](std::string_view material) { mesh.surface(context.material(material), semantic); };
  const glm::dvec3 rear(0, 0, shape.wheelRadius_m);
  const glm::dvec3 front(shape.wheelbase_m, 0, shape.wheelRadius_m);
  const glm::dvec3 seatTop = glm::mix(shape.crank, shape.saddle - glm::dvec3(0, 0, 0.06), 0.78);
  const glm::dvec3 headLow(shape.wheelbase_m - 0.165, 0, 0.73);
  const glm::dvec3 headHigh(shape.wheelbase_m - 0.215, 0, 0.89);
  mesh.surface(context.slot("frame"), semantic);
  tube(mesh, shape.crank, seatTop, 0.017);
  tube(mesh, glm::mix(headLow, headHigh, 0.85), glm::mix(shape.crank, seatTop, 0.93), 0.017);
  tube(mesh, glm::mix(headLow, headHigh, 0.2), shape.crank, 0.021);
  tube(mesh, headLow, headHigh, 0.022);
  for (const double sign : {1.0, -1.0}) {
    const glm::dvec3 aside(0, sign * 0.060, 0);
    const TubePoint chainStay[] = {{shape.crank + glm::dvec3(-0.03, sign * 0.025, 0), 0.011},
                                   {shape.crank + glm::dvec3(-0.10, sign * 0.042, 0.01), 0.010},
                                   {rear + aside, 0.009}};
    addTube(mesh, chainStay, 8);
    const TubePoint seatStay[] = {{glm::mix(shape.crank, seatTop, 0.93) + glm::dvec3(-0.02, sign * 0.020, 0), 0.009},
                                  {rear + glm::dvec3(0.10, sign * 0.052, 0.30), 0.009},
                                  {rear + aside, 0.008}};
    addTube(mesh, seatStay, 8);
    const TubePoint fork[] = {{headLow + glm::dvec3(0.012, sign * 0.045, -0.02), 0.013},
                              {headLow + glm::dvec3(0.075, sign * 0.050, -0.20), 0.012},
                              {front + glm::dvec3(0, sign * 0.055, 0), 0.009}};
    addTube(mesh, fork, 8);
  }
  tube(mesh, headLow + glm::dvec3(0.012, -0.05, -0.015), headLow + glm::dvec3(0.012, 0.05, -0.015), 0.016);

  use("plastic.black");
  addMudguard(mesh, rear.x, rear.z, shape.wheelRadius_m + 0.014, 0.30, kPi + 0.15);
  addMudguard(mesh, front.x, front.z, shape.wheelRadius_m + 0.014, 0.90, kPi - 0.05);
  // Saddle: wide behind, narrow ahead.
  const glm::dvec3 s = shape.saddle;
  std::vector<std::vector<glm::dvec3>> rings;
  for (const auto& [x, half] : {std::pair{-0.13, 0.05}, std::pair{-0.11, 0.078}, std::pair{-0.03, 0.072},
                                std::pair{0.05, 0.034}, std::pair{0.12, 0.022}, std::pair{0.14, 0.010}}) {
    const glm::dvec3 c = s + glm::dvec3(x, 0, 0);
    rings.push_back({c + glm::dvec3(0, -half, -0.045), c + glm::dvec3(0, half, -0.045), c + glm::dvec3(0, half, -0.015),
                     c + glm::dvec3(0, 0.6 * half, 0), c + glm::dvec3(0, -0.6 * half, 0),
                     c + glm::dvec3(0, -half, -0.015)});
  }
  addLoft(mesh, rings, true, true);
  // Carrier over the rear wheel.
  for (const double y : {-0.05, 0.0, 0.05}) tube(mesh, {-0.28, y, 0.745}, {0.16, y, 0.745}, 0.006, 6);
  for (const double sign : {1.0, -1.0}) tube(mesh, {-0.18, sign * 0.055, 0.74}, {0, sign * 0.065, 0.36}, 0.005, 6);
  // Bell, grips, brake levers, cables' box.
  const glm::dvec3 g = shape.grip;
  for (const double sign : {1.0, -1.0}) {
    tube(mesh, {g.x, sign * (g.y - 0.06), g.z}, {g.x - 0.035, sign * (g.y + 0.06), g.z - 0.004}, 0.016, 8);
    tube(mesh, {g.x + 0.02, sign * (g.y - 0.08), g.z - 0.01}, {g.x + 0.035, sign * (g.y + 0.02), g.z - 0.035}, 0.006,
         6);
  }
  use("alloy");
  tube(mesh, glm::mix(shape.crank, seatTop, 0.95), s - glm::dvec3(0, 0, 0.035), 0.0135);
  const glm::dvec3 clamp(g.x - 0.005, 0, g.z - 0.005);
  tube(mesh, headHigh, {headHigh.x - 0.012, 0, g.z - 0.035}, 0.014);
  tube(mesh, {headHigh.x - 0.014, 0, g.z - 0.04}, clamp, 0.013);
  const TubePoint bar[] = {{{g.x, -(g.y - 0.06), g.z}, 0.011},
                           {{g.x + 0.012, -0.10, g.z - 0.004}, 0.011},
                           {clamp, 0.013},
                           {{g.x + 0.012, 0.10, g.z - 0.004}, 0.011},
                           {{g.x, g.y - 0.06, g.z}, 0.011}};
  addTube(mesh, bar, 9);
  for (const glm::dvec3& axle : {rear, front}) {
    addCylinder(mesh, axle - glm::dvec3(0, 0.072, 0), Axis::kY, 0.010, 0.144, 8);
  }
  // Chain.
  use("steel.disc");
  for (const double up : {1.0, -1.0})
    tube(mesh, shape.crank + glm::dvec3(0, -0.048, 0.085 * up), rear + glm::dvec3(0, -0.048, 0.036 * up), 0.0045, 6);
  // Lamps and reflectors, StVZO § 67.
  use("plastic.black");
  addRoundedBox(mesh, headLow + glm::dvec3(0.075, 0, 0.05), {0.06, 0.065, 0.06}, 0.02, 2);
  addRoundedBox(mesh, {-0.285, 0, 0.715}, {0.03, 0.10, 0.05}, 0.012, 1);
  use("lamp.head");
  addRoundedBox(mesh, headLow + glm::dvec3(0.106, 0, 0.05), {0.006, 0.045, 0.04}, 0.003, 1);
  use("lamp.tail");
  addRoundedBox(mesh, {-0.302, 0, 0.722}, {0.006, 0.06, 0.022}, 0.003, 1);
  use("reflector.red");
  addRoundedBox(mesh, {-0.302, 0, 0.701}, {0.006, 0.075, 0.016}, 0.003, 1);
}

Mesh makeBicycleWheel(const BuildContext& context, const BicycleShape& shape) {
  const ClassId semantic = context.asset().semantic;
  MeshBuilder mesh(context.asset().id + "/wheel", 0.8);
  const double r = shape.wheelRadius_m;
  constexpr int kSegments = 48;
  mesh.surface(context.material("rubber.tyre"), semantic);
  std::vector<ProfilePoint> tyre;
  constexpr int kAround = 10;
  const double section = 0.019;
  for (int i = 0; i < kAround; ++i) {
    const double angle = 2 * kPi * i / kAround;
    tyre.push_back({r - section + section * std::cos(angle), section * std::sin(angle)});
  }
  addLathe(mesh, {0, 0, 0}, Axis::kY, tyre, kSegments, true);
  // Reflecting rings on the tyre's walls.
  mesh.surface(context.material("retro.white"), semantic);
  for (const double sign : {1.0, -1.0}) {
    const double a = sign > 0 ? r - 0.031 : r - 0.025;
    const double b = sign > 0 ? r - 0.025 : r - 0.031;
    const ProfilePoint ring[] = {{a, sign * 0.0175}, {a, sign * 0.0182}, {b, sign * 0.0200}, {b, sign * 0.0180}};
    std::vector<ProfilePoint> profile(std::begin(ring), std::end(ring));
    if (sign > 0) profile = {{r - 0.031, 0.0150}, {r - 0.025, 0.0150}, {r - 0.025, 0.0192}, {r - 0.031, 0.0168}};
    if (sign < 0) profile = {{r - 0.031, -0.0168}, {r - 0.025, -0.0192}, {r - 0.025, -0.0150}, {r - 0.031, -0.0150}};
    addLathe(mesh, {0, 0, 0}, Axis::kY, profile, kSegments, true);
  }
  mesh.surface(context.material("alloy"), semantic);
  const ProfilePoint rim[] = {{r - 0.050, -0.010}, {r - 0.034, -0.013}, {r - 0.034, 0.013}, {r - 0.050, 0.010}};
  addLathe(mesh, {0, 0, 0}, Axis::kY, rim, kSegments, true);
  const ProfilePoint hub[] = {{0, -0.045},    {0.028, -0.034}, {0.028, -0.030}, {0.014, -0.026},
                              {0.014, 0.026}, {0.028, 0.030},  {0.028, 0.034},  {0, 0.045}};
  addLathe(mesh, {0, 0, 0}, Axis::kY, hub, 12);
  mesh.surface(context.material("chrome"), semantic);
  constexpr int kSpokes = 32;
  for (int i = 0; i < kSpokes; ++i) {
    const double angle = 2 * kPi * i / kSpokes;
    const double lead = angle + (i % 4 < 2 ? 0.9 : -0.9);
    const double side = i % 2 == 0 ? 0.030 : -0.030;
    const TubePoint spoke[] = {{{0.026 * std::sin(lead), side, 0.026 * std::cos(lead)}, 0.0011},
                               {{(r - 0.048) * std::sin(angle), 0, (r - 0.048) * std::cos(angle)}, 0.0011}};
    addTube(mesh, spoke, 3);
  }
  return mesh.finish();
}

Mesh makeCrank(const BuildContext& context, const BicycleShape& shape) {
  const ClassId semantic = context.asset().semantic;
  MeshBuilder mesh(context.asset().id + "/crank", 0.8);
  mesh.surface(context.material("alloy"), semantic);
  const ProfilePoint ring[] = {{0.070, -0.050}, {0.090, -0.050}, {0.090, -0.045}, {0.070, -0.045}};
  addLathe(mesh, {0, 0, 0}, Axis::kY, ring, 32, true);
  addCylinder(mesh, {0, -0.07, 0}, Axis::kY, 0.016, 0.14, 12);
  for (int i = 0; i < 5; ++i) {
    const double angle = 2 * kPi * i / 5;
    tube(mesh, {0, -0.047, 0}, {0.078 * std::cos(angle), -0.047, 0.078 * std::sin(angle)}, 0.007, 6);
  }
  for (const double sign : {1.0, -1.0}) {
    const TubePoint arm[] = {{{0, sign * 0.062, 0}, 0.014},
                             {{sign * 0.5 * shape.crankLength_m, sign * 0.066, 0}, 0.011},
                             {{sign * shape.crankLength_m, sign * 0.070, 0}, 0.012}};
    addTube(mesh, arm, 8);
  }
  return mesh.finish();
}

Mesh makePedal(const BuildContext& context) {
  const ClassId semantic = context.asset().semantic;
  MeshBuilder mesh(context.asset().id + "/pedal", 0.8);
  mesh.surface(context.material("plastic.black"), semantic);
  addRoundedBox(mesh, {0, 0, 0}, {0.085, 0.085, 0.022}, 0.006, 1);
  mesh.surface(context.material("reflector.amber"), semantic);
  for (const double sign : {1.0, -1.0}) addBox(mesh, {sign * 0.0435, 0, 0}, {0.003, 0.05, 0.014});
  return mesh.finish();
}

}  // namespace nightfog::content
