// lorry: a box lorry for deliveries, 8.2 m long: forward-control cab, load box on a ladder frame, two axles, twin tyres
// behind. Origin: middle of the rear axle on the ground.
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/content/builders/builders.hpp"
#include "engine/content/builders/shell.hpp"
#include "engine/content/builders/vehicle_fittings.hpp"
#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

constexpr BuilderSlot kSlots[] = {{"paint", "paint.white", "the cab"},
                                  {"box", "panel.white", "the load box's walls"},
                                  {"rim", "steel.painted", "wheel discs"}};

constexpr double kWheelbase_m = 4.70;
constexpr double kWheelRadius_m = 0.42;
constexpr double kFrontTrack_m = 2.02;
constexpr double kRear_m = -1.95;
constexpr double kBoxFront_m = 4.05;
constexpr double kBoxFloor_m = 1.02;
constexpr double kBoxTop_m = 3.42;
constexpr double kBoxHalf_m = 1.24;

ShellShape cabShape() {
  ShellShape s;
  s.rear_m = 4.12;
  s.front_m = 6.02;
  s.halfWidth_m = 1.12;
  s.sill_m = 0.40;
  s.top_m = 2.66;
  s.roofRadius_m = 0.20;
  s.frontRadius_m = 0.26;
  s.rearRadius_m = 0.07;
  s.frontBow_m = 0.10;
  s.crown_m = 0.04;
  s.frontSetback =
      Curve{{0.40, 0.05}, {0.55, 0.0}, {0.95, 0.01}, {1.35, 0.06}, {1.50, 0.10}, {2.30, 0.33}, {2.66, 0.52}};
  s.setbackReach_m = 1.5;
  s.tuck_m = 0.03;
  s.arches = {{kWheelbase_m, kWheelRadius_m, 0.51}};
  s.rows = {0.52, 0.64, 0.68, 0.82, 0.86, 0.94, 1.00, 1.05, 1.11, 1.16, 1.40, 1.46, 1.52, 2.22, 2.28, 2.34};
  s.stations = {4.40, 4.46, 4.50, 4.56, 5.16, 5.22, 5.50, 5.506, 4.60, 4.606};
  s.across = {0.55, 0.60, 0.64, 0.76, 0.82};
  s.fineness_m = 0.30;
  return s;
}

class Lorry {
 public:
  explicit Lorry(const BuildContext& context) : context_(context), cab_(cabShape()) {}

  Model build() {
    MeshBuilder mesh(context_.asset().id + "/body", 0.6);
    addCab(mesh);
    addCabInside(mesh);
    addChassis(mesh);
    addLoadBox(mesh);
    addRear(mesh);
    addMarkers(mesh);
    Model model;
    model.parts.push_back({"body", context_.content().add(mesh.finish()), -1, {}, Joint::kFixed, 0});
    addHeavyWheels(model, context_, {kWheelRadius_m, 0.245, 0.235, 5}, {kWheelbase_m, 0.5 * kFrontTrack_m, 1.05});
    return model;
  }

 private:
  void use(MeshBuilder& mesh, std::string_view material) const {
    mesh.surface(context_.material(material), context_.asset().semantic);
  }
  void useSlot(MeshBuilder& mesh, std::string_view slot) const {
    mesh.surface(context_.slot(slot), context_.asset().semantic);
  }

