// Moving an actor by moving its words: which of a place's values change, and by how much, when the actor is dragged.
#pragma once

#include <glm/glm.hpp>
#include <map>
#include <string>

#include "engine/config/quantity.hpp"
#include "engine/scenario/scenario.hpp"

namespace nightfog::viewer {

/// What moves an actor along and across: the terms of its place.
struct PlaceTerms {
  std::string words;        ///< "ego_lane, s and offset", for people
  glm::dvec2 along{1, 0};   ///< unit, in the world: where s, `ahead` or x grows
  glm::dvec2 across{0, 1};  ///< where offset, `lateral` or y grows
};

/// Throws Error (usage) for an actor that does not stand in this text.
PlaceTerms placeTerms(const std::string& text, const std::string& actor, const scenario::Scenario& scenario);

/// The text with an actor's start moved in the terms of its place. What is drawn keeps its spread; what refers to a
/// parameter becomes the parameter's value of this run, moved. A value that does not change is not touched, and one
/// that is not there is written only if it must be. Lengths are rounded to the millimetre and keep their unit. Throws
/// Error (usage), with the reason, for what cannot be moved so.
std::string moveActor(const std::string& text, const std::string& actor, double along_m, double across_m,
                      const std::map<std::string, double>& parameters);

/// The text with the value at a path moved, however it is written; to the millimetre, or the tenth of a degree. Throws
/// Error (usage) where there is none, or none that has a place to move.
std::string shiftValue(const std::string& text, const std::string& path, double by, config::Dimension dimension,
                       const std::map<std::string, double>& parameters);

/// The text with an actor turned left by an angle, to the tenth of a degree.
std::string turnActor(const std::string& text, const std::string& actor, double angle_rad,
                      const std::map<std::string, double>& parameters);

}  // namespace nightfog::viewer
