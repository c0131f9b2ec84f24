#include "engine/content/shapes.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"

namespace nightfog::content {
namespace {

/// Two unit vectors that make a right-handed frame with the axis: (first, second, axis).
void acrossAxis(Axis axis, glm::dvec3& first, glm::dvec3& second, glm::dvec3& along) {
  switch (axis) {
    case Axis::kX:
      first = {0, 1, 0}, second = {0, 0, 1}, along = {1, 0, 0};
      return;
    case Axis::kY:
      first = {0, 0, 1}, second = {1, 0, 0}, along = {0, 1, 0};
      return;
    case Axis::kZ:
      first = {1, 0, 0}, second = {0, 1, 0}, along = {0, 0, 1};
      return;
  }
}

/// Fans a ring of points out from its middle; faces along the ring's counter-clockwise normal.
void addCap(MeshBuilder& mesh, const std::vector<glm::dvec3>& ring, bool reversed) {
  glm::dvec3 middle(0);
  for (const glm::dvec3& p : ring) middle += p / static_cast<double>(ring.size());
  std::vector<uint32_t> ids;
  for (const glm::dvec3& p : ring) ids.push_back(mesh.point(p));
  const uint32_t hub = mesh.point(middle);
  for (size_t i = 0; i < ids.size(); ++i) {
    const uint32_t a = ids[i];
    const uint32_t b = ids[(i + 1) % ids.size()];
    reversed ? mesh.triangle(hub, b, a) : mesh.triangle(hub, a, b);
  }
}

std::vector<double> roundedStations(double half, double radius, int segments) {
  std::vector<double> stations;
  for (int i = 0; i <= segments; ++i) stations.push_back(-half + radius * (1 - std::cos(0.5 * kPi * i / segments)));
  for (int i = segments; i >= 0; --i) stations.push_back(half - radius * (1 - std::cos(0.5 * kPi * i / segments)));
  return stations;
}

}  // namespace

void addBox(MeshBuilder& mesh, const glm::dvec3& centre, const glm::dvec3& size) {
  const glm::dvec3 half = 0.5 * size;
  uint32_t corner[8];
  for (uint32_t i = 0; i < 8; ++i) {
    corner[i] = mesh.point(centre + half * glm::dvec3(i & 1 ? 1 : -1, i & 2 ? 1 : -1, i & 4 ? 1 : -1));
  }
  mesh.quad(corner[0], corner[2], corner[3], corner[1]);
  mesh.quad(corner[4], corner[5], corner[7], corner[6]);
  mesh.quad(corner[0], corner[1], corner[5], corner[4]);
  mesh.quad(corner[2], corner[6], corner[7], corner[3]);
  mesh.quad(corner[0], corner[4], corner[6], corner[2]);
  mesh.quad(corner[1], corner[3], corner[7], corner[5]);
}

// Points on the sides of the plain box are pulled onto the rounded one: nearest point of the inner box, then out by the
// radius.
void addRoundedBox(MeshBuilder& mesh, const glm::dvec3& centre, const glm::dvec3& size, double radius, int segments) {
  const glm::dvec3 half = 0.5 * size;
  radius = std::min({radius, half.x * 0.999, half.y * 0.999, half.z * 0.999});
  const glm::dvec3 inner = half - radius;
  mesh.openWeld();
  for (glm::length_t side = 0; side < 6; ++side) {
    const glm::length_t axis = side / 2;
    const double sign = side % 2 == 0 ? 1.0 : -1.0;
    const glm::length_t u = (axis + 1) % 3;
    const glm::length_t v = (axis + 2) % 3;
    const std::vector<double> us = roundedStations(half[u], radius, segments);
    const std::vector<double> vs = roundedStations(half[v], radius, segments);
    addGrid(mesh, static_cast<int>(vs.size()), static_cast<int>(us.size()), [&](int row, int column) {
      glm::dvec3 p(0);
      p[axis] = sign * half[axis];
      p[u] = sign * us[static_cast<size_t>(column)];
      p[v] = vs[static_cast<size_t>(row)];
      const glm::dvec3 core = glm::clamp(p, -inner, inner);
      return centre + core + radius * glm::normalize(p - core);
    });
  }
  mesh.closeWeld();
}

void addLathe(MeshBuilder& mesh, const glm::dvec3& centre, Axis axis, std::span<const ProfilePoint> profile,
              int segments, bool isRing) {
  glm::dvec3 first(0), second(0), along(0);
  acrossAxis(axis, first, second, along);
  const size_t count = profile.size();
  std::vector<uint32_t> ids(count * static_cast<size_t>(segments));
  for (size_t i = 0; i < count; ++i) {
    const bool isOnAxis = profile[i].radius <= 0;
    for (int k = 0; k < segments; ++k) {
      uint32_t& id = ids[i * static_cast<size_t>(segments) + static_cast<size_t>(k)];
      if (isOnAxis && k > 0) {
        id = ids[i * static_cast<size_t>(segments)];
        continue;
      }
      const double angle = 2 * kPi * k / segments;
      id = mesh.point(
          centre + along * profile[i].along + profile[i].radius * (first * std::cos(angle) + second * std::sin(angle)),
          {static_cast<double>(k) / segments, static_cast<double>(i) / static_cast<double>(count)});
    }
  }
  for (size_t i = 0; i + (isRing ? 0 : 1) < count; ++i) {
    const size_t above = (i + 1) % count;
    for (int k = 0; k < segments; ++k) {
      const auto column = static_cast<size_t>(k);
      const size_t next = static_cast<size_t>((k + 1) % segments);
      const auto stride = static_cast<size_t>(segments);
      mesh.quad(ids[i * stride + column], ids[i * stride + next], ids[above * stride + next],
                ids[above * stride + column]);
    }
  }
}

void addCylinder(MeshBuilder& mesh, const glm::dvec3& baseCentre, Axis axis, double radius, double length,
                 int segments) {
  const ProfilePoint profile[] = {{0, 0}, {radius, 0}, {radius, length}, {0, length}};
  addLathe(mesh, baseCentre, axis, profile, segments);
}

void addLoft(MeshBuilder& mesh, std::span<const std::vector<glm::dvec3>> rings, bool capStart, bool capEnd) {
  const size_t size = rings.front().size();
  std::vector<std::vector<uint32_t>> ids;
  for (const std::vector<glm::dvec3>& ring : rings) {
    NF_ASSERT(ring.size() == size, "loft rings of {} and {} points", size, ring.size());
    std::vector<uint32_t>& row = ids.emplace_back();
    for (const glm::dvec3& p : ring) row.push_back(mesh.point(p));
  }
  for (size_t r = 0; r + 1 < ids.size(); ++r) {
    for (size_t k = 0; k < size; ++k) {
      const size_t next = (k + 1) % size;
      mesh.quad(ids[r][k], ids[r][next], ids[r + 1][next], ids[r + 1][k]);
    }
  }
  if (capStart) addCap(mesh, rings.front(), true);
  if (capEnd) addCap(mesh, rings.back(), false);
}

void addEllipseLoft(MeshBuilder& mesh, std::span<const EllipseRing> rings, int segments, double power) {
  std::vector<uint32_t> below;
  for (const EllipseRing& ring : rings) {
    std::vector<uint32_t> row;
    const bool isPoint = ring.radii.x <= 0 || ring.radii.y <= 0;
    for (int k = 0; k < segments; ++k) {
      if (isPoint && k > 0) {
        row.push_back(row.front());
        continue;
      }
      const double angle = 2 * kPi * (k + 0.5) / segments;
      const double c = std::cos(angle);
      const double s = std::sin(angle);
      const double reach = std::pow(std::pow(std::abs(c), power) + std::pow(std::abs(s), power), -1 / power);
      row.push_back(mesh.point(
          ring.centre + (isPoint ? glm::dvec3(0) : glm::dvec3(ring.radii.x * c * reach, ring.radii.y * s * reach, 0))));
    }
    for (size_t k = 0; !below.empty() && k < row.size(); ++k) {
      const size_t next = (k + 1) % row.size();
      mesh.quad(below[k], below[next], row[next], row[k]);
    }
    below = std::move(row);
  }
}

void addTube(MeshBuilder& mesh, std::span<const TubePoint> path, int sides) {
  std::vector<std::vector<glm::dvec3>> rings;
  glm::dvec3 first(0);
  for (size_t i = 0; i < path.size(); ++i) {
    const glm::dvec3 ahead = path[std::min(i + 1, path.size() - 1)].position;
    const glm::dvec3 behind = path[i == 0 ? 0 : i - 1].position;
    const glm::dvec3 along = glm::normalize(ahead - behind);
    // Carried along the path: the section does not twist.
    if (i == 0) first = std::abs(along.z) < 0.9 ? glm::dvec3(0, 0, 1) : glm::dvec3(1, 0, 0);
    first = glm::normalize(first - along * glm::dot(first, along));
    const glm::dvec3 second = glm::cross(along, first);
    std::vector<glm::dvec3>& ring = rings.emplace_back();
    for (int k = 0; k < sides; ++k) {
      const double angle = 2 * kPi * k / sides;
      ring.push_back(path[i].position + path[i].radius * (std::cos(angle) * first + std::sin(angle) * second));
    }
  }
  addLoft(mesh, rings, true, true);
}

void addEllipsoid(MeshBuilder& mesh, const glm::dvec3& centre, const glm::dvec3& radii, int rings, int segments) {
  std::vector<EllipseRing> stack;
  for (int i = 0; i <= rings; ++i) {
    const double polar = kPi * i / rings;
    const double across = i == 0 || i == rings ? 0.0 : std::sin(polar);
    stack.push_back({centre - glm::dvec3(0, 0, radii.z * std::cos(polar)), {radii.x * across, radii.y * across}});
  }
  addEllipseLoft(mesh, stack, segments);
}

void addGrid(MeshBuilder& mesh, int rows, int columns, const std::function<glm::dvec3(int, int)>& position,
             const std::function<bool(int, int)>& select) {
  std::vector<uint32_t> ids;
  ids.reserve(static_cast<size_t>(rows) * static_cast<size_t>(columns));
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      ids.push_back(
          mesh.point(position(r, c), {static_cast<double>(c) / (columns - 1), static_cast<double>(r) / (rows - 1)}));
    }
  }
  for (int r = 0; r + 1 < rows; ++r) {
    for (int c = 0; c + 1 < columns; ++c) {
      if (select && !select(r, c)) continue;
      const auto low = static_cast<size_t>(r * columns + c);
      const size_t high = low + static_cast<size_t>(columns);
      mesh.quad(ids[low], ids[low + 1], ids[high + 1], ids[high]);
    }
  }
}

void addCard(MeshBuilder& mesh, const glm::dvec3& centre, const glm::dvec3& halfRight, const glm::dvec3& halfUp) {
  const uint32_t a = mesh.point(centre - halfRight - halfUp, {0, 0});
  const uint32_t b = mesh.point(centre + halfRight - halfUp, {1, 0});
  const uint32_t c = mesh.point(centre + halfRight + halfUp, {1, 1});
  const uint32_t d = mesh.point(centre - halfRight + halfUp, {0, 1});
  mesh.quad(a, b, c, d);
}

void addPrism(MeshBuilder& mesh, std::span<const glm::dvec2> outline, double z0, double z1) {
  std::vector<std::vector<glm::dvec3>> rings(2);
  for (const glm::dvec2& p : outline) {
    rings[0].emplace_back(p, z0);
    rings[1].emplace_back(p, z1);
  }
  addLoft(mesh, rings, true, true);
}

}  // namespace nightfog::content
