#include "engine/simulation/episode_digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "engine/core/files.hpp"
#include "engine/core/hash.hpp"

namespace nightfog::simulation {
namespace fs = std::filesystem;
namespace {

/// Of every definition: what an injector brings is known only when it runs, so none is left out.
std::string definitionsDigest(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file() && entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  Sha256 hash;
  for (const fs::path& file : files)
    hash.update(fmt::format("{} {}\n", fs::relative(file, folder).generic_string(), sha256HexOfFile(file)));
  return hash.hex();
}

/// Formats that name their buffers, materials and pictures in files beside them.
bool namesOtherFiles(const fs::path& mesh) {
  static const std::set<std::string> kExtensions{".gltf", ".obj", ".dae", ".x", ".mtl"};
  return kExtensions.count(mesh.extension().string()) > 0;
}

/// The files below the mesh's folder that its text names, by whatever path.
std::vector<fs::path> namedBeside(const fs::path& mesh) {
  const std::string text = readFile(mesh);
  std::vector<fs::path> named;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(mesh.parent_path(), error)) {
    const fs::path& path = entry.path();
    if (path == mesh || !entry.is_regular_file()) continue;
    if (text.find(path.filename().string()) != std::string::npos) named.push_back(path);
  }
  std::sort(named.begin(), named.end());
  return named;
}

}  // namespace

EpisodeDigests::EpisodeDigests(const catalog::Catalog& catalog, const fs::path& assetsFolder, std::string program)
    : catalog_(catalog), program_(std::move(program)), definitions_(definitionsDigest(assetsFolder)) {}

const std::string& EpisodeDigests::meshDigest(const catalog::MeshSource& mesh) {
  const fs::path file = mesh.root / mesh.file;
  if (const auto known = meshes_.find(file); known != meshes_.end()) return known->second;
  Sha256 hash;
  std::error_code error;
  if (fs::is_regular_file(file, error)) {
    hash.update(sha256HexOfFile(file));
    if (namesOtherFiles(file)) {
      for (const fs::path& other : namedBeside(file)) {
        hash.update(sha256HexOfFile(other));
        if (!namesOtherFiles(other)) continue;  // the materials of an OBJ name pictures
        for (const fs::path& third : namedBeside(other)) hash.update(sha256HexOfFile(third));
      }
    }
  }
  return meshes_.emplace(file, hash.hex()).first->second;
}

std::string EpisodeDigests::of(const scenario::Scenario& scenario, const std::optional<FrameRange>& frames,
                               bool labelsOnly) {
  std::set<std::string> assets;
  for (const scenario::Actor& actor : scenario.actors) assets.insert(actor.asset);
  for (const scenario::Injector& injector : scenario.injectors) {
    for (const auto& [name, value] : injector.parameters) {
      if (const auto* named = std::get_if<scenario::InjectorName>(&value)) assets.insert(named->value);
    }
  }
  Sha256 hash;
  hash.update(fmt::format("nightfog.episode/1\nprogram {}\nscenario {}\ndefinitions {}\n", program_, scenario.digest,
                          definitions_));
  for (const std::string& id : assets) {
    const catalog::AssetInfo* asset = catalog_.find(id);
    if (asset != nullptr && asset->mesh) hash.update(fmt::format("mesh {} {}\n", id, meshDigest(*asset->mesh)));
  }
  if (frames) hash.update(fmt::format("frames {} {}\n", frames->first, frames->last));
  if (labelsOnly) hash.update("labels only\n");
  return hash.hex();
}

}  // namespace nightfog::simulation
