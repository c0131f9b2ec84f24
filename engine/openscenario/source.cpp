#include "engine/openscenario/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/config/quantity.hpp"
#include "engine/core/error.hpp"
#include "engine/core/files.hpp"
#include "engine/openscenario/formula.hpp"

namespace nightfog::openscenario {
namespace fs = std::filesystem;

namespace {

constexpr size_t kMostCatalogFiles = 256;
constexpr int kDeepestReference = 8;

/// Too many elements, or too deep.
bool isTooLarge(const pugi::xml_node& root) {
  size_t count = 0;
  int depth = 0;
  for (pugi::xml_node node = root; node;) {
    if (++count > kMostElements || depth > kDeepestTree) return true;
    if (node.first_child()) {
      node = node.first_child();
      ++depth;
      continue;
    }
    while (node && node != root && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (!node || node == root) break;
    node = node.next_sibling();
  }
  return false;
}

std::string withoutDollar(std::string name) {
  return name.starts_with('$') ? name.substr(1) : name;
}

}  // namespace

uint32_t SourceFile::lineOf(const pugi::xml_node& node) const {
  const auto offset = static_cast<size_t>(std::max<ptrdiff_t>(node.offset_debug(), 0));
  return static_cast<uint32_t>(std::upper_bound(lineStarts.begin(), lineStarts.end(), offset) - lineStarts.begin());
}

std::optional<std::string> Scope::find(std::string_view name) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->outer) {
    if (const auto at = scope->values.find(name); at != scope->values.end()) return at->second;
  }
  return std::nullopt;
}

Element Element::path(std::initializer_list<const char*> names) const {
  Element at = *this;
  for (const char* name : names) at = at.child(name);
  return at;
}

Element Element::first() const {
  for (const pugi::xml_node node : node_.children()) {
    if (node.type() == pugi::node_element) return {file_, node, scope_, report_};
  }
  return {};
}

std::vector<Element> Element::children(const char* name) const {
  std::vector<Element> all;
  for (const pugi::xml_node node : node_.children()) {
    if (node.type() != pugi::node_element || (name != nullptr && std::string_view(node.name()) != name)) continue;
    all.emplace_back(file_, node, scope_, report_);
  }
  return all;
}

std::string Element::text(const char* attribute, const char* fallback) const {
  if (!has(attribute)) return fallback;
  std::string why;
  const auto lookup = [this](std::string_view name) { return scope_ ? scope_->find(name) : std::nullopt; };
  if (auto value = substitute(node_.attribute(attribute).value(), lookup, why)) return *value;
  refused(fmt::format("{}: {}", attribute, why));
  return fallback;
}

double Element::number(const char* attribute, double fallback) const {
  const std::string value = text(attribute);
  if (value.empty()) return fallback;
  if (value == "INF" || value == "inf") return 1e9;
  double number = 0;
  const char* begin = value.c_str() + (value.front() == '+' ? 1 : 0);
  const auto parsed = std::from_chars(begin, value.c_str() + value.size(), number);
  if (parsed.ec == std::errc() && parsed.ptr == value.c_str() + value.size() && std::abs(number) < 1e12) return number;
  refused(fmt::format("{} = '{}' is not a number", attribute, value.substr(0, 100)));
  return fallback;
}

bool Element::truth(const char* attribute, bool fallback) const {
  const std::string value = text(attribute);
  if (value.empty()) return fallback;
  return value == "true" || value == "1";
}

void Element::say(Outcome outcome, std::string note) const {
  if (report_ == nullptr || file_ == nullptr) return;
  report_->entries.push_back({outcome, name(), file_->path.filename().string(), line(), std::move(note)});
}

Source::Source(const fs::path& file, Report& report) : report_(report), folder_(file.parent_path()) {
  main_ = load(file);
  const pugi::xml_node root = main_->document.child("OpenSCENARIO");
  if (!root) {
    throw Error(ExitCode::kDiagnostics,
                fmt::format("{} is no OpenSCENARIO file: its root is <{}>", file.string(),
                            main_->document.document_element().name()),
                "name an .xosc file of OpenSCENARIO XML 1.x");
  }
  if (root.child("FileHeader").attribute("revMajor").as_int(1) != 1) {
    throw Error(ExitCode::kDiagnostics, fmt::format("{} is not of OpenSCENARIO 1.x", file.string()),
                "only the XML versions 1.0 to 1.3 are read");
  }
  if (root.child("Catalog") && !root.child("Storyboard")) {
    throw Error(ExitCode::kDiagnostics, fmt::format("{} is a catalog", file.string()), "name a scenario that uses it");
  }
  global_ = declare(Element(main_, root, nullptr, &report_), nullptr);
}

