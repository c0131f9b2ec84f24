#include "engine/content/builders/car_body.hpp"

#include <algorithm>
#include <cmath>

#include "engine/content/builders/wheel.hpp"
#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

constexpr double kSeam_m = 0.003;  ///< half a door gap

// Rows of the sides and of nose and tail, from sill to shoulder; lamps, grille and bumper lines fall on them.
constexpr double kRise[] = {0, 0.05, 0.13, 0.22, 0.32, 0.43, 0.54, 0.64, 0.72, 0.80, 0.88, 0.94, 0.975, 1};
constexpr int kRises = static_cast<int>(std::size(kRise));
// Columns across nose, bonnet, glass, roof and tail.
constexpr double kAcross[] = {-1,   -0.97, -0.92, -0.84, -0.72, -0.6, -0.5, -0.36, -0.18, 0,
                              0.18, 0.36,  0.5,   0.6,   0.72,  0.84, 0.92, 0.97,  1};
constexpr int kAcrossCount = static_cast<int>(std::size(kAcross));
// Rows of windows, from belt to roof.
constexpr double kGlassRise[] = {0, 0.07, 0.20, 0.36, 0.52, 0.68, 0.82, 0.92, 0.97, 1};
constexpr int kGlassRises = static_cast<int>(std::size(kGlassRise));

/// Stations along the side: even ones, dense ones at corners and arches, and pairs at the door gaps.
std::vector<double> sideStations(const CarShape& shape, const CarPlan& plan, const std::vector<double>& seams) {
  std::vector<double> exact;
  for (const double wheel : {0.0, shape.wheelbase_m}) {
    const double r = archRadius(shape);
    for (int i = 0; i <= 14; ++i) exact.push_back(wheel + (r - 0.006) * std::cos(kPi * i / 14));
    exact.push_back(wheel - r);
    exact.push_back(wheel + r);
  }
  for (const double seam : seams) {
    exact.push_back(seam - kSeam_m);
    exact.push_back(seam + kSeam_m);
  }
  for (const double x : {plan.frontStation, plan.frontStation - 0.30, plan.rearStation, plan.rearStation + 0.22,
                         shape.screenBase_x, shape.screenBase_x - 0.12, shape.rearGlassBase_x,
                         shape.rearGlassBase_x + 0.14, shape.pillar_x - 0.05, shape.pillar_x + 0.05}) {
    exact.push_back(x);
  }
  std::vector<double> stations = exact;
  const auto isFree = [&](double x) {
    return std::none_of(exact.begin(), exact.end(), [&](double known) { return std::abs(known - x) < 0.02; });
  };
  for (double x = plan.rearStation + 0.05; x < plan.frontStation - 0.02; x += 0.12) {
    if (isFree(x)) stations.push_back(x);
  }
  std::sort(stations.begin(), stations.end());
  stations.erase(
      std::unique(stations.begin(), stations.end(), [](double a, double b) { return std::abs(a - b) < 0.0025; }),
      stations.end());
  return stations;
}

enum class Zone { kNose, kBonnet, kScreen, kRoof, kRearGlass, kDeck, kTail };

/// One row of the strip that runs over the car's middle, from bumper to bumper.
struct StripRow {
  glm::dvec3 edge{0};       ///< on the left
  double bow = 0;           ///< the middle lies ahead of the edges by this
  double crown = 0;         ///< and above them by this
  Zone zone = Zone::kNose;  ///< of the cells towards the next row
  double rise = 0;          ///< of the cells, in nose, tail and glass
};

class CarBody {
 public:
  CarBody(const BuildContext& context, const CarShape& shape)
      : context_(context),
        shape_(shape),
        plan_(shape),
        paint_(context.slot("paint")),
        glass_(context.material("glass.vehicle")),
        trim_(context.material("trim.black")),
        plastic_(context.material("plastic.black")),
        chrome_(context.material("chrome")),
        seam_(context.material("seam")),
        headLamp_(context.material("lamp.head")),
        housing_(context.material("lamp.housing")),
        reverse_(context.material("lamp.reverse")),
        indicator_(context.material("lamp.indicator")),
        tailLamp_(context.material("lamp.tail")),
        brake_(context.material("lamp.brake")),
        under_(context.material("underbody")) {
    doorSeams_ = {shape.pillar_x, shape.screenBase_x - 0.20};
    if (shape.hasRearDoors) doorSeams_.push_back(std::max(archRadius(shape) + 0.06, shape.rearGlassBase_x + 0.30));
    stations_ = sideStations(shape, plan_, doorSeams_);
    for (const double x : stations_) {
      if (x > shape.rearGlassBase_x - 1e-6 && x < shape.screenBase_x + 1e-6) glassStations_.push_back(x);
    }
    // The post behind the front door stands nearly upright whatever the screens' rakes.
    topOf_ = Curve{{shape.rearGlassBase_x, shape.rearGlassTop_x},
                   {shape.pillar_x, shape.pillar_x - 0.06},
                   {shape.screenBase_x, shape.screenTop_x}};
  }

