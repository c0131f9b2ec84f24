#include "engine/scenario/template.hpp"

#include <fmt/format.h>

#include "engine/core/hash.hpp"
#include "engine/scenario/build.hpp"
#include "engine/scenario/columns.hpp"
#include "engine/scenario/language_weather.hpp"

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

class TemplateReader {
 public:
  TemplateReader(const Library& library, const fs::path& folder, Diagnostics& diagnostics)
      : diagnostics_(diagnostics), impl_(std::make_shared<ScenarioTemplate::Impl>()) {
    impl_->catalog = &library.catalog;
    impl_->shared = library.shared != nullptr
                        ? library.shared
                        : std::make_shared<SharedFiles>(library.dataFolder / "sensors" / "profiles");
    impl_->roots.import = library.importRoot.empty() ? libraryRoot(folder) : library.importRoot;
    impl_->roots.installed = library.dataFolder / "scenarios";
    impl_->materialsDigest = impl_->shared->digestOf(library.dataFolder / "assets" / "materials.yaml");
  }

  /// nullptr when there are errors.
  std::shared_ptr<const ScenarioTemplate::Impl> read(std::shared_ptr<const Document> document) {
    if (document == nullptr) return nullptr;
    FileFinder finder(impl_->roots, impl_->shared->documents, diagnostics_);
    if (document->root().isMap()) document = finder.withBases(std::move(document));
    if (document == nullptr) return nullptr;
    impl_->document = std::move(document);
    const Node& root = impl_->document->root();
    const Node* seed = root.find("seed");
    if (seed != nullptr && seed->isScalar()) impl_->seed = parseWholeNumber(seed->text).value_or(0);
    if (const Node* run = root.find("run"); run != nullptr && run->isScalar())
      impl_->firstRun = static_cast<uint32_t>(std::min<uint64_t>(parseWholeNumber(run->text).value_or(0), kLastRun));
    if (root.isMap()) impl_->imports = finder.imports(root);
    impl_->importedFiles = finder.files();
    for (const auto& [alias, file] : impl_->imports) {
      if (file->kind == "library") readLibrary(*file);
      if (file->kind == "weather") checkWeatherFile(file->document->root(), diagnostics_);
    }
    if (root.isMap() && !readPlan(root)) return nullptr;
    const auto first = buildScenario(*impl_, firstKey(), true, diagnostics_);
    if (first && seed == nullptr) {
      diagnostics_.lint("L0202", root.find("id")->keyPlace(), "no seed: 0 is used")
          .withHelp("add `seed:` with a number of your own");
    }
    if (first) impl_->id = first->id;
    impl_->findings = diagnostics_.sorted();
    return diagnostics_.hasErrors() ? nullptr : impl_;
  }

 private:
  RunKey firstKey() const { return {impl_->seed, impl_->firstRun, impl_->plan.cells.front(), &impl_->plan}; }

  void readLibrary(const ImportedFile& file) {
    auto& known = impl_->shared->libraries;
    const auto at = known.find(file.document.get());
    if (at != known.end()) {
      impl_->libraries.emplace(&file, at->second);
      return;
    }
    LibraryFile library;
    ReadContext context{diagnostics_};
    if (!libraryDescriptor().read(file.document->root(), library, context)) return;
    known.emplace(file.document.get(), library);
    impl_->libraries.emplace(&file, std::move(library));
  }

  bool readPlan(const Node& root) {
    const Node* sweep = root.find("sweep");
    if (sweep == nullptr) return true;
    Diagnostics ignored;  // parameters report their mistakes when the first run is built
    Draws draws(impl_->seed, 0);
    draws.setColumnReader(columnReader(impl_->roots, impl_->shared->documents));
    draws.readParameters(root.find("params"), ignored);
    auto plan = readSweep(sweep, draws, impl_->seed, diagnostics_);
    if (plan) {
      impl_->plan = std::move(*plan);
      return true;
    }
    // The rest of the file is looked at all the same.
    buildScenario(*impl_, firstKey(), true, diagnostics_);
    return false;
  }

  Diagnostics& diagnostics_;
  std::shared_ptr<ScenarioTemplate::Impl> impl_;
};

