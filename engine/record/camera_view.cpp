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

void drawBox(Image& image, const PixelBox& box, float width, Colour colour, bool isDashed) {
  if (box.isEmpty()) return;
  const glm::vec2 corners[] = {
      {box.left, box.top}, {box.right, box.top}, {box.right, box.bottom}, {box.left, box.bottom}};
  for (int i = 0; i < 4; ++i) {
    if (isDashed) {
      image.dashedLine(corners[i], corners[(i + 1) % 4], width, colour, 6);
    } else {
      image.line(corners[i], corners[(i + 1) % 4], width, colour);
    }
  }
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

Image reduced(const Image& from, uint32_t width) {
  if (from.width() <= width) return from;
  const uint32_t height = std::max(from.height() * width / from.width(), 1u);
  Image image(width, height, 0);
  for (uint32_t y = 0; y < height; ++y) {
    for (uint32_t x = 0; x < width; ++x) {
      const uint32_t x0 = x * from.width() / width;
      const uint32_t x1 = std::max((x + 1) * from.width() / width, x0 + 1);
      const uint32_t y0 = y * from.height() / height;
      const uint32_t y1 = std::max((y + 1) * from.height() / height, y0 + 1);
      uint32_t sums[3] = {0, 0, 0};
      for (uint32_t v = y0; v < y1; ++v) {
        for (uint32_t u = x0; u < x1; ++u) {
          const Colour c = from.pixel(u, v);
          sums[0] += c >> 16 & 0xff;
          sums[1] += c >> 8 & 0xff;
          sums[2] += c & 0xff;
        }
      }
      const uint32_t n = (x1 - x0) * (y1 - y0);
      image.set(static_cast<int>(x), static_cast<int>(y), (sums[0] / n) << 16 | (sums[1] / n) << 8 | sums[2] / n);
    }
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
      for (const CameraObjectVisibility& v : camera.visibility) {
        const auto object = std::find_if(frame.objects.begin(), frame.objects.end(),
                                         [&](const ObjectTruth& o) { return o.id == v.object; });
        const Colour colour = object != frame.objects.end() ? classInfo(object->semantic).colour_rgb : 0xffffff;
        const float width = static_cast<float>(camera.width) / 800;
        drawBox(image, v.amodalBox, width, colour, true);
        drawBox(image, v.modalBox, width, colour, false);
      }
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
    case CameraPlane::kFlow:
      break;
  }
  return paint(camera, [&](size_t i) -> Colour {
    if (camera.flow_px.empty()) return 0;
    const FlowState state = camera.flowState.empty() ? FlowState::kVisible : camera.flowState[i];
    const float length = glm::length(camera.flow_px[i]) / (0.05f * static_cast<float>(camera.width));
    const Colour colour = colourMap(std::sqrt(std::min(length, 1.0f)));
    if (state == FlowState::kOccluded) return mix(colour, 0xd04040, 0.8f);
    return state == FlowState::kVisible ? colour : mix(colour, 0x505860, 0.8f);
  });
}

Image cameraSheet(const EpisodeInfo& episode, const SensorInfo& sensor, const CameraFrame& frame) {
  constexpr int kWidth = 1600;
  constexpr int kMargin = 24;
  constexpr int kHalf = (kWidth - 3 * kMargin) / 2;
  constexpr int kCaption = 34;
  struct Panel {
    const char* title;
    Image image;
  };
  std::vector<Panel> panels;
  const CameraImage& camera = frame.image;
  panels.push_back(
      {"Image; boxes, dashed: what is hidden too", reduced(cameraView(frame, CameraPlane::kImage), kHalf)});
  if (!camera.depth_m.empty()) panels.push_back({"Depth", reduced(cameraView(frame, CameraPlane::kDepth), kHalf)});
  if (!camera.semantic.empty()) panels.push_back({"Class", reduced(cameraView(frame, CameraPlane::kSemantic), kHalf)});
  if (!camera.instance.empty())
    panels.push_back({"Instance", reduced(cameraView(frame, CameraPlane::kInstance), kHalf)});
  if (!camera.flow_px.empty())
    panels.push_back({"Flow; red: hidden in the next frame", reduced(cameraView(frame, CameraPlane::kFlow), kHalf)});
  const int panelHeight = static_cast<int>(panels.front().image.height());
  const int rows = (static_cast<int>(panels.size()) + 1) / 2;
  Image sheet(kWidth, static_cast<uint32_t>(100 + rows * (kCaption + panelHeight) + kMargin), kPaper);
  sheet.text({kMargin, 50}, episode.title.empty() ? episode.scenarioId : episode.title, 20, kInk);
  const std::string weather =
      episode.fogVisibility_m ? fmt::format("fog, visibility {:.0f} m", *episode.fogVisibility_m) : "clear air";
  sheet.text({kMargin, 80},
             fmt::format("{} (camera {} x {})  |  frame {} at {:.3f} s  |  exposed {:.2f} ms at ISO {:.0f}  |  {}",
                         sensor.id, camera.width, camera.height, camera.frame, camera.reference.seconds(),
                         camera.exposureTime_s * 1e3, camera.iso, weather),
             10, kFaintInk);
  const std::string mark = fmt::format("nightfog {}  |  synthetic data", episode.engineVersion);
  sheet.text({kWidth - kMargin - Image::textWidth(mark, 10), 46}, mark, 10, kFaintInk);
  for (size_t i = 0; i < panels.size(); ++i) {
    const int x = kMargin + static_cast<int>(i % 2) * (kHalf + kMargin);
    const int y = 100 + static_cast<int>(i / 2) * (kCaption + panelHeight) + kCaption;
    sheet.text({static_cast<float>(x), static_cast<float>(y) - 10}, panels[i].title, 12, kInk);
    sheet.paste(panels[i].image, x, y);
  }
  return sheet;
}

}  // namespace nightfog::record
