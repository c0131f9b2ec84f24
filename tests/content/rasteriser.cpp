#include "rasteriser.hpp"

#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "engine/content/model_builder.hpp"
#include "engine/core/error.hpp"

namespace nightfog::preview {
namespace {

using glm::vec2;
using glm::vec3;

constexpr float kNear = 0.05f;
const vec3 kSun = glm::normalize(vec3(-0.45f, -0.55f, 0.75f));

struct Vertex {
  vec3 view;  // right, up, forward
  vec3 world;
  vec3 normal;
  vec2 uv;
};

struct View {
  vec3 eye, right, up, forward;
  float scale = 1;  // perspective: pixels for a unit at depth 1; orthographic: pixels a metre
  bool isOrthographic = false;
  int width = 0, height = 0;
  vec3 toView(const vec3& p) const {
    const vec3 d = p - eye;
    return {glm::dot(d, right), glm::dot(d, up), glm::dot(d, forward)};
  }
};

View lookAt(const glm::dvec3& eye, const glm::dvec3& target, int width, int height) {
  View view;
  view.eye = vec3(eye);
  view.forward = glm::normalize(vec3(target - eye));
  const vec3 up = std::abs(view.forward.z) > 0.98f ? vec3(1, 0, 0) : vec3(0, 0, 1);
  view.right = glm::normalize(glm::cross(view.forward, up));
  view.up = glm::cross(view.right, view.forward);
  view.width = width;
  view.height = height;
  return view;
}

float alphaAt(const content::Texture& texture, vec2 uv) {
  const auto wrap = [](float f, uint32_t n) {
    return std::min(static_cast<uint32_t>((f - std::floor(f)) * static_cast<float>(n)), n - 1);
  };
  const uint32_t texel = texture.texels[wrap(uv.y, texture.height) * texture.width + wrap(uv.x, texture.width)];
  return static_cast<float>(texel >> 24) / 255.0f;
}

vec3 sky(const vec3& direction) {
  const float f = std::clamp(direction.z, 0.0f, 1.0f);
  if (direction.z < 0) return vec3(0.22f, 0.21f, 0.20f);
  return glm::mix(vec3(0.85f, 0.90f, 0.97f), vec3(0.30f, 0.48f, 0.80f), std::sqrt(f));
}

// Calls pixel(x, y, depth, weights) for every pixel centre of a triangle in front of the near plane.
template <class Pixel>
void scan(const View& view, const std::array<Vertex, 3>& t, const Pixel& pixel) {
  vec2 s[3];
  for (size_t i = 0; i < 3; ++i) {
    const float k = view.isOrthographic ? view.scale : view.scale / t[i].view.z;
    s[i] = vec2(0.5f * static_cast<float>(view.width) + t[i].view.x * k,
                0.5f * static_cast<float>(view.height) - t[i].view.y * k);
  }
  const float area = (s[1].x - s[0].x) * (s[2].y - s[0].y) - (s[2].x - s[0].x) * (s[1].y - s[0].y);
  if (std::abs(area) < 1e-9f) return;
  const int x0 = std::max(0, static_cast<int>(std::floor(std::min({s[0].x, s[1].x, s[2].x}))));
  const int x1 = std::min(view.width - 1, static_cast<int>(std::ceil(std::max({s[0].x, s[1].x, s[2].x}))));
  const int y0 = std::max(0, static_cast<int>(std::floor(std::min({s[0].y, s[1].y, s[2].y}))));
  const int y1 = std::min(view.height - 1, static_cast<int>(std::ceil(std::max({s[0].y, s[1].y, s[2].y}))));
  for (int y = y0; y <= y1; ++y) {
    for (int x = x0; x <= x1; ++x) {
      const vec2 p(static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f);
      vec3 b;
      b.x = ((s[1].x - p.x) * (s[2].y - p.y) - (s[2].x - p.x) * (s[1].y - p.y)) / area;
      b.y = ((s[2].x - p.x) * (s[0].y - p.y) - (s[0].x - p.x) * (s[2].y - p.y)) / area;
      b.z = 1 - b.x - b.y;
      if (b.x < 0 || b.y < 0 || b.z < 0) continue;
      if (!view.isOrthographic) {
        b /= vec3(t[0].view.z, t[1].view.z, t[2].view.z);
        b /= b.x + b.y + b.z;
      }
      pixel(x, y, b.x * t[0].view.z + b.y * t[1].view.z + b.z * t[2].view.z, b);
    }
  }
}

Vertex between(const Vertex& a, const Vertex& b, float f) {
  return {glm::mix(a.view, b.view, f), glm::mix(a.world, b.world, f), glm::mix(a.normal, b.normal, f),
          glm::mix(a.uv, b.uv, f)};
}

template <class Pixel>
void scanClipped(const View& view, const std::array<Vertex, 3>& t, const Pixel& pixel) {
  std::vector<Vertex> polygon;
  for (size_t i = 0; i < 3; ++i) {
    const Vertex& a = t[i];
    const Vertex& b = t[(i + 1) % 3];
    if (a.view.z >= kNear) polygon.push_back(a);
    if ((a.view.z >= kNear) != (b.view.z >= kNear))
      polygon.push_back(between(a, b, (kNear - a.view.z) / (b.view.z - a.view.z)));
  }
  for (size_t i = 1; i + 1 < polygon.size(); ++i) {
    const std::array<Vertex, 3> part{polygon[0], polygon[i], polygon[i + 1]};
    scan(view, part, [&](int x, int y, float depth, const vec3& b) { pixel(x, y, depth, b, part); });
  }
}

void writePng(const std::filesystem::path& path, int width, int height, const std::vector<uint8_t>& rgb) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_RGB;
  if (png_image_write_to_file(&image, path.c_str(), 0, rgb.data(), 0, nullptr) == 0) {
    throw IoError("cannot write " + path.string() + ": " + image.message);
  }
}

}  // namespace

