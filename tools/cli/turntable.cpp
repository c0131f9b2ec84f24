#include "tools/cli/turntable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/content/mesh_builder.hpp"
#include "engine/content/model_builder.hpp"
#include "engine/content/shapes.hpp"
#include "engine/shared/texel.h"

namespace nightfog::cli {
namespace {

using glm::dvec3;
using glm::vec3;

constexpr int kWidth = 480;
constexpr int kHeight = 320;
constexpr int kColumns = 4;
constexpr int kRows = 3;
constexpr int kSamples = 2;  // a side of a pixel
constexpr int kLayers = 6;   // of glass and the like
const dvec3 kSun = glm::normalize(dvec3(0.35, -0.55, 0.75));

struct View {
  std::string name;
  dvec3 eye, right, up, forward;
  double halfWidth = 1;  ///< of the picture, at distance 1 (perspective) or in metres
  bool isParallel = false;
};

float linearFromCode(uint32_t code) {
  const float c = static_cast<float>(code) / 255.0f;
  return c <= 0.04045f ? c / 12.92f : std::pow((c + 0.055f) / 1.055f, 2.4f);
}
uint32_t codeFromLinear(float x) {
  x = std::clamp(x, 0.0f, 1.0f);
  const float c = x <= 0.0031308f ? 12.92f * x : 1.055f * std::pow(x, 1 / 2.4f) - 0.055f;
  return static_cast<uint32_t>(c * 255 + 0.5f);
}

vec3 sky(const dvec3& direction) {
  const float up = static_cast<float>(std::clamp(direction.z, 0.0, 1.0));
  return direction.z < 0 ? vec3(0.20f) : glm::mix(vec3(0.62f, 0.68f, 0.75f), vec3(0.25f, 0.42f, 0.72f), std::sqrt(up));
}

/// Rays in, hits out, in one call.
class Caster {
 public:
  Caster(Machine& machine, trace::TracerKind kind, const content::SceneContent& content,
         const content::SceneSnapshot& snapshot)
      : device_(machine.device), buffers_(machine.device, content), stream_(machine.device) {
    buffers_.setFrame(snapshot, dvec3(0));
    tracer_ = trace::makeTracer(kind, buffers_, machine.jobs);
    tracer_->build();
  }

  std::vector<shared::Hit> cast(const std::vector<shared::Ray>& rays) {
    std::vector<shared::Hit> hits(rays.size());
    if (rays.empty()) return hits;
    const gpu::Buffer rayBuffer = device_.createBuffer(std::as_bytes(std::span(rays)), "turntable.rays");
    const gpu::Buffer hitBuffer =
        device_.createBuffer(rays.size() * sizeof(shared::Hit), gpu::Memory::kDevice, "turntable.hits");
    tracer_->closestHit(stream_, {rayBuffer, hitBuffer, static_cast<uint32_t>(rays.size())});
    stream_.finish();
    device_.download(hitBuffer, std::as_writable_bytes(std::span(hits)));
    return hits;
  }

 private:
  gpu::Device& device_;
  trace::SceneBuffers buffers_;
  std::unique_ptr<trace::Tracer> tracer_;
  gpu::Stream stream_;
};

struct SurfacePoint {
  dvec3 position;
  vec3 normal;  ///< towards the viewer
  vec3 albedo;
  float roughness = 1;
  float metallic = 0;
  float transmission = 0;
  bool isBack = false;
};

class Shader {
 public:
  Shader(const content::SceneContent& content, const content::SceneSnapshot& snapshot, MeshId floor)
      : content_(content), snapshot_(snapshot), floor_(floor) {}

