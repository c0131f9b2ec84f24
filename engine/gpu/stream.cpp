#include <chrono>

#include "engine/gpu/context.hpp"

namespace nightfog::gpu {
namespace {

constexpr uint32_t kQueriesPerPool = 256;  // even: a dispatch's two stamps lie in one pool

constexpr VkAccessFlags2 kAnyAccess = VK_ACCESS_2_MEMORY_READ_BIT | VK_ACCESS_2_MEMORY_WRITE_BIT;
constexpr VkPipelineStageFlags2 kSteps = VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT;

}  // namespace

struct Stream::Impl {
  /// A named step, timed by two queries from firstQuery on, or on the host.
  struct Step {
    std::string name;
    uint32_t firstQuery = 0;
    double hostMilliseconds = -1;
  };

  Impl(Device& owner, Context& shared) : device(owner), context(shared) {}
  ~Impl();

  void begin();
  void barrier(VkPipelineStageFlags2 toStage, VkAccessFlags2 toAccess);
  /// Opens the command buffer where need be, and orders the next step after all before it.
  void beginStep();
  uint32_t stamp();
  void submitAndWait();
  void readTimings();
  void clear();

  Device& device;
  Context& context;
  VkCommandPool commandPool = VK_NULL_HANDLE;
  VkCommandBuffer commands = VK_NULL_HANDLE;
  VkFence fence = VK_NULL_HANDLE;
  std::vector<VkQueryPool> queryPools;
  uint32_t queryCount = 0;
  bool recording = false;
  std::vector<Step> steps;
  std::vector<Timing> timings;
};

Stream::Impl::~Impl() {
  for (VkQueryPool pool : queryPools) context.api().destroyQueryPool(context.handle(), pool, nullptr);
  if (fence != VK_NULL_HANDLE) context.api().destroyFence(context.handle(), fence, nullptr);
  if (commandPool != VK_NULL_HANDLE) context.api().destroyCommandPool(context.handle(), commandPool, nullptr);
}

void Stream::Impl::begin() {
  VkCommandBufferBeginInfo info{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  info.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  check(context.api().beginCommandBuffer(commands, &info), "vkBeginCommandBuffer");
  recording = true;
}

void Stream::Impl::barrier(VkPipelineStageFlags2 toStage, VkAccessFlags2 toAccess) {
  VkMemoryBarrier2 memory{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER_2};
  memory.srcStageMask = kSteps;
  memory.srcAccessMask = VK_ACCESS_2_MEMORY_WRITE_BIT;
  memory.dstStageMask = toStage;
  memory.dstAccessMask = toAccess;
  VkDependencyInfo dependency{.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO};
  dependency.memoryBarrierCount = 1;
  dependency.pMemoryBarriers = &memory;
  context.api().cmdPipelineBarrier2(commands, &dependency);
}

void Stream::Impl::beginStep() {
  if (!recording) begin();
  // Also before the first: it orders this submission after earlier ones, of whatever stream.
  barrier(kSteps, kAnyAccess);
}

uint32_t Stream::Impl::stamp() {
  const uint32_t query = queryCount++;
  const uint32_t pool = query / kQueriesPerPool;
  if (pool == queryPools.size()) {
    VkQueryPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO};
    info.queryType = VK_QUERY_TYPE_TIMESTAMP;
    info.queryCount = kQueriesPerPool;
    VkQueryPool handle = VK_NULL_HANDLE;
    check(context.api().createQueryPool(context.handle(), &info, nullptr, &handle), "vkCreateQueryPool");
    queryPools.push_back(handle);
  }
  if (query % kQueriesPerPool == 0) context.api().cmdResetQueryPool(commands, queryPools[pool], 0, kQueriesPerPool);
  context.api().cmdWriteTimestamp2(commands, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, queryPools[pool],
                                   query % kQueriesPerPool);
  return query;
}

void Stream::Impl::submitAndWait() {
  if (!recording) return;
  barrier(VK_PIPELINE_STAGE_2_HOST_BIT, VK_ACCESS_2_HOST_READ_BIT | VK_ACCESS_2_HOST_WRITE_BIT);
  recording = false;
  check(context.api().endCommandBuffer(commands), "vkEndCommandBuffer");
  context.throwValidationMessages("recording a stream");  // what is known to be wrong is not run
  VkCommandBufferSubmitInfo buffer{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO};
  buffer.commandBuffer = commands;
  VkSubmitInfo2 submit{.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO_2};
  submit.commandBufferInfoCount = 1;
  submit.pCommandBufferInfos = &buffer;
  check(context.api().queueSubmit2(context.device.queue(), 1, &submit, fence), "vkQueueSubmit2");
  check(context.api().waitForFences(context.handle(), 1, &fence, VK_TRUE, UINT64_MAX), "vkWaitForFences");
  check(context.api().resetFences(context.handle(), 1, &fence), "vkResetFences");
}

void Stream::Impl::readTimings() {
  std::vector<uint64_t> ticks(queryCount);
  for (uint32_t first = 0; first < queryCount; first += kQueriesPerPool) {
    const uint32_t count = std::min(kQueriesPerPool, queryCount - first);
    check(context.api().getQueryPoolResults(context.handle(), queryPools[first / kQueriesPerPool], 0, count,
                                            count * sizeof(uint64_t), ticks.data() + first, sizeof(uint64_t),
                                            VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT),
          "vkGetQueryPoolResults");
  }
  // The clock has timestampValidBits bits and wraps.
  const uint32_t bits = context.physical.timestampValidBits;
  const uint64_t mask = bits >= 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  for (Step& step : steps) {
    double milliseconds = step.hostMilliseconds;
    if (milliseconds < 0) {
      const uint64_t elapsed = (ticks[step.firstQuery + 1] - ticks[step.firstQuery]) & mask;
      milliseconds = static_cast<double>(elapsed) * context.physical.nanosecondsPerTick * 1e-6;
    }
    timings.push_back({std::move(step.name), milliseconds});
  }
}

void Stream::Impl::clear() {
  steps.clear();
  queryCount = 0;
  recording = false;
}

Stream::Stream(Device& device) : impl_(std::make_unique<Impl>(device, device.impl_->context)) {
  const Context& context = impl_->context;
  VkCommandPoolCreateInfo pool{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
  pool.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
  pool.queueFamilyIndex = context.physical.queueFamily;
  check(context.api().createCommandPool(context.handle(), &pool, nullptr, &impl_->commandPool), "vkCreateCommandPool");
  VkCommandBufferAllocateInfo commands{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
  commands.commandPool = impl_->commandPool;
  commands.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  commands.commandBufferCount = 1;
  check(context.api().allocateCommandBuffers(context.handle(), &commands, &impl_->commands),
        "vkAllocateCommandBuffers");
  VkFenceCreateInfo fence{.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
  check(context.api().createFence(context.handle(), &fence, nullptr, &impl_->fence), "vkCreateFence");
}

Stream::~Stream() = default;

Device& Stream::device() const {
  return impl_->device;
}

void Stream::dispatch(const Kernel& kernel, std::string_view name, std::array<uint32_t, 3> groups,
                      std::span<const std::byte> push, std::span<const Buffer* const> texels) {
  NF_ASSERT(kernel.impl_ != nullptr, "dispatch '{}' of an empty kernel", name);
  const Kernel::Impl& program = *kernel.impl_;
  const Context& context = impl_->context;
  NF_ASSERT(push.size() == program.pushConstantBytes,
            "dispatch '{}': {} bytes of push constants, the kernel '{}' takes {}", name, push.size(), program.name,
            program.pushConstantBytes);
  NF_ASSERT(texels.size() == program.texelBuffers, "dispatch '{}': {} texel buffers, the kernel '{}' takes {}", name,
            texels.size(), program.name, program.texelBuffers);
  for (int axis = 0; axis < 3; ++axis) {
    NF_ASSERT(groups[axis] <= context.physical.maxGroups[axis], "dispatch '{}': {} groups along axis {}", name,
              groups[axis], axis);
  }
  impl_->beginStep();
  const DeviceApi& api = context.api();
  const VkCommandBuffer commands = impl_->commands;
  Impl::Step step{.name = std::string(name)};
  if (api.cmdBeginDebugUtilsLabel != nullptr) {
    VkDebugUtilsLabelEXT label{.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_LABEL_EXT};
    label.pLabelName = step.name.c_str();
    api.cmdBeginDebugUtilsLabel(commands, &label);
  }
  step.firstQuery = impl_->stamp();
  api.cmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, program.pipeline);
  if (!push.empty()) {
    api.cmdPushConstants(commands, program.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, static_cast<uint32_t>(push.size()),
                         push.data());
  }
  for (uint32_t i = 0; i < texels.size(); ++i) {
    NF_ASSERT(!texels[i]->isEmpty(), "dispatch '{}': texel buffer {} is empty", name, i);
    const VkBufferView view = texels[i]->impl_->texels(texels[i]->size());
    VkWriteDescriptorSet write{.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
    write.dstBinding = i;
    write.descriptorCount = 1;
    write.descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
    write.pTexelBufferView = &view;
    api.cmdPushDescriptorSet(commands, VK_PIPELINE_BIND_POINT_COMPUTE, program.layout, 0, 1, &write);
  }
  api.cmdDispatch(commands, groups[0], groups[1], groups[2]);
  impl_->stamp();
  if (api.cmdEndDebugUtilsLabel != nullptr) api.cmdEndDebugUtilsLabel(commands);
  impl_->steps.push_back(std::move(step));
}

void Stream::copy(const Buffer& from, size_t fromOffset, const Buffer& to, size_t toOffset, size_t bytes) {
  NF_ASSERT(fromOffset <= from.size() && bytes <= from.size() - fromOffset,
            "copy of {} bytes at {} from a buffer of {}", bytes, fromOffset, from.size());
  NF_ASSERT(toOffset <= to.size() && bytes <= to.size() - toOffset, "copy of {} bytes at {} into a buffer of {}", bytes,
            toOffset, to.size());
  if (bytes == 0) return;
  impl_->beginStep();
  const VkBufferCopy region{fromOffset, toOffset, bytes};
  impl_->context.api().cmdCopyBuffer(impl_->commands, from.impl_->handle, to.impl_->handle, 1, &region);
}

void Stream::fill(const Buffer& buffer, uint32_t value) {
  if (buffer.isEmpty()) return;
  impl_->beginStep();
  impl_->context.api().cmdFillBuffer(impl_->commands, buffer.impl_->handle, 0, VK_WHOLE_SIZE, value);
}

void Stream::hostTask(std::string_view name, const std::function<void()>& task) {
  try {
    impl_->submitAndWait();
    const auto start = std::chrono::steady_clock::now();
    task();
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    impl_->steps.push_back({.name = std::string(name), .hostMilliseconds = elapsed.count()});
  } catch (...) {
    impl_->clear();
    throw;
  }
}

void Stream::finish() {
  impl_->timings.clear();
  try {
    impl_->submitAndWait();
    impl_->readTimings();
    impl_->context.throwValidationMessages("running a stream");
  } catch (...) {
    impl_->clear();
    throw;
  }
  impl_->clear();
}

const std::vector<Timing>& Stream::timings() const {
  return impl_->timings;
}

std::array<uint32_t, 3> groupsFor(uint64_t n, uint32_t size) {
  constexpr uint64_t kMaxGroups = 65535;  // that every device takes along an axis
  NF_ASSERT(size > 0 && n <= UINT32_MAX, "{} items in groups of {}", n, size);
  const uint64_t groups = (n + size - 1) / size;
  const uint64_t rows = (groups + kMaxGroups - 1) / kMaxGroups;
  const uint64_t columns = rows == 0 ? 0 : (groups + rows - 1) / rows;  // at most rows - 1 groups are idle
  NF_ASSERT(rows <= kMaxGroups, "{} items in groups of {}", n, size);
  return {static_cast<uint32_t>(columns), static_cast<uint32_t>(rows == 0 ? 1 : rows), 1};
}

}  // namespace nightfog::gpu
