#include "engine/content/builders/shell.hpp"

#include <algorithm>
#include <cmath>

#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

constexpr int kCornerSteps = 5;
constexpr int kRoofSteps = 4;
constexpr int kArchSteps = 14;

struct PlanPoint {
  glm::dvec2 at{0};
  ShellFace face = ShellFace::kFront;  ///< of the cells towards the next point
};

std::vector<double> withSteps(std::vector<double> breaks, double low, double high, double step) {
  breaks.push_back(low);
  breaks.push_back(high);
  std::sort(breaks.begin(), breaks.end());
  std::vector<double> out;
  for (const double b : breaks) {
    if (b < low - 1e-9 || b > high + 1e-9 || (!out.empty() && b - out.back() < 0.003)) continue;
    if (!out.empty()) {
      const int pieces = static_cast<int>(std::ceil((b - out.back()) / step));
      const double from = out.back();
      for (int i = 1; i < pieces; ++i) out.push_back(from + (b - from) * i / pieces);
    }
    out.push_back(b);
  }
  return out;
}

double bow(const ShellShape& s, double y) {
  return s.frontBow_m * (y / s.halfWidth_m) * (y / s.halfWidth_m);
}

/// Counter-clockwise from the front's right corner.
std::vector<PlanPoint> planOf(const ShellShape& s) {
  std::vector<PlanPoint> plan;
  std::vector<double> across;
  for (const double y : s.across) across.insert(across.end(), {y, -y});
  const double frontFlat = s.halfWidth_m - s.frontRadius_m;
  const double rearFlat = s.halfWidth_m - s.rearRadius_m;
  const double frontEdge = s.front_m - bow(s, frontFlat);
  const auto arc = [&](const glm::dvec2& centre, double radius, double from, ShellFace first, ShellFace last) {
    for (int i = 1; i < kCornerSteps; ++i) {
      const double angle = from + 0.5 * kPi * i / kCornerSteps;
      plan.push_back(
          {centre + radius * glm::dvec2(std::cos(angle), std::sin(angle)), 2 * i < kCornerSteps ? first : last});
    }
  };
  for (const double y : withSteps(across, -frontFlat, frontFlat, s.fineness_m))
    plan.push_back({{s.front_m - bow(s, y), y}, ShellFace::kFront});
  arc({frontEdge - s.frontRadius_m, frontFlat}, s.frontRadius_m, 0, ShellFace::kFront, ShellFace::kLeft);
  std::vector<double> stations = s.stations;
  for (const ShellArch& arch : s.arches) {
    for (int i = 0; i <= kArchSteps; ++i) stations.push_back(arch.x + arch.radius_m * std::cos(kPi * i / kArchSteps));
  }
  std::vector<double> xs = withSteps(stations, s.rear_m + s.rearRadius_m, frontEdge - s.frontRadius_m, s.fineness_m);
  for (auto x = xs.rbegin(); x != xs.rend(); ++x) plan.push_back({{*x, s.halfWidth_m}, ShellFace::kLeft});
  arc({s.rear_m + s.rearRadius_m, rearFlat}, s.rearRadius_m, 0.5 * kPi, ShellFace::kLeft, ShellFace::kRear);
  std::vector<double> ys = withSteps(across, -rearFlat, rearFlat, s.fineness_m);
  for (auto y = ys.rbegin(); y != ys.rend(); ++y) plan.push_back({{s.rear_m, *y}, ShellFace::kRear});
  arc({s.rear_m + s.rearRadius_m, -rearFlat}, s.rearRadius_m, kPi, ShellFace::kRear, ShellFace::kRight);
  for (const double x : xs) plan.push_back({{x, -s.halfWidth_m}, ShellFace::kRight});
  arc({frontEdge - s.frontRadius_m, -frontFlat}, s.frontRadius_m, 1.5 * kPi, ShellFace::kRight, ShellFace::kFront);
  plan.push_back(plan.front());
  return plan;
}

double archHeight(const ShellShape& s, double x) {
  double z = s.sill_m;
  for (const ShellArch& arch : s.arches) {
    const double dx = x - arch.x;
    if (std::abs(dx) < arch.radius_m - 1e-9)
      z = std::max(z, arch.wheelRadius_m + std::sqrt(arch.radius_m * arch.radius_m - dx * dx));
  }
  return z;
}

struct Row {
  double z = 0;
  double inset = 0;
};

std::vector<Row> rowsOf(const ShellShape& s) {
  std::vector<Row> rows;
  const double eaves = s.top_m - s.roofRadius_m;
  for (const double z : withSteps(s.rows, s.sill_m, eaves, s.fineness_m)) rows.push_back({z, 0});
  for (int i = 1; i <= kRoofSteps; ++i) {
    const double angle = 0.5 * kPi * i / kRoofSteps;
    rows.push_back({eaves + s.roofRadius_m * std::sin(angle), s.roofRadius_m * (1 - std::cos(angle))});
  }
  return rows;
}

