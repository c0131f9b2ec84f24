#include "engine/scenario/template.hpp"

#include "engine/core/hash.hpp"
#include "engine/scenario/build.hpp"

namespace nightfog::scenario {

using namespace config;
namespace fs = std::filesystem;

namespace {

/// The nearest folder at or above that holds a folder `rigs`, else the folder itself.
fs::path libraryRoot(const fs::path& folder) {
  std::error_code failed;
  const fs::path start = fs::weakly_canonical(folder.empty() ? fs::path(".") : folder, failed);
  for (fs::path at = start; !failed; at = at.parent_path()) {
    if (fs::is_directory(at / "rigs", failed)) return at;
    if (at == at.parent_path()) break;
    failed.clear();
  }
  return start;
}

/// nullptr when there are errors.
std::shared_ptr<const ScenarioTemplate::Impl> read(std::shared_ptr<const Document> document, const fs::path& folder,
                                                   const Library& library, Diagnostics& diagnostics) {
  if (document == nullptr) return nullptr;
  auto impl = std::make_shared<ScenarioTemplate::Impl>();
  impl->document = std::move(document);
  impl->catalog = &library.catalog;
  const auto materials = library.dataFolder / "assets" / "materials.yaml";
  if (std::error_code error; std::filesystem::exists(materials, error)) {
    impl->materialsDigest = sha256HexOfFile(materials);
  }
  impl->profiles = library.dataFolder / "sensors" / "profiles";
  const Node& root = impl->document->root();
  const Node* seed = root.find("seed");
  if (seed != nullptr && seed->isScalar()) impl->seed = parseWholeNumber(seed->text).value_or(0);
  if (root.isMap())
    impl->imports =
        loadImports(root, folder, library.importRoot.empty() ? libraryRoot(folder) : library.importRoot, diagnostics);
  const auto first = buildScenario(*impl, std::nullopt, 0, diagnostics);
  if (first && seed == nullptr) {
    diagnostics.lint("L0202", root.find("id")->keyPlace(), "no seed: 0 is used")
        .withHelp("add `seed:` with a number of your own");
  }
  if (first) impl->id = first->id;
  impl->findings = diagnostics.sorted();
  return diagnostics.hasErrors() ? nullptr : impl;
}

ScenarioTemplate orThrow(std::shared_ptr<const ScenarioTemplate::Impl> impl, const Diagnostics& diagnostics) {
  diagnostics.throwIfErrors();
  NF_ASSERT(impl != nullptr, "no template and no error");
  return ScenarioTemplate(std::move(impl));
}

}  // namespace

const std::string& ScenarioTemplate::id() const {
  return impl_->id;
}
uint64_t ScenarioTemplate::seed() const {
  return impl_->seed;
}
const std::vector<Diagnostic>& ScenarioTemplate::findings() const {
  return impl_->findings;
}

ScenarioTemplate loadScenarioTemplate(const fs::path& path, const Library& library) {
  Diagnostics diagnostics;
  auto document = loadDocument(path, diagnostics);
  return orThrow(read(std::move(document), path.parent_path(), library, diagnostics), diagnostics);
}

ScenarioTemplate parseScenarioTemplate(std::string text, const fs::path& name, const Library& library) {
  Diagnostics diagnostics;
  auto document = parseDocument(std::move(text), name.string(), diagnostics);
  return orThrow(read(std::move(document), name.parent_path(), library, diagnostics), diagnostics);
}

std::vector<Diagnostic> checkScenarioFile(const fs::path& path, const Library& library) {
  Diagnostics diagnostics;
  read(loadDocument(path, diagnostics), path.parent_path(), library, diagnostics);
  return diagnostics.sorted();
}

Scenario sample(const ScenarioTemplate& scenarioTemplate, std::optional<uint64_t> seed, uint32_t run) {
  Diagnostics diagnostics;
  auto scenario = buildScenario(scenarioTemplate.impl(), seed, run, diagnostics);
  diagnostics.throwIfErrors();
  NF_ASSERT(scenario.has_value(), "no scenario and no error");
  return std::move(*scenario);
}

}  // namespace nightfog::scenario
