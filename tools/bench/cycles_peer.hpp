// The bench's street as Blender's Cycles renders it: everything at one instant, in a folder of plain arrays that
// cycles_street.py reads.
#pragma once

#include <filesystem>
#include <string>

#include "engine/scenario/camera_spec.hpp"
#include "engine/trace/tracer.hpp"
#include "sensors/camera/sky_tables.hpp"

namespace nightfog::bench {

struct CyclesJob {
  const trace::SceneBuffers& scene;
  float time_s = 0;  ///< the instant, after the first pose key
  camera::Sky sky;
  float cloudCover = 0;
  RigidTransform worldFromOptical;  ///< x right, y down, z ahead
  scenario::CameraSpec camera;
  int repeat = 2;
  unsigned threads = 1;
  std::filesystem::path script;
  std::filesystem::path picture;  ///< PNG to write; empty: none
};

struct CyclesTime {
  std::string version;
  double wall_s = 0;  ///< fastest render after the first one: the scene is imported, synchronised and its BVH built
  double cpu_s = 0;
};

/// Number of triangles that makes.
size_t countTriangles(const trace::SceneBuffers& scene);

/// Throws Error (usage), naming the package, when there is no Blender.
void requireBlender();

/// Throws Error when Blender ends without a result, with the end of what it said.
CyclesTime renderWithCycles(const CyclesJob& job);

}  // namespace nightfog::bench