  SurfacePoint at(const shared::Ray& ray, const shared::Hit& hit) const {
    const content::SnapshotInstance& instance = snapshot_.instances[hit.instance];
    const content::Mesh& mesh = content_.meshes[instance.mesh.value];
    const RigidTransform& pose = snapshot_.poses[instance.firstKey];
    const glm::uvec3& t = mesh.triangles[hit.primitive];
    const vec3 a = mesh.positions[t.x];
    const vec3 face = glm::normalize(glm::cross(mesh.positions[t.y] - a, mesh.positions[t.z] - a));
    const float w = 1 - hit.u - hit.v;
    const vec3 smooth = w * mesh.normals[t.x] + hit.u * mesh.normals[t.y] + hit.v * mesh.normals[t.z];
    const content::Material& material =
        content_.materials[mesh.surfaces[mesh.surfaceOfTriangle[hit.primitive]].material.value];
    SurfacePoint point;
    point.position = dvec3(ray.origin) + static_cast<double>(hit.t) * dvec3(ray.direction);
    const dvec3 faceInWorld = pose.rotate(dvec3(face));
    const bool isBehind = glm::dot(faceInWorld, dvec3(ray.direction)) > 0;
    point.isBack = isBehind && !material.alphaTexture.isValid() && material.transmission < 0.5f;
    point.normal = vec3(pose.rotate(dvec3(glm::length(smooth) > 0 ? glm::normalize(smooth) : face)));
    if (isBehind) point.normal = -point.normal;
    point.albedo = {material.reflectance[0], material.reflectance[1], material.reflectance[2]};
    if (material.colourTexture.isValid() && !mesh.uvs.empty()) {
      point.albedo *= picture(content_.textures[material.colourTexture.value],
                              shared::interpolateUv(mesh.uvs[t.x], mesh.uvs[t.y], mesh.uvs[t.z], hit.u, hit.v));
    }
    if (instance.mesh == floor_) point.albedo = grid(point.position);
    point.roughness = material.roughness;
    point.metallic = material.metallic;
    point.transmission = material.transmission;
    return point;
  }

  static vec3 light(const SurfacePoint& p, const dvec3& towardsViewer, bool isSunlit) {
    const vec3 n = p.normal;
    const float toSun = std::max(0.0f, glm::dot(n, vec3(kSun)));
    const vec3 diffuseLight =
        vec3(2.4f * toSun * (isSunlit ? 1.0f : 0.0f)) + vec3(0.50f, 0.55f, 0.62f) * (0.6f + 0.4f * n.z);
    const dvec3 mirrored = glm::reflect(-towardsViewer, dvec3(n));
    const float facing = std::clamp(static_cast<float>(glm::dot(dvec3(n), towardsViewer)), 0.0f, 1.0f);
    const float gloss = (1 - p.roughness) * (1 - p.roughness);
    const vec3 f0 = glm::mix(vec3(0.04f), p.albedo, p.metallic);
    const vec3 fresnel = f0 + (vec3(1) - f0) * std::pow(1 - facing, 5.0f);
    const vec3 diffuse = p.albedo * (1 - p.metallic) * (1 - p.transmission) * diffuseLight * 0.5f;
    vec3 lit = diffuse + fresnel * sky(mirrored) * std::max(gloss, p.metallic * 0.7f);
    if (p.isBack) lit = 0.35f * lit + vec3(0.55f, 0.0f, 0.45f);
    return lit;
  }

 private:
  static vec3 picture(const content::Texture& texture, const glm::vec2& uv) {
    const uint32_t texel = texture.texels[shared::nearestTexel({0, texture.width, texture.height}, uv)];
    return {linearFromCode(texel & 255), linearFromCode(texel >> 8 & 255), linearFromCode(texel >> 16 & 255)};
  }

  /// Metres; the x axis is red ahead of the origin, the y axis green to the left.
  static vec3 grid(const dvec3& p) {
    if (std::abs(p.y) < 0.03 && p.x > 0) return {0.5f, 0.05f, 0.05f};
    if (std::abs(p.x) < 0.03 && p.y > 0) return {0.05f, 0.4f, 0.05f};
    const bool isLine = std::abs(p.x - std::round(p.x)) < 0.015 || std::abs(p.y - std::round(p.y)) < 0.015;
    return vec3(isLine ? 0.12f : 0.24f);
  }

