// bus: a low-floor city bus, 12 m long: large windows one sees the seats through, two doors on the right, a destination
// board. Origin: middle of the rear axle on the ground.
#include <cmath>

#include "engine/content/builders/builders.hpp"
#include "engine/content/builders/shell.hpp"
#include "engine/content/builders/vehicle_fittings.hpp"
#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

constexpr BuilderParameter kParameters[] = {{"line", "1", 42, 0, 999, "number on the destination board"}};
constexpr BuilderSlot kSlots[] = {{"paint", "paint.white", "body"},
                                  {"band", "paint.red", "the band below the windows and the skirt"},
                                  {"rim", "steel.painted", "wheel discs"}};

constexpr double kWheelbase_m = 5.90;
constexpr double kWheelRadius_m = 0.48;
constexpr double kFloor_m = 0.36;
constexpr double kBelt_m = 1.12;
constexpr double kWindowTop_m = 2.52;

struct Span {
  double low = 0, high = 0;
};
constexpr Span kDoors[] = {{6.95, 8.05}, {2.05, 3.35}};  ///< on the right, x

/// x of the posts between side windows.
double pillar(int i) {
  return -3.0 + 1.37 * i;
}

ShellShape busShape() {
  ShellShape s;
  s.rear_m = -3.38;
  s.front_m = 8.60;
  s.halfWidth_m = 1.275;
  s.sill_m = 0.28;
  s.top_m = 2.98;
  s.roofRadius_m = 0.30;
  s.frontRadius_m = 0.38;
  s.rearRadius_m = 0.20;
  s.frontBow_m = 0.16;
  s.crown_m = 0.05;
  s.frontSetback = Curve{{0.28, 0.06}, {0.45, 0.0}, {0.90, 0.0}, {1.10, 0.02}, {2.40, 0.10}, {2.98, 0.22}};
  s.setbackReach_m = 1.2;
  s.tuck_m = 0.025;
  s.arches = {{kWheelbase_m, kWheelRadius_m, 0.58}, {0, kWheelRadius_m, 0.58}};
  s.rows = {0.34, 0.44, 0.52, 0.62, 0.68, 0.80, 0.84, 0.96, 1.02, kBelt_m, 1.18, 2.32, 2.46, kWindowTop_m, 2.56, 2.64};
  for (const Span& door : kDoors) {
    const double middle = 0.5 * (door.low + door.high);
    for (const double x : {door.low, door.high, middle}) s.stations.insert(s.stations.end(), {x - 0.045, x + 0.045});
  }
  for (int i = 0; i <= 8; ++i) s.stations.insert(s.stations.end(), {pillar(i) - 0.03, pillar(i) + 0.03});
  for (const double x : {-2.6, -1.7, -0.75, 0.8, 3.7, 5.1, 6.65})
    s.stations.insert(s.stations.end(), {x - 0.003, x + 0.003});
  s.stations.push_back(-3.05);
  s.across = {0.45, 0.62, 0.70, 0.80, 0.86};
  s.fineness_m = 0.60;
  return s;
}

class Bus {
 public:
  explicit Bus(const BuildContext& context) : context_(context), shell_(busShape()) {}

  Model build() {
    MeshBuilder mesh(context_.asset().id + "/body", 0.6);
    addShell(mesh, shell_, [&](const ShellCell& cell) {
      mesh.surface(materialOf(cell), context_.asset().semantic);
      return true;
    });
    use(mesh, "underbody");
    addShellUnderside(mesh, shell_, 0.40);
    addInside(mesh);
    addFront(mesh);
    addRear(mesh);
    addRoof(mesh);
    Model model;
    model.parts.push_back({"body", context_.content().add(mesh.finish()), -1, {}, Joint::kFixed, 0});
    addHeavyWheels(model, context_, {kWheelRadius_m, 0.275, 0.285, 5}, {kWheelbase_m, 1.08, 1.08});
    return model;
  }

 private:
  void use(MeshBuilder& mesh, std::string_view material) const {
    mesh.surface(context_.material(material), context_.asset().semantic);
  }

