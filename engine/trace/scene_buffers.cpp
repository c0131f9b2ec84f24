#include <cmath>
#include <cstring>

#include "engine/core/error.hpp"
#include "engine/trace/scene_arrays.hpp"
#include "engine/trace/tracer.hpp"

namespace nightfog::trace {

namespace {

/// An array that kernels and the host both read: in one place where the device shares the host's memory, else a copy
/// for each.
template <class T>
class MirroredArray {
 public:
  /// Room is kept for a quarter more when it has to grow again: frames differ a little in what they hold.
  void assign(gpu::Device& device, std::vector<T> values, std::string_view name) {
    constexpr size_t kPadding = 2;  // Embree reads 16 bytes at the last position
    if (buffer_.size() < (values.size() + kPadding) * sizeof(T)) {
      const size_t slack = buffer_.isEmpty() ? 0 : values.size() / 4;
      buffer_ = {};
      buffer_ = device.createBuffer((values.size() + slack + kPadding) * sizeof(T), gpu::Memory::kDevice, name);
    }
    count_ = values.size();
    if (count_ != 0) device.upload(buffer_, std::as_bytes(std::span(values)));
    if (buffer_.host() == nullptr) copy_ = std::move(values);
  }
  uint64_t address() const { return buffer_.address(); }
  std::span<const T> host() const {
    return buffer_.host() != nullptr ? std::span<const T>(reinterpret_cast<const T*>(buffer_.host()), count_)
                                     : std::span<const T>(copy_);
  }
  size_t count() const { return count_; }

