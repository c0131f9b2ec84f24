// Banks of fog as sensors meet them.
#pragma once

#include <vector>

#include "engine/content/scene.hpp"
#include "engine/shared/fog_bank.h"

namespace nightfog::sensing {

/// In a frame whose origin is this point of the world; ray time 0 is the snapshot's first pose key. At most
/// kMostFogBanks: the language knows no more.
std::vector<shared::FogBank> fogBanksInFrame(const content::Media& media, const glm::dvec3& origin);

}  // namespace nightfog::sensing