ScenarioTemplate orThrow(std::shared_ptr<const ScenarioTemplate::Impl> impl, const Diagnostics& diagnostics) {
  diagnostics.throwIfErrors();
  NF_ASSERT(impl != nullptr, "no template and no error");
  return ScenarioTemplate(std::move(impl));
}

/// The plan for a seed: only random and halton depend on it.
SweepPlan planFor(const ScenarioTemplate::Impl& impl, uint64_t seed) {
  if (!impl.plan.dependsOnSeed || seed == impl.seed) return impl.plan;
  Diagnostics diagnostics;
  Draws draws(seed, 0);
  draws.setColumnReader(columnReader(impl.roots, impl.shared->documents));
  draws.readParameters(impl.document->root().find("params"), diagnostics);
  auto plan = readSweep(impl.document->root().find("sweep"), draws, seed, diagnostics);
  diagnostics.throwIfErrors();
  NF_ASSERT(plan.has_value(), "no plan and no error");
  return std::move(*plan);
}

}  // namespace

std::shared_ptr<SharedFiles> makeSharedFiles(const fs::path& dataFolder) {
  return std::make_shared<SharedFiles>(dataFolder / "sensors" / "profiles");
}

const std::string& ScenarioTemplate::id() const {
  return impl_->id;
}
uint64_t ScenarioTemplate::seed() const {
  return impl_->seed;
}
const std::vector<Diagnostic>& ScenarioTemplate::findings() const {
  return impl_->findings;
}
std::vector<fs::path> ScenarioTemplate::importedFiles() const {
  return {impl_->importedFiles.begin(), impl_->importedFiles.end()};
}

const Document& ScenarioTemplate::document() const {
  return *impl_->document;
}
bool ScenarioTemplate::isSweep() const {
  return impl_->plan.isSweep;
}
uint64_t ScenarioTemplate::runCount() const {
  return impl_->plan.runCount();
}

ScenarioTemplate loadScenarioTemplate(const fs::path& path, const Library& library) {
  Diagnostics diagnostics;
  auto document = loadDocument(path, diagnostics);
  return orThrow(TemplateReader(library, path.parent_path(), diagnostics).read(std::move(document)), diagnostics);
}

ScenarioTemplate parseScenarioTemplate(std::string text, const fs::path& name, const Library& library) {
  Diagnostics diagnostics;
  auto document = parseDocument(std::move(text), name.string(), diagnostics);
  return orThrow(TemplateReader(library, name.parent_path(), diagnostics).read(std::move(document)), diagnostics);
}

std::vector<Diagnostic> checkScenarioFile(const fs::path& path, const Library& library) {
  Diagnostics diagnostics;
  TemplateReader(library, path.parent_path(), diagnostics).read(loadDocument(path, diagnostics));
  return diagnostics.sorted();
}

Scenario sample(const ScenarioTemplate& scenarioTemplate, std::optional<uint64_t> seed, uint32_t run) {
  const ScenarioTemplate::Impl& impl = scenarioTemplate.impl();
  const uint64_t root = seed.value_or(impl.seed);
  const SweepPlan plan = planFor(impl, root);
  RunKey key{root, 0, {}, &plan};
  if (plan.isSweep) {
    if (run >= plan.runCount())
      throw Error(ExitCode::kUsage, fmt::format("run {} is beyond the last of the sweep, {}", run, plan.runCount() - 1),
                  "`nightfog-lang expand` lists the runs");
    key.run = run % plan.samples;
    key.cell = plan.cells[run / plan.samples];
  } else {
    // A resolved file counts from the run it stands for.
    if (uint64_t{impl.firstRun} + run > kLastRun)
      throw Error(ExitCode::kUsage,
                  fmt::format("run {} is beyond the last, {}", uint64_t{impl.firstRun} + run, kLastRun),
                  "use smaller numbers");
    key.run = impl.firstRun + run;
  }
  Diagnostics diagnostics;
  auto scenario = buildScenario(impl, key, false, diagnostics);
  diagnostics.throwIfErrors();
  NF_ASSERT(scenario.has_value(), "no scenario and no error");
  return std::move(*scenario);
}

}  // namespace nightfog::scenario