  Mesh build(std::string name) {
    MeshBuilder mesh(std::move(name), 0.85);
    mesh.openWeld();
    for (const double sign : {1.0, -1.0}) addSide(mesh, sign);
    for (const double sign : {1.0, -1.0}) addSideGlass(mesh, sign);
    addStrip(mesh);
    mesh.closeWeld();
    mesh.openWeld();
    for (const double sign : {1.0, -1.0}) addWells(mesh, sign);
    addFloor(mesh);
    mesh.closeWeld();
    addLining(mesh);
    addCabin(mesh, context_, shape_);
    addFittings(mesh, context_, shape_);
    addSeams(mesh, context_, shape_);
    return mesh.finish();
  }

 private:
  void use(MeshBuilder& mesh, MaterialId material) const { mesh.surface(material, context_.asset().semantic); }
  glm::dvec3 sidePoint(double station, double rise, double sign) const {
    const glm::dvec3 p = plan_.side(shape_, station, rise);
    return {p.x, sign * p.y, p.z};
  }
  /// A point of the left windows' surface above a station of the belt line.
  glm::dvec3 windowPoint(double station, double rise) const {
    const glm::dvec3 foot = plan_.side(shape_, station, 1);
    const double x = topOf_(station);
    // The roof narrows a little to the rear.
    const double narrowing = 0.05 * smoothStep(shape_.screenTop_x, shape_.rearGlassTop_x - 0.3, x);
    const glm::dvec3 top(x, shape_.roofHalfWidth_m - (shape_.hasSplitTail ? 0 : narrowing), shape_.rail(x));
    glm::dvec3 p = foot + (top - foot) * rise;
    p.y += 0.028 * 4 * rise * (1 - rise);
    return p;
  }

  void addSide(MeshBuilder& mesh, double sign) {
    const auto count = static_cast<int>(stations_.size());
    // Columns run forwards on the right side and backwards on the left, so that both face outwards.
    const auto station = [&](int c) { return stations_[static_cast<size_t>(sign < 0 ? c : count - 1 - c)]; };
    addGrid(
        mesh, kRises, count, [&](int r, int c) { return sidePoint(station(c), kRise[r], sign); },
        [&](int r, int c) {
          use(mesh, sideMaterial(0.5 * (station(c) + station(c + 1)), 0.5 * (kRise[r] + kRise[r + 1])));
          return true;
        });
  }

  MaterialId sideMaterial(double x, double rise) const {
    if (x > plan_.frontStation - 0.30 && rise > 0.64 && rise < 0.94)
      return rise > 0.72 && rise < 0.88 ? housing_ : trim_;
    if (x < plan_.rearStation + 0.22 && rise > 0.64 && rise < 0.94) return tailMaterial(1, rise);
    const double height = mix(lowerEdge(shape_, x), shape_.shoulder(x), rise);
    for (const double seam : doorSeams_) {
      if (std::abs(x - seam) < kSeam_m && height > shape_.clearance_m + 0.06) return seam_;
    }
    if (rise < (shape_.isOffRoader ? 0.13 : 0.05) || height < shape_.clearance_m + (shape_.isOffRoader ? 0.12 : 0.05))
      return plastic_;
    return paint_;
  }

  /// From the grille outwards: a bezel, the low beam behind its lens, a metallised housing with the indicator behind a
  /// clear lens; dark edges above and below. `w`: share of the half width.
  MaterialId headMaterial(double w, double rise) const {
    if (rise < 0.72 || rise > 0.88 || w < 0.66) return trim_;
    return w < 0.80 && rise < 0.86 ? headLamp_ : housing_;
  }

  /// From the top: brake lamp, tail lamp around the corner; below, from the outside in: brake lamp, indicator,
  /// reversing lamp; a dark red edge.
  MaterialId tailMaterial(double w, double rise) const {
    if (rise > 0.80 && rise < 0.88) return tailLamp_;
    if (rise > 0.72 && rise < 0.80 && w < 0.92) return w < 0.72 ? reverse_ : indicator_;
    return brake_;
  }

