// Pictures of a camera frame: the image with its boxes, and its planes of ground truth.
#include <cstdio>
// jpeglib.h needs <cstdio> before it
#include <jpeglib.h>
#include <png.h>

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/record/point_colour.hpp"
#include "engine/record/preview.hpp"
#include "engine/record/taxonomy.hpp"
#include "engine/shared/camera.h"

namespace nightfog::record {
namespace {

constexpr uint32_t kMostSide_px = 16384;

[[noreturn]] void refuse(const std::string& what) {
  throw IoError(fmt::format("the image cannot be read: {}", what));
}

[[noreturn]] void failJpeg(j_common_ptr codec) {
  char text[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, text);
  refuse(text);
}
void ignoreJpeg(j_common_ptr) {}

Image decodeJpeg(const std::vector<uint8_t>& bytes) {
  jpeg_decompress_struct codec{};
  jpeg_error_mgr errors{};
  codec.err = jpeg_std_error(&errors);
  errors.error_exit = failJpeg;
  errors.output_message = ignoreJpeg;
  jpeg_create_decompress(&codec);
  const struct Closer {
    jpeg_decompress_struct& codec;
    ~Closer() { jpeg_destroy_decompress(&codec); }
  } closer{codec};
  jpeg_mem_src(&codec, bytes.data(), bytes.size());
  jpeg_read_header(&codec, TRUE);
  if (codec.image_width > kMostSide_px || codec.image_height > kMostSide_px) refuse("it is too large");
  codec.out_color_space = JCS_RGB;
  jpeg_start_decompress(&codec);
  Image image(codec.output_width, codec.output_height, 0);
  std::vector<uint8_t> row(size_t{codec.output_width} * 3);
  while (codec.output_scanline < codec.output_height) {
    const auto y = static_cast<int>(codec.output_scanline);
    JSAMPLE* at = row.data();
    jpeg_read_scanlines(&codec, &at, 1);
    for (uint32_t x = 0; x < codec.output_width; ++x) {
      image.set(static_cast<int>(x), y, Colour{row[x * 3]} << 16 | Colour{row[x * 3 + 1]} << 8 | row[x * 3 + 2]);
    }
  }
  return image;
}

Image decodePng(const std::vector<uint8_t>& bytes) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const struct Closer {
    png_image& png;
    ~Closer() { png_image_free(&png); }
  } closer{png};
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) refuse(png.message);
  if (png.width > kMostSide_px || png.height > kMostSide_px) refuse("it is too large");
  png.format = PNG_FORMAT_RGB;
  std::vector<uint8_t> rgb(PNG_IMAGE_SIZE(png));
  if (png_image_finish_read(&png, nullptr, rgb.data(), 0, nullptr) == 0) refuse(png.message);
  Image image(png.width, png.height, 0);
  for (size_t i = 0; i < size_t{png.width} * png.height; ++i) {
    image.set(static_cast<int>(i % png.width), static_cast<int>(i / png.width),
              Colour{rgb[i * 3]} << 16 | Colour{rgb[i * 3 + 1]} << 8 | rgb[i * 3 + 2]);
  }
  return image;
}

/// Any plane as a picture: one colour a pixel.
template <class ColourOf>
Image paint(const CameraImage& camera, ColourOf&& colourOf) {
  Image image(camera.width, camera.height, 0);
  for (uint32_t y = 0; y < camera.height; ++y) {
    for (uint32_t x = 0; x < camera.width; ++x)
      image.set(static_cast<int>(x), static_cast<int>(y), colourOf(size_t{y} * camera.width + x));
  }
  return image;
}

}  // namespace

Image decodeImage(const std::string& encoding, const std::vector<uint8_t>& bytes) {
  if (encoding == "jpeg") return decodeJpeg(bytes);
  if (encoding == "png") return decodePng(bytes);
  refuse(fmt::format("its encoding is '{}'", encoding));
}

Image cameraView(const CameraFrame& frame, CameraPlane plane) {
  const CameraImage& camera = frame.image;
  switch (plane) {
    case CameraPlane::kImage: {
      Image image = camera.encoded.empty() ? Image(camera.width, camera.height, 0x101418)
                                           : decodeImage(camera.encoding, camera.encoded);
      if (image.width() != camera.width || image.height() != camera.height) refuse("its size is not the frame's");
      return image;
    }
    case CameraPlane::kDepth:
      return paint(camera, [&](size_t i) {
        const float d = camera.depth_m.empty() ? 0.0f : camera.depth_m[i];
        return d > 0 ? colourMap(1 - std::log2(1 + d) / 8) : Colour{0};
      });
    case CameraPlane::kSemantic:
      return paint(camera, [&](size_t i) {
        return camera.semantic.empty() ? Colour{0} : Colour{classInfo(ClassId{camera.semantic[i]}).colour_rgb};
      });
    case CameraPlane::kInstance:
      return paint(camera,
                   [&](size_t i) { return camera.instance.empty() ? Colour{0} : instanceColour(camera.instance[i]); });
    case CameraPlane::kNormal:
      return paint(camera, [&](size_t i) -> Colour {
        if (camera.normals.empty() || camera.normals[i] == 0) return 0;
        const glm::vec3 n = shared::decodeOctahedral(camera.normals[i]) * 0.5f + 0.5f;
        return static_cast<Colour>(n.x * 255) << 16 | static_cast<Colour>(n.y * 255) << 8 |
               static_cast<Colour>(n.z * 255);
      });
    case CameraPlane::kFlow:
      break;
  }
  const float full_px = flowScale_px(camera);
  return paint(camera, [&](size_t i) -> Colour {
    const FlowState state = camera.flowState.empty() ? FlowState::kVisible : camera.flowState[i];
    if (camera.flow_px.empty() || state == FlowState::kNone) return 0;
    const Colour colour = flowColour(camera.flow_px[i] / full_px);
    if (state == FlowState::kOccluded) return mix(colour, 0, 0.75f);
    return state == FlowState::kVisible ? colour : mix(colour, 0, 0.4f);
  });
}

float flowScale_px(const CameraImage& camera) {
  constexpr size_t kStride = 17;
  std::vector<float> lengths;
  for (size_t i = 0; i < camera.flow_px.size(); i += kStride) {
    const bool isKnown = camera.flowState.empty() || camera.flowState[i] == FlowState::kVisible;
    const float length = glm::length(camera.flow_px[i]);
    if (isKnown && std::isfinite(length)) lengths.push_back(length);
  }
  if (lengths.empty()) return 1;
  const auto most = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() * 95 / 100);
  std::nth_element(lengths.begin(), most, lengths.end());
  return std::max(*most, 1.0f);
}

Colour flowColour(glm::vec2 flow) {
  // Hue by direction, right is red; white does not move.
  const float length = glm::length(flow);
  if (!(length > 0)) return 0xffffff;
  const float hue = std::fmod(std::atan2(flow.y, flow.x) / (2 * static_cast<float>(kPi)) * 6 + 6, 6.0f);
  const float saturation = std::min(length, 1.0f);
  Colour out = 0;
  for (const float shift : {0.0f, 4.0f, 2.0f}) {
    const float level = std::clamp(std::abs(std::fmod(hue + shift, 6.0f) - 3) - 1, 0.0f, 1.0f);
    out = out << 8 | static_cast<Colour>(std::lround(255 * (1 - saturation * (1 - level))));
  }
  return out;
}

}  // namespace nightfog::record
