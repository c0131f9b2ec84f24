#include "engine/trace/embree/embree_tracer.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include "engine/core/error.hpp"
#include "engine/trace/embree/mesh_scenes.hpp"
#include "engine/trace/embree/ray_packet.hpp"
#include "engine/trace/host_batch.hpp"
#include "engine/trace/swept_box.hpp"

namespace nightfog::trace {

namespace {

constexpr size_t kRaysPerBlock = 1024;
constexpr float kOccluded = -std::numeric_limits<float>::infinity();

/// An instance as the packets meet it.
struct BodyInstance {
  const MeshScene* mesh = nullptr;  ///< its first shape
  const shared::PoseKey* keys = nullptr;
  uint32_t keyCount = 1;
  uint32_t mask = 0;
  uint32_t shapeCount = 1;
};

/// What the callbacks read of a frame.
struct Frame {
  float keyStep_s = 1;
  std::vector<BodyInstance> bodies;  ///< every instance
  std::vector<uint32_t> topLevel;    ///< instance of each primitive of the top level: those that are not empty
  std::vector<Box> boxes;            ///< of these
  std::vector<std::pair<uint32_t, uint32_t>> byObject;  ///< (object, instance), ascending
};

/// Embree hands its context on to the callbacks; ours goes on behind it.
struct PacketContext {
  RTCIntersectContext embree;
  const Frame* frame = nullptr;
  uint32_t occluder[8];  ///< instance that each lane's any-hit ray met
};

/// Calls meet(lanes, mesh) for the shapes in which the packet's rays see the body; one that does not bend has one.
/// `local` is the packet in the body's frame: a ray's time becomes how far on it is from its shape to the next.
template <class Meet>
void forShapes(const BodyInstance& body, float keyStep_s, const int* active, RTCRay8& local, const Meet& meet) {
  if (!body.mesh->bends) {
    meet(active, *body.mesh);
    return;
  }
  uint32_t shape[8];
  LaneMask left;
  for (int i = 0; i < 8; ++i) {
    left.lane[i] = active[i];
    shape[i] = enterShape(body.keys, body.keyCount, keyStep_s, body.shapeCount, local.time[i]);
  }
  for (int first = 0; first < 8; ++first) {
    if (left.lane[first] == 0) continue;
    LaneMask same{};
    for (int i = first; i < 8; ++i) {
      if (left.lane[i] == 0 || shape[i] != shape[first]) continue;
      same.lane[i] = -1;
      left.lane[i] = 0;
    }
    meet(same.lane, body.mesh[shape[first]]);
  }
}

void meetBody(const int* valid, PacketContext& context, RTCRayHit8& packet, uint32_t instance) {
  const BodyInstance& body = context.frame->bodies[instance];
  RTCRayHit8 local;
  alignas(32) int active[8];
  int any = 0;
  for (int i = 0; i < 8; ++i) {
    active[i] = (packet.ray.mask[i] & body.mask) != 0 ? valid[i] : 0;
    any |= active[i];
    local.hit.geomID[i] = RTC_INVALID_GEOMETRY_ID;
  }
  if (any == 0) return;
  moveIntoBody(packet.ray, body.keys, body.keyCount, context.frame->keyStep_s, local.ray);
  forShapes(body, context.frame->keyStep_s, active, local.ray, [&](const int* lanes, const MeshScene& mesh) {
    rtcIntersect8(lanes, mesh.scene, &context.embree, &local);
  });
  for (int i = 0; i < 8; ++i) {
    if (active[i] == 0 || local.hit.geomID[i] == RTC_INVALID_GEOMETRY_ID) continue;
    packet.ray.tfar[i] = local.ray.tfar[i];
    packet.hit.u[i] = local.hit.u[i];
    packet.hit.v[i] = local.hit.v[i];
    packet.hit.primID[i] = body.mesh->geometries[local.hit.geomID[i]]->triangleOf(local.hit.primID[i]);
    packet.hit.geomID[i] = 0;
    packet.hit.instID[0][i] = instance;
  }
}

void occludeByBody(const int* valid, PacketContext& context, RTCRay8& packet, uint32_t instance) {
  const BodyInstance& body = context.frame->bodies[instance];
  RTCRay8 local;
  alignas(32) int active[8];
  int any = 0;
  for (int i = 0; i < 8; ++i) {
    active[i] = (packet.mask[i] & body.mask) != 0 && packet.tfar[i] >= 0.0f ? valid[i] : 0;
    any |= active[i];
  }
  if (any == 0) return;
  moveIntoBody(packet, body.keys, body.keyCount, context.frame->keyStep_s, local);
  forShapes(body, context.frame->keyStep_s, active, local,
            [&](const int* lanes, const MeshScene& mesh) { rtcOccluded8(lanes, mesh.scene, &context.embree, &local); });
  for (int i = 0; i < 8; ++i) {
    if (active[i] == 0 || local.tfar[i] >= 0.0f) continue;
    packet.tfar[i] = kOccluded;
    context.occluder[packet.id[i]] = instance;
  }
}

/// The shape in which one ray sees the body; its time becomes how far on it is from there to the next.
RTCScene sceneOf(const BodyInstance& body, float keyStep_s, RTCRay& local) {
  if (!body.mesh->bends) return body.mesh->scene;
  return body.mesh[enterShape(body.keys, body.keyCount, keyStep_s, body.shapeCount, local.time)].scene;
}

/// Packets of other widths (Embree goes on ray by ray when a packet has come apart) are met as packets with some lanes
/// empty.
void meetPrimitive(const RTCIntersectFunctionNArguments* args) {
  auto& context = *reinterpret_cast<PacketContext*>(args->context);
  const uint32_t instance = context.frame->topLevel[args->primID];
  if (args->N == 8) {
    meetBody(args->valid, context, *reinterpret_cast<RTCRayHit8*>(args->rayhit), instance);
    return;
  }
  RTCRayN* rays = RTCRayHitN_RayN(args->rayhit, args->N);
  RTCHitN* hits = RTCRayHitN_HitN(args->rayhit, args->N);
  for (unsigned lane = 0; lane < args->N; ++lane) {
    if (args->valid[lane] != -1) continue;
    const RTCRay ray = rtcGetRayFromRayN(rays, args->N, lane);
    const BodyInstance& body = context.frame->bodies[instance];
    if ((ray.mask & body.mask) == 0) continue;
    RTCRayHit local;
    local.ray = ray;
    moveIntoBody(local.ray, body.keys, body.keyCount, context.frame->keyStep_s);
    local.hit.geomID = RTC_INVALID_GEOMETRY_ID;
    rtcIntersect1(sceneOf(body, context.frame->keyStep_s, local.ray), &context.embree, &local);
    if (local.hit.geomID == RTC_INVALID_GEOMETRY_ID) continue;
    RTCRayN_tfar(rays, args->N, lane) = local.ray.tfar;
    RTCHitN_u(hits, args->N, lane) = local.hit.u;
    RTCHitN_v(hits, args->N, lane) = local.hit.v;
    RTCHitN_primID(hits, args->N, lane) = body.mesh->geometries[local.hit.geomID]->triangleOf(local.hit.primID);
    RTCHitN_geomID(hits, args->N, lane) = 0;
    RTCHitN_instID(hits, args->N, lane, 0) = instance;
  }
}

void occludePrimitive(const RTCOccludedFunctionNArguments* args) {
  auto& context = *reinterpret_cast<PacketContext*>(args->context);
  const uint32_t instance = context.frame->topLevel[args->primID];
  if (args->N == 8) {
    occludeByBody(args->valid, context, *reinterpret_cast<RTCRay8*>(args->ray), instance);
    return;
  }
  for (unsigned lane = 0; lane < args->N; ++lane) {
    if (args->valid[lane] != -1) continue;
    const RTCRay ray = rtcGetRayFromRayN(args->ray, args->N, lane);
    const BodyInstance& body = context.frame->bodies[instance];
    if ((ray.mask & body.mask) == 0 || ray.tfar < 0.0f) continue;
    RTCRay local = ray;
    moveIntoBody(local, body.keys, body.keyCount, context.frame->keyStep_s);
    rtcOccluded1(sceneOf(body, context.frame->keyStep_s, local), &context.embree, &local);
    if (local.tfar >= 0.0f) continue;
    RTCRayN_tfar(args->ray, args->N, lane) = kOccluded;
    context.occluder[ray.id] = instance;
  }
}

void primitiveBounds(const RTCBoundsFunctionArguments* args) {
  const Box& box = static_cast<const Frame*>(args->geometryUserPtr)->boxes[args->primID];
  *args->bounds_o = {box.low.x, box.low.y, box.low.z, 0, box.high.x, box.high.y, box.high.z, 0};
}

class EmbreeTracer final : public Tracer {
 public:
  EmbreeTracer(SceneBuffers& scene, Jobs& jobs);
  ~EmbreeTracer() override;
  EmbreeTracer(const EmbreeTracer&) = delete;
  EmbreeTracer& operator=(const EmbreeTracer&) = delete;

