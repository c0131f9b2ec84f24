#include "engine/mesh_file/reader/image_reader.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_HDR
#define STBI_NO_LINEAR
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS (1 << 24)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

namespace nightfog::mesh_file {

std::optional<Image> decodeImage(std::span<const uint8_t> bytes, const std::string& name, uint32_t maxSize) {
  std::optional<Image> image = decodeSgiImage(bytes, maxSize);
  if (!image) {
    int width = 0;
    int height = 0;
    int channels = 0;
    if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max())) return std::nullopt;
    const int size = static_cast<int>(bytes.size());
    if (stbi_info_from_memory(bytes.data(), size, &width, &height, &channels) == 0) return std::nullopt;
    const int most = static_cast<int>(maxSize);
    if (width < 1 || height < 1 || width > most || height > most) return std::nullopt;
    const std::unique_ptr<stbi_uc, void (*)(void*)> texels(
        stbi_load_from_memory(bytes.data(), size, &width, &height, &channels, 4), stbi_image_free);
    if (texels == nullptr) return std::nullopt;
    image.emplace();
    image->width = static_cast<uint32_t>(width);
    image->height = static_cast<uint32_t>(height);
    image->texels.resize(size_t{image->width} * image->height);
    const size_t row = size_t{image->width} * 4;
    for (uint32_t y = 0; y < image->height; ++y) {  // theirs begins at the top
      std::memcpy(&image->texels[size_t{image->height - 1 - y} * image->width], texels.get() + y * row, row);
    }
  }
  image->name = name;
  return image;
}

}  // namespace nightfog::mesh_file
