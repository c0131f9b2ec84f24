// What one walks and drives on: lanes with markings cut in, kerbs, sidewalks, verges, and the ground out to the
// horizon.
#pragma once

#include "engine/content/scenery.hpp"
#include "engine/content/street/street_line.hpp"

namespace nightfog::content {

/// Lanes, markings, kerbs, sidewalks and the verge beside them: one mesh a stretch of street, without seams.
void buildStreetSurface(const StreetLine& line, const SceneryParameters& parameters, SceneContent& content);

/// The ground beyond the verges, and under everything, so that no ray falls through.
void buildTerrain(const StreetLine& line, const SceneryParameters& parameters, SceneContent& content);
/// Its height; what stands on it asks.
double terrainHeight(const StreetLine& line, const SceneryParameters& parameters, const glm::dvec2& world);
/// Height of what one stands on at a place: sidewalk, verge or terrain.
double groundHeight(const StreetLine& line, const SceneryParameters& parameters, const glm::dvec3& world);

/// How far the verge reaches beyond the outermost lane on a side; less on the inside of a tight bend.
double vergeWidth(const StreetLine& line, double side);

}  // namespace nightfog::content