  const content::SceneContent& content_;
  const content::SceneSnapshot& snapshot_;
  MeshId floor_;
};

shared::Ray makeRay(const dvec3& origin, const dvec3& direction, float tMin) {
  shared::Ray ray{};
  ray.origin = vec3(origin);
  ray.direction = vec3(direction);
  ray.tMin = tMin;
  ray.tMax = 1e5f;
  ray.target = shared::kAnyTarget;
  ray.mask = 0xffffffffu;
  return ray;
}

/// Colours of primary rays: each layer is lit, what passes it goes on.
std::vector<vec3> colours(Caster& caster, const Shader& shader, const std::vector<shared::Ray>& primary, double size) {
  std::vector<vec3> colour(primary.size(), vec3(0));
  std::vector<float> passed(primary.size(), 1.0f);
  std::vector<shared::Ray> rays = primary;
  std::vector<size_t> pixel(primary.size());
  for (size_t i = 0; i < pixel.size(); ++i) pixel[i] = i;
  const float step = static_cast<float>(1e-4 * size);
  for (int layer = 0; layer < kLayers && !rays.empty(); ++layer) {
    const std::vector<shared::Hit> hits = caster.cast(rays);
    std::vector<SurfacePoint> points;
    std::vector<size_t> pointOf;
    std::vector<shared::Ray> toSun;
    for (size_t i = 0; i < rays.size(); ++i) {
      if (hits[i].instance == shared::kNoHit) {
        colour[pixel[i]] += passed[pixel[i]] * sky(dvec3(rays[i].direction));
        continue;
      }
      points.push_back(shader.at(rays[i], hits[i]));
      if (layer > 0) points.back().isBack = false;  // a room seen through a window is no fault
      pointOf.push_back(i);
      toSun.push_back(
          makeRay(points.back().position + 5.0 * static_cast<double>(step) * dvec3(points.back().normal), kSun, step));
    }
    const std::vector<shared::Hit> blockers = caster.cast(toSun);
    std::vector<shared::Ray> onward;
    std::vector<size_t> onwardPixel;
    for (size_t k = 0; k < points.size(); ++k) {
      const shared::Ray& ray = rays[pointOf[k]];
      const size_t at = pixel[pointOf[k]];
      colour[at] +=
          passed[at] * Shader::light(points[k], -dvec3(ray.direction), blockers[k].instance == shared::kNoHit);
      passed[at] *= points[k].transmission;
      if (passed[at] < 0.02f) continue;
      onward.push_back(makeRay(points[k].position, dvec3(ray.direction), step));
      onwardPixel.push_back(at);
    }
    rays = std::move(onward);
    pixel = std::move(onwardPixel);
  }
  return colour;
}

View look(std::string name, const dvec3& centre, const dvec3& towards, double reach, double height, bool isParallel) {
  View view;
  view.name = std::move(name);
  view.isParallel = isParallel;
  view.forward = -glm::normalize(towards);
  const dvec3 up = std::abs(view.forward.z) > 0.98 ? dvec3(1, 0, 0) : dvec3(0, 0, 1);
  view.right = glm::normalize(glm::cross(view.forward, up));
  view.up = glm::cross(view.right, view.forward);
  const double distance = isParallel ? 4 * reach : std::max(1.55 * reach, 2.5 * height);
  view.eye = centre - distance * view.forward;
  view.halfWidth = isParallel ? 0.78 * reach : 0.36;
  return view;
}

std::vector<shared::Ray> raysOf(const View& view) {
  std::vector<shared::Ray> rays;
  const int width = kWidth * kSamples;
  const int height = kHeight * kSamples;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double across = view.halfWidth * (2 * (x + 0.5) / width - 1);
      const double upwards = view.halfWidth * (height - 2 * (y + 0.5)) / width;
      const dvec3 offset = across * view.right + upwards * view.up;
      rays.push_back(view.isParallel ? makeRay(view.eye + offset, view.forward, 0)
                                     : makeRay(view.eye, glm::normalize(view.forward + offset), 0));
    }
  }
  return rays;
}

