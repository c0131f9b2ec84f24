#include "engine/gpu/vulkan.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace nightfog::gpu {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

LoaderApi openLoader() {
  // Never closed: drivers and layers keep threads and exit handlers in it.
  void* library = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw NoDeviceError("no Vulkan loader: libvulkan.so.1 is not installed",
                        std::string("install the package `libvulkan1`, and ") + kDriverHelp);
  }
  LoaderApi api;
  api.getInstanceProcAddr = reinterpret_cast<PFN_vkGetInstanceProcAddr>(dlsym(library, "vkGetInstanceProcAddr"));
  if (api.getInstanceProcAddr == nullptr) {
    throw NoDeviceError("libvulkan.so.1 is no Vulkan loader: it lacks vkGetInstanceProcAddr", kDriverHelp);
  }
  auto load = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(api.getInstanceProcAddr(nullptr, name));
    if (function == nullptr)
      throw NoDeviceError(fmt::format("the Vulkan loader is too old: it lacks {}", name), kDriverHelp);
  };
  load(api.enumerateInstanceVersion, "vkEnumerateInstanceVersion");
  load(api.enumerateInstanceLayerProperties, "vkEnumerateInstanceLayerProperties");
  load(api.enumerateInstanceExtensionProperties, "vkEnumerateInstanceExtensionProperties");
  load(api.createInstance, "vkCreateInstance");
  return api;
}

InstanceApi loadInstanceApi(VkInstance instance) {
  InstanceApi api;
  auto load = [&](auto& function, const char* name) {
    function =
        reinterpret_cast<std::remove_reference_t<decltype(function)>>(loader().getInstanceProcAddr(instance, name));
  };
  load(api.destroyInstance, "vkDestroyInstance");
  load(api.enumeratePhysicalDevices, "vkEnumeratePhysicalDevices");
  load(api.getPhysicalDeviceProperties2, "vkGetPhysicalDeviceProperties2");
  load(api.getPhysicalDeviceProperties, "vkGetPhysicalDeviceProperties");
  load(api.getPhysicalDeviceFeatures2, "vkGetPhysicalDeviceFeatures2");
  load(api.getPhysicalDeviceMemoryProperties, "vkGetPhysicalDeviceMemoryProperties");
  load(api.getPhysicalDeviceQueueFamilyProperties, "vkGetPhysicalDeviceQueueFamilyProperties");
  load(api.createDevice, "vkCreateDevice");
  load(api.enumerateDeviceExtensionProperties, "vkEnumerateDeviceExtensionProperties");
  load(api.getDeviceProcAddr, "vkGetDeviceProcAddr");
  load(api.createDebugUtilsMessenger, "vkCreateDebugUtilsMessengerEXT");
  load(api.destroyDebugUtilsMessenger, "vkDestroyDebugUtilsMessengerEXT");
  return api;
}

template <class Property, class Enumerate>
std::vector<Property> enumerateAll(Enumerate enumerate) {
  uint32_t count = 0;
  enumerate(&count, nullptr);
  std::vector<Property> all(count);
  enumerate(&count, all.data());
  all.resize(count);
  return all;
}

bool hasLayer(const char* name) {
  const auto layers = enumerateAll<VkLayerProperties>(
      [](uint32_t* count, VkLayerProperties* all) { return loader().enumerateInstanceLayerProperties(count, all); });
  return std::any_of(layers.begin(), layers.end(),
                     [&](const auto& layer) { return std::strcmp(layer.layerName, name) == 0; });
}

bool hasInstanceExtension(const char* name) {
  const auto extensions = enumerateAll<VkExtensionProperties>([](uint32_t* count, VkExtensionProperties* all) {
    return loader().enumerateInstanceExtensionProperties(nullptr, count, all);
  });
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](const auto& extension) { return std::strcmp(extension.extensionName, name) == 0; });
}

}  // namespace

