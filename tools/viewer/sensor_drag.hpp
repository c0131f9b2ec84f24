// Moving a sensor by moving its words: of a sensor that stands in the text its own mount, of a rig's the override in
// the scenario that uses the rig.
#pragma once

#include <glm/glm.hpp>
#include <map>
#include <string>

#include "engine/core/transform.hpp"

namespace nightfog::viewer {

/// The text with a sensor's mount moved by metres in its carrier's frame. `mount` is where the run in hand has it: what
/// an override that is not there yet begins from. What is written already keeps its unit; a length that does not change
/// is not touched. Throws Error (usage), with the reason, for a sensor of a file that this one extends, and where more
/// than one rig of the text may hold it.
std::string moveSensor(const std::string& text, const std::string& sensor, const RigidTransform& mount,
                       const glm::dvec3& by_m, const std::map<std::string, double>& parameters);

/// The same turned left by an angle, to the tenth of a degree.
std::string turnSensor(const std::string& text, const std::string& sensor, const RigidTransform& mount,
                       double angle_rad, const std::map<std::string, double>& parameters);

}  // namespace nightfog::viewer
