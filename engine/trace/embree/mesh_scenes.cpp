#include "engine/trace/embree/mesh_scenes.hpp"

#include "engine/core/error.hpp"
#include "engine/shared/shape.h"
#include "engine/shared/triangle.h"
#include "engine/trace/host_batch.hpp"

namespace nightfog::trace {

namespace {

/// Where the ray meets the triangle, as the weights that the shaders find: Embree's own differ in the last bits, and
/// near a texel's border they would choose its neighbour.
glm::vec2 sharedWeights(const SceneBuffers::HostView& view, const shared::MeshRange& mesh, uint32_t triangle,
                        const RTCFilterFunctionNArguments& args, unsigned lane) {
  const glm::vec3 origin(RTCRayN_org_x(args.ray, args.N, lane), RTCRayN_org_y(args.ray, args.N, lane),
                         RTCRayN_org_z(args.ray, args.N, lane));
  const glm::vec3 direction(RTCRayN_dir_x(args.ray, args.N, lane), RTCRayN_dir_y(args.ray, args.N, lane),
                            RTCRayN_dir_z(args.ray, args.N, lane));
  const glm::uvec3& corners = view.triangles[mesh.firstTriangle + triangle];
  const float fraction = RTCRayN_time(args.ray, args.N, lane);
  const auto corner = [&](uint32_t vertex) {
    const glm::vec3& here = view.positions[mesh.firstVertex + vertex];
    if (mesh.nextVertex == mesh.firstVertex) return here;
    return shared::cornerBetween(here, view.positions[mesh.nextVertex + vertex], fraction);
  };
  glm::vec3 hit;
  shared::intersectTriangle(shared::makeRayShear(origin, direction), corner(corners.x), corner(corners.y),
                            corner(corners.z), 0, 0, hit);  // that it is met is Embree's word
  return {hit.y, hit.z};
}

/// Lets rays through where the texture is cut out. Called for hits of alpha-tested geometry, for any number of lanes.
void alphaFilter(const RTCFilterFunctionNArguments* args) {
  const auto& geometry = *static_cast<const MeshGeometry*>(args->geometryUserPtr);
  const shared::MeshRange& mesh = geometry.view->meshes[geometry.mesh];
  for (unsigned lane = 0; lane < args->N; ++lane) {
    if (args->valid[lane] != -1) continue;
    const uint32_t triangle = geometry.triangleOf(RTCHitN_primID(args->hit, args->N, lane));
    const glm::vec2 weights = sharedWeights(*geometry.view, mesh, triangle, *args, lane);
    if (!isOpaqueAt(*geometry.view, mesh, triangle, weights.x, weights.y)) args->valid[lane] = 0;
  }
}

}  // namespace

MeshScenes::MeshScenes(RTCDevice device, const SceneBuffers& scene) : device_(device), view_(scene.host()) {
  scenes_.resize(view_.meshes.size());
}

MeshScenes::~MeshScenes() {
  for (const MeshScene& mesh : scenes_) {
    if (mesh.scene != nullptr) rtcReleaseScene(mesh.scene);
  }
}

const MeshScene& MeshScenes::require(uint32_t mesh) {
  MeshScene& target = scenes_[mesh];
  if (target.scene != nullptr) return target;
  const shared::MeshRange& range = view_.meshes[mesh];
  target.bends = range.nextVertex != range.firstVertex;
  std::vector<uint32_t> opaque;
  std::vector<uint32_t> tested;
  for (uint32_t i = 0; i < range.triangleCount; ++i) {
    const uint32_t surface = view_.surfaceOfTriangle[range.firstTriangle + i];
    const bool isTested = view_.materials[view_.surfaces[surface].material].alphaTexture != shared::kNoTexture;
    (isTested ? tested : opaque).push_back(i);
  }
  target.scene = rtcNewScene(device_);
  rtcSetSceneFlags(target.scene, RTC_SCENE_FLAG_ROBUST);
  const bool isMixed = !opaque.empty() && !tested.empty();
  if (!opaque.empty()) attach(target, mesh, std::move(opaque), false, !isMixed);
  if (!tested.empty()) attach(target, mesh, std::move(tested), true, !isMixed);
  rtcCommitScene(target.scene);
  return target;
}

void MeshScenes::attach(MeshScene& target, uint32_t mesh, std::vector<uint32_t> primitives, bool isAlphaTested,
                        bool isWhole) {
  const shared::MeshRange& range = view_.meshes[mesh];
  RTCGeometry geometry = rtcNewGeometry(device_, RTC_GEOMETRY_TYPE_TRIANGLE);
  if (target.bends) rtcSetGeometryTimeStepCount(geometry, 2);
  for (unsigned step = 0; step < (target.bends ? 2u : 1u); ++step) {
    const size_t firstVertex = step == 0 ? range.firstVertex : range.nextVertex;
    rtcSetSharedGeometryBuffer(geometry, RTC_BUFFER_TYPE_VERTEX, step, RTC_FORMAT_FLOAT3, view_.positions.data(),
                               firstVertex * sizeof(glm::vec3), sizeof(glm::vec3), range.vertexCount);
  }
  auto data = std::make_unique<MeshGeometry>();
  data->view = &view_;
  data->mesh = mesh;
  if (isWhole) {
    rtcSetSharedGeometryBuffer(geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3, view_.triangles.data(),
                               range.firstTriangle * sizeof(glm::uvec3), sizeof(glm::uvec3), range.triangleCount);
  } else {
    auto* indices = static_cast<glm::uvec3*>(rtcSetNewGeometryBuffer(
        geometry, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3, sizeof(glm::uvec3), primitives.size()));
    for (size_t i = 0; i < primitives.size(); ++i) indices[i] = view_.triangles[range.firstTriangle + primitives[i]];
    data->primitives = std::move(primitives);
  }
  rtcSetGeometryUserData(geometry, data.get());
  if (isAlphaTested) {
    rtcSetGeometryIntersectFilterFunction(geometry, alphaFilter);
    rtcSetGeometryOccludedFilterFunction(geometry, alphaFilter);
  }
  rtcCommitGeometry(geometry);
  rtcAttachGeometryByID(target.scene, geometry, static_cast<unsigned>(target.geometries.size()));
  rtcReleaseGeometry(geometry);
  target.geometries.push_back(std::move(data));
}

}  // namespace nightfog::trace
