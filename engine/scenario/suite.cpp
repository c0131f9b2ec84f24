#include "engine/scenario/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/config/suggest.hpp"
#include "engine/scenario/language_sensors.hpp"

namespace nightfog::scenario {

using namespace config;
namespace fs = std::filesystem;

namespace {

using Tags = Named<std::vector<std::string>>;

struct SelectFile {
  Tags tags;
};
struct SuiteFile {
  std::string id, title;
  std::vector<Located<std::string>> scenarios;
  SelectFile select;
  Named<std::vector<Located<std::string>>> runs;
};

const Descriptor<SuiteFile>& suiteDescriptor() {
  static const auto select = Descriptor<SelectFile>("select", "Which of the scenarios belong to the suite.")
                                 .optional("tags", &SelectFile::tags, mapOf(listOf(text(), 1, 100), 100),
                                           "of every group named, the scenario has one of these words at least");
  static const auto d = Descriptor<SuiteFile>("suite", "Scenarios and runs that belong together.")
                            .header("suite/1")
                            .required("id", &SuiteFile::id, identifier(false, "a suite's id"), "its name")
                            .optional("title", &SuiteFile::title, text(), "for people")
                            .required("scenarios", &SuiteFile::scenarios, listOf(located(text()), 1, 10'000),
                                      "files, or folders of *.scn.yaml; relative to this file")
                            .optional("select", &SuiteFile::select, object(select), "none: all of them")
                            .optional("runs", &SuiteFile::runs, mapOf(listOf(located(text()), 1, 100'000), 10'000),
                                      "pinned: of the scenario with this id these runs and no others; none: all runs");
  return d;
}

/// The files an entry stands for, sorted. Empty: reported.
std::vector<fs::path> filesOf(const Located<std::string>& entry, const fs::path& folder, const fs::path& root,
                              Diagnostics& diagnostics) {
  const fs::path written(entry.value);
  std::error_code failed;
  const fs::path path = fs::weakly_canonical(folder / written, failed);
  const fs::path relative = path.lexically_relative(fs::weakly_canonical(root, failed));
  if (written.is_absolute() || relative.empty() || *relative.begin() == "..") {
    diagnostics.error("E0406", entry.node->place(), fmt::format("'{}' leads out of the library", excerpt(entry.value)))
        .withHelp(fmt::format("write a path relative to this file, below {}", root.string()));
    return {};
  }
  const fs::path shown = (folder / written).lexically_normal();
  if (fs::is_regular_file(path, failed)) return {shown};
  std::vector<fs::path> found;
  if (fs::is_directory(path, failed)) {
    for (const auto& file : fs::recursive_directory_iterator(shown, fs::directory_options::none, failed)) {
      if (file.path().string().ends_with(".scn.yaml")) found.push_back(file.path());
    }
    std::sort(found.begin(), found.end());
  }
  if (found.empty())
    diagnostics
        .error("E0114", entry.node->place(),
               fmt::format("'{}' is no scenario file, and no folder of them", entry.value))
        .withHelp("check the name; paths are relative to the file that mentions them");
  return found;
}

bool isSelected(const Node& scenario, const Tags& wanted) {
  const Node* tags = scenario.find("tags");
  return std::all_of(wanted.begin(), wanted.end(), [&](const auto& group) {
    const Node* own = tags != nullptr ? tags->find(group.first) : nullptr;
    return own != nullptr && std::any_of(own->children.begin(), own->children.end(), [&](const Node* tag) {
             return std::find(group.second.begin(), group.second.end(), tag->text) != group.second.end();
           });
  });
}

/// "r0003-1f2e3d4c5b6a" is draw 3.
std::optional<uint32_t> drawOf(const std::string& runId) {
  uint32_t draw = 0;
  const char* const begin = runId.data() + 1;
  if (runId.size() < 2 || runId[0] != 'r') return std::nullopt;
  const auto [end, error] = std::from_chars(begin, runId.data() + runId.size(), draw);
  return error == std::errc{} && end != begin && draw <= kLastRun ? std::optional(draw) : std::nullopt;
}

/// Runs of a scenario that are pinned; reports those that are gone.
void pin(const std::vector<Located<std::string>>& wanted, size_t index, Suite& suite, Diagnostics& diagnostics) {
  const ScenarioTemplate& chosen = suite.scenarios[index];
  std::map<std::string, uint32_t> byId;
  if (chosen.isSweep()) {
    for (uint32_t run = 0; run < chosen.runCount(); ++run) byId.emplace(sample(chosen, std::nullopt, run).runId(), run);
  }
  std::vector<std::string> known;
  for (const auto& [id, run] : byId) known.push_back(id);
  for (const Located<std::string>& id : wanted) {
    if (!chosen.isSweep()) {
      const auto draw = drawOf(id.value);
      if (draw) {
        known = {sample(chosen, std::nullopt, *draw).runId()};
        byId[known.front()] = *draw;
      }
    }
    if (const auto at = byId.find(id.value); at != byId.end()) {
      suite.runs.emplace_back(index, at->second);
      continue;
    }
    // The same draw as it is now, if there is just one.
    const std::string draw = id.value.substr(0, id.value.find('-')) + "-";
    std::vector<std::string> same;
    for (const std::string& run : known) {
      if (run.starts_with(draw)) same.push_back(run);
    }
    auto& d = diagnostics
                  .error("E0422", id.node->place(), fmt::format("'{}' has no run '{}'", chosen.id(), excerpt(id.value)))
                  .withNote("the scenario, or something that it stands on, has changed since the run was pinned");
    d.withHelp(same.size() == 1 ? fmt::format("the draw is now {}; pin that, if the change was meant", same.front())
                                : "`nightfog-lang expand` lists the runs there are");
    if (same.size() == 1) d.withFix(same.front());
  }
}

}  // namespace

const ObjectInfo& suiteFileInfo() {
  return suiteDescriptor().info();
}

bool isSuite(const fs::path& path) {
  return path.string().ends_with(".suite.yaml");
}

Suite loadSuite(const fs::path& path, const LibraryFor& libraryFor) {
  Diagnostics diagnostics;
  const auto document = loadDocument(path, diagnostics);
  SuiteFile file;
  ReadContext context{diagnostics};
  if (document != nullptr) suiteDescriptor().read(document->root(), file, context);
  diagnostics.throwIfErrors();
  Suite suite;
  std::vector<Diagnostic> ofScenarios;
  suite.id = file.id;
  suite.title = file.title;
  const fs::path root = libraryFor(path).importRoot;
  for (const Located<std::string>& entry : file.scenarios) {
    for (const fs::path& scenario : filesOf(entry, path.parent_path(), root, diagnostics)) {
      const bool isKnown = std::find(suite.files.begin(), suite.files.end(), scenario) != suite.files.end();
      if (isKnown) continue;
      try {
        ScenarioTemplate found = loadScenarioTemplate(scenario, libraryFor(scenario));
        if (!isSelected(found.document().root(), file.select.tags)) continue;
        suite.files.push_back(scenario);
        suite.scenarios.push_back(std::move(found));
      } catch (const DiagnosticsError& error) {
        ofScenarios.insert(ofScenarios.end(), error.diagnostics().begin(), error.diagnostics().end());
      }
    }
  }
  if (!ofScenarios.empty()) {
    const auto own = diagnostics.sorted();
    ofScenarios.insert(ofScenarios.begin(), own.begin(), own.end());
    throw DiagnosticsError(std::move(ofScenarios));
  }
  diagnostics.throwIfErrors();
  std::vector<std::string> ids;
  for (const ScenarioTemplate& scenario : suite.scenarios) ids.push_back(scenario.id());
  const Node* runs = document->root().find("runs");
  for (const auto& [id, wanted] : file.runs) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end())
      diagnostics.error("E0423", runs->find(id)->keyPlace(), fmt::format("the suite has no scenario '{}'", excerpt(id)))
          .withHelp(ids.empty() ? "no scenario has the tags that `select` wants" : suggestionHelp(id, ids));
  }
  if (suite.scenarios.empty() && !diagnostics.hasErrors())
    diagnostics.error("E0423", document->root().find("scenarios")->keyPlace(), "the suite selects no scenario")
        .withHelp("no scenario has the tags that `select` wants");
  for (size_t i = 0; i < suite.scenarios.size(); ++i) {
    const auto pinned = std::find_if(file.runs.begin(), file.runs.end(),
                                     [&](const auto& entry) { return entry.first == suite.scenarios[i].id(); });
    if (pinned != file.runs.end()) {
      pin(pinned->second, i, suite, diagnostics);
      continue;
    }
    for (uint32_t run = 0; run < suite.scenarios[i].runCount(); ++run) suite.runs.emplace_back(i, run);
  }
  diagnostics.throwIfErrors();
  return suite;
}

}  // namespace nightfog::scenario
