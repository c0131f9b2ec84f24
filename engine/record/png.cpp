#include <png.h>

#include "engine/core/error.hpp"
#include "engine/record/image.hpp"
#include "engine/record/synthetic_mark.hpp"

namespace nightfog::record {
namespace {

void append(png_structp png, png_bytep bytes, png_size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(bytes), count);
}
void flush(png_structp) {}
[[noreturn]] void fail(png_structp, png_const_charp message) {
  throw Error(ExitCode::kInternal, fmt::format("encoding a PNG failed: {}", message));
}
void ignore(png_structp, png_const_charp) {}

/// Frees libpng's memory however encoding ends.
struct Writer {
  png_structp png = nullptr;
  png_infop info = nullptr;
  Writer() : png(png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, ignore)) {
    if (png != nullptr) info = png_create_info_struct(png);
    NF_ASSERT(png != nullptr && info != nullptr, "libpng gave no writer");
  }
  ~Writer() { png_destroy_write_struct(&png, &info); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
};

}  // namespace

std::string encodePng(const Image& image) {
  return encodePng(image.width(), image.height(), image.bytes(), 6);
}

std::string encodePng(uint32_t width, uint32_t height, std::span<const uint8_t> rgb, int compressionLevel) {
  NF_ASSERT(rgb.size() == size_t{width} * height * 3, "{} bytes for {} x {} pixels", rgb.size(), width, height);
  std::string out;
  Writer writer;
  png_set_write_fn(writer.png, &out, append, flush);
  png_set_IHDR(writer.png, writer.info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(writer.png, compressionLevel);
  // Fast levels are for photographs: one filter, which suits their noise; the search for the best of five costs more
  // than it saves.
  if (compressionLevel < 4) png_set_filter(writer.png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
  png_text text{};
  text.compression = PNG_ITXT_COMPRESSION_NONE;
  std::string keyword = "XML:com.adobe.xmp";
  std::string xmp = kSyntheticXmp;
  std::string none;
  text.key = keyword.data();
  text.text = xmp.data();
  text.itxt_length = xmp.size();
  text.lang = none.data();
  text.lang_key = none.data();
  png_set_text(writer.png, writer.info, &text, 1);
  png_write_info(writer.png, writer.info);
  for (uint32_t y = 0; y < height; ++y) png_write_row(writer.png, &rgb[size_t{y} * width * 3]);
  png_write_end(writer.png, writer.info);
  return out;
}

}  // namespace nightfog::record
