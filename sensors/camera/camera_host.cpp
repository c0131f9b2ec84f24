#include "sensors/camera/camera_host.hpp"

#include <algorithm>

#include "sensors/camera/camera_program.hpp"

// One function a stage, with everything it calls inside it, in two instruction sets; the loader takes the one that the
// processor has. No operation rounds differently in either, so the bytes are the same. Sanitizers want neither, Clang
// knows no such pair of attributes.
#if defined(__x86_64__) && !defined(__clang__) && defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define NF_STAGE __attribute__((flatten, target_clones("avx2", "default")))
#else
#define NF_STAGE
#endif

namespace nightfog::camera {
namespace {

using shared::CameraProgram;
using shared::CameraPush;

constexpr size_t kItemsPerBlock = 4096;

using Run = void (*)(CameraProgram&, uint32_t begin, uint32_t end);

#define NF_DEFINE_STAGE(name, ...)                                           \
  NF_STAGE void name(CameraProgram& program, uint32_t begin, uint32_t end) { \
    for (uint32_t i = begin; i < end; ++i) program.__VA_ARGS__;              \
  }
NF_DEFINE_STAGE(runRays, cameraRays(i))
NF_DEFINE_STAGE(runSort, cameraSort(i))
NF_DEFINE_STAGE(runPanes, cameraPanes(i))
NF_DEFINE_STAGE(runSky, cameraSky(i))
NF_DEFINE_STAGE(runSurfaceStill, cameraSurface(i, false))
NF_DEFINE_STAGE(runSurfaceMoving, cameraSurface(i, true))
NF_DEFINE_STAGE(runDirect, cameraDirect(i))
NF_DEFINE_STAGE(runDetours, cameraDetours(i))
NF_DEFINE_STAGE(runDetourLight, cameraDetourLight(i))
NF_DEFINE_STAGE(runGather, cameraGather(i))
NF_DEFINE_STAGE(runFilter, cameraFilter(i))
NF_DEFINE_STAGE(runGlow, cameraGlow(i))
NF_DEFINE_STAGE(runCombine, cameraCombine(i, false))
NF_DEFINE_STAGE(runCombineGlow, cameraCombine(i, true))
NF_DEFINE_STAGE(runGlare, cameraGlare(i))
NF_DEFINE_STAGE(runDevelop, cameraDevelop(i))
NF_DEFINE_STAGE(runTruth, cameraTruth(i, false))
NF_DEFINE_STAGE(runTruthNormals, cameraTruth(i, true))
NF_DEFINE_STAGE(runFlow, cameraFlow(i))
NF_DEFINE_STAGE(runFlowMask, cameraFlowMask(i))
NF_DEFINE_STAGE(runAim, cameraAim(i))

constexpr std::array<Run, static_cast<size_t>(Stage::kCount)> kRuns{
    runRays,    runSort,        runPanes,  runSky,          runSurfaceStill, runSurfaceMoving, runDirect,
    runDetours, runDetourLight, runGather, runFilter,       runGlow,         runCombine,       runCombineGlow,
    runGlare,   runDevelop,     runTruth,  runTruthNormals, runFlow,         runFlowMask,      runAim};

/// Puts what the blocks appended at the ends of the lists, block by block.
void appendLists(const CameraPush& push, const std::vector<shared::ListsOfBlock>& blocks) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): addresses are host pointers here
  auto* words = reinterpret_cast<uint32_t*>(reinterpret_cast<const shared::CameraFrame*>(push.frame)->lists);
  for (uint32_t list = 0; list < shared::kListCount; ++list) {
    uint32_t* end = words + shared::kListHead + size_t{list} * push.width * (push.window >> 16) + words[list];
    for (const shared::ListsOfBlock& block : blocks) {
      end = std::copy(block[list].begin(), block[list].end(), end);
      words[list] += static_cast<uint32_t>(block[list].size());
    }
  }
}

}  // namespace

void runOnHost(Stage stage, const CameraPush& push, Jobs& jobs) {
  const Run run = kRuns[static_cast<size_t>(stage)];
  const bool appends = stage == Stage::kSort || stage == Stage::kSurfaceStill || stage == Stage::kSurfaceMoving;
  std::vector<shared::ListsOfBlock> lists((push.count + kItemsPerBlock - 1) / kItemsPerBlock);
  jobs.parallelFor(push.count, kItemsPerBlock, [&](size_t begin, size_t end) {
    for (size_t first = begin; first < end; first += kItemsPerBlock) {
      CameraProgram program(push, lists[first / kItemsPerBlock]);
      run(program, static_cast<uint32_t>(first), static_cast<uint32_t>(std::min(end, first + kItemsPerBlock)));
    }
  });
  if (appends) appendLists(push, lists);
}

}  // namespace nightfog::camera
