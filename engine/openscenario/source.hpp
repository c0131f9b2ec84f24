// OpenSCENARIO files as trees whose attributes have their parameters put in, with places; and the catalogs beside them.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine/openscenario/report.hpp"

namespace nightfog::openscenario {

/// Larger files, and deeper trees, are refused.
inline constexpr size_t kLargestFile_bytes = size_t{8} << 20;
inline constexpr size_t kMostElements = 200'000;
inline constexpr int kDeepestTree = 100;

/// A file as it was read.
struct SourceFile {
  std::filesystem::path path;
  std::string text;
  std::vector<size_t> lineStarts;
  pugi::xml_document document;

  uint32_t lineOf(const pugi::xml_node& node) const;
};

/// Parameters that are known in a part of a file.
struct Scope {
  const Scope* outer = nullptr;
  std::map<std::string, std::string, std::less<>> values;

  std::optional<std::string> find(std::string_view name) const;
};

/// An element with the parameters that hold there. Cheap to copy; what it points to lives as long as the Source.
class Element {
 public:
  Element() = default;
  Element(const SourceFile* file, pugi::xml_node node, const Scope* scope, Report* report)
      : file_(file), node_(node), scope_(scope), report_(report) {}

  explicit operator bool() const { return static_cast<bool>(node_); }
  std::string name() const { return node_.name(); }
  uint32_t line() const { return file_ == nullptr ? 0 : file_->lineOf(node_); }
  Element child(const char* name) const { return {file_, node_.child(name), scope_, report_}; }
  /// By the names on the way: `path({"Shape", "Polyline"})`.
  Element path(std::initializer_list<const char*> names) const;
  /// The first child element; none: an empty one.
  Element first() const;
  std::vector<Element> children(const char* name = nullptr) const;
  bool has(const char* attribute) const { return static_cast<bool>(node_.attribute(attribute)); }
  /// With parameters put in; what cannot be is refused in the report, and the fallback taken.
  std::string text(const char* attribute, const char* fallback = "") const;
  double number(const char* attribute, double fallback = 0) const;
  bool truth(const char* attribute, bool fallback = false) const;
  Element within(const Scope* scope) const { return {file_, node_, scope, report_}; }

  const Scope* scope() const { return scope_; }
  const SourceFile* file() const { return file_; }
  pugi::xml_node node() const { return node_; }

  void supported() const { say(Outcome::kSupported, {}); }
  void approximated(std::string note) const { say(Outcome::kApproximated, std::move(note)); }
  void refused(std::string note) const { say(Outcome::kRefused, std::move(note)); }

 private:
  void say(Outcome outcome, std::string note) const;

  const SourceFile* file_ = nullptr;
  pugi::xml_node node_;
  const Scope* scope_ = nullptr;
  Report* report_ = nullptr;
};

/// Owns the files and scopes of one import.
class Source {
 public:
  /// Throws Error when the file cannot be read or is no OpenSCENARIO 1.x scenario.
  Source(const std::filesystem::path& file, Report& report);

  Element root() const;
  const std::filesystem::path& folder() const { return folder_; }
  /// A scope within another one, with the parameters that the element declares. `given` are put in their place.
  const Scope* declare(const Element& element, const Scope* outer,
                       const std::map<std::string, std::string>& given = {});
  /// The entry that a CatalogReference names, with its parameters; an empty element: refused in the report.
  Element resolve(const Element& reference);
  /// The named child, or what a CatalogReference in its place names.
  Element childOrReference(const Element& parent, const char* name);

 private:
  const SourceFile* load(const std::filesystem::path& path);
  void findCatalogs();

  Report& report_;
  std::filesystem::path folder_;
  std::deque<SourceFile> files_;
  std::deque<Scope> scopes_;
  const SourceFile* main_ = nullptr;
  const Scope* global_ = nullptr;
  bool hasCatalogs_ = false;
  std::map<std::string, std::vector<std::pair<const SourceFile*, pugi::xml_node>>> catalogs_;
  int depth_ = 0;
};

}  // namespace nightfog::openscenario
