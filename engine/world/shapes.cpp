#include "engine/world/shapes.hpp"

#include <algorithm>

namespace nightfog::world {
namespace {

/// Inner over outer radius of a tyre whose builder has no "rim_radius" (205/55 R16: 203 mm over 316 mm).
constexpr double kTyreBore = 0.64;
/// Of a car tyre on asphalt: 0.010 to 0.015 [Gillespie1992, table 4.1].
constexpr double kTyreRollingResistance = 0.015;
constexpr double kSmallest_m = 1e-3;

struct Part {
  std::unique_ptr<btCollisionShape> shape;
  glm::dvec3 centre{0};  ///< actor's frame
};

Part box(const glm::dvec3& size, const glm::dvec3& centre) {
  return {std::make_unique<btBoxShape>(toBullet(0.5 * size)), centre};
}

Part wheelCylinder(double radius, double width, const glm::dvec3& centre) {
  return {std::make_unique<btCylinderShape>(btVector3(radius, 0.5 * width, radius)), centre};
}

glm::dvec3 boxInertia(double mass, const glm::dvec3& size) {
  const glm::dvec3 square = size * size;
  return mass / 12 * glm::dvec3(square.y + square.z, square.x + square.z, square.x + square.y);
}

/// Of a ring about y; bore 0 is a solid cylinder.
glm::dvec3 ringInertia(double mass, double radius, double bore, double width) {
  const double squares = radius * radius * (1 + bore * bore);
  const double across = mass * (3 * squares + width * width) / 12;
  return {across, mass * squares / 2, across};
}

std::vector<Part> vehicleParts(const catalog::AssetInfo& asset, const glm::dvec3& size) {
  std::vector<Part> parts;
  double clearance = 0;
  for (const catalog::WheelInfo& wheel : asset.wheels) {
    clearance = std::max(clearance, 0.6 * wheel.radius_m);
    const double width = std::min(0.7 * wheel.radius_m, size.y);
    parts.push_back(wheelCylinder(std::max(wheel.radius_m, kSmallest_m), width, wheel.centre));
  }
  const double bottom = asset.boxCentre.z - 0.5 * size.z;
  const double top = bottom + size.z;
  const double floor = std::min(bottom + clearance, top - kSmallest_m);
  parts.push_back(box({size.x, size.y, top - floor}, {asset.boxCentre.x, asset.boxCentre.y, 0.5 * (floor + top)}));
  return parts;
}

bool isPerson(ClassId semantic) {
  return semantic == classes::kAdult || semantic == classes::kChild;
}

}  // namespace

BodyShape makeShape(const catalog::AssetInfo& asset) {
  const glm::dvec3 size = glm::max(asset.boxSize, glm::dvec3(kSmallest_m));
  BodyShape body;
  body.smallestHalfExtent_m = 0.5 * std::min({size.x, size.y, size.z});
  body.inertia_kgm2 = boxInertia(asset.mass_kg, size);
  std::vector<Part> parts;
  if (asset.semantic == classes::kTyre) {
    const double radius = 0.25 * (size.x + size.z);
    parts.push_back(wheelCylinder(radius, size.y, asset.boxCentre));
    const auto rim = asset.parameters.find("rim_radius");
    const double bore = rim == asset.parameters.end() ? kTyreBore : std::clamp(rim->second / radius, 0.0, 1.0);
    body.inertia_kgm2 = ringInertia(asset.mass_kg, radius, bore, size.y);
    body.rollingResistance_m = kTyreRollingResistance * radius;
  } else if (isPerson(asset.semantic)) {
    const double radius = 0.5 * std::min({size.x, size.y, size.z});
    parts.push_back({std::make_unique<btCapsuleShapeZ>(radius, size.z - 2 * radius), asset.boxCentre});
  } else if (!asset.wheels.empty()) {
    parts = vehicleParts(asset, size);
  } else if (asset.builder == "sphere") {
    const double radius = body.smallestHalfExtent_m;
    parts.push_back({std::make_unique<btSphereShape>(radius), asset.boxCentre});
    body.inertia_kgm2 = glm::dvec3(0.4 * asset.mass_kg * radius * radius);
  } else if (asset.builder == "cylinder") {
    const double radius = 0.25 * (size.x + size.y);
    parts.push_back({std::make_unique<btCylinderShapeZ>(btVector3(radius, radius, 0.5 * size.z)), asset.boxCentre});
    const glm::dvec3 aboutY = ringInertia(asset.mass_kg, radius, 0, size.z);
    body.inertia_kgm2 = {aboutY.x, aboutY.z, aboutY.y};
  } else {
    parts.push_back(box(size, asset.boxCentre));
  }

  body.centreOfMass = asset.centreOfMass;
  if (parts.size() == 1 && parts.front().centre == body.centreOfMass) {
    body.shape = std::move(parts.front().shape);
    return body;
  }
  auto compound = std::make_unique<btCompoundShape>();
  for (Part& part : parts) {
    compound->addChildShape(btTransform(btQuaternion::getIdentity(), toBullet(part.centre - body.centreOfMass)),
                            part.shape.get());
    body.pieces.push_back(std::move(part.shape));
  }
  body.shape = std::move(compound);
  return body;
}

}  // namespace nightfog::world