  void addCab(MeshBuilder& mesh) const {
    addShell(mesh, cab_, [&](const ShellCell& cell) {
      const double z = cell.middle.z;
      const double y = std::abs(cell.middle.y);
      const double x = cell.middle.x;
      useSlot(mesh, "paint");
      if (cell.face == ShellFace::kRoof || z > 2.34) return true;
      if (z < 0.52) use(mesh, "plastic.black");
      switch (cell.face) {
        case ShellFace::kFront:
          if (z < 0.52) break;
          // Lamps in dark housings at the bumper's ends, a slot between them.
          if (isWithin(z, 0.64, 0.86)) {
            const bool isLens = isWithin(z, 0.68, 0.82) && isWithin(y, 0.64, 1.06);
            if (y > 0.60)
              use(mesh, !isLens ? "trim.black" : y < 0.76 ? "lamp.head" : y < 0.86 ? "lamp.housing" : "lamp.indicator");
            if (y < 0.55) use(mesh, "plastic.black");
          }
          if (isWithin(z, 0.94, 1.16) && y < 0.76)
            use(mesh, isWithin(z, 1.00, 1.05) || isWithin(z, 1.11, 1.16) ? "trim.black" : "plastic.black");
          if (isWithin(z, 1.40, 2.34) && y < 1.02)
            use(mesh, isWithin(z, 1.52, 2.28) && y < 0.97 ? "glass.vehicle" : "trim.black");
          break;
        case ShellFace::kLeft:
        case ShellFace::kRight:
          if (isWithin(x, 5.50, 5.506) || isWithin(x, 4.60, 4.606)) {
            use(mesh, "seam");
          } else if (isWithin(z, 1.46, 2.28) && isWithin(x, 4.60, 5.50)) {
            use(mesh, isWithin(z, 1.46, 2.28, 0.05) && isWithin(x, 4.606, 5.45) ? "glass.vehicle" : "trim.black");
          } else if (x > 5.70 && isWithin(z, 0.68, 0.82)) {
            use(mesh, "lamp.indicator");
          }
          break;
        case ShellFace::kRear:
        case ShellFace::kRoof:
          break;
      }
      return true;
    });
    use(mesh, "underbody");
    addShellUnderside(mesh, cab_, 0.34);
    for (const double sign : {1.0, -1.0}) {
      // Mirrors on arms, with a wide-angle glass below the main one.
      const double x = 5.62;
      use(mesh, "plastic.black");
      for (const double z : {1.62, 2.14}) {
        const TubePoint arm[] = {{{x - 0.06, sign * 1.05, z}, 0.016}, {{x + 0.02, sign * 1.24, z + 0.02}, 0.014}};
        addTube(mesh, arm, 6);
      }
      addRoundedBox(mesh, {x + 0.03, sign * 1.29, 1.94}, {0.11, 0.19, 0.40}, 0.04, 2);
      addRoundedBox(mesh, {x + 0.03, sign * 1.29, 1.60}, {0.11, 0.19, 0.20}, 0.04, 2);
      use(mesh, "mirror");
      addBox(mesh, {x - 0.028, sign * 1.29, 1.94}, {0.006, 0.15, 0.34});
      addBox(mesh, {x - 0.028, sign * 1.29, 1.60}, {0.006, 0.15, 0.15});
      useSlot(mesh, "paint");
      addRoundedBox(mesh, {4.70, sign * 1.125, 1.30}, {0.17, 0.03, 0.035}, 0.012, 1);
      // Steps before the arch.
      use(mesh, "plastic.black");
      addBox(mesh, {5.36, sign * 1.06, 0.40}, {0.34, 0.16, 0.05});
    }
    // Wipers.
    use(mesh, "plastic.black");
    for (const double y : {-0.15, 0.60}) {
      const auto on = [&](double yy, double z) { return glm::dvec3(shellFrontAt(cab_, yy, z) + 0.012, yy, z); };
      const TubePoint wiper[] = {{on(y, 1.49), 0.010}, {on(y - 0.30, 1.58), 0.008}, {on(y - 0.62, 1.60), 0.008}};
      addTube(mesh, wiper, 5);
    }
    addNumberPlate(mesh, context_, shellFrontAt(cab_, 0, 0.59) + 0.012, 0.59, 1);
    // Air deflector up to the box.
    useSlot(mesh, "paint");
    std::vector<std::vector<glm::dvec3>> rings;
    for (const auto& [x, z, half] :
         {std::array{5.15, 2.70, 0.72}, std::array{4.85, 2.93, 0.82}, std::array{4.30, 3.16, 0.92}}) {
      rings.push_back({{x, -half, 2.60},
                       {x, half, 2.60},
                       {x, 0.92 * half, z - 0.03},
                       {x, 0.80 * half, z},
                       {x, -0.80 * half, z},
                       {x, -0.92 * half, z - 0.03}});
    }
    std::reverse(rings.begin(), rings.end());
    addLoft(mesh, rings, true, true);
  }

  void addCabInside(MeshBuilder& mesh) const {
    use(mesh, "cabin.plastic");
    addBox(mesh, {5.05, 0, 0.98}, {1.45, 1.96, 0.10});
    addBox(mesh, {4.32, 0, 1.70}, {0.05, 2.0, 1.5});
    addRoundedBox(mesh, {5.45, 0, 1.24}, {0.30, 1.96, 0.46}, 0.06, 2);
    addBox(mesh, {5.0, 0, 2.42}, {1.2, 1.90, 0.04});
    use(mesh, "cabin.fabric");
    for (const double y : {0.55, 0.0, -0.55}) {
      addRoundedBox(mesh, {4.85, y, 1.28}, {0.50, 0.46, 0.14}, 0.05, 2);
      addRoundedBox(mesh, {4.60, y, 1.66}, {0.14, 0.46, 0.70}, 0.05, 2);
    }
    use(mesh, "cabin.plastic");
    addSteeringWheel(mesh, {5.24, 0.55, 1.52}, 0.9, 0.22);
  }

