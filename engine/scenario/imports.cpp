#include "engine/scenario/imports.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/config/merge.hpp"
#include "engine/config/quantity.hpp"
#include "engine/config/suggest.hpp"

namespace nightfog::scenario {

using namespace config;
namespace fs = std::filesystem;

namespace {

constexpr size_t kDeepest = 8;
constexpr size_t kMostFiles = 100;  // a hostile import tree stays small

bool isBelow(const fs::path& path, const fs::path& root) {
  if (root.empty()) return false;
  const fs::path relative = path.lexically_relative(root);
  return !relative.empty() && *relative.begin() != "..";
}

fs::path folderOf(const Node& node) {
  return fs::path(node.source->name()).parent_path();
}

/// What is one thing and not a collection: replaced, not merged.
bool isWhole(const std::string& path) {
  const size_t slash = path.find('/');
  const std::string first = path.substr(0, slash);
  const auto depth = std::count(path.begin(), path.end(), '/');
  if (first == "params" || first == "points") return depth >= 1;
  if (first == "weather" || first == "sweep") return true;
  if (first == "world") return path == "world/road" || path == "world/lanes";
  return path.ends_with("/place") || path.ends_with("/behavior") || path.ends_with("/do") ||
         (first == "injectors" && depth >= 3);
}

}  // namespace

std::shared_ptr<const Document> FileCache::find(const fs::path& canonical) const {
  const auto at = documents_.find(canonical);
  return at == documents_.end() ? nullptr : at->second;
}

void FileCache::keep(const fs::path& canonical, std::shared_ptr<const Document> document) {
  documents_[canonical] = std::move(document);
}

FileFinder::FileFinder(Roots roots, FileCache& cache, Diagnostics& diagnostics)
    : roots_(std::move(roots)), cache_(cache), diagnostics_(diagnostics) {
  std::error_code failed;
  roots_.import = fs::weakly_canonical(roots_.import, failed);
  roots_.installed = fs::weakly_canonical(roots_.installed, failed);
}

bool FileFinder::isAllowed(const fs::path& canonical) const {
  return isBelow(canonical, roots_.import) || isBelow(canonical, roots_.installed);
}

std::optional<FileFinder::Found> FileFinder::findStandard(const Node& name) {
  const std::string rest = name.text.substr(4);
  const size_t at = rest.find('@');
  const auto isWord = [](const std::string& word) {
    return !word.empty() && std::all_of(word.begin(), word.end(),
                                        [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
  };
  const uint64_t major = at == std::string::npos ? 0 : parseWholeNumber(rest.substr(at + 1)).value_or(0);
  std::error_code failed;
  const fs::path path = roots_.standard() / (rest + ".yaml");
  if (major >= 1 && major <= 1000 && isWord(rest.substr(0, at)) && fs::is_regular_file(path, failed))
    return Found{path, fs::weakly_canonical(path, failed), true, static_cast<uint32_t>(major)};
  std::vector<std::string> known;
  for (const auto& entry : fs::directory_iterator(roots_.standard(), failed)) {
    if (entry.path().extension() == ".yaml") known.push_back("std/" + entry.path().stem().string());
  }
  std::sort(known.begin(), known.end());
  diagnostics_.error("E0408", name.place(), fmt::format("there is no '{}' in the standard library", excerpt(name.text)))
      .withHelp(suggestionHelp(name.text, known));
  return std::nullopt;
}

std::optional<FileFinder::Found> FileFinder::find(const Node& name) {
  const bool isInstalled = name.text.starts_with("std/");
  if (isInstalled && name.text.find('@') != std::string::npos) return findStandard(name);
  const bool isFromRoot = name.text.starts_with("//");
  const fs::path written(isInstalled ? name.text.substr(4) : isFromRoot ? name.text.substr(2) : name.text);
  std::error_code failed;
  const fs::path folder = isInstalled ? roots_.installed : isFromRoot ? roots_.import : folderOf(name);
  const fs::path path = fs::weakly_canonical(folder / written, failed);
  if (failed || written.empty() || written.is_absolute() || !isAllowed(path)) {
    diagnostics_.error("E0406", name.place(), fmt::format("'{}' leads out of the library", excerpt(name.text)))
        .withHelp(fmt::format("write a path relative to this file, below {}", roots_.import.string()));
    return std::nullopt;
  }
  return Found{(folder / written).lexically_normal(), path, false, 1};
}

std::string FileFinder::portableName(const Found& found) const {
  if (isBelow(found.canonical, roots_.installed))
    return "std/" + found.canonical.lexically_relative(roots_.installed).generic_string();
  return "//" + found.canonical.lexically_relative(roots_.import).generic_string();
}

bool FileFinder::enter(const Node& name, const Found& found) {
  if (std::find(chain_.begin(), chain_.end(), found.canonical) != chain_.end()) {
    std::string circle;
    for (const fs::path& p : chain_) circle += p.filename().string() + " → ";
    diagnostics_.error("E0407", name.place(), "files name each other in a circle")
        .withNote(circle + found.canonical.filename().string());
    return false;
  }
  if (chain_.size() >= kDeepest || ++count_ > kMostFiles) {
    diagnostics_.error("E0407", name.place(), fmt::format("more than {} levels, or {} files", kDeepest, kMostFiles));
    return false;
  }
  return true;
}

std::shared_ptr<const Document> FileFinder::load(const Node& name, const Found& found) {
  files_.insert(found.canonical);
  if (auto known = cache_.find(found.canonical)) return known;
  const Place place = name.place();
  const size_t before = diagnostics_.errorCount();
  auto document = loadDocument(found.shown, diagnostics_, &place);
  if (document != nullptr && diagnostics_.errorCount() == before) cache_.keep(found.canonical, document);
  return document;
}

std::shared_ptr<const Document> FileFinder::withBases(std::shared_ptr<const Document> document) {
  const Node& root = document->root();
  const Node* extends = root.find("extends");
  const Node* remove = root.find("remove");
  if (extends == nullptr) {
    if (remove == nullptr) return document;
    diagnostics_
        .error("E0214", remove->keyPlace(),
               "'remove' takes away from what a file extends, and this one extends nothing")
        .withHelp("delete the lines themselves");
    return nullptr;
  }
  if (!extends->isScalar() || extends->text.empty()) {
    diagnostics_.error("E0203", extends->place(), fmt::format("expected a file, found {}", extends->kindName()))
        .withHelp("write a path relative to this file");
    return nullptr;
  }
  std::error_code failed;
  const fs::path own = fs::weakly_canonical(document->source().name(), failed);
  const auto found = find(*extends);
  chain_.push_back(own);
  std::shared_ptr<const Document> base;
  if (found && enter(*extends, *found)) base = load(*extends, *found);
  if (base != nullptr && base->root().isMap()) base = withBases(base);
  chain_.pop_back();
  if (base == nullptr) return nullptr;
  const Node* format = base->root().find("format");
  const Node* ownFormat = root.find("format");
  if (format != nullptr && ownFormat != nullptr && format->text != ownFormat->text) {
    diagnostics_
        .error("E0216", extends->place(),
               fmt::format("a {} file extends a {} file", excerpt(ownFormat->text), excerpt(format->text)))
        .withHelp("extend a file of the same format");
    return nullptr;
  }
  if (remove != nullptr) {
    if (!remove->isList()) {
      diagnostics_.error("E0203", remove->place(), fmt::format("expected a list, found {}", remove->kindName()))
          .withHelp("write `remove: [actors/van]`");
      return nullptr;
    }
    base = removePaths(base, *remove, diagnostics_);
  }
  auto merged = mergeDocuments(base, document, isWhole);
  return withoutKeys(merged, {"extends", "remove"});
}

std::shared_ptr<const ImportedFile> FileFinder::importOne(const Node& name) {
  const auto found = find(name);
  if (!found || !enter(name, *found)) return nullptr;
  const auto document = load(name, *found);
  if (document == nullptr) return nullptr;
  auto file = std::make_shared<ImportedFile>();
  file->written = name.text;
  file->isStandard = found->isStandard;
  file->major = found->major;
  file->document = document;
  const Node& root = document->root();
  if (const Node* id = root.find("id"); id != nullptr && id->isScalar()) file->id = id->text;
  if (const Node* format = root.find("format"); format != nullptr && format->isScalar())
    file->kind = format->text.substr(0, format->text.find('/'));
  chain_.push_back(found->canonical);
  file->imports = imports(root);
  chain_.pop_back();
  return file;
}

Imports FileFinder::imports(const Node& file) {
  Imports out;
  const Node* imports = file.find("imports");
  if (imports == nullptr || !imports->isMap()) return out;  // the table reports what is no map
  for (const Node* node : imports->children) {
    if (node->key.starts_with("x-") || !node->isScalar()) continue;
    if (auto imported = importOne(*node)) out.emplace(node->key, std::move(imported));
  }
  return out;
}

}  // namespace nightfog::scenario