  std::string_view name() const override { return name_; }
  void build() override;
  void update() override;
  void closestHit(gpu::Stream& stream, const RayBatch& batch) override;
  void anyHit(gpu::Stream& stream, const RayBatch& batch) override;

 private:
  void updateTopLevel();
  template <class TracePacket>
  void trace(gpu::Stream& stream, std::string_view taskName, const RayBatch& batch, TracePacket tracePacket);
  void closestOfPacket(const shared::Ray* rays, int count, shared::Hit* hits, RTCIntersectContextFlags flags) const;
  void anyOfPacket(const shared::Ray* rays, int count, shared::Hit* hits, RTCIntersectContextFlags flags) const;
  /// Calls meet(lanes, instance) for the instances of every target that the lanes name; takes these lanes out of
  /// `valid`.
  template <class Meet>
  void forTargets(const shared::Ray* rays, LaneMask& valid, const Meet& meet) const;

  SceneBuffers& scene_;
  Jobs& jobs_;
  /// Structures are built on one thread, because the order of triangles in a leaf, which decides ties, must not depend
  /// on the cores. Embree's builders stay in the arena they are called from.
  Jobs buildJob_{1};
  std::string name_;
  RTCDevice device_ = nullptr;
  RTCScene topScene_ = nullptr;
  RTCGeometry topGeometry_ = nullptr;
  std::unique_ptr<MeshScenes> meshes_;
  Frame frame_;
};

void throwOnError(RTCDevice device, const char* doing) {
  static const char* const kNames[] = {"no error",      "unknown error",   "invalid argument", "invalid operation",
                                       "out of memory", "unsupported CPU", "cancelled"};
  const RTCError error = rtcGetDeviceError(device);
  if (error == RTC_ERROR_NONE) return;
  if (error == RTC_ERROR_OUT_OF_MEMORY) throw std::bad_alloc();  // not the scene's failure: no second try here
  throw Error(ExitCode::kInternal,
              fmt::format("Embree: {} while {}", kNames[std::min(static_cast<int>(error), 6)], doing));
}

EmbreeTracer::EmbreeTracer(SceneBuffers& scene, Jobs& jobs) : scene_(scene), jobs_(jobs) {
  if (!scene.device().sharesHostMemory()) {
    throw Error(ExitCode::kUsage,
                fmt::format("the embree tracer needs a device whose memory the host shares; '{}' does not",
                            scene.device().info().name),
                "Use `--tracer compute`, or a CPU device.");
  }
  // One instruction set, so that the same scenario gives the same bytes on every node. No `threads=1`: Embree sets that
  // for TBB in the whole process, and tracing would have one core.
  const bool hasAvx2 = __builtin_cpu_supports("avx2") != 0;
  name_ = hasAvx2 ? "embree (avx2)" : "embree (sse4.2)";
  device_ = rtcNewDevice(hasAvx2 ? "isa=avx2" : "isa=sse4.2");
  throwOnError(device_, "starting");
}

EmbreeTracer::~EmbreeTracer() {
  meshes_.reset();
  if (topGeometry_ != nullptr) rtcReleaseGeometry(topGeometry_);
  if (topScene_ != nullptr) rtcReleaseScene(topScene_);
  rtcReleaseDevice(device_);
}

void EmbreeTracer::build() {
  meshes_ = std::make_unique<MeshScenes>(device_, scene_);
  buildJob_.parallelFor(1, 1, [&](size_t, size_t) {
    for (const shared::Instance& instance : scene_.host().instances) meshes_->require(instance.mesh);
  });
  throwOnError(device_, "building");
  update();
}

void EmbreeTracer::update() {
  buildJob_.parallelFor(1, 1, [&](size_t, size_t) { updateTopLevel(); });
  throwOnError(device_, "updating");
}

void EmbreeTracer::updateTopLevel() {
  const SceneBuffers::HostView view = scene_.host();
  frame_.keyStep_s = view.keyStep_s;
  frame_.bodies.clear();
  frame_.topLevel.clear();
  frame_.boxes.clear();
  frame_.byObject.clear();
  for (uint32_t i = 0; i < view.instances.size(); ++i) {
    const shared::Instance& instance = view.instances[i];
    const auto keys = view.poseKeys.subspan(instance.firstKey, instance.keyCount);
    for (uint32_t shape = 1; shape < instance.shapeCount; ++shape) meshes_->require(instance.mesh + shape);
    frame_.bodies.push_back(
        {&meshes_->require(instance.mesh), keys.data(), instance.keyCount, instance.mask, instance.shapeCount});
    const Box box = sweptBox(view.meshBounds[instance.mesh], keys);
    if (box.isEmpty()) continue;
    frame_.topLevel.push_back(i);
    frame_.boxes.push_back(box);
    if (instance.object != 0) frame_.byObject.emplace_back(instance.object, i);
  }
  std::sort(frame_.byObject.begin(), frame_.byObject.end());

  if (topGeometry_ != nullptr) rtcReleaseGeometry(topGeometry_);
  if (topScene_ != nullptr) rtcReleaseScene(topScene_);
  topScene_ = rtcNewScene(device_);
  rtcSetSceneFlags(topScene_, RTC_SCENE_FLAG_ROBUST);
  constexpr size_t kManyInstances = 50'000;  // sorted by Morton code instead of surface area: a fifth of the time
  if (frame_.boxes.size() > kManyInstances) rtcSetSceneBuildQuality(topScene_, RTC_BUILD_QUALITY_LOW);
  topGeometry_ = rtcNewGeometry(device_, RTC_GEOMETRY_TYPE_USER);
  rtcSetGeometryUserPrimitiveCount(topGeometry_, static_cast<unsigned>(frame_.boxes.size()));
  rtcSetGeometryUserData(topGeometry_, &frame_);
  rtcSetGeometryBoundsFunction(topGeometry_, primitiveBounds, nullptr);
  rtcSetGeometryIntersectFunction(topGeometry_, meetPrimitive);
  rtcSetGeometryOccludedFunction(topGeometry_, occludePrimitive);
  rtcCommitGeometry(topGeometry_);
  rtcAttachGeometry(topScene_, topGeometry_);
  rtcCommitScene(topScene_);
}

/// Packets that stay together are followed as one; others fall apart into rays.
RTCIntersectContextFlags flagsOf(const RayBatch& batch) {
  return batch.isCoherent ? RTC_INTERSECT_CONTEXT_FLAG_COHERENT : RTC_INTERSECT_CONTEXT_FLAG_INCOHERENT;
}

template <class TracePacket>
void EmbreeTracer::trace(gpu::Stream& stream, std::string_view taskName, const RayBatch& batch,
                         TracePacket tracePacket) {
  stream.hostTask(taskName, [this, rays = &batch.rays, hits = &batch.hits, count = batch.count, flags = flagsOf(batch),
                             tracePacket] {
    HostBatch host(scene_.device(), *rays, *hits, count);
    jobs_.parallelFor(count, kRaysPerBlock, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; i += 8) {
        tracePacket(*this, &host.rays()[i], static_cast<int>(std::min<size_t>(8, end - i)), &host.hits()[i], flags);
      }
    });
    host.finish();
  });
}