void paint(record::Image& sheet, int left, int top, const std::vector<vec3>& colour) {
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      vec3 sum(0);
      for (int s = 0; s < kSamples * kSamples; ++s) {
        sum += colour[static_cast<size_t>((y * kSamples + s / kSamples) * kWidth * kSamples + x * kSamples +
                                          s % kSamples)];
      }
      sum /= static_cast<float>(kSamples * kSamples);
      sheet.set(left + x, top + y, codeFromLinear(sum.r) << 16 | codeFromLinear(sum.g) << 8 | codeFromLinear(sum.b));
    }
  }
}

std::vector<View> viewsOf(const content::Bounds& bounds) {
  const double reach = std::max(0.01, glm::length(bounds.size()));
  const dvec3 centre = bounds.centre();
  std::vector<View> views;
  for (int i = 0; i < 8; ++i) {
    const double azimuth = (30 + 45 * i) * kPi / 180;
    views.push_back(look(fmt::format("{} deg from ahead", 30 + 45 * i), centre,
                         {std::cos(azimuth), std::sin(azimuth), 0.22}, reach, bounds.size().z, false));
  }
  views.push_back(look("front", centre, {1, 0, 0}, reach, bounds.size().z, true));
  views.push_back(look("left side", centre, {0, 1, 0}, reach, bounds.size().z, true));
  views.push_back(look("top, forward is up", centre, {0, 0, 1}, reach, bounds.size().z, true));
  return views;
}

}  // namespace

record::Image drawTurntable(Machine& machine, trace::TracerKind tracer, content::SceneContent& content,
                            const content::Model& model, const std::vector<std::string>& text) {
  const content::Bounds bounds = content::boundsOf(model, content);
  const double size = std::max(0.01, glm::length(bounds.size()));
  content::MeshBuilder floorBuilder("turntable.floor");
  content::Material grey;
  grey.name = "turntable.floor";
  floorBuilder.surface(content.add(grey), classes::kUnlabelled);
  content::addCard(floorBuilder, {bounds.centre().x, bounds.centre().y, 0}, {40 * size, 0, 0}, {0, 40 * size, 0});
  const MeshId floor = content.add(floorBuilder.finish());
  content::SceneSnapshot snapshot;
  snapshot.instances.push_back({floor, {}, 0});
  snapshot.poses.push_back({});
  const std::vector<RigidTransform> rest = content::restPoses(model);
  for (size_t i = 0; i < model.parts.size(); ++i) {
    if (!model.parts[i].mesh.isValid()) continue;
    snapshot.instances.push_back({model.parts[i].mesh, ObjectId{1}, static_cast<uint32_t>(snapshot.poses.size())});
    snapshot.poses.push_back(rest[i]);
  }
  Caster caster(machine, tracer, content, snapshot);
  const Shader shader(content, snapshot, floor);
  record::Image sheet(kWidth * kColumns, kHeight * kRows, 0x15181c);
  const std::vector<View> views = viewsOf(bounds);
  for (size_t i = 0; i < views.size(); ++i) {
    const int left = static_cast<int>(i) % kColumns * kWidth;
    const int top = static_cast<int>(i) / kColumns * kHeight;
    paint(sheet, left, top, colours(caster, shader, raysOf(views[i]), size));
    sheet.text({left + 8.0f, top + 20.0f}, views[i].name, 11, 0xffffff);
  }
  float y = static_cast<float>(2 * kHeight + 24);
  for (const std::string& line : text) {
    sheet.text({3 * kWidth + 12.0f, y}, line, 10, 0xd7dde5);
    y += 17;
  }
  return sheet;
}

}  // namespace nightfog::cli
