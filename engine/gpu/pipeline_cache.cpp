#include "engine/gpu/pipeline_cache.hpp"

#include <algorithm>
#include <cstring>

#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"
#include "engine/core/log.hpp"

namespace nightfog::gpu {
namespace {

constexpr std::string_view kMagic = "nightfog pipelines 1\n";
constexpr size_t kDigestBytes = 64;  // hexadecimal
constexpr size_t kHeaderBytes = kMagic.size() + kDigestBytes + 1;
constexpr size_t kMaxFileBytes = size_t{256} << 20;

std::string hexOf(const std::array<uint8_t, VK_UUID_SIZE>& uuid) {
  std::string text;
  for (uint8_t byte : uuid) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

std::string pipelineCacheFileName(const PhysicalDevice& physical) {
  return fmt::format("pipelines-{:x}-{:x}-{}-{}.bin", physical.vendorId, physical.deviceId, hexOf(physical.driverUuid),
                     hexOf(physical.pipelineCacheUuid));
}

std::string packPipelineCache(std::string_view data) {
  return std::string(kMagic) + sha256Hex(data) + "\n" + std::string(data);
}

std::optional<std::string> unpackPipelineCache(std::string_view file, const PhysicalDevice& physical) {
  if (file.size() < kHeaderBytes || file.substr(0, kMagic.size()) != kMagic) return std::nullopt;
  const std::string_view data = file.substr(kHeaderBytes);
  if (file.substr(kMagic.size(), kDigestBytes) != sha256Hex(data)) return std::nullopt;
  // Drivers are bound to check this too; not all do, and a cache of another device has crashed some.
  VkPipelineCacheHeaderVersionOne header{};
  if (data.size() < sizeof(header)) return std::nullopt;
  std::memcpy(&header, data.data(), sizeof(header));
  const bool ours =
      header.headerSize >= sizeof(header) && header.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE &&
      header.vendorID == physical.vendorId && header.deviceID == physical.deviceId &&
      std::equal(physical.pipelineCacheUuid.begin(), physical.pipelineCacheUuid.end(), header.pipelineCacheUUID);
  if (!ours) return std::nullopt;
  return std::string(data);
}

PipelineCache::PipelineCache(const LogicalDevice& device, const PhysicalDevice& physical,
                             const std::filesystem::path& folder)
    : device_(device) {
  if (!folder.empty()) {
    path_ = folder / pipelineCacheFileName(physical);
    std::error_code ignored;
    if (std::filesystem::exists(path_, ignored)) {
      try {
        if (auto data = unpackPipelineCache(readFile(path_, kMaxFileBytes), physical)) {
          onDisk_ = std::move(*data);
        } else {
          logWarning("pipeline cache {} is damaged or of another device; pipelines are compiled anew", path_.string());
        }
      } catch (const IoError& error) {
        logWarning("pipeline cache not read: {}", error.what());
      }
    }
  }
  VkPipelineCacheCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO};
  info.initialDataSize = onDisk_.size();
  info.pInitialData = onDisk_.data();
  check(device.api().createPipelineCache(device.handle(), &info, nullptr, &handle_), "vkCreatePipelineCache");
}

PipelineCache::~PipelineCache() {
  try {
    save();
  } catch (const Error& error) {
    logWarning("pipeline cache not written: {}", error.what());
  }
  device_.api().destroyPipelineCache(device_.handle(), handle_, nullptr);
}

void PipelineCache::save() {
  if (path_.empty()) return;
  size_t size = 0;
  check(device_.api().getPipelineCacheData(device_.handle(), handle_, &size, nullptr), "vkGetPipelineCacheData");
  std::string data(size, '\0');
  check(device_.api().getPipelineCacheData(device_.handle(), handle_, &size, data.data()), "vkGetPipelineCacheData");
  data.resize(size);
  if (data == onDisk_ || size + kHeaderBytes > kMaxFileBytes) return;
  std::error_code error;
  std::filesystem::create_directories(path_.parent_path(), error);
  if (error) throw IoError(fmt::format("cannot make the folder {}: {}", path_.parent_path().string(), error.message()));
  writeFileAtomically(path_, packPipelineCache(data));
  onDisk_ = std::move(data);
}

}  // namespace nightfog::gpu
