#include "engine/trace/host_batch.hpp"

#include <utility>

namespace nightfog::trace {

HostBatch::HostBatch(gpu::Device& device, const gpu::Buffer& rays, const gpu::Buffer& hits, uint32_t count)
    : device_(device), hitBuffer_(hits) {
  if (rays.host() != nullptr) {
    rays_ = rays.hostSpan<const shared::Ray>().first(count);
  } else {
    rayCopy_.resize(count);
    device.download(rays, std::as_writable_bytes(std::span(rayCopy_)));
    rays_ = rayCopy_;
  }
  if (hits.host() != nullptr) {
    hits_ = hits.hostSpan<shared::Hit>().first(count);
  } else {
    hitCopy_.resize(count);
    hits_ = hitCopy_;
  }
}

void HostBatch::finish() {
  if (!hitCopy_.empty()) device_.upload(hitBuffer_, std::as_bytes(std::span(hitCopy_)));
}

}  // namespace nightfog::trace
