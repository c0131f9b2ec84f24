// Feeds any bytes to the OpenDRIVE reader, and asks a map that it accepts everything that an episode would: nothing may
// crash, hang, or come out as something else than a finite number.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/core/error.hpp"
#include "engine/road/lane_graph.hpp"
#include "engine/road/opendrive.hpp"
#include "engine/road/surface.hpp"

using namespace nightfog;
using namespace nightfog::road;

namespace {

void ask(const RoadNetwork& map) {
  double length = 0;
  for (uint32_t r = 0; r < map.roads().size() && r < 20; ++r) {
    const Road& road = map.road(r);
    length += road.length_m();
    for (const double share : {0.0, 0.37, 1.0}) {
      const double s = share * road.length_m();
      const glm::dvec3 place = map.point(r, s, 0.5);
      NF_ASSERT(std::isfinite(place.x + place.y + place.z), "road {} at s = {}", road.id(), s);
      NF_ASSERT(map.locate(place).has_value(), "a map has no roads");
      NF_ASSERT(std::isfinite(map.height_m(place)), "no height on road {} at s = {}", road.id(), s);
    }
    for (uint32_t k = 0; k < road.sections().size() && k < 20; ++k) {
      const LaneSection& section = road.sections()[k];
      for (const auto* lanes : {&section.left, &section.right}) {
        for (const Lane& lane : *lanes) {
          const LanePose pose = map.laneCentre({r, lane.id}, section.first_s);
          NF_ASSERT(std::isfinite(pose.heading_rad + pose.width_m + pose.curvature_1pm), "lane {}", lane.id);
          (void)map.successors({r, k, lane.id});
          (void)map.predecessors({r, k, lane.id});
        }
      }
    }
  }
  for (const PlacedObject& object : placedObjects(map)) {
    const glm::dvec3& at = object.worldFromObject.translation;
    NF_ASSERT(std::isfinite(at.x + at.y + at.z), "an object nowhere");
  }
  if (length < 5000) {
    const LaneGraph lanes(map);
    for (LaneIndex i = 0; i < lanes.size() && i < 20; ++i) {
      const LanePose pose = lanes.path(i).at(0.6 * lanes.lane(i).length_m);
      NF_ASSERT(std::isfinite(pose.heading_rad + lanes.lane(i).length_m), "lane {}", i);
      (void)lanes.locate(pose.worldFromLane.translation);
      (void)lanes.route({i, 0}, {static_cast<LaneIndex>(lanes.size() - 1), 0});
      (void)lanes.straightOn({i, 0}, 1000);
    }
  }
  // Building the surface is bounded too, but takes its time.
  if (length > 500 || map.roads().size() > 10) return;
  SurfaceOptions options;
  options.beyond_m = 20;
  for (const SurfaceStretch& stretch : tessellate(map, options)) {
    for (const SurfaceTriangle& t : stretch.triangles) {
      NF_ASSERT(t.points.x < stretch.points.size() && t.points.y < stretch.points.size() &&
                    t.points.z < stretch.points.size(),
                "a triangle of {} points", stretch.points.size());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  config::Diagnostics diagnostics;
  const auto map = readOpenDrive("fuzz.xodr", std::string(reinterpret_cast<const char*>(data), size), diagnostics);
  NF_ASSERT(map.has_value() || diagnostics.hasErrors(), "a map refused without a reason");
  for (const config::Diagnostic& found : diagnostics.sorted())
    NF_ASSERT(!found.help.empty(), "no way out of {}", found.code);
  if (map) {
    try {
      ask(*map);
    } catch (const Error&) {
      // Too large to be built is an answer.
    }
  }
  return 0;
}
