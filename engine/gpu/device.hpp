// Vulkan compute behind five move-only types: Device, Buffer, Kernel, Stream, and the errors. No graphics, no
// singletons.
//
// @code
// gpu::Device device({.name = "auto"});
// gpu::Buffer data = device.createBuffer(bytes, gpu::Memory::kDevice, "data");
// gpu::Kernel kernel = device.createKernel(kScale_spv, "scale", sizeof(ScalePush));
// gpu::Stream stream(device);
// stream.dispatch(kernel, "scale", groupsFor(n, 64), ScalePush{data.address(), n});
// stream.finish();                      // waits; then stream.timings() holds "scale"
// @endcode
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/core/error.hpp"

namespace nightfog::gpu {

/// No device can run our kernels. what() says why for each one found; help() names the package to install. Exit
/// code 69.
class NoDeviceError : public Error {
 public:
  explicit NoDeviceError(const std::string& what, std::string help)
      : Error(ExitCode::kNoDevice, what, std::move(help)) {}
};

/// A Vulkan call failed (device lost, out of memory), or a validation message in a Device created with validation.
class DeviceError : public Error {
 public:
  explicit DeviceError(ExitCode code, const std::string& what, std::string help = {})
      : Error(code, what, std::move(help)) {}
};

enum class DeviceType { kCpu, kIntegrated, kDiscrete, kVirtual, kOther };

/// One physical device, usable or not.
struct DeviceInfo {
  std::string name = {};  ///< "llvmpipe (LLVM 15.0.6, 256 bits)"
  DeviceType type = DeviceType::kOther;
  std::string driver = {};                ///< "llvmpipe Mesa 22.3.6 (LLVM 15.0.6)"
  uint32_t apiVersion = 0;                ///< VK_MAKE_API_VERSION
  uint64_t memoryBytes = 0;               ///< largest device-local heap
  std::vector<std::string> missing = {};  ///< why it cannot be used; empty: usable
  bool isUsable() const { return missing.empty(); }
};

struct DeviceOptions {
  /// "auto": discrete, integrated, virtual, then CPU; else a case-insensitive part of the name, or an index into
  /// Device::list().
  std::string name = "auto";
  /// Khronos layer with synchronisation checks: any warning or error makes the next createKernel(), upload(),
  /// download(), hostTask() or finish() throw DeviceError with its text, if possible before the wrong step runs.
  bool validation = false;
  std::filesystem::path pipelineCacheFolder = {};  ///< empty: no cache on disk
  /// kDevice is never mapped, as on a discrete GPU: rehearses staging on a CPU device.
  bool unmappedDeviceMemory = false;
};

/// kDevice: fastest for the device; mapped (host() != nullptr) where the device shares the host's memory.
/// kUpload: written by the host, read by the device; mapped. kReadback: written by the device, read by the host;
/// mapped, cached.
enum class Memory { kDevice, kUpload, kReadback };

/// What every Vulkan device offers; a kernel that needs more takes the address of a buffer.
inline constexpr size_t kMaxPushConstantBytes = 128;

class Device;

/// A storage buffer with an address (a multiple of 256). Move-only; freed with the object, which must not outlive its
/// Device nor go before the steps that use it have finished.
class Buffer {
 public:
  Buffer();
  Buffer(Buffer&&) noexcept;
  Buffer& operator=(Buffer&&) noexcept;
  ~Buffer();

  uint64_t address() const { return address_; }
  size_t size() const { return size_; }
  bool isEmpty() const { return size_ == 0; }
  /// The bytes themselves, or nullptr where the host cannot see them.
  std::byte* host() const { return host_; }
  template <class T>
  std::span<T> hostSpan() const {
    return {reinterpret_cast<T*>(host_), host_ == nullptr ? 0 : size_ / sizeof(T)};
  }

 private:
  friend class Device;
  friend class Stream;
  struct Impl;
  std::unique_ptr<Impl> impl_;
  uint64_t address_ = 0;
  size_t size_ = 0;
  std::byte* host_ = nullptr;
};

/// A compute pipeline. All of ours take one push-constant block (at most kMaxPushConstantBytes) and reach memory by
/// address. Lives as Buffer does.
class Kernel {
 public:
  Kernel();
  Kernel(Kernel&&) noexcept;
  Kernel& operator=(Kernel&&) noexcept;
  ~Kernel();

