// Compiled pipelines on disk. A cache that is damaged or was made by another device or driver is ignored. Private to
// engine/gpu and its tests.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "engine/gpu/physical_device.hpp"

namespace nightfog::gpu {

/// "pipelines-10005-0-<driver>-<cache>.bin"
std::string pipelineCacheFileName(const PhysicalDevice& physical);
/// The driver's data with our header before it: magic, version, length, SHA-256.
std::string packPipelineCache(std::string_view data);
/// The driver's data, or nothing unless it is whole and was made by this very device and driver.
std::optional<std::string> unpackPipelineCache(std::string_view file, const PhysicalDevice& physical);

class PipelineCache {
 public:
  /// `folder` empty: in memory only.
  PipelineCache(const LogicalDevice& device, const PhysicalDevice& physical, const std::filesystem::path& folder);
  ~PipelineCache();
  PipelineCache(const PipelineCache&) = delete;
  PipelineCache& operator=(const PipelineCache&) = delete;

  VkPipelineCache handle() const { return handle_; }
  /// Writes the file where its content would change. Throws IoError.
  void save();

 private:
  const LogicalDevice& device_;
  VkPipelineCache handle_ = VK_NULL_HANDLE;
  std::filesystem::path path_;
  std::string onDisk_;  ///< what the file holds, as far as it is valid
};

}  // namespace nightfog::gpu
