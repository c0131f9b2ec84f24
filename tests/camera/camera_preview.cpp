// Pictures of the street for people to look at, and what each stage takes: camera_preview OUT [scene …] [--width W]
// [--spp N] [--repeat N]
#include <fmt/format.h>

#include <cstring>
#include <map>

#include "engine/core/files.hpp"
#include "engine/record/image.hpp"
#include "street_scenes.hpp"

using namespace nightfog;

namespace {

struct Named {
  const char* name;
  double hour;
  double fog_m;
};
constexpr Named kScenes[] = {{"day", 15, 0},         {"noon", 12, 0},       {"morning", 8, 0}, {"dusk", 17.95, 0},
                             {"twilight", 18.35, 0}, {"night", 22, 0},      {"fog", 11, 80},   {"haze", 14, 600},
                             {"nightfog", 22, 60},   {"duskfog", 17.9, 100}};

void writePlanes(const record::CameraImage& image, const std::string& stem) {
  const uint32_t w = image.width;
  const uint32_t h = image.height;
  record::Image depth(w, h, 0);
  record::Image classes(w, h, 0);
  record::Image objects(w, h, 0);
  record::Image flow(w, h, 0);
  for (uint32_t y = 0; y < h; ++y) {
    for (uint32_t x = 0; x < w; ++x) {
      const size_t i = size_t{y} * w + x;
      if (!image.depth_m.empty() && image.depth_m[i] > 0)
        depth.set(int(x), int(y), record::colourMap(1 - std::log2(1 + image.depth_m[i]) / 8));
      if (!image.semantic.empty()) classes.set(int(x), int(y), classInfo(ClassId{image.semantic[i]}).colour_rgb);
      if (!image.instance.empty() && image.instance[i] != 0)
        objects.set(int(x), int(y), (image.instance[i] * 2654435761u) >> 8);
      if (!image.flow_px.empty()) {
        const glm::vec2 f = image.flow_px[i];
        const float size = std::min(glm::length(f) / 60.0f, 1.0f);
        flow.set(int(x), int(y),
                 image.flowState[i] == record::FlowState::kVisible    ? record::colourMap(size)
                 : image.flowState[i] == record::FlowState::kOccluded ? 0xff0000
                                                                      : 0x404040);
      }
    }
  }
  for (const auto& v : image.visibility) {
    const auto box = [&](const record::PixelBox& b, record::Colour colour) {
      if (b.isEmpty()) return;
      objects.line({b.left, b.top}, {b.right, b.top}, 1.5f, colour);
      objects.line({b.right, b.top}, {b.right, b.bottom}, 1.5f, colour);
      objects.line({b.right, b.bottom}, {b.left, b.bottom}, 1.5f, colour);
      objects.line({b.left, b.bottom}, {b.left, b.top}, 1.5f, colour);
    };
    box(v.amodalBox, 0xffff00);
    box(v.modalBox, 0xffffff);
    fmt::print("  object {}: {} of {} px, truncation {:.2f}, occluder {}\n", v.object.value, v.visiblePixels,
               v.totalPixels, v.truncation, v.occluder.value);
  }
  const auto write = [&](const char* name, const record::Image& picture) {
    writeFileAtomically(stem + name, record::encodePng(picture));
  };
  write("_depth.png", depth);
  write("_semantic.png", classes);
  write("_instance.png", objects);
  if (!image.flow_px.empty()) write("_flow.png", flow);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string out = argc > 1 ? argv[1] : ".";
  uint32_t width = 1280;
  uint32_t spp = 1;
  uint32_t repeat = 1;
  bool labelsOnly = false;
  bool planes = false;
  bool allTruth = false;
  bool jpeg = false;
  std::vector<std::string> wanted;
  for (int i = 2; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--width" && i + 1 < argc)
      width = static_cast<uint32_t>(std::stoul(argv[++i]));
    else if (argument == "--spp" && i + 1 < argc)
      spp = static_cast<uint32_t>(std::stoul(argv[++i]));
    else if (argument == "--repeat" && i + 1 < argc)
      repeat = static_cast<uint32_t>(std::stoul(argv[++i]));
    else if (argument == "--labels-only")
      labelsOnly = true;
    else if (argument == "--planes")
      planes = true;
    else if (argument == "--all-truth")
      allTruth = true;
    else if (argument == "--jpeg")
      jpeg = true;
    else
      wanted.push_back(argument);
  }
  std::filesystem::create_directories(out);
  gpu::Device device({.name = "auto"});
  Jobs jobs(0);
  for (const Named& named : kScenes) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), named.name) == wanted.end()) continue;
    preview::SceneOptions options;
    options.timeOfDay_h = named.hour;
    options.fogVisibility_m = named.fog_m;
    options.labelsOnly = labelsOnly;
    options.spec.width = width;
    options.spec.height = width * 9 / 16;
    options.spec.fx = options.spec.fy = 0.62 * width;
    options.spec.cx = 0.5 * options.spec.width - 0.5;
    options.spec.cy = 0.5 * options.spec.height - 0.5;
    options.spec.k1 = -0.12;
    options.spec.k2 = 0.03;
    options.spec.readoutTime_s = 0.020;
    options.spec.exposureTime_s = 0.016;
    options.spec.samplesPerPixel = spp;
    options.spec.encoding = jpeg ? scenario::ImageEncoding::kJpeg : scenario::ImageEncoding::kPng;
    options.spec.jpegQuality = 85;
    options.spec.truth.normals = allTruth;
    options.spec.truth.flow = allTruth;
    preview::StreetScene scene(device, jobs, options);
    for (uint32_t frame = 0; frame < repeat; ++frame) {
      const auto begin = std::chrono::steady_clock::now();
      const record::CameraImage image = scene.capture(frame);
      const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
      std::map<std::string, double> stages;
      double sum = 0;
      for (const gpu::Timing& timing : scene.timings()) {
        stages[timing.name] += timing.milliseconds;
        sum += timing.milliseconds;
      }
      fmt::print("{} frame {}: {:.0f} ms; t {:.3f} ms, ISO {:.0f}; {} kB\n", named.name, frame, ms,
                 image.exposureTime_s * 1e3, image.iso, image.encoded.size() / 1024);
      if (frame + 1 == repeat) {
        for (const auto& [name, time] : stages) fmt::print("  {:32s} {:8.1f} ms\n", name, time);
        fmt::print("  {:32s} {:8.1f} ms\n", "sum", sum);
      }
      if (frame + 1 < repeat) continue;
      const std::string stem = fmt::format("{}/{}", out, named.name);
      if (!labelsOnly)
        writeFileAtomically(stem + (jpeg ? ".jpg" : ".png"), std::string(image.encoded.begin(), image.encoded.end()));
      if (planes) writePlanes(image, stem);
    }
  }
  return 0;
}