 private:
  gpu::Buffer buffer_;
  std::vector<T> copy_;
  size_t count_ = 0;
};

shared::PoseKey poseKey(const RigidTransform& worldFromPart, const glm::dvec3& origin) {
  const glm::dquat q = glm::normalize(worldFromPart.rotation);
  return {glm::vec4(static_cast<float>(q.x), static_cast<float>(q.y), static_cast<float>(q.z), static_cast<float>(q.w)),
          glm::vec3(worldFromPart.translation - origin), 0};
}

}  // namespace

struct SceneBuffers::Impl {
  explicit Impl(gpu::Device& d) : device(d) {}
  gpu::Device& device;
  size_t contentMeshCount = 0;
  std::vector<StandingInstance> standing;
  std::vector<MeshBounds> bounds;
  MirroredArray<glm::vec3> positions;
  MirroredArray<glm::vec3> normals;
  MirroredArray<glm::vec2> uvs;
  MirroredArray<glm::uvec3> triangles;
  MirroredArray<uint32_t> surfaceOfTriangle;
  MirroredArray<shared::Surface> surfaces;
  MirroredArray<shared::MaterialData> materials;
  MirroredArray<shared::TextureData> textures;
  MirroredArray<uint32_t> texels;
  MirroredArray<shared::MeshRange> meshes;
  MirroredArray<shared::Instance> instances;
  MirroredArray<shared::PoseKey> poseKeys;
  glm::dvec3 origin{0};
  float keyStep_s = 1;
};

SceneBuffers::SceneBuffers(gpu::Device& device, const content::SceneContent& content)
    : SceneBuffers(device, content, Options{}) {}

SceneBuffers::SceneBuffers(gpu::Device& device, const content::SceneContent& content, const Options& options)
    : impl_(std::make_unique<Impl>(device)) {
  SceneArrays arrays = layOutScene(content, options);
  impl_->contentMeshCount = content.meshes.size();
  impl_->standing = std::move(arrays.standing);
  impl_->bounds = std::move(arrays.bounds);
  impl_->positions.assign(device, std::move(arrays.positions), "scene.positions");
  impl_->normals.assign(device, std::move(arrays.normals), "scene.normals");
  impl_->uvs.assign(device, std::move(arrays.uvs), "scene.uvs");
  impl_->triangles.assign(device, std::move(arrays.triangles), "scene.triangles");
  impl_->surfaceOfTriangle.assign(device, std::move(arrays.surfaceOfTriangle), "scene.surfaceOfTriangle");
  impl_->surfaces.assign(device, std::move(arrays.surfaces), "scene.surfaces");
  impl_->materials.assign(device, std::move(arrays.materials), "scene.materials");
  impl_->textures.assign(device, std::move(arrays.textures), "scene.textures");
  impl_->texels.assign(device, std::move(arrays.texels), "scene.texels");
  impl_->meshes.assign(device, std::move(arrays.meshes), "scene.meshes");
  setFrame(content::SceneSnapshot{}, glm::dvec3(0));
}

SceneBuffers::~SceneBuffers() = default;

void SceneBuffers::checkShapes(const content::SceneSnapshot& snapshot, size_t index) const {
  const content::SnapshotInstance& instance = snapshot.instances[index];
  if (instance.shapeCount == 1) return;
  const std::span<const shared::MeshRange> meshes = impl_->meshes.host();
  bool isRing = instance.shapeCount > 1 && instance.keyCount > 1 &&
                uint64_t{instance.mesh.value} + instance.shapeCount <= impl_->contentMeshCount &&
                uint64_t{instance.firstShape} + instance.keyCount <= snapshot.shapes.size();
  for (uint32_t k = 0; isRing && k < instance.shapeCount; ++k) {
    const uint32_t next = instance.mesh.value + (k + 1) % instance.shapeCount;
    isRing = meshes[instance.mesh.value + k].nextVertex == meshes[next].firstVertex;
  }
  constexpr float kMost = 1e6f;
  for (uint32_t k = 0; isRing && k < instance.keyCount; ++k) {
    const float shape = snapshot.shapes[instance.firstShape + k];
    isRing = shape >= 0 && shape < kMost;  // false for NaN
  }
  if (!isRing) {
    throw Error(ExitCode::kInternal, fmt::format("instance {} has {} shapes from mesh {} on, which are no cycle, or "
                                                 "not one number for each of its {} keys",
                                                 index, instance.shapeCount, instance.mesh.value, instance.keyCount));
  }
}

void SceneBuffers::setFrame(const content::SceneSnapshot& snapshot, const glm::dvec3& origin) {
  std::vector<shared::Instance> instances;
  std::vector<shared::PoseKey> poseKeys;
  instances.reserve(impl_->standing.size() + snapshot.instances.size());
  poseKeys.reserve(impl_->standing.size() + snapshot.poses.size());
  const float lampsOn = snapshot.environment.sceneryLampsOn ? 1.0f : 0.0f;
  for (const StandingInstance& standing : impl_->standing) {
    instances.push_back(
        {standing.mesh, standing.object, static_cast<uint32_t>(poseKeys.size()), 1, 0xffffffffu, lampsOn, 0, 1});
    poseKeys.push_back(poseKey(standing.worldFromMesh, origin));
  }
  const auto firstKey = static_cast<uint32_t>(poseKeys.size());
  for (size_t i = 0; i < snapshot.instances.size(); ++i) {
    const content::SnapshotInstance& instance = snapshot.instances[i];
    if (instance.mesh.value >= impl_->contentMeshCount) {
      throw Error(ExitCode::kInternal,
                  fmt::format("instance {} names mesh {} of {}", i, instance.mesh.value, impl_->contentMeshCount));
    }
    if ((instance.keyCount != 1 && instance.keyCount != snapshot.keyCount) || instance.keyCount == 0 ||
        uint64_t{instance.firstKey} + instance.keyCount > snapshot.poses.size()) {
      throw Error(ExitCode::kInternal,
                  fmt::format("instance {} has keys {} + {} of {} poses, snapshot key count {}", i, instance.firstKey,
                              instance.keyCount, snapshot.poses.size(), snapshot.keyCount));
    }
    if (instance.keyCount > 1 && snapshot.keyStep.ns <= 0) {
      throw Error(ExitCode::kInternal,
                  fmt::format("instance {} moves but the snapshot's key step is {} ns", i, snapshot.keyStep.ns));
    }
    checkShapes(snapshot, i);
    instances.push_back({instance.mesh.value, instance.object.value, firstKey + instance.firstKey, instance.keyCount,
                         instance.mask, instance.emission, instance.part, instance.shapeCount});
  }
  for (size_t i = 0; i < snapshot.poses.size(); ++i) {
    if (!isFinite(snapshot.poses[i])) {
      throw Error(ExitCode::kInternal, fmt::format("pose {} of the snapshot is not finite or not a rotation", i));
    }
    poseKeys.push_back(poseKey(snapshot.poses[i], origin));
  }
  for (const content::SnapshotInstance& instance : snapshot.instances) {
    for (uint32_t k = 0; instance.shapeCount > 1 && k < instance.keyCount; ++k)
      poseKeys[firstKey + instance.firstKey + k].shape = snapshot.shapes[instance.firstShape + k];
  }
  impl_->origin = origin;
  impl_->keyStep_s = snapshot.keyStep.ns > 0 ? static_cast<float>(snapshot.keyStep.seconds()) : 1.0f;
  impl_->instances.assign(impl_->device, std::move(instances), "scene.instances");
  impl_->poseKeys.assign(impl_->device, std::move(poseKeys), "scene.poseKeys");
}

shared::SceneTable SceneBuffers::table() const {
  shared::SceneTable table{};
  table.positions = impl_->positions.address();
  table.normals = impl_->normals.address();
  table.uvs = impl_->uvs.address();
  table.triangles = impl_->triangles.address();
  table.surfaceOfTriangle = impl_->surfaceOfTriangle.address();
  table.surfaces = impl_->surfaces.address();
  table.materials = impl_->materials.address();
  table.textures = impl_->textures.address();
  table.texels = impl_->texels.address();
  table.meshes = impl_->meshes.address();
  table.instances = impl_->instances.address();
  table.poseKeys = impl_->poseKeys.address();
  table.instanceCount = static_cast<uint32_t>(impl_->instances.count());
  table.keyStep_s = impl_->keyStep_s;
  return table;
}

glm::dvec3 SceneBuffers::origin() const {
  return impl_->origin;
}
uint32_t SceneBuffers::tileCount() const {
  return static_cast<uint32_t>(impl_->standing.size());
}
gpu::Device& SceneBuffers::device() const {
  return impl_->device;
}

SceneBuffers::HostView SceneBuffers::host() const {
  HostView view;
  view.positions = impl_->positions.host();
  view.normals = impl_->normals.host();
  view.uvs = impl_->uvs.host();
  view.triangles = impl_->triangles.host();
  view.surfaceOfTriangle = impl_->surfaceOfTriangle.host();
  view.surfaces = impl_->surfaces.host();
  view.materials = impl_->materials.host();
  view.textures = impl_->textures.host();
  view.texels = impl_->texels.host();
  view.meshes = impl_->meshes.host();
  view.meshBounds = impl_->bounds;
  view.instances = impl_->instances.host();
  view.poseKeys = impl_->poseKeys.host();
  view.keyStep_s = impl_->keyStep_s;
  return view;
}

shared::SceneTable SceneBuffers::hostTable() const {
  const HostView view = host();
  const auto addressOf = [](const auto& values) { return reinterpret_cast<uint64_t>(values.data()); };
  shared::SceneTable table{};
  table.positions = addressOf(view.positions);
  table.normals = addressOf(view.normals);
  table.uvs = addressOf(view.uvs);
  table.triangles = addressOf(view.triangles);
  table.surfaceOfTriangle = addressOf(view.surfaceOfTriangle);
  table.surfaces = addressOf(view.surfaces);
  table.materials = addressOf(view.materials);
  table.textures = addressOf(view.textures);
  table.texels = addressOf(view.texels);
  table.meshes = addressOf(view.meshes);
  table.instances = addressOf(view.instances);
  table.poseKeys = addressOf(view.poseKeys);
  table.instanceCount = static_cast<uint32_t>(view.instances.size());
  table.keyStep_s = view.keyStep_s;
  return table;
}

}  // namespace nightfog::trace