Element Source::root() const {
  return {main_, main_->document.child("OpenSCENARIO"), global_, &report_};
}

const SourceFile* Source::load(const fs::path& path) {
  SourceFile& file = files_.emplace_back();
  file.path = path;
  file.text = readFile(path, kLargestFile_bytes);
  file.lineStarts.push_back(0);
  for (size_t i = 0; i < file.text.size(); ++i) {
    if (file.text[i] == '\n') file.lineStarts.push_back(i + 1);
  }
  const auto result =
      file.document.load_buffer(file.text.data(), file.text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!result) {
    const auto line = std::upper_bound(file.lineStarts.begin(), file.lineStarts.end(),
                                       static_cast<size_t>(std::max<ptrdiff_t>(result.offset, 0))) -
                      file.lineStarts.begin();
    throw Error(ExitCode::kDiagnostics, fmt::format("{}:{}: {}", path.string(), line, result.description()),
                "the file is not well-formed XML");
  }
  if (isTooLarge(file.document)) {
    throw Error(ExitCode::kDiagnostics,
                fmt::format("{} has more than {} elements, or is nested more than {} deep", path.string(),
                            kMostElements, kDeepestTree),
                "cut it up");
  }
  return &file;
}

const Scope* Source::declare(const Element& element, const Scope* outer,
                             const std::map<std::string, std::string>& given) {
  Scope& scope = scopes_.emplace_back();
  scope.outer = outer;
  for (const Element& declaration :
       element.within(&scope).child("ParameterDeclarations").children("ParameterDeclaration")) {
    const std::string name = withoutDollar(declaration.node().attribute("name").value());
    const auto known = given.find(name);
    scope.values[name] = known != given.end() ? known->second : declaration.text("value");
  }
  return &scope;
}

void Source::findCatalogs() {
  if (hasCatalogs_) return;
  hasCatalogs_ = true;
  std::set<fs::path> seen;
  for (const Element& location : root().child("CatalogLocations").children()) {
    const fs::path folder = folder_ / location.child("Directory").text("path");
    std::error_code error;
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".xosc" && entry.is_regular_file(error)) found.push_back(entry.path());
    }
    if (error)
      location.approximated(fmt::format("its folder '{}' is not there", location.child("Directory").text("path")));
    std::sort(found.begin(), found.end());
    for (const fs::path& path : found) {
      if (!seen.insert(fs::weakly_canonical(path, error)).second || seen.size() > kMostCatalogFiles) continue;
      const SourceFile* file = load(path);
      for (const pugi::xml_node catalog : file->document.child("OpenSCENARIO").children("Catalog"))
        catalogs_[catalog.attribute("name").value()].emplace_back(file, catalog);
    }
  }
}

Element Source::resolve(const Element& reference) {
  findCatalogs();
  const std::string catalog = reference.text("catalogName"), entry = reference.text("entryName");
  const auto known = catalogs_.find(catalog);
  if (known == catalogs_.end()) {
    reference.refused(fmt::format("there is no catalog '{}'", catalog));
    return {};
  }
  if (depth_ >= kDeepestReference) {
    reference.refused("catalogs refer to each other too deeply");
    return {};
  }
  for (const auto& [file, node] : known->second) {
    for (const pugi::xml_node item : node.children()) {
      if (entry != item.attribute("name").value()) continue;
      std::map<std::string, std::string> given;
      for (const Element& assignment : reference.child("ParameterAssignments").children("ParameterAssignment"))
        given[withoutDollar(assignment.node().attribute("parameterRef").value())] = assignment.text("value");
      const Element bare(file, item, global_, &report_);
      const Element found = bare.within(declare(bare, global_, given));
      reference.supported();
      return found;
    }
  }
  reference.refused(fmt::format("catalog '{}' has no entry '{}'", catalog, entry));
  return {};
}

Element Source::childOrReference(const Element& parent, const char* name) {
  if (const Element child = parent.child(name)) return child.within(declare(child, child.scope()));
  if (const Element reference = parent.child("CatalogReference")) return resolve(reference);
  return {};
}

}  // namespace nightfog::openscenario