  MaterialId materialOf(const ShellCell& cell) const {
    const double x = cell.middle.x, y = std::abs(cell.middle.y), z = cell.middle.z;
    const MaterialId paint = context_.slot("paint"), band = context_.slot("band");
    const MaterialId glass = context_.material("glass.tinted"), black = context_.material("trim.black");
    if (cell.face == ShellFace::kRoof || z > 2.64) return paint;
    if (z < 0.34) return context_.material("plastic.black");
    switch (cell.face) {
      case ShellFace::kFront:
        if (isWithin(z, 0.62, 0.84) && y > 0.62)
          return z < 0.68 || z > 0.80 || y < 0.70 || y > 1.20 ? black
                 : y < 0.80                                   ? context_.material("lamp.head")
                 : y < 0.98                                   ? context_.material("lamp.housing")
                                                              : context_.material("lamp.indicator");
        if (z < 0.62) return band;
        if (z < 1.02) return paint;
        return isWithin(z, 1.18, 2.32) ? context_.material("glass.vehicle") : black;
      case ShellFace::kRear:
        if (y > 0.92 && isWithin(z, 0.84, 1.18)) return context_.material(z < 0.96 ? "lamp.indicator" : "lamp.tail");
        if (isWithin(z, 0.62, 1.02) && y < 0.70) return context_.material("plastic.black");
        if (isWithin(z, 1.18, 2.32, 0.3) && y < 0.86) return glass;
        if (isWithin(z, 1.18, 2.46) && y < 0.90) return black;
        return z < kBelt_m ? band : paint;
      case ShellFace::kLeft:
      case ShellFace::kRight: {
        if (cell.face == ShellFace::kRight) {
          for (const Span& door : kDoors) {
            if (!isWithin(x, door.low - 0.045, door.high + 0.045) || z > kWindowTop_m) continue;
            const double middle = 0.5 * (door.low + door.high);
            const bool isFrame = std::abs(x - door.low) < 0.046 || std::abs(x - door.high) < 0.046 ||
                                 std::abs(x - middle) < 0.046 || z < 0.52 || z > 2.46;
            return isFrame ? black : glass;
          }
        }
        if (isWithin(z, kBelt_m, kWindowTop_m)) {
          if (x < -3.05 || x > 8.25) return black;
          for (int i = 0; i <= 8; ++i) {
            if (std::abs(x - pillar(i)) < 0.031) return black;
          }
          return isWithin(z, 1.18, 2.46) ? glass : black;
        }
        for (const double seam : {-2.6, -1.7, -0.75, 0.8, 3.7, 5.1, 6.65}) {
          if (std::abs(x - seam) < 0.0031 && z < 1.02) return context_.material("seam");
        }
        return z < 1.02 ? band : paint;
      }
      case ShellFace::kRoof:
        break;
    }
    return paint;
  }

  void addInside(MeshBuilder& mesh) const {
    use(mesh, "cabin.floor");
    addBox(mesh, {2.75, 0, kFloor_m}, {11.2, 1.70, 0.04});
    addBox(mesh, {-1.9, 0, 0.62}, {2.6, 2.40, 0.06});  // raised over the engine
    use(mesh, "cabin.light_grey");
    addBox(mesh, {2.6, 0, 2.60}, {11.6, 2.30, 0.03});
    for (const double sign : {1.0, -1.0}) {
      // Housings over the wheels.
      for (const double x : {0.0, kWheelbase_m}) {
        addBox(mesh, {x, sign * 1.05, 1.10}, {1.30, 0.40, 0.03});
        addBox(mesh, {x, sign * 0.855, 0.74}, {1.30, 0.02, 0.72});
        for (const double end : {-0.64, 0.64}) addBox(mesh, {x + end, sign * 1.05, 0.74}, {0.02, 0.40, 0.72});
      }
      // Panels below the windows.
      if (sign > 0) {
        for (const auto& [a, b] : {std::pair{-3.2, -0.7}, std::pair{0.7, 5.2}, std::pair{6.6, 8.0}})
          addBox(mesh, {0.5 * (a + b), sign * 1.22, 0.78}, {b - a, 0.02, 0.66});
      } else {
        for (const auto& [a, b] : {std::pair{-3.2, -0.7}, std::pair{0.7, 1.95}, std::pair{3.45, 5.2}})
          addBox(mesh, {0.5 * (a + b), sign * 1.22, 0.78}, {b - a, 0.02, 0.66});
      }
    }
    addBox(mesh, {-3.2, 0, 1.3}, {0.05, 2.3, 1.4});
    use(mesh, "lamp.cabin");
    for (const double sign : {1.0, -1.0}) addBox(mesh, {2.6, sign * 0.62, 2.578}, {10.5, 0.14, 0.02});
    // Seats in twos; none at the doors.
    for (int row = 0; row < 11; ++row) {
      const double x = -2.7 + 0.83 * row;
      const double floor = x < -0.6 ? 0.64 : kFloor_m;
      const double cushion = std::abs(x) < 0.9 || std::abs(x - kWheelbase_m) < 0.9 ? 1.16 : floor + 0.44;
      for (const double sign : {1.0, -1.0}) {
        if (sign < 0 && x > 1.8 && x < 3.9) continue;
        use(mesh, "cabin.blue");
        for (const double y : {0.56, 1.0}) {
          addBox(mesh, {x, sign * y, cushion}, {0.42, 0.41, 0.07});
          const FrameScope back(mesh, RigidTransform::fromYawPitchRoll({x - 0.22, sign * y, cushion}, 0, -0.2));
          addBox(mesh, {0, 0, 0.36}, {0.05, 0.40, 0.66});
        }
        if (row % 2 == 0) {
          use(mesh, "paint.yellow");
          addCylinder(mesh, {x - 0.30, sign * 0.36, floor}, Axis::kZ, 0.017, 2.58 - floor, 7);
        }
      }
    }
    // The driver's place.
    use(mesh, "cabin.plastic");
    addRoundedBox(mesh, {8.05, 0.2, 0.98}, {0.45, 1.9, 0.34}, 0.08, 2);
    addBox(mesh, {7.05, 0.70, 1.2}, {0.04, 1.0, 1.6});
    addRoundedBox(mesh, {7.32, 0.68, 0.98}, {0.50, 0.48, 0.14}, 0.05, 2);
    addRoundedBox(mesh, {7.10, 0.68, 1.40}, {0.13, 0.46, 0.80}, 0.05, 2);
    addSteeringWheel(mesh, {7.75, 0.68, 1.24}, 0.95, 0.23);
  }

