// lab.plate, lab.sphere, lab.box, lab.cylinder, lab.wire: targets of stated size and stated reflectance in each band,
// for closed forms. Their material is their own, made from the parameters: Lambertian unless they say metallic. The
// plate and the wire hang where they are told to; the others stand on the ground unless `bottom` lifts them.
#include <fmt/format.h>

#include "engine/content/builders/builders.hpp"
#include "engine/content/shapes.hpp"

namespace nightfog::content {
namespace {

constexpr BuilderParameter kVisible{"reflectance_visible", "1", 0.5, 0, 1, "Lambertian, in red, green and blue"};
constexpr BuilderParameter k905{"reflectance_905", "1", 0.5, 0, 1, "Lambertian, at 905 nm"};
constexpr BuilderParameter k1550{"reflectance_1550", "1", 0.5, 0, 1, "Lambertian, at 1550 nm"};
constexpr BuilderParameter kRetro{"retroreflectance", "1", 0, 0, 5000, "rho_eq = pi R_A of a retroreflective lobe"};
constexpr BuilderParameter kMetallic{"metallic", "1", 0,
                                     0,          1,   "1: a mirror of that reflectance, as its roughness lets it"};
constexpr BuilderParameter kRoughness{"roughness", "1", 1, 0, 1, "0 a mirror, 1 matt"};
constexpr BuilderParameter kBottom{"bottom", "m", 0, -100, 100, "height of the lowest point"};

MaterialId ownMaterial(const BuildContext& context) {
  const auto visible = static_cast<float>(context.parameter("reflectance_visible"));
  Material material;
  material.name = context.asset().id;
  material.reflectance = {visible, visible, visible, static_cast<float>(context.parameter("reflectance_905")),
                          static_cast<float>(context.parameter("reflectance_1550"))};
  material.roughness = static_cast<float>(context.parameter("roughness"));
  material.metallic = static_cast<float>(context.parameter("metallic"));
  material.retroreflectance = static_cast<float>(context.parameter("retroreflectance"));
  material.source = fmt::format("stated by asset {}", context.asset().id);
  return context.content().add(std::move(material));
}

Model finished(const BuildContext& context, MeshBuilder& mesh) {
  Model model;
  model.parts.push_back({"body", context.content().add(mesh.finish()), -1, {}, Joint::kFixed, 0});
  return model;
}

MeshBuilder started(const BuildContext& context, double crease_rad = 0.75) {
  MeshBuilder mesh(context.asset().id, crease_rad);
  mesh.surface(ownMaterial(context), context.asset().semantic);
  return mesh;
}

Model buildBox(const BuildContext& context) {
  MeshBuilder mesh = started(context);
  const glm::dvec3 size(context.parameter("length"), context.parameter("width"), context.parameter("height"));
  addBox(mesh, {0, 0, context.parameter("bottom") + 0.5 * size.z}, size);
  return finished(context, mesh);
}

Model buildSphere(const BuildContext& context) {
  MeshBuilder mesh = started(context, 1.0);
  const double radius = context.parameter("radius");
  const auto segments = static_cast<int>(context.parameter("segments"));
  addEllipsoid(mesh, {0, 0, context.parameter("bottom") + radius}, glm::dvec3(radius), segments / 2, segments);
  return finished(context, mesh);
}

Model buildCylinder(const BuildContext& context) {
  MeshBuilder mesh = started(context);
  addCylinder(mesh, {0, 0, context.parameter("bottom")}, Axis::kZ, context.parameter("radius"),
              context.parameter("height"), static_cast<int>(context.parameter("segments")));
  return finished(context, mesh);
}

Model buildWire(const BuildContext& context) {
  MeshBuilder mesh = started(context);
  const double length = context.parameter("length");
  const double radius = 0.5 * context.parameter("diameter");
  addCylinder(mesh, {0, -0.5 * length, context.parameter("bottom") + radius}, Axis::kY, radius, length, 12);
  return finished(context, mesh);
}

constexpr BuilderParameter kPlateParameters[] = {
    kVisible,
    k905,
    k1550,
    kRetro,
    kMetallic,
    kRoughness,
    {"bottom", "m", 0.3, -100, 100, "height of the lowest point"},
    {"length", "m", 0.02, 0.001, 100, "along x: the plate's thickness; its front is half of it ahead of the origin"},
    {"width", "m", 1.6, 0.001, 1000, "along y"},
    {"height", "m", 1.2, 0.001, 1000, "along z"}};
constexpr BuilderParameter kBoxParameters[] = {kVisible,
                                               k905,
                                               k1550,
                                               kRetro,
                                               kMetallic,
                                               kRoughness,
                                               kBottom,
                                               {"length", "m", 1, 0.001, 1000, "along x"},
                                               {"width", "m", 1, 0.001, 1000, "along y"},
                                               {"height", "m", 1, 0.001, 1000, "along z"}};
constexpr BuilderParameter kSphereParameters[] = {
    kVisible,
    k905,
    k1550,
    kRetro,
    kMetallic,
    kRoughness,
    kBottom,
    {"radius", "m", 0.5, 0.001, 100, "of the circumscribed sphere"},
    {"segments", "1", 128, 8, 512, "around; the chord lies up to radius * (1 - cos(pi / segments)) inside the sphere"}};
constexpr BuilderParameter kCylinderParameters[] = {kVisible,
                                                    k905,
                                                    k1550,
                                                    kRetro,
                                                    kMetallic,
                                                    kRoughness,
                                                    kBottom,
                                                    {"radius", "m", 0.5, 0.001, 100, "upright"},
                                                    {"height", "m", 1, 0.001, 100, "along z"},
                                                    {"segments", "1", 128, 3, 512, "around"}};
constexpr BuilderParameter kWireParameters[] = {kVisible,
                                                k905,
                                                k1550,
                                                kRetro,
                                                kMetallic,
                                                kRoughness,
                                                {"bottom", "m", 1, -100, 100, "height of the lowest point"},
                                                {"length", "m", 4, 0.01, 1000, "along y"},
                                                {"diameter", "m", 0.005, 0.0005, 1, "of the wire"}};

}  // namespace

constinit const Builder kLabPlate{"plate", "a thin upright plate that faces x", kPlateParameters, {}, buildBox};
constinit const Builder kLabBox{"box", "a box", kBoxParameters, {}, buildBox};
constinit const Builder kLabSphere{"sphere", "a sphere", kSphereParameters, {}, buildSphere};
constinit const Builder kLabCylinder{"cylinder", "an upright cylinder", kCylinderParameters, {}, buildCylinder};
constinit const Builder kLabWire{"wire", "a level wire along y", kWireParameters, {}, buildWire};

}  // namespace nightfog::content