  void addSideGlass(MeshBuilder& mesh, double sign) {
    const auto count = static_cast<int>(glassStations_.size());
    const auto station = [&](int c) { return glassStations_[static_cast<size_t>(sign < 0 ? c : count - 1 - c)]; };
    addGrid(
        mesh, kGlassRises, count,
        [&](int r, int c) {
          const glm::dvec3 p = windowPoint(station(c), kGlassRise[r]);
          return glm::dvec3(p.x, sign * p.y, p.z);
        },
        [&](int r, int c) {
          use(mesh, windowMaterial(0.5 * (station(c) + station(c + 1)), 0.5 * (kGlassRise[r] + kGlassRise[r + 1])));
          return true;
        });
  }

  MaterialId windowMaterial(double x, double rise) const {
    const bool isFront = x > shape_.pillar_x;
    const bool isPost = std::abs(x - shape_.pillar_x) < 0.05;
    const bool hasGlass = isFront || shape_.hasRearSideGlass;
    if (!hasGlass && !isPost) return paint_;
    if (x > shape_.screenBase_x - 0.12 || x < shape_.rearGlassBase_x + 0.14 || rise > 0.92) return paint_;
    if (rise < 0.07 || isPost) return trim_;
    return glass_;
  }

  /// All rows from the front bumper's lower edge over the roof to the rear bumper's.
  std::vector<StripRow> stripRows() const {
    std::vector<StripRow> rows;
    const double screenBow = 0.10;
    const double roofBow = 0.07;
    for (int i = 0; i + 1 < kRises; ++i) {
      rows.push_back({sidePoint(plan_.frontStation, kRise[i], 1), shape_.frontBow_m, 0, Zone::kNose,
                      0.5 * (kRise[i] + kRise[i + 1])});
    }
    for (auto s = stations_.rbegin(); s != stations_.rend() && *s > shape_.screenBase_x + 1e-6; ++s) {
      const double f = (plan_.frontStation - *s) / (plan_.frontStation - shape_.screenBase_x);
      rows.push_back({sidePoint(*s, 1, 1), mix(shape_.frontBow_m, screenBow, f), 0.055 * smoothStep(0, 0.45, f),
                      Zone::kBonnet, 0});
    }
    for (int i = 0; i + 1 < kGlassRises; ++i) {
      const double f = kGlassRise[i];
      rows.push_back({windowPoint(shape_.screenBase_x, f), mix(screenBow, roofBow, f),
                      mix(0.055, shape_.roofCrown_m, f), Zone::kScreen, 0.5 * (f + kGlassRise[i + 1])});
    }
    for (auto s = glassStations_.rbegin(); s + 1 != glassStations_.rend(); ++s) {
      const double f = (shape_.screenBase_x - *s) / (shape_.screenBase_x - shape_.rearGlassBase_x);
      rows.push_back({windowPoint(*s, 1), mix(roofBow, -0.05, f), shape_.roofCrown_m, Zone::kRoof, 0});
    }
    const double deckCrown = 0.02;
    for (int i = kGlassRises - 1; i > 0; --i) {
      const double f = 1 - kGlassRise[i];
      rows.push_back({windowPoint(shape_.rearGlassBase_x, kGlassRise[i]), mix(-0.05, -0.07, f),
                      mix(shape_.roofCrown_m, deckCrown, f), Zone::kRearGlass,
                      0.5 * (kGlassRise[i] + kGlassRise[i - 1])});
    }
    for (auto s = stations_.rbegin(); s + 1 != stations_.rend(); ++s) {
      if (*s > shape_.rearGlassBase_x + 1e-6) continue;
      const double f = (shape_.rearGlassBase_x - *s) / (shape_.rearGlassBase_x - plan_.rearStation);
      rows.push_back({sidePoint(*s, 1, 1), mix(-0.07, -shape_.rearBow_m, f), mix(deckCrown, 0, f), Zone::kDeck, 0});
    }
    for (int i = kRises - 1; i >= 0; --i) {
      rows.push_back({sidePoint(plan_.rearStation, kRise[i], 1), -shape_.rearBow_m, 0, Zone::kTail,
                      i > 0 ? 0.5 * (kRise[i] + kRise[i - 1]) : 0});
    }
    return rows;
  }

  void addStrip(MeshBuilder& mesh) {
    const std::vector<StripRow> rows = stripRows();
    const auto count = static_cast<int>(rows.size());
    // Rows run backwards over the car and columns to its left: y × -x = z, outwards.
    addGrid(
        mesh, count, kAcrossCount,
        [&](int r, int c) {
          const StripRow& row = rows[static_cast<size_t>(r)];
          const double w = kAcross[c];
          const double inside = std::pow(std::abs(w), 2.5);
          return glm::dvec3(row.edge.x + row.bow * (1 - w * w), w * row.edge.y, row.edge.z + row.crown * (1 - inside));
        },
        [&](int r, int c) {
          const double w = std::abs(0.5 * (kAcross[c] + kAcross[c + 1]));
          use(mesh, stripMaterial(rows[static_cast<size_t>(r)], w));
          return true;
        });
  }

