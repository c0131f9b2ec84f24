#include <cstdio>
// jpeglib.h needs <cstdio> before it
#include <jpeglib.h>

#include <cstdlib>

#include "engine/core/error.hpp"
#include "engine/record/image.hpp"
#include "engine/record/synthetic_mark.hpp"

namespace nightfog::record {
namespace {

[[noreturn]] void fail(j_common_ptr codec) {
  char text[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, text);
  throw Error(ExitCode::kInternal, fmt::format("encoding a JPEG failed: {}", text));
}
void ignore(j_common_ptr) {}

/// Frees libjpeg's memory however encoding ends.
struct Compressor {
  jpeg_compress_struct codec{};
  jpeg_error_mgr errors{};
  unsigned char* bytes = nullptr;
  unsigned long count = 0;
  Compressor() {
    codec.err = jpeg_std_error(&errors);
    errors.error_exit = fail;
    errors.output_message = ignore;
    jpeg_create_compress(&codec);
    jpeg_mem_dest(&codec, &bytes, &count);
  }
  ~Compressor() {
    jpeg_destroy_compress(&codec);
    std::free(bytes);  // malloc'ed by jpeg_mem_dest
  }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
};

}  // namespace

std::string encodeJpeg(uint32_t width, uint32_t height, std::span<const uint8_t> rgb, int quality) {
  NF_ASSERT(rgb.size() == size_t{width} * height * 3, "{} bytes for {} x {} pixels", rgb.size(), width, height);
  Compressor c;
  c.codec.image_width = width;
  c.codec.image_height = height;
  c.codec.input_components = 3;
  c.codec.in_color_space = JCS_RGB;
  jpeg_set_defaults(&c.codec);
  jpeg_set_quality(&c.codec, quality, TRUE);
  c.codec.dct_method = JDCT_ISLOW;  // exact integers: the same bytes with any SIMD
  if (quality >= 90) c.codec.comp_info[0].h_samp_factor = c.codec.comp_info[0].v_samp_factor = 1;
  jpeg_start_compress(&c.codec, TRUE);
  const std::string mark = std::string("http://ns.adobe.com/xap/1.0/") + '\0' + kSyntheticXmp;
  jpeg_write_marker(&c.codec, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(mark.data()),
                    static_cast<unsigned>(mark.size()));
  while (c.codec.next_scanline < height) {
    auto* row = const_cast<JSAMPLE*>(&rgb[size_t{c.codec.next_scanline} * width * 3]);  // libjpeg's input is not const
    jpeg_write_scanlines(&c.codec, &row, 1);
  }
  jpeg_finish_compress(&c.codec);
  return {reinterpret_cast<const char*>(c.bytes), c.count};
}

}  // namespace nightfog::record
