// The files a mesh may name: those below one folder, and no larger than a limit.
#pragma once

#include <assimp/DefaultIOSystem.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace nightfog::mesh_file {

/// Opens for reading only, and only regular files whose real path (links followed) lies below the root.
class RootedFiles : public Assimp::DefaultIOSystem {
 public:
  RootedFiles(const std::filesystem::path& root, uint64_t maxBytes)
      : root_(std::filesystem::canonical(root)), maxBytes_(maxBytes) {}

  bool Exists(const char* file) const override;
  Assimp::IOStream* Open(const char* file, const char* mode) override;

  /// The real path when the file may be opened.
  std::optional<std::filesystem::path> allowed(const std::filesystem::path& file) const;
  /// Where a picture that a model in `folder` names is: as named, else by its name alone beside the model or in a
  /// folder `textures` there or next to it; letter case does not matter.
  std::optional<std::filesystem::path> findPicture(const std::filesystem::path& folder, std::string_view named) const;
  /// Whether something outside the root was asked for.
  bool wasEscapeTried() const { return wasEscapeTried_; }

 private:
  std::filesystem::path root_;
  uint64_t maxBytes_ = 0;
  mutable bool wasEscapeTried_ = false;
};

}  // namespace nightfog::mesh_file
