// Text edits that carry a file to the present form of the language; comments and layout stay.
#include <fmt/format.h>

#include <algorithm>

#include "engine/config/document.hpp"
#include "engine/core/files.hpp"
#include "tools/lang/lang_commands.hpp"
#include "tools/lang/migrations.hpp"

namespace nightfog::lang {

using config::Node;

namespace {

/// Before the first release a place beside another actor had `heading:`; it is one of the facings now.
void headingToFacing(const Node& node, std::vector<TextEdit>& edits) {
  if (node.isMap() && node.find("relative_to") != nullptr && node.find("facing") == nullptr) {
    if (const Node* heading = node.find("heading")) {
      edits.push_back({heading->keyRange.begin, heading->keyRange.end, "facing: {heading"});
      edits.push_back({heading->range.end, heading->range.end, "}"});
    }
  }
  for (const Node* child : node.children) headingToFacing(*child, edits);
}

}  // namespace

std::span<const Migration> migrations() {
  static constexpr Migration kAll[] = {
      {"scenario/1", "heading of a place beside another actor is `facing: {heading: …}`", headingToFacing},
  };
  return kAll;
}

std::string migrated(const std::string& text, std::vector<std::string>& applied) {
  config::Diagnostics diagnostics;
  std::string out = text;
  for (const Migration& migration : migrations()) {
    const auto document = config::parseDocument(out, "text", diagnostics);
    if (document == nullptr) return text;
    const Node* format = document->root().find("format");
    if (format == nullptr || format->text != migration.format) continue;
    std::vector<TextEdit> edits;
    migration.collect(document->root(), edits);
    if (edits.empty()) continue;
    std::sort(edits.begin(), edits.end(), [](const TextEdit& a, const TextEdit& b) { return a.begin > b.begin; });
    std::string next(document->source().text());
    for (const TextEdit& edit : edits) next.replace(edit.begin, edit.end - edit.begin, edit.text);
    out = std::move(next);
    applied.emplace_back(migration.what);
  }
  return out;
}

ExitCode migrate(const MigrateArguments& arguments) {
  size_t changed = 0;
  for (const auto& file : scenarioFiles(arguments.files)) {
    const std::string text = readFile(file);
    std::vector<std::string> applied;
    const std::string now = migrated(text, applied);
    if (applied.empty()) continue;
    ++changed;
    for (const std::string& what : applied) fmt::print("{}: {}\n", file.string(), what);
    if (!arguments.checkOnly) writeFileAtomically(file, now);
  }
  return arguments.checkOnly && changed > 0 ? ExitCode::kDiagnostics : ExitCode::kOk;
}

}  // namespace nightfog::lang
