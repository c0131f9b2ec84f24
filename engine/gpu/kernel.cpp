#include <vector>

#include "engine/core/hash.hpp"
#include "engine/gpu/context.hpp"

namespace nightfog::gpu {

Kernel::Kernel() = default;
Kernel::Kernel(Kernel&&) noexcept = default;
Kernel& Kernel::operator=(Kernel&&) noexcept = default;
Kernel::~Kernel() = default;

Pipeline::~Pipeline() {
  if (pipeline != VK_NULL_HANDLE) device.api().destroyPipeline(device.handle(), pipeline, nullptr);
  if (layout != VK_NULL_HANDLE) device.api().destroyPipelineLayout(device.handle(), layout, nullptr);
  if (setLayout != VK_NULL_HANDLE) device.api().destroyDescriptorSetLayout(device.handle(), setLayout, nullptr);
}

namespace {

/// Everything that a pipeline is made from.
std::string keyOf(std::span<const uint32_t> spirv, std::string_view name, size_t pushConstantBytes,
                  std::span<const uint32_t> specialization, uint32_t texelBuffers) {
  Sha256 hash;
  hash.update(std::as_bytes(spirv));
  hash.update(fmt::format(" {} {} {} ", name, pushConstantBytes, texelBuffers));
  hash.update(std::as_bytes(specialization));
  return hash.hex();
}

std::unique_ptr<Pipeline> compile(Context& context, std::span<const uint32_t> spirv, std::string_view name,
                                  size_t pushConstantBytes, std::span<const uint32_t> specialization,
                                  uint32_t texelBuffers) {
  auto made = std::make_unique<Pipeline>(context.device);
  if (texelBuffers > 0) {
    std::vector<VkDescriptorSetLayoutBinding> bindings;
    for (uint32_t i = 0; i < texelBuffers; ++i) {
      bindings.push_back({i, VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, nullptr});
    }
    VkDescriptorSetLayoutCreateInfo set{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO};
    set.flags = VK_DESCRIPTOR_SET_LAYOUT_CREATE_PUSH_DESCRIPTOR_BIT_KHR;
    set.bindingCount = texelBuffers;
    set.pBindings = bindings.data();
    check(context.api().createDescriptorSetLayout(context.handle(), &set, nullptr, &made->setLayout),
          "vkCreateDescriptorSetLayout");
  }
  VkPushConstantRange range{VK_SHADER_STAGE_COMPUTE_BIT, 0, static_cast<uint32_t>(pushConstantBytes)};
  VkPipelineLayoutCreateInfo layout{.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO};
  layout.setLayoutCount = texelBuffers > 0 ? 1 : 0;
  layout.pSetLayouts = &made->setLayout;
  layout.pushConstantRangeCount = pushConstantBytes > 0 ? 1 : 0;
  layout.pPushConstantRanges = &range;
  check(context.api().createPipelineLayout(context.handle(), &layout, nullptr, &made->layout),
        "vkCreatePipelineLayout");

  std::vector<VkSpecializationMapEntry> entries;
  for (uint32_t id = 0; id < specialization.size(); ++id) {
    entries.push_back({id, static_cast<uint32_t>(id * sizeof(uint32_t)), sizeof(uint32_t)});
  }
  VkSpecializationInfo constants{};
  constants.mapEntryCount = static_cast<uint32_t>(entries.size());
  constants.pMapEntries = entries.data();
  constants.dataSize = specialization.size_bytes();
  constants.pData = specialization.data();

  VkShaderModuleCreateInfo code{.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO};
  code.codeSize = spirv.size_bytes();
  code.pCode = spirv.data();
  VkShaderModule module = VK_NULL_HANDLE;
  check(context.api().createShaderModule(context.handle(), &code, nullptr, &module),
        fmt::format("vkCreateShaderModule of '{}'", name));

  VkComputePipelineCreateInfo info{.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO};
  info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
  info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  info.stage.module = module;
  info.stage.pName = "main";
  info.stage.pSpecializationInfo = entries.empty() ? nullptr : &constants;
  info.layout = made->layout;
  const VkResult result = context.api().createComputePipelines(context.handle(), context.pipelineCache.handle(), 1,
                                                               &info, nullptr, &made->pipeline);
  context.api().destroyShaderModule(context.handle(), module, nullptr);
  context.throwValidationMessages(fmt::format("making the kernel '{}'", name));
  check(result, fmt::format("vkCreateComputePipelines of '{}'", name));
  context.setName(VK_OBJECT_TYPE_PIPELINE, reinterpret_cast<uint64_t>(made->pipeline), name);

  return made;
}

}  // namespace

Kernel Device::createKernel(std::span<const uint32_t> spirv, std::string_view name, size_t pushConstantBytes,
                            std::span<const uint32_t> specialization, uint32_t texelBuffers) {
  NF_ASSERT(pushConstantBytes <= kMaxPushConstantBytes && pushConstantBytes % 4 == 0,
            "kernel '{}': {} bytes of push constants", name, pushConstantBytes);
  Context& context = impl_->context;
  const std::string key = keyOf(spirv, name, pushConstantBytes, specialization, texelBuffers);
  auto known = context.pipelines.find(key);
  if (known == context.pipelines.end()) {
    auto made = compile(context, spirv, name, pushConstantBytes, specialization, texelBuffers);
    known = context.pipelines.emplace(key, std::move(made)).first;
  }
  Kernel kernel;
  kernel.impl_ = std::make_unique<Kernel::Impl>();
  kernel.impl_->name = name;
  kernel.impl_->layout = known->second->layout;
  kernel.impl_->pipeline = known->second->pipeline;
  kernel.impl_->pushConstantBytes = pushConstantBytes;
  kernel.impl_->texelBuffers = texelBuffers;
  return kernel;
}

}  // namespace nightfog::gpu
