// The Vulkan entry points we use, as tables of our own, and the loader opened at run time. Private to engine/gpu.
//
// The loader is opened with dlopen so that a machine without Vulkan gets an error with a way out, not a dynamic-linker
// message. The tables are ours rather than volk's because volk defines global variables under Vulkan's own function
// names, and a program that also links a library compiled against libvulkan (the viewer's Dear ImGui) would then call
// through them as if they were code.
#pragma once

#include <vulkan/vulkan_core.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/gpu/device.hpp"

namespace nightfog::gpu {

inline constexpr const char* kDriverHelp =
    "install a Vulkan 1.3 driver; on a machine without a GPU the package `mesa-vulkan-drivers` brings a CPU device "
    "(lavapipe)";

/// "VK_ERROR_DEVICE_LOST"
std::string resultName(VkResult result);
/// Throws DeviceError unless `result` is VK_SUCCESS.
void check(VkResult result, std::string_view action);

struct LoaderApi {
  PFN_vkGetInstanceProcAddr getInstanceProcAddr = nullptr;
  PFN_vkEnumerateInstanceVersion enumerateInstanceVersion = nullptr;
  PFN_vkEnumerateInstanceLayerProperties enumerateInstanceLayerProperties = nullptr;
  PFN_vkEnumerateInstanceExtensionProperties enumerateInstanceExtensionProperties = nullptr;
  PFN_vkCreateInstance createInstance = nullptr;
};
/// Opened once and kept for the life of the process. Throws NoDeviceError when the machine has no Vulkan loader.
const LoaderApi& loader();

struct InstanceApi {
  PFN_vkDestroyInstance destroyInstance = nullptr;
  PFN_vkEnumeratePhysicalDevices enumeratePhysicalDevices = nullptr;
  PFN_vkGetPhysicalDeviceProperties2 getPhysicalDeviceProperties2 = nullptr;
  PFN_vkGetPhysicalDeviceProperties getPhysicalDeviceProperties = nullptr;
  PFN_vkGetPhysicalDeviceFeatures2 getPhysicalDeviceFeatures2 = nullptr;
  PFN_vkGetPhysicalDeviceMemoryProperties getPhysicalDeviceMemoryProperties = nullptr;
  PFN_vkGetPhysicalDeviceQueueFamilyProperties getPhysicalDeviceQueueFamilyProperties = nullptr;
  PFN_vkCreateDevice createDevice = nullptr;
  PFN_vkEnumerateDeviceExtensionProperties enumerateDeviceExtensionProperties = nullptr;
  PFN_vkGetDeviceProcAddr getDeviceProcAddr = nullptr;
  // VK_EXT_debug_utils, null without it
  PFN_vkCreateDebugUtilsMessengerEXT createDebugUtilsMessenger = nullptr;
  PFN_vkDestroyDebugUtilsMessengerEXT destroyDebugUtilsMessenger = nullptr;
};

struct DeviceApi {
  PFN_vkDestroyDevice destroyDevice = nullptr;
  PFN_vkGetDeviceQueue getDeviceQueue = nullptr;
  PFN_vkQueueSubmit2 queueSubmit2 = nullptr;
  PFN_vkDeviceWaitIdle deviceWaitIdle = nullptr;
  PFN_vkAllocateMemory allocateMemory = nullptr;
  PFN_vkFreeMemory freeMemory = nullptr;
  PFN_vkMapMemory mapMemory = nullptr;
  PFN_vkCreateBuffer createBuffer = nullptr;
  PFN_vkDestroyBuffer destroyBuffer = nullptr;
  PFN_vkGetBufferMemoryRequirements getBufferMemoryRequirements = nullptr;
  PFN_vkBindBufferMemory bindBufferMemory = nullptr;
  PFN_vkGetBufferDeviceAddress getBufferDeviceAddress = nullptr;
  PFN_vkCreateBufferView createBufferView = nullptr;
  PFN_vkDestroyBufferView destroyBufferView = nullptr;
  PFN_vkCreateDescriptorSetLayout createDescriptorSetLayout = nullptr;
  PFN_vkDestroyDescriptorSetLayout destroyDescriptorSetLayout = nullptr;
  PFN_vkCreateShaderModule createShaderModule = nullptr;
  PFN_vkDestroyShaderModule destroyShaderModule = nullptr;
  PFN_vkCreatePipelineLayout createPipelineLayout = nullptr;
  PFN_vkDestroyPipelineLayout destroyPipelineLayout = nullptr;
  PFN_vkCreateComputePipelines createComputePipelines = nullptr;
  PFN_vkDestroyPipeline destroyPipeline = nullptr;
  PFN_vkCreatePipelineCache createPipelineCache = nullptr;
  PFN_vkDestroyPipelineCache destroyPipelineCache = nullptr;
  PFN_vkGetPipelineCacheData getPipelineCacheData = nullptr;
  PFN_vkCreateCommandPool createCommandPool = nullptr;
  PFN_vkDestroyCommandPool destroyCommandPool = nullptr;
  PFN_vkAllocateCommandBuffers allocateCommandBuffers = nullptr;
  PFN_vkBeginCommandBuffer beginCommandBuffer = nullptr;
  PFN_vkEndCommandBuffer endCommandBuffer = nullptr;
  PFN_vkCreateFence createFence = nullptr;
  PFN_vkDestroyFence destroyFence = nullptr;
  PFN_vkResetFences resetFences = nullptr;
  PFN_vkWaitForFences waitForFences = nullptr;
  PFN_vkCreateQueryPool createQueryPool = nullptr;
  PFN_vkDestroyQueryPool destroyQueryPool = nullptr;
  PFN_vkGetQueryPoolResults getQueryPoolResults = nullptr;
  PFN_vkCmdBindPipeline cmdBindPipeline = nullptr;
  PFN_vkCmdPushConstants cmdPushConstants = nullptr;
  PFN_vkCmdPushDescriptorSetKHR cmdPushDescriptorSet = nullptr;
  PFN_vkCmdDispatch cmdDispatch = nullptr;
  PFN_vkCmdPipelineBarrier2 cmdPipelineBarrier2 = nullptr;
  PFN_vkCmdCopyBuffer cmdCopyBuffer = nullptr;
  PFN_vkCmdFillBuffer cmdFillBuffer = nullptr;
  PFN_vkCmdResetQueryPool cmdResetQueryPool = nullptr;
  PFN_vkCmdWriteTimestamp2 cmdWriteTimestamp2 = nullptr;
  // VK_EXT_debug_utils, null without it
  PFN_vkSetDebugUtilsObjectNameEXT setDebugUtilsObjectName = nullptr;
  PFN_vkCmdBeginDebugUtilsLabelEXT cmdBeginDebugUtilsLabel = nullptr;
  PFN_vkCmdEndDebugUtilsLabelEXT cmdEndDebugUtilsLabel = nullptr;
};
DeviceApi loadDeviceApi(const InstanceApi& api, VkDevice device);

/// A VkInstance, and what the validation layer said through it.
class Instance {
 public:
  explicit Instance(bool validation);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  VkInstance handle() const { return handle_; }
  const InstanceApi& api() const { return api_; }
  /// Validation messages since the last call; the driver may add them from any thread.
  std::vector<std::string> takeMessages();

 private:
  static VkBool32 VKAPI_PTR onMessage(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                      VkDebugUtilsMessageTypeFlagsEXT types,
                                      const VkDebugUtilsMessengerCallbackDataEXT* data, void* self);

  VkInstance handle_ = VK_NULL_HANDLE;
  InstanceApi api_;
  VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
  std::mutex mutex_;
  std::vector<std::string> messages_;
};

}  // namespace nightfog::gpu