void EmbreeTracer::closestHit(gpu::Stream& stream, const RayBatch& batch) {
  trace(stream, "trace.embree.closest", batch,
        [](const EmbreeTracer& self, const shared::Ray* rays, int count, shared::Hit* hits,
           RTCIntersectContextFlags flags) { self.closestOfPacket(rays, count, hits, flags); });
}

void EmbreeTracer::anyHit(gpu::Stream& stream, const RayBatch& batch) {
  trace(stream, "trace.embree.any", batch,
        [](const EmbreeTracer& self, const shared::Ray* rays, int count, shared::Hit* hits,
           RTCIntersectContextFlags flags) { self.anyOfPacket(rays, count, hits, flags); });
}

template <class Meet>
void EmbreeTracer::forTargets(const shared::Ray* rays, LaneMask& valid, const Meet& meet) const {
  for (int first = 0; first < 8; ++first) {
    if (valid.lane[first] == 0 || rays[first].target == shared::kAnyTarget) continue;
    const uint32_t target = rays[first].target;
    LaneMask same{};
    for (int i = first; i < 8; ++i) {
      if (valid.lane[i] == 0 || rays[i].target != target) continue;
      same.lane[i] = -1;
      valid.lane[i] = 0;
    }
    auto it =
        std::lower_bound(frame_.byObject.begin(), frame_.byObject.end(), std::pair<uint32_t, uint32_t>(target, 0));
    for (; it != frame_.byObject.end() && it->first == target; ++it) meet(same, it->second);
  }
}

