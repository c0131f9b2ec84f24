// What the laboratories of all sensors stand on: meshes that arithmetic can describe, motions in closed form, and the
// device.
#pragma once

#include <functional>

#include "engine/content/scene.hpp"
#include "engine/gpu/device.hpp"

namespace nightfog::lab {

using Motion = std::function<RigidTransform(double t_s)>;
inline Motion still(const RigidTransform& pose) {
  return [pose](double) { return pose; };
}

/// One device with validation for the whole test executable.
gpu::Device& device();

/// Every mesh has one surface, of the class of lab targets.
/// A rectangle in the y-z plane, facing -x, centred on its origin.
content::Mesh plateMesh(double width, double height, MaterialId material);
content::Mesh boxMesh(const glm::dvec3& size, MaterialId material);
/// Latitudes and longitudes; corners on the radius.
content::Mesh sphereMesh(double radius, int rings, MaterialId material);
/// A closed tube around the y axis between y = -width/2 and width/2, of `sides` flat sides whose corners lie on the
/// radius.
content::Mesh wheelMesh(double radius, double width, int sides, MaterialId material);
/// The horizontal plane at this height, 1 km in each direction, as two triangles.
content::Mesh groundMesh(double z, MaterialId material);

}  // namespace nightfog::lab
