// Any bytes as an OpenSCENARIO file beside a map. Whatever they are, the answer is an import, whose scenario the
// language reads or refuses, or an error.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "engine/core/files.hpp"
#include "engine/openscenario/import.hpp"
#include "engine/scenario/template.hpp"

using namespace nightfog;
namespace fs = std::filesystem;

namespace {

/// The file in hand and a copy of the map; goes with the process.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("nightfog_fuzz_openscenario_" + std::to_string(getpid()))) {
    fs::create_directories(path_);
    fs::copy_file(NIGHTFOG_SOURCE_DIR "/tests/openscenario/data/straight.xodr", path_ / "straight.xodr",
                  fs::copy_options::overwrite_existing);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Folder folder;
  static const catalog::Catalog assets = catalog::loadCatalog(NIGHTFOG_SOURCE_DIR "/assets");
  const fs::path file = folder.path() / "fuzz.xosc";
  std::ofstream(file, std::ios::binary | std::ios::trunc) << std::string(data, data + size);
  try {
    const openscenario::Import made = openscenario::importOpenScenario(file, assets);
    for (const auto& entry : made.report.entries)
      NF_ASSERT(!entry.element.empty(), "an entry of the report names no element: {}", entry.note);
    (void)openscenario::toText(made.report);
    scenario::Library library{.catalog = assets, .dataFolder = NIGHTFOG_SOURCE_DIR};
    library.importRoot = folder.path();
    (void)scenario::parseScenarioTemplate(made.yaml, folder.path() / "fuzz.scn.yaml", library);
  } catch (const Error&) {  // an answer
  }
  return 0;
}
