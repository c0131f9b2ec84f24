// Small things that every vehicle carries: number plates, strokes of figures on plates and destination boards.
#pragma once

#include <string_view>

#include "engine/content/mesh_builder.hpp"
#include "engine/content/model_builder.hpp"

namespace nightfog::content {

/// Figures and the letters ACEFHJLPU in seven strokes, on the plane through `centre` that looks along x times `facing`.
/// `height_m` of a figure; anything else is a gap. In the surface in use.
void addFigures(MeshBuilder& mesh, std::string_view text, const glm::dvec3& centre, double height_m, double facing);

/// A retroreflective plate of 52 × 11 cm in a dark frame, with a number that follows from the asset's name; its middle
/// at (x, 0, z), looking along x times `facing`.
void addNumberPlate(MeshBuilder& mesh, const BuildContext& context, double x, double z, double facing);

}  // namespace nightfog::content
