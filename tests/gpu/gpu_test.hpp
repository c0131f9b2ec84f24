// What the tests of engine/gpu share: a device with validation on, and the scale kernel.
#pragma once

#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "engine/gpu/device.hpp"
#include "kernels/test_gpu/scale.spv.h"

namespace nightfog::gpu_test {

/// Push constants of scale.comp.
struct ScalePush {
  uint64_t data = 0;
  uint32_t n = 0;
  uint32_t factor = 1;
};

/// data[i] = data[i] * factor + addend
inline gpu::Kernel makeScale(gpu::Device& device, uint32_t addend = 0) {
  return device.createKernel(kScale_spv, "scale", sizeof(ScalePush), std::span(&addend, 1));
}

inline gpu::Buffer makeWords(gpu::Device& device, const std::vector<uint32_t>& words) {
  return device.createBuffer(std::as_bytes(std::span(words)), "words");
}

inline std::vector<uint32_t> readWords(gpu::Device& device, const gpu::Buffer& buffer) {
  std::vector<uint32_t> words(buffer.size() / sizeof(uint32_t));
  device.download(buffer, std::as_writable_bytes(std::span(words)));
  return words;
}

/// Sets a variable that the Vulkan loader reads, for the life of the object.
class LoaderVariable {
 public:
  LoaderVariable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value, 1);
  }
  ~LoaderVariable() { before_.empty() ? unsetenv(name_) : setenv(name_, before_.c_str(), 1); }
  LoaderVariable(const LoaderVariable&) = delete;
  LoaderVariable& operator=(const LoaderVariable&) = delete;

 private:
  const char* name_;
  std::string before_;
};

}  // namespace nightfog::gpu_test
