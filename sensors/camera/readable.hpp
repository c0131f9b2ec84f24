// Device buffers that the host reads after each frame: in place where the device shares the host's memory, else through
// a copy.
#pragma once

#include <span>
#include <string_view>

#include "engine/gpu/device.hpp"

namespace nightfog::camera {

/// The copy, where one is needed, of the first bytes of a buffer that may be another each time.
class Readback {
 public:
  Readback() = default;
  Readback(gpu::Device& device, size_t bytes, std::string_view name) {
    if (bytes != 0 && !device.sharesHostMemory()) onHost_ = device.createBuffer(bytes, gpu::Memory::kReadback, name);
  }
  /// Before Stream::finish(); view() after it.
  void fetch(gpu::Stream& stream, const gpu::Buffer& from, size_t bytes) const {
    if (!onHost_.isEmpty()) stream.copy(from, 0, onHost_, 0, bytes);
  }
  template <class T>
  std::span<const T> view(const gpu::Buffer& from, size_t count) const {
    return (onHost_.isEmpty() ? from : onHost_).template hostSpan<T>().first(count);
  }

 private:
  gpu::Buffer onHost_;
};

/// A buffer with its copy.
class Readable {
 public:
  Readable() = default;
  Readable(gpu::Device& device, size_t bytes, std::string_view name)
      : onDevice_(device.createBuffer(bytes, gpu::Memory::kDevice, name)), readback_(device, bytes, name) {}
  const gpu::Buffer& buffer() const { return onDevice_; }
  void fetch(gpu::Stream& stream, size_t bytes) const { readback_.fetch(stream, onDevice_, bytes); }
  template <class T>
  std::span<const T> view(size_t count) const {
    return readback_.view<T>(onDevice_, count);
  }

 private:
  gpu::Buffer onDevice_;
  Readback readback_;
};

}  // namespace nightfog::camera
