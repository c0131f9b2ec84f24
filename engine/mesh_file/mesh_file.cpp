#include "engine/mesh_file/mesh_file.hpp"

#include <fmt/format.h>

#include "engine/mesh_file/reader_process.hpp"
#include "engine/mesh_file/wire.hpp"

namespace nightfog::mesh_file {

MeshFile readMeshFile(const std::filesystem::path& file, const std::filesystem::path& root, const Limits& limits) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) throw IoError(fmt::format("cannot read the mesh {}: {}", file.string(), error.message()));
  if (size > limits.fileBytes) {
    throw MeshFileError(fmt::format("{} has {} MiB", file.string(), size >> 20),
                        fmt::format("A mesh file may have up to {} MiB.", limits.fileBytes >> 20));
  }
  const std::filesystem::path folder = root.empty() ? std::filesystem::absolute(file).parent_path() : root;
  const ReaderAnswer answer = runMeshReader(file, folder, limits);
  if (answer.isDone) return decode(answer.bytes, limits);
  throw MeshFileError(fmt::format("{}: {}", file.string(), answer.reason), answer.help, answer.wasCrash);
}

}  // namespace nightfog::mesh_file
