#include "engine/trace/compute_bvh/compute_bvh.hpp"

#include <algorithm>

#include "engine/trace/compute_bvh/bvh_builder.hpp"
#include "kernels/trace/trace_any.spv.h"
#include "kernels/trace/trace_closest.spv.h"

namespace nightfog::trace {

namespace {

constexpr uint32_t kTrianglesPerLeaf = 2;

Box boxOf(const SceneBuffers::HostView& view, const shared::MeshRange& mesh, uint32_t triangle) {
  const glm::uvec3& t = view.triangles[mesh.firstTriangle + triangle];
  constexpr float kMax = std::numeric_limits<float>::max();
  if (t.x == t.y || t.y == t.z || t.z == t.x) return {glm::vec3(kMax), glm::vec3(-kMax)};  // cannot be hit
  Box box{glm::vec3(kMax), glm::vec3(-kMax)};
  for (const uint32_t firstVertex : {mesh.firstVertex, mesh.nextVertex}) {
    for (int corner = 0; corner < 3; ++corner) {
      const glm::vec3& p = view.positions[firstVertex + t[corner]];
      box.low = glm::min(box.low, p);
      box.high = glm::max(box.high, p);
    }
  }
  return box;
}

/// A buffer whose content changes every frame; grows, never shrinks.
class FrameBuffer {
 public:
  template <class T>
  uint64_t assign(gpu::Device& device, const std::vector<T>& values, std::string_view name) {
    const size_t bytes = std::max<size_t>(1, values.size()) * sizeof(T);
    if (buffer_.size() < bytes) {
      buffer_ = {};
      buffer_ = device.createBuffer(bytes + bytes / 4, gpu::Memory::kDevice, name);
    }
    if (!values.empty()) device.upload(buffer_, std::as_bytes(std::span(values)));
    return buffer_.address();
  }

 private:
  gpu::Buffer buffer_;
};

/// The one buffer of texels that kernels see: arrays lie in it one behind the other, each from a texel of its own.
class TexelArena {
 public:
  static constexpr size_t kTexelBytes = 16;
  /// A place for an array that is written again every frame.
  struct Place {
    uint32_t first = 0;
    uint32_t texels = 0;
  };

  explicit TexelArena(gpu::Device& device) : device_(device) {}
  const gpu::Buffer& buffer() const { return buffer_; }

  /// Returns the array's first texel. An array that has outgrown its place gets another with a quarter to spare, so
  /// that what is left behind stays less than what is in use.
  template <class T>
  uint32_t assign(Place& place, std::span<const T> values) {
    static_assert(sizeof(T) % kTexelBytes == 0);
    const size_t texels = values.size() * (sizeof(T) / kTexelBytes);
    if (texels > place.texels || buffer_.isEmpty()) {
      const size_t room = texels + (place.texels == 0 ? 0 : texels / 4);
      place = {reserve(room), static_cast<uint32_t>(room)};
    }
    device_.upload(buffer_, std::as_bytes(values), place.first * kTexelBytes);
    return place.first;
  }
  template <class T>
  uint32_t assign(Place& place, const std::vector<T>& values) {
    return assign(place, std::span<const T>(values));
  }
  template <class T>
  uint32_t append(const std::vector<T>& values) {
    Place place;
    return assign(place, values);
  }

 private:
  uint32_t reserve(size_t texels) {
    const size_t first = used_;
    used_ += texels;
    if (buffer_.isEmpty() || used_ * kTexelBytes > buffer_.size()) {
      constexpr size_t kLeast = size_t{1} << 20;
      gpu::Buffer larger = device_.createBuffer(std::max({used_ * kTexelBytes, 2 * buffer_.size(), kLeast}),
                                                gpu::Memory::kDevice, "bvh.texels");
      gpu::Stream stream(device_);
      stream.copy(buffer_, 0, larger, 0, first * kTexelBytes);
      stream.finish();
      buffer_ = std::move(larger);
    }
    return static_cast<uint32_t>(first);
  }

