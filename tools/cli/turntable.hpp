// A sheet of pictures of one model from all around, on a floor with a metre grid: for people to look at an asset.
#pragma once

#include <string>
#include <vector>

#include "engine/content/scene.hpp"
#include "engine/record/image.hpp"
#include "engine/trace/tracer.hpp"
#include "tools/cli/machine.hpp"

namespace nightfog::cli {

/// Eight views around, the front, the side and the top, and a panel of text. Sun and sky, shadows, pictures, holes and
/// glass are drawn; where the back of a face is seen it is magenta (not of materials with holes, which have two sides).
/// Adds a floor to `content`.
record::Image drawTurntable(Machine& machine, trace::TracerKind tracer, content::SceneContent& content,
                            const content::Model& model, const std::vector<std::string>& text);

}  // namespace nightfog::cli
