#include "engine/gpu/context.hpp"

#include "engine/core/log.hpp"
#include "engine/gpu/selection.hpp"

namespace nightfog::gpu {
namespace {

PhysicalDevice choose(const Instance& instance, std::string_view name) {
  std::vector<PhysicalDevice> devices = physicalDevices(instance);
  std::vector<DeviceInfo> infos;
  for (const PhysicalDevice& device : devices) infos.push_back(device.info);
  return std::move(devices[selectDevice(infos, name)]);
}

}  // namespace

Context::Context(const DeviceOptions& options)
    : instance(options.validation),
      physical(choose(instance, options.name)),
      device(instance, physical),
      allocator(device, physical, options.unmappedDeviceMemory),
      pipelineCache(device, physical, options.pipelineCacheFolder) {}

Context::~Context() {
  for (const std::string& message : instance.takeMessages()) logError("Vulkan validation: {}", message);
}

void Context::setName(VkObjectType type, uint64_t object, std::string_view name) const {
  if (api().setDebugUtilsObjectName == nullptr) return;
  const std::string text(name);
  VkDebugUtilsObjectNameInfoEXT info{.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT};
  info.objectType = type;
  info.objectHandle = object;
  info.pObjectName = text.c_str();
  api().setDebugUtilsObjectName(handle(), &info);
}

void Context::throwValidationMessages(std::string_view after) {
  const std::vector<std::string> messages = instance.takeMessages();
  if (messages.empty()) return;
  std::string text = fmt::format("Vulkan validation, {}:", after);
  for (const std::string& message : messages) text += "\n  " + message;
  throw DeviceError(ExitCode::kInternal, text, "this is a bug in nightfog or in a kernel; please report it");
}

std::vector<DeviceInfo> Device::list() {
  const Instance instance(false);
  std::vector<DeviceInfo> infos;
  for (PhysicalDevice& device : physicalDevices(instance)) infos.push_back(std::move(device.info));
  if (infos.empty()) throw NoDeviceError("there is no Vulkan device", kDriverHelp);
  return infos;
}

Device::Device(const DeviceOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Device::~Device() = default;

const DeviceInfo& Device::info() const {
  return impl_->context.physical.info;
}
bool Device::sharesHostMemory() const {
  return impl_->context.allocator.mapsDevice();
}
void Device::limitMemory(uint64_t bytes) {
  impl_->context.memoryLimit = bytes;
}
uint64_t Device::memoryLimit() const {
  return impl_->context.memoryLimit;
}
uint64_t Device::allocatedBytes() const {
  return impl_->context.allocatedBytes;
}
uint64_t Device::peakAllocatedBytes() const {
  return impl_->context.peakAllocatedBytes;
}
void Device::savePipelineCache() {
  impl_->context.pipelineCache.save();
}

}  // namespace nightfog::gpu
