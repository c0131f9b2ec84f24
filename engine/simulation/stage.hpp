// A stage: what stands still and the models of who may play, on a device, with trees over them.
#pragma once

#include <list>
#include <memory>

#include "engine/core/jobs.hpp"
#include "engine/simulation/counting_tracer.hpp"
#include "engine/simulation/stage_content.hpp"

namespace nightfog::simulation {

/// Content, its copies on the device, and the tracer's trees over them.
struct Stage {
  std::shared_ptr<const StageContent> content;
  std::unique_ptr<trace::SceneBuffers> scene;
  std::unique_ptr<CountingTracer> tracer;  ///< built
};

/// The last few stages of a device, so that the next episode in the same world begins at once. Keeps as many as fit
/// `budgetBytes` (counted in the stage's bytes on the device, its meshes and as much again for trees), and always the
/// one in use. A tracer's results do not depend on what it traced before, so neither do an episode's bytes. For the
/// device's thread.
class StageCache {
 public:
  static constexpr size_t kDefaultBudget = size_t{1} << 30;

  StageCache(gpu::Device& device, Jobs& jobs, trace::TracerKind tracer, size_t budgetBytes = kDefaultBudget);

  /// Valid until the next call.
  Stage& at(std::shared_ptr<const StageContent> content);
  size_t size() const { return kept_.size(); }

 private:
  struct Kept {
    std::unique_ptr<Stage> stage;
    size_t bytes = 0;
  };

  gpu::Device& device_;
  Jobs& jobs_;
  trace::TracerKind tracer_ = trace::TracerKind::kAuto;
  size_t budget_ = kDefaultBudget;
  std::list<Kept> kept_;  // the last used first
};

}  // namespace nightfog::simulation