  gpu::Device& device_;
  gpu::Buffer buffer_;
  size_t used_ = 0;
};

class ComputeBvhTracer final : public Tracer {
 public:
  ComputeBvhTracer(SceneBuffers& scene, Jobs& jobs)
      : scene_(scene),
        jobs_(jobs),
        closest_(scene.device().createKernel(kTraceClosest_spv, "trace.bvh.closest", sizeof(shared::TracePush), {}, 1)),
        any_(scene.device().createKernel(kTraceAny_spv, "trace.bvh.any", sizeof(shared::TracePush), {}, 1)),
        texels_(scene.device()) {}

  std::string_view name() const override { return "compute_bvh"; }
  void build() override;
  void update() override;
  void closestHit(gpu::Stream& stream, const RayBatch& batch) override {
    trace(stream, closest_, "trace.bvh.closest", batch);
  }
  void anyHit(gpu::Stream& stream, const RayBatch& batch) override { trace(stream, any_, "trace.bvh.any", batch); }

 private:
  struct MeshTree {
    uint32_t nodes = 0;  ///< first texel
    uint32_t triangles = 0;
    uint32_t alphaTriangles = 0;
    uint32_t root = shared::kEmptyChild;
    bool isBuilt = false;
    uint32_t shapes = 0;  ///< first texel of the ShapeTrees from this mesh on
    uint32_t shapeCount = 0;
  };

  void buildMesh(const SceneBuffers::HostView& view, uint32_t mesh);
  void requireMesh(const SceneBuffers::HostView& view, const shared::Instance& instance);
  void trace(gpu::Stream& stream, const gpu::Kernel& kernel, std::string_view taskName, const RayBatch& batch) const;

