#include <png.h>

#include "engine/core/error.hpp"
#include "engine/record/image.hpp"

namespace nightfog::record {
namespace {

constexpr const char* kXmp =
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
    "<rdf:Description rdf:about=\"\" xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\">"
    "<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
    "</Iptc4xmpExt:DigitalSourceType></rdf:Description></rdf:RDF></x:xmpmeta>";

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
  std::string out;
  Writer writer;
  png_set_write_fn(writer.png, &out, append, flush);
  png_set_IHDR(writer.png, writer.info, image.width(), image.height(), 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(writer.png, 6);
  png_text text{};
  text.compression = PNG_ITXT_COMPRESSION_NONE;
  std::string keyword = "XML:com.adobe.xmp";
  std::string xmp = kXmp;
  std::string none;
  text.key = keyword.data();
  text.text = xmp.data();
  text.itxt_length = xmp.size();
  text.lang = none.data();
  text.lang_key = none.data();
  png_set_text(writer.png, writer.info, &text, 1);
  png_write_info(writer.png, writer.info);
  for (uint32_t y = 0; y < image.height(); ++y) {
    png_write_row(writer.png, &image.bytes()[size_t{y} * image.width() * 3]);
  }
  png_write_end(writer.png, writer.info);
  return out;
}

}  // namespace nightfog::record