  void addChassis(MeshBuilder& mesh) const {
    use(mesh, "underbody");
    for (const double sign : {1.0, -1.0}) addBox(mesh, {1.95, sign * 0.42, 0.80}, {7.4, 0.08, 0.24});
    for (const double x : {-1.4, 0.9, 2.4, 3.9}) addBox(mesh, {x, 0, 0.80}, {0.12, 0.80, 0.16});
    addCylinder(mesh, {0, -0.70, kWheelRadius_m}, Axis::kY, 0.09, 1.40, 12);
    addEllipsoid(mesh, {0, 0, kWheelRadius_m}, {0.22, 0.24, 0.20}, 10, 14);
    addCylinder(mesh, {kWheelbase_m, -0.84, kWheelRadius_m}, Axis::kY, 0.06, 1.68, 10);
    addCylinder(mesh, {0.25, 0, 0.60}, Axis::kX, 0.05, 4.2, 8);
    for (int i = 0; i < 6; ++i) addBox(mesh, {-1.7 + 1.05 * i, 0, 0.97}, {0.07, 2.3, 0.10});
    use(mesh, "alloy.dark");
    addRoundedBox(mesh, {2.75, 0.80, 0.66}, {1.05, 0.55, 0.46}, 0.12, 3);  // fuel tank
    use(mesh, "plastic.black");
    addRoundedBox(mesh, {3.05, -0.82, 0.68}, {0.60, 0.50, 0.40}, 0.03, 1);  // battery box
    addBox(mesh, {1.95, -0.80, 0.64}, {0.5, 0.4, 0.30});
    for (const double sign : {1.0, -1.0}) {
      // Mudguards of the rear axle, as half rings, and flaps behind them.
      std::vector<std::vector<glm::dvec3>> rings;
      for (int i = 0; i <= 12; ++i) {
        const double angle = kPi * (0.08 + 0.84 * i / 12);
        const auto p = [&](double r, double y) {
          return glm::dvec3(r * std::cos(angle), sign * y, kWheelRadius_m + r * std::sin(angle));
        };
        rings.push_back({p(0.49, 0.62), p(0.49, 1.20), p(0.505, 1.20), p(0.505, 0.62)});
        if (sign > 0) std::reverse(rings.back().begin(), rings.back().end());
      }
      addLoft(mesh, rings, true, true);
      addBox(mesh, {-0.52, sign * 0.91, 0.42}, {0.015, 0.56, 0.40});
    }
    // Side guards.
    use(mesh, "alloy");
    for (const double sign : {1.0, -1.0}) {
      for (const double z : {0.52, 0.78}) addRoundedBox(mesh, {2.15, sign * 1.17, z}, {2.9, 0.03, 0.10}, 0.012, 1);
      for (const double x : {0.85, 2.15, 3.45}) addBox(mesh, {x, sign * 1.13, 0.72}, {0.05, 0.05, 0.62});
    }
  }

  void addLoadBox(MeshBuilder& mesh) const {
    const double middle = 0.5 * (kRear_m + kBoxFront_m);
    const double length = kBoxFront_m - kRear_m;
    useSlot(mesh, "box");
    addRoundedBox(mesh, {middle, 0, 0.5 * (kBoxFloor_m + kBoxTop_m)},
                  {length - 0.04, 2 * kBoxHalf_m - 0.02, kBoxTop_m - kBoxFloor_m - 0.02}, 0.02, 1);
    // Panels are riveted between aluminium profiles.
    use(mesh, "alloy");
    for (const double sign : {1.0, -1.0}) {
      for (const double z : {kBoxFloor_m + 0.06, kBoxTop_m - 0.06})
        addRoundedBox(mesh, {middle, sign * (kBoxHalf_m - 0.03), z}, {length, 0.085, 0.12}, 0.02, 1);
      for (const double x : {kRear_m + 0.05, kBoxFront_m - 0.05})
        addRoundedBox(mesh, {x, sign * (kBoxHalf_m - 0.045), 0.5 * (kBoxFloor_m + kBoxTop_m)},
                      {0.10, 0.09, kBoxTop_m - kBoxFloor_m}, 0.03, 2);
      use(mesh, "panel.seam");
      for (int i = 1; i < 5; ++i)
        addBox(mesh, {kRear_m + length * i / 5, sign * (kBoxHalf_m - 0.009), 0.5 * (kBoxFloor_m + kBoxTop_m)},
               {0.012, 0.004, kBoxTop_m - kBoxFloor_m - 0.25});
      use(mesh, "alloy");
    }
    for (const double z : {kBoxFloor_m + 0.06, kBoxTop_m - 0.06}) {
      addRoundedBox(mesh, {kBoxFront_m - 0.03, 0, z}, {0.07, 2 * kBoxHalf_m - 0.04, 0.12}, 0.02, 1);
      addRoundedBox(mesh, {kRear_m + 0.03, 0, z}, {0.08, 2 * kBoxHalf_m - 0.04, 0.13}, 0.02, 1);
    }
    // Two rear wings with locking bars and hinges.
    const double back = kRear_m + 0.012;
    use(mesh, "seam");
    addBox(mesh, {back - 0.004, 0, 2.22}, {0.008, 0.012, 2.14});
    use(mesh, "chrome");
    for (const double y : {-0.72, -0.22, 0.22, 0.72}) {
      addCylinder(mesh, {back - 0.035, y, 1.16}, Axis::kZ, 0.016, 2.12, 8);
      addBox(mesh, {back - 0.045, y + (y < 0 ? 0.10 : -0.10), 1.62}, {0.02, 0.24, 0.035});
    }
    for (const double sign : {1.0, -1.0}) {
      for (const double z : {1.30, 2.22, 3.12}) addBox(mesh, {back - 0.012, sign * 1.10, z}, {0.02, 0.20, 0.06});
    }
  }

