// A device buffer that the host reads after each frame.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string_view>

#include "engine/gpu/device.hpp"

namespace nightfog::camera {

/// In place where the device shares the host's memory, else through a copy: fetch() before Stream::finish(), view()
/// after it.
class Readable {
 public:
  Readable() = default;
  Readable(gpu::Device& device, size_t bytes, std::string_view name)
      : onDevice_(device.createBuffer(bytes, gpu::Memory::kDevice, name)) {
    if (bytes != 0 && onDevice_.host() == nullptr) {
      onHost_ = device.createBuffer(bytes, gpu::Memory::kReadback, fmt::format("{} readback", name));
    }
  }
  const gpu::Buffer& buffer() const { return onDevice_; }
  uint64_t address() const { return onDevice_.address(); }
  void fetch(gpu::Stream& stream, size_t bytes) const {
    if (!onHost_.isEmpty()) stream.copy(onDevice_, 0, onHost_, 0, bytes);
  }
  template <class T>
  std::span<const T> view(size_t count) const {
    return (onHost_.isEmpty() ? onDevice_ : onHost_).template hostSpan<T>().first(count);
  }

 private:
  gpu::Buffer onDevice_;
  gpu::Buffer onHost_;
};

}  // namespace nightfog::camera
