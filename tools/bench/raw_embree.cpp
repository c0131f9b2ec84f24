#include "tools/bench/raw_embree.hpp"

#include <embree3/rtcore.h>

#include <cstring>
#include <limits>

#include "engine/shared/pose.h"
#include "engine/trace/host_batch.hpp"
#include "tools/bench/timing.hpp"

namespace nightfog::bench {

namespace {

using trace::SceneBuffers;
/// Which of our triangles a geometry's are, for the alpha test.
struct RawMesh {
  const SceneBuffers::HostView* view = nullptr;
  uint32_t mesh = 0;
  std::vector<uint32_t> primitives;
};

void alphaFilter(const RTCFilterFunctionNArguments* args) {
  const auto& raw = *static_cast<const RawMesh*>(args->geometryUserPtr);
  for (unsigned lane = 0; lane < args->N; ++lane) {
    if (args->valid[lane] != -1) continue;
    const uint32_t primitive = raw.primitives[RTCHitN_primID(args->hit, args->N, lane)];
    if (!trace::isOpaqueAt(*raw.view, raw.view->meshes[raw.mesh], primitive, RTCHitN_u(args->hit, args->N, lane),
                           RTCHitN_v(args->hit, args->N, lane))) {
      args->valid[lane] = 0;
    }
  }
}

/// Some of a mesh's triangles, moved into place.
void addTriangles(RTCDevice device, RTCScene scene, const SceneBuffers::HostView& view, const shared::PoseKey& pose,
                  RawMesh* raw, bool isTested) {
  const shared::MeshRange& range = view.meshes[raw->mesh];
  RTCGeometry geometry = rtcNewGeometry(device, RTC_GEOMETRY_TYPE_TRIANGLE);
  auto* positions = static_cast<glm::vec3*>(rtcSetNewGeometryBuffer(
      geometry, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3, sizeof(glm::vec3), range.vertexCount));
  auto* triangles = static_cast<glm::uvec3*>(rtcSetNewGeometryBuffer(
      geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3, sizeof(glm::uvec3), raw->primitives.size()));
  for (uint32_t i = 0; i < range.vertexCount; ++i)
    positions[i] = shared::pointToFrame(pose, view.positions[range.firstVertex + i]);
  for (size_t i = 0; i < raw->primitives.size(); ++i)
    triangles[i] = view.triangles[range.firstTriangle + raw->primitives[i]];
  rtcSetGeometryUserData(geometry, raw);
  if (isTested) rtcSetGeometryIntersectFilterFunction(geometry, alphaFilter);
  rtcCommitGeometry(geometry);
  rtcAttachGeometry(scene, geometry);
  rtcReleaseGeometry(geometry);
}

}  // namespace

struct RawEmbree::Impl {
  RTCDevice device = nullptr;
  SceneBuffers::HostView view;
  std::vector<std::unique_ptr<RawMesh>> meshes;
  std::vector<RTCScene> children;
  RTCScene scene = nullptr;
  std::vector<RTCRayHit8> packets;
  std::vector<RTCRayHit8> results;
  size_t rayCount = 0;
  double build_s = 0;