 private:
  friend class Device;
  friend class Stream;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A logical device with one compute queue. One thread at a time.
class Device {
 public:
  /// Every physical device with the reasons why an unusable one is so. Throws NoDeviceError when there is no Vulkan
  /// loader or driver.
  static std::vector<DeviceInfo> list();

  explicit Device(const DeviceOptions& options);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  const DeviceInfo& info() const;
  /// True where kDevice buffers are mapped and a CPU tracer may read them in place.
  bool sharesHostMemory() const;
  /// The most bytes in buffers from now on: createBuffer() throws DeviceError beyond. At first as many as there may be.
  void limitMemory(uint64_t bytes);
  uint64_t memoryLimit() const;
  /// Bytes in buffers now, and the most there ever were.
  uint64_t allocatedBytes() const;
  uint64_t peakAllocatedBytes() const;

  /// `name` is a debug label. Throws DeviceError when memory is exhausted. bytes = 0 gives an empty buffer. The content
  /// is whatever was there before; see Stream::fill().
  Buffer createBuffer(size_t bytes, Memory memory, std::string_view name);
  /// A kDevice buffer holding `content` (staged where need be).
  Buffer createBuffer(std::span<const std::byte> content, std::string_view name);
  /// Blocking copies between host memory and any buffer.
  void upload(const Buffer& to, std::span<const std::byte> bytes, size_t offset = 0);
  void download(const Buffer& from, std::span<std::byte> bytes, size_t offset = 0);

  /// `specialization`: values of constant_id 0, 1, … `texelBuffers`: how many `usamplerBuffer` the kernel declares, as
  /// bindings 0, 1, … of set 0.
  Kernel createKernel(std::span<const uint32_t> spirv, std::string_view name, size_t pushConstantBytes,
                      std::span<const uint32_t> specialization = {}, uint32_t texelBuffers = 0);
  /// Writes the pipeline cache to its folder (also done at destruction).
  void savePipelineCache();

 private:
  friend class Stream;
  friend class Buffer;
  friend class Kernel;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Time of one named dispatch or host task.
struct Timing {
  std::string name;
  double milliseconds = 0;
};

/// Work in order: each step sees what the ones before it wrote (a memory barrier stands between any two). Reusable
/// after finish().
class Stream {
 public:
  explicit Stream(Device& device);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Device& device() const;
  /// `push` is copied. `texels` are what the kernel reads through texelFetch(), 16 bytes a texel, rather than by
  /// address: a CPU device gathers these for its lanes without a loop. The name is its timer, its debug label and its
  /// line in the benchmark.
  void dispatch(const Kernel& kernel, std::string_view name, std::array<uint32_t, 3> groups,
                std::span<const std::byte> push, std::span<const Buffer* const> texels = {});
  template <class Push>
  requires(std::is_trivially_copyable_v<Push> &&
           !std::is_convertible_v<
               const Push&, std::span<const std::byte>>) void dispatch(const Kernel& kernel, std::string_view name,
                                                                       std::array<uint32_t, 3> groups, const Push& push,
                                                                       std::span<const Buffer* const> texels = {}) {
    dispatch(kernel, name, groups, std::span<const std::byte>(std::as_bytes(std::span(&push, 1))), texels);
  }
  void copy(const Buffer& from, size_t fromOffset, const Buffer& to, size_t toOffset, size_t bytes);
  /// Every 32-bit word of the buffer becomes `value`.
  void fill(const Buffer& buffer, uint32_t value);
  /// Waits for everything before it, runs `task` on the calling thread, then goes on.
  void hostTask(std::string_view name, const std::function<void()>& task);
  /// Submits and waits. Throws DeviceError on a lost device or (validation on) on any validation message. After any
  /// exception, also one thrown by a task, the stream is empty and can be used again.
  void finish();
  /// Of the steps finished since the last call to finish() began, in order.
  const std::vector<Timing>& timings() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Work groups of `size` that cover `n` items, in x (and y beyond 65,535 groups: kernels index by globalIndex(), see
/// kernels.glsl). n < 2^32, in at most 65,535^2 groups.
std::array<uint32_t, 3> groupsFor(uint64_t n, uint32_t size);

}  // namespace nightfog::gpu