  MaterialId stripMaterial(const StripRow& row, double w) const {
    const double rise = row.rise;
    switch (row.zone) {
      case Zone::kNose:
        if (rise < 0.13 || (rise < 0.32 && w < 0.6)) return plastic_;
        if (rise > 0.64 && rise < 0.94 && w > 0.6) return headMaterial(w, rise);
        if (rise > 0.64 && rise < 0.88 && w < 0.5) return plastic_;
        if (rise > 0.88 && rise < 0.94 && w < 0.5) return chrome_;
        return paint_;
      case Zone::kScreen:
        return rise > 0.07 && rise < 0.92 && w < 0.92 ? glass_ : rise < 0.07 || w < 0.92 ? trim_ : paint_;
      case Zone::kRearGlass:
        if (!shape_.hasRearGlass) return paint_;
        if (shape_.hasSplitTail) return rise > 0.07 && rise < 0.92 && w < 0.84 && w > 0.18 ? glass_ : paint_;
        // Glued in: a black rim printed on the glass.
        if (rise > 0.97 || w > 0.92) return paint_;
        return rise > 0.07 && rise < 0.92 && w < 0.84 ? glass_ : trim_;
      case Zone::kTail:
        if (rise < 0.22) return plastic_;
        if (rise > 0.64 && rise < 0.94 && w > 0.6) return tailMaterial(w, rise);
        return paint_;
      case Zone::kBonnet:
      case Zone::kRoof:
      case Zone::kDeck:
        return paint_;
    }
    return paint_;
  }

  /// Dark door panels and headliner, a hand's breadth inside the shell, so that one does not look at the back of the
  /// paint.
  void addLining(MeshBuilder& mesh) const {
    mesh.surface(context_.material("cabin.plastic"), context_.asset().semantic);
    const auto count = static_cast<int>(glassStations_.size());
    const auto station = [&](int c) { return glassStations_[static_cast<size_t>(c)]; };
    constexpr double kPanelRise[] = {0.03, 0.55, 0.985};
    for (const double sign : {1.0, -1.0}) {
      addGrid(mesh, 3, count, [&](int r, int c) {
        // Over the wheel arches the panel begins where the arch ends.
        const glm::dvec3 p = sidePoint(station(sign > 0 ? c : count - 1 - c), kPanelRise[r], sign);
        return p - glm::dvec3(0, sign * (r == 2 ? 0.02 : 0.07), 0);
      });
      if (shape_.hasRearSideGlass) continue;
      addGrid(
          mesh, 2, count,
          [&](int r, int c) {
            const glm::dvec3 p = windowPoint(station(sign > 0 ? c : count - 1 - c), r == 0 ? 0.0 : 0.97);
            return glm::dvec3(p.x, sign * (p.y - 0.04), p.z);
          },
          [&](int, int c) { return station(sign > 0 ? c : count - 2 - c) < shape_.pillar_x - 0.06; });
    }
    constexpr double kLinerAcross[] = {-0.93, -0.5, 0, 0.5, 0.93};
    addGrid(mesh, count, 5, [&](int r, int c) {
      const glm::dvec3 p = windowPoint(station(r), 0.985);
      const double w = kLinerAcross[c];
      return glm::dvec3(p.x, w * p.y, p.z + shape_.roofCrown_m * (1 - w * w) - 0.035);
    });
  }

  double wellInner() const { return 0.5 * shape_.track_m - 0.5 * shape_.wheelWidth_m - 0.07; }
  bool isInWell(double x) const { return lowerEdge(shape_, x) > shape_.clearance_m + 1e-9; }

  /// The dark lining over each wheel and the wall behind it.
  void addWells(MeshBuilder& mesh, double sign) {
    use(mesh, under_);
    const double inner = wellInner();
    for (size_t i = 0; i + 1 < stations_.size(); ++i) {
      const double x0 = stations_[i];
      const double x1 = stations_[i + 1];
      if (!isInWell(x0) && !isInWell(x1)) continue;
      const glm::dvec3 a = sidePoint(x0, 0, sign);
      const glm::dvec3 b = sidePoint(x1, 0, sign);
      const glm::dvec3 c(b.x, sign * inner, b.z);
      const glm::dvec3 d(a.x, sign * inner, a.z);
      addFacing(mesh, a, b, c, d, {0, 0, -1});
      addFacing(mesh, d, c, {b.x, sign * inner, shape_.clearance_m}, {a.x, sign * inner, shape_.clearance_m},
                {0, sign, 0});
    }
  }