  void addMesh(RTCScene to, uint32_t mesh, const shared::PoseKey& pose, bool withAlpha);
  void addMoving(const shared::Instance& instance);
};

void RawEmbree::Impl::addMesh(RTCScene to, uint32_t mesh, const shared::PoseKey& pose, bool withAlpha) {
  const shared::MeshRange& range = view.meshes[mesh];
  for (const bool isTested : {false, true}) {
    auto raw = std::make_unique<RawMesh>();
    raw->view = &view;
    raw->mesh = mesh;
    for (uint32_t i = 0; i < range.triangleCount; ++i) {
      const uint32_t surface = view.surfaceOfTriangle[range.firstTriangle + i];
      const bool hasAlpha =
          withAlpha && view.materials[view.surfaces[surface].material].alphaTexture != shared::kNoTexture;
      if (hasAlpha == isTested) raw->primitives.push_back(i);
    }
    if (raw->primitives.empty()) continue;
    addTriangles(device, to, view, pose, raw.get(), isTested);
    meshes.push_back(std::move(raw));
  }
}

void RawEmbree::Impl::addMoving(const shared::Instance& instance) {
  RTCScene child = rtcNewScene(device);
  rtcSetSceneFlags(child, RTC_SCENE_FLAG_ROBUST);
  addMesh(child, instance.mesh, {{0, 0, 0, 1}, {0, 0, 0}, 0}, true);
  rtcCommitScene(child);
  children.push_back(child);
  RTCGeometry geometry = rtcNewGeometry(device, RTC_GEOMETRY_TYPE_INSTANCE);
  rtcSetGeometryInstancedScene(geometry, child);
  rtcSetGeometryTimeStepCount(geometry, instance.keyCount);
  for (uint32_t k = 0; k < instance.keyCount; ++k) {
    const shared::PoseKey& key = view.poseKeys[instance.firstKey + k];
    RTCQuaternionDecomposition pose;
    rtcInitQuaternionDecomposition(&pose);
    rtcQuaternionDecompositionSetQuaternion(&pose, key.rotation.w, key.rotation.x, key.rotation.y, key.rotation.z);
    rtcQuaternionDecompositionSetTranslation(&pose, key.translation.x, key.translation.y, key.translation.z);
    rtcSetGeometryTransformQuaternion(geometry, k, &pose);
  }
  rtcCommitGeometry(geometry);
  rtcAttachGeometry(scene, geometry);
  rtcReleaseGeometry(geometry);
}

RawEmbree::RawEmbree(const SceneBuffers& buffers, const std::vector<shared::Ray>& rays, Layout layout)
    : impl_(std::make_unique<Impl>()) {
  Impl& self = *impl_;
  const Clock::time_point start = Clock::now();
  self.device = rtcNewDevice("isa=avx2");
  self.view = buffers.host();
  self.scene = rtcNewScene(self.device);
  rtcSetSceneFlags(self.scene, RTC_SCENE_FLAG_ROBUST);
  float lastKey_s = 1;
  for (const shared::Instance& instance : self.view.instances) {
    if (layout == Layout::kTwoLevel && instance.keyCount > 1) {
      self.addMoving(instance);
      lastKey_s = self.view.keyStep_s * static_cast<float>(instance.keyCount - 1);
    } else {
      self.addMesh(self.scene, instance.mesh, self.view.poseKeys[instance.firstKey], layout == Layout::kTwoLevel);
    }
  }
  rtcCommitScene(self.scene);
  self.build_s = since(start);

  self.rayCount = rays.size();
  self.packets.resize((rays.size() + 7) / 8);
  self.results.resize(self.packets.size());
  for (size_t i = 0; i < self.packets.size() * 8; ++i) {
    RTCRayHit8& packet = self.packets[i / 8];
    const shared::Ray& ray = rays[std::min(i, rays.size() - 1)];
    const size_t lane = i % 8;
    packet.ray.org_x[lane] = ray.origin.x;
    packet.ray.org_y[lane] = ray.origin.y;
    packet.ray.org_z[lane] = ray.origin.z;
    packet.ray.tnear[lane] = ray.tMin;
    packet.ray.dir_x[lane] = ray.direction.x;
    packet.ray.dir_y[lane] = ray.direction.y;
    packet.ray.dir_z[lane] = ray.direction.z;
    packet.ray.time[lane] = ray.time_s / lastKey_s;
    packet.ray.tfar[lane] = ray.tMax;
    packet.ray.mask[lane] = 0xffffffffu;
    packet.ray.id[lane] = 0;
    packet.ray.flags[lane] = 0;
    packet.hit.geomID[lane] = RTC_INVALID_GEOMETRY_ID;
  }
}

RawEmbree::~RawEmbree() {
  rtcReleaseScene(impl_->scene);
  for (RTCScene child : impl_->children) rtcReleaseScene(child);
  rtcReleaseDevice(impl_->device);
}

double RawEmbree::build_s() const {
  return impl_->build_s;
}

void RawEmbree::trace(Jobs& jobs) {
  Impl& self = *impl_;
  jobs.parallelFor(self.packets.size(), 128, [&](size_t begin, size_t end) {
    alignas(32) const int valid[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
    for (size_t i = begin; i < end; ++i) {
      RTCIntersectContext context;
      rtcInitIntersectContext(&context);
      RTCRayHit8& packet = self.results[i];
      packet = self.packets[i];
      rtcIntersect8(valid, self.scene, &context, &packet);
    }
  });
}

std::vector<float> RawEmbree::distances() const {
  std::vector<float> t(impl_->rayCount);
  for (size_t i = 0; i < t.size(); ++i) {
    const RTCRayHit8& packet = impl_->results[i / 8];
    t[i] = packet.hit.geomID[i % 8] == RTC_INVALID_GEOMETRY_ID ? std::numeric_limits<float>::infinity()
                                                               : packet.ray.tfar[i % 8];
  }
  return t;
}

}  // namespace nightfog::bench
