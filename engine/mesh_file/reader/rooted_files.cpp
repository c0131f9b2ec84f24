#include "engine/mesh_file/reader/rooted_files.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <vector>

namespace nightfog::mesh_file {
namespace {

namespace fs = std::filesystem;

bool isSameIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

/// The entry of that name, letter case aside; the first in the order of bytes.
std::optional<fs::path> findInFolder(const fs::path& folder, std::string_view name) {
  std::error_code error;
  if (fs::exists(folder / name, error)) return folder / name;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (isSameIgnoringCase(entry.path().filename().string(), name)) found.push_back(entry.path());
  }
  if (found.empty()) return std::nullopt;
  return *std::min_element(found.begin(), found.end());
}

}  // namespace

std::optional<fs::path> RootedFiles::allowed(const fs::path& file) const {
  std::error_code error;
  const fs::path real = fs::canonical(file, error);
  if (error || !fs::is_regular_file(real, error)) return std::nullopt;
  const auto [inRoot, rest] = std::mismatch(root_.begin(), root_.end(), real.begin(), real.end());
  if (inRoot != root_.end()) {
    wasEscapeTried_ = true;
    return std::nullopt;
  }
  if (fs::file_size(real, error) > maxBytes_ || error) return std::nullopt;
  return real;
}

bool RootedFiles::Exists(const char* file) const {
  return allowed(file).has_value();
}

Assimp::IOStream* RootedFiles::Open(const char* file, const char* mode) {
  if (std::strpbrk(mode, "wa+") != nullptr) return nullptr;
  const auto real = allowed(file);
  return real ? DefaultIOSystem::Open(real->c_str(), mode) : nullptr;
}

std::optional<fs::path> RootedFiles::findPicture(const fs::path& folder, std::string_view named) const {
  std::string name(named);
  std::replace(name.begin(), name.end(), '\\', '/');
  const fs::path path(name);
  const std::string leaf = path.filename().string();
  if (leaf.empty() || leaf == "." || leaf == "..") return std::nullopt;
  std::vector<fs::path> folders{path.is_absolute() ? path.parent_path() : folder / path.parent_path(), folder};
  for (const char* usual : {"textures", "Textures", "../textures", "../Textures"}) folders.push_back(folder / usual);
  for (const fs::path& candidate : folders) {
    const auto found = findInFolder(candidate, leaf);
    if (!found) continue;
    if (const auto real = allowed(*found)) return real;
  }
  return std::nullopt;
}

}  // namespace nightfog::mesh_file
