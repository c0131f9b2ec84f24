#include <cstring>
#include <utility>

#include "engine/gpu/context.hpp"

namespace nightfog::gpu {
namespace {

/// Staging goes through one buffer of at most this size, whatever the size of the copy.
constexpr size_t kStagingBytes = size_t{16} << 20;

}  // namespace

Buffer::Buffer() = default;

Buffer::Buffer(Buffer&& other) noexcept
    : impl_(std::move(other.impl_)),
      address_(std::exchange(other.address_, 0)),
      size_(std::exchange(other.size_, 0)),
      host_(std::exchange(other.host_, nullptr)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  impl_ = std::move(other.impl_);
  address_ = std::exchange(other.address_, 0);
  size_ = std::exchange(other.size_, 0);
  host_ = std::exchange(other.host_, nullptr);
  return *this;
}

Buffer::~Buffer() = default;

Buffer::Impl::~Impl() {
  if (view != VK_NULL_HANDLE) context.api().destroyBufferView(context.handle(), view, nullptr);
  if (handle != VK_NULL_HANDLE) context.api().destroyBuffer(context.handle(), handle, nullptr);
  if (allocation.block != nullptr) context.allocator.free(allocation);
  context.allocatedBytes -= countedBytes;
}

VkBufferView Buffer::Impl::texels(size_t bytes) {
  if (view != VK_NULL_HANDLE) return view;
  constexpr size_t kTexelBytes = 16;
  if (bytes / kTexelBytes > context.physical.maxTexels) {
    throw DeviceError(ExitCode::kNoDevice,
                      fmt::format("{} lets a kernel read {} texels of a buffer, and this one has {}",
                                  context.physical.info.name, context.physical.maxTexels, bytes / kTexelBytes),
                      "use a smaller scene, or another device");
  }
  VkBufferViewCreateInfo info{.sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO};
  info.buffer = handle;
  info.format = VK_FORMAT_R32G32B32A32_UINT;
  info.range = bytes / kTexelBytes * kTexelBytes;
  check(context.api().createBufferView(context.handle(), &info, nullptr, &view), "vkCreateBufferView");
  return view;
}

Buffer Device::createBuffer(size_t bytes, Memory memory, std::string_view name) {
  Buffer buffer;
  if (bytes == 0) return buffer;
  Context& context = impl_->context;
  const auto exhausted = [&](std::string_view reason) {
    return DeviceError(ExitCode::kNoDevice,
                       fmt::format("{} cannot give {} bytes for the buffer '{}': {}; {} bytes are in use",
                                   context.physical.info.name, bytes, name, reason, context.allocatedBytes),
                       "use fewer beams, pixels or samples at a time, a smaller scene, or a device with more memory");
  };
  if (bytes > context.physical.maxBufferBytes - 3) {
    throw exhausted(fmt::format("one buffer may have {}", context.physical.maxBufferBytes));
  }
  if (bytes > context.memoryLimit || context.allocatedBytes > context.memoryLimit - bytes) {
    throw DeviceError(ExitCode::kNoDevice,
                      fmt::format("the buffer '{}' takes {} bytes, and {} of the {} allowed on {} are in use", name,
                                  bytes, context.allocatedBytes, context.memoryLimit, context.physical.info.name),
                      "allow more with --memory-mib, or use fewer beams or pixels at a time, or a smaller scene");
  }
  auto impl = std::make_unique<Buffer::Impl>(context);
  VkBufferCreateInfo info{.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO};
  info.size = (bytes + 3) & ~size_t{3};  // whole words, for fill()
  info.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT |
               VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
               VK_BUFFER_USAGE_TRANSFER_DST_BIT;
  check(context.api().createBuffer(context.handle(), &info, nullptr, &impl->handle), "vkCreateBuffer");
  VkMemoryRequirements requirements{};
  context.api().getBufferMemoryRequirements(context.handle(), impl->handle, &requirements);
  const auto allocation = context.allocator.allocate(requirements, memory);
  if (!allocation) throw exhausted("its memory is exhausted");
  impl->allocation = *allocation;
  check(context.api().bindBufferMemory(context.handle(), impl->handle, impl->allocation.block->memory,
                                       impl->allocation.offset),
        "vkBindBufferMemory");
  VkBufferDeviceAddressInfo address{.sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO};
  address.buffer = impl->handle;
  buffer.address_ = context.api().getBufferDeviceAddress(context.handle(), &address);
  context.setName(VK_OBJECT_TYPE_BUFFER, reinterpret_cast<uint64_t>(impl->handle), name);
  impl->countedBytes = bytes;
  context.countBuffer(bytes);
  buffer.size_ = bytes;
  buffer.host_ = impl->allocation.host;
  buffer.impl_ = std::move(impl);
  return buffer;
}

Buffer Device::createBuffer(std::span<const std::byte> content, std::string_view name) {
  Buffer buffer = createBuffer(content.size(), Memory::kDevice, name);
  upload(buffer, content);
  return buffer;
}

void Device::upload(const Buffer& to, std::span<const std::byte> bytes, size_t offset) {
  NF_ASSERT(offset <= to.size() && bytes.size() <= to.size() - offset, "upload of {} bytes at {} into a buffer of {}",
            bytes.size(), offset, to.size());
  if (bytes.empty()) return;
  if (to.host() != nullptr) {
    std::memcpy(to.host() + offset, bytes.data(), bytes.size());
    return;
  }
  const Buffer staging = createBuffer(std::min(bytes.size(), kStagingBytes), Memory::kUpload, "upload staging");
  Stream stream(*this);
  for (size_t done = 0; done < bytes.size();) {
    const size_t part = std::min(bytes.size() - done, staging.size());
    std::memcpy(staging.host(), bytes.data() + done, part);
    stream.copy(staging, 0, to, offset + done, part);
    stream.finish();
    done += part;
  }
}

void Device::download(const Buffer& from, std::span<std::byte> bytes, size_t offset) {
  NF_ASSERT(offset <= from.size() && bytes.size() <= from.size() - offset,
            "download of {} bytes at {} from a buffer of {}", bytes.size(), offset, from.size());
  if (bytes.empty()) return;
  if (from.host() != nullptr) {
    std::memcpy(bytes.data(), from.host() + offset, bytes.size());
    return;
  }
  const Buffer staging = createBuffer(std::min(bytes.size(), kStagingBytes), Memory::kReadback, "download staging");
  Stream stream(*this);
  for (size_t done = 0; done < bytes.size();) {
    const size_t part = std::min(bytes.size() - done, staging.size());
    stream.copy(from, offset + done, staging, 0, part);
    stream.finish();
    std::memcpy(bytes.data() + done, staging.host(), part);
    done += part;
  }
}

}  // namespace nightfog::gpu