  void addFront(MeshBuilder& mesh) const {
    // Destination board behind the upper glass.
    const double z = 2.52;
    const double x = shellFrontAt(shell_, 0.75, z) + 0.012;
    use(mesh, "trim.black");
    addRoundedBox(mesh, {x - 0.02, 0, z}, {0.14, 1.70, 0.28}, 0.03, 1);
    use(mesh, "sign.led");
    const auto line = static_cast<int>(context_.parameter("line"));
    addFigures(mesh, std::to_string(line), {x + 0.0515, -0.58, z}, 0.18, 1);
    addFigures(mesh, "HALLE", {x + 0.0515, 0.24, z}, 0.14, 1);
    addNumberPlate(mesh, context_, shellFrontAt(shell_, 0, 0.52) + 0.008, 0.52, 1);
    use(mesh, "plastic.black");
    for (const double y : {-0.30, 0.75}) {
      const auto on = [&](double yy, double zz) { return glm::dvec3(shellFrontAt(shell_, yy, zz) + 0.014, yy, zz); };
      const TubePoint wiper[] = {{on(y, 1.10), 0.012}, {on(y - 0.2, 1.45), 0.010}, {on(y - 0.55, 1.60), 0.009}};
      addTube(mesh, wiper, 5);
    }
    for (const double sign : {1.0, -1.0}) {
      const TubePoint arm[] = {
          {{8.10, sign * 1.16, 2.50}, 0.022}, {{8.50, sign * 1.36, 2.48}, 0.020}, {{8.58, sign * 1.42, 2.30}, 0.018}};
      use(mesh, "plastic.black");
      addTube(mesh, arm, 7);
      addRoundedBox(mesh, {8.58, sign * 1.42, 2.08}, {0.12, 0.22, 0.42}, 0.045, 2);
      use(mesh, "mirror");
      addBox(mesh, {8.517, sign * 1.42, 2.08}, {0.006, 0.17, 0.35});
    }
  }

  void addRear(MeshBuilder& mesh) const {
    addNumberPlate(mesh, context_, shell_.rear_m - 0.010, 0.52, -1);
    use(mesh, "plastic.black");
    for (int i = 0; i < 6; ++i) addBox(mesh, {shell_.rear_m - 0.006, 0, 0.66 + 0.06 * i}, {0.02, 1.32, 0.025});
    addLampPair(mesh, context_, "reflector.red", {shell_.rear_m - 0.004, 0.95, 0.46}, {0.014, 0.14, 0.05}, 0.006);
    use(mesh, "trim.black");
    addRoundedBox(mesh, {shell_.rear_m + 0.01, -0.55, 2.58}, {0.06, 0.50, 0.20}, 0.02, 1);
    use(mesh, "sign.led");
    addFigures(mesh, std::to_string(static_cast<int>(context_.parameter("line"))),
               {shell_.rear_m - 0.0212, -0.55, 2.58}, 0.13, -1);
    addLampPair(mesh, context_, "lamp.tail", {shell_.rear_m + 0.002, 1.0, 2.56}, {0.02, 0.12, 0.06}, 0.01);
    use(mesh, "lamp.marker");
    for (const double sign : {1.0, -1.0}) {
      for (const double x : {-2.2, 1.4, 4.4, 7.2}) {
        if (sign < 0 && x == 7.2) continue;
        addRoundedBox(mesh, {x, sign * (shell_.halfWidth_m - 0.004), 0.58}, {0.10, 0.03, 0.035}, 0.01, 1);
      }
    }
  }

  void addRoof(MeshBuilder& mesh) const {
    mesh.surface(context_.slot("paint"), context_.asset().semantic);
    addRoundedBox(mesh, {1.6, 0, 3.06}, {2.6, 1.7, 0.24}, 0.10, 3);  // air conditioning
    addRoundedBox(mesh, {-2.2, 0, 3.03}, {1.3, 1.6, 0.18}, 0.08, 2);
    use(mesh, "plastic.black");
    for (const double y : {-0.4, 0.4}) addCylinder(mesh, {1.6, y, 3.17}, Axis::kZ, 0.26, 0.03, 20);
    addBox(mesh, {5.4, 0, 3.03}, {0.8, 0.7, 0.04});
  }

  const BuildContext& context_;
  ShellShape shell_;
};

Model build(const BuildContext& context) {
  return Bus(context).build();
}

}  // namespace

constinit const Builder kBus{"bus", "a low-floor city bus of 12 m", kParameters, kSlots, build};

}  // namespace nightfog::content
