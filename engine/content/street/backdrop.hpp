// What closes the view: fields, the edge of a wood, wooded hills, a few roofs and a steeple far off.
#pragma once

#include "engine/content/scenery.hpp"
#include "engine/content/street/street_line.hpp"

namespace nightfog::content {

/// From where the terrain ends out to 2.4 km. Coarse: meant to be seen from the street, not to be driven to.
void buildBackdrop(const StreetMap& map, const SceneryParameters& parameters, SceneContent& content);

}  // namespace nightfog::content
