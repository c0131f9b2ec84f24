// A tracer that counts the rays it is given.
#pragma once

#include <memory>

#include "engine/trace/tracer.hpp"

namespace nightfog::simulation {

class CountingTracer final : public trace::Tracer {
 public:
  explicit CountingTracer(std::unique_ptr<trace::Tracer> tracer) : tracer_(std::move(tracer)) {}

  std::string_view name() const override { return tracer_->name(); }
  void build() override { tracer_->build(); }
  void update() override { tracer_->update(); }
  void closestHit(gpu::Stream& stream, const trace::RayBatch& batch) override {
    rays_ += batch.count;
    tracer_->closestHit(stream, batch);
  }
  void anyHit(gpu::Stream& stream, const trace::RayBatch& batch) override {
    rays_ += batch.count;
    tracer_->anyHit(stream, batch);
  }
  uint64_t rays() const { return rays_; }

 private:
  std::unique_ptr<trace::Tracer> tracer_;
  uint64_t rays_ = 0;
};

}  // namespace nightfog::simulation
