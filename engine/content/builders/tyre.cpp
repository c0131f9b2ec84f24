// tyre: a car tyre without its rim, standing on its tread and ready to roll along x.
#include "engine/content/builders/builders.hpp"
#include "engine/content/builders/wheel.hpp"

namespace nightfog::content {
namespace {

constexpr BuilderParameter kParameters[] = {{"radius", "m", 0.32, 0.2, 0.6, "over the tread"},
                                            {"width", "m", 0.215, 0.1, 0.4, "over the sidewalls"},
                                            {"rim_radius", "m", 0.205, 0.1, 0.5, "of the bead"}};

Model build(const BuildContext& context) {
  const WheelShape shape{context.parameter("radius"), context.parameter("width"), context.parameter("rim_radius"), 0};
  MeshBuilder mesh(context.asset().id, 0.6);
  mesh.frame(RigidTransform::fromTranslation({0, 0, shape.radius_m}));
  mesh.surface(context.material("rubber.tyre"), context.asset().semantic);
  addTyre(mesh, shape);
  Model model;
  model.parts.push_back({"body", context.content().add(mesh.finish()), -1, {}, Joint::kFixed, 0});
  return model;
}

}  // namespace

constinit const Builder kTyre{"tyre", "a tyre without its rim", kParameters, {}, build};

}  // namespace nightfog::content
