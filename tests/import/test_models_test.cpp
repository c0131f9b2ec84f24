// Artists' models of two Debian packages, where they are installed; without them these tests say so and pass.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "engine/content/import/mesh_check.hpp"
#include "engine/mesh_file/mesh_file.hpp"
#include "fixture.hpp"

using namespace nightfog;
using namespace nightfog::content;
namespace fs = std::filesystem;

namespace {

const fs::path kModels = "/usr/share/assimp/models";

bool isInstalled(const fs::path& folder, const char* package) {
  if (fs::is_directory(folder)) return true;
  MESSAGE("skipped: the package ", package, " is not installed");
  return false;
}

}  // namespace

TEST_CASE("Every file of assimp-testmodels either loads or is refused with a reason") {
  if (!isInstalled(kModels, "assimp-testmodels")) return;
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(kModels)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  size_t loaded = 0;
  size_t refused = 0;
  size_t crashed = 0;
  for (const fs::path& file : files) {
    try {
      const mesh_file::MeshFile mesh = mesh_file::readMeshFile(file, kModels);
      CHECK(mesh.triangleCount() > 0);
      ++loaded;
    } catch (const mesh_file::MeshFileError& error) {
      CHECK_MESSAGE(std::string(error.what()).size() > file.string().size() + 4, file);
      ++(error.wasCrash() ? crashed : refused);
    }
  }
  MESSAGE(files.size(), " files: ", loaded, " loaded, ", refused, " refused, ", crashed, " killed their reader");
  CHECK(loaded > files.size() / 2);  // 319 of 595 with Assimp 5.2.5; half of the rest are pictures and texts
}

TEST_CASE("Every asset of the Debian pack is fit for use") {
  const catalog::Catalog catalog = catalog::loadCatalog(NIGHTFOG_SOURCE_DIR "/assets");
  size_t count = 0;
  for (const auto& [id, asset] : catalog.all()) {
    if (!asset.mesh || asset.mesh->package.empty()) continue;
    ++count;
    if (!fs::exists(asset.mesh->root / asset.mesh->file)) {
      MESSAGE("skipped: ", id, " needs the package ", asset.mesh->package);
      continue;
    }
    SceneContent content = test::contentWithMaterials();
    ImportReport report;
    const Model model = importModel(asset, content, &report);
    for (const MeshFinding& finding : checkMesh(asset, model, content, report)) {
      CHECK_MESSAGE(!finding.isError, id, ": ", finding.code, " ", finding.message, " ", finding.help);
    }
  }
  CHECK(count >= 25);
}
