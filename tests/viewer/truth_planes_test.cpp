#include "tools/viewer/truth_planes.hpp"

#include <doctest/doctest.h>

#include "engine/record/preview.hpp"
#include "engine/shared/camera.h"

using namespace nightfog;
using namespace nightfog::viewer;

namespace {

Picture picture() {
  Picture out;
  out.width = 4;
  out.height = 1;
  out.rgb.assign(12, 10);
  out.depth_m = {5, 5, 5, 0};
  out.semantic.assign(4, 0);
  out.instance.assign(4, 0);
  return out;
}

uint32_t colourAt(const std::vector<uint8_t>& rgb, size_t at) {
  return uint32_t{rgb[3 * at]} << 16 | uint32_t{rgb[3 * at + 1]} << 8 | rgb[3 * at + 2];
}

}  // namespace

TEST_CASE("Flow is painted in the colours of previews, darker where the next frame does not show it") {
  Picture shown = picture();
  shown.flow_px = {{3, 0}, {3, 0}, {3, 0}, {0, 0}};
  shown.flowScale_px = 6;
  shown.flowState = {record::FlowState::kVisible, record::FlowState::kOccluded, record::FlowState::kOutside,
                     record::FlowState::kNone};
  const auto rgb = withPlane(shown, TruthPlane::kFlow);
  CHECK(colourAt(rgb, 0) == record::flowColour({0.5F, 0}));
  CHECK((colourAt(rgb, 1) >> 16) < (colourAt(rgb, 2) >> 16));
  CHECK((colourAt(rgb, 2) >> 16) < (colourAt(rgb, 0) >> 16));
  CHECK(colourAt(rgb, 3) == 0x0a0a0a);  // the image itself
}

TEST_CASE("Normals are painted by their three parts, and a plane that is not there leaves the picture alone") {
  Picture shown = picture();
  CHECK(withPlane(shown, TruthPlane::kNormals) == shown.rgb);
  CHECK(withPlane(shown, TruthPlane::kFlow) == shown.rgb);
  shown.normals.assign(4, shared::encodeOctahedral({0, 0, 1}));
  const auto rgb = withPlane(shown, TruthPlane::kNormals);
  CHECK(colourAt(rgb, 0) == 0x7f7fff);
  CHECK(colourAt(rgb, 3) == 0x0a0a0a);
}
