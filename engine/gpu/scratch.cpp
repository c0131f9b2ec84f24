#include "engine/gpu/scratch.hpp"

namespace nightfog::gpu {

const Buffer& Scratch::take(const std::string& name, size_t bytes) {
  Buffer& buffer = buffers_[name];
  if (buffer.size() < bytes) {
    buffer = Buffer();  // its memory may be needed for the larger one
    buffer = device_.createBuffer(bytes, Memory::kDevice, name);
  }
  return buffer;
}

size_t Scratch::sizeOf(const std::string& name) const {
  const auto found = buffers_.find(name);
  return found == buffers_.end() ? 0 : found->second.size();
}

size_t Scratch::bytes() const {
  size_t sum = 0;
  for (const auto& [name, buffer] : buffers_) sum += buffer.size();
  return sum;
}

}  // namespace nightfog::gpu