  SceneBuffers& scene_;
  Jobs& jobs_;
  gpu::Kernel closest_;
  gpu::Kernel any_;
  std::vector<MeshTree> trees_;
  TexelArena texels_;
  TexelArena::Place topNodes_;
  TexelArena::Place topInstances_;
  TexelArena::Place poseKeys_;
  FrameBuffer objectInstances_;
  FrameBuffer table_;
  uint64_t tableAddress_ = 0;
};

void ComputeBvhTracer::build() {
  trees_.clear();
  trees_.resize(scene_.host().meshes.size());
  update();
}

void ComputeBvhTracer::buildMesh(const SceneBuffers::HostView& view, uint32_t mesh) {
  const shared::MeshRange& range = view.meshes[mesh];
  std::vector<Box> boxes(range.triangleCount);
  for (uint32_t i = 0; i < range.triangleCount; ++i) boxes[i] = boxOf(view, range, i);
  const Bvh bvh = buildBvh(boxes, kTrianglesPerLeaf, shared::kMeshStack, jobs_);
  std::vector<shared::LeafTriangle> triangles;
  std::vector<shared::AlphaTriangle> alphaTriangles;
  triangles.reserve(bvh.items.size());
  for (const uint32_t primitive : bvh.items) {
    const glm::uvec3& t = view.triangles[range.firstTriangle + primitive];
    const glm::vec3* positions = &view.positions[range.firstVertex];
    const uint32_t surface = view.surfaceOfTriangle[range.firstTriangle + primitive];
    const uint32_t texture = view.materials[view.surfaces[surface].material].alphaTexture;
    uint32_t name = primitive;
    if (texture != shared::kNoTexture) {
      const glm::vec2* uvs = &view.uvs[range.firstVertex];
      name = shared::kAlphaTestBit | static_cast<uint32_t>(alphaTriangles.size());
      alphaTriangles.push_back({uvs[t.x], uvs[t.y], uvs[t.z], primitive, view.textures[texture], {}});
    }
    triangles.push_back({positions[t.x], positions[t.y], positions[t.z], name, {}});
    if (range.nextVertex == range.firstVertex) continue;
    const glm::vec3* next = &view.positions[range.nextVertex];
    triangles.push_back({next[t.x], next[t.y], next[t.z], name, {}});
  }
  MeshTree& tree = trees_[mesh];
  tree.nodes = texels_.append(bvh.nodes);
  tree.triangles = texels_.append(triangles);
  tree.alphaTriangles = texels_.append(alphaTriangles);
  tree.root = bvh.root;
  tree.isBuilt = true;
}

/// Builds what an instance shows when one first shows it.
void ComputeBvhTracer::requireMesh(const SceneBuffers::HostView& view, const shared::Instance& instance) {
  for (uint32_t mesh = instance.mesh; mesh < instance.mesh + instance.shapeCount; ++mesh) {
    if (!trees_[mesh].isBuilt) buildMesh(view, mesh);
  }
  MeshTree& first = trees_[instance.mesh];
  const shared::MeshRange& range = view.meshes[instance.mesh];
  if (range.nextVertex == range.firstVertex || first.shapeCount >= instance.shapeCount) return;
  std::vector<shared::ShapeTree> shapes;
  for (uint32_t mesh = instance.mesh; mesh < instance.mesh + instance.shapeCount; ++mesh) {
    const MeshTree& tree = trees_[mesh];
    shapes.push_back({tree.nodes, tree.triangles, tree.alphaTriangles, tree.root});
  }
  first.shapes = texels_.append(shapes);
  first.shapeCount = instance.shapeCount;
}

void ComputeBvhTracer::update() {
  const SceneBuffers::HostView view = scene_.host();
  gpu::Device& device = scene_.device();
  std::vector<Box> boxes;
  boxes.reserve(view.instances.size());
  for (const shared::Instance& instance : view.instances) {
    requireMesh(view, instance);
    boxes.push_back(
        sweptBox(view.meshBounds[instance.mesh], view.poseKeys.subspan(instance.firstKey, instance.keyCount)));
  }
  const Bvh top = buildBvh(boxes, 1, shared::kTopStack, jobs_);
  std::vector<shared::TopInstance> topInstances;
  std::vector<shared::ObjectInstance> byObject;
  topInstances.reserve(top.items.size());
  for (const uint32_t item : top.items) {
    const shared::Instance& instance = view.instances[item];
    const MeshTree& tree = trees_[instance.mesh];
    if (instance.object != 0) byObject.push_back({instance.object, static_cast<uint32_t>(topInstances.size())});
    const bool bends = tree.shapeCount > 0;
    topInstances.push_back({bends ? tree.shapes : tree.nodes, bends ? instance.shapeCount : tree.triangles,
                            tree.alphaTriangles, tree.root, instance.mask, item, 0,
                            instance.keyCount | (bends ? shared::kBendsBit : 0)});
  }
  std::stable_sort(
      byObject.begin(), byObject.end(),
      [](const shared::ObjectInstance& a, const shared::ObjectInstance& b) { return a.object < b.object; });
  const uint32_t firstPose = texels_.assign(poseKeys_, view.poseKeys);
  for (shared::TopInstance& instance : topInstances) {
    instance.firstKey = firstPose + shared::kPoseKeyTexels * view.instances[instance.instance].firstKey;
  }

  shared::BvhTable table{};
  table.texels = scene_.table().texels;
  table.keyStep_s = view.keyStep_s;
  table.topNodes = texels_.assign(topNodes_, top.nodes);
  table.topInstances = texels_.assign(topInstances_, topInstances);
  table.objectInstances = objectInstances_.assign(device, byObject, "bvh.objectInstances");
  table.topRoot = top.root;
  table.objectInstanceCount = static_cast<uint32_t>(byObject.size());
  tableAddress_ = table_.assign(device, std::vector{table}, "bvh.table");
}

void ComputeBvhTracer::trace(gpu::Stream& stream, const gpu::Kernel& kernel, std::string_view taskName,
                             const RayBatch& batch) const {
  if (batch.count == 0) return;
  const shared::TracePush push{tableAddress_, batch.rays.address(), batch.hits.address(), batch.count};
  stream.dispatch(kernel, taskName, gpu::groupsFor(batch.count, shared::kTraceGroupSize), push,
                  std::array{&texels_.buffer()});
}

}  // namespace

std::unique_ptr<Tracer> makeComputeBvhTracer(SceneBuffers& scene, Jobs& jobs) {
  return std::make_unique<ComputeBvhTracer>(scene, jobs);
}

}  // namespace nightfog::trace