std::string resultName(VkResult result) {
  switch (result) {
    case VK_ERROR_OUT_OF_HOST_MEMORY:
      return "VK_ERROR_OUT_OF_HOST_MEMORY";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
      return "VK_ERROR_OUT_OF_DEVICE_MEMORY";
    case VK_ERROR_INITIALIZATION_FAILED:
      return "VK_ERROR_INITIALIZATION_FAILED";
    case VK_ERROR_DEVICE_LOST:
      return "VK_ERROR_DEVICE_LOST";
    case VK_ERROR_MEMORY_MAP_FAILED:
      return "VK_ERROR_MEMORY_MAP_FAILED";
    case VK_ERROR_LAYER_NOT_PRESENT:
      return "VK_ERROR_LAYER_NOT_PRESENT";
    case VK_ERROR_EXTENSION_NOT_PRESENT:
      return "VK_ERROR_EXTENSION_NOT_PRESENT";
    case VK_ERROR_FEATURE_NOT_PRESENT:
      return "VK_ERROR_FEATURE_NOT_PRESENT";
    case VK_ERROR_INCOMPATIBLE_DRIVER:
      return "VK_ERROR_INCOMPATIBLE_DRIVER";
    case VK_ERROR_TOO_MANY_OBJECTS:
      return "VK_ERROR_TOO_MANY_OBJECTS";
    default:
      return fmt::format("VkResult {}", static_cast<int>(result));
  }
}

void check(VkResult result, std::string_view action) {
  if (result == VK_SUCCESS) return;
  const std::string what = fmt::format("{} failed: {}", action, resultName(result));
  switch (result) {
    case VK_ERROR_DEVICE_LOST:
      throw DeviceError(
          ExitCode::kTryAgain, what,
          "the driver reset the device; run again, and if it happens again look at the kernel log (dmesg)");
    case VK_ERROR_OUT_OF_HOST_MEMORY:
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
      throw DeviceError(ExitCode::kNoDevice, what, "free memory on the device, or choose a device with more");
    default:
      throw DeviceError(ExitCode::kInternal, what);
  }
}

const LoaderApi& loader() {
  static const LoaderApi api = openLoader();
  return api;
}

DeviceApi loadDeviceApi(const InstanceApi& instanceApi, VkDevice device) {
  DeviceApi api;
  auto load = [&](auto& function, const char* name) {
    function =
        reinterpret_cast<std::remove_reference_t<decltype(function)>>(instanceApi.getDeviceProcAddr(device, name));
  };
  load(api.destroyDevice, "vkDestroyDevice");
  load(api.getDeviceQueue, "vkGetDeviceQueue");
  load(api.queueSubmit2, "vkQueueSubmit2");
  load(api.deviceWaitIdle, "vkDeviceWaitIdle");
  load(api.allocateMemory, "vkAllocateMemory");
  load(api.freeMemory, "vkFreeMemory");
  load(api.mapMemory, "vkMapMemory");
  load(api.createBuffer, "vkCreateBuffer");
  load(api.destroyBuffer, "vkDestroyBuffer");
  load(api.getBufferMemoryRequirements, "vkGetBufferMemoryRequirements");
  load(api.bindBufferMemory, "vkBindBufferMemory");
  load(api.getBufferDeviceAddress, "vkGetBufferDeviceAddress");
  load(api.createBufferView, "vkCreateBufferView");
  load(api.destroyBufferView, "vkDestroyBufferView");
  load(api.createDescriptorSetLayout, "vkCreateDescriptorSetLayout");
  load(api.destroyDescriptorSetLayout, "vkDestroyDescriptorSetLayout");
  load(api.createShaderModule, "vkCreateShaderModule");
  load(api.destroyShaderModule, "vkDestroyShaderModule");
  load(api.createPipelineLayout, "vkCreatePipelineLayout");
  load(api.destroyPipelineLayout, "vkDestroyPipelineLayout");
  load(api.createComputePipelines, "vkCreateComputePipelines");
  load(api.destroyPipeline, "vkDestroyPipeline");
  load(api.createPipelineCache, "vkCreatePipelineCache");
  load(api.destroyPipelineCache, "vkDestroyPipelineCache");
  load(api.getPipelineCacheData, "vkGetPipelineCacheData");
  load(api.createCommandPool, "vkCreateCommandPool");
  load(api.destroyCommandPool, "vkDestroyCommandPool");
  load(api.allocateCommandBuffers, "vkAllocateCommandBuffers");
  load(api.beginCommandBuffer, "vkBeginCommandBuffer");
  load(api.endCommandBuffer, "vkEndCommandBuffer");
  load(api.createFence, "vkCreateFence");
  load(api.destroyFence, "vkDestroyFence");
  load(api.resetFences, "vkResetFences");
  load(api.waitForFences, "vkWaitForFences");
  load(api.createQueryPool, "vkCreateQueryPool");
  load(api.destroyQueryPool, "vkDestroyQueryPool");
  load(api.getQueryPoolResults, "vkGetQueryPoolResults");
  load(api.cmdBindPipeline, "vkCmdBindPipeline");
  load(api.cmdPushConstants, "vkCmdPushConstants");
  load(api.cmdPushDescriptorSet, "vkCmdPushDescriptorSetKHR");
  load(api.cmdDispatch, "vkCmdDispatch");
  load(api.cmdPipelineBarrier2, "vkCmdPipelineBarrier2");
  load(api.cmdCopyBuffer, "vkCmdCopyBuffer");
  load(api.cmdFillBuffer, "vkCmdFillBuffer");
  load(api.cmdResetQueryPool, "vkCmdResetQueryPool");
  load(api.cmdWriteTimestamp2, "vkCmdWriteTimestamp2");
  load(api.setDebugUtilsObjectName, "vkSetDebugUtilsObjectNameEXT");
  load(api.cmdBeginDebugUtilsLabel, "vkCmdBeginDebugUtilsLabelEXT");
  load(api.cmdEndDebugUtilsLabel, "vkCmdEndDebugUtilsLabelEXT");
  return api;
}

