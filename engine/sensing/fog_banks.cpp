#include "engine/sensing/fog_banks.hpp"

#include <cmath>

namespace nightfog::sensing {

std::vector<shared::FogBank> fogBanksInFrame(const content::Media& media, const glm::dvec3& origin) {
  std::vector<shared::FogBank> out;
  for (const content::FogBank& bank : media.banks) {
    shared::FogBank b{};
    b.centre = glm::vec3(bank.centre - origin);
    b.extinction_1pm = static_cast<float>(bank.extinction_1pm);
    b.velocity_mps = glm::vec3(bank.velocity_mps);
    b.full = static_cast<float>((1 - bank.edge) * (1 - bank.edge));
    b.axis = {static_cast<float>(std::cos(bank.heading_rad)), static_cast<float>(std::sin(bank.heading_rad))};
    b.inverseRadius = glm::vec3(1.0 / bank.radius_m);
    out.push_back(b);
  }
  return out;
}

}  // namespace nightfog::sensing