  void addRear(MeshBuilder& mesh) const {
    const double back = kRear_m + 0.02;
    use(mesh, "underbody");
    addBox(mesh, {back + 0.10, 0, 0.92}, {0.20, 2.30, 0.14});
    addRoundedBox(mesh, {back + 0.06, 0, 0.34}, {0.10, 2.24, 0.17}, 0.02, 1);  // low underrun bar, as town lorries have
    for (const double sign : {1.0, -1.0}) {
      addBox(mesh, {back + 0.10, sign * 0.45, 0.63}, {0.08, 0.08, 0.48});
      use(mesh, "plastic.black");
      addRoundedBox(mesh, {back + 0.05, sign * 0.92, 0.74}, {0.09, 0.52, 0.17}, 0.015, 1);
      const double face = back + 0.002;
      const char* kLenses[] = {"lamp.indicator", "lamp.tail", "lamp.tail", "lamp.reverse"};
      for (int i = 0; i < 4; ++i) {
        use(mesh, kLenses[i]);
        addRoundedBox(mesh, {face, sign * (1.10 - 0.118 * i), 0.74}, {0.02, 0.108, 0.13}, 0.008, 1);
      }
      use(mesh, "reflector.red");
      addRoundedBox(mesh, {back + 0.004, sign * 0.98, 0.34}, {0.014, 0.10, 0.06}, 0.006, 1);
      use(mesh, "underbody");
    }
    addNumberPlate(mesh, context_, back - 0.002, 0.74, -1);
  }

  /// Contour marking (UNECE R104, class C) and side marker lamps (R48).
  void addMarkers(MeshBuilder& mesh) const {
    use(mesh, "retro.yellow");
    for (const double sign : {1.0, -1.0}) {
      for (int i = 0; i < 11; ++i)
        addBox(mesh, {kRear_m + 0.30 + 0.54 * i, sign * (kBoxHalf_m + 0.0135), kBoxFloor_m + 0.06},
               {0.46, 0.002, 0.05});
    }
    use(mesh, "retro.red");
    const double back = kRear_m - 0.0115;
    for (const double sign : {1.0, -1.0}) {
      for (const double z : {kBoxFloor_m + 0.06, kBoxTop_m - 0.06})
        addBox(mesh, {back, sign * 0.60, z}, {0.002, 1.05, 0.05});
      addBox(mesh, {kRear_m - 0.001, sign * (kBoxHalf_m - 0.045), 2.2}, {0.003, 0.05, 2.0});
    }
    for (const double x : {-1.5, 0.9, 2.3, 3.7})
      addLampPair(mesh, context_, "lamp.marker", {x, kBoxHalf_m - 0.02, 0.93}, {0.10, 0.03, 0.035}, 0.01);
    addLampPair(mesh, context_, "lamp.tail", {back, 1.12, kBoxTop_m - 0.06}, {0.02, 0.10, 0.04}, 0.008);
  }

  const BuildContext& context_;
  ShellShape cab_;
};

Model build(const BuildContext& context) {
  return Lorry(context).build();
}

}  // namespace

constinit const Builder kLorry{"lorry", "a two-axle box lorry", {}, kSlots, build};

}  // namespace nightfog::content
