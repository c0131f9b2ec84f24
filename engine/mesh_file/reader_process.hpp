// Runs `nightfog-mesh-reader` on one file and collects what it says.
#pragma once

#include <filesystem>
#include <string>

#include "engine/mesh_file/mesh_file.hpp"

namespace nightfog::mesh_file {

struct ReaderAnswer {
  bool isDone = false;
  bool wasCrash = false;
  std::string bytes;   ///< of a MeshFile (wire.hpp), when done
  std::string reason;  ///< why not, else
  std::string help;
};

/// Throws IoError when the program is not there.
ReaderAnswer runMeshReader(const std::filesystem::path& file, const std::filesystem::path& root, const Limits& limits);

}  // namespace nightfog::mesh_file