  /// Two triangles whose front looks along `facing`.
  static void addFacing(MeshBuilder& mesh, const glm::dvec3& a, const glm::dvec3& b, const glm::dvec3& c,
                        const glm::dvec3& d, const glm::dvec3& facing) {
    const uint32_t ids[4] = {mesh.point(a), mesh.point(b), mesh.point(c), mesh.point(d)};
    const bool isForward = glm::dot(glm::cross(c - a, d - b), facing) > 0;
    isForward ? mesh.quad(ids[0], ids[1], ids[2], ids[3]) : mesh.quad(ids[3], ids[2], ids[1], ids[0]);
  }

  void addFloor(MeshBuilder& mesh) {
    use(mesh, under_);
    const double inner = wellInner();
    const double z = shape_.clearance_m;
    for (size_t i = 0; i + 1 < stations_.size(); ++i) {
      const glm::dvec3 a = sidePoint(stations_[i], 0, 1);
      const glm::dvec3 b = sidePoint(stations_[i + 1], 0, 1);
      addFacing(mesh, {a.x, -inner, z}, {b.x, -inner, z}, {b.x, inner, z}, {a.x, inner, z}, {0, 0, -1});
      if (isInWell(stations_[i]) || isInWell(stations_[i + 1])) continue;
      for (const double sign : {1.0, -1.0}) {
        addFacing(mesh, {a.x, sign * inner, z}, {b.x, sign * inner, z}, {b.x, sign * b.y, z}, {a.x, sign * a.y, z},
                  {0, 0, -1});
      }
    }
    // Between the straight ends of the floor and the bowed bumpers.
    for (const double bow : {shape_.frontBow_m, -shape_.rearBow_m}) {
      const glm::dvec3 edge = sidePoint(bow > 0 ? plan_.frontStation : plan_.rearStation, 0, 1);
      for (int c = 0; c + 1 < kAcrossCount; ++c) {
        const auto at = [&](double w, double share) {
          return glm::dvec3(edge.x + share * bow * (1 - w * w), w * edge.y, edge.z);
        };
        addFacing(mesh, at(kAcross[c], 0), at(kAcross[c], 1), at(kAcross[c + 1], 1), at(kAcross[c + 1], 0), {0, 0, -1});
      }
    }
  }

  const BuildContext& context_;
  const CarShape& shape_;
  CarPlan plan_;
  MaterialId paint_, glass_, trim_, plastic_, chrome_, seam_, headLamp_, housing_, reverse_, indicator_, tailLamp_,
      brake_, under_;
  std::vector<double> doorSeams_;
  std::vector<double> stations_;       ///< ascending
  std::vector<double> glassStations_;  ///< those between the screens' feet
  Curve topOf_;                        ///< station of the belt line to x of the roof's edge
};

}  // namespace

Model makeCar(const BuildContext& context, const CarShape& shape) {
  Model model;
  const std::string& id = context.asset().id;
  model.parts.push_back(
      {"body", context.content().add(CarBody(context, shape).build(id + "/body")), -1, {}, Joint::kFixed, 0});
  const WheelShape wheel{shape.wheelRadius_m, shape.wheelWidth_m, 0.64 * shape.wheelRadius_m, shape.spokes};
  const WheelMaterials materials{context.material("rubber.tyre"), context.slot("rim"), context.material("steel.disc"),
                                 context.material("plastic.black")};
  const MeshId left =
      context.content().add(makeWheel(wheel, materials, context.asset().semantic, 1, id + "/wheel.left"));
  const MeshId right =
      context.content().add(makeWheel(wheel, materials, context.asset().semantic, -1, id + "/wheel.right"));
  const auto addWheel = [&](const char* name, MeshId mesh, double x, double y, Joint joint) {
    model.parts.push_back({name, mesh, 0, RigidTransform::fromTranslation({x, y, shape.wheelRadius_m}), joint,
                           static_cast<float>(shape.wheelRadius_m)});
  };
  const double y = 0.5 * shape.track_m;
  addWheel("wheel.front_left", left, shape.wheelbase_m, y, Joint::kSteerWheel);
  addWheel("wheel.front_right", right, shape.wheelbase_m, -y, Joint::kSteerWheel);
  addWheel("wheel.rear_left", left, 0, y, Joint::kWheel);
  addWheel("wheel.rear_right", right, 0, -y, Joint::kWheel);
  return model;
}

}  // namespace nightfog::content
