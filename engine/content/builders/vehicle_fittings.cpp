#include "engine/content/builders/vehicle_fittings.hpp"

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "engine/content/shapes.hpp"
#include "engine/core/random.hpp"

namespace nightfog::content {
namespace {

/// Strokes from the top clockwise, then the middle: bits 0 to 6.
int strokesOf(char c) {
  constexpr std::string_view kGlyphs = "0123456789ACEFHJLPU";
  constexpr std::array<int, 19> kStrokes{0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f,
                                         0x77, 0x39, 0x79, 0x71, 0x76, 0x0e, 0x38, 0x73, 0x3e};
  const size_t found = kGlyphs.find(c);
  return found == std::string_view::npos ? 0 : kStrokes[found];
}

}  // namespace

void addFigures(MeshBuilder& mesh, std::string_view text, const glm::dvec3& centre, double height_m, double facing) {
  const double wide = 0.5 * height_m;
  const double stroke = 0.14 * height_m;
  const double pitch = wide + 1.7 * stroke;
  const double first = -0.5 * pitch * (static_cast<double>(text.size()) - 1);
  const auto card = [&](double across, double up, double halfAcross, double halfUp) {
    addCard(mesh, centre + glm::dvec3(0, facing * across, up), {0, facing * halfAcross, 0}, {0, 0, halfUp});
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const int strokes = strokesOf(text[i]);
    const double x = first + pitch * static_cast<double>(i);
    const double h = 0.5 * height_m - 0.5 * stroke;
    const double w = 0.5 * wide - 0.5 * stroke;
    if (strokes & 0x01) card(x, h, 0.5 * wide, 0.5 * stroke);
    if (strokes & 0x02) card(x + w, 0.5 * h, 0.5 * stroke, 0.5 * h - 0.5 * stroke);
    if (strokes & 0x04) card(x + w, -0.5 * h, 0.5 * stroke, 0.5 * h - 0.5 * stroke);
    if (strokes & 0x08) card(x, -h, 0.5 * wide, 0.5 * stroke);
    if (strokes & 0x10) card(x - w, -0.5 * h, 0.5 * stroke, 0.5 * h - 0.5 * stroke);
    if (strokes & 0x20) card(x - w, 0.5 * h, 0.5 * stroke, 0.5 * h - 0.5 * stroke);
    if (strokes & 0x40) card(x, 0, 0.5 * wide, 0.5 * stroke);
  }
}

void addNumberPlate(MeshBuilder& mesh, const BuildContext& context, double x, double z, double facing) {
  const ClassId semantic = context.asset().semantic;
  mesh.surface(context.material("plastic.black"), semantic);
  addRoundedBox(mesh, {x, 0, z}, {0.016, 0.54, 0.13}, 0.007, 1);
  mesh.surface(context.material("licence_plate"), semantic);
  addBox(mesh, {x + facing * 0.0095, 0, z}, {0.003, 0.52, 0.11});
  RandomSource rng(0, 0, "content/plates/" + context.asset().id);
  constexpr std::string_view kLetters = "ACEFHJLPU";
  std::string number;
  for (int i = 0; i < 3; ++i) number += kLetters[rng.below(kLetters.size())];
  number.insert(1, 1, ' ');
  number += ' ';
  for (int i = 0; i < 4; ++i) number += static_cast<char>('0' + rng.below(10));
  const double front = x + facing * 0.0118;
  mesh.surface(context.material("sign.black"), semantic);
  addFigures(mesh, number, {front, facing * 0.022, z}, 0.068, facing);
  mesh.surface(context.material("plate.blue"), semantic);
  addCard(mesh, {front, -facing * 0.238, z}, {0, facing * 0.020, 0}, {0, 0, 0.054});
}

void addLampPair(MeshBuilder& mesh, const BuildContext& context, std::string_view material, const glm::dvec3& at,
                 const glm::dvec3& size_m, double rounding_m) {
  mesh.surface(context.material(material), context.asset().semantic);
  for (const double sign : {1.0, -1.0}) addRoundedBox(mesh, {at.x, sign * at.y, at.z}, size_m, rounding_m, 1);
}

void addSteeringWheel(MeshBuilder& mesh, const glm::dvec3& hub, double lean_rad, double radius_m) {
  constexpr double kRimThickness_m = 0.016;
  constexpr int kSides = 6;
  const FrameScope column(mesh, RigidTransform::fromYawPitchRoll(hub, 0, -lean_rad));
  std::vector<ProfilePoint> rim;
  for (int i = 0; i < kSides; ++i) {
    const double angle = 2 * kPi * i / kSides;
    rim.push_back({radius_m + kRimThickness_m * std::sin(angle), -kRimThickness_m * std::cos(angle)});
  }
  addLathe(mesh, {0, 0, 0}, Axis::kX, rim, 20, true);
  addBox(mesh, {0, 0, 0}, {0.03, 2 * (radius_m - 0.01), 0.05});
}

void addHeavyWheels(Model& model, const BuildContext& context, const WheelShape& wheel, const HeavyAxles& axles) {
  const WheelMaterials materials{context.material("rubber.tyre"), context.slot("rim"), context.material("steel.disc"),
                                 context.material("trim.black")};
  const auto add = [&](const char* name, bool isTwin, double x, double y, Joint joint) {
    const MeshId mesh = context.content().add(makeHeavyWheel(wheel, isTwin, materials, context.asset().semantic,
                                                             y > 0 ? 1 : -1, context.asset().id + "/" + name));
    model.parts.push_back({name, mesh, 0, RigidTransform::fromTranslation({x, y, wheel.radius_m}), joint,
                           static_cast<float>(wheel.radius_m)});
  };
  add("wheel.front_left", false, axles.wheelbase_m, axles.frontHalfTrack_m, Joint::kSteerWheel);
  add("wheel.front_right", false, axles.wheelbase_m, -axles.frontHalfTrack_m, Joint::kSteerWheel);
  add("wheel.rear_left", true, 0, axles.rearHalfTrack_m, Joint::kWheel);
  add("wheel.rear_right", true, 0, -axles.rearHalfTrack_m, Joint::kWheel);
}

}  // namespace nightfog::content