Instance::Instance(bool validation) {
  uint32_t version = 0;
  check(loader().enumerateInstanceVersion(&version), "vkEnumerateInstanceVersion");
  if (version < VK_API_VERSION_1_3) {
    throw NoDeviceError(fmt::format("the Vulkan loader speaks {}.{}, and 1.3 is needed", VK_API_VERSION_MAJOR(version),
                                    VK_API_VERSION_MINOR(version)),
                        "update the package `libvulkan1`");
  }
  if (validation && !hasLayer(kValidationLayer)) {
    throw DeviceError(ExitCode::kUsage,
                      fmt::format("validation was asked for, and the layer {} is not installed", kValidationLayer),
                      "install the package `vulkan-validationlayers`, or run without validation");
  }
  const bool debugUtils = validation || hasInstanceExtension(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
  const char* debugUtilsName = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;

  VkApplicationInfo application{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO};
  application.pApplicationName = "nightfog";
  application.apiVersion = VK_API_VERSION_1_3;
  VkInstanceCreateInfo info{.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
  info.pApplicationInfo = &application;
  info.enabledExtensionCount = debugUtils ? 1 : 0;
  info.ppEnabledExtensionNames = &debugUtilsName;

  // Validation messages only: the loader's own (type GENERAL) speak of drivers that we may not even use.
  VkDebugUtilsMessengerCreateInfoEXT messenger{.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT};
  messenger.messageSeverity =
      VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
  messenger.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT;
  messenger.pfnUserCallback = &Instance::onMessage;
  messenger.pUserData = this;
  const VkValidationFeatureEnableEXT synchronization = VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT;
  VkValidationFeaturesEXT features{.sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT, .pNext = &messenger};
  features.enabledValidationFeatureCount = 1;
  features.pEnabledValidationFeatures = &synchronization;
  if (validation) {
    info.pNext = &features;
    info.enabledLayerCount = 1;
    info.ppEnabledLayerNames = &kValidationLayer;
  }

  const VkResult result = loader().createInstance(&info, nullptr, &handle_);
  if (result == VK_ERROR_INCOMPATIBLE_DRIVER) throw NoDeviceError("no Vulkan driver is installed", kDriverHelp);
  check(result, "vkCreateInstance");
  api_ = loadInstanceApi(handle_);
  if (validation) {
    // Stays loaded: what it allocates and never frees can then be told from our own leaks, and the next device opens
    // sooner.
    dlopen("libVkLayer_khronos_validation.so", RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
    const VkResult created = api_.createDebugUtilsMessenger(handle_, &messenger, nullptr, &messenger_);
    if (created != VK_SUCCESS) api_.destroyInstance(handle_, nullptr);
    check(created, "vkCreateDebugUtilsMessengerEXT");
  }
}

Instance::~Instance() {
  if (messenger_ != VK_NULL_HANDLE) api_.destroyDebugUtilsMessenger(handle_, messenger_, nullptr);
  api_.destroyInstance(handle_, nullptr);
}

std::vector<std::string> Instance::takeMessages() {
  const std::lock_guard lock(mutex_);
  return std::exchange(messages_, {});
}

VkBool32 VKAPI_PTR Instance::onMessage(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT,
                                       const VkDebugUtilsMessengerCallbackDataEXT* data, void* self) {
  auto& instance = *static_cast<Instance*>(self);
  const std::lock_guard lock(instance.mutex_);
  instance.messages_.emplace_back(data->pMessage);
  return VK_FALSE;
}

}  // namespace nightfog::gpu