glm::dvec3 placed(const ShellShape& s, const glm::dvec2& plan, const Row& row) {
  const double middle = 0.5 * (s.front_m + s.rear_m);
  const double half = 0.5 * (s.front_m - s.rear_m);
  const double tuck = s.tuck_m * (1 - smoothStep(s.sill_m, s.sill_m + 0.35, row.z));
  const double isSide = std::abs(plan.y) > s.halfWidth_m - 1e-6 ? 1.0 : 0.0;
  const double z = isSide > 0 ? std::max(row.z, archHeight(s, plan.x)) : row.z;
  const double lean = s.frontSetback(z) * smoothStep(s.front_m - s.setbackReach_m, s.front_m - 0.02, plan.x);
  const double x = middle + (plan.x - middle) * (1 - row.inset / half) - lean;
  return {x, plan.y * (1 - (row.inset + tuck) / s.halfWidth_m), z};
}

}  // namespace

double shellFrontAt(const ShellShape& shape, double y, double z) {
  return shape.front_m - bow(shape, y) - shape.frontSetback(z);
}

void addShell(MeshBuilder& mesh, const ShellShape& shape, const std::function<bool(const ShellCell&)>& choose) {
  const std::vector<PlanPoint> plan = planOf(shape);
  const std::vector<Row> rows = rowsOf(shape);
  const auto at = [&](int r, int c) {
    return placed(shape, plan[static_cast<size_t>(c)].at, rows[static_cast<size_t>(r)]);
  };
  mesh.openWeld();
  addGrid(mesh, static_cast<int>(rows.size()), static_cast<int>(plan.size()), at, [&](int r, int c) {
    // Cells that an arch swallows have no area and go by themselves.
    return choose(
        {plan[static_cast<size_t>(c)].face, 0.25 * (at(r, c) + at(r, c + 1) + at(r + 1, c) + at(r + 1, c + 1))});
  });
  // The roof: in to half the way, then to its middle line.
  const auto roofAt = [&](int r, int c) {
    const glm::dvec3 edge = at(static_cast<int>(rows.size()) - 1, c);
    const double share = r == 0 ? 1.0 : r == 1 ? 0.55 : 0.0;
    return glm::dvec3(edge.x, edge.y * share, edge.z + shape.crown_m * (1 - share * share));
  };
  addGrid(mesh, 3, static_cast<int>(plan.size()), roofAt, [&](int r, int c) {
    return choose(
        {ShellFace::kRoof, 0.25 * (roofAt(r, c) + roofAt(r, c + 1) + roofAt(r + 1, c) + roofAt(r + 1, c + 1))});
  });
  mesh.closeWeld();
}

void addShellUnderside(MeshBuilder& mesh, const ShellShape& shape, double depth_m) {
  const double inner = shape.halfWidth_m - depth_m;
  const double z = shape.sill_m + 0.01;
  const double low = shape.rear_m + 0.1;
  const double high = shape.front_m - 0.25;
  addBox(mesh, {0.5 * (low + high), 0, z + 0.03}, {high - low, 2 * inner, 0.06});
  std::vector<ShellArch> arches = shape.arches;
  std::sort(arches.begin(), arches.end(), [](const ShellArch& a, const ShellArch& b) { return a.x < b.x; });
  double from = low;
  const auto sideFloor = [&](double a, double b) {
    if (b - a < 0.02) return;
    for (const double sign : {1.0, -1.0})
      addBox(mesh, {0.5 * (a + b), sign * (shape.halfWidth_m - 0.5 * depth_m - 0.03), z + 0.03},
             {b - a, depth_m - 0.06, 0.06});
  };
  for (const ShellArch& arch : arches) {
    const double dz = shape.sill_m - arch.wheelRadius_m;
    const double halfSpan =
        std::sqrt(std::max(0.0, arch.radius_m * arch.radius_m - std::max(dz, 0.0) * std::max(dz, 0.0)));
    sideFloor(from, arch.x - halfSpan);
    from = arch.x + halfSpan;
    for (const double sign : {1.0, -1.0}) {
      const double y0 = sign * (shape.halfWidth_m - shape.tuck_m - 0.004);
      const double y1 = sign * inner;
      const auto rim = [&](int i, double y) {
        const double angle = kPi * i / kArchSteps;
        return glm::dvec3(arch.x + arch.radius_m * std::cos(angle), y,
                          std::max(shape.sill_m, arch.wheelRadius_m + arch.radius_m * std::sin(angle)));
      };
      const uint32_t hub = mesh.point({arch.x, y1, shape.sill_m});
      for (int i = 0; i < kArchSteps; ++i) {
        const uint32_t a = mesh.point(rim(i, y0)), b = mesh.point(rim(i + 1, y0));
        const uint32_t c = mesh.point(rim(i + 1, y1)), d = mesh.point(rim(i, y1));
        // The vault looks down, its inner wall outwards.
        sign > 0 ? mesh.quad(d, c, b, a) : mesh.quad(a, b, c, d);
        sign > 0 ? mesh.triangle(hub, c, d) : mesh.triangle(hub, d, c);
      }
    }
  }
  sideFloor(from, high);
}

}  // namespace nightfog::content
