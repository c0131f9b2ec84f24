// A small z-buffer renderer, so that people can look at what the builders make. Test tool only: nothing is measured
// with it.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/content/scene.hpp"

namespace nightfog::preview {

struct Camera {
  glm::dvec3 eye{0};
  glm::dvec3 target{1, 0, 0};
  double fovY_rad = 0.8;
  int width = 960;
  int height = 640;
};

/// Draws triangles with daylight, the sun's shadow, alpha tests and see-through glass.
class Rasteriser {
 public:
  explicit Rasteriser(const content::SceneContent& content) : content_(content) {}
  void place(MeshId mesh, const RigidTransform& worldFromMesh) { placements_.push_back({mesh, worldFromMesh}); }
  void place(const content::Model& model, const RigidTransform& worldFromModel);
  void placeScenery();
  size_t triangleCount() const;
  /// `shadowRadius_m`: how far around the camera's target shadows are drawn.
  void render(const Camera& camera, double shadowRadius_m, const std::filesystem::path& png) const;

 private:
  struct Placement {
    MeshId mesh;
    RigidTransform worldFromMesh;
  };
  const content::SceneContent& content_;
  std::vector<Placement> placements_;
};

}  // namespace nightfog::preview
