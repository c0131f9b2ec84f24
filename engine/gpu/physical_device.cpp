#include "engine/gpu/physical_device.hpp"

#include <algorithm>

namespace nightfog::gpu {
namespace {

template <class Features>
struct Requirement {
  VkBool32 Features::*member;
  const char* name;
};

// Checked when a device is listed and switched on when it is opened.
constexpr Requirement<VkPhysicalDeviceFeatures> kRequired10[] = {
    {&VkPhysicalDeviceFeatures::shaderInt64, "64-bit integers in shaders (shaderInt64)"},
    {&VkPhysicalDeviceFeatures::shaderInt16, "16-bit integers in shaders (shaderInt16)"},
};
constexpr Requirement<VkPhysicalDeviceVulkan11Features> kRequired11[] = {
    {&VkPhysicalDeviceVulkan11Features::storageBuffer16BitAccess, "16-bit storage (storageBuffer16BitAccess)"},
};
constexpr Requirement<VkPhysicalDeviceVulkan12Features> kRequired12[] = {
    {&VkPhysicalDeviceVulkan12Features::bufferDeviceAddress, "buffer addresses (bufferDeviceAddress)"},
    {&VkPhysicalDeviceVulkan12Features::scalarBlockLayout, "scalar block layout (scalarBlockLayout)"},
    {&VkPhysicalDeviceVulkan12Features::storageBuffer8BitAccess, "8-bit storage (storageBuffer8BitAccess)"},
    {&VkPhysicalDeviceVulkan12Features::shaderInt8, "8-bit integers in shaders (shaderInt8)"},
};
constexpr Requirement<VkPhysicalDeviceVulkan13Features> kRequired13[] = {
    {&VkPhysicalDeviceVulkan13Features::synchronization2, "synchronization2"},
    {&VkPhysicalDeviceVulkan13Features::maintenance4, "maintenance4"},
};

/// The four feature structs, chained. Not movable: they point at one another.
struct FeatureChain {
  VkPhysicalDeviceVulkan13Features v13{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
  VkPhysicalDeviceVulkan12Features v12{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES, .pNext = &v13};
  VkPhysicalDeviceVulkan11Features v11{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES, .pNext = &v12};
  VkPhysicalDeviceFeatures2 v10{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &v11};

  FeatureChain() = default;
  FeatureChain(const FeatureChain&) = delete;
  FeatureChain& operator=(const FeatureChain&) = delete;

  /// visit(feature, name) for every required feature.
  template <class Visit>
  void forEachRequired(Visit visit) {
    for (const auto& required : kRequired10) visit(v10.features.*required.member, required.name);
    for (const auto& required : kRequired11) visit(v11.*required.member, required.name);
    for (const auto& required : kRequired12) visit(v12.*required.member, required.name);
    for (const auto& required : kRequired13) visit(v13.*required.member, required.name);
  }
};

/// Descriptors that travel in the command buffer: every desktop driver has them, and no pool has to be kept.
constexpr const char* kPushDescriptors = VK_KHR_PUSH_DESCRIPTOR_EXTENSION_NAME;

bool hasExtension(const InstanceApi& api, VkPhysicalDevice device, std::string_view name) {
  uint32_t count = 0;
  api.enumerateDeviceExtensionProperties(device, nullptr, &count, nullptr);
  std::vector<VkExtensionProperties> all(count);
  api.enumerateDeviceExtensionProperties(device, nullptr, &count, all.data());
  return std::any_of(all.begin(), all.end(), [&](const auto& extension) { return name == extension.extensionName; });
}

DeviceType deviceType(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return DeviceType::kCpu;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return DeviceType::kIntegrated;
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return DeviceType::kDiscrete;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
      return DeviceType::kVirtual;
    default:
      return DeviceType::kOther;
  }
}

/// A compute queue that can also tell the time, and the widest clock among them.
bool findQueueFamily(const InstanceApi& api, PhysicalDevice& device) {
  uint32_t count = 0;
  api.getPhysicalDeviceQueueFamilyProperties(device.handle, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  api.getPhysicalDeviceQueueFamilyProperties(device.handle, &count, families.data());
  for (uint32_t i = 0; i < count; ++i) {
    if ((families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) == 0 || families[i].timestampValidBits == 0) continue;
    device.queueFamily = i;
    device.timestampValidBits = families[i].timestampValidBits;
    return true;
  }
  return false;
}

PhysicalDevice inspect(const InstanceApi& api, VkPhysicalDevice handle) {
  PhysicalDevice device;
  device.handle = handle;
  VkPhysicalDeviceProperties basic{};
  api.getPhysicalDeviceProperties(handle, &basic);
  device.info.name = basic.deviceName;
  device.info.type = deviceType(basic.deviceType);
  device.info.apiVersion = basic.apiVersion;
  device.vendorId = basic.vendorID;
  device.deviceId = basic.deviceID;
  std::copy_n(basic.pipelineCacheUUID, VK_UUID_SIZE, device.pipelineCacheUuid.begin());
  device.nanosecondsPerTick = static_cast<double>(basic.limits.timestampPeriod);
  std::copy_n(basic.limits.maxComputeWorkGroupCount, 3, device.maxGroups.begin());
  device.maxTexels = basic.limits.maxTexelBufferElements;
  if (!hasExtension(api, handle, kPushDescriptors)) device.info.missing.emplace_back(kPushDescriptors);
  api.getPhysicalDeviceMemoryProperties(handle, &device.memory);
  for (uint32_t i = 0; i < device.memory.memoryHeapCount; ++i) {
    const VkMemoryHeap& heap = device.memory.memoryHeaps[i];
    if ((heap.flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0) {
      device.info.memoryBytes = std::max<uint64_t>(device.info.memoryBytes, heap.size);
    }
  }
  if (!findQueueFamily(api, device)) device.info.missing.emplace_back("a compute queue with timestamps");
  if (basic.apiVersion < VK_API_VERSION_1_3) {
    device.info.missing.push_back(fmt::format("Vulkan 1.3 (it offers {}.{})", VK_API_VERSION_MAJOR(basic.apiVersion),
                                              VK_API_VERSION_MINOR(basic.apiVersion)));
    return device;  // the structs below are unknown to it
  }

  VkPhysicalDeviceVulkan13Properties v13{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_PROPERTIES};
  VkPhysicalDeviceVulkan12Properties v12{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES,
                                         .pNext = &v13};
  VkPhysicalDeviceVulkan11Properties v11{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES,
                                         .pNext = &v12};
  VkPhysicalDeviceProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &v11};
  api.getPhysicalDeviceProperties2(handle, &properties);
  device.info.driver = fmt::format("{} {}", v12.driverName, v12.driverInfo);
  std::copy_n(v11.driverUUID, VK_UUID_SIZE, device.driverUuid.begin());
  device.maxBufferBytes = std::min(v11.maxMemoryAllocationSize, v13.maxBufferSize);

  FeatureChain features;
  api.getPhysicalDeviceFeatures2(handle, &features.v10);
  features.forEachRequired([&](VkBool32 has, const char* name) {
    if (has == VK_FALSE) device.info.missing.emplace_back(name);
  });
  return device;
}

}  // namespace

std::vector<PhysicalDevice> physicalDevices(const Instance& instance) {
  uint32_t count = 0;
  const VkResult result = instance.api().enumeratePhysicalDevices(instance.handle(), &count, nullptr);
  if (result == VK_ERROR_INITIALIZATION_FAILED) return {};  // what loaders answer when no driver could be started
  check(result, "vkEnumeratePhysicalDevices");
  std::vector<VkPhysicalDevice> handles(count);
  check(instance.api().enumeratePhysicalDevices(instance.handle(), &count, handles.data()),
        "vkEnumeratePhysicalDevices");
  std::vector<PhysicalDevice> devices;
  for (VkPhysicalDevice handle : handles) devices.push_back(inspect(instance.api(), handle));
  return devices;
}

LogicalDevice::LogicalDevice(const Instance& instance, const PhysicalDevice& physical) {
  const float priority = 1;
  VkDeviceQueueCreateInfo queue{.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO};
  queue.queueFamilyIndex = physical.queueFamily;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  FeatureChain features;
  features.forEachRequired([](VkBool32& feature, const char*) { feature = VK_TRUE; });
  VkDeviceCreateInfo info{.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, .pNext = &features.v10};
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  info.enabledExtensionCount = 1;
  info.ppEnabledExtensionNames = &kPushDescriptors;
  check(instance.api().createDevice(physical.handle, &info, nullptr, &handle_), "vkCreateDevice");
  api_ = loadDeviceApi(instance.api(), handle_);
  api_.getDeviceQueue(handle_, physical.queueFamily, 0, &queue_);
}

LogicalDevice::~LogicalDevice() {
  api_.deviceWaitIdle(handle_);
  api_.destroyDevice(handle_, nullptr);
}

}  // namespace nightfog::gpu