void EmbreeTracer::closestOfPacket(const shared::Ray* rays, int count, shared::Hit* hits,
                                   RTCIntersectContextFlags flags) const {
  RTCRayHit8 packet;
  LaneMask valid;
  const int active = packRays(rays, count, packet.ray, valid);
  for (int i = 0; i < 8; ++i) packet.hit.geomID[i] = RTC_INVALID_GEOMETRY_ID;
  if (active != 0) {
    PacketContext context;
    rtcInitIntersectContext(&context.embree);
    context.embree.flags = flags;
    context.frame = &frame_;
    forTargets(rays, valid,
               [&](const LaneMask& lanes, uint32_t instance) { meetBody(lanes.lane, context, packet, instance); });
    rtcIntersect8(valid.lane, topScene_, &context.embree, &packet);
  }
  for (int i = 0; i < count; ++i) {
    const bool isHit = packet.hit.geomID[i] != RTC_INVALID_GEOMETRY_ID;
    hits[i] = isHit ? shared::Hit{packet.ray.tfar[i], packet.hit.instID[0][i], packet.hit.primID[i], packet.hit.u[i],
                                  packet.hit.v[i]}
                    : shared::Hit{rays[i].tMax, shared::kNoHit, 0, 0, 0};
  }
}

void EmbreeTracer::anyOfPacket(const shared::Ray* rays, int count, shared::Hit* hits,
                               RTCIntersectContextFlags flags) const {
  RTCRay8 packet;
  LaneMask valid;
  PacketContext context;
  std::fill(std::begin(context.occluder), std::end(context.occluder), shared::kNoHit);
  if (packRays(rays, count, packet, valid) != 0) {
    rtcInitIntersectContext(&context.embree);
    context.embree.flags = flags;
    context.frame = &frame_;
    forTargets(rays, valid,
               [&](const LaneMask& lanes, uint32_t instance) { occludeByBody(lanes.lane, context, packet, instance); });
    rtcOccluded8(valid.lane, topScene_, &context.embree, &packet);
  }
  for (int i = 0; i < count; ++i) hits[i] = {rays[i].tMax, context.occluder[i], 0, 0, 0};
}

}  // namespace

std::unique_ptr<Tracer> makeEmbreeTracer(SceneBuffers& scene, Jobs& jobs) {
  return std::make_unique<EmbreeTracer>(scene, jobs);
}

}  // namespace nightfog::trace