void Rasteriser::place(const content::Model& model, const RigidTransform& worldFromModel) {
  const std::vector<RigidTransform> poses = content::restPoses(model);
  for (size_t i = 0; i < poses.size(); ++i) {
    if (model.parts[i].mesh.isValid()) place(model.parts[i].mesh, worldFromModel * poses[i]);
  }
}

void Rasteriser::placeScenery() {
  for (const content::StaticPlacement& placement : content_.scenery) place(placement.mesh, placement.worldFromMesh);
}

size_t Rasteriser::triangleCount() const {
  size_t count = 0;
  for (const Placement& placement : placements_) count += content_.meshes[placement.mesh.value].triangles.size();
  return count;
}

void Rasteriser::render(const Camera& camera, double shadowRadius_m, const std::filesystem::path& png) const {
  const int samples = 2;
  View view = lookAt(camera.eye, camera.target, camera.width * samples, camera.height * samples);
  view.scale = 0.5f * static_cast<float>(view.height) / std::tan(0.5f * static_cast<float>(camera.fovY_rad));
  View sun = lookAt(camera.target + 200.0 * glm::dvec3(kSun), camera.target, 2048, 2048);
  sun.isOrthographic = true;
  sun.scale = 1024.0f / static_cast<float>(shadowRadius_m);

  const auto forEachTriangle = [&](const View& from, auto&& draw) {
    for (const Placement& placement : placements_) {
      const content::Mesh& mesh = content_.meshes[placement.mesh.value];
      for (size_t f = 0; f < mesh.triangles.size(); ++f) {
        std::array<Vertex, 3> t;
        for (size_t k = 0; k < 3; ++k) {
          const uint32_t v = mesh.triangles[f][static_cast<glm::length_t>(k)];
          t[k].world = vec3(placement.worldFromMesh * glm::dvec3(mesh.positions[v]));
          t[k].normal = vec3(placement.worldFromMesh.rotate(glm::dvec3(mesh.normals[v])));
          t[k].uv = mesh.uvs.empty() ? vec2(0) : mesh.uvs[v];
          t[k].view = from.toView(t[k].world);
        }
        draw(t, content_.materials[mesh.surfaces[mesh.surfaceOfTriangle[f]].material.value]);
      }
    }
  };
  const auto isHole = [&](const content::Material& material, const vec3& b, const std::array<Vertex, 3>& t) {
    return material.alphaTexture.isValid() && alphaAt(content_.textures[material.alphaTexture.value],
                                                      b.x * t[0].uv + b.y * t[1].uv + b.z * t[2].uv) < 0.5f;
  };

  std::vector<float> shadow(2048 * 2048, 1e9f);
  forEachTriangle(sun, [&](const std::array<Vertex, 3>& t, const content::Material& material) {
    if (material.transmission > 0.5f) return;
    scan(sun, t, [&](int x, int y, float depth, const vec3& b) {
      float& stored = shadow[static_cast<size_t>(y) * 2048 + static_cast<size_t>(x)];
      if (depth < stored && !isHole(material, b, t)) stored = depth;
    });
  });
  const auto sunlit = [&](const vec3& world, const vec3& normal) {
    const vec3 p = sun.toView(world + 0.03f * normal);
    float lit = 0;
    for (int i = 0; i < 4; ++i) {
      const int x = static_cast<int>(1024.0f + p.x * sun.scale + static_cast<float>(i % 2) - 0.5f);
      const int y = static_cast<int>(1024.0f - p.y * sun.scale + static_cast<float>(i / 2) - 0.5f);
      const bool isInside = x >= 0 && y >= 0 && x < 2048 && y < 2048;
      lit += !isInside || shadow[static_cast<size_t>(y) * 2048 + static_cast<size_t>(x)] > p.z - 0.15f ? 0.25f : 0.0f;
    }
    return lit;
  };

  const size_t pixels = static_cast<size_t>(view.width) * static_cast<size_t>(view.height);
  std::vector<float> depths(pixels, 1e9f);
  std::vector<vec3> colours(pixels);
  for (size_t i = 0; i < pixels; ++i) {
    const float x =
        (static_cast<float>(i % static_cast<size_t>(view.width)) - 0.5f * static_cast<float>(view.width)) / view.scale;
    const float y =
        (0.5f * static_cast<float>(view.height) - static_cast<float>(i / static_cast<size_t>(view.width))) / view.scale;
    colours[i] = sky(glm::normalize(view.forward + x * view.right + y * view.up));
  }
  for (const bool isGlassPass : {false, true}) {
    forEachTriangle(view, [&](const std::array<Vertex, 3>& t, const content::Material& material) {
      if ((material.transmission > 0.5f) != isGlassPass) return;
      scanClipped(view, t, [&](int x, int y, float depth, const vec3& b, const std::array<Vertex, 3>& part) {
        const size_t i = static_cast<size_t>(y) * static_cast<size_t>(view.width) + static_cast<size_t>(x);
        if (depth >= depths[i] || isHole(material, b, part)) return;
        const vec3 world = b.x * part[0].world + b.y * part[1].world + b.z * part[2].world;
        const vec3 toEye = glm::normalize(view.eye - world);
        vec3 normal = glm::normalize(b.x * part[0].normal + b.y * part[1].normal + b.z * part[2].normal);
        if (glm::dot(normal, toEye) < 0 && (material.alphaTexture.isValid() || material.transmission > 0))
          normal = -normal;
        const float cosine = std::clamp(glm::dot(normal, toEye), 0.0f, 1.0f);
        const float gloss = (1 - material.roughness) * (1 - material.roughness);
        const float fresnel = (0.04f + 0.96f * std::pow(1 - cosine, 5.0f)) * gloss;
        const vec3 mirrored = sky(glm::reflect(-toEye, normal));
        const vec3 albedo(material.reflectance[0], material.reflectance[1], material.reflectance[2]);
        if (isGlassPass) {
          colours[i] = colours[i] * material.transmission + mirrored * std::max(fresnel, 0.05f);
          return;
        }
        depths[i] = depth;
        const float facing = std::max(0.0f, glm::dot(normal, kSun));
        const float lit = facing > 0 ? facing * sunlit(world, normal) : 0.0f;
        const vec3 diffuse =
            albedo * (vec3(1.9f, 1.8f, 1.6f) * lit + vec3(0.42f, 0.48f, 0.58f) * (0.65f + 0.35f * normal.z));
        const float mirror = material.metallic * gloss;
        colours[i] = glm::mix(diffuse, albedo * mirrored * 1.4f, mirror) + mirrored * fresnel;
      });
    });
  }

  std::vector<uint8_t> rgb(static_cast<size_t>(camera.width) * static_cast<size_t>(camera.height) * 3);
  for (int y = 0; y < camera.height; ++y) {
    for (int x = 0; x < camera.width; ++x) {
      vec3 sum(0);
      for (int k = 0; k < samples * samples; ++k) {
        sum += colours[static_cast<size_t>(y * samples + k / samples) * static_cast<size_t>(view.width) +
                       static_cast<size_t>(x * samples + k % samples)];
      }
      sum /= static_cast<float>(samples * samples);
      for (int c = 0; c < 3; ++c) {
        const float shown = std::pow(1 - std::exp(-1.5f * sum[c]), 1 / 2.2f);
        rgb[static_cast<size_t>(3 * (y * camera.width + x) + c)] = static_cast<uint8_t>(255.0f * shown + 0.5f);
      }
    }
  }
  writePng(png, camera.width, camera.height, rgb);
}

}  // namespace nightfog::preview
