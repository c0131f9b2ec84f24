#include "engine/openscenario/importer.hpp"

#include <fmt/format.h>

#include "engine/config/quantity.hpp"
#include "engine/core/files.hpp"

namespace nightfog::openscenario {
namespace fs = std::filesystem;

using config::Dimension;

std::string metres(double value) {
  return config::formatQuantity(value, Dimension::kLength);
}
std::string seconds(double value) {
  return config::formatQuantity(value, Dimension::kTime);
}
std::string speed(double value) {
  return config::formatQuantity(value, Dimension::kSpeed);
}
std::string radians(double value) {
  return config::formatQuantity(value, Dimension::kAngle);
}
std::string numberText(double value) {
  return config::formatNumber(value);
}

Importer::Importer(const fs::path& file, const catalog::Catalog& catalog)
    : catalog_(catalog), file_(file), source_(file, made_.report) {}

Import Importer::run() {
  // Words that mean something in conditions are nobody's name.
  for (const char* word : {"time", "and", "or", "not", "in", "true", "false", "world", "min", "max", "abs"})
    taken_.insert(word);
  made_.id = identifier(file_.stem().string(), "scenario");
  const Element header = source_.root().child("FileHeader");
  title_ = header.text("description");
  if (title_.empty()) title_ = file_.stem().string();
  defaultsToRelative_ = header.number("revMinor") >= 3;
  takeMap();
  takeEntities();
  takeStoryboard();
  findClosedLoops();
  made_.yaml = write();
  return std::move(made_);
}

std::string Importer::identifier(const std::string& name, const char* fallback) {
  std::string id;
  for (const char c : name) {
    const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool isDigit = c >= '0' && c <= '9';
    if (id.empty() && !isLetter) continue;
    if (isLetter || isDigit)
      id += c;
    else if (!id.empty() && id.back() != '_')
      id += '_';
    if (id.size() >= 60) break;
  }
  while (!id.empty() && id.back() == '_') id.pop_back();
  if (id.empty()) id = fallback;
  std::string unique = id;
  for (int i = 2; !taken_.insert(unique).second; ++i) unique = fmt::format("{}_{}", id, i);
  return unique;
}

Import importOpenScenario(const fs::path& file, const catalog::Catalog& catalog) {
  return Importer(file, catalog).run();
}

fs::path writeImport(const Import& made, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw IoError(fmt::format("cannot make the folder {}: {}", folder.string(), error.message()));
  if (made.map) writeFileAtomically(folder / made.map->filename(), readFile(*made.map, size_t{64} << 20));
  const fs::path scenario = folder / (made.id + ".scn.yaml");
  writeFileAtomically(scenario, made.yaml);
  writeFileAtomically(folder / (made.id + ".import.txt"), toText(made.report));
  writeFileAtomically(folder / (made.id + ".import.json"), toJson(made.report));
  return scenario;
}

}  // namespace nightfog::openscenario
