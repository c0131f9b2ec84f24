// How fast the tracers are beside raw Embree, in the same run, on the same rays, with the same instruction set and
// robust flag.
#pragma once

#include <string>
#include <vector>

#include "engine/trace/tracer.hpp"

namespace nightfog::bench {

/// A contestant's best time and what it found.
struct TraceTiming {
  std::string name;
  double build_s = 0;    ///< structures over the whole scene, once an episode
  double update_s = 0;   ///< of one frame
  double closest_s = 0;  ///< all rays, best of the repetitions
  double closestCpu_s =
      0;             ///< the same in processor time of the whole process: what to compare on a machine that is not idle
  double any_s = 0;  ///< 0: not measured
  std::string hash;  ///< SHA-256 of the hits (ours only)
};

/// How the hits of two tracers of ours compare.
struct TraceAgreement {
  std::string a;
  std::string b;
  size_t rays = 0;
  size_t same = 0;       ///< instance and primitive, or both nothing
  size_t close = 0;      ///< another triangle, t within 1e-4 of the range (a shared edge, or surfaces that touch)
  size_t onEdge = 0;     ///< else: the nearer hit lies on an edge of its triangle, which the other tracer's ray passes
  size_t different = 0;  ///< none of these
};

struct TraceBenchResult {
  size_t rays = 0;
  size_t triangles = 0;  ///< of all instances
  size_t movingInstances = 0;
  size_t deviceBytes = 0;  ///< peak in device buffers
  TraceTiming embree;      ///< inside the engine: packing, tracing, unpacking through the stream
  TraceTiming compute;
  TraceTiming
      rawTwoLevel;  ///< native triangles and Embree's own instances with quaternion motion; packets packed beforehand
  TraceTiming rawFlat;  ///< every instance frozen at its first pose in one mesh, no alpha test
  std::vector<TraceAgreement> agreements;
  size_t rawTwoLevelSame = 0;  ///< rays for which raw Embree's own motion found our triangle at our distance
};

/// `repetitions` of everything, interleaved, so that a busy moment of the machine hits all alike. Brute force checks
/// 4,096 of the rays. Needs a device whose memory the host shares.
TraceBenchResult benchTracers(gpu::Device& device, Jobs& jobs, const content::SceneContent& content,
                              const content::SceneSnapshot& snapshot, const glm::dvec3& origin,
                              const std::vector<shared::Ray>& rays, int repetitions);

}  // namespace nightfog::bench
