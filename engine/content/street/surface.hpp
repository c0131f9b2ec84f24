// What one walks and drives on: lanes with markings cut in, kerbs, sidewalks, verges, and the ground out to the
// horizon.
#pragma once

#include "engine/content/scenery.hpp"
#include "engine/content/street/street_line.hpp"

namespace nightfog::content {

/// Grass beside the outermost lanes; less on the inside of a tight bend.
inline constexpr double kVerge_m = 8;

/// Lanes, markings, kerbs, sidewalks and the verge beside them, with trenches and resurfaced stretches drawn along
/// streets in town: one mesh a stretch of road, without seams.
void buildStreetSurface(const StreetMap& map, const SceneryParameters& parameters, double beyond_m,
                        SceneContent& content);

/// The land beyond the verges, and under everything, so that no ray falls through: level with the roads nearby, between
/// them at the mean of their heights.
class Terrain {
 public:
  Terrain(const StreetMap& map, const SceneryParameters& parameters);

  double height(const glm::dvec2& world) const;
  /// Of what one stands on at a place: sidewalk, verge or terrain.
  double groundHeight(const glm::dvec3& world) const;
  void build(SceneContent& content) const;

 private:
  double farHeight(const glm::dvec2& world) const;
  double heightAt(const glm::dvec2& world, const StreetMap::Beside& beside) const;

  struct Wave {
    glm::dvec2 waveNumber_radpm{0};
    double phase_rad = 0;
    double height_m = 0;
  };
  const StreetMap& map_;
  const SceneryParameters& parameters_;
  std::vector<Wave> waves_;
  std::vector<glm::dvec3> samples_;  ///< places on the roads
};

}  // namespace nightfog::content
